package incoming

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/search"
	"sencoforum/store"
)

// followSearch lets a member follow the search that they answer, or ends that.
func (d *Desk) followSearch(s *seeker) error {
	k, now := hold.SavedKey{A: s.person, B: s.before.List}, d.cfg.Now()
	all := s.before.Followed
	if s.before.Words != "" {
		all = []string{s.before.Words}
	}
	told := strings.Join(all, ", ")
	return d.tellIn(s, "follow", func(tx *store.Tx, to notice.To) (notice.Mail, error) {
		o := notice.Obeyed{Read: s.read.Read}
		if s.read.Word.Name == "mute" {
			for _, words := range all {
				if _, err := hold.UnsaveSearch(tx, k, words); err != nil {
					return notice.Mail{}, err
				}
			}
			o.Subject = "Done: no more emails about a search"
			o.Text = []string{"You get no more emails about new discussions for:\n" + notice.InQuotes(told), "Other emails come as before."}
			return o.Compose(to)
		}
		for _, words := range all {
			err := hold.SaveSearch(tx, k, words, now, dayOf(now))
			if errors.Is(err, hold.ErrSavedMost) {
				o.Subject = "Nothing was done"
				o.Text = []string{fmt.Sprintf("You follow %d searches, and that is the most. To end one, look\nfor it again and reply: mute", hold.SavedMost)}
				return o.Compose(to)
			}
			if err != nil {
				return notice.Mail{}, err
			}
		}
		o.Subject = "Done: you follow a search"
		o.Text = []string{"I will write when there are new discussions about:\n" + notice.InQuotes(told), "I write once a day at most. To stop it, reply: mute"}
		return o.Compose(to)
	})
}

// dayOf is the day in London, on which a member gets one mail about their searches at most.
func dayOf(t time.Time) string { return t.In(calendar.London()).Format(time.DateOnly) }

// When searches that members follow are looked at.
const (
	savedFrom  = 7  // o'clock in London
	savedUntil = 21 // likewise
	savedEvery = 5 * time.Minute
	savedTold  = 7                   // discussions that one mail names
	savedKept  = 30 * 24 * time.Hour // for who has left, as long as they come back by themselves
	savedBack  = 30 * 24 * time.Hour // how much older than its publication a post may say that it is
)

// A Teller mails members what is new for the searches that they follow, each once a day at most. What was looked at stands in one row
// with the day, in the transaction that queues the mail: a crash leaves both or neither.
type Teller struct{ desk *Desk }

// NewTeller returns what tells of new discussions. The desk has its searcher already.
func NewTeller(d *Desk) *Teller { return &Teller{desk: d} }

