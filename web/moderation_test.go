package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"sencoforum/audit"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
)

// moderating gives a site the moderators' side of a house.
func (s *site) moderating(cfg *Config) {
	ledger, err := moderate.OpenLedger(filepath.Dir(filepath.Join(s.t.TempDir(), "x")))
	if err != nil {
		s.t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	done := func(*store.Tx, moderate.By, hold.Item) error { return nil }
	cfg.Panel = moderate.NewPanel(log, moderate.PanelConfig{Keys: s.keys, Web: "https://forum.example.org",
		People: moderate.Decided{Admit: done, Decline: done, Restore: done, Refuse: done}})
	cfg.Acts = moderate.NewActs(log, moderate.ActsConfig{Keys: s.keys, Panel: cfg.Panel, Now: cfg.Now, Eraser: moderate.NewEraser(s.db, s.keys, ledger)})
	cfg.People = func(tx *store.Tx, by moderate.By, act moderate.Act) error {
		as := membership.By{Actor: by.Actor, Now: by.Now}
		switch act.Kind {
		case moderate.ActAdd:
			_, err := membership.Add(tx, as, act.List, membership.Member{Person: list.Person{Address: act.Address, Name: act.Name}, Membership: list.Membership{Role: list.RoleMember, Mode: list.ModeEvery}})
			return err
		case moderate.ActBan:
			if act.Domain != "" {
				return membership.BanDomain(tx, as, act.List, act.Domain)
			}
			return membership.Ban(tx, as, act.List, act.Address)
		case moderate.ActUnban:
			return membership.Unban(tx, as, act.List, act.Address)
		}
		p, err := list.GetPerson(tx, act.Person)
		if err != nil {
			return err
		}
		m, err := membership.Find(tx, act.List, p.Address)
		if err != nil {
			return err
		}
		switch act.Kind {
		case moderate.ActRemove:
			return membership.Remove(tx, as, m)
		case moderate.ActRole:
			_, err := membership.SetRole(tx, as, m, act.Role)
			return err
		case moderate.ActTrust:
			return membership.Trust(tx, as, m)
		case moderate.ActSuspend, moderate.ActResume:
			return membership.Suspend(tx, as, m, act.Kind == moderate.ActSuspend)
		}
		return membership.SetModerated(tx, as, m, act.Kind == moderate.ActModerate)
	}
}

// heldMail is a message that waits; on another list, of another kind and for other reasons where they are given.
type heldMail struct {
	by                  list.PersonID
	list                list.ID
	kind                hold.Kind
	name, subject, body string
	field               string
	causes              []list.Cause
}

// held puts something that waits for moderators.
func (s *site) held(h heldMail) hold.Item {
	s.t.Helper()
	s.posted++
	if h.list == 0 {
		h.list = 1
	}
	if len(h.causes) == 0 {
		h.causes = []list.Cause{list.CauseRate}
	}
	it := hold.Item{Kind: h.kind, List: h.list, Reason: hold.Moderation, From: testdb.Address(s.t, "tom@school.example"), Author: h.by, Since: s.now, Verified: true, Name: h.name}
	for _, c := range h.causes {
		it.Findings = append(it.Findings, list.Finding{Cause: c, Notes: []string{"Oliver"}})
	}
	testdb.Update(s.t, s.db, func(tx *store.Tx) (err error) {
		if h.kind == hold.Post {
			raw := []byte(fmt.Sprintf("From: %s <tom@school.example>\r\nSubject: %s\r\nMessage-ID: <held%d@school.example>\r\n%s\r\n%s\r\n", h.name, h.subject, s.posted, h.field, strings.ReplaceAll(h.body, "\n", "\r\n")))
			it.Message, err = intake.Put(tx, intake.New{Record: intake.Record{Kind: string(list.KindPost), List: uint32(h.list), MessageID: fmt.Sprintf("held%d@school.example", s.posted),
				Envelope: message.Envelope{Received: s.now}, Sender: string(list.Verified)}, Raw: store.NewBlob(raw), State: intake.Held})
			if err != nil {
				return err
			}
		} else {
			it.Words, it.Author = h.body, 0
		}
		it, err = s.server.cfg.Panel.Put(tx, s.now, it)
		return err
	})
	return it
}

// item is what is stored of something that waits or waited.
func (s *site) item(n hold.Number) (it hold.Item) {
	s.t.Helper()
	testdb.View(s.t, s.db, func(tx *store.Tx) (err error) { it, err = hold.Get(tx, n); return err })
	return it
}

// logged are the entries of the record, as action and detail.
func (s *site) logged() (all []string) {
	s.t.Helper()
	testdb.View(s.t, s.db, func(tx *store.Tx) error {
		for e, err := range audit.All(tx) {
			if err != nil {
				return err
			}
			all = append(all, e.Actor+" "+e.Action+": "+e.Detail)
		}
		return nil
	})
	return all
}

// delayed makes decisions of the first list take effect after five minutes, and gives it a second moderator, Ellen (3).
func (s *site) delayed() {
	s.t.Helper()
	testdb.Update(s.t, s.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		if err != nil {
			return err
		}
		l.SendDelay = 5 * time.Minute
		p, err := list.AddPerson(tx, list.Person{Name: "Ellen Roy", Address: testdb.Address(s.t, "ellen@school.example")})
		if err != nil {
			return err
		}
		asha, err := list.GetPerson(tx, 2)
		if err != nil {
			return err
		}
		asha.Name = "Asha Patel"
		if err := list.SavePerson(tx, asha); err != nil {
			return err
		}
		if err := list.Join(tx, list.Membership{List: 1, Person: p.ID, Role: list.RoleOwner, Mode: list.ModeEvery}); err != nil {
			return err
		}
		return list.Save(tx, l)
	})
}

