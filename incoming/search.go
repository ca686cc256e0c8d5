package incoming

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/command"
	"sencoforum/fanout"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/moderate"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/search"
	"sencoforum/store"
)

// searchOf is the list of a search whose answer has this token, or membership.ErrNoReturn.
func (d *Desk) searchOf(tx *store.Tx, tok string) (list.ID, error) {
	g, err := hold.LookSearch(tx, tok, d.cfg.Now())
	if errors.Is(err, hold.ErrSpent) {
		return 0, membership.ErrNoReturn
	}
	if err != nil {
		return 0, err
	}
	return g.Search.List, nil
}

func (d *Desk) isSearch(tok string) (is bool, err error) {
	err = d.db.View(func(tx *store.Tx) error {
		_, err := d.searchOf(tx, tok)
		is = err == nil
		if errors.Is(err, membership.ErrNoReturn) {
			return nil
		}
		return err
	})
	return is, err
}

// answerToSearch takes an answer to what was found: any word to the robot. The token alone does not say who writes, as what was found
// is often passed on.
func (d *Desk) answerToSearch(in *arrival) error { return d.requestAt(in, command.Robot) }

// What a search by email may cost.
const (
	searchPage  = 7                   // discussions in an answer: as many as 25 lines hold
	searchesDay = 100                 // of one member
	searchLife  = 14 * 24 * time.Hour // of the token in an answer
)

// A seeker is a member who wants to read: search, more or get.
type seeker struct {
	in     *arrival
	person list.PersonID
	read   command.Reading
	before hold.Searched // what they looked for before; zero: nothing
}

// readArchive does what a verified member asks of the archive, and reports whether it was that. The search runs before anything is
// stored, so that no transaction waits for it.
func (d *Desk) readArchive(in *arrival, person list.PersonID, r command.Reading) (done bool, err error) {
	aSearch := r.Outcome == command.Ask && r.Why == command.WhyMissing && in.dest.Token != "" // without a number, in an answer to a search
	if d.search == nil || person == 0 || r.Outcome != command.Done && !aSearch {
		return false, nil
	}
	s := &seeker{in: in, person: person, read: r}
	switch {
	case aSearch && (r.Word.Name == "follow" || r.Word.Name == "mute"):
		if s.before, err = d.searchAnswered(in, person); err != nil || s.before.List == 0 {
			return err != nil, err
		}
		return true, d.followSearch(s)
	case aSearch:
		return false, nil
	}
	switch r.Word.Name {
	case "search":
		return true, d.searched(s, hold.Searched{Words: r.Args.Text})
	case "more":
		if s.before, err = d.searchedBefore(in, person); err != nil {
			return true, err
		}
		if s.before.Next == "" {
			return true, d.tellSeeker(s, "more", notice.Obeyed{Subject: "That was all", Text: []string{
				"There is no more to show. To look for something else, reply:\nsearch WORDS"}, Read: r.Read}.Compose)
		}
		return true, d.searched(s, s.before)
	case "get":
		if s.before, err = d.searchedBefore(in, person); err != nil {
			return true, err
		}
		return true, d.fetch(s)
	}
	return false, nil
}

// searchedBefore is what a mail refers to: the search whose answer it answers, or else the latest one.
func (d *Desk) searchedBefore(in *arrival, person list.PersonID) (hold.Searched, error) {
	was, found, err := d.searchAsked(person, func(tx *store.Tx) (hold.Grant, error) {
		if in.dest.Token == "" {
			return hold.Grant{}, hold.ErrSpent
		}
		return hold.LookSearch(tx, in.dest.Token, d.cfg.Now())
	})
	if err != nil || found {
		return was, err
	}
	was, _, err = d.searchAsked(person, func(tx *store.Tx) (hold.Grant, error) {
		return hold.LastSearch(tx, in.dest.List.ID, person, d.cfg.Now())
	})
	return was, err
}

// searchAnswered is the search whose answer a mail of its asker answers; nothing where it answers something else.
func (d *Desk) searchAnswered(in *arrival, person list.PersonID) (hold.Searched, error) {
	was, _, err := d.searchAsked(person, func(tx *store.Tx) (hold.Grant, error) { return hold.LookSearch(tx, in.dest.Token, d.cfg.Now()) })
	return was, err
}

// searchAsked is a search that somebody asked for themselves; it reports false where it was somebody else's, or is too old.
func (d *Desk) searchAsked(person list.PersonID, look func(tx *store.Tx) (hold.Grant, error)) (was hold.Searched, found bool, err error) {
	err = d.db.View(func(tx *store.Tx) error {
		g, err := look(tx)
		if found = err == nil && g.Person == person; found {
			was = *g.Search
		}
		if errors.Is(err, hold.ErrSpent) {
			return nil
		}
		return err
	})
	return was, found, err
}

// searched answers with a page of what there is.
func (d *Desk) searched(s *seeker, was hold.Searched) error {
	q := search.Parse(was.Words, d.cfg.Now())
	var reader search.Reader
	n := notice.Found{Read: s.read.Read, From: len(was.Shown) + 1}
	err := d.db.View(func(tx *store.Tx) (err error) {
		if reader, err = search.ReaderOf(tx, s.person); err != nil {
			return err
		}
		n.Members, err = list.Count(tx, s.in.dest.List.ID)
		return err
	})
	if err != nil {
		return err
	}
	got, err := d.search.Search(context.Background(), reader.Within(s.in.dest.List.ID), search.Ask{
		Query: q, After: search.ReadPlace(was.Next), Count: searchPage, Plain: true,
	})
	if err != nil {
		return fmt.Errorf("search for a mail: %w", err)
	}
	n = foundIn(n, got)
	was.List, was.Next = s.in.dest.List.ID, got.Next.String()
	for _, f := range got.Found {
		was.Shown = append(was.Shown, uint32(f.Thread))
	}
	d.log.Info("searched by email", "list", s.in.dest.List.Name, "person", uint32(s.person), "found", got.Discussions)
	return d.tellIn(s, "search", func(tx *store.Tx, to notice.To) (_ notice.Mail, err error) {
		if n.Token, err = hold.AllowSearch(tx, s.person, was, d.cfg.Now().Add(searchLife)); err != nil {
			return notice.Mail{}, err
		}
		return n.Compose(to)
	})
}

