package membership

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// A Keeper does what no session waits for: it sends the mails that were asked for, within their caps, ends pauses, invites
// members who were added from a file, asks what came of questions, offers pauses over the summer, reminds of rules, and forgets what is too old. Its rows are deleted in the transaction that puts their
// mail, so a crash neither loses nor doubles one.
type Keeper struct {
	log  *slog.Logger
	db   *store.DB
	host Host
	now  func() time.Time

	tidied time.Time // when it last looked for what is too old; only Step uses it
}

// NewKeeper returns a keeper; Run starts it.
func NewKeeper(log *slog.Logger, db *store.DB, h Host, now func() time.Time) *Keeper {
	return &Keeper{log: log, db: db, host: h, now: now}
}

// askAfter is how long a request waits, so that nothing about its session can depend on whose address it is. lookEvery is how
// often the keeper looks at least; tidyBatch bounds what one transaction forgets.
const (
	askAfter  = time.Second
	lookEvery = time.Hour
	tidyBatch = 200
)

// Run works until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	err := k.db.Keep(ctx, lookEvery, func(ctx context.Context) (wait time.Duration, err error) {
		next, err := k.Step(ctx)
		if !next.IsZero() {
			wait = max(next.Sub(k.now()), 1)
		}
		return wait, err
	}, RequestsTable, pausesTable, batchesTable)
	if err != nil {
		return fmt.Errorf("keep memberships: %w", err)
	}
	return nil
}