func sent(pairs ...string) string {
	f := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	return f.Encode()
}

func wants(t *testing.T, html string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
}

func TestTheFirstDecisionOnAPageCounts(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	it := s.held(heldMail{by: 1, name: "Tom", subject: "Pens", body: "Which pens?"})
	asha, ellen := s.as(2), s.as(3)
	path := "/mod/" + it.Number.Code()
	wants(t, asha.get("/mod"), "1 message to moderate", "To moderate (1)", "Pens", "<p>Which pens?</p>", "The writer has sent many posts", `action="`+path+`"`, "Nobody looks after it yet.")
	before := len(s.letters())
	r, _ := asha.ask("POST", path, sent("do", "approve"))
	if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/mod?done="+it.Number.Code() {
		t.Fatalf("%d, %v", r.StatusCode, r.Header)
	}
	html := asha.get("/mod?done=" + it.Number.Code())
	wants(t, html, "Nothing waits", "Approved: “Pens”. It goes out at 12:05.", `value="undo"`, "12:00 Asha approved", `role="status"`)
	r, html = ellen.ask("POST", path, sent("do", "reject", "canned", "own", "reason", "No pens."))
	if r.StatusCode != http.StatusConflict {
		t.Errorf("a second decision: %d", r.StatusCode)
	}
	wants(t, html, "<title>Error: ", "Asha approved this at 12:00.", "Nothing was changed.", "It goes out at 12:05.")
	if d := s.item(it.Number).Decision; d == nil || d.Verdict != hold.Approved || d.Person != 2 {
		t.Errorf("decision %+v", d)
	}
	told := strings.Join(s.letters()[before:], "\n")
	wants(t, told, "You did this on the web.", "Approved by Asha, 12:00")
	wants(t, strings.Join(s.logged(), "\n"), "member 2 held approved: web, fresh sign-in")
	s.now = s.now.Add(20 * time.Minute) // of a session that is not fresh the record says so
	it = s.held(heldMail{by: 1, name: "Tom", subject: "Ink", body: "Which ink?"})
	ellen.ask("POST", "/mod/"+it.Number.Code(), sent("do", "discard"))
	if l := s.logged(); l[len(l)-1] != "member 3 held discarded: web" {
		t.Errorf("record %q", l)
	}
}

