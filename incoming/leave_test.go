package incoming

import (
	"strings"
	"testing"

	"sencoforum/membership"
)

func TestMailToTheAddressForLeaving(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*mail)
		want   string // states, or the refusal
		stays  bool
	}{
		"a member leaves at once":          {func(*mail) {}, "handled", false},
		"whatever the mail says":           {func(m *mail) { m.body = "Please tell me how to leave" }, "handled", false},
		"the other spelling":               {func(m *mail) { m.to = "senco-forum-unsubscribe@lists.example.org" }, "handled", false},
		"the same again is a duplicate":    {func(m *mail) { m.from = "again" }, "handled duplicate", false},
		"a stranger is for the moderators": {func(m *mail) { m.set("From: eve@evil.example") }, "handled", true},
		"an automatic mail does nothing":   {func(m *mail) { m.set("Auto-Submitted: auto-replied") }, "discarded", true},
		"who is not verified is asked":     {func(m *mail) { m.client = "192.0.2.1" }, "handled", true},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.desk.cfg.Host = membership.Host{Keys: o.keys}
			m := ordinary()
			m.to, m.body = "senco-forum-leave@lists.example.org", ""
			c.change(m)
			times := 1
			if m.from == "again" {
				m.from, times = "priya@school.example", 2
			}
			got := ""
			for range times {
				if err := o.receive(t, m); err != nil {
					got = "refused"
				}
			}
			if got == "" {
				got = o.states(t)
			}
			if got != c.want || o.isMember(t, 1) != c.stays {
				t.Errorf("got %q, want %q; a member still: %v, want %v", got, c.want, o.isMember(t, 1), c.stays)
			}
			if letters := o.letters(t); !c.stays && (len(letters) != 1 || !strings.Contains(letters[0], "You have left")) {
				t.Errorf("letters: %q", letters)
			}
		})
	}
}