// foundIn is what was found, as a mail says it.
func foundIn(n notice.Found, got search.Answers) notice.Found {
	n.Words, n.Typed, n.Suggested, n.Also, n.Why = got.Query.Typed, got.Wanted, got.Meant, got.Also, got.Why
	n.Total, n.More = got.Discussions, got.Next != search.Place{}
	for _, r := range got.Query.Notes {
		n.Remarks = append(n.Remarks, r.Text)
	}
	if got.Loose {
		n.Remarks = append(n.Remarks, "No message has all of these words, so here are discussions with most of them.")
	}
	switch {
	case got.Rebuilding < 100:
		n.Remarks = append(n.Remarks, fmt.Sprintf("The index is being made anew and has %d %% of all messages, so please try again later.", got.Rebuilding))
	case got.Partial:
		n.Remarks = append(n.Remarks, "This took too long, so some discussions may be missing.")
	}
	for _, f := range got.Found {
		n.Hits = append(n.Hits, hitOf(f, f.Loose && !got.Loose))
	}
	return n
}

// pageLink finds the number in the address of a page.
var pageLink = regexp.MustCompile(`/[tm]/(\d{1,9})(?:$|[^\d])`)

// fetch sends a whole discussion. What a reader may not see is not there.
func (d *Desk) fetch(s *seeker) error {
	a := s.read.Args
	post, asked := archive.Number(a.Post), ""
	switch {
	case a.Number > 0:
		asked = strconv.Itoa(a.Number)
		if a.Number <= len(s.before.Shown) {
			post = archive.Number(s.before.Shown[a.Number-1])
		}
	case a.Link != "":
		asked = a.Link
		if m := pageLink.FindStringSubmatch(a.Link); m != nil {
			n, _ := strconv.ParseUint(m[1], 10, 32)
			post = archive.Number(n)
		}
	default:
		asked = fmt.Sprintf("#%d", a.Post)
	}
	in := s.in
	seen := false
	err := d.db.View(func(tx *store.Tx) (err error) {
		if post == 0 && a.Link != "" {
			if post, err = archive.OldURL(tx, in.dest.List.ID, a.Link); errors.Is(err, archive.ErrNoPost) {
				return nil
			} else if err != nil {
				return err
			}
		}
		if post == 0 {
			return nil
		}
		sum, err := archive.Summarize(tx, post)
		seen = err == nil && sum.List == in.dest.List.ID
		if errors.Is(err, archive.ErrNoPost) || errors.Is(err, archive.ErrNoThread) {
			return nil
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case !seen:
		return d.tellSeeker(s, "get", notice.NoThread{Asked: asked, Read: s.read.Read}.Compose)
	}
	d.log.Info("a discussion was asked for by email", "list", in.dest.List.Name, "person", uint32(s.person), "post", post)
	return d.handledOnce(s, func(tx *store.Tx) error {
		return fanout.Want(tx, d.cfg.Now(), fanout.Wanted{List: in.dest.List.ID, Person: s.person, Thread: post, Answers: answers(in), Read: s.read.Read})
	})
}

// tellSeeker mails an answer.
func (d *Desk) tellSeeker(s *seeker, word string, compose func(notice.To) (notice.Mail, error)) error {
	return d.tellIn(s, word, func(_ *store.Tx, to notice.To) (notice.Mail, error) { return compose(to) })
}

func (d *Desk) tellIn(s *seeker, word string, compose func(*store.Tx, notice.To) (notice.Mail, error)) error {
	in, now := s.in, d.cfg.Now()
	return d.handledOnce(s, func(tx *store.Tx) error {
		p, err := list.GetPerson(tx, s.person)
		if err != nil {
			return err
		}
		m, err := compose(tx, notice.To{
			List: in.dest.List, Person: p, Now: now, Answers: answers(in),
			ID: fmt.Sprintf("%s.%d.%d.%s", word, in.dest.List.ID, p.ID, strings.ToLower(rand.Text()[:10])),
		})
		if err != nil {
			return err
		}
		return queue.PutLetter(tx, queue.Letter{
			From: in.dest.List.ReturnAddress(d.keys, p.ID, 0, now), To: p.Address, Header: m.Header, Body: m.Body,
			Priority: queue.Urgent, Member: uint32(p.ID), Queued: now,
		})
	})
}

// handledOnce stores a mail as handled, without its text, together with what it leads to; nothing for one that came before, and no
// answer for one too many in a day.
func (d *Desk) handledOnce(s *seeker, do func(tx *store.Tx) error) error {
	in := s.in
	return d.update(func(tx *store.Tx) error {
		if _, again, err := intake.Known(tx, in.key); err != nil {
			return err
		} else if again {
			return in.putDuplicate(tx)
		}
		may, err := moderate.May(tx, "searches", s.person, d.cfg.Now(), searchesDay, 24*time.Hour)
		if err != nil {
			return err
		}
		n := intake.New{Record: in.record([]string{"reads the archive"}), State: intake.Handled, Key: in.key}
		if _, err := intake.Put(tx, n); err != nil || !may {
			return err
		}
		return do(tx)
	})
}
