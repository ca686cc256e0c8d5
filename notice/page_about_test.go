package notice

import (
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// A page says once that somebody is no member: the reason stands beside it.
func TestAPageSaysOnceWhoWrote(t *testing.T) {
	found := func(causes ...list.Cause) (all []list.Finding) {
		for _, c := range causes {
			all = append(all, list.Finding{Cause: c})
		}
		return all
	}
	for _, c := range []struct {
		name       string
		is         Matter
		about, why string
	}{
		{"a stranger, for that alone", Matter{Verified: true, Findings: found(list.CauseStranger)}, "This email really came from that address.", ""},
		{"a stranger who was asked", Matter{Said: true, Findings: found(list.CauseStranger)}, "The writer told us from that address that this email is theirs.", "The writer was asked and wants it sent."},
		{"a stranger, and more", Matter{Verified: true, Findings: found(list.CauseStranger, list.CauseClosed)}, "This email really came from that address.",
			"Held because the writer is not a member, and the discussion was closed."},
		{"a stranger, for something else", Matter{Verified: true, Findings: found(list.CauseSpam)}, "Not a member. This email really came from that address.", "Held because our spam filter marked it."},
		{"a member", Matter{Member: true, Verified: true, Since: time.Date(2020, 5, 1, 0, 0, 0, 0, time.UTC), Findings: found(list.CauseClosed)},
			"Member since May 2020. This email really came from that address.", "Held because the discussion was closed."},
		{"a member who has written nothing", Matter{Member: true, Verified: true, Findings: found(list.CauseFirst)}, "Member. This email really came from that address.", ""},
		{"a member who has written nothing, and more", Matter{Member: true, Verified: true, Findings: found(list.CauseFirst, list.CauseClosed)}, "Member. This email really came from that address.",
			"Held because it is the writer's first post, and the discussion was closed."},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.is.Address = message.Address{Local: "x", Domain: "x.example"}
			if f := (Held{Matter: c.is}).Face(); f.About != c.about || f.Why != c.why {
				t.Errorf("about %q, why %q\nwant %q, %q", f.About, f.Why, c.about, c.why)
			}
		})
	}
}
