package signin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// mailAfter is how long a code waits for its mail, so that nothing about the request depends on whose address it is. Every
// sweepEvery the keeper writes down which sessions were used, and ends those that are over or whose people have left.
const (
	mailAfter  = time.Second
	sweepEvery = time.Minute
	fullPause  = time.Minute
	batch      = 200
)

// auditTable gets a row when somebody leaves, or is removed.
const auditTable = "audit.entries"

// A Keeper mails codes, and forgets what is too old.
type Keeper struct {
	log    *slog.Logger
	db     *store.DB
	book   *Book
	keys   *token.Keyring
	webURL string

	swept time.Time // when it last swept; only Step uses it
}

// NewKeeper returns a keeper; Run starts it. webURL is the base address of the pages.
func NewKeeper(log *slog.Logger, db *store.DB, b *Book, keys *token.Keyring, webURL string) *Keeper {
	return &Keeper{log: log, db: db, book: b, keys: keys, webURL: strings.TrimRight(webURL, "/")}
}

// Run works until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	news, stop := k.db.Watch(MailsTable)
	defer stop()
	people, stopPeople := k.db.Watch(auditTable)
	defer stopPeople()
	for ctx.Err() == nil {
		wait := sweepEvery
		switch next, err := k.Step(); {
		case errors.Is(err, store.ErrFull):
			wait = fullPause
		case err != nil:
			return fmt.Errorf("keep sessions: %w", err)
		case !next.IsZero():
			wait = min(wait, max(next.Sub(k.book.now()), 10*time.Millisecond))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-news:
		case <-people:
			k.swept = time.Time{}
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// Step does all that is due now, and returns when the next code is to be mailed; the zero time for none.
func (k *Keeper) Step() (next time.Time, err error) {
	for more := true; more; {
		if more, next, err = k.mail(); err != nil {
			return next, err
		}
	}
	now := k.book.now()
	if now.Sub(k.swept) < sweepEvery {
		return next, nil
	}
	for more := true; more; {
		if more, err = k.forget(now); err != nil {
			return next, err
		}
	}
	if err = errors.Join(k.sweep(now), k.sweepFeeds()); err == nil {
		k.swept = now
	}
	return next, err
}

// mail sends the code whose turn it is. One that makes trouble is given up, or it would keep all others waiting.
func (k *Keeper) mail() (more bool, next time.Time, err error) {
	var key token.Digest
	sent := false
	now := k.book.now()
	err = k.db.Update(func(tx *store.Tx) error {
		more, sent, next = false, false, time.Time{}
		for row, err := range mails.All(tx) {
			if err != nil {
				return err
			}
			if next = time.UnixMilli(int64(row.Key.A)).Add(mailAfter); next.After(now) {
				return nil
			}
			more, key = true, row.Key.B
			break
		}
		if !more {
			return nil
		}
		a, err := takeClear(tx, key)
		if err != nil || a.old(now) || a.Code == "" {
			return err
		}
		sent, err = k.compose(tx, now, a)
		return err
	})
	if err != nil && !store.Trouble(err) && more {
		k.log.Error("a sign-in code could not be mailed and was given up", "cause", err)
		return true, next, k.db.Update(func(tx *store.Tx) error { _, err := takeClear(tx, key); return err })
	}
	if more && err == nil {
		k.log.Info("sign-in code", "mailed", sent)
	}
	return more, next, err
}

// takeClear returns a code that was asked for, which from then on stands nowhere in clear.
func takeClear(tx *store.Tx, key token.Digest) (asked, error) {
	a, ok, err := codes.Get(tx, key)
	if err != nil {
		return a, err
	}
	if !ok {
		return a, fmt.Errorf("no code %s", key[:8])
	}
	was := a
	a.Code, a.Path = "", ""
	if err := codes.Put(tx, key, a); err != nil {
		return was, err
	}
	return was, mails.Delete(tx, mailKey{A: uint64(a.At.UnixMilli()), B: key})
}

// compose puts the mail with a code into the queue, if the address is a member's.
func (k *Keeper) compose(tx *store.Tx, now time.Time, a asked) (bool, error) {
	p, err := member(tx, a.Address)
	if err != nil || p == 0 {
		return false, err
	}
	r, err := list.ReaderOf(tx, p)
	if err != nil {
		return false, err
	}
	l, err := list.Get(tx, r.Lists()[0])
	if err != nil {
		return false, err
	}
	person, err := list.GetPerson(tx, p)
	if err != nil {
		return false, err
	}
	person.Address = a.Address
	n := notice.SignInCode{Code: a.Code, Minutes: int(CodeLife / time.Minute)}
	if k.webURL != "" {
		n.Link = k.webURL + "/in/" + a.Path
	}
	id := "code." + strings.ToLower(token.Random()[len(token.Prefix):][:16])
	m, err := n.Compose(notice.To{List: l, Person: person, ID: id, Now: now})
	if err != nil {
		return false, err
	}
	return true, queue.PutLetter(tx, queue.Letter{
		From: l.ReturnAddress(k.keys, p, 0, now), To: a.Address, Header: m.Header, Body: m.Body,
		Priority: queue.Urgent, Member: uint32(p), Queued: now,
	})
}

// forget drops what is too old, a few rows in each transaction.
func (k *Keeper) forget(now time.Time) (more bool, err error) {
	err = k.db.Update(func(tx *store.Tx) error {
		more = false
		var due []store.Pair[uint64, string]
		for row, err := range expiry.All(tx) {
			if err != nil {
				return err
			}
			if row.Key.A > uint64(now.UnixMilli()) {
				break
			}
			if due = append(due, row.Key); len(due) == batch {
				more = true
				break
			}
		}
		for _, d := range due {
			if err := forgetDue(tx, now, d.B); err != nil {
				return err
			}
			if err := expiry.Delete(tx, d); err != nil {
				return err
			}
		}
		return nil
	})
	return more, err
}

func forgetDue(tx *store.Tx, now time.Time, what string) error {
	kind, key, _ := strings.Cut(what, " ")
	if kind == "code" {
		a, ok, err := codes.Get(tx, token.Digest(key))
		if err != nil || !ok {
			return err
		}
		return forgetCode(tx, token.Digest(key), a)
	}
	at, _, err := counts.Get(tx, key)
	if err != nil || len(at) > 0 && time.UnixMilli(at[len(at)-1]).Add(24*time.Hour).After(now) {
		return err // it was asked again since: the later row forgets it
	}
	return counts.Delete(tx, key)
}

// sweep writes down when sessions were used, and ends those that are over and those of people who are in no list any more.
func (k *Keeper) sweep(now time.Time) error {
	used := k.book.taken()
	var over []Session
	err := k.db.View(func(tx *store.Tx) error {
		over = nil
		for row, err := range sessions.All(tx) {
			if err != nil {
				return err
			}
			s := row.Value
			s.Name = row.Key
			if at := used[s.Name]; at.After(s.Used) {
				s.Used = at
			}
			r, err := list.ReaderOf(tx, s.Person)
			if err != nil {
				return err
			}
			if s.over(now) || len(r.Lists()) == 0 {
				over = append(over, s)
			}
		}
		return nil
	})
	if err != nil || len(used)+len(over) == 0 {
		return err
	}
	err = k.db.Update(func(tx *store.Tx) error {
		for name, at := range used {
			s, ok, err := sessions.Get(tx, name)
			if err != nil {
				return err
			}
			if !ok || !at.After(s.Used) {
				continue
			}
			s.Used = at
			if err := sessions.Put(tx, name, s); err != nil {
				return err
			}
		}
		for _, s := range over {
			if err := end(tx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		k.book.written(used)
	}
	return err
}

// taken is when sessions were used since it was last written down.
func (b *Book) taken() map[token.Digest]time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make(map[token.Digest]time.Time, len(b.used))
	for name, at := range b.used {
		all[name] = at
	}
	return all
}

// written forgets what is in the store by now.
func (b *Book) written(used map[token.Digest]time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, at := range used {
		if b.used[name].Equal(at) {
			delete(b.used, name)
		}
	}
}
