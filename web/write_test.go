package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// A deskLog notes what the pages hand in, and answers with what a test says. The real desk has its own tests, and the house's
// stories have both.
type deskLog struct {
	wrote      []Written
	foreseen   []Written
	complained []Complaint
	says       Outlook
	full       bool   // no more reports today
	back       []byte // what can be taken back
}

func (l *deskLog) desk() Desk {
	return Desk{
		Foresee: func(_ context.Context, w Written) (Outlook, error) {
			l.foreseen = append(l.foreseen, w)
			o := l.says
			o.Raw = []byte("Subject: " + w.Subject + "\r\n\r\n" + w.Text + "\r\n")
			return o, nil
		},
		Write: func(_ context.Context, w Written) (Outlook, error) {
			l.wrote = append(l.wrote, w)
			return l.says, nil
		},
		TakeBack: func(context.Context, archive.Number, list.PersonID) ([]byte, error) {
			if l.back == nil {
				return nil, archive.ErrNoPost
			}
			return l.back, nil
		},
		Complain: func(_ context.Context, c Complaint) (bool, error) {
			l.complained = append(l.complained, c)
			return !l.full, nil
		},
	}
}

// writing is a site with a discussion of Tom's, and a desk that takes all.
func writing(t *testing.T) (*site, *deskLog) {
	l := &deskLog{says: Outlook{Fate: fateGoes, Post: 7, At: noon.Add(time.Hour)}}
	s := newSite(t, func(c *Config) { c.Desk = l.desk() })
	s.post(1, 1, "Timetables", "How do you set an end date?")
	return s, l
}

var formName = regexp.MustCompile(`name="form" value="(snc1_[0-9a-z]{32})"`)

// filledIn is a form as a browser sends it, with the name that the page gave it.
func filledIn(html string, fields ...string) string {
	v := url.Values{}
	if m := formName.FindStringSubmatch(html); m != nil {
		v.Set("form", m[1])
	}
	for i := 0; i < len(fields); i += 2 {
		v.Set(fields[i], fields[i+1])
	}
	return v.Encode()
}

func TestAQuestionIsShownAndThenSent(t *testing.T) {
	s, l := writing(t)
	b := s.as(2)
	page := b.get("/post?subject=End+dates")
	if !strings.Contains(page, `value="End dates"`) || !strings.Contains(page, "2 people") {
		t.Fatalf("page:\n%s", page)
	}
	r, html := b.ask("POST", "/post/check", filledIn(page, "list", "senco-forum", "subject", "End dates", "text", "Who sets <b>them</b>?\r\n\r\nThanks"))
	for _, want := range []string{"Check before it goes to 2 people", "Who sets &lt;b&gt;them&lt;/b&gt;?", "Send to 2 people", "Change it", "show who a child"} {
		if r.StatusCode != http.StatusOK || !strings.Contains(html, want) {
			t.Errorf("%d, no %q:\n%s", r.StatusCode, want, html)
		}
	}
	if len(l.wrote) != 0 || len(l.foreseen) != 1 {
		t.Fatalf("%d sent before they were seen", len(l.wrote))
	}
	form := formName.FindStringSubmatch(page)[1]
	if !strings.Contains(html, form) {
		t.Error("the form has another name now")
	}
	r, html = b.ask("POST", "/post/check", filledIn(html, "list", "senco-forum", "subject", "End dates", "text", "Who sets them?", "do", "send"))
	if r.StatusCode != http.StatusOK || !strings.Contains(html, "We have your message") || !strings.Contains(html, "message number 7") || len(l.wrote) != 1 {
		t.Fatalf("%d, %d sent\n%s", r.StatusCode, len(l.wrote), html)
	}
	w := l.wrote[0]
	if w.Person != 2 || w.To.String() != "senco-forum@lists.example.org" || w.Subject != "End dates" || w.Text != "Who sets them?" || w.Form != form || !w.Fresh {
		t.Errorf("sent: %+v", w)
	}
}

