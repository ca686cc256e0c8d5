package main

import (
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/web"
)

// A paged board has the pages as well, and people in front of them.
type paged struct {
	*board
	pages *web.Server
}

func newPaged(t *testing.T, dir string) *paged {
	b := newBoard(t, dir, "asha", "sam")
	pages, err := server{log: slog.New(slog.DiscardHandler), cfg: b.house.cfg, certs: new(certificates)}.newPages(b.house)
	if err != nil {
		t.Fatal(err)
	}
	return &paged{board: b, pages: pages}
}

// signedInAs is the cookie of somebody by their first name; empty for a visitor.
func (p *paged) signedInAs(name string) (cookie string) {
	p.t.Helper()
	if name == "" {
		return ""
	}
	p.must(p.house.db.Update(func(tx *store.Tx) error {
		who, err := list.FindPerson(tx, testdb.Address(p.t, name+"@garden.example"))
		if err != nil {
			return err
		}
		cookie, err = p.house.signin.SignIn(tx, who.ID, false, "A browser", "")
		return err
	}))
	return cookie
}

// ask opens a page, or sends it a form.
func (p *paged) ask(cookie, method, path string, fields ...string) (int, string) {
	p.t.Helper()
	v := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = "127.0.0.1:4711"
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: cookie})
	}
	w := httptest.NewRecorder()
	p.pages.Handler().ServeHTTP(w, r)
	text, err := io.ReadAll(w.Result().Body)
	p.must(err)
	p.wait(time.Second)
	return w.Code, html.UnescapeString(string(text))
}

var pageForm = regexp.MustCompile(`name="form" value="([^"]+)"`)

// writes is what somebody does who writes on a page: the form, the preview, the button.
func (p *paged) writes(cookie, page, subject, text string, more ...string) (preview, answer string) {
	p.t.Helper()
	status, shown := p.ask(cookie, "GET", page)
	m := pageForm.FindStringSubmatch(shown)
	if status != http.StatusOK || m == nil {
		p.t.Fatalf("%s: %d\n%s", page, status, shown)
	}
	fields := append([]string{"form", m[1], "subject", subject, "text", text}, more...)
	status, preview = p.ask(cookie, "POST", "/post/check", fields...)
	if status != http.StatusOK {
		p.t.Fatalf("preview: %d\n%s", status, preview)
	}
	for range 2 { // a double click
		_, answer = p.ask(cookie, "POST", "/post/check", append(fields, "do", "send")...)
	}
	return preview, answer
}

func TestAMemberWritesOnAPage(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		p := newPaged(t, dir)
		tom := p.signedInAs("tom")
		preview, answer := p.writes(tom, "/post", "End dates", "Who sets the end date of a part-time timetable?")
		if !strings.Contains(preview, "You can take it back for 5 minutes") || !strings.Contains(answer, "You have sent this already") || !strings.Contains(answer, "message number 1.") {
			t.Errorf("%s\n%s", preview, answer)
		}
		if p.count("asha", "End dates") != 0 {
			t.Error("it went out at once")
		}
		p.wait(6 * time.Minute)
		text, _ := p.got("asha", "End dates")
		if p.count("asha", "End dates") != 1 || !strings.Contains(text, "Who sets the end date") || !strings.Contains(text, "Tom S") || strings.Contains(text, "tom@garden.example") {
			t.Errorf("Asha reads %d:\n%s", p.count("asha", "End dates"), text)
		}
		asha := p.signedInAs("asha")
		p.writes(asha, "/post?to=1", "", "The school, with the parents.", "to", "1")
		p.wait(6 * time.Minute)
		if text, _ = p.got("tom", "Re: End dates"); !strings.Contains(text, "The school, with the parents.") {
			t.Errorf("Tom reads:\n%s", text)
		}
		p.must(p.house.db.View(func(tx *store.Tx) error {
			d, err := archive.Thread(tx, 1)
			if len(d.Places) != 2 || d.Places[1].Parent != 1 {
				t.Errorf("discussion: %+v", d)
			}
			return err
		}))
		p.writes(asha, "/m/1/private", "", "Ring me if you like.", "to", "1", "private", "1")
		if text, _ = p.got("tom", "End dates"); !strings.Contains(text, "Ring me if you like.") || strings.Contains(text, "asha@garden.example") {
			t.Errorf("alone Tom reads:\n%s", text)
		}
		if p.count("sam", "End dates") != 2 {
			t.Errorf("Sam got %d", p.count("sam", "End dates"))
		}
	})
}

