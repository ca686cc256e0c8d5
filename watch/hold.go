package watch

import (
	"errors"
	"time"

	"sencoforum/queue"
	"sencoforum/store"
)

// How long refused copies wait for the next attempt.
const (
	doubtPause = 15 * time.Minute // of a copy that was refused by policy: is it about the recipient, or about us?
	doubtAgain = time.Hour        // of the same, while its provider took no other copy since it was put
	doubtLasts = 24 * time.Hour
	probePause = 15 * time.Minute // of all copies, while their provider refuses everybody
	goneDays   = 14               // a domain that cannot be found any more, but took mail within so many days, may come back
	gonePause  = time.Hour
)

// Hold says whether a copy that was refused for good is to stay. It is a queue's Config.Hold. While a provider refuses
// everybody, or everybody does, all stays. Before that is known a copy that was refused by policy stays once, until it must
// be known; and for a day where the provider has taken nothing else meanwhile, which may be a school to which little goes. A
// domain that has vanished may have vanished by mistake.
func (w *Watch) Hold(tx *store.Tx, a queue.Attempt) (queue.Stay, error) {
	now := w.cfg.Now()
	name := w.name(a.Provider, a.Row.Domain)
	class := classIndex(w.cfg.Class(a.Result))
	if class == classFull {
		return queue.Stay{}, nil
	}
	rec, err := recordOf(tx, name)
	if err != nil {
		return queue.Stay{}, err
	}
	whole, err := refusesAll(tx, name, rec)
	switch {
	case err != nil:
		return queue.Stay{}, err
	case class == classNoDomain && a.Result.Code == 0:
		if w.known(a.Row.Domain) && now.Sub(rec.Accepted) < goneDays*24*time.Hour {
			return queue.Stay{Until: now.Add(gonePause)}, nil
		}
	case whole:
		// Once it takes some, a refusal is that of one copy again.
		return queue.Stay{Until: now.Add(probePause), All: rec.Good.Accepted < enough}, nil
	case class != classPolicy && class != classUnknown || a.Result.Code == 0:
	case !refusedBefore(a.Row):
		return queue.Stay{Until: now.Add(doubtPause)}, nil
	case rec.Accepted.Before(a.Row.Queued) && now.Sub(a.Row.Queued) < doubtLasts:
		return queue.Stay{Until: now.Add(doubtAgain)}, nil
	}
	return queue.Stay{}, nil
}

// refusesAll reports whether a provider refuses everybody, as far as it is known already.
func refusesAll(tx *store.Tx, name string, rec record) (bool, error) {
	if rec.Bad.stopped() {
		return true, nil
	}
	for _, who := range []string{name, everybody} {
		alarm, _, err := alarms.Get(tx, who)
		if err != nil && !errors.Is(err, store.ErrDamaged) {
			return false, err
		}
		if alarm.Open() && (alarm.Kind == Refuses || alarm.Kind == Nothing) {
			return true, nil
		}
	}
	return false, nil
}

// Quieten makes the providers rest again that refused everybody when the server stopped. Call it before the queue runs.
func (w *Watch) Quieten() error {
	return w.db.View(func(tx *store.Tx) error {
		all, err := w.gather(tx, nil)
		if err != nil {
			return err
		}
		w.quieten(all)
		return nil
	})
}

// quieten makes every provider rest that has an alarm because it refuses everybody, and has taken nothing since.
func (w *Watch) quieten(all []facts) {
	for i := range all {
		f := &all[i]
		if w.cfg.Rest == nil || !f.Alarm.Open() || f.Alarm.Kind != Refuses || f.Record.Good.Accepted > 0 {
			continue
		}
		w.cfg.Rest(f.State.Provider, probePause, f.Record.Answer.result())
	}
}
