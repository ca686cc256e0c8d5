package browser

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"sencoforum/message"
)

// A walk is what somebody does in a tab, who sees what a phone shows.
type walk struct {
	*tab
	h *house
	l *look // how each page on the way is looked at; nil where scripts are switched off
}

// walks starts somebody out as a visitor, with scripts or without.
func (h *house) walk(t *testing.T, scripts bool, l look) *walk {
	t.Helper()
	w := &walk{tab: newTab(t, h.base), h: h}
	if scripts {
		w.l = &l
	}
	w.in(light{390, false})
	if !scripts {
		tell(w.tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	return w
}

// xpath finds an element with some words.
func xpath(kind, words string) string {
	return fmt.Sprintf(`//%s[contains(normalize-space(.), %q)]`, kind, words)
}

// press presses a button, or follows a link, and waits for the page that comes.
func (w *walk) press(kind, words string) {
	w.t.Helper()
	at, err := chromedp.Run(w.ctx, chromedp.Evaluate[[]float64](`(() => {
		const all = document.evaluate(`+js(xpath(kind, words))+`, document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
		for (let i = 0; i < all.snapshotLength; i++) {
			const e = all.snapshotItem(i);
			if (!e.checkVisibility()) continue;
			e.scrollIntoView({ block: 'center', behavior: 'instant' });
			const box = e.getClientRects()[0]; // of a link that goes over a line, the first part
			return [box.left + Math.min(box.width, 40) / 2, box.top + Math.min(box.height, 24) / 2];
		}
		return [];
	})()`))
	if err != nil || len(at) != 2 {
		w.t.Fatalf("%s has no %s with %q (%v)", w.at(), kind, words, err)
	}
	c, end := context.WithTimeout(w.ctx, patience)
	defer end()
	answer, err := chromedp.RunResponse(c, chromedp.MouseClickXY(at[0], at[1]))
	if err != nil {
		w.t.Fatalf("%s: press %q: %v", w.at(), words, err)
	}
	if answer != nil && answer.Status >= 500 {
		w.t.Errorf("%s answers %d", answer.URL, answer.Status)
	}
	w.check()
}

// enter types into a field, in place of what was there.
func (w *walk) enter(id, text string) {
	w.t.Helper()
	w.do(chromedp.WaitVisible(chromedp.CSS("#"+id)), void(`document.getElementById(`+js(id)+`).value = ""`), chromedp.SendKeys(chromedp.CSS("#"+id), text))
}

// tick chooses a box or a round button.
func (w *walk) tick(css string) {
	w.t.Helper()
	w.do(chromedp.Click(chromedp.CSS(css), chromedp.NodeVisible))
}

// check looks at the page that came.
func (w *walk) check() {
	w.t.Helper()
	faults, _ := w.taken()
	for _, f := range faults {
		w.t.Errorf("%s: %s", w.at(), f)
	}
	if w.l != nil {
		report(w.t, w.at(), w.see(*w.l))
		w.in(light{390, false})
		w.taken()
	}
}

// says fails the test where the page does not have some words.
func (w *walk) says(words string) {
	w.t.Helper()
	text, err := chromedp.Run(w.ctx, chromedp.Evaluate[string]("document.body.textContent"))
	if err != nil {
		w.t.Fatal(err)
	}
	if text = strings.Join(strings.Fields(text), " "); !strings.Contains(text, words) {
		w.t.Errorf("%s does not say %q:\n%.600s", w.at(), words, text)
	}
}

// titled fails the test where the title does not begin with some words.
func (w *walk) titled(words string) {
	w.t.Helper()
	title, err := chromedp.Run(w.ctx, chromedp.Title())
	if err != nil {
		w.t.Fatal(err)
	}
	if !strings.HasPrefix(title, words) {
		w.t.Errorf("%s has the title %q, not %q", w.at(), title, words)
	}
}

// journeys are what people do, each from the start as a visitor. Those that are plain lead over pages whose forms no script improves: with scripts
// they are for the full form.
var journeys = []struct {
	name  string
	do    func(t *testing.T, w *walk)
	plain bool
}{
	{"somebody signs in by a code and out again", signInByCode, false},
	{"somebody is each of the people of the demonstration with one click", beEverybody, false},
	{"somebody reads, follows, stops following and mutes", readAndFollow, false},
	{"somebody searches, narrows it down and opens what is found", searchAndRead, false},
	{"somebody replies, looks at it first, changes it and sends it", replyWithPreview, false},
	{"somebody sends files with a question", sendFiles, false},
	{"a moderator's words come back when the session has ended", wordsComeBack, false},
	{"a moderator approves one that waits, and sends another back with words", moderateWaiting, false},
	{"somebody changes settings", changeSettings, false},
	{"an owner changes settings of the list, gets one wrong, and is asked once more", changeListSettings, true},
	{"an owner gives a role, and takes it again", giveARole, true},
	{"a moderator reads the settings of the list, bans somebody and ends that", banAndUnban, true},
	{"a member reports two messages, a moderator keeps one, stops the other and releases it", reportKeepAndStop, true},
	{"a moderator announces something, after a look at it", announceSomething, true},
	{"a moderator lets an author's name through, and takes it out again", letNamesThrough, true},
	{"a moderator takes turns on duty, and no longer", takeTurnsOnDuty, true},
	{"somebody chooses large letters on blue paper", chooseLooks, false},
	{"somebody leaves, and what they open then asks them to sign in", leaveForGood, false},
}

// TestBrowserJourneys does what people do, with scripts and without.
func TestBrowserJourneys(t *testing.T) {
	l := look{axe: axe(t), page: true, lights: lights[:1]}
	chromium(t)
	h := open(t, "--posts", "60")
	h.calm(t)
	for _, scripts := range []bool{true, false} {
		for _, j := range journeys {
			if scripts && j.plain && !*full {
				continue
			}
			t.Run(fmt.Sprintf("%s, scripts %v", j.name, scripts), func(t *testing.T) { j.do(t, h.walk(t, scripts, l)) })
		}
	}
}

var sixDigits = regexp.MustCompile(`^(\d{3} \d{3}) is your`)

func signInByCode(t *testing.T, w *walk) {
	m := w.h.role(t, "member")
	w.open("/")
	w.press("a", "Sign in to read the archive")
	w.enter("em", "nobody at all")
	w.tick("main button.btn") // the browser itself says that this is no address
	if at := w.at(); at != "/in" {
		t.Fatalf("that was sent, and led to %s", at)
	}
	w.open("/in")
	w.enter("em", m.Address)
	before := len(w.h.mails(t, m.Address))
	w.press("main//button", "Send me a code")
	w.titled("Enter your code")
	eventually(t, "the code comes", func() bool { return len(w.h.mails(t, m.Address)) > before })
	w.enter("cd", "000 000")
	w.press("main//button", "Sign in")
	w.titled("Error: ")

	mailbox := w.h.walk(t, false, look{}) // the same person, elsewhere, reads the mail
	mailbox.open("/demo")
	mailbox.press("button", m.Name)
	mailbox.open("/demo/mail")
	subject, err := chromedp.Run(mailbox.ctx, chromedp.TextContent(chromedp.CSS("article.msg h2")))
	if err != nil {
		t.Fatal(err)
	}
	code := sixDigits.FindStringSubmatch(subject)
	if code == nil {
		t.Fatalf("the latest mail has no code: %q", subject)
	}
	w.enter("cd", code[1])
	w.tick("input[name=keep]")
	w.press("main//button", "Sign in")
	if at := w.at(); at != "/" {
		t.Errorf("the code led to %s", at)
	}
	w.titled("Discussions")
	w.press("footer//button", "Sign out")
	w.open("/topics")
	w.titled("Sign in")
}

func beEverybody(t *testing.T, w *walk) {
	for _, role := range roles[:4] {
		m := w.h.role(t, role)
		w.open("/demo")
		w.press("main//button", m.Name)
		w.open("/demo")
		w.says("You are " + m.Name + " now.")
	}
}

// become signs in with one click.
func (w *walk) become(role string) {
	w.t.Helper()
	w.open("/demo")
	w.press("main//button", w.h.role(w.t, role).Name)
}

func readAndFollow(t *testing.T, w *walk) {
	w.become("member")
	w.open("/")
	w.do(chromedp.Click(chromedp.CSS("ul.threads li:last-child h3 a"), chromedp.NodeVisible))
	eventually(t, "the discussion is there", func() bool { return strings.HasPrefix(w.at(), "/t/") })
	w.press("button", "Follow: send me every reply")
	w.says("Stop following")
	w.press("button", "Stop following")
	w.says("Follow: send me every reply")
	w.press("button", "Stop emails about this discussion")
	w.says("Send me emails about this discussion again")
	w.press("button", "Send me emails about this discussion again")
	w.press("header//a", "Link to this message")
	if at := w.at(); !strings.Contains(at, "#m") {
		t.Errorf("the link to a message leads to %s", at)
	}
}

func searchAndRead(t *testing.T, w *walk) {
	w.become("member")
	w.open("/search")
	w.enter("q", "reading")
	w.press("main//button", "Search")
	if at := w.at(); !strings.HasPrefix(at, "/search?q=reading") {
		t.Errorf("the search led to %s", at)
	}
	w.script(`document.getElementById("sort").value = "oldest"`)
	w.press("main//button", "Change")
	if at := w.at(); !strings.Contains(at, "sort=oldest") {
		t.Errorf("another order led to %s", at)
	}
	w.press("ol[@class='results']//h3/a", "")
	if at := w.at(); !strings.HasPrefix(at, "/t/") {
		t.Errorf("what was found leads to %s", at)
	}
}

func replyWithPreview(t *testing.T, w *walk) {
	w.become("member")
	w.open("/")
	w.press("ul[@class='threads']//h3/a", "")
	w.press("section[@id='reply']//button", "Check, then send") // nothing was typed
	w.titled("Error: ")
	w.enter("tx", "We use a quiet <b>corner</b>.")
	w.press("main//button", "Check, then send")
	w.titled("Check before it goes to ")
	w.says("We use a quiet <b>corner</b>.")
	w.press("main//button", "Change it")
	words := fmt.Sprintf("We use two quiet <b>corners</b>, with scripts %v.", w.l != nil)
	w.enter("tx", words)
	w.press("main//button", "Check, then send")
	w.says(words)
	w.press("main//button", "Send to")
	w.press("main//a", "Back to the discussion")
	back := w.at()
	eventually(t, "the reply is in the discussion", func() bool {
		w.open(back)
		found, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`document.body.textContent.includes(`+js(words)+`)`))
		return err == nil && found
	})
}

