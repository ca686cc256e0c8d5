package rig

import (
	"strings"
	"testing"

	"sencoforum/queue"
)

// soundReckoning is one post to two members: a took it twice, the first time without a
// word, and b was refused.
func soundReckoning() reckoning {
	h := newLedger()
	a, b := copyOf{"<1@x>", "a@m"}, copyOf{"<1@x>", "b@m"}
	h.took(a, true)
	h.took(a, true)
	h.unsaid[a] = 1
	h.refused["b@m"] = 1
	return reckoning{
		posts: []string{"<1@x>"}, to: []string{"a@m", "b@m"}, host: h,
		books: map[copyOf]booked{a: {queue.Delivered, ""}, b: {queue.Failed, "550 " + sorry}},
	}
}

func TestReckoningAcceptsASoundRun(t *testing.T) {
	b := soundReckoning().bill()
	if len(b.Faults) != 0 || b.Delivered != 1 || b.Failed != 1 || b.Repeats != 1 || b.Unsaid != 1 {
		t.Errorf("%+v", b)
	}
}

func TestReckoningFindsEveryPlantedFault(t *testing.T) {
	a, b := copyOf{"<1@x>", "a@m"}, copyOf{"<1@x>", "b@m"}
	for _, c := range []struct {
		name  string
		plant func(*reckoning)
		want  string
	}{
		{"a copy that nobody has", func(r *reckoning) { delete(r.host.taken, a) }, "lost: <1@x> for a@m"},
		{"a delivery that nobody confirmed", func(r *reckoning) { r.host.unsaid[a] = 2 }, "never said so"},
		{"a failure of what was taken", func(r *reckoning) { r.host.took(b, true) }, "the host took it"},
		{"a failure without the host's words", func(r *reckoning) { r.books[b] = booked{queue.Failed, "550"} }, "words are not kept"},
		{"a failure that nobody caused", func(r *reckoning) { r.host.refused["b@m"] = 0 }, "refused only 0"},
		{"a copy without any state", func(r *reckoning) { delete(r.books, b) }, "b@m is open"},
		{"a copy that was dropped", func(r *reckoning) { r.books[b] = booked{queue.Dropped, ""} }, "b@m is dropped"},
		{"a repeat without a reason", func(r *reckoning) { r.host.took(a, true) }, "came 3 times"},
		{"a copy without its text", func(r *reckoning) { r.host.took(a, false) }, "came without its text"},
		{"a copy for a stranger", func(r *reckoning) { r.host.took(copyOf{"<1@x>", "eve@m"}, true) }, "nobody asked for"},
		{"a copy of nothing", func(r *reckoning) { r.host.took(copyOf{"<2@x>", "a@m"}, true) }, "nobody asked for"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := soundReckoning()
			c.plant(&r)
			if got := strings.Join(r.bill().Faults, "\n"); !strings.Contains(got, c.want) {
				t.Errorf("faults %q, want one with %q", got, c.want)
			}
		})
	}
}
