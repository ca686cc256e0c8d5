package membership

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

const pausesTable = "membership.pauses"

type pauseKey = store.Pair[uint64, memberKey] // when the member hears that the pause is over, Unix milliseconds

var pauses = store.NewTable(pausesTable, store.PairKey(store.Uint64Key[uint64](), store.PairKey(store.Uint32Key[list.ID](), store.Uint32Key[list.PersonID]())), store.Empty())

// defaultPause is how long a pause without a date lasts.
const defaultPause = 4 * 7 * 24 * time.Hour

// maxPause bounds a pause. Who wants no mail for longer has the mode none.
const maxPause = 366 * 24 * time.Hour

var pauseFor = regexp.MustCompile(`^for (a|an|one|two|three|\d{1,3}) (day|week|month)s?$`)

// A DateError says that words are no date.
type DateError struct{ Words string }

// Error names the words and shows the right form.
func (e *DateError) Error() string {
	return fmt.Sprintf("cannot read the date %q; write it like 12 April", e.Words)
}

// ReadPause reads what follows the word pause: nothing, a date with or without "until", or "for 2 weeks". It returns when the
// pause ends, in London at the beginning of a day, and whether that was said. The error is a *DateError, or says
// what is wrong with the day.
func ReadPause(words string, now time.Time) (until time.Time, said bool, err error) {
	words = strings.Join(strings.Fields(strings.ToLower(words)), " ")
	today := midnight(now)
	if words == "" {
		return today.AddDate(0, 0, int(defaultPause/(24*time.Hour))), false, nil
	}
	if m := pauseFor.FindStringSubmatch(words); m != nil {
		n, ok := map[string]int{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}[m[1]]
		if !ok {
			n, _ = strconv.Atoi(m[1])
		}
		switch m[2] {
		case "day":
			until = today.AddDate(0, 0, n)
		case "week":
			until = today.AddDate(0, 0, 7*n)
		default:
			until = today.AddDate(0, n, 0)
		}
	} else {
		date := strings.TrimPrefix(words, "until ")
		if until, err = ParseDate(date, now); err != nil {
			return time.Time{}, true, &DateError{Words: date}
		}
	}
	switch {
	case !until.After(now):
		return until, true, fmt.Errorf("%s has passed; write a day that comes, like 12 April", until.Format("2 January 2006"))
	case until.Sub(now) > maxPause:
		return until, true, errors.New("a pause lasts a year at most; for no emails at all, reply: none")
	}
	return until, true, nil
}

// wakes is when a member hears that a pause is over: at its end, but not in quiet hours.
func wakes(until time.Time) time.Time {
	at := until.In(calendar.London())
	if at.Hour() >= dayBegins && at.Hour() < dayEnds {
		return until
	}
	if at.Hour() >= dayEnds {
		at = at.AddDate(0, 0, 1)
	}
	return time.Date(at.Year(), at.Month(), at.Day(), dayBegins, 0, 0, 0, at.Location())
}

// The hours in London between which the robot begins something by itself.
const (
	dayBegins = 7
	dayEnds   = 21
)

// notePause keeps in step what is known of a pause with the membership: since when it goes on, and when the member is to hear
// that it is over. It is called whenever a membership is stored whose pause may have changed.
func notePause(tx *store.Tx, now time.Time, m list.Membership) error {
	d, err := DetailsOf(tx, m.List, m.Person)
	if err != nil || d.PausedUntil.Equal(m.PausedUntil) {
		return err
	}
	key := memberKey{A: m.List, B: m.Person}
	if !d.PausedUntil.IsZero() {
		if err := pauses.Delete(tx, pauseKey{A: uint64(wakes(d.PausedUntil).UnixMilli()), B: key}); err != nil {
			return err
		}
	}
	if !m.Paused(now) {
		return changeDetails(tx, m, func(d *Details) { d.PausedSince, d.PausedSeq, d.PausedUntil = time.Time{}, 0, time.Time{} })
	}
	last, err := archive.LastSeq(tx)
	if err != nil {
		return err
	}
	err = changeDetails(tx, m, func(d *Details) {
		if d.PausedUntil.IsZero() {
			d.PausedSince, d.PausedSeq = now, uint64(last)
		}
		d.PausedUntil = m.PausedUntil
	})
	if err != nil {
		return err
	}
	return pauses.Put(tx, pauseKey{A: uint64(wakes(m.PausedUntil).UnixMilli()), B: key}, struct{}{})
}

