package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/hold"
	"sencoforum/incoming"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
)

// A watcher is a member who follows the search for hedgehogs.
type watcher struct {
	*town
	who string
}

const searchRobot = "senco-forum-request@lists.example.org"

func newWatcher(t *testing.T) *watcher {
	t.Helper()
	w := &watcher{town: newTown(t, 3)}
	w.who = sampleForum(3).Members[1].Address
	w.send(w.who, searchRobot, rawMail(w.who, searchRobot, "s1", "", "search hedgehog"))
	back := backTo.FindString(w.lastTo(w.who, 1))
	w.send(w.who, back, rawMail(w.who, back, "f1", "Re: Nothing found", "follow"))
	w.still()
	return w
}

// asks publishes a question of somebody else.
func (w *watcher) asks(id, subject, body string) {
	w.t.Helper()
	jane := sampleForum(3).Members[0].Address
	w.send(jane, forumAddress, rawMail(jane, forumAddress, id, subject, body))
	w.until(func() bool { return !w.postOf(id).Published.IsZero() })
	w.indexed(0)
	w.still()
}

// until waits until something is so.
func (w *watcher) until(so func() bool) {
	w.t.Helper()
	for late, tick := time.After(time.Minute), time.NewTicker(20*time.Millisecond); !so(); {
		select {
		case <-tick.C:
		case <-late:
			w.t.Fatal("it does not come about")
		}
	}
}

// still waits until nothing is on its way.
func (w *watcher) still() {
	w.t.Helper()
	w.until(func() bool {
		rows := 0
		err := w.house.db.View(func(tx *store.Tx) error {
			rows = 0
			for _, err := range queue.List(tx, queue.Filter{}) {
				if err != nil {
					return err
				}
				rows++
			}
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
		return rows == 0
	})
}

// look looks at what is followed so many days from now, and returns all that the watcher was told of it up to now.
func (w *watcher) look(days int) (told []string) {
	w.t.Helper()
	if err := incoming.NewTeller(w.house.desk).Step(w.t.Context(), time.Now().AddDate(0, 0, days)); err != nil {
		w.t.Fatal(err)
	}
	w.still()
	return w.told()
}

// told is what the watcher was told of new discussions.
func (w *watcher) told() (all []string) {
	w.carrier.mu.Lock()
	defer w.carrier.mu.Unlock()
	for _, o := range w.carrier.copies {
		if text := words(w.t, o); o.To.String() == w.who && strings.Contains(text, " about: hedgehog") && strings.Contains(text, " new discussion") {
			all = append(all, text)
		}
	}
	return all
}

// wantTold compares what was told up to now: one mail with each of these.
func (w *watcher) wantTold(when string, told []string, with ...string) {
	w.t.Helper()
	if len(told) < len(with) { // a copy is handed over a moment after its row is settled
		w.until(func() bool { told = w.told(); return len(told) >= len(with) })
	}
	ok := len(told) == len(with)
	for i := range told {
		ok = ok && strings.Contains(told[i], with[i])
	}
	if !ok {
		w.t.Errorf("%s: %d mails, want %d with %q:\n%s", when, len(told), len(with), with, strings.Join(told, "\n====\n"))
	}
}

// change changes the watcher's membership.
func (w *watcher) change(f func(m *list.Membership)) {
	w.t.Helper()
	err := w.house.db.Update(func(tx *store.Tx) error {
		a, err := message.ParseAddress(w.who)
		if err != nil {
			return err
		}
		p, err := list.FindPerson(tx, a)
		if err != nil {
			return err
		}
		m, err := list.Member(tx, 1, p.ID)
		f(&m)
		return errors.Join(err, list.SaveMember(tx, m))
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestAFollowedSearchOutlivesARestart(t *testing.T) {
	w := newWatcher(t)
	w.asks("q1", "Winter", "What do hedgehogs eat in winter?")
	restart := func() {
		w.end()
		mail, pages := local(t), local(t)
		w.smtp, w.cfg.Web.Listen = mail.Addr().String(), []string{pages.Addr().String()}
		w.start(mail, pages)
		w.indexed(0)
	}
	restart()
	w.wantTold("after a restart", w.look(1), "1. Winter")
	restart()
	w.wantTold("after another, on the same day", w.look(1), "1. Winter")
}

func TestWhoIsPausedIsToldAfterwards(t *testing.T) {
	w := newWatcher(t)
	w.change(func(m *list.Membership) { m.PausedUntil = time.Now().AddDate(0, 0, 10) })
	w.asks("q1", "Winter", "What do hedgehogs eat in winter?")
	w.wantTold("within the pause", w.look(1))
	w.wantTold("on its last day", w.look(9))
	w.wantTold("when it has ended", w.look(11), "1. Winter")
	w.wantTold("and once", w.look(12), "1. Winter")
}

func TestWhoseAddressIsSuspendedIsToldAfterwards(t *testing.T) {
	w := newWatcher(t)
	w.change(func(m *list.Membership) { m.Suspended = true })
	w.asks("q1", "Winter", "What do hedgehogs eat in winter?")
	w.wantTold("while mail came back", w.look(1))
	w.change(func(m *list.Membership) { m.Suspended = false })
	w.wantTold("when it works again", w.look(2), "1. Winter")
}

func TestWhoLeftIsToldNothingUntilTheyAreBack(t *testing.T) {
	w := newWatcher(t)
	leave := "senco-forum-leave@lists.example.org"
	w.send(w.who, leave, rawMail(w.who, leave, "l1", "leave", ""))
	w.still()
	w.asks("q1", "Winter", "What do hedgehogs eat in winter?")
	w.wantTold("after leaving", w.look(1))

	var goodbye string
	w.until(func() bool { goodbye = copyFor(w.carrier.await(t, 0), w.who, "You have left"); return goodbye != "" })
	back := backTo.FindString(goodbye)
	w.send(w.who, back, rawMail(w.who, back, "j1", "Re: You have left", "join"))
	w.still()
	w.wantTold("when they came back", w.look(2), "1. Winter")

	w.send(w.who, leave, rawMail(w.who, leave, "l2", "leave", ""))
	w.still()
	w.look(40)
	err := w.house.db.View(func(tx *store.Tx) error {
		for row, err := range hold.AllSaved(tx) {
			t.Errorf("40 days after they left their search is still there: %+v, %v", row, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What is erased is not told, whether it was found already or not.
func TestAnErasedPostIsToldToNobody(t *testing.T) {
	w := newWatcher(t)
	w.asks("q1", "Winter food", "What do hedgehogs of the nurture garden eat in winter?")
	w.asks("q2", "Beds", "Where do hedgehogs sleep when the nurture garden is flooded?")
	w.command("post", "erase", fmt.Sprint(w.postOf("q2").Number), "--yes")
	gate := w.gated()
	if err := incoming.NewTeller(w.house.desk).Step(t.Context(), time.Now().AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	w.command("post", "erase", fmt.Sprint(w.postOf("q1").Number), "--yes") // with the mail that names it in the queue
	close(gate)
	w.still()
	w.wantTold("when all was erased", w.told())

	w.asks("q3", "Visitors", "A hedgehog sits in the hall.")
	told := w.look(3)
	w.wantTold("of what was not", told, "1. Visitors")
	if strings.Contains(strings.Join(told, ""), "nurture garden") {
		t.Errorf("what was erased is told:\n%s", told)
	}
}
