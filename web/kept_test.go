package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var (
	keptForm  = regexp.MustCompile(`(?s)<h2>2\. Come back here</h2>\s*<form method="post" action="([^"]*)">(.*?)</form>`)
	keptField = regexp.MustCompile(`(?s)<input[^>]* name="([^"]*)" value="([^"]*)">|<textarea[^>]* name="([^"]*)"[^>]*>\n(.*?)</textarea>`)
)

// goesOn is what a browser sends that presses Go on.
func goesOn(t *testing.T, page string) (action string, form url.Values) {
	t.Helper()
	m := keptForm.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("nothing came back:\n%s", page)
	}
	form = url.Values{}
	for _, f := range keptField.FindAllStringSubmatch(m[2], -1) {
		form.Add(f[1]+f[3], html.UnescapeString(f[2]+f[4]))
	}
	return html.UnescapeString(m[1]), form
}

// Whatever form somebody sends whose session has ended, nothing is done, and the page that answers has the same form with all that
// was in it.
func TestEveryFormComesBackWhenASessionHasEnded(t *testing.T) {
	s, _ := matrixSite(t, states["open"])
	long := strings.Repeat("Twenty minutes of \"work\" & <b>care</b>\n", 20)
	sent := url.Values{
		"subject": {"Half-term"}, "text": {long}, "words": {"Oliver\nMarsh"}, "reason": {"Because"}, "question": {"Why?"}, "name": {"Jane"}, "address": {"x@y.example"},
		"pause": {"2 September"}, "do": {"reject"}, "canned": {"own"}, "list": {"senco-forum"}, "form": {"snc1_x"}, "yes": {"1"}, "mode": {"weekly"}, "own": {"1"}, "two": {"a", "b"},
	}
	before, forms := s.db.Stats().Transactions, 0
	for _, rt := range s.server.routes {
		if rt.method != http.MethodPost || rt.need == anybody {
			continue
		}
		forms++
		path := example(rt.path) + "?list=senco-forum"
		r, page := s.browser().ask("POST", path, sent.Encode())
		if r.StatusCode != http.StatusForbidden || strings.Contains(page, "<b>care") || strings.Contains(page, "Secret") {
			t.Errorf("%s: %d\n%s", path, r.StatusCode, page)
			continue
		}
		wants(t, page, `target="_blank"`, `value="`+keptPath+`"`, "Nothing was done")
		want := url.Values{}
		for k, v := range sent {
			if rt.path != checkPath || k != "do" { // a message is shown before it is sent
				want[k] = v
			}
		}
		action, got := goesOn(t, page)
		if diff := cmp.Diff(want, got); diff != "" || action != path {
			t.Errorf("%s goes on to %s (-want +got):\n%s", path, action, diff)
		}
	}
	if after := s.db.Stats().Transactions; after != before || forms < 15 {
		t.Errorf("%d forms, %d transactions", forms, after-before)
	}
}

// After signing in again one press does what was asked, once.
func TestARejectionGoesOnAfterSigningInAgain(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	it := s.held(heldMail{by: 1, subject: "Pens", body: "Which pens?"})
	_, page := s.browser().ask("POST", "/mod/"+it.Number.Code(), sent("do", "reject", "canned", "own", "reason", "Pens are for another list."))
	wants(t, page, "Pens are for another list.", "Your words to the writer")
	if s.item(it.Number).Decision != nil {
		t.Fatal("it was rejected by nobody")
	}
	asha := s.as(2)
	action, form := goesOn(t, page)
	if r, html := asha.ask("POST", action, form.Encode()); r.StatusCode != http.StatusSeeOther || s.item(it.Number).Decision == nil {
		t.Fatalf("%d\n%s", r.StatusCode, html)
	}
	if got := s.item(it.Number).Decision.Reason; !strings.Contains(got, "Pens are for another list.") {
		t.Errorf("its writer is told %q", got)
	}
}

// An act that needs a code of a moment ago keeps the words, too, and asks its second question afterwards.
func TestWordsToTakeOutWaitForAFreshCode(t *testing.T) {
	s, _ := reading(t)
	s.delayed()
	asha := s.as(2)
	s.now = s.now.Add(16 * time.Minute)
	r, page := asha.ask("POST", "/mod/post/2", sent("do", "redact", "words", "three pens"))
	if r.StatusCode != http.StatusForbidden {
		t.Fatalf("%d\n%s", r.StatusCode, page)
	}
	wants(t, page, "Sign in once more", "three pens", "It counts for 15 minutes")
	action, form := goesOn(t, page)
	r, page = s.as(2).ask("POST", action, form.Encode())
	if r.StatusCode != http.StatusOK {
		t.Errorf("%d", r.StatusCode)
	}
	wants(t, page, "<h1>Please confirm</h1>", `name="words" value="three pens"`)
}