func moderateWaiting(t *testing.T, w *walk) {
	w.become("moderator")
	waits := func(subject string) (stranger, item string) {
		subject = fmt.Sprintf("%s, scripts %v", subject, w.l != nil)
		stranger = fmt.Sprintf("outside-%d@elsewhere.example", len(subject))
		w.h.post(t, stranger, w.h.list, mail(stranger, w.h.list, subject, "May a parent ask something here?"))
		eventually(t, subject+" waits", func() bool {
			w.open("/mod")
			found, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`document.body.textContent.includes(`+js(subject)+`)`))
			return err == nil && found
		})
		w.check()
		return stranger, fmt.Sprintf("article[contains(., %q)]", subject)
	}
	_, item := waits("A question from outside")
	w.press(item+"//button", "Approve")
	w.says("Done today")
	stranger, item := waits("Another one")
	w.do(chromedp.Click(chromedp.Search("//main//"+item+`//summary[contains(., "Send it back")]`), chromedp.NodeVisible))
	w.do(chromedp.SendKeys(chromedp.Search("//main//"+item+"//textarea[@name='reason']"), "Please ask your school."))
	w.press(item+"//button", "Send it back and tell the writer")
	eventually(t, "the writer reads why", func() bool {
		return slices.ContainsFunc(w.h.mails(t, stranger), func(m *message.Message) bool { return strings.Contains(m.Text(), "Please ask your school.") })
	})
}

