package rig

import (
	"strings"
	"testing"
)

// run is a sound run of two posts and two members, with one duplicate.
func run() (*Journal, Audit, Bound) {
	j := NewJournal()
	for _, id := range []string{"<1@x>", "<2@x>"} {
		j.Acked(id)
		j.Arrived(id, "a@m", true)
		j.Arrived(id, "b@m", true)
	}
	j.Arrived("<2@x>", "b@m", true)
	a := Audit{
		Accepted: 3, Live: map[string]uint64{"done": 2, "duplicate": 1},
		Posts: []AuditPost{{"<1@x>", "done"}, {"<2@x>", "done"}},
	}
	return j, a, Bound{Recipients: []string{"a@m", "b@m"}, Duplicates: 1}
}

func TestCheckAcceptsASoundRun(t *testing.T) {
	r := Check(run())
	if len(r.Faults) != 0 || r.Posts != 2 || r.Copies != 5 || r.Duplicates != 1 {
		t.Errorf("%+v", r)
	}
}

func TestCheckFindsEveryPlantedFault(t *testing.T) {
	for _, c := range []struct {
		name  string
		plant func(*Journal, *Audit, *Bound)
		want  string
	}{
		{"a copy that never came", func(j *Journal, _ *Audit, _ *Bound) { delete(j.copies["<1@x>"], "a@m") }, "lost: no copy"},
		{"a post nobody received", func(j *Journal, _ *Audit, _ *Bound) { delete(j.copies, "<1@x>") }, "lost: no copy"},
		{"an acknowledged message that is no post", func(_ *Journal, a *Audit, _ *Bound) { a.Posts = a.Posts[:1] }, "acknowledged and is no post"},
		{"one message as two posts", func(_ *Journal, a *Audit, _ *Bound) { a.Posts = append(a.Posts, a.Posts[0]) }, "is 2 posts"},
		{"a post that is stuck", func(_ *Journal, a *Audit, _ *Bound) { a.Posts[1].State = "expanding" }, "is expanding"},
		{"a duplicate too many", func(j *Journal, _ *Audit, _ *Bound) { j.Arrived("<1@x>", "a@m", true) }, "2 duplicates"},
		{"a copy for a stranger", func(j *Journal, _ *Audit, _ *Bound) { j.Arrived("<1@x>", "eve@m", true) }, "who is no member"},
		{"a copy of nothing", func(j *Journal, _ *Audit, _ *Bound) { j.Arrived("<3@x>", "a@m", true) }, "it is no post"},
		{"a copy without its text", func(j *Journal, _ *Audit, b *Bound) { j.Arrived("<1@x>", "a@m", false); b.Duplicates = 9 }, "<1@x> for a@m"},
		{"a message that is not accounted for", func(_ *Journal, a *Audit, _ *Bound) { a.Accepted++ }, "accounts for 3 of 4"},
		{"a fault of the audit itself", func(_ *Journal, a *Audit, _ *Bound) { a.Faults = []string{"counter"} }, "counter"},
	} {
		t.Run(c.name, func(t *testing.T) {
			j, a, b := run()
			c.plant(j, &a, &b)
			r := Check(j, a, b)
			if !strings.Contains(strings.Join(r.Faults, "\n"), c.want) {
				t.Errorf("faults %q, want one with %q", r.Faults, c.want)
			}
		})
	}
}
