package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// reading is a site with a discussion: Tom (1) asks, Asha (2) answers with a quote and a signature, Tom thanks.
func reading(t *testing.T) (*site, *browser) {
	s := newSite(t, nil)
	q := s.post(1, 1, "Reading pens", "Which pens do you use?")
	a := s.answer(1, 2, q, "We use three.\n\nOn Sunday somebody wrote:\n> Which pens\n> do you use?\n\n-- \nAsha\nSENCO")
	s.answer(1, 1, a, "Thank you all.")
	return s, s.as(1)
}

func TestADiscussionShowsOwnWordsAndFoldsTheRest(t *testing.T) {
	s, tom := reading(t)
	html := tom.get("/t/1")
	for _, want := range []string{
		"<h1>Reading pens</h1>", "3 messages from 2 people", "<p>We use three.</p>", "<details class=\"quote\"><summary>Show quoted text (3 lines)</summary>",
		`<a href="#m1">`, `id="m2"`, `in reply to <a href="#m1">`, "Write privately to", "<summary>Show signature</summary>", `href="/m/2"`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
	if all := tom.get("/t/1?all=1"); strings.Count(all, "<details class=\"quote\" open>") != 1 {
		t.Errorf("quotes are not open:\n%s", all)
	}
	if strings.Contains(html, "school.example") || strings.Contains(html, "<script") || strings.Contains(html, "style=") {
		t.Errorf("an address, a script or a style:\n%s", html)
	}
	if own := strings.Count(html, "As it was sent"); own != 2 {
		t.Errorf("Tom may have the bytes of %d messages, want his two", own)
	}
	if mods := s.as(2).get("/t/1"); strings.Count(mods, "As it was sent") != 3 {
		t.Error("a moderator may not have all")
	}
}

// A subject must not add a reader to the mail that a link begins.
func TestASubjectAddsNothingToAMail(t *testing.T) {
	s := newSite(t, nil)
	s.post(1, 2, "Help&bcc=spy@evil.example?cc=spy#x + 100 %", "Words.")
	html := s.as(1).get("/t/1")
	if !strings.Contains(html, "?subject=Re%3A%20Help%26bcc%3Dspy%40evil.example%3Fcc%3Dspy%23x%20%2B%20100%20%25\"") || strings.Contains(html, "&amp;bcc") && strings.Contains(html, "mailto:") && strings.Contains(strings.Split(html, "mailto:")[1], "bcc=") {
		t.Errorf("page:\n%s", html)
	}
}

func TestWhereAMessageIs(t *testing.T) {
	s, tom := reading(t)
	other := s.post(1, 2, "Another", "Another question?")
	testdb.Update(t, s.db, func(tx *store.Tx) error { _, err := archive.Merge(tx, other, 1, s.now); return err })
	for path, want := range map[string]string{
		"/m/2": "302 /t/1#m2", "/m/1": "302 /t/1#m1", fmt.Sprint("/m/", other): fmt.Sprintf("302 /t/1#m%d", other), fmt.Sprint("/t/", other): "301 /t/1",
		"/t/2": "301 /t/1", "/t/99": "404 ", "/m/99": "404 ", "/t/01": "404 ", "/t/0": "404 ", "/t/4294967296": "404 ", "/t/x": "404 ", "/t/1?page=2": "404 ",
		"/t/1?page=0": "404 ", "/t/1?page=x": "404 ", "/t/": "404 ", "/t/1/": "404 ",
	} {
		r, _ := tom.ask("GET", path, "")
		if got := fmt.Sprint(r.StatusCode, " ", r.Header.Get("Location")); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}

func TestALongDiscussionHasPages(t *testing.T) {
	s := newSite(t, nil)
	first := s.post(1, 1, "Long", "One?")
	for range perPage + 1 {
		s.answer(1, 2, first, "More.")
	}
	tom := s.as(1)
	one, two := tom.get("/t/1"), tom.get("/t/1?page=2")
	if a, b := strings.Count(one, "<article"), strings.Count(two, "<article"); a != perPage || b != 2 {
		t.Errorf("%d and %d messages", a, b)
	}
	if !strings.Contains(one, `href="/t/1?page=2"`) || !strings.Contains(two, `href="/t/1#m1"`) || !strings.Contains(one, `href="/t/1?page=2#m52"`) {
		t.Error("no way between the pages")
	}
	if r, _ := tom.ask("GET", "/m/52", ""); r.Header.Get("Location") != "/t/1?page=2#m52" {
		t.Errorf("the permalink leads to %s", r.Header.Get("Location"))
	}
}

func TestWhatIsRemoved(t *testing.T) {
	s, tom := reading(t)
	hide := func(n archive.Number) {
		testdb.Update(t, s.db, func(tx *store.Tx) error { _, err := archive.Hide(tx, n, archive.Seal{}, s.now); return err })
	}
	hide(2)
	html := tom.get("/t/1")
	if !strings.Contains(html, "This message was removed by the moderators on Sunday 22 November 2026.") || strings.Contains(html, "We use three") {
		t.Errorf("no tombstone:\n%s", html)
	}
	for _, path := range []string{"/m/2", "/m/2/raw", "/a/2/x"} {
		if r, text := tom.ask("GET", path, ""); r.StatusCode != http.StatusGone || !strings.Contains(text, "removed by the moderators on Sunday") {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	hide(1)
	hide(3)
	if r, _ := tom.ask("GET", "/t/1", ""); r.StatusCode != http.StatusGone {
		t.Errorf("all of it: %d", r.StatusCode)
	}
	if r, _ := s.browser().ask("GET", "/m/2", ""); r.StatusCode != http.StatusForbidden {
		t.Errorf("a visitor: %d", r.StatusCode)
	}
}

func TestWhatWaitsIsSeenByNobody(t *testing.T) {
	s, tom := reading(t)
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		_, err := archive.Accept(tx, archive.NewPost{Post: archive.Post{List: 1, Author: 1, Subject: "Waits", MessageID: "<w@x>", Written: s.now, Until: s.now.Add(time.Hour)}})
		return err
	})
	for _, path := range []string{"/t/4", "/m/4"} {
		if r, _ := tom.ask("GET", path, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
}

func TestWhatModeratorsSaidStandsInADiscussion(t *testing.T) {
	s, tom := reading(t)
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		topic, _, err := archive.AddTopic(tx, archive.Topic{List: 1, Name: "Reading & pens"})
		if err != nil {
			return err
		}
		if _, err := archive.Tag(tx, 1, topic.ID); err != nil {
			return err
		}
		if _, err := archive.Close(tx, 1, archive.Curator{Who: "member 2", Now: s.now}); err != nil {
			return err
		}
		_, _, err = archive.SetEra(tx, archive.LegalEra{List: 1, Before: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Sentence: "The law has changed."})
		return err
	})
	html := tom.get("/t/1")
	if !strings.Contains(html, `href="/topic/reading-pens">Reading &amp; pens</a>`) || strings.Count(html, "The law has changed.") != 3 || !strings.Contains(html, "closed this discussion") || strings.Contains(html, "Reply by email") {
		t.Errorf("page:\n%s", html)
	}
}

func TestADiscussionIsMutedAndFollowed(t *testing.T) {
	s, tom := reading(t)
	for _, c := range []struct {
		say  string
		want list.Choice
		page string
	}{
		{"mute", list.Mute, "about this discussion again"}, {"", list.NoChoice, "Stop emails"}, {"follow", list.Follow, "Stop following"}, {"nonsense", list.NoChoice, "Stop emails"},
	} {
		r, _ := tom.ask("POST", "/t/1/mute", url.Values{"choice": {c.say}}.Encode())
		var got list.Choice
		testdb.View(t, s.db, func(tx *store.Tx) (err error) { got, err = list.ChoiceOf(tx, 1, 1); return err })
		if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/t/1" || got != c.want || !strings.Contains(tom.get("/t/1"), c.page) {
			t.Errorf("%s: %d, %q", c.say, r.StatusCode, got)
		}
	}
}

// hostile are texts that would do something in a page that let them.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `javascript:alert(1)`, `</title><script>alert(1)</script>`,
	`{{.Base}}`, `<svg/onload=alert(1)>`, `<!--`, `]]>`, `&lt;script&gt;`, "\u202egnp.exe",
}