func TestAnAnswerGoesToTheAddressOfItsPost(t *testing.T) {
	s, l := writing(t)
	b := s.as(2)
	for path, want := range map[string]token.Kind{"/post?to=1": token.Reply, "/m/1/private": token.Author} {
		private := ""
		if want == token.Author {
			private = "1"
		}
		page := b.get(path)
		_, html := b.ask("POST", "/post/check", filledIn(page, "to", "1", "private", private, "text", "At the review.", "do", "send"))
		w := l.wrote[len(l.wrote)-1]
		_, tok, _ := strings.Cut(w.To.Local, "+")
		c, err := s.keys.Verify(tok, "senco-forum")
		if err != nil || c.Kind != want || c.A != 1 || w.Subject != "Re: Timetables" {
			t.Errorf("%s: %+v, %+v, %v\n%s", path, w, c, err, html)
		}
		if strings.Contains(html, "Only Person gets it") != (want == token.Author) {
			t.Errorf("%s: page\n%s", path, html)
		}
		if !strings.Contains(html, `<li><a href="/m/1">Timetables</a></li></ol>`) {
			t.Errorf("%s: no way back to the discussion above:\n%s", path, html)
		}
	}
	page := b.get("/t/1")
	if !strings.Contains(page, "It goes to 2 people and answers Person's") {
		t.Errorf("nothing says who gets an answer:\n%s", page)
	}
	if !strings.Contains(page, `action="/post/check"`) || !strings.Contains(page, `name="to" value="1"`) {
		t.Errorf("no box on the page:\n%s", page)
	}
}

// Whatever is wrong, the page says what to do and what was typed stands there again.
func TestWhatWasTypedIsKept(t *testing.T) {
	const typed = "A long text, &amp; with \"quotes\""
	shown := "A long text, &amp;amp; with &#34;quotes&#34;"
	for _, c := range []struct {
		name   string
		fields []string
		says   Outlook
		status int
		want   string
	}{
		{"no subject", []string{"list", "senco-forum", "text", typed}, Outlook{}, 422, "Write a subject"},
		{"a subject that is too long", []string{"list", "senco-forum", "subject", strings.Repeat("x", 151), "text", typed}, Outlook{}, 422, "subject is too long"},
		{"back to the form", []string{"list", "senco-forum", "subject", "S", "text", typed, "do", "edit"}, Outlook{}, 200, "Check, then send"},
		{"refused when it is looked at", []string{"list", "senco-forum", "subject", "S", "text", typed}, Outlook{Fate: fateRefused, Why: []string{"The list is closed."}}, 422, "The list is closed."},
		{"refused when it is sent", []string{"list", "senco-forum", "subject", "S", "text", typed, "do", "send"}, Outlook{Fate: fateRefused, Why: []string{"The list is closed."}}, 422, "The list is closed."},
		{"an answer to a post that is gone", []string{"to", "99", "text", typed, "do", "send"}, Outlook{}, 422, "is not here any more"},
		{"an answer to what cannot be a number", []string{"to", "x", "text", typed}, Outlook{}, 422, "is not here any more"},
		{"a list that is not theirs", []string{"list", "heads", "subject", "S", "text", typed}, Outlook{}, 422, "is not here any more"},
		{"sent before", []string{"list", "senco-forum", "subject", "S", "text", typed, "do", "send"}, Outlook{Fate: fateGoes, Post: 7, Again: true}, 200, "Nothing was sent a second time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, l := writing(t)
			l.says = c.says
			b := s.as(2)
			r, html := b.ask("POST", "/post/check", filledIn(b.get("/post"), c.fields...))
			if r.StatusCode != c.status || !strings.Contains(html, c.want) || !strings.Contains(html, shown) {
				t.Errorf("%d\n%s", r.StatusCode, html)
			}
			if c.status == 422 && !strings.Contains(html, "<title>Error: ") {
				t.Errorf("the title does not say so:\n%s", html)
			}
		})
	}
}

// A session that ended while somebody wrote loses nothing: the text is on the page, and goes on from there.
func TestTheEndOfASessionKeepsTheText(t *testing.T) {
	for path, fields := range map[string][]string{
		"/post/check": {"list", "senco-forum", "subject", "End dates", "text", "Twenty minutes of work", "do", "send"}, "/m/1/report": {"text", "Twenty minutes of work"},
	} {
		s, l := writing(t)
		b := s.as(2)
		form := filledIn(b.get("/post"), fields...)
		testdb.Update(t, s.db, func(tx *store.Tx) error { return s.server.cfg.Signin.EndAll(tx, 2) })
		r, html := b.ask("POST", path, form)
		if r.StatusCode != http.StatusForbidden || len(l.wrote)+len(l.complained) > 0 {
			t.Fatalf("%s: %d", path, r.StatusCode)
		}
		for _, want := range []string{"Twenty minutes of work", `action="` + path + `"`, `target="_blank"`, `value="` + keptPath + `"`, "Sign in again"} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: no %q\n%s", path, want, html)
			}
		}
		name := formName.FindStringSubmatch(html)[1]
		b.cookies = s.as(2).cookies // signed in in another window
		if !strings.Contains(b.get(keptPath), "press Go on") {
			t.Error("no word on how to go on")
		}
		if r, html = b.ask("POST", path, filledIn(html, fields[:len(fields)-len(fields)%6]...)); path == "/post/check" && (r.StatusCode != http.StatusOK || !strings.Contains(html, name)) {
			t.Errorf("%s: %d\n%s", path, r.StatusCode, html)
		}
	}
}

