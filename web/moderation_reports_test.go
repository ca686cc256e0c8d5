package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
)

// reported puts a member's report of a post, with some words, and returns the path of its page.
func (s *site) reported(n archive.Number, by list.PersonID, words string) string {
	s.t.Helper()
	s.posted++
	var id moderate.ReportID
	testdb.Update(s.t, s.db, func(tx *store.Tx) (err error) {
		raw := fmt.Sprintf("From: Tom <p%d@school.example>\r\nSubject: Report #%d\r\nMessage-ID: <r%d@school.example>\r\n\r\n%s\r\n", by, n, s.posted, words)
		id, err = intake.Put(tx, intake.New{Record: intake.Record{Kind: string(list.KindOwner), List: 1, Envelope: message.Envelope{Received: s.now}}, Raw: store.NewBlob([]byte(raw)), State: intake.Handled})
		if err != nil {
			return err
		}
		return s.server.cfg.Acts.Report(tx, moderate.HandOf(by, moderate.ProofVerified, "", s.now), moderate.Report{Post: n, Message: id, By: by, Words: words})
	})
	return fmt.Sprintf("/mod/report/%d", id)
}

// report is what is kept of it.
func (s *site) reportAt(path string) (r moderate.Reported) {
	s.t.Helper()
	var id moderate.ReportID
	if _, err := fmt.Sscanf(path, "/mod/report/%d", &id); err != nil {
		s.t.Fatal(err)
	}
	testdb.View(s.t, s.db, func(tx *store.Tx) (err error) { r, err = moderate.ReportOf(tx, id); return err })
	return r
}

func TestReportsStandAboveWhatWaits(t *testing.T) {
	s, tom := reading(t)
	s.delayed()
	path := s.reported(2, 1, "It is <b>rude</b>.")
	asha := s.as(2)
	html := asha.get("/mod")
	wants(t, html, "1 report to look at", "To moderate (1)", "Reported: Reading pens", "It is &lt;b&gt;rude&lt;/b&gt;.", "<p>We use three.</p>", `action="`+path+`"`, `value="stop"`, `value="keep"`, `value="ask"`, `value="close"`)
	s.held(heldMail{by: 1, name: "Tom", subject: "Pens", body: "Which pens?"})
	wants(t, asha.get("/mod"), "1 report and 1 message to moderate", "To moderate (2)")
	wants(t, asha.get(path), "<h1>Reported: Reading pens</h1>", "It is &lt;b&gt;rude&lt;/b&gt;.")
	for _, p := range []string{"/mod", path} {
		if r, _ := tom.ask("GET", p, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s for a member: %d", p, r.StatusCode)
		}
	}
	if r, _ := tom.ask("POST", path, sent("do", "stop")); r.StatusCode != http.StatusNotFound {
		t.Errorf("a member did something: %d", r.StatusCode)
	}
	if r, _ := asha.ask("POST", path, sent("do", "nothing")); r.StatusCode != http.StatusNotFound {
		t.Errorf("an odd word: %d", r.StatusCode)
	}
	for _, odd := range []string{"/mod/report/0", "/mod/report/99", "/mod/report/x", "/mod/report/02"} {
		if r, _ := asha.ask("GET", odd, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", odd, r.StatusCode)
		}
	}
}

// Of several who end a report the first counts, and those who know of it are told.
func TestTheFirstWhoEndsAReportCounts(t *testing.T) {
	s, _ := reading(t)
	s.delayed()
	path := s.reported(2, 1, "")
	asha, ellen := s.as(2), s.as(3)
	before := len(s.letters())
	r, _ := asha.ask("POST", path, sent("do", "keep"))
	if r.StatusCode != http.StatusSeeOther || !strings.HasPrefix(r.Header.Get("Location"), "/mod?kept=") {
		t.Fatalf("%d, %v", r.StatusCode, r.Header)
	}
	wants(t, asha.get(r.Header.Get("Location")), "Nothing waits", "Asha looked at this report, and the post stays (22 November at ")
	if told := s.letters()[before:]; len(told) != 2 || !strings.Contains(strings.Join(told, "\n"), "To: ellen@school.example") || !strings.Contains(told[0], "Subject: Stays: ") {
		t.Errorf("told:\n%s", strings.Join(told, "\n"))
	}
	r, html := ellen.ask("POST", path, sent("do", "keep"))
	if r.StatusCode != http.StatusConflict {
		t.Errorf("the second: %d", r.StatusCode)
	}
	wants(t, html, "<title>Error: ", "Asha looked at this report, and the post stays", "Nothing was changed.")
	if got := s.reportAt(path); got.Ended.Person != 2 || got.How != moderate.EndedKept {
		t.Errorf("%+v", got)
	}
	wants(t, strings.Join(s.logged(), "\n"), "member 2 report keep: web")
	if r, _ := ellen.ask("POST", path, sent("do", "stop")); r.Header.Get("Location") != "/mod/post/2?done=stop" {
		t.Errorf("a stop after all: %d", r.StatusCode)
	}
}

