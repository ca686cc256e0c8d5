package sample

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/message"
)

// A scene is of the last days, its answers come after what they answer, and only what is to wait is not a member's.
func TestAScene(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	f := New(28, 30, now)
	s := NewScene(f, now)
	var ids, subjects []string
	for _, l := range append(s.Week, s.Waits...) {
		m := message.Parse(l.Raw)
		at, ok := m.Date()
		if !ok || at.After(now) || at.Before(now.AddDate(0, 0, -4)) {
			t.Errorf("%s: written %s", l.Subject, at)
		}
		if err := message.Strict(l.Raw, false); err != nil {
			t.Errorf("%s: %v", l.Subject, err)
		}
		for _, id := range m.InReplyTo() {
			if !slices.Contains(ids, id) {
				t.Errorf("%s answers what comes later", l.Subject)
			}
		}
		if !strings.HasPrefix(l.Subject, "Re: ") {
			subjects = append(subjects, l.Subject)
		}
		ids = append(ids, l.ID)
	}
	slices.Sort(ids)
	if got := len(slices.Compact(ids)); got != len(s.Week)+len(s.Waits) || len(subjects) < 7 {
		t.Errorf("%d messages in %q", got, subjects)
	}
	for _, l := range s.Week {
		if !slices.Contains(f.Members, l.From) {
			t.Errorf("%s is by somebody who is no member", l.Subject)
		}
	}
	if small := NewScene(New(5, 5, now), now); len(small.Week)+len(small.Waits) > 0 {
		t.Error("a small forum has a scene")
	}
}
