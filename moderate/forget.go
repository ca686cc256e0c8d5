package moderate

import (
	"errors"
	"fmt"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/draft"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
)

// PostsOf says what becomes of the posts of somebody who wants to be forgotten.
type PostsOf string

// The choices. In every case the address goes from each post, and all fields that name hosts and people.
const (
	PostsNamed  PostsOf = "keep"   // posts stay under the name
	PostsFormer PostsOf = "former" // posts stay under "former member"
	PostsErased PostsOf = "erase"  // posts are erased
)

// A Forgetting is what forgetting somebody did, or would do.
type Forgetting struct {
	Person   list.PersonID
	Posts    []archive.Number
	Sealed   []archive.Number // they stay as they are: a safeguarding hold lies on them
	Unread   []archive.Number // posts whose writer could not be taken out of the text's own fields
	Messages int              // mail that is no post
	Quotes   []Quote          // where erased posts are quoted
	Said     []Said           // texts of moderators that may name the person, or quote posts that are erased
}

// PlanForget says what would be forgotten. It reads every post once.
func (e *Eraser) PlanForget(by By, who list.PersonID) (f Forgetting, err error) {
	f.Person = who
	err = e.db.View(func(tx *store.Tx) error {
		if f.Posts, err = archive.By(tx, who); err != nil {
			return err
		}
		for _, n := range f.Posts {
			p, err := archive.Get(tx, n)
			if err != nil {
				return err
			}
			if p.IsSealed(by.Now) {
				f.Sealed = append(f.Sealed, n)
			}
		}
		p, err := list.GetPerson(tx, who)
		if err != nil {
			return err
		}
		f.Said, err = saidAbout(tx, p, f.Posts)
		return err
	})
	return f, err
}

// Forget takes a person out: the record that joins number, name and addresses, memberships, tokens, what is known of the
// address, mail of theirs that is no post; and from their posts the address, with the name or the text as posts says. The
// audit log keeps the number, which then belongs to nobody. The person's record goes last, so that what a crash interrupts is
// done by saying it again.
func (e *Eraser) Forget(by By, who list.PersonID, posts PostsOf) (Forgetting, error) {
	f, err := e.PlanForget(by, who)
	if err != nil {
		return f, err
	}
	if posts == PostsErased && len(f.Sealed) > 0 {
		return f, fmt.Errorf("forget person %d: post %d: %w", who, f.Sealed[0], archive.ErrSealed)
	}
	if err := e.ledger.ready(e.db); err != nil {
		return f, err
	}
	var p list.Person
	err = e.db.View(func(tx *store.Tx) (err error) {
		p, err = list.GetPerson(tx, who)
		return err
	})
	if err != nil {
		return f, err
	}
	en := entry{At: by.Now, Act: actForget, Person: who, Posts: posts}
	for _, a := range append(p.Addresses(), p.Backup) {
		if !a.IsZero() {
			en.Addresses = append(en.Addresses, e.ledger.secret.Digest("address "+a.Key()))
		}
	}
	if err := e.ledger.add(en); err != nil {
		return f, err
	}
	return f, e.forget(by, p, posts, &f)
}

func (e *Eraser) forget(by By, p list.Person, posts PostsOf, f *Forgetting) error {
	for _, n := range f.Posts {
		if err := e.forgetIn(by, n, p, posts, f); err != nil {
			return err
		}
	}
	if err := e.forgetMail(by, p, f); err != nil {
		return err
	}
	var rows []queue.RowID
	err := e.db.View(func(tx *store.Tx) (err error) {
		rows, err = queue.RowsOf(tx, uint32(p.ID))
		return err
	})
	if err != nil {
		return err
	}
	if err := e.blank(rows); err != nil {
		return err
	}
	return e.db.Update(func(tx *store.Tx) error {
		if e.Elsewhere != nil {
			if err := e.Elsewhere(tx, p.ID); err != nil {
				return err
			}
		}
		if e.Words != nil {
			if err := e.Words(tx, time.Time{}); err != nil {
				return err
			}
		}
		if err := errors.Join(queue.ForgetMember(tx, uint32(p.ID)), hold.Forget(tx, p.ID), draft.Forget(tx, p.ID), forgetActs(tx, p)); err != nil {
			return err
		}
		if err := list.Forget(tx, p.ID); err != nil {
			return err
		}
		if _, err := Residue.Add(tx, 1); err != nil {
			return err
		}
		return by.record(tx, audit.Entry{Action: "member forget", Person: uint32(p.ID), Detail: "posts: " + string(posts)})
	})
}

