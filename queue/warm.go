package queue

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"sencoforum/store"
)

// Warm-up. A provider that has never seen a sender, or not for long, takes little from it at first and soon more. So on the
// first day no more than warmFirst copies go to each operator, on each further day with mail twice as many, and from the
// day after the last step on as many as there are.
const (
	warmFirst  = 200 // copies on the first day
	warmSteps  = 7   // days with a ceiling
	coldAfter  = 30  // days without mail, after which it begins anew
	warmForget = 60  // days without mail, after which nothing is kept
)

// warmth is how far an operator is used to us. Days are counted in UTC.
type warmth struct {
	Day  int `json:"day"`            // the last day with mail, since 1970
	Sent int `json:"sent,omitempty"` // copies on that day that were taken or refused
	Step int `json:"step,omitempty"` // days with mail before that one, at most warmSteps
}

// warmths are kept by operator. See the package comment.
var warmths = store.NewTable("queue.warmth", store.StringKey[string](), store.JSON[warmth]())

const day = 24 * 60 * 60 // seconds

func dayOf(t time.Time) int { return int(t.Unix() / day) }

// on returns what a warmth is at a later time. A clock that was stepped back changes nothing.
func (w warmth) on(t time.Time) warmth {
	today := dayOf(t)
	switch {
	case w.Sent == 0 && w.Step == 0 || today-w.Day > coldAfter:
		return warmth{Day: today}
	case today > w.Day:
		return warmth{Day: today, Step: min(w.Step+1, warmSteps)}
	}
	return w
}

// ceiling is how many copies may go on that day; 0: as many as there are.
func (w warmth) ceiling() int {
	if w.Step >= warmSteps {
		return 0
	}
	return warmFirst << w.Step
}

// waits is how long the next copy has to wait when so many more are on their way: not at all, or until tomorrow.
func (w *warmth) waits(unsettled int, t time.Time) time.Duration {
	if w.Step == warmSteps && w.Day == dayOf(t) {
		return 0
	}
	today := w.on(t)
	if c := today.ceiling(); c == 0 || today.Sent+unsettled < c {
		return 0
	}
	return time.Unix(int64(today.Day+1)*day, 0).Sub(t)
}

// counts says whether an outcome is one that an operator's warmth remembers: the other side had the copy or refused it.
func counts(r Result) bool {
	return r.Code != 0 && (r.Outcome == Delivered || r.Outcome == Failed)
}

// warm counts an attempt for the warmth of the operator that had it.
func (l *ledger) warm(s settlement) {
	if s.warm == "" || !counts(s.result) {
		return
	}
	if l.warmed == nil {
		l.warmed = map[string]int{}
	}
	l.warmed[s.warm]++
}

// closeWarm writes what was counted, and returns the new state. On a day without a ceiling only the first copy is noted.
func (l *ledger) closeWarm() (map[string]warmth, error) {
	now := map[string]warmth{}
	for _, operator := range slices.Sorted(maps.Keys(l.warmed)) {
		was, _, err := warmths.Get(l.tx, operator)
		if err != nil {
			return nil, fmt.Errorf("read warmth: %w", err)
		}
		is := was.on(l.now)
		if is == was && is.ceiling() == 0 {
			continue
		}
		is.Sent += l.warmed[operator]
		if err := warmths.Put(l.tx, operator, is); err != nil {
			return nil, fmt.Errorf("write warmth: %w", err)
		}
		now[operator] = is
	}
	return now, nil
}

// warmed brings memory in line with a commit.
func (q *Queue) warmed(now map[string]warmth) {
	if len(now) == 0 {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	for operator, w := range now {
		*q.warmth(operator) = w
	}
}

// warmth returns what is known of an operator. Call it with mu held.
func (q *Queue) warmth(operator string) *warmth {
	w := q.warm[operator]
	if w == nil {
		w = &warmth{}
		q.warm[operator] = w
	}
	return w
}

// loadWarmth reads what is known of all operators, and forgets those that had nothing for long.
func (q *Queue) loadWarmth() error {
	if !q.cfg.WarmUp {
		return nil
	}
	today := dayOf(q.cfg.Now())
	var stale []string
	err := q.db.View(func(tx *store.Tx) error {
		for kv, err := range warmths.All(tx) {
			switch {
			case errors.Is(err, store.ErrDamaged):
				q.log.Error("warmth of an operator damaged, begins anew", "error", err)
			case err != nil:
				return err
			case today-kv.Value.Day > warmForget:
				stale = append(stale, kv.Key)
			default:
				q.mu.Lock()
				*q.warmth(kv.Key) = kv.Value
				q.mu.Unlock()
			}
		}
		return nil
	})
	if err != nil || len(stale) == 0 {
		return err
	}
	err = q.db.Update(func(tx *store.Tx) error {
		for _, operator := range stale {
			if err := warmths.Delete(tx, operator); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, store.ErrFull) {
		return nil // they are forgotten at another start
	}
	return err
}
