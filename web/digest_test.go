package web

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/archive"
	"sencoforum/digest"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// digestDesk makes the digests of a site, on a clock of its own: the site's stands still.
type digestDesk struct {
	*digest.Editor
	now time.Time
}

// digests gives the site somebody who makes its digests, and has looked at its lists before anything was written.
func (s *site) digests(cfg *Config) {
	s.editor = &digestDesk{now: noon}
	log := slog.New(slog.DiscardHandler)
	s.editor.Editor = digest.NewEditor(log, s.db, digest.Config{Keys: s.keys, Overview: cfg.Overview, WebURL: cfg.Host.WebURL, Imported: true, Now: func() time.Time { return s.editor.now }})
	cfg.Digests = s.editor.Editor
	s.due()
}

// due makes the digests that are due.
func (s *site) due() {
	s.t.Helper()
	for more := true; more; {
		var err error
		if more, err = s.editor.Step(); err != nil {
			s.t.Fatal(err)
		}
	}
}

// digest makes those of Monday 23 November.
func (s *site) digest() {
	s.t.Helper()
	s.editor.now = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	s.due()
}

func TestPastDigestsAreForMembersOfTheirList(t *testing.T) {
	s := newSite(t, nil)
	ask := s.post(1, 1, "Pens in exams", "Does anyone know whether pens are allowed?")
	s.post(1, 2, "Re: Pens in exams", "We use the long form for all of them, and it has always been allowed.", "In-Reply-To: <1@school.example>")
	s.post(1, 2, "Rulers", "I have some rulers to give away, for whoever wants them.")
	s.post(2, 1, "Elsewhere", "Words for heads.")
	s.digest()
	_, html := s.as(2).ask("GET", "/digests", "")
	const path = "/digest/senco-forum/weekly/2026-11-23"
	for _, want := range []string{`<a href="` + path + `">Monday 23 November 2026</a>`, "2 discussions, 3 messages", "of the last 120 days", "/digest/senco-forum/daily/2026-11-23"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	if strings.Contains(html, "heads") {
		t.Error("a list of others")
	}
	_, html = s.as(2).ask("GET", path, "")
	for _, want := range []string{"Most talked about", `<a href="/t/1">Pens in exams</a>`, "Also this week", "whether pens are allowed?", "always been allowed", "2 discussions, 3 messages"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	if strings.Contains(html, "-reply+") || strings.Contains(html, "style=") {
		t.Error("an address of a mail, or a style")
	}
	for _, wrong := range []string{"/digest/senco-forum/weekly/2026-11-24", "/digest/senco-forum/hourly/2026-11-23", "/digest/senco-forum/weekly/monday", "/digest/heads/weekly/2026-11-23"} {
		if r, _ := s.as(2).ask("GET", wrong, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", wrong, r.StatusCode)
		}
	}
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		_, err := archive.Hide(tx, ask, archive.Seal{}, noon)
		return err
	})
	if _, html = s.as(2).ask("GET", path, ""); strings.Contains(html, "Pens in exams") || !strings.Contains(html, "Rulers") {
		t.Errorf("what was hidden is still there:\n%s", html)
	}
}

func TestOneMembersDigestIsNoPage(t *testing.T) {
	s := newSite(t, nil)
	s.post(1, 1, "Pens", "I have some pens to give away, for whoever wants them.")
	s.editor.now = s.now
	var l list.List
	testdb.View(t, s.db, func(tx *store.Tx) (err error) {
		l, err = list.Get(tx, 1)
		return err
	})
	if n, err := s.editor.SendTo(l, digest.Weekly, 1); err != nil || n == 0 {
		t.Fatal(n, err)
	}
	if _, html := s.as(1).ask("GET", "/digests", ""); !strings.Contains(html, "No digest has gone out yet.") {
		t.Error(html)
	}
}

func TestADigestThatIsKeptNoLongerSaysWhereToLook(t *testing.T) {
	s := newSite(t, nil)
	s.post(1, 1, "Pens", "I have some pens to give away, for whoever wants them.")
	s.digest()
	s.now = s.now.AddDate(0, 0, 160)
	s.editor.now = s.now
	s.due()
	r, html := s.as(2).ask("GET", "/digest/senco-forum/weekly/2026-11-23", "")
	if r.StatusCode != http.StatusGone || !strings.Contains(html, `<a href="/2026/11?list=senco-forum">November 2026</a>`) {
		t.Errorf("%d\n%s", r.StatusCode, html)
	}
}

// Words and addresses stand on lines of their own in a mail, and that is how the page of a demonstration shows them.
func TestAMailIsShownWithItsLines(t *testing.T) {
	mail := "Reply with one line:\n\n  approve          send it to everyone\n  reject REASON    send it back <b>\nhttps://forum.example.org/m/1\nFewer emails"
	want := "Reply with one line:\n\n  approve          send it to everyone\n  reject REASON    send it back &lt;b&gt;\n" +
		`<a href="https://forum.example.org/m/1" rel="noreferrer nofollow ugc">https://forum.example.org/m/1</a>` + "\nFewer emails"
	if diff := cmp.Diff(want, string(asSent(mail))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// In a demonstration a button mails the weekly email, and its page is shown with its own styles and nothing else.
func TestADemonstrationShowsADigest(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Demo = nobody{} })
	b := s.as(1)
	if r, _ := b.ask("POST", "/demo/digest", ""); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/demo/mail?digest=sent" {
		t.Errorf("%d to %s", r.StatusCode, r.Header.Get("Location"))
	}
	_, html := b.ask("GET", "/demo/mail?digest=sent", "")
	page := "/demo/mail/" + demoName([]byte(htmlMail))
	for _, want := range []string{"Send me the weekly email now", "The weekly email is below", `<a href="` + page + `">`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	r, html := b.ask("GET", page, "")
	if r.StatusCode != http.StatusOK || !strings.Contains(html, `<p style="color:red">A week</p>`) || !strings.Contains(r.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d, %v\n%s", r.StatusCode, r.Header, html)
	}
	if r, _ := b.ask("GET", "/demo/mail/0123456789abcdef", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("a mail that is not there: %d", r.StatusCode)
	}
}
