package notice

import (
	"strings"
	"testing"
	"time"
)

func TestMailsThatAskToDelete(t *testing.T) {
	to := toTom()
	to.ID, to.About = "recall.48213.2", "<1@school.example>"
	r := Recall{Written: time.Date(2026, 11, 22, 9, 4, 0, 0, time.UTC)}
	golden(t, "recall-without-web", func() (Mail, error) { return r.Compose(to) })
	r.Link = "https://forum.example.org/m/48213"
	m, _ := golden(t, "recall", func() (Mail, error) { return r.Compose(to) })
	for line := range strings.Lines(strings.ReplaceAll(string(m.Body), "\r\n", "\n")) {
		if len(line) > 79 {
			t.Errorf("a line of %d characters: %s", len(line)-1, line)
		}
	}
}
