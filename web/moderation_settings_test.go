package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

const settingsPath = "/mod/settings?list=senco-forum"

// list1 is the list whose settings the page has.
func (s *site) list1() (l list.List) {
	s.t.Helper()
	testdb.View(s.t, s.db, func(tx *store.Tx) (err error) { l, err = list.Get(tx, 1); return err })
	return l
}

var (
	inputField = regexp.MustCompile(`<input[^>]*>`)
	nameOfIt   = regexp.MustCompile(`name="([a-z_]+)"`)
	valueOfIt  = regexp.MustCompile(`value="([^"]*)"`)
	choiceOfIt = regexp.MustCompile(`(?s)<select id="[a-z-]+" name="([a-z_]+)".*?<option value="([a-z]+)" selected>`)
)

// partForm is the form of one part as a browser sends it back untouched, with some fields changed.
func partForm(t *testing.T, html, part string, pairs ...string) string {
	t.Helper()
	_, rest, ok := strings.Cut(html, `<input type="hidden" name="part" value="`+part+`">`)
	if !ok {
		t.Fatalf("no part %s in\n%s", part, html)
	}
	rest, _, _ = strings.Cut(rest, "</form>")
	form := url.Values{"part": {part}}
	for _, in := range inputField.FindAllString(rest, -1) {
		if strings.Contains(in, `type="checkbox"`) && !strings.Contains(in, " checked") {
			continue
		}
		form.Set(nameOfIt.FindStringSubmatch(in)[1], valueOfIt.FindStringSubmatch(in)[1])
	}
	for _, c := range choiceOfIt.FindAllStringSubmatch(rest, -1) {
		form.Set(c[1], c[2])
	}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form.Encode()
}

// What an owner changes is stored, in the record, and told; a form that comes back untouched changes nothing, to the byte.
func TestAnOwnerChangesSettings(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	ellen := s.as(3)
	before := s.list1()
	html := ellen.get(settingsPath)
	for _, part := range []string{"posts", "holds", "moderators", "joining", "digests"} {
		r, _ := ellen.ask("POST", settingsPath, partForm(t, html, part))
		if r.Header.Get("Location") != settingsPath+"&done=same" || s.list1() != before {
			t.Errorf("%s, untouched: %d %v\n%+v", part, r.StatusCode, r.Header, s.list1())
		}
	}
	told := len(s.letters())
	r, _ := ellen.ask("POST", settingsPath, partForm(t, html, "posts", "title", "The SENCO Forum", "subject_tag", "", "reply_to", "author", "send_delay", "10", "max_message", "1.5", "footer", ""))
	if r.Header.Get("Location") != settingsPath+"&done=saved" {
		t.Fatalf("%d %v", r.StatusCode, r.Header)
	}
	wants(t, ellen.get(settingsPath+"&done=saved"), "Saved. All moderators get an email about it.", `value="The SENCO Forum"`)
	after := s.list1()
	if after.Title != "The SENCO Forum" || after.ReplyTo != list.ReplyToAuthor || after.SendDelay != 10*time.Minute || after.MaxMessage != 1_500_000 || after.Footer || after.AttachTotal != before.AttachTotal {
		t.Errorf("%+v", after)
	}
	record := strings.Join(s.logged(), "\n")
	wants(t, record, "member 3 list set: web, fresh sign-in; reply_to author", "member 3 list set: web, fresh sign-in; send_delay 10", "member 3 list set: web, fresh sign-in; title")
	if strings.Contains(record, "The SENCO Forum") {
		t.Errorf("the record has the owner's words:\n%s", record)
	}
	mails := strings.Join(s.letters()[told:], "\n")
	wants(t, mails, "Settings changed: 5 things, by Ellen", "Ellen changed this for the whole list at 12:00.", "Where an answer goes: to the writer alone")
	if n := len(s.letters()) - told; n != 2 {
		t.Errorf("%d mails, want one for each moderator", n)
	}
}

// What is wrong is said beside its field, and what was typed stays; nothing of that part is saved.
func TestASettingThatIsWrongKeepsTheForm(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	ellen := s.as(3)
	before := s.list1()
	html := ellen.get(settingsPath)
	for _, c := range []struct{ part, key, typed, says string }{
		{"posts", "title", `<b>"`, "Write 1 to 60 letters"},
		{"posts", "send_delay", "16", "Write the minutes, from 0 to 15."},
		{"posts", "attach_total", "a lot", "Write a number of megabytes"},
		{"posts", "max_message", "NaN", "Write a number of megabytes"},
		{"posts", "keep_posts", "-1", "Write a whole number from 0 to 1,200"},
		{"posts", "reply_to", "nobody", "Choose one of these."},
		{"holds", "posts_hour", "many", "Write a whole number from 0 to 10,000"},
		{"joining", "rules_url", "javascript:alert(1)", "Write a web address"},
		{"joining", "terms", "version 1", "Write at most 20 letters"},
		{"digests", "digest_time", "25:00", "Write a time of the day like 06:30."},
	} {
		r, page := ellen.ask("POST", settingsPath, partForm(t, html, c.part, c.key, c.typed))
		if r.StatusCode != http.StatusUnprocessableEntity || s.list1() != before {
			t.Errorf("%s %q: %d", c.key, c.typed, r.StatusCode)
		}
		wants(t, page, "<title>Error: ", c.says, `href="#`+strings.ReplaceAll(c.key, "_", "-")+`"`, "Nothing was changed.")
		if c.key != "reply_to" {
			wants(t, page, `value="`+strings.NewReplacer("<", "&lt;", ">", "&gt;", `"`, "&#34;").Replace(c.typed)+`"`, `aria-invalid="true"`)
		}
	}
}

