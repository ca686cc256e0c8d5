package search

import (
	"fmt"
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// TestATextThatChangedIsNotRemembered redacts a post whose text was shown, and hides another.
func TestATextThatChangedIsNotRemembered(t *testing.T) {
	s := newShelf(t)
	a := s.post("Pens", "Which pens for Daniel, and why?")
	b := s.post("Pens", "These pens for Daniel.")
	s.follow()
	if got := s.ask("pens", nil); len(got.Found) == 0 || !strings.Contains(Text(got.Found[0].Snippet), "Daniel") {
		t.Fatalf("%+v", got.Found)
	}
	s.update(func(tx *store.Tx) error {
		if _, err := archive.Hide(tx, b, archive.Seal{}, s.now); err != nil {
			return err
		}
		raw := "From: Priya Shah <priya@school.example>\r\nSubject: Pens\r\n\r\nWhich pens for ___, and why?\r\n"
		_, err := archive.Rewritten(tx, a, []byte(raw), "Pens", "Priya Shah", s.now)
		return err
	})
	for _, f := range s.ask("pens", nil).Found {
		if text := Text(f.Snippet); strings.Contains(text, "Daniel") || f.Best == b {
			t.Errorf("shown: %q of post %d", text, f.Best)
		}
	}
	for n, one := range s.x.texts.now {
		if strings.Contains(one.own, "Daniel") {
			t.Errorf("the text of post %d is still in memory: %q", n, one.own)
		}
	}
}

func TestTextsAreBounded(t *testing.T) {
	db := testdb.Open(t)
	var x texts
	long := strings.Repeat("x", 1000)
	for i := range 5 * textsHalf / len(long) {
		x.put(archive.Post{Number: archive.Number(i), State: archive.Published}, long)
	}
	if n := (len(x.now) + len(x.old)) * len(long); n > 2*textsHalf+10*len(long) {
		t.Errorf("%d bytes are remembered", n)
	}
	last := archive.Post{Number: archive.Number(5*textsHalf/len(long) - 1)}
	testdb.View(t, db, func(tx *store.Tx) error {
		if own, _, err := x.of(tx, last); own != long || err != nil {
			t.Error(fmt.Sprint("the last text is not remembered: ", err))
		}
		return nil
	})
	last.Revision++
	if _, ok := x.find(last); ok {
		t.Error("the text of an older revision is given out")
	}
}
