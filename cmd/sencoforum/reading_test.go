package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// browser is somebody with a browser that keeps cookies.
type browser struct {
	t    *testing.T
	base string
	http.Client
}

func newBrowser(t *testing.T, base string) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, base: base, Client: http.Client{Jar: jar, Timeout: 20 * time.Second}}
}

// get opens a page and returns its status and text; post sends a form.
func (b *browser) get(path string) (int, string) { return b.read(b.Get(b.base + path)) }

func (b *browser) post(path string, form url.Values) (int, string) {
	return b.read(b.PostForm(b.base+path, form))
}

func (b *browser) read(r *http.Response, err error) (int, string) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

var (
	mailedCode = regexp.MustCompile(`Your sign-in code is (\d{3} \d{3})\.`)
	mailedLink = regexp.MustCompile(`/in/snc1_[0-9a-z]{32}`)
)

// TestAMemberReadsInTheBrowser is the story of a member who follows the permalink in a copy, signs in by the code that is
// mailed, reads, and reads nothing more after leaving. A stranger gets the same pages and no mail.
func TestAMemberReadsInTheBrowser(t *testing.T) {
	const members = 6
	w := newTown(t, members)
	people := sampleForum(members).Members
	base := leaveURL(w.cfg)
	w.mail(people[0].Address, "senco-forum@lists.example.org", "Reading pens", "Which reading pens do you use?")
	copies := w.carrier.await(t, len(people))
	me := people[1].Address
	leave := leaveLink.FindStringSubmatch(copyFor(copies, me, "reading pens do you use"))

	b, stranger := newBrowser(t, base), newBrowser(t, base)
	if status, page := b.get("/t/3?all=1"); status != http.StatusForbidden || strings.Contains(page, "reading pens") || !strings.Contains(page, `name="to" value="/t/3?all=1"`) {
		t.Fatalf("a visitor: %d\n%s", status, page)
	}
	_, mine := b.post("/in", url.Values{"email": {me}, "to": {"/t/3?all=1"}})
	_, theirs := stranger.post("/in", url.Values{"email": {"nobody@elsewhere.example"}, "to": {"/t/3?all=1"}})
	if got := strings.ReplaceAll(theirs, "nobody@elsewhere.example", me); got != mine || !strings.Contains(mine, "Enter your code") {
		t.Errorf("a member's page can be told from a stranger's:\n%s\n%s", mine, theirs)
	}
	mail := copyFor(w.carrier.await(t, len(people)+1), me, "Your sign-in code is")
	code, link := mailedCode.FindStringSubmatch(mail), mailedLink.FindString(mail)
	if code == nil || link == "" || !strings.HasPrefix(mail, "DKIM-Signature: ") {
		t.Fatalf("the mail:\n%s", mail)
	}
	if status, page := stranger.post(link, nil); status != http.StatusUnprocessableEntity || !strings.Contains(page, "only where you asked") {
		t.Errorf("the link in another browser: %d\n%s", status, page)
	}
	for range 3 { // as mail scanners do
		if status, page := newBrowser(t, base).get(link); status != http.StatusOK || !strings.Contains(page, "<button") {
			t.Errorf("a scanner: %d", status)
		}
	}
	status, page := b.post("/code", url.Values{"code": {code[1]}})
	if status != http.StatusOK || !strings.Contains(page, "Which reading pens do you use?") {
		t.Fatalf("signed in: %d\n%s", status, page)
	}
	if status, page := b.get("/"); status != http.StatusOK || !strings.Contains(page, "Reading pens") {
		t.Errorf("home: %d\n%s", status, page)
	}
	w.indexed(3)
	const found = "/search?q=pens+reading"
	marked := regexp.MustCompile(`<a href="/t/3"><mark>Reading( |</mark> <mark>)pens</mark></a>`) // as two words, or as a name of the vocabulary
	if status, page := b.get(found); status != http.StatusOK || !marked.MatchString(page) {
		t.Errorf("a search: %d\n%s", status, page)
	}
	if status, page := stranger.get(found); status != http.StatusForbidden || strings.Contains(page, "<mark>") {
		t.Errorf("a stranger's search: %d\n%s", status, page)
	}
	post(t, leave[1])
	for _, path := range []string{"/t/3", "/", "/m/3/raw", "/settings", found} {
		if _, page := b.get(path); strings.Contains(page, "eading pens") {
			t.Errorf("after leaving %s shows\n%s", path, page)
		}
	}
	w.end()
	if log := w.log.String(); strings.Contains(log, "snc1_") || strings.Contains(log, code[1]) || !strings.Contains(log, "signed in") {
		t.Errorf("log:\n%s", log)
	}
}