func TestUndoOnAPage(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	it := s.held(heldMail{by: 1, name: "Tom", subject: "Pens", body: "Which pens?"})
	asha, path := s.as(2), "/mod/"+it.Number.Code()
	if r, html := asha.ask("POST", path, sent("do", "undo")); r.StatusCode != http.StatusConflict || !strings.Contains(html, "nothing to undo") {
		t.Errorf("undo of nothing: %d\n%s", r.StatusCode, html)
	}
	asha.ask("POST", path, sent("do", "discard"))
	if r, _ := s.as(3).ask("POST", path, sent("do", "undo")); r.Header.Get("Location") != "/mod?undone="+it.Number.Code() || s.item(it.Number).Decision != nil {
		t.Errorf("undo by another: %d, %+v", r.StatusCode, s.item(it.Number).Decision)
	}
	wants(t, asha.get("/mod?undone="+it.Number.Code()), "Undone: “Pens”.", "1 message to moderate")
	asha.ask("POST", path, sent("do", "approve"))
	s.now = s.now.Add(6 * time.Minute)
	r, html := asha.ask("POST", path, sent("do", "undo"))
	if r.StatusCode != http.StatusConflict {
		t.Errorf("too late: %d", r.StatusCode)
	}
	wants(t, html, "It is too late to undo that", fmt.Sprintf("/mod/post/%d", s.item(it.Number).Post))
}

func TestAReasonThatIsMissingKeepsTheForm(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	it := s.held(heldMail{by: 1, name: "Tom", subject: "Pens", body: "For Oliver Marsh, the boy.", causes: []list.Cause{list.CausePupil}})
	asha, path := s.as(2), "/mod/"+it.Number.Code()
	html := asha.get("/mod")
	if strings.Contains(html, `value="trust"`) || strings.Index(html, `value="redact"`) > strings.Index(html, `value="approve"`) {
		t.Errorf("what may name a child is offered trust, or no redaction first:\n%s", html)
	}
	r, html := asha.ask("POST", path, sent("do", "reject", "canned", "own"))
	if r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("%d", r.StatusCode)
	}
	wants(t, html, "<title>Error: Pens", "Write the reason, or choose one of ours.", "<details open><summary>Send it back")
	if r, html = asha.ask("POST", path, sent("do", "redact", "words", "Olive Marsh")); r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("%d", r.StatusCode)
	}
	wants(t, html, "These words do not stand in the message", ">Olive Marsh</textarea>")
	if r, _ = asha.ask("POST", path, sent("do", "trust")); r.StatusCode != http.StatusUnprocessableEntity || s.item(it.Number).Decision != nil {
		t.Errorf("trust: %d", r.StatusCode)
	}
	if r, _ = asha.ask("POST", path, sent("do", "redact", "words", "“Oliver Marsh”")); r.Header.Get("Location") != path+"?done=redact" {
		t.Errorf("%d, %v", r.StatusCode, r.Header)
	}
	if html = asha.get(path + "?done=redact"); strings.Contains(html, "Oliver Marsh") || !strings.Contains(html, "For [removed], the boy.") {
		t.Errorf("page:\n%s", html)
	}
	asha.ask("POST", path, sent("do", "reject", "canned", "names", "reason", "See page 3."))
	if d := s.item(it.Number).Decision; d == nil || !strings.HasPrefix(d.Reason, "Please take the name of the child out") || !strings.HasSuffix(d.Reason, "See page 3.") {
		t.Errorf("decision %+v", d)
	}
}