// A message can be taken back on the page until it goes, with its text kept; after that it cannot.
func TestAMessageIsTakenBackOnAPage(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		p := newPaged(t, dir)
		tom, sam := p.signedInAs("tom"), p.signedInAs("sam")
		p.writes(tom, "/post", "End dates", "Who sets them?")
		if status, _ := p.ask(sam, "POST", "/post/check", "do", "cancel", "number", "1", "text", "x"); status != http.StatusNotFound {
			t.Errorf("somebody else's: %d", status)
		}
		status, answer := p.ask(tom, "POST", "/post/check", "do", "cancel", "number", "1", "list", "forum", "subject", "End dates", "text", "Who sets them?")
		if status != http.StatusOK || !strings.Contains(answer, "We have taken it back") || !strings.Contains(answer, "Who sets them?</textarea>") {
			t.Errorf("%d\n%s", status, answer)
		}
		p.wait(10 * time.Minute)
		if p.count("sam", "End dates") != 0 {
			t.Error("it went out all the same")
		}
		p.writes(tom, "/post", "End dates", "Who sets them now?")
		p.wait(6 * time.Minute)
		status, answer = p.ask(tom, "POST", "/post/check", "do", "cancel", "number", "2", "list", "forum", "subject", "End dates", "text", "Who sets them now?")
		if status != http.StatusUnprocessableEntity || !strings.Contains(answer, "It has gone out already") || p.count("sam", "End dates") != 1 {
			t.Errorf("%d\n%s", status, answer)
		}
	})
}

// What would be held or asked about by mail is held and asked about here.
func TestWhatIsHeldOnAPage(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		p := newPaged(t, dir)
		preview, answer := p.writes(p.signedInAs("jane"), "/post", "Hello", "I am new here.")
		if !strings.Contains(preview, "Moderators read this before everyone gets it") || !strings.Contains(answer, "new member's first message") {
			t.Errorf("%s\n%s", preview, answer)
		}
		p.reply("asha", "First post", "Approve")
		p.wait(10 * time.Minute)
		if p.count("tom", "Hello") != 1 {
			t.Errorf("Tom got %d", p.count("tom", "Hello"))
		}
		preview, _ = p.writes(p.signedInAs("tom"), "/post", "A pupil", "In confidence: his UPN is A801200001001.")
		if !strings.Contains(preview, "we ask you by email first") || !strings.Contains(preview, "in confidence") {
			t.Errorf("preview:\n%s", preview)
		}
		p.wait(10 * time.Minute)
		if p.count("sam", "A pupil") > 0 && strings.Contains(p.mails("sam@garden.example", "A pupil")[0].subject, "[") {
			t.Error("it went out")
		}
		if it := p.last(); it.From.String() != "tom@garden.example" || it.Finished() {
			t.Errorf("%+v", it)
		}
		_, answer = p.writes(p.signedInAs("tom"), "/post", "weekly", "weekly")
		if !strings.Contains(answer, "already") || p.count("tom", "Done:") != 1 {
			t.Errorf("%d answers\n%s", p.count("tom", "Done:"), answer)
		}
	})
}

func TestAReportFromAPage(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		p := newPaged(t, dir)
		tom := p.signedInAs("tom")
		p.writes(tom, "/post", "End dates", "Who sets them?")
		p.wait(6 * time.Minute)
		jane := p.signedInAs("jane")
		_, shown := p.ask(jane, "GET", "/m/1/report")
		for range 2 {
			if _, answer := p.ask(jane, "POST", "/m/1/report", "form", pageForm.FindStringSubmatch(shown)[1], "text", "It is about our school."); !strings.Contains(answer, "The moderators have it") {
				t.Error(answer)
			}
		}
		text, to := p.got("asha", "Reported")
		if p.count("asha", "Reported") != 1 || !strings.Contains(text, "It is about our school.") || to == "" {
			t.Errorf("%d: Asha reads\n%s", p.count("asha", "Reported"), text)
		}
		if status, _ := p.ask(tom, "POST", "/t/1/send"); status != http.StatusSeeOther {
			t.Error(status)
		}
		p.wait(time.Minute)
		if text, _ := p.got("tom", "End dates"); !strings.Contains(text, "Who sets them?") {
			t.Errorf("Tom reads:\n%s", text)
		}
	})
}

func TestSomebodyJoinsFromThePage(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		p := newPaged(t, dir)
		status, answer := p.ask("", "POST", "/join", "email", "rita@garden.example", "name", "Rita Lee", "words", "new SENCO in Leeds")
		if status != http.StatusOK || !strings.Contains(answer, "Look in your mailbox") {
			t.Fatalf("%d\n%s", status, answer)
		}
		p.wait(time.Minute)
		_, confirm := p.got("rita", "Please reply yes")
		_, tok, _ := strings.Cut(strings.TrimSuffix(confirm, "@lists.example.org"), "+")
		path := "/yes/" + tok
		p.ask("", "GET", path)
		if status, answer = p.ask("", "POST", path, "name", "Rita Lee", "words", "new SENCO in Leeds"); status != http.StatusOK {
			t.Fatalf("%d\n%s", status, answer)
		}
		p.wait(time.Minute)
		notice, to := p.got("asha", "Rita Lee")
		if !strings.Contains(notice, "new SENCO in Leeds") || to == "" {
			t.Fatalf("Asha reads:\n%s", notice)
		}
		p.must(p.send("asha@garden.example", to, "Re: Rita Lee", "approve"))
		p.wait(10 * time.Minute)
		if p.count("rita", "Welcome") != 1 {
			t.Errorf("Rita got %d", p.count("rita", "Welcome"))
		}
	})
}