// Step does all that is due now, and returns when there is more to do; the zero time for nothing known.
func (k *Keeper) Step(ctx context.Context) (next time.Time, err error) {
	for _, do := range []func() (more bool, next time.Time, err error){k.request, k.pause, k.invite, k.nudge, k.summer, k.rules, k.tidy} {
		for more := true; more && ctx.Err() == nil; {
			var at time.Time
			if more, at, err = do(); err != nil {
				return next, err
			}
			if !more && !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next, nil
}

// request looks at the request whose turn it is. One that makes trouble is given up, or it would keep all others waiting.
func (k *Keeper) request() (more bool, next time.Time, err error) {
	var key requestKey
	var r Request
	sent := false
	err = k.db.Update(func(tx *store.Tx) (err error) {
		more, sent, next = false, false, time.Time{}
		found := false
		if key, r, found, err = firstRequest(tx); err != nil || !found {
			return err
		}
		now := k.now()
		if next, err = nextMail(tx, now); err != nil || next.After(now) {
			return err
		}
		if next = r.Asked.Add(askAfter); next.After(now) {
			return nil
		}
		more = true
		if err := forgetRequest(tx, key, r); err != nil {
			return err
		}
		if now.Sub(r.Asked) < requestLives {
			sent, err = k.host.answer(tx, By{Now: now, How: r.How}, r)
		}
		if err == nil && !sent {
			_, err = RequestsDropped.Add(tx, 1)
		}
		return err
	})
	if err != nil && !store.Trouble(err) {
		k.log.Error("a request could not be looked at and was given up", "purpose", string(r.Purpose), "cause", err)
		return true, next, k.db.Update(func(tx *store.Tx) error { return forgetRequest(tx, key, r) })
	}
	if more && err == nil {
		k.log.Info("request", "purpose", string(r.Purpose), "list", uint32(r.List), "mailed", sent)
	}
	return more, next, err
}

func firstRequest(tx *store.Tx) (requestKey, Request, bool, error) {
	for row, err := range requests.All(tx) {
		return row.Key, row.Value, err == nil, err
	}
	return requestKey{}, Request{}, false, nil
}

// answer sends the mail that a request asks for. It reports false when there is none to send: whoever asked hears nothing of
// that, since the answer of the session was the same for all.
func (h Host) answer(tx *store.Tx, by By, r Request) (bool, error) {
	l, err := list.Get(tx, r.List)
	if err != nil {
		return false, err
	}
	switch r.Purpose {
	case ToJoin, ToInvite:
		return h.askToJoin(tx, by, l, r)
	case ToLeave:
		return h.askToLeave(tx, by, l, r)
	case ToMove:
		return h.askToMove(tx, by, l, r)
	case ToBackup:
		return h.askToBackup(tx, by, l, r)
	}
	return false, fmt.Errorf("a request for %q", r.Purpose)
}

func (h Host) askToJoin(tx *store.Tx, by By, l list.List, r Request) (bool, error) {
	barred, err := barred(tx, l.ID, r.Address)
	if err != nil || barred {
		return false, err
	}
	may, err := mayMail(tx, r.Address, by.Now)
	if err != nil || !may {
		return false, err
	}
	if err := noteMail(tx, r.Address, by.Now); err != nil {
		return false, err
	}
	m, err := Find(tx, l.ID, r.Address)
	if err == nil {
		m.Person.Address = r.Address
		return true, h.mail(tx, by, notice.To{List: l, Person: m.Person}, "already", func(t notice.To) (notice.Mail, error) {
			return notice.AlreadyMember(t, m.Membership)
		})
	}
	if !Unknown(err) {
		return false, err
	}
	start, _, err := startMode(tx, l.ID, by.Now)
	if err != nil {
		return false, err
	}
	if r.Mode != "" {
		start = r.Mode
	}
	if l.Joins() == list.JoinOpen && r.Proved {
		_, err := Admit(tx, by, h, Application{List: l.ID, Address: r.Address, Name: list.CleanName(r.Name), Mode: start, How: r.How, At: by.Now}, false)
		return true, err
	}
	tok, err := giveConfirm(tx, pending{Request: r, Sent: by.Now})
	if err != nil {
		return false, err
	}
	n := notice.ConfirmJoin{Token: tok, Until: by.Now.Add(confirmLife), Start: start, Invited: r.Purpose == ToInvite, PageURL: h.JoinURL, Told: r.Words != ""}
	return true, h.mail(tx, by, notice.To{List: l, Person: list.Person{Address: r.Address}}, "join", n.Compose)
}

// askToLeave asks a member at their stored address whether a mail that nobody could check is theirs.
func (h Host) askToLeave(tx *store.Tx, by By, l list.List, r Request) (bool, error) {
	m, err := Find(tx, l.ID, r.Address)
	if Unknown(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, stored := range m.Person.Addresses() {
		if stored.Key() == r.Address.Key() {
			m.Person.Address = stored
		}
	}
	may, err := mayMail(tx, r.Address, by.Now)
	if err != nil || !may {
		return false, err
	}
	if err := noteMail(tx, r.Address, by.Now); err != nil {
		return false, err
	}
	r.Person = m.Person.ID
	tok, err := giveConfirm(tx, pending{Request: r, Sent: by.Now})
	if err != nil {
		return false, err
	}
	return true, h.mail(tx, by, notice.To{List: l, Person: m.Person}, "leave", func(t notice.To) (notice.Mail, error) {
		return notice.ConfirmLeave(t, tok, h.JoinURL, by.Now.Add(confirmLife))
	})
}

// tidy forgets what is too old, a part in each transaction.
func (k *Keeper) tidy() (more bool, next time.Time, err error) {
	now := k.now()
	if now.Sub(k.tidied) < lookEvery {
		return false, next, nil
	}
	err = k.db.Update(func(tx *store.Tx) error {
		n, err := tidyConfirms(tx, now, tidyBatch)
		if err != nil {
			return err
		}
		m, err := tidyMoves(tx, now, tidyBatch)
		if err != nil {
			return err
		}
		nets, err := tidyMoments(tx, networks, now, time.Hour)
		if err != nil {
			return err
		}
		addresses, err := tidyMoments(tx, mailed, now, month)
		if err == nil {
			err = list.NoteSizes(tx, now)
		}
		if err == nil {
			_, err = IndexShown(tx)
		}
		more = n == tidyBatch || m == tidyBatch || nets == tidyBatch || addresses == tidyBatch
		return err
	})
	if err == nil && !more {
		k.tidied = now
	}
	return more, next, err
}

// tidyMoments deletes rows all of whose moments lie d back or more, at most tidyBatch.
func tidyMoments(tx *store.Tx, t store.Table[string, []int64], now time.Time, d time.Duration) (n int, err error) {
	for row, err := range t.All(tx) {
		if err != nil {
			return n, err
		}
		if n == tidyBatch {
			break
		}
		if len(recent(row.Value, now, d)) > 0 {
			continue
		}
		if err := t.Delete(tx, row.Key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
