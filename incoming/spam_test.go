package incoming

import (
	"errors"
	"strings"
	"testing"

	"sencoforum/list"
	"sencoforum/mailauth"
)

// What a filter in front says is believed of a trusted client alone.
func TestAMembersSpam(t *testing.T) {
	for name, c := range map[string]struct {
		fields []string
		change func(*mail)
		want   string
		asked  bool
	}{
		"waits for a yes":                           {[]string{"X-Spam-Flag"}, func(m *mail) { m.set("X-Spam-Flag: YES") }, "held", true},
		"by another field":                          {[]string{"X-Spam-Flag", "X-Spam-Status"}, func(m *mail) { m.set("x-spam-status: Yes, score=9") }, "held", true},
		"by the worse of two":                       {[]string{"X-Spam-Flag"}, func(m *mail) { m.header = append(m.header, "X-Spam-Flag: NO", "X-Spam-Flag: YES") }, "held", true},
		"is none where no field is named":           {nil, func(m *mail) { m.set("X-Spam-Flag: YES") }, "waiting", false},
		"is none where the filter says so":          {[]string{"X-Spam-Flag"}, func(m *mail) { m.set("X-Spam-Flag: NO") }, "waiting", false},
		"is no question twice from an unknown host": {[]string{"X-Spam-Flag"}, func(m *mail) { m.client = "192.0.2.1"; m.set("X-Spam-Flag: YES") }, "held", true},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.desk.cfg.Spam = mailauth.SpamPolicy{Fields: c.fields}
			m := ordinary()
			c.change(m)
			o.mustReceive(t, m)
			letters := o.letters(t)
			if got := o.states(t); got != c.want || (len(letters) == 1) != c.asked {
				t.Fatalf("got %q with %d letters, want %q", got, len(letters), c.want)
			}
			if !c.asked {
				return
			}
			if bySpam := m.client == "127.0.0.1"; strings.Contains(letters[0], "spam filter marked it") != bySpam {
				t.Errorf("the question is:\n%s", letters[0])
			}
			o.mustReceive(t, reply(o.question(t), "yes"))
			if got := o.states(t); got != "waiting handled" {
				t.Errorf("after the yes: %s", got)
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