func TestSomebodyWhoWantsToJoinIsInTheQueue(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	it := s.held(heldMail{kind: hold.Application, name: "Jo Brown", body: "I am new in Hull."})
	asha, path := s.as(2), "/mod/"+it.Number.Code()
	wants(t, asha.get("/mod"), "Wants to join: Jo Brown", "Let Jo in", "I am new in Hull.", "Ask Jo a question")
	if r, html := asha.ask("POST", path, sent("do", "ask")); r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(html, "Write your question.") {
		t.Errorf("%d\n%s", r.StatusCode, html)
	}
	asha.ask("POST", path, sent("do", "hold"))
	wants(t, s.as(3).get("/mod"), "Asha looks after this until")
	asha.ask("POST", path, sent("do", "approve and trust"))
	if d := s.item(it.Number).Decision; d == nil || !d.Trust {
		t.Errorf("decision %+v", d)
	}
}

// A role comes back only with a code that was typed a moment ago.
func TestARoleNeedsAFreshSignIn(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	it := s.held(heldMail{kind: hold.Role, name: "Sam Green"})
	asha, path := s.as(2), "/mod/"+it.Number.Code()
	s.now = s.now.Add(16 * time.Minute)
	r, _ := asha.ask("POST", path, sent("do", "approve"))
	if want := "/in?again=1&to=%2Fmod%2F" + it.Number.Code(); r.Header.Get("Location") != want || s.item(it.Number).Decision != nil {
		t.Errorf("%d, %s, want %s", r.StatusCode, r.Header.Get("Location"), want)
	}
	wants(t, asha.get("/in?again=1&to=%2Fmod"), "please sign in once more")
	if r, _ := s.as(2).ask("POST", path, sent("do", "approve")); r.StatusCode != http.StatusSeeOther || s.item(it.Number).Decision == nil {
		t.Errorf("fresh: %d", r.StatusCode)
	}
}

// Who moderates another list sees nothing of this one, and decides nothing.
func TestModeratorsOfAnotherListSeeNothing(t *testing.T) {
	s := newSite(t, nil)
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		p, err := list.AddPerson(tx, list.Person{Address: testdb.Address(t, "other@school.example")})
		if err != nil {
			return err
		}
		for l, role := range map[list.ID]list.Role{1: list.RoleMember, 2: list.RoleModerator} {
			if err := list.Join(tx, list.Membership{List: l, Person: p.ID, Role: role, Mode: list.ModeEvery}); err != nil {
				return err
			}
		}
		return nil
	})
	it := s.held(heldMail{by: 1, name: "Tom", subject: "Pens", body: "Which pens?"})
	post := s.post(1, 1, "Ink", "Which ink?")
	other := s.as(3)
	if html := other.get("/mod"); strings.Contains(html, "Pens") || !strings.Contains(html, "Nothing waits") {
		t.Errorf("queue:\n%s", html)
	}
	for _, ask := range [][3]string{{"GET", "/mod/" + it.Number.Code()}, {"POST", "/mod/" + it.Number.Code(), "do=approve"}, {"GET", fmt.Sprintf("/mod/post/%d", post)},
		{"POST", fmt.Sprintf("/mod/post/%d", post), "do=stop"}, {"POST", fmt.Sprintf("/mod/post/%d", post), "do=erase&yes=1"}} {
		if r, html := other.ask(ask[0], ask[1], ask[2]); r.StatusCode != http.StatusNotFound || strings.Contains(html, "Pens") {
			t.Errorf("%v: %d", ask, r.StatusCode)
		}
	}
	if s.item(it.Number).Decision != nil {
		t.Error("decided")
	}
	if r, _ := s.as(1).ask("GET", fmt.Sprintf("/m/%d", post), ""); r.StatusCode != http.StatusFound {
		t.Errorf("the post: %d", r.StatusCode)
	}
}