// Run works until ctx ends.
func (t *Teller) Run(ctx context.Context) error {
	for {
		now := t.desk.cfg.Now()
		if hour := now.In(calendar.London()).Hour(); hour >= savedFrom && hour < savedUntil {
			if err := t.Step(ctx, now); err != nil && !errors.Is(err, store.ErrFull) {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(savedEvery):
		}
	}
}

// Step looks at all searches that were not looked at on this day. It does nothing while the index is behind.
func (t *Teller) Step(ctx context.Context, now time.Time) error {
	if t.desk.search == nil {
		return nil
	}
	var due []store.Row[hold.SavedKey, hold.SavedList]
	err := t.desk.db.View(func(tx *store.Tx) error {
		due = nil
		for row, err := range hold.AllSaved(tx) {
			if err != nil {
				return err
			}
			if row.Value.Looked < dayOf(now) {
				due = append(due, row)
			}
		}
		return nil
	})
	if err != nil || len(due) == 0 {
		return err
	}
	if current, err := t.desk.search.Current(); err != nil || !current {
		return err
	}
	for _, row := range due {
		if ctx.Err() != nil {
			return nil
		}
		if err := t.tell(ctx, row.Key, row.Value, now); err != nil { // tried again
			t.desk.log.Error("nothing was told of searches that a member follows", "person", uint32(row.Key.A), "cause", err)
		}
	}
	return nil
}

// newFor is what is found for one search.
type newFor struct {
	words string
	found []search.Found
}

// tell looks at what one member follows on one list.
func (t *Teller) tell(ctx context.Context, k hold.SavedKey, was hold.SavedList, now time.Time) error {
	var all []newFor
	for _, one := range was.All {
		got, whole, err := t.look(ctx, k, one, now)
		if err != nil {
			return err
		}
		if !whole { // later again, all of them
			return nil
		}
		all = append(all, newFor{one.Words, got})
	}
	return t.desk.db.Update(func(tx *store.Tx) error {
		s, err := hold.SavedOf(tx, k)
		if err != nil || s.Looked != was.Looked {
			return err
		}
		m, err := list.Member(tx, k.B, k.A)
		if errors.Is(err, list.ErrNoMember) {
			return endSaved(tx, k, s, now)
		}
		if err != nil || m.Suspended || m.Paused(now) { // what is new meanwhile is told afterwards
			return err
		}
		s.Looked = dayOf(now)
		told := map[string]time.Time{}
		for _, one := range was.All {
			told[one.Words] = one.Since
		}
		for i, one := range s.All { // one that was saved meanwhile waits for the next day
			if since, ok := told[one.Words]; ok && since.Equal(one.Since) {
				s.All[i].Since = now
			}
		}
		if err := hold.PutSaved(tx, k, s); err != nil {
			return err
		}
		return t.put(tx, k, s, all, now)
	})
}

// endSaved ends what somebody follows who is no member any more. Who left by mistake and comes back by the link has it again.
func endSaved(tx *store.Tx, k hold.SavedKey, s hold.SavedList, now time.Time) error {
	if s.Looked >= dayOf(now.Add(-savedKept)) {
		return nil
	}
	return hold.PutSaved(tx, k, hold.SavedList{})
}

// look searches for what one search has new. It reports false where not all could be looked through.
func (t *Teller) look(ctx context.Context, k hold.SavedKey, one hold.Saved, now time.Time) (found []search.Found, whole bool, err error) {
	var reader search.Reader
	err = t.desk.db.View(func(tx *store.Tx) (err error) {
		reader, err = search.ReaderOf(tx, k.A)
		return err
	})
	if err != nil || !reader.MayRead(k.B) {
		return nil, true, err
	}
	q := search.Parse(one.Words, now)
	q.Sort = search.Newest
	if from := one.Since.Add(-savedBack); q.Filter.After.Before(from) {
		q.Filter.After = from
	}
	got, err := t.desk.search.Search(ctx, reader.Within(k.B), search.Ask{Query: q, Count: search.PageMost, Plain: true})
	if err != nil || got.Partial || got.Rebuilding < 100 {
		return nil, false, err
	}
	if got.Loose || got.Wanted != "" { // nothing has what was asked for
		return nil, true, nil
	}
	err = t.desk.db.View(func(tx *store.Tx) error {
		found = nil
		for _, f := range got.Found {
			if f.Loose {
				continue
			}
			first, err := archive.Get(tx, f.First)
			if errors.Is(err, archive.ErrNoPost) {
				continue
			}
			if err != nil {
				return err
			}
			if first.Published.After(one.Since) && !first.Published.After(now) && !first.Imported && first.Shown() && first.Author != k.A {
				found = append(found, f)
			}
		}
		return nil
	})
	return found, true, err
}

// put queues the mail, where something is new that the member still follows. A discussion that two searches find is named once.
func (t *Teller) put(tx *store.Tx, k hold.SavedKey, s hold.SavedList, all []newFor, now time.Time) error {
	was := hold.Searched{List: k.B}
	n := notice.FoundNew{}
	seen := map[archive.Number]bool{}
	for _, one := range all {
		part := notice.FollowedSearch{Words: one.words}
		for _, f := range one.found {
			switch {
			case seen[f.Thread]:
				continue
			case len(was.Shown) >= savedTold:
				part.More++
			default:
				was.Shown = append(was.Shown, uint32(f.Thread))
				part.Hits = append(part.Hits, hitOf(f, false))
			}
			seen[f.Thread] = true
		}
		still := false
		for _, kept := range s.All {
			still = still || kept.Words == one.words
		}
		if still && len(part.Hits)+part.More > 0 {
			n.Searches = append(n.Searches, part)
			was.Followed = append(was.Followed, one.words)
		}
	}
	if len(n.Searches) == 0 {
		return nil
	}
	l, err := list.Get(tx, k.B)
	if err != nil {
		return err
	}
	p, err := list.GetPerson(tx, k.A)
	if err != nil {
		return err
	}
	if n.Token, err = hold.AllowSearch(tx, k.A, was, now.Add(searchLife)); err != nil {
		return err
	}
	m, err := n.Compose(notice.To{List: l, Person: p, Now: now, ID: fmt.Sprintf("new.%d.%d.%s", l.ID, p.ID, strings.ToLower(rand.Text()[:10]))})
	if err != nil {
		return err
	}
	return queue.PutLetter(tx, queue.Letter{
		From: l.ReturnAddress(t.desk.keys, p.ID, 0, now), To: p.Address, Header: m.Header, Body: m.Body, Member: uint32(p.ID), Queued: now,
	})
}

// hitOf is a discussion as a mail names it.
func hitOf(f search.Found, loose bool) notice.Hit {
	return notice.Hit{
		Subject: search.Text(f.Subject), Author: cmp.Or(f.Author, "A member"), Written: f.Written.In(calendar.London()), Posts: f.Posts,
		Loose: loose, Era: f.Era, Snippet: search.Line(f.Snippet, notice.SnippetWidth),
	}
}