// Only this one address takes a long form, and it has a bound.
func TestALongTextIsTakenThereAlone(t *testing.T) {
	s, l := writing(t)
	b := s.as(2)
	long := strings.Repeat("x", maxText)
	if r, html := b.ask("POST", "/post/check", filledIn("", "list", "senco-forum", "subject", "S", "text", long)); r.StatusCode != http.StatusOK || len(l.foreseen) != 1 {
		t.Errorf("%d\n%.300s", r.StatusCode, html)
	}
	if r, html := b.ask("POST", "/post/check", filledIn("", "list", "senco-forum", "subject", "S", "text", long+long)); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "at most 50,000 letters") {
		t.Errorf("too long: %d", r.StatusCode)
	}
	if r, _ := b.ask("POST", "/post/check", filledIn("", "text", strings.Repeat("x", maxPostBody))); r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("without bound: %d", r.StatusCode)
	}
	if r, _ := b.ask("POST", "/settings", filledIn("", "name", long)); r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("another address: %d", r.StatusCode)
	}
}

func TestWhatBecameOfItIsSaid(t *testing.T) {
	for fate, want := range map[string]string{fateAsked: "Nobody has your message yet", fateWaits: "Your message is waiting", fateOrdered: "a word for the forum", "gone": "Nothing more is to be done"} {
		s, l := writing(t)
		l.says = Outlook{Fate: fate, Why: []string{"A reason."}}
		b := s.as(2)
		_, html := b.ask("POST", "/post/check", filledIn("", "list", "senco-forum", "subject", "S", "text", "T", "do", "send"))
		if !strings.Contains(html, want) {
			t.Errorf("%s:\n%s", fate, html)
		}
		_, html = b.ask("POST", "/post/check", filledIn("", "list", "senco-forum", "subject", "S", "text", "T"))
		if fate != "gone" && !strings.Contains(html, "A reason.") {
			t.Errorf("%s before it is sent:\n%s", fate, html)
		}
	}
}

func TestAReportAndADiscussionByEmail(t *testing.T) {
	s, l := writing(t)
	b := s.as(2)
	_, html := b.ask("POST", "/m/1/report", filledIn(b.get("/m/1/report"), "text", "It names a child."))
	if !strings.Contains(html, "The moderators have it") || len(l.complained) != 1 || l.complained[0].Post != 1 || l.complained[0].Person != 2 || l.complained[0].Words != "It names a child." {
		t.Errorf("%+v\n%s", l.complained, html)
	}
	l.full = true
	if _, html := b.ask("POST", "/m/1/report", filledIn(b.get("/m/1/report"))); !strings.Contains(html, "Nothing was sent to the moderators") {
		t.Errorf("one too many:\n%s", html)
	}
	r, _ := b.ask("POST", "/t/1/send", "")
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/t/1?done=mailed" || !strings.Contains(b.get("/t/1?done=mailed"), "comes to you as one email") {
		t.Errorf("%d %s", r.StatusCode, r.Header.Get("Location"))
	}
	if n := s.rows(); n != 1 {
		t.Errorf("%d mails wait", n)
	}
	for range searchesDay {
		r, _ = b.ask("POST", "/t/1/send", "")
	}
	if r.Header.Get("Location") != "/t/1?done=enough" || s.rows() != searchesDay {
		t.Errorf("%s, %d mails", r.Header.Get("Location"), s.rows())
	}
}

// Nobody is written to alone who wants that from nobody, and nobody writes to themselves.
func TestWhoCannotBeReachedAlone(t *testing.T) {
	s, _ := writing(t)
	if r, _ := s.as(1).ask("GET", "/m/1/private", ""); r.StatusCode != http.StatusFound {
		t.Errorf("to oneself: %d", r.StatusCode)
	}
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		m, err := list.Member(tx, 1, 1)
		if err != nil {
			return err
		}
		m.NoRelay = true
		return list.SaveMember(tx, m)
	})
	b := s.as(2)
	if r, _ := b.ask("GET", "/m/1/private", ""); r.StatusCode != http.StatusFound || strings.Contains(b.get("/t/1"), "Write privately") {
		t.Errorf("to somebody who wants none: %d", r.StatusCode)
	}
}

// rows is how many mails wait.
func (s *site) rows() (n int) {
	testdb.View(s.t, s.db, func(tx *store.Tx) error {
		depth, err := queue.Depth(tx)
		n = int(depth)
		return err
	})
	return n
}
