package long

import (
	"flag"
	"strings"
	"testing"
)

// spy takes the reason of a skip, so that no test has to be skipped.
type spy struct {
	testing.TB
	reason string
}

func (s *spy) Helper() {}

func (s *spy) Skipf(format string, args ...any) { s.reason = format }

func TestOnlyShortRunsPassALongTestOver(t *testing.T) {
	was := flag.Lookup("test.short").Value.String()
	defer flag.Set("test.short", was)
	for short, skipped := range map[string]bool{"true": true, "false": false} {
		if err := flag.Set("test.short", short); err != nil {
			t.Fatal(err)
		}
		s := &spy{TB: t}
		if Test(s, "years"); (s.reason != "") != skipped {
			t.Errorf("with short=%s the reason is %q", short, s.reason)
		}
	}
	if !strings.HasPrefix(Mark, "LONG") {
		t.Errorf("the mark is %q", Mark)
	}
}
