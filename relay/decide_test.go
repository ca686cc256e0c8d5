package relay

import (
	"testing"

	"sencoforum/list"
	"sencoforum/message"
)

// sound is a request that is relayed.
func sound() Request {
	return Request{Auth: list.Verified, Size: 100, Limit: 1000, Addresses: 1, Writer: &list.Membership{}}
}

// spoils stand in the order of the rules: of two that hold, the first decides.
//
// ceiling: flat table
var spoils = []struct {
	want  string // the case of a refusal, or the action
	spoil func(*Request)
}{
	{"size", func(r *Request) { r.Size = 1001 }},
	{"form", func(r *Request) { r.Form = &message.FormError{Rule: "nul"} }},
	{"many", func(r *Request) { r.Addresses = 101 }},
	{"loop", func(r *Request) { r.Loop = "bears our mark" }},
	{"from", func(r *Request) { r.FromUs = true }},
	{"unproved", func(r *Request) { r.Auth = list.Unverified }},
	{"duplicate", func(r *Request) { r.Known = true }},
	{"discard", func(r *Request) { r.Automatic = []string{"Auto-Submitted"} }},
	{"stranger", func(r *Request) { r.Writer = nil }},
	{"reply", func(r *Request) { r.Lent = true }},
	{"self", func(r *Request) { r.Self = true }},
	{"accept", func(r *Request) { r.Word = Mute }},
	{"no-relay", func(r *Request) { r.Writer = &list.Membership{NoRelay: true} }},
	{"private", func(r *Request) { r.Muted = true }},
	{"machine", func(r *Request) { r.Perhaps = []string{"X-No-Ack", "Precedence"} }},
	{"today", func(r *Request) { r.Written = MostADay }},
}

func outcome(v list.Verdict) string {
	if v.Action == list.Refuse {
		return v.Refusal.Case
	}
	return string(v.Action)
}

func TestTheFirstRuleDecides(t *testing.T) {
	if got := outcome(Decide(sound())); got != "accept" {
		t.Errorf("nothing is wrong: %s", got)
	}
	for i, first := range spoils {
		r := sound()
		first.spoil(&r)
		if got := outcome(Decide(r)); got != first.want {
			t.Errorf("got %s, want %s", got, first.want)
		}
		for _, second := range spoils[i+1:] {
			both := r
			second.spoil(&both)
			if first.want == "stranger" { // the others give the writer a membership, or take one for granted
				both.Writer = nil
			}
			if got := outcome(Decide(both)); got != first.want {
				t.Errorf("%s and %s: got %s", first.want, second.want, got)
			}
		}
	}
}

func TestWhoeverIsNotVerifiedLearnsNothing(t *testing.T) {
	for auth, want := range map[list.Authentication]string{list.Failed: "sender", list.Unverified: "unproved", list.Unknown: "later", "": "unproved"} {
		for _, change := range []func(*Request){
			func(*Request) {}, func(r *Request) { r.Writer = nil }, func(r *Request) { r.Known = true }, func(r *Request) { r.Muted = true },
			func(r *Request) { r.Reader.NoRelay = true }, func(r *Request) { r.Word = Report }, func(r *Request) { r.Automatic = []string{"x"} },
		} {
			r := sound()
			r.Auth = auth
			change(&r)
			v := Decide(r)
			if got := outcome(v); got != want || v.Refusal.Text != Decide(Request{Auth: auth}).Refusal.Text {
				t.Errorf("%q: got %s, want %s", auth, got, want)
			}
		}
	}
}

// What a muted writer reads is what everybody reads whose message a reader does not take.
func TestAMuteLooksLikeAnyOther(t *testing.T) {
	var texts []string
	for _, change := range []func(*Request){
		func(r *Request) { r.Muted = true }, func(r *Request) { r.Reader.NoRelay = true }, func(r *Request) { r.Reader.Suspended = true },
	} {
		r := sound()
		change(&r)
		texts = append(texts, Decide(r).Refusal.Error())
	}
	if texts[0] != texts[1] || texts[1] != texts[2] {
		t.Errorf("%q", texts)
	}
}

func TestSignsOfAMachine(t *testing.T) {
	for _, c := range []struct {
		signs []string
		want  string
	}{
		{nil, ""}, {[]string{"X-Auto-Response-Suppress"}, ""}, {[]string{"X-Ack", "X-No-Ack"}, ""},
		{[]string{"X-Ack", "List-*"}, "List-*"}, {[]string{"Precedence"}, "Precedence"},
	} {
		if got := perhaps(c.signs); got != c.want {
			t.Errorf("%q: got %q", c.signs, got)
		}
	}
}