// forgetIn takes the writer out of one post.
func (e *Eraser) forgetIn(by By, n archive.Number, who list.Person, posts PostsOf, f *Forgetting) error {
	if posts == PostsErased {
		_, t, err := e.Trace(n)
		if err != nil {
			return err
		}
		f.Quotes, f.Said = append(f.Quotes, t.Quotes...), union(f.Said, t.Said)
		return e.Erase(by, n, t)
	}
	p, r, m, err := e.look(n)
	if err != nil || m == nil || p.IsSealed(by.Now) { // what is kept for the police keeps its writer
		return err
	}
	name := archive.FormerMember
	if posts == PostsNamed && p.AuthorName != "" {
		name = p.AuthorName
	}
	done, err := message.Redact(m.Raw(), message.Redaction{Unname: true, Name: name})
	if err != nil {
		f.Unread = append(f.Unread, n)
		return nil
	}
	key := intake.KeyOf(r, m)
	return e.db.Update(func(tx *store.Tx) error {
		if err := archive.Unname(tx, n, done.Raw, name); err != nil {
			return err
		}
		if err := intake.Block(tx, e.ledger.gone(p, key), key, p.Intake, false); err != nil {
			return err
		}
		if err := intake.Claim(tx, p.Intake, intake.KeyOfStored(r, message.Parse(done.Raw))); err != nil {
			return err
		}
		return intake.Unname(tx, p.Intake)
	})
}

// forgetMail erases mail of a person that is no post: to moderators, held, sent twice, set aside.
func (e *Eraser) forgetMail(by By, who list.Person, f *Forgetting) error {
	theirs := map[string]bool{}
	for _, a := range append(who.Addresses(), who.Backup) {
		if !a.IsZero() {
			theirs[a.Key()] = true
		}
	}
	posted := map[intake.ID]bool{}
	err := e.db.View(func(tx *store.Tx) error {
		for p, err := range archive.All(tx, 0) {
			if err != nil {
				return err
			}
			posted[p.Intake] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	var erased []intake.ID
	for from := intake.ID(1); from != 0; {
		var ids []intake.ID
		err := e.db.View(func(tx *store.Tx) (err error) {
			ids, from, err = mailOf(tx, from, theirs, posted)
			return err
		})
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			continue
		}
		f.Messages += len(ids)
		if err := e.db.Update(func(tx *store.Tx) error { return eraseMessages(tx, by, ids) }); err != nil {
			return err
		}
		erased = append(erased, ids...)
	}
	return e.blankForwards(erased)
}

// mailOf returns messages from one of the addresses that are no posts, and where to go on; 0 at the end.
func mailOf(tx *store.Tx, from intake.ID, theirs map[string]bool, posted map[intake.ID]bool) (ids []intake.ID, next intake.ID, err error) {
	left := scanBatch
	for s, err := range intake.All(tx, from) {
		if err != nil {
			return nil, 0, err
		}
		if left--; left < 0 {
			return ids, s.ID, nil
		}
		if posted[s.ID] || s.State == intake.Erased {
			continue
		}
		r, err := intake.Get(tx, s.ID)
		if err != nil {
			return nil, 0, err
		}
		if theirs[r.Envelope.From.Key()] {
			ids = append(ids, s.ID)
			continue
		}
		raw, err := intake.Raw(tx, s.ID)
		if errors.Is(err, intake.ErrNoMessage) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		if mb, ok := message.Parse(raw).From(); ok && theirs[mb.Address.Key()] {
			ids = append(ids, s.ID)
		}
	}
	return ids, 0, nil
}
