package web

import (
	"net/http"
	"testing"

	"sencoforum/guard"
	"sencoforum/list"
	"sencoforum/message"
)

// What is left of a message is searched on a page as it is by mail, and the page says what was found in the same words.
func TestWhatIsLeftIsSearchedOnAPage(t *testing.T) {
	var looked int
	s := newSite(t, func(cfg *Config) {
		cfg.Pupil = func(_ list.List, m *message.Message) (places []string) {
			looked++
			for _, f := range guard.Look(guard.Input{Own: m.Text()}, guard.DefaultAllow()) {
				places = append(places, "a Unique Pupil Number, "+f.Where.String())
			}
			return places
		}
	})
	s.delayed()
	it := s.held(heldMail{by: 1, name: "Tom", subject: "Two pupils", body: "Who knows B801200005001 and Q801200005002?", causes: []list.Cause{list.CausePupil}})
	asha, path := s.as(2), "/mod/"+it.Number.Code()
	if r, _ := s.as(1).ask("POST", path, sent("do", "redact", "words", "B801200005001")); r.StatusCode == http.StatusSeeOther || looked != 0 {
		t.Errorf("who does not moderate: %d, looked %d times", r.StatusCode, looked)
	}
	asha.ask("POST", path, sent("do", "redact", "words", "B801200005001"))
	wants(t, asha.get(path+"?done=redact"), "I looked again: it may still name a child.", "a Unique Pupil Number, line 1")
	asha.ask("POST", path, sent("do", "redact", "words", "Q801200005002"))
	wants(t, asha.get(path+"?done=redact"), "I looked again, and found nothing more that may name a child.")
	if got := s.item(it.Number); !list.Found(got.Findings, list.CausePupil) || got.Decision != nil || looked != 2 {
		t.Errorf("it is %+v, looked %d times", got, looked)
	}
}
