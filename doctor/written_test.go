package doctor

import (
	"io/fs"
	"strings"
	"testing"
)

func TestWhatTheOperatorWroteIsLookedAt(t *testing.T) {
	t.Parallel()
	faults := []string{"v.txt: line 3: a; do b", "v.txt: line 4: c", "v.txt: line 5: d", "v.txt: line 6: e", "v.txt: line 7: f"}
	for _, c := range []struct {
		name  string
		own   Own
		level Level
		want  []string
	}{
		{"a good file", Own{What: "Words", Is: "v.txt: 3 entries."}, OK, []string{"v.txt: 3 entries."}},
		{"a faulty one is told with its first lines and the command for all", Own{What: "Words", Faults: faults, Check: "sencoforum glossary check v.txt"}, Warning,
			[]string{"v.txt: line 3: a; do b. v.txt: line 4: c. v.txt: line 5: d. And 2 more.", "goes on with what it had", "glossary check v.txt", "systemctl reload"}},
		{"one without which the server does not start", Own{What: "Page", Faults: faults[:1], Needed: true}, Fault, []string{"v.txt: line 3: a; do b.", "does not start"}},
		{"a good one that the server has not read", Own{What: "Words", Is: "v.txt: 3 entries.", Late: true}, Warning, []string{"not read what is there now", "systemctl reload"}},
		{"words in the store that became faulty", Own{What: "Words of forum", Faults: faults[:1], Check: "sencoforum notice reset --list forum TEXT", Stored: true}, Warning,
			[]string{"v.txt: line 3: a; do b.", "go without them", "notice reset --list forum"}},
		{"one that this user may not read", Own{What: "Words", Err: &fs.PathError{Op: "stat", Path: "v.txt", Err: fs.ErrPermission}}, NotChecked, []string{"permission denied"}},
	} {
		got := Judge(Facts{Setup: Setup{Own: []Own{c.own}}})
		last := got[len(got)-1]
		said := last.Found + "\n" + last.Problem + "\n" + last.Do
		if last.Level != c.level || last.Part != partOwn {
			t.Errorf("%s: %+v", c.name, last)
		}
		for _, want := range c.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s: %q is not in\n%s", c.name, want, said)
			}
		}
	}
}
