package spoof

import (
	"testing"
	"time"

	"sencoforum/command"
	"sencoforum/internal/ordinary"
	"sencoforum/message"
)

// TestOrdinaryMailDecidesNothing reads what teachers write to the list as answers to every mail of the robot: nothing is done but
// what a search looks for, and what somebody who joins says about themselves.
func TestOrdinaryMailDecidesNothing(t *testing.T) {
	for _, m := range ordinary.Mails() {
		for _, name := range command.PlaceNames() {
			at, _ := command.PlaceOf(name)
			q := command.Of(message.Parse(m.Raw), command.Request{At: at, Today: time.Now(), Items: 3, Files: 1, Moderator: true})
			q.Automatic = nil
			got := command.Read(q)
			if got.Outcome == command.Done && got.Word.Name != "search" && at != command.Join {
				t.Errorf("%s, %s: %s, read %q", name, m.Name, got, got.Read)
			}
		}
	}
}

// TestOrdinaryMailIsNoCommand reads what schools send as mail to the list: all of it is posts, whether it answers one or not.
func TestOrdinaryMailIsNoCommand(t *testing.T) {
	mails := ordinary.Mails()
	for _, s := range schools {
		for name, l := range letters {
			mails = append(mails, ordinary.Mail{Name: s.name + ", " + name, Raw: []byte(s.header + "From: Priya Nair <" + priya + ">\r\n" + l)})
		}
	}
	for _, m := range mails {
		for _, at := range []command.Place{command.Post, command.PostNew} {
			q := command.Of(message.Parse(m.Raw), command.Request{At: at, Today: time.Now(), Lists: []string{"senco-forum"}})
			q.Automatic = nil // the desk has its own rule for machines
			if got := command.Read(q); got.Outcome != command.Pass {
				t.Errorf("%s, %s: %s, read %q", at, m.Name, got, got.Read)
			}
		}
	}
	t.Logf("%d ordinary mails", len(mails))
}
