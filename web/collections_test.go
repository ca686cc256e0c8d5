package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// chosenSite has a collection with two discussions, of which the first is to be looked at again.
func chosenSite(t *testing.T) *site {
	s := newSite(t, nil)
	s.post(1, 1, "Pens", "Are pens allowed?")
	s.post(1, 1, "Rulers", "Are rulers allowed?")
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		c, _, err := archive.CreateCollection(tx, archive.Collection{List: 1, Title: "Exam access", Intro: "What helped in May."})
		if err != nil {
			return err
		}
		for _, e := range []archive.Entry{{Thread: 1, Summary: "Pens <b>are</b>.", Review: noon.Add(-24 * time.Hour)}, {Thread: 2, Review: noon.AddDate(1, 0, 0)}} {
			if _, _, err := archive.PutEntry(tx, c, e); err != nil {
				return err
			}
		}
		_, _, err = archive.CreateCollection(tx, archive.Collection{List: 1, Title: "Empty"})
		return err
	})
	return s
}

func TestCollectionsShowWhatModeratorsChose(t *testing.T) {
	s := chosenSite(t)
	for path, want := range map[string][]string{
		"/collections":            {`<a href="/collection/exam-access">Exam access</a>`, "2 discussions", "What helped in May.", "To be looked at again: 1"},
		"/collection/exam-access": {`<a href="/t/1">Pens</a>`, "Pens &lt;b&gt;are&lt;/b&gt;.", "Look again: does it still hold?", "To be looked at again on Monday 22 November 2027"},
		"/":                       {"Chosen by the moderators", `<a href="/collection/exam-access">Exam access</a>`},
		"/t/1":                    {`Chosen by the moderators for: <a href="/collection/exam-access">Exam access</a>`},
	} {
		_, html := s.as(2).ask("GET", path, "")
		for _, w := range want {
			if !strings.Contains(html, w) {
				t.Errorf("%s: no %q in\n%s", path, w, html)
			}
		}
		if strings.Contains(html, "Empty") {
			t.Errorf("%s shows a collection with nothing in it", path)
		}
	}
	if r, _ := s.as(2).ask("GET", "/collection/other", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("no such collection: %d", r.StatusCode)
	}
}

// A member who reads two lists finds the collection of each by its address.
func TestCollectionsNameTheirListWhereThereAreTwo(t *testing.T) {
	s := chosenSite(t)
	_, html := s.as(1).ask("GET", "/collections", "")
	if !strings.Contains(html, `href="/collection/exam-access?list=senco-forum"`) || strings.Contains(html, "To be looked at again:") {
		t.Error(html)
	}
	if r, _ := s.as(1).ask("GET", "/collection/exam-access?list=heads", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("of another list: %d", r.StatusCode)
	}
}

func TestCollectionsLeaveOutWhatWasHidden(t *testing.T) {
	s := chosenSite(t)
	testdb.Update(t, s.db, func(tx *store.Tx) error { _, err := archive.Hide(tx, 1, archive.Seal{}, noon); return err })
	_, html := s.as(2).ask("GET", "/collection/exam-access", "")
	if strings.Contains(html, "Pens") || !strings.Contains(html, "Rulers") {
		t.Error(html)
	}
}
