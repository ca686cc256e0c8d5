package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/archive"
	"sencoforum/bounce"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/search"
	"sencoforum/signin"
	"sencoforum/store"
	"sencoforum/token"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// site is a server over two lists. Tom (1) is on both, Asha (2) moderates the first.
type site struct {
	t      testing.TB
	db     *store.DB
	keys   *token.Keyring
	server *Server
	log    strings.Builder
	now    time.Time
	posted int
	index  *search.Index // nil: nobody is searching()

	editor  *digestDesk
	brought int // who want to come back, to moderators
}

func newSite(t testing.TB, change func(*Config)) *site {
	t.Helper()
	s := &site{t: t, db: testdb.Open(t), now: noon}
	var err error
	if s.keys, err = token.Open(filepath.Join(t.TempDir(), "token.keys")); err != nil {
		t.Fatal(err)
	}
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		for _, name := range []string{"senco-forum", "heads"} {
			l := list.List{Name: name, Domain: "lists.example.org", Title: strings.ToUpper(name), Settings: list.DefaultSettings()}
			if _, err := list.Create(tx, l); err != nil {
				return err
			}
		}
		for _, a := range []string{"tom@school.example", "asha@school.example"} {
			if _, err := list.AddPerson(tx, list.Person{Address: testdb.Address(t, a)}); err != nil {
				return err
			}
		}
		for _, m := range []list.Membership{{List: 1, Person: 1, Role: list.RoleMember}, {List: 2, Person: 1, Role: list.RoleMember}, {List: 1, Person: 2, Role: list.RoleModerator}} {
			m.Mode = list.ModeEvery
			if err := list.Join(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
	cfg := Config{Host: membership.Host{Keys: s.keys, WebURL: "https://forum.example.org"}, Now: func() time.Time { return s.now }, MaxMessage: 15 << 20}
	cfg.Host.Apply = func(*store.Tx, membership.By, membership.Application) error { s.brought++; return nil }
	cfg.Bounces = bounce.NewBook(s.keys, message.Address{}, cfg.Now)
	cfg.Bounces.WebURL = cfg.Host.WebURL
	cfg.Overview = archive.NewOverview(slog.New(slog.DiscardHandler), s.db)
	cfg.Signin = signin.NewBook(cfg.Now)
	s.digests(&cfg)
	s.moderating(&cfg)
	if change != nil {
		change(&cfg)
	}
	s.server = New(slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug})), s.db, s.keys, cfg)
	return s
}

// link is the one-click token of a person on a list.
func (s *site) link(l list.ID, p list.PersonID) string {
	name := []string{"", "senco-forum", "heads"}[l]
	return s.keys.Sign(token.Claims{Kind: token.OneClick, A: uint32(p), B: uint32(l)}, name)
}

// ask sends a request and returns the answer.
func (s *site) ask(method, path, body string) *http.Response {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.RemoteAddr = "127.0.0.1:4711" // not held to a limit
	w := httptest.NewRecorder()
	s.server.server.Handler.ServeHTTP(w, r)
	return w.Result()
}

// failing is the answer that tells of an error.
func (s *site) failing(err error) *http.Response {
	w := httptest.NewRecorder()
	v := &visit{s: s.server, w: w, r: httptest.NewRequest("POST", "/", nil), now: s.now}
	v.fail(err)
	return w.Result()
}

// shown is the answer that is this page.
func (s *site) shown(p page) *http.Response {
	w := httptest.NewRecorder()
	v := &visit{s: s.server, w: w, r: httptest.NewRequest("GET", "/", nil), now: s.now}
	if err := v.tell(http.StatusOK, p); err != nil {
		s.t.Error(err)
	}
	return w.Result()
}

// text is the body of an answer.
func text(t testing.TB, r *http.Response) string {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// members are the memberships there are, as "list/person".
func (s *site) members() (all []string) {
	testdb.View(s.t, s.db, func(tx *store.Tx) error {
		for _, l := range []list.ID{1, 2} {
			for m, err := range list.Members(tx, l, 0) {
				if err != nil {
					return err
				}
				all = append(all, fmt.Sprintf("%d/%d", m.List, m.Person))
			}
		}
		return nil
	})
	return all
}

// letters are the mails that wait.
func (s *site) letters() (all []string) {
	testdb.View(s.t, s.db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			o, err := queue.RenderLetter(context.Background(), r)
			if err != nil {
				return err
			}
			all = append(all, string(o.Header)+string(o.Body))
		}
		return nil
	})
	return all
}