// pause ends the first pause whose time has come: the member gets the list of what they missed.
func (k *Keeper) pause() (more bool, next time.Time, err error) {
	err = k.db.Update(func(tx *store.Tx) error {
		more, next = false, time.Time{}
		for row, err := range pauses.All(tx) {
			if err != nil {
				return err
			}
			if next = time.UnixMilli(int64(row.Key.A)); next.After(k.now()) {
				return nil
			}
			more = true
			if err := pauses.Delete(tx, row.Key); err != nil {
				return err
			}
			return k.host.endPause(tx, By{Now: k.now()}, row.Key.B)
		}
		next = time.Time{}
		return nil
	})
	if more && err == nil {
		k.log.Info("a pause is over")
	}
	return more, next, err
}

func (h Host) endPause(tx *store.Tx, by By, key memberKey) error {
	m, err := list.Member(tx, key.A, key.B)
	if errors.Is(err, list.ErrNoMember) {
		return nil
	}
	if err != nil {
		return err
	}
	d, err := DetailsOf(tx, key.A, key.B)
	if err != nil || d.PausedUntil.IsZero() || !d.PausedUntil.Equal(m.PausedUntil) {
		return err
	}
	l, err := list.Get(tx, key.A)
	if err != nil {
		return err
	}
	p, err := list.GetPerson(tx, key.B)
	if err != nil {
		return err
	}
	missed, err := missedBy(tx, l.ID, d.PausedSeq, d.PausedUntil)
	if err != nil {
		return err
	}
	m.PausedUntil = time.Time{}
	if err := list.SaveMember(tx, m); err != nil {
		return err
	}
	if err := notePause(tx, by.Now, m); err != nil || m.Suspended {
		return err
	}
	return h.mail(tx, by, notice.To{List: l, Person: p}, "resumed", func(t notice.To) (notice.Mail, error) {
		return notice.PauseOver{Membership: m, Missed: missed}.Compose(t)
	})
}

// maxMissed is how many discussions a list of what was missed names, and missedWindow how many events are looked at for it.
const (
	maxMissed    = 12
	missedWindow = 20_000
)

// missedBy gathers what was published on a list behind a place of the change record and before a moment: how many posts, and
// the subjects of the discussions with the most of them.
func missedBy(tx *store.Tx, l list.ID, seq uint64, until time.Time) (notice.Missed, error) {
	var all notice.Missed
	at := map[archive.Number]int{}
	looked := 0
	for c, err := range archive.Changes(tx, archive.Seq(seq+1)) {
		if err != nil {
			return all, err
		}
		if looked++; looked > missedWindow {
			break
		}
		if c.Event == archive.EventThreaded || c.Event == archive.EventCurated {
			continue // the row is a thread's, and its posts have their own
		}
		p, err := archive.Get(tx, c.Post)
		if err != nil {
			return all, err
		}
		if p.List != l || p.Imported || p.State != archive.Published || p.Published.After(until) || uint64(p.First) <= seq && p.First != 0 {
			continue
		}
		thread, err := archive.ThreadOf(tx, p.Number)
		if err != nil {
			return all, err
		}
		all.Posts++
		i, known := at[thread]
		if !known {
			i = len(all.Discussions)
			at[thread] = i
			all.Discussions = append(all.Discussions, notice.Discussion{Subject: p.Subject})
		}
		all.Discussions[i].Posts++
	}
	all.Cut(maxMissed)
	return all, nil
}
