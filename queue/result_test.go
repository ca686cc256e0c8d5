package queue

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestResultLine(t *testing.T) {
	for _, c := range []struct {
		name string
		in   Result
		want string
	}{
		{"all there is", Result{Outcome: Failed, Code: 550, Enhanced: "5.1.1", Text: "no such user", Host: "mx.a.example"}, "mx.a.example: 550 5.1.1 no such user"},
		{"no reply, only words", Result{Outcome: Deferred, Text: "timeout"}, "timeout"},
		{"nothing but an outcome", Result{Outcome: Dropped}, "dropped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.in.Line(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTidy(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
	}{
		{"line ends become spaces", "a\r\nb\n\tc", "a b c"},
		{"controls and broken bytes go", "a\x00b\x1b[1m\xffc", "a b [1m c"},
		{"a long text is cut", strings.Repeat("x", 600), strings.Repeat("x", 500)},
		{"never inside a letter", strings.Repeat("x", 499) + "é", strings.Repeat("x", 499)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := tidy(Result{Outcome: Failed, Text: c.in}).Text; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := tidy(Result{}).Outcome; got != Deferred {
		t.Errorf("no outcome counts as %v", got)
	}
}

func TestOutcomeWords(t *testing.T) {
	var got []string
	for o := Open; o <= Deferred+1; o++ {
		got = append(got, o.String())
	}
	if want := "open delivered failed dropped expired deferred outcome 6"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRouteErrorIsFoundInsideOthers(t *testing.T) {
	err := fmt.Errorf("a.example: %w", &RouteError{Result: Result{Outcome: Failed, Text: "null MX"}})
	var route *RouteError
	if !errors.As(err, &route) || err.Error() != "a.example: route: null MX" {
		t.Errorf("got %v", err)
	}
}
