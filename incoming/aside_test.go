package incoming

import (
	"errors"
	"strings"
	"testing"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// What nobody could check is asked about, whatever it says; a yes goes on with what it says.
func TestAWordThatNobodyCouldCheck(t *testing.T) {
	for _, c := range []struct {
		name, body, field string
		states            string
		mode              list.DeliveryMode // empty: Priya has left
		says              string
	}{
		{"a mode", "weekly\r\n\r\nSent from my iPhone", "", "withdrawn handled", list.ModeWeekly, "Done: one email every Monday"},
		{"leaving", "Unsubscribe", "", "withdrawn handled", "", "You have left SENCO Forum"},
		{"a question", "unsubscribe?", "", "held handled", list.ModeEvery, "Not sent yet: "},
		{"what a machine may have written", "weekly", "X-Autoreply: yes", "held handled", list.ModeEvery, "May be automatic"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := open(t)
			m := doubtful()
			m.body = c.body
			if c.field != "" {
				m.set(c.field)
			}
			o.mustReceive(t, m)
			if got := o.states(t); got != "held" || o.mode(t) != list.ModeEvery {
				t.Fatalf("before the yes: %s, %s", got, o.mode(t))
			}
			o.mustReceive(t, reply(o.question(t), "yes"))
			if got := o.states(t); got != c.states || o.mode(t) != c.mode {
				t.Errorf("the messages are %s, and Priya gets %q", got, o.mode(t))
			}
			if all := o.letters(t); !strings.Contains(strings.Join(all[1:], "\n"), "Subject: "+c.says) {
				t.Errorf("Priya hears %q", all[1:])
			}
		})
	}
}

// mode is how Priya gets posts; empty once she has left.
func (o *office) mode(t *testing.T) (mode list.DeliveryMode) {
	t.Helper()
	testdb.View(t, o.db, func(tx *store.Tx) error {
		m, err := list.Member(tx, 1, 1)
		if errors.Is(err, list.ErrNoMember) {
			err = nil
		}
		mode = m.Mode
		return err
	})
	return mode
}

// A file may be what the mail is for.
func TestAWordWithAFileIsAskedAbout(t *testing.T) {
	for file, want := range map[string]string{"application/pdf; name=plan.pdf": "held", "image/png; name=logo.png": "handled"} {
		o := open(t)
		m := ordinary()
		m.set("Content-Type: multipart/mixed; boundary=b")
		m.body = "--b\r\nContent-Type: text/plain\r\n\r\nweekly\r\n--b\r\nContent-Type: " + file + "\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--"
		o.mustReceive(t, m)
		if got := o.states(t); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}

// An unverified mail in a member's name does nothing at the robot's address; leaving is asked about at the stored address.
func TestUnverifiedMailToTheRobot(t *testing.T) {
	for body, want := range map[string]string{
		"leave\r\n\r\nSent from my iPhone": "asks to leave", "Please take me off this list": "asks to leave", "weekly": "refused", "what is this": "refused",
	} {
		o := open(t)
		m := doubtful()
		m.to, m.body = robot, body
		got := "refused"
		if err := o.receive(t, m); err == nil {
			testdb.View(t, o.db, func(tx *store.Tx) error {
				r, err := intake.Get(tx, 1)
				got = strings.Join(r.Reasons, ", ")
				return err
			})
		}
		if got != want || o.mode(t) != list.ModeEvery || len(o.letters(t)) != 0 {
			t.Errorf("%q: %s, want %s; letters %q", body, got, want, o.letters(t))
		}
	}
}