// A stop ends all reports of the post, whichever way it came, and a second one hears of the first.
func TestAStopEndsTheReportsOfAPost(t *testing.T) {
	s, _ := reading(t)
	s.delayed()
	path, other, elsewhere := s.reported(2, 1, ""), s.reported(2, 1, "Twice."), s.reported(3, 1, "")
	if r, _ := s.as(2).ask("POST", path, sent("do", "stop")); r.Header.Get("Location") != "/mod/post/2?done=stop" {
		t.Fatalf("%d", r.StatusCode)
	}
	for p, want := range map[string]moderate.EndedHow{path: moderate.EndedStopped, other: moderate.EndedStopped, elsewhere: ""} {
		if got := s.reportAt(p); got.How != want {
			t.Errorf("%s: %+v", p, got)
		}
	}
	before := len(s.letters())
	r, html := s.as(3).ask("POST", other, sent("do", "stop"))
	if r.StatusCode != http.StatusConflict || len(s.letters()) != before {
		t.Errorf("a second stop: %d, %d letters", r.StatusCode, len(s.letters())-before)
	}
	wants(t, html, "Asha stopped the post (22 November at", "Release it, or more")
	if html := s.as(3).get("/mod"); strings.Contains(html, other) || !strings.Contains(html, elsewhere) {
		t.Errorf("the queue:\n%s", html)
	}
}

// To close the discussion is asked about once more, and needs a code of a moment ago.
func TestAReportIsEndedByClosingTheDiscussion(t *testing.T) {
	s, _ := reading(t)
	s.delayed()
	path := s.reported(2, 1, "")
	asha := s.as(2)
	_, html := asha.ask("POST", path, sent("do", "close"))
	wants(t, html, "<h1>Please confirm</h1>", `name="do" value="close"`, `href="`+path+`"`)
	if s.curated(1).Closed.Set() {
		t.Fatal("closed without a yes")
	}
	if r, _ := asha.ask("POST", path, sent("do", "close", "yes", "1")); r.Header.Get("Location") != path+"?done=close" || !s.curated(1).Closed.Set() {
		t.Errorf("closed: %d, %v", r.StatusCode, r.Header)
	}
	if got := s.reportAt(path); got.How != moderate.EndedClosed {
		t.Errorf("%+v", got)
	}
	if r, _ := s.as(3).ask("POST", path, sent("do", "close", "yes", "1")); r.StatusCode != http.StatusConflict {
		t.Errorf("closed twice: %d", r.StatusCode)
	}
	s.now = s.now.Add(16 * time.Minute)
	if r, _ := asha.ask("POST", s.reported(3, 1, ""), sent("do", "close")); !strings.HasPrefix(r.Header.Get("Location"), "/in?again=1") {
		t.Errorf("a sign-in that is not fresh: %d, %v", r.StatusCode, r.Header)
	}
}

func TestAQuestionAboutAReport(t *testing.T) {
	s, _ := reading(t)
	s.delayed()
	path := s.reported(2, 1, "It is rude.")
	asha := s.as(2)
	if r, html := asha.ask("POST", path, sent("do", "ask", "question", " ")); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "Write your question first.") {
		t.Errorf("no question: %d", r.StatusCode)
	}
	before := len(s.letters())
	if r, _ := asha.ask("POST", path, sent("do", "ask", "question", "What is rude about it?")); r.Header.Get("Location") != path+"?done=ask" {
		t.Fatalf("%d", r.StatusCode)
	}
	told := strings.Join(s.letters()[before:], "\n")
	wants(t, told, "What is rude about it?", "p1@school.example", "To: ellen@school.example")
	wants(t, asha.get(path+"?done=ask"), "Your question is on its way.", "Asha asked tom@school.example on Sunday 22 November 2026.")
	if !s.reportAt(path).Open() {
		t.Error("a question ended the report")
	}
}

// What is typed is not lost when a session has ended.
func TestAQuestionAboutAReportIsKept(t *testing.T) {
	s, _ := reading(t)
	path := s.reported(2, 1, "")
	r, html := s.browser().ask("POST", path, sent("do", "ask", "question", "What is rude about it?"))
	if r.StatusCode != http.StatusForbidden {
		t.Errorf("%d", r.StatusCode)
	}
	wants(t, html, "What is rude about it?", `action="`+path+`"`)
}

// A report goes with the time for which it is kept, and with whoever made it.
func TestAnOldReportIsNotShown(t *testing.T) {
	s, _ := reading(t)
	path := s.reported(2, 1, "")
	s.now = s.now.AddDate(0, 0, 91)
	asha := s.as(2)
	wants(t, asha.get("/mod"), "Nothing waits")
	if r, _ := asha.ask("GET", path, ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("%d", r.StatusCode)
	}
	s.reported(3, 1, "")
	testdb.View(t, s.db, func(tx *store.Tx) error {
		var id moderate.ReportID
		fmt.Sscanf(path, "/mod/report/%d", &id)
		if _, err := moderate.ReportOf(tx, id); err == nil {
			t.Error("it is kept for ever")
		}
		return nil
	})
}
