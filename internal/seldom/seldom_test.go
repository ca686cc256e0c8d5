package seldom

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestALastingStateIsLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := new(bytes.Buffer)
		log := slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{ReplaceAttr: untimed}))
		l := NewLine("no room", slog.LevelError, Minute)
		for range 150 { // 2.5 minutes, four times a second each
			for range 4 {
				l.Log(log, slog.Int("free", 7))
			}
			time.Sleep(time.Second)
		}
		got := strings.Split(strings.TrimSpace(out.String()), "\n")
		want := []string{
			`level=ERROR msg="no room" free=7 count=1`,
			`level=ERROR msg="no room" free=7 count=240`,
			`level=ERROR msg="no room" free=7 count=240`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}

func TestAStateMetByManyIsLoggedOnce(t *testing.T) {
	out := new(bytes.Buffer)
	log := slog.New(slog.NewTextHandler(out, nil))
	l := NewLine("no room", slog.LevelError, Minute)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() { l.Log(log) })
	}
	all.Wait()
	if got, want := strings.Count(out.String(), "\n"), 1; got != want {
		t.Errorf("got %d lines, want %d:\n%s", got, want, out)
	}
}

// untimed leaves the time out of a line.
func untimed(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}