// What strangers write stays text, wherever it stands on the pages of moderators.
func TestNothingThatWaitsIsMarkup(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	evil := []string{"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</textarea><svg onload=alert(1)>", "javascript:alert(1)", "{{.Base}}", "' autofocus onfocus=alert(1) x='"}
	asha := s.as(2)
	for i, x := range evil {
		file := "--b\nContent-Type: text/plain\n\nWords " + x + "\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=\"" + strings.NewReplacer(`"`, "'", "/", "").Replace(x) + ".txt\"\n\n" + x + "\n--b--"
		it := s.held(heldMail{by: 1, name: "\"" + strings.ReplaceAll(x, `"`, "") + "\"", subject: x, body: file, field: "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n", causes: []list.Cause{list.CauseFile}})
		who := s.held(heldMail{kind: hold.Application, name: x, body: x})
		pages := []string{asha.get("/mod"), asha.get("/mod/" + it.Number.Code()), asha.get("/mod/" + who.Number.Code())}
		_, typed := asha.ask("POST", "/mod/"+it.Number.Code(), sent("do", "redact", "words", x+" not there"))
		_, banning := asha.ask("POST", "/mod/"+who.Number.Code(), sent("do", "ban"))
		asha.ask("POST", "/mod/"+it.Number.Code(), sent("do", "discard"))
		for j, html := range append(pages, typed, banning, asha.get("/mod"), asha.get("/mod/log")) {
			for _, bad := range []string{"<script", "<img", "<svg", " onfocus=alert(1) x='\"", `href="javascript`} {
				if strings.Contains(html, bad) {
					t.Errorf("payload %d, page %d has %s:\n%s", i, j, bad, html)
				}
			}
		}
		if !strings.Contains(pages[1], "Words ") {
			t.Errorf("payload %d: the message is not shown:\n%s", i, pages[1])
		}
	}
}

func TestTheQueueLeadsToAllThatModeratorsHave(t *testing.T) {
	s := newSite(t, nil)
	asha := s.as(2)
	for _, path := range []string{"/mod/members", "/mod/settings", "/mod/announce", "/mod/log", "/mod/stats"} {
		wants(t, asha.get("/mod"), `href="`+path+`"`)
		asha.get(path)
	}
}

// A phone of 390 pixels shows some 36 letters of what is chosen, and cuts what is longer.
func TestWhatIsChosenFitsAPhone(t *testing.T) {
	const most = 36
	options := rolesFor(list.RoleMember)
	for _, g := range listParts() {
		for _, f := range g.Fields {
			options = append(options, f.Choices...)
		}
	}
	for _, o := range options {
		if n := utf8.RuneCountInString(o.Text); n > most {
			t.Errorf("%d letters: %s", n, o.Text)
		}
	}
}

func TestAShortMessageStandsWholeInTheQueue(t *testing.T) {
	for _, c := range []struct {
		name, body string
		folded     bool
	}{
		{"a few lines", "Dear all,\n\nIs there a new form?\n\nTom", false},
		{"many words", strings.Repeat("Long words. ", 50), true},
		{"many lines", strings.Repeat("a\n", 14), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, nil)
			it := s.held(heldMail{by: 1, name: "Tom", subject: "Form", body: c.body})
			if html := s.as(2).get("/mod"); strings.Contains(html, "Show the whole message") != c.folded {
				t.Errorf("%s:\n%s", it.Number.Code(), html)
			}
		})
	}
}

func TestTheQueueHasPages(t *testing.T) {
	s := newSite(t, nil)
	for i := range queuePerPage + 2 {
		s.held(heldMail{by: 1, name: "Tom", subject: fmt.Sprint("Number ", i), body: strings.Repeat("Long words of this message. ", 1000)})
	}
	asha := s.as(2)
	first, second := asha.get("/mod"), asha.get("/mod?page=2")
	if n := strings.Count(first, "<article"); n != queuePerPage {
		t.Errorf("%d on the first page", n)
	}
	if n := strings.Count(second, "<article"); n != 2 {
		t.Errorf("%d on the second", n)
	}
	wants(t, first, "22 messages to moderate", "Read the rest, and decide", "/mod?list=&amp;page=2")
	if r, _ := asha.ask("GET", "/mod?page=3", ""); r.StatusCode != http.StatusNotFound {
		t.Errorf("a page that is not there: %d", r.StatusCode)
	}
	if len(first) > 220<<10 {
		t.Errorf("%d KB", len(first)>>10)
	}
}
