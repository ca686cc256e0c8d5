package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
	"sencoforum/token"
)

// joining is a site whose first list takes people in by this policy.
func joining(t *testing.T, p list.JoinPolicy) *site {
	s := newSite(t, func(c *Config) { c.Host.JoinURL = c.Host.WebURL })
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		if err != nil {
			return err
		}
		l.Join = p
		return list.Save(tx, l)
	})
	return s
}

// later lets the mails go that were asked for.
func (s *site) later() {
	s.t.Helper()
	s.now = s.now.Add(time.Minute)
	k := membership.NewKeeper(slog.New(slog.DiscardHandler), s.db, s.server.cfg.Host, func() time.Time { return s.now })
	if _, err := k.Step(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

// lastYes is the page to which the last mail leads.
func (s *site) lastYes() string {
	s.t.Helper()
	all := s.letters()
	_, after, ok := strings.Cut(all[len(all)-1], "/yes/")
	if !ok {
		s.t.Fatalf("the last mail leads nowhere:\n%s", all[len(all)-1])
	}
	return "/yes/" + after[:token.Length]
}

func joinForm(email, name, words string) string {
	return url.Values{"list": {"senco-forum"}, "email": {email}, "name": {name}, "words": {words}}.Encode()
}

func TestJoiningOnAPage(t *testing.T) {
	for policy, want := range map[list.JoinPolicy]string{
		list.JoinOpen: "all that you need", list.JoinConfirm: "all that you need", list.JoinApprove: "A moderator reads it",
	} {
		t.Run(string(policy), func(t *testing.T) {
			s := joining(t, policy)
			b := s.browser()
			if page := b.get("/join"); !strings.Contains(page, "Ask to join") || strings.Contains(page, "noindex") || strings.Contains(page, "A moderator reads it") != (policy == list.JoinApprove) {
				t.Errorf("page:\n%s", page)
			}
			r, html := b.ask("POST", "/join", joinForm("Jane@school.example", "Jane Smith", "new SENCO in Leeds"))
			if r.StatusCode != http.StatusOK || !strings.Contains(html, "we have sent an email there") || len(s.members()) != 3 || len(s.letters()) != 0 {
				t.Fatalf("%d, %d letters\n%s", r.StatusCode, len(s.letters()), html)
			}
			s.later()
			if len(s.letters()) != 1 || len(s.members()) != 3 {
				t.Fatalf("an address that nobody proved is in: %v, %q", s.members(), s.letters())
			}
			path := s.lastYes()
			for range 3 {
				if page := b.get(path); !strings.Contains(page, `value="Jane Smith"`) || !strings.Contains(page, `value="new SENCO in Leeds"`) {
					t.Errorf("page:\n%s", page)
				}
			}
			if len(s.members()) != 3 || s.brought != 0 {
				t.Fatal("looking at the page let somebody in")
			}
			for range 2 { // a second press of the button
				if r, html := b.ask("POST", path, "name=Jane+Smith&words=new+SENCO+in+Leeds"); r.StatusCode != http.StatusOK || !strings.Contains(html, want) {
					t.Errorf("%d\n%s", r.StatusCode, html)
				}
			}
			if in := len(s.members()) == 4; in != (policy != list.JoinApprove) || (s.brought == 1) != (policy == list.JoinApprove) {
				t.Errorf("members %v, %d brought to the moderators", s.members(), s.brought)
			}
			if r, _ := b.ask("GET", path, ""); r.StatusCode != http.StatusNotFound {
				t.Errorf("a used link shows a button: %d", r.StatusCode)
			}
		})
	}
}

// Nothing that comes back says whose an address is, and neither does what is written at that moment.
func TestTheAnswerToWhoeverAsksToJoinOrLeave(t *testing.T) {
	for _, path := range []string{"/join", "/leave"} {
		s := joining(t, list.JoinConfirm)
		b := s.browser()
		before := s.db.Stats().Transactions
		var first string
		for i, who := range []string{"tom@school.example", "joe@school.example"} { // a member and nobody
			r, html := b.ask("POST", path, joinForm(who, "", ""))
			html = strings.ReplaceAll(html, who, "")
			if i == 0 {
				first = html
			}
			if r.StatusCode != http.StatusOK || html != first || len(s.letters()) != 0 {
				t.Errorf("%s: %d\n%s", who, r.StatusCode, html)
			}
		}
		if n := s.db.Stats().Transactions - before; n != 2 {
			t.Errorf("%d transactions", n)
		}
		s.later()
		if n := len(s.letters()); n != map[string]int{"/join": 2, "/leave": 1}[path] {
			t.Errorf("%s: %d mails", path, n)
		}
	}
}

func TestLeavingByAddress(t *testing.T) {
	s := joining(t, list.JoinConfirm)
	b := s.browser()
	if page := b.get("/leave"); !strings.Contains(page, "Type the address") {
		t.Errorf("page:\n%s", page)
	}
	b.ask("POST", "/leave", joinForm("tom@school.example", "", ""))
	s.later()
	path := s.lastYes()
	if page := b.get(path); !strings.Contains(page, "Leave</button>") || !slices.Contains(s.members(), "1/1") {
		t.Fatalf("page:\n%s", page)
	}
	if _, html := b.ask("POST", path, ""); !strings.Contains(html, "You have left SENCO-FORUM") || slices.Contains(s.members(), "1/1") {
		t.Errorf("members %v\n%s", s.members(), html)
	}
}

// One address gets one mail a day, whoever asks, and one network asks ten times an hour.
func TestNobodyIsBombedByThePageForJoining(t *testing.T) {
	s := joining(t, list.JoinConfirm)
	status := func(i int, email string) int {
		r := httptest.NewRequest("POST", "/join", strings.NewReader(joinForm(email, "", "")))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = fmt.Sprintf("192.0.2.%d:4711", i)
		w := httptest.NewRecorder()
		s.server.server.Handler.ServeHTTP(w, r)
		return w.Code
	}
	for i := range 10 {
		if got := status(i, "victim@school.example"); got != http.StatusOK {
			t.Fatalf("%d. request: %d", i, got)
		}
		s.later()
	}
	if n := len(s.letters()); n != 1 {
		t.Errorf("%d mails", n)
	}
	if got := status(11, "other@school.example"); got != http.StatusTooManyRequests {
		t.Errorf("the eleventh from a network: %d", got)
	}
}

func TestAJoiningThatIsWrong(t *testing.T) {
	s := joining(t, list.JoinConfirm)
	for want, body := range map[string]string{
		"Enter your email address": joinForm("jane", "Jane", "from Leeds"), "without an @ sign": joinForm("jane@school.example", "jane@school.example", "from Leeds"),
		"at most 300 letters": joinForm("jane@school.example", "Jane", "from Leeds "+strings.Repeat("x", 300)),
	} {
		r, html := s.browser().ask("POST", "/join", body)
		if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, want) || !strings.Contains(html, "from Leeds") || !strings.Contains(html, "<title>Error: ") {
			t.Errorf("%d, no %q\n%s", r.StatusCode, want, html)
		}
	}
	s.later()
	if len(s.letters()) != 0 {
		t.Errorf("mails %q", s.letters())
	}
}
