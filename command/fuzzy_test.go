package command

import (
	"strings"
	"testing"
)

func TestOneOff(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"aprove", "approve", true}, {"approove", "approve", true}, {"apprive", "approve", true}, {"appvore", "approve", false},
		{"cancle", "cancel", true}, {"approve", "approve", false}, {"aprov", "approve", false}, {"weekley", "weekly", true}, {"", "a", true},
	} {
		if got := oneOff(c.a, c.b); got != c.want {
			t.Errorf("%q %q: got %t", c.a, c.b, got)
		}
		if oneOff(c.a, c.b) != oneOff(c.b, c.a) {
			t.Errorf("%q %q: the order matters", c.a, c.b)
		}
	}
}

// A wrong letter is forgiven in words of five letters or more, and where it is no other word.
func TestOneWrongLetter(t *testing.T) {
	for _, c := range []struct{ place, text, want string }{
		{"mod", "aprove", "done: approve"}, {"mod", "aprove it please", "done: approve"}, {"mod", "rejct", "done: reject"},
		{"mod", "truzt", "done: trust"}, {"mod", "crust", "ask (unknown)"}, {"mod", "bim", "ask (unknown)"},
		{"request", "unsuscribe", "done: leave"}, {"request", "jion", "ask (unknown)"}, {"request", "leavee", "done: leave"},
		{"request", "weave", "ask (unknown)"}, {"request", "weakly", "ask (unknown)"}, {"request", "statis", "done: status"},
		{"request", "unsubscibe me from this list", "done: leave"}, {"post", "unsubscribe", "done: leave"}, {"post", "unsubscrbe", "done: leave"},
	} {
		q := request(t, c.place)
		q.Text = c.text
		if got := Read(q).String(); got != c.want {
			t.Errorf("%s %q: got %s, want %s", c.place, c.text, got, c.want)
		}
	}
}

func TestTwoWordsEquallyNear(t *testing.T) {
	q := request(t, "mod-guard")
	q.Text = "redect"
	if got := Read(q); got.Outcome != Ask || got.Why != WhyNear || strings.Join(got.Near, " ") != "reject redact" {
		t.Errorf("redect: got %s, near %q", got, got.Near)
	}
}

func TestNearestWords(t *testing.T) {
	q := request(t, "request")
	q.Text = "weeklies"
	got := Read(q)
	if len(got.Near) != 3 || got.Near[0] != "weekly" {
		t.Errorf("near are %q", got.Near)
	}
}
