package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// post puts a post into the archive of a list as if it had been published, and returns its number. fields are more fields of
// its header, without line ends.
func (s *site) post(l list.ID, by list.PersonID, subject, body string, fields ...string) archive.Number {
	s.t.Helper()
	s.posted++
	s.now = s.now.Add(time.Minute)
	head := append([]string{
		"From: Person <p" + fmt.Sprint(by) + "@school.example>", "To: list@lists.example.org", "Subject: " + subject, fmt.Sprintf("Message-ID: <%d@school.example>", s.posted),
		"Date: " + s.now.Format(time.RFC1123Z)}, fields...)
	head = slices.DeleteFunc(head, func(own string) bool { // of two fields of a name the later one counts
		return slices.ContainsFunc(fields, func(f string) bool {
			return f != own && strings.HasPrefix(own, f[:strings.Index(f, ":")+1])
		})
	})
	if !strings.Contains(strings.Join(fields, "\n"), "Content-Type") {
		head = append(head, "Content-Type: text/plain; charset=utf-8")
	}
	raw := []byte(strings.Join(head, "\r\n") + "\r\n\r\n" + strings.ReplaceAll(body, "\n", "\r\n") + "\r\n")
	var p archive.Post
	testdb.Update(s.t, s.db, func(tx *store.Tx) error {
		m := message.Parse(raw)
		n := archive.Describe(m, "", s.now)
		in, err := intake.Put(tx, intake.New{
			Record: intake.Record{Origin: intake.FromImport, Kind: string(list.KindPost), List: uint32(l), MessageID: n.MessageID,
				Envelope: message.Envelope{From: n.From, Received: s.now}, Sender: string(list.Verified), Size: len(raw), SHA256: intake.Sum(raw)},
			Raw: store.NewBlob(raw), State: intake.Done, Key: intake.DuplicateKey(uint32(l), n.From, n.MessageID, m.Root.Body),
		})
		if err != nil {
			return err
		}
		n.List, n.Intake, n.Author = l, in, by
		p, err = archive.Import(tx, n)
		return err
	})
	return p.Number
}

// answer is post for a reply to another one.
func (s *site) answer(l list.ID, by list.PersonID, to archive.Number, body string, fields ...string) archive.Number {
	s.t.Helper()
	var p archive.Post
	testdb.View(s.t, s.db, func(tx *store.Tx) (err error) { p, err = archive.Get(tx, to); return err })
	return s.post(l, by, "Re: "+p.Subject, body, append(fields, "In-Reply-To: "+p.MessageID)...)
}

// A browser keeps its cookies, as one person's does.
type browser struct {
	s       *site
	cookies map[string]string
	head    map[string]string // more fields of each request
}

func (s *site) browser() *browser {
	return &browser{s: s, cookies: map[string]string{}, head: map[string]string{}}
}

// as is a browser in which somebody is signed in.
func (s *site) as(p list.PersonID) *browser {
	s.t.Helper()
	b := s.browser()
	if p == 0 {
		return b
	}
	testdb.Update(s.t, s.db, func(tx *store.Tx) error {
		c, err := s.server.cfg.Signin.SignIn(tx, p, false, "A browser", "")
		b.cookies[sessionCookie] = c
		return err
	})
	return b
}

// ask sends a request and returns the answer with its text.
func (b *browser) ask(method, path, body string) (*http.Response, string) {
	b.s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	for k, v := range b.head {
		r.Header.Set(k, v)
	}
	r.RemoteAddr = "127.0.0.1:4711"
	w := httptest.NewRecorder()
	b.s.server.server.Handler.ServeHTTP(w, r)
	answer := w.Result()
	for _, c := range answer.Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return answer, text(b.s.t, answer)
}

// get opens a page that is there.
func (b *browser) get(path string) string {
	b.s.t.Helper()
	r, html := b.ask("GET", path, "")
	if r.StatusCode != http.StatusOK {
		b.s.t.Fatalf("%s: %d %s\n%s", path, r.StatusCode, r.Header.Get("Location"), html)
	}
	return html
}