// Nothing that a stranger wrote is markup, in the subject, the name, the text or the name of a file.
func TestNothingThatPeopleWriteIsMarkup(t *testing.T) {
	for _, bad := range hostile {
		s := newSite(t, nil)
		name := strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(bad)
		s.post(1, 1, "Hello "+bad, "--b\nContent-Type: text/plain\n\n"+bad+"\n> "+bad+"\n--b\nContent-Type: application/pdf; name=\""+name+"\"\nContent-Disposition: attachment; filename=\""+name+"\"\n\nx\n--b--",
			`Content-Type: multipart/mixed; boundary="b"`)
		testdb.Update(t, s.db, func(tx *store.Tx) error {
			_, _, err := archive.AddTopic(tx, archive.Topic{List: 1, Name: strings.TrimPrefix("T"+bad, "\u202e"), Slug: "t"})
			if err == nil {
				_, err = archive.Tag(tx, 1, 1)
			}
			if errors.Is(err, archive.ErrWords) { // no name of a topic
				return nil
			}
			return err
		})
		tom := s.as(1)
		for _, path := range []string{"/", "/t/1", "/2026/11", "/topics", "/settings"} {
			html := tom.get(path)
			for _, sign := range []string{"<script", "<img", "<svg", "<!--", "\u202e", ` onmouseover='`, `href="javascript`} {
				if strings.Contains(html, sign) {
					t.Errorf("%q on %s leaves %q:\n%s", bad, path, sign, html)
				}
			}
		}
	}
}

// A reply answers the last message of the page, also where two came within a second.
func TestTheLastOfTwoWithinASecondIsAnswered(t *testing.T) {
	var d threadData
	posts := []archive.Post{{Number: 1, State: archive.Published, Written: noon}, {Number: 2, State: archive.Published, Written: noon.Add(time.Second)},
		{Number: 3, State: archive.Published, Written: noon.Add(time.Second)}, {Number: 4, State: archive.Hidden, Written: noon.Add(time.Second)}}
	if got := d.count(posts, noon); got.Number != 3 {
		t.Errorf("message %d", got.Number)
	}
}