// back is the return token of the last goodbye.
func (s *site) back() string {
	for _, l := range slices.Backward(s.letters()) {
		if _, after, ok := strings.Cut(l, "/yes/"); ok {
			return after[:token.Length]
		}
	}
	s.t.Fatal("no goodbye")
	return ""
}

var everybody = []string{"1/1", "1/2", "2/1"}

func TestOneClickLeavesAtOnce(t *testing.T) {
	for name, body := range map[string]string{
		"as RFC 8058 has it": "List-Unsubscribe=One-Click", "from the page's button": "", "whatever it says": "x=y",
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil)
			r := s.ask("POST", "/u/"+s.link(1, 1), body)
			if r.StatusCode != http.StatusOK || len(r.Cookies()) > 0 || r.Header.Get("Location") != "" {
				t.Errorf("%d, %v", r.StatusCode, r.Header)
			}
			if diff := cmp.Diff([]string{"1/2", "2/1"}, s.members()); diff != "" {
				t.Errorf("members (-want +got):\n%s", diff)
			}
			if l := s.letters(); len(l) != 1 || !strings.Contains(l[0], "You have left SENCO-FORUM") {
				t.Errorf("mails %q", l)
			}
		})
	}
}

// TestTheAnswerTellsNothing compares all that comes back for a member, a former member and somebody never on the list.
func TestTheAnswerTellsNothing(t *testing.T) {
	s := newSite(t, nil)
	tom := "/u/" + s.link(1, 1)
	never := "/u/" + s.link(2, 2)
	for _, method := range []string{"GET", "HEAD", "POST", "POST", "GET"} {
		a, b := s.ask(method, tom, ""), s.ask(method, never, "")
		a.Header.Del("Content-Length") // the lists' titles differ
		b.Header.Del("Content-Length")
		want := strings.ReplaceAll(text(t, a), "SENCO-FORUM", "HEADS")
		if diff := cmp.Diff(a.Header, b.Header) + cmp.Diff(want, text(t, b)); diff != "" || a.StatusCode != b.StatusCode {
			t.Errorf("%s (-member +stranger): %d, %d\n%s", method, a.StatusCode, b.StatusCode, diff)
		}
	}
	first, second := newSite(t, nil), newSite(t, nil)
	second.ask("POST", "/u/"+second.link(1, 1), "")
	a, b := first.ask("POST", "/u/"+first.link(1, 1), ""), second.ask("POST", "/u/"+second.link(1, 1), "")
	if diff := cmp.Diff(a.Header, b.Header); diff != "" || text(t, a) != text(t, b) || a.StatusCode != b.StatusCode {
		t.Errorf("a second time is told from the first:\n%s", diff)
	}
	if n := len(second.letters()); n != 1 {
		t.Errorf("%d goodbyes", n)
	}
}

// badLinks are tokens that must do nothing, each made of things that are sound by themselves.
func badLinks(s *site) map[string]string {
	good := s.link(1, 1)
	last := byte('0')
	if good[len(good)-1] == last {
		last = '1'
	}
	sign := func(k token.Kind, a, b uint32, name string) string {
		return s.keys.Sign(token.Claims{Kind: k, A: a, B: b}, name)
	}
	return map[string]string{
		"empty": "", "cut": good[:len(good)-1], "longer": good + "0", "one letter changed": good[:len(good)-1] + string(last),
		"with a slash": good + "/", "random": token.Random(), "no token at all": "1",
		"of another kind": sign(token.Bounces, 1, 1, "senco-forum"), "for another list by number": sign(token.OneClick, 1, 2, "senco-forum"),
		"for another list by name": sign(token.OneClick, 1, 1, "heads"), "of an unknown list": sign(token.OneClick, 1, 3, "other"),
	}
}