func changeSettings(t *testing.T, w *walk) {
	w.become("member")
	w.press("nav//a", "My settings")
	w.tick("input[name=mode][value=weekly]")
	w.enter("p0", "the day after never")
	w.press("main//button", "Save")
	w.titled("Error: ")
	w.enter("p0", "")
	w.press("main//button", "Save")
	w.titled("My settings")
	w.tick("input[name=mode][value=every]")
	w.press("main//button", "Save")
	w.enter("name", "Somebody Else")
	w.press("main//button", "Save name")
	w.says("Saved.")
	name, err := chromedp.Run(w.ctx, chromedp.Value(chromedp.CSS("#name")))
	if err != nil || name != "Somebody Else" {
		t.Errorf("the name is %q now (%v)", name, err)
	}
}

func chooseLooks(t *testing.T, w *walk) {
	w.open("/display")
	for _, value := range []string{"150", "wide", "blue"} {
		w.tick(`input[value="` + value + `"]`)
	}
	w.press("main//button", "Save")
	w.says("Saved in this browser.")
	w.open("/")
	got, err := chromedp.Run(w.ctx, chromedp.Attributes(chromedp.CSS("html")))
	if err != nil {
		t.Fatal(err)
	}
	if got["data-size"] != "150" || got["data-spacing"] != "wide" || got["data-paper"] != "blue" {
		t.Errorf("the page has %v", got)
	}
}

func leaveForGood(t *testing.T, w *walk) {
	all := w.h.people(t, "member")
	if w.l != nil { // the first ones have other things to do
		all = all[:len(all)-1]
	}
	w.open("/demo")
	w.press("main//button", all[len(all)-1].Name)
	w.open("/settings")
	w.do(chromedp.Click(chromedp.Search(`//details/summary[contains(., "Leave")]`), chromedp.NodeVisible))
	w.press("main//details//button", "Leave")
	w.open("/topics")
	w.titled("Sign in")
}
