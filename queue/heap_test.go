package queue

import (
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

func TestHeapGivesOutInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := heap{before: foremost}
		var model []entry
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			switch what := rapid.IntRange(0, 9).Draw(t, "what"); {
			case what < 6 || len(model) == 0:
				e := entry{
					id:       RowID(rapid.Uint64Range(1, 50).Draw(t, "id")),
					priority: Priority(rapid.IntRange(0, 2).Draw(t, "priority")),
				}
				h.push(e)
				model = append(model, e)
			case what < 9:
				slices.SortFunc(model, compare)
				if got := h.pop(); compare(got, model[0]) != 0 {
					t.Fatalf("got %+v, want %+v", got, model[0])
				}
				model = model[1:]
			default:
				third := func(e *entry) bool { return e.id%3 == 0 }
				_, want := split(slices.Clone(model), third)
				model, _ = split(model, third)
				if got := h.extract(third); len(got) != len(want) {
					t.Fatalf("extracted %d, want %d", len(got), len(want))
				}
			}
			if h.len() != len(model) {
				t.Fatalf("%d entries, want %d", h.len(), len(model))
			}
		}
	})
}

func compare(a, b entry) int {
	switch {
	case foremost(&a, &b):
		return -1
	case foremost(&b, &a):
		return 1
	}
	return 0
}

func TestEntryIsSmall(t *testing.T) {
	if n := unsafe.Sizeof(entry{}); n > 32 {
		t.Errorf("an entry has %d bytes", n)
	}
}