func TestALinkThatDoesNothing(t *testing.T) {
	s := newSite(t, nil)
	var first string
	for name, link := range badLinks(s) {
		for _, method := range []string{"GET", "POST"} {
			r := s.ask(method, "/u/"+link, "List-Unsubscribe=One-Click")
			got := text(t, r)
			if first == "" {
				first = got
			}
			if r.StatusCode != http.StatusNotFound || got != first {
				t.Errorf("%s %s: %d\n%s", method, name, r.StatusCode, got)
			}
		}
	}
	if diff := cmp.Diff(everybody, s.members()); diff != "" || len(s.letters()) > 0 {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

// Every link in old mail goes on working after a rotation, and none after its key was revoked.
func TestLinksLiveAsLongAsTheirKey(t *testing.T) {
	s := newSite(t, nil)
	tom := "/u/" + s.link(1, 1)
	id, err := s.keys.Rotate(noon)
	if err != nil {
		t.Fatal(err)
	}
	if r := s.ask("GET", tom, ""); r.StatusCode != http.StatusOK {
		t.Errorf("rotated: %d", r.StatusCode)
	}
	if err := s.keys.Revoke(id-1, noon); err != nil {
		t.Fatal(err)
	}
	if r := s.ask("POST", tom, ""); r.StatusCode != http.StatusNotFound || len(s.members()) != 3 {
		t.Errorf("revoked: %d", r.StatusCode)
	}
}

func TestLookingChangesNothing(t *testing.T) {
	s := newSite(t, nil)
	s.ask("POST", "/u/"+s.link(1, 1), "")
	back := s.back()
	var before, after uint64
	testdb.View(t, s.db, func(tx *store.Tx) (err error) { before, err = queue.Depth(tx); return err })
	was := s.members()
	changed, stop := s.db.Watch("list.members")
	defer stop()
	for i := range 1000 {
		for _, path := range []string{"/u/" + s.link(2, 1), "/yes/" + back} {
			for _, method := range []string{"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"} {
				if method != "GET" && method != "HEAD" && i > 0 {
					continue
				}
				r := s.ask(method, path, "List-Unsubscribe=One-Click")
				if method == "GET" && r.StatusCode != http.StatusOK {
					t.Fatalf("%s: %d", path[:4], r.StatusCode)
				}
				if method == "PUT" && (r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") == "") {
					t.Errorf("%s: %d, %v", method, r.StatusCode, r.Header)
				}
			}
		}
	}
	testdb.View(t, s.db, func(tx *store.Tx) (err error) { after, err = queue.Depth(tx); return err })
	if diff := cmp.Diff(was, s.members()); diff != "" || after != before {
		t.Errorf("members (-want +got):\n%s%d mails, then %d", diff, before, after)
	}
	select {
	case <-changed:
		t.Error("something was written")
	default:
	}
}

func TestComingBack(t *testing.T) {
	s := newSite(t, nil)
	s.ask("POST", "/u/"+s.link(1, 1), "")
	path := "/yes/" + s.back()
	if got := text(t, s.ask("GET", path, "")); !strings.Contains(got, "Come back to SENCO-FORUM</button>") {
		t.Errorf("page:\n%s", got)
	}
	for range 2 { // a second press of the button
		if got := text(t, s.ask("POST", path, "")); !strings.Contains(got, "You are back in SENCO-FORUM.") {
			t.Errorf("page:\n%s", got)
		}
	}
	if diff := cmp.Diff(everybody, s.members()); diff != "" || len(s.letters()) != 2 {
		t.Errorf("members (-want +got):\n%s mails %q", diff, s.letters())
	}
	if r := s.ask("GET", path, ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("a used link shows a button: %d", r.StatusCode)
	}
}

func TestComingBackLate(t *testing.T) {
	s := newSite(t, nil)
	s.ask("POST", "/u/"+s.link(1, 1), "")
	path := "/yes/" + s.back()
	s.now = noon.Add(31 * 24 * time.Hour)
	for range 2 {
		if got := text(t, s.ask("POST", path, "")); !strings.Contains(got, "We have told the moderators") {
			t.Errorf("page:\n%s", got)
		}
	}
	if slices.Contains(s.members(), "1/1") || len(s.letters()) != 2 || s.brought != 1 { // goodbye, that they have it
		t.Errorf("members %v, mails %q, %d brought to moderators", s.members(), s.letters(), s.brought)
	}
	s.ask("POST", "/u/"+s.link(2, 1), "") // where nobody moderates and there is no operator
	path = "/yes/" + s.back()
	s.now = s.now.Add(31 * 24 * time.Hour)
	if r := s.ask("POST", path, ""); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("nobody to ask: %d", r.StatusCode)
	}
	s.now = s.now.Add(60 * 24 * time.Hour)
	for _, method := range []string{"GET", "POST"} {
		if r := s.ask(method, path, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("too late: %d", r.StatusCode)
		}
	}
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	s := newSite(t, func(c *Config) { c.HTTPS = true })
	for _, path := range []string{"/u/" + s.link(1, 1), "/u/x", "/yes/x", "/style.css", "/m/1", "/t/1", "/in", "//u/x", "/%2e%2e/etc"} {
		r := s.ask("GET", path, "")
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Strict-Transport-Security": "max-age=31536000", "X-Robots-Tag": "noindex, nofollow",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if path != stylePath && r.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s may be kept", path)
		}
		if r.StatusCode >= 300 && r.StatusCode < 400 || len(r.Cookies()) > 0 {
			t.Errorf("%s: %d, %v", path, r.StatusCode, r.Header)
		}
	}
	if got := newSite(t, nil).ask("GET", "/", "").Header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("HSTS without HTTPS: %s", got)
	}
}

