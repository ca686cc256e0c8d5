package queue

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Line returns the result as one line for people: host, code, enhanced code and text, each where there is one.
func (r Result) Line() string {
	var parts []string
	if r.Host != "" {
		parts = append(parts, r.Host+":")
	}
	if r.Code != 0 {
		parts = append(parts, strconv.Itoa(r.Code))
	}
	if r.Enhanced != "" {
		parts = append(parts, r.Enhanced)
	}
	if r.Text != "" {
		parts = append(parts, r.Text)
	}
	if len(parts) == 0 {
		return r.Outcome.String()
	}
	return strings.Join(parts, " ")
}

// clean returns s as one line of valid UTF-8 without controls, at most max bytes. What it cleans comes from strangers.
func clean(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}

// tidy makes a courier's result fit to keep. An outcome that is none counts as Deferred.
func tidy(r Result) Result {
	switch r.Outcome {
	case Delivered, Failed, Dropped, Expired:
	default:
		r.Outcome = Deferred
	}
	r.Text = clean(r.Text, MaxText)
	r.Host = clean(r.Host, maxDomain)
	r.Enhanced = clean(r.Enhanced, 16)
	return r
}
