package incoming

import (
	"errors"
	"testing"

	"sencoforum/hold"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/mailauth"
	"sencoforum/store"
)

// What a filter in front says is believed of a trusted client alone. Moderators decide then.
func TestAMembersSpam(t *testing.T) {
	for name, c := range map[string]struct {
		fields []string
		change func(*mail)
		want   string
	}{
		"waits for moderators":                                   {[]string{"X-Spam-Flag"}, func(m *mail) { m.set("X-Spam-Flag: YES") }, "held: moderation"},
		"by another field":                                       {[]string{"X-Spam-Flag", "X-Spam-Status"}, func(m *mail) { m.set("x-spam-status: Yes, score=9") }, "held: moderation"},
		"by the worse of two":                                    {[]string{"X-Spam-Flag"}, func(m *mail) { m.header = append(m.header, "X-Spam-Flag: NO", "X-Spam-Flag: YES") }, "held: moderation"},
		"is none where no field is named":                        {nil, func(m *mail) { m.set("X-Spam-Flag: YES") }, "waiting"},
		"is none where the filter says so":                       {[]string{"X-Spam-Flag"}, func(m *mail) { m.set("X-Spam-Flag: NO") }, "waiting"},
		"counts for nothing from a host that nobody vouches for": {[]string{"X-Spam-Flag"}, func(m *mail) { m.client = "192.0.2.1"; m.set("X-Spam-Flag: YES") }, "held: unverified"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.desk.cfg.Spam = mailauth.SpamPolicy{Fields: c.fields}
			m := ordinary()
			c.change(m)
			o.mustReceive(t, m)
			got := o.states(t)
			testdb.View(t, o.db, func(tx *store.Tx) error {
				for it, err := range hold.All(tx) {
					if err != nil {
						return err
					}
					got += ": " + string(it.Reason)
					if it.Reason == hold.Moderation && !list.Found(it.Findings, list.CauseSpam) {
						t.Errorf("it waits because of %v", it.Findings)
					}
				}
				return nil
			})
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAStrangersSpam(t *testing.T) {
	for name, c := range map[string]struct {
		field string
		want  string // states, or the case of the refusal
	}{
		"is refused":                              {"X-Spam-Flag: YES", "spam"},
		"is none where the filter says so":        {"X-Spam-Flag: NO", "held"},
		"is none by a field that nobody believes": {"X-Other-Flag: YES", "held"},
	} {
		o := open(t)
		o.desk.cfg.Spam = mailauth.SpamPolicy{Fields: []string{"X-Spam-Flag"}}
		m := fromHome()
		m.set(c.field)
		err := o.receive(t, m)
		got := o.states(t)
		var r *list.Refusal
		if errors.As(err, &r) {
			got += r.Case
		} else if err != nil {
			t.Fatal(err)
		}
		if n := len(o.letters(t)); got != c.want || (n == 1) != (c.want == "held") {
			t.Errorf("%s: got %q with %d letters, want %q", name, got, n, c.want)
		}
	}
}