// A moderator reads, and only an owner changes, with a code that was typed a moment ago. Two owners do not undo each other in
// passing.
func TestWhoChangesSettings(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	html := s.as(3).get(settingsPath)
	form := partForm(t, html, "moderators", "duty", "all")
	asha := s.as(2)
	read := asha.get(settingsPath)
	wants(t, read, "Owners of the list can change this.", "<dd>two moderators, in turns by the week</dd>", "<dd>they are kept</dd>")
	if strings.Contains(read, `name="part"`) {
		t.Error("a moderator gets a form")
	}
	r, _ := asha.ask("POST", settingsPath, form)
	if r.StatusCode != http.StatusUnprocessableEntity || s.list1().DutyOf() != list.DutyTwo {
		t.Errorf("a moderator: %d", r.StatusCode)
	}
	s.now = s.now.Add(16 * time.Minute)
	old := s.as(3)
	s.now = s.now.Add(16 * time.Minute)
	r, page := old.ask("POST", settingsPath, form)
	if r.StatusCode != http.StatusUnprocessableEntity || s.list1().DutyOf() != list.DutyTwo {
		t.Errorf("not fresh: %d", r.StatusCode)
	}
	wants(t, page, "Please sign in once more in a new window", `<option value="all" selected>`)
	ellen := s.as(3)
	if r, _ := ellen.ask("POST", settingsPath, partForm(t, html, "digests", "digest_day", "friday")); r.StatusCode != http.StatusSeeOther {
		t.Errorf("%d", r.StatusCode)
	}
	r, page = ellen.ask("POST", settingsPath, form)
	if r.StatusCode != http.StatusConflict || s.list1().DutyOf() != list.DutyTwo {
		t.Errorf("after another change: %d", r.StatusCode)
	}
	wants(t, page, "Somebody else has changed the settings", `<option value="all" selected>`)
	if r, _ := ellen.ask("POST", settingsPath, partForm(t, page, "moderators")); r.StatusCode != http.StatusSeeOther || s.list1().DutyOf() != list.DutyAll {
		t.Errorf("once more: %d", r.StatusCode)
	}
}

// What erases posts for ever, or shuts the list or opens it to all, is asked about once more.
func TestSettingsThatAreAskedAboutOnceMore(t *testing.T) {
	for key, c := range map[string]struct{ part, to, says string }{
		"keep_posts": {"posts", "24", "Posts that are older than 24 months are erased for ever"}, "closed": {"posts", "1", "Nobody can write to the list any more."},
		"join": {"joining", "open", "becomes a member at once"}, "moderator_proof": {"moderators", "dkim", "and not by email"},
	} {
		s := newSite(t, nil)
		s.delayed()
		ellen := s.as(3)
		before := s.list1()
		form := partForm(t, ellen.get(settingsPath), c.part, key, c.to)
		r, page := ellen.ask("POST", settingsPath, form)
		if r.StatusCode != http.StatusOK || s.list1() != before {
			t.Errorf("%s without a yes: %d", key, r.StatusCode)
		}
		wants(t, page, c.says, `name="`+key+`" value="`+c.to+`"`)
		if r, _ := ellen.ask("POST", settingsPath, form+"&yes=1"); r.StatusCode != http.StatusSeeOther || s.list1() == before {
			t.Errorf("%s with a yes: %d", key, r.StatusCode)
		}
	}
}

// What moderators do by one word by email they can do here: hold everything, end that, ban, end a ban, add somebody.
func TestActsOnAListOnItsPage(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	asha := s.as(2)
	for _, c := range []struct {
		form string
		is   func() bool
	}{
		{sent("do", "hold list"), func() bool { return s.list1().Emergency }},
		{sent("do", "release list"), func() bool { return !s.list1().Emergency }},
		{sent("do", "ban", "address", "Spam@evil.example"), func() bool { return strings.Contains(asha.get(settingsPath), "<strong>spam@evil.example</strong>") }},
		{sent("do", "ban", "address", "@spam.example"), func() bool { return strings.Contains(asha.get(settingsPath), "<strong>@spam.example</strong>") }},
		{sent("do", "unban", "address", "spam@evil.example"), func() bool { return !strings.Contains(asha.get(settingsPath), "<strong>spam@evil.example</strong>") }},
	} {
		if r, page := asha.ask("POST", settingsPath, c.form); r.StatusCode != http.StatusOK || !strings.Contains(page, "Please confirm") {
			t.Errorf("%s: %d\n%s", c.form, r.StatusCode, page)
		}
		if r, _ := asha.ask("POST", settingsPath, c.form+"&yes=1"); r.StatusCode != http.StatusSeeOther || !c.is() {
			t.Errorf("%s with a yes: %d", c.form, r.StatusCode)
		}
	}
	if r, _ := asha.ask("POST", settingsPath, sent("do", "add", "address", "jo@b.example", "name", "Jo", "yes", "1")); r.StatusCode != http.StatusSeeOther || s.member(1, 4).Role != list.RoleMember {
		t.Errorf("add: %d", r.StatusCode)
	}
	for form, says := range map[string]string{
		sent("do", "ban", "address", "jane"): "Write an address", sent("do", "add", "address", "@x.example"): "Write an address", sent("do", "ban", "address", "@school.example"): "Members of the list have addresses there.",
		sent("do", "unban", "address", "jo@b.example"): "There is no ban", sent("do", "ban", "address", "ellen@school.example"): "An owner can end that first",
	} {
		r, page := asha.ask("POST", settingsPath, form)
		if r.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page, says) {
			t.Errorf("%s: %d\n%s", form, r.StatusCode, page)
		}
	}
	if r, _ := asha.ask("POST", settingsPath, sent("do", "role")); r.StatusCode != http.StatusNotFound {
		t.Errorf("another act: %d", r.StatusCode)
	}
}