func TestARequestThatIsTooLargeOrBreaksOff(t *testing.T) {
	s := newSite(t, nil)
	if r := s.ask("POST", "/u/"+s.link(1, 1), strings.Repeat("x", maxBody+1)); r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", r.StatusCode)
	}
	r := httptest.NewRequest("POST", "/u/"+s.link(1, 1), io.MultiReader(strings.NewReader("List-"), brokenBody{}))
	w := httptest.NewRecorder()
	s.server.server.Handler.ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || len(s.members()) != 3 {
		t.Errorf("broken off: %d, members %v", w.Code, s.members())
	}
}

type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestPagesUnderAPath(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Path = "/forum/" })
	if got := text(t, s.ask("GET", "/forum/u/"+s.link(1, 1), "")); !strings.Contains(got, `href="/forum`+hashedStyle+`"`) {
		t.Errorf("page:\n%s", got)
	}
	if r := s.ask("GET", "/u/"+s.link(1, 1), ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("outside: %d", r.StatusCode)
	}
	if r := s.ask("GET", "/forum/style.css", ""); r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("style: %d, %v", r.StatusCode, r.Header)
	}
}

// A panic in one page must end neither the server nor the answer.
func TestAPanicIsAnAnswer(t *testing.T) {
	s := newSite(t, func(c *Config) { c.Now = nil })
	r := s.ask("POST", "/u/"+s.link(1, 1), "")
	if got := text(t, r); r.StatusCode != http.StatusInternalServerError || !strings.Contains(got, "Something is wrong on our side") || strings.Contains(got, "nil") {
		t.Errorf("%d\n%s", r.StatusCode, got)
	}
	if !strings.Contains(s.log.String(), "a page broke off") {
		t.Errorf("log:\n%s", s.log.String())
	}
}

func TestAFaultOfTheStoreIsNotTold(t *testing.T) {
	s := newSite(t, nil)
	for err, want := range map[error]int{
		fmt.Errorf("put: %w", store.ErrFull): http.StatusServiceUnavailable, errors.New("secret cause"): http.StatusInternalServerError,
	} {
		r := s.failing(err)
		if body := text(t, r); r.StatusCode != want || strings.Contains(body, "secret") || !strings.Contains(s.log.String(), "level=ERROR") {
			t.Errorf("%v: %d\n%s\n%s", err, r.StatusCode, body, s.log.String())
		}
	}
}

func TestTokensAreNotLogged(t *testing.T) {
	s := newSite(t, nil)
	s.ask("POST", "/u/"+s.link(1, 1), "")
	s.ask("POST", "/yes/"+s.back(), "")
	s.ask("POST", "/yes/"+s.back(), "")
	for _, link := range badLinks(s) {
		s.ask("POST", "/u/"+link, "")
	}
	s.failing(errors.New("a fault of ours"))
	s.server.cfg.Now = nil
	s.ask("POST", "/u/"+s.link(2, 1), "")
	got := s.log.String()
	if strings.Count(got, "\n") < 2 || len(token.Find(got)) > 0 {
		t.Errorf("log:\n%s", got)
	}
}
