package web

import (
	"net/http"
	"strings"
	"testing"
)

// Who asked says on the page that it is solved, and takes it back; nobody else can.
func TestWhoAskedSaysThatItIsSolved(t *testing.T) {
	s, tom := reading(t)
	for _, c := range []struct {
		name   string
		by     *browser
		say    string
		solved bool
	}{
		{"somebody else says so", s.as(2), "yes", false}, {"the asker says so", tom, "yes", true}, {"somebody else takes it back", s.as(2), "no", true},
		{"the asker takes it back", tom, "no", false},
	} {
		if r, _ := c.by.ask("POST", "/t/1/solved", "solved="+c.say); r.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %s", c.name, r.Status)
		}
		if got := strings.Contains(s.as(2).get("/t/1"), "The member who asked says that this is solved."); got != c.solved {
			t.Errorf("%s: solved %v", c.name, got)
		}
	}
	if !strings.Contains(tom.get("/t/1"), "My question is solved") || strings.Contains(s.as(2).get("/t/1"), "My question is solved") {
		t.Error("the button is not the asker's alone")
	}
}
