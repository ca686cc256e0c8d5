package incoming

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/relay"
	"sencoforum/store"
)

// The same message twice is relayed once, also when the first has gone; the same words to two people are two messages.
func TestTheSamePrivateMessageTwice(t *testing.T) {
	o := parlour(t)
	testdb.Update(t, o.db, func(tx *store.Tx) error { return publish(tx, 1, sam) })
	if got := o.result(t, o.letter("Hello")); got != "handled" {
		t.Fatal(got)
	}
	rows, _ := o.outbox(t)
	o.end(t, rows[0], queue.Delivered)
	if got := o.result(t, o.letter("Hello")); got != "duplicate" {
		t.Error(got)
	}
	other := o.letter("Hello")
	other.to = o.author(2, 0)
	if got := o.result(t, other); got != "handled" {
		t.Error(got)
	}
}

// end settles the row of a private message.
func (o *office) end(t *testing.T, r queue.Row, out queue.Outcome) {
	t.Helper()
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		_, err := o.desk.cfg.Relay.Ended(tx, r, queue.Result{Outcome: out, Code: 550, Enhanced: "5.1.1"})
		return err
	})
}

// stored reports whether a text stands in a raw message of the intake.
func (o *office) stored(t *testing.T, text string) (found bool) {
	t.Helper()
	testdb.View(t, o.db, func(tx *store.Tx) error {
		for id := range intake.ID(50) {
			raw, err := intake.Raw(tx, id)
			if err != nil && !errors.Is(err, intake.ErrNoMessage) {
				return err
			}
			found = found || strings.Contains(string(raw), text)
		}
		return nil
	})
	return found
}

func TestWhatIsKeptOfAPrivateMessage(t *testing.T) {
	for _, out := range []queue.Outcome{queue.Delivered, queue.Failed, queue.Expired, queue.Dropped} {
		t.Run(out.String(), func(t *testing.T) {
			o := parlour(t)
			if got := o.result(t, o.letter("A secret.")); got != "handled" || !o.stored(t, "A secret.") {
				t.Fatal(got)
			}
			rows, _ := o.outbox(t)
			o.end(t, rows[0], out)
			if o.stored(t, "A secret.") {
				t.Error("it is still kept")
			}
			told := o.letters(t)
			if out == queue.Delivered {
				if len(told) > 0 {
					t.Errorf("letters %q", told)
				}
			} else if len(told) != 1 || !strings.HasPrefix(told[0], "To <tom@tomsplace.example>") || !strings.Contains(told[0], "Subject: Not delivered: \"Re: [SENCO] EHCP paperwork\"") || strings.Contains(told[0], "school.example") {
				t.Errorf("letters %q", told)
			}
			o.at(noon.Add(relay.Retention))
			purge := func() (n int) {
				testdb.Update(t, o.db, func(tx *store.Tx) (err error) { n, err = o.desk.cfg.Relay.Purge(tx, 10); return err })
				return n
			}
			if n := purge(); n != 0 {
				t.Errorf("%d were forgotten on the last day", n)
			}
			o.at(noon.Add(relay.Retention + time.Second))
			if n := purge(); n != 1 {
				t.Errorf("%d were forgotten", n)
			}
			testdb.View(t, o.db, func(tx *store.Tx) error {
				r, err := intake.Audit(tx)
				if len(r.Faults) > 0 || r.Accepted != 2 || r.Purged[intake.Handled] != 1 {
					t.Errorf("audit: %+v", r)
				}
				return err
			})
			if err := o.receive(t, o.letter("A secret.")); err != nil || !o.stored(t, "A secret.") {
				t.Errorf("it is still known: %v", err)
			}
		})
	}
}

func TestThirtyPrivateMessagesADay(t *testing.T) {
	o := parlour(t)
	write := func(i int) string {
		m := o.letter("Hello")
		m.set(fmt.Sprintf("Message-ID: <%d@tomsplace.example>", i))
		return o.result(t, m)
	}
	for i := range relay.MostADay {
		if got := write(i); got != "handled" {
			t.Fatalf("message %d: %s", i+1, got)
		}
	}
	if got := write(30); got != "550 today" {
		t.Errorf("the 31st: %s", got)
	}
	other := o.letter("Hello")
	other.set("From: sam@samsplace.example")
	if got := o.result(t, other); got != "handled" {
		t.Errorf("somebody else's first: %s", got)
	}
	o.at(noon.Add(24 * time.Hour))
	if got := write(31); got != "handled" {
		t.Errorf("the next day: %s", got)
	}
}

// A message that waits is dropped when what was so is so no more.
func TestAPrivateMessageIsDroppedWhen(t *testing.T) {
	off := func(m *list.Membership) { m.NoRelay = true }
	for name, spoil := range map[string]func(*testing.T, *office){
		"the reader has left": func(t *testing.T, o *office) {
			testdb.Update(t, o.db, func(tx *store.Tx) error { return list.Leave(tx, 1, priya) })
		},
		"the writer has left": func(t *testing.T, o *office) {
			testdb.Update(t, o.db, func(tx *store.Tx) error { return list.Leave(tx, 1, tom) })
		},
		"the writer may not any more":  func(t *testing.T, o *office) { o.change(t, tom, off) },
		"the reader wants no more":     func(t *testing.T, o *office) { o.change(t, priya, off) },
		"the reader's address is dead": func(t *testing.T, o *office) { o.change(t, priya, func(m *list.Membership) { m.Suspended = true }) },
		"the post was hidden":          func(t *testing.T, o *office) { o.setPost(t, archive.Hidden) },
		"the reader has muted the writer": func(t *testing.T, o *office) {
			m := o.letter("mute")
			m.to = o.author(1, uint32(tom))
			m.set("From: priya@school.example")
			if got := o.result(t, m); got != "handled" {
				t.Fatal(got)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := parlour(t)
			if got := o.result(t, o.letter("Hello")); got != "handled" {
				t.Fatal(got)
			}
			rows, _ := o.outbox(t)
			spoil(t, o)
			if _, err := o.desk.cfg.Relay.Render(context.Background(), rows[0]); !errors.Is(err, queue.ErrDropped) {
				t.Errorf("error %v, want ErrDropped", err)
			}
		})
	}
}
