package notice

import (
	"testing"
	"time"

	"sencoforum/calendar"
	"sencoforum/list"
)

func TestMailBeforeTheSummer(t *testing.T) {
	golden(t, "summer-pause", func() (Mail, error) {
		return SummerPause{Begins: london(2026, 7, 22), Term: london(2026, 9, 1)}.Compose(toTom())
	})
}

func london(y int, m time.Month, d int) time.Time {
	return time.Date(y, m, d, 0, 0, 0, 0, calendar.London())
}

func TestWhichPauseWasOffered(t *testing.T) {
	l := list.List{Domain: "lists.example.org"}
	own := SummerPause{Term: london(2026, 9, 1)}.SummerID(toTom())
	for id, want := range map[string]time.Time{
		"<" + own + "@lists.example.org>": london(2026, 9, 1), "<SUMMER.20270902.9@Lists.Example.ORG>": london(2027, 9, 2),
		"<summer.20260901.9@elsewhere.example>": {}, "<summer.20260901@lists.example.org>": {}, "<summer.20261301.9@lists.example.org>": {}, "<digest.20260901.7@lists.example.org>": {},
	} {
		if got := SummerOffered(l, []string{"<1@x.example>", id}); !got.Equal(want) {
			t.Errorf("%s: %s", id, got)
		}
	}
}
