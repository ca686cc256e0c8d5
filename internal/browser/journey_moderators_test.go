package browser

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"sencoforum/message"
)

// ran tells the two runs of a journey apart in what it writes.
func (w *walk) ran() string { return fmt.Sprintf("scripts %v", w.l != nil) }

var reportLink = regexp.MustCompile(`/mod/report/\d+`)

// reported reports a message as a member, from its discussion, and returns the page of the report, whose address stands in the mail
// to a moderator.
func (w *walk) reported(n int) (path string) {
	w.t.Helper()
	words := fmt.Sprintf("Message %d may name a child, %s.", n, w.ran())
	w.become("member")
	w.open(fmt.Sprintf("/m/%d", n))
	w.press(fmt.Sprintf("article[@id='m%d']//a", n), "Report to moderators")
	w.titled("Report a message")
	w.enter("tx", words)
	w.press("main//button", "Report it")
	w.says("The moderators have it")
	eventually(w.t, "a moderator has the report", func() bool {
		for _, m := range w.h.mails(w.t, w.h.role(w.t, "moderator").Address) {
			if text := m.Text(); strings.Contains(text, words) {
				path = reportLink.FindString(text)
			}
		}
		return path != ""
	})
	w.become("moderator")
	w.open(path)
	w.check()
	w.titled("Reported: ")
	w.says(words)
	return path
}

// reportKeepAndStop has a member report two messages. A moderator keeps the first. They stop the other, which is then out of a
// member's sight, and release it again.
func reportKeepAndStop(t *testing.T, w *walk) {
	first := 5
	if w.l == nil {
		first = 15
	}
	path := w.reported(first)
	w.press("main//button", "Keep it: the report is done")
	if at := w.at(); !strings.HasPrefix(at, "/mod?kept=") {
		t.Errorf("keep led to %s", at)
	}
	w.says("looked at this report, and the post stays")
	w.open(path)
	w.says("looked at this report, and the post stays")
	w.lacks("main//button", "Keep it")

	second := first + 5
	path = w.reported(second)
	w.press("main//button", "Stop it now")
	w.says("Stopped. Nobody can see it")
	member := w.h.client(t, w.h.role(t, "member").Name)
	seen := func() bool {
		return strings.Contains(w.h.fetch(t, member, fmt.Sprintf("/m/%d", second)).body, fmt.Sprintf(`<article class="msg" id="m%d"`, second))
	}
	if seen() {
		t.Errorf("a member still sees message %d", second)
	}
	w.open(path)
	w.says("stopped the post")
	w.press("main//a", "Release it, or more")
	w.press("main//button", "Release it")
	w.titled("Please confirm")
	w.press("main//button", "Yes, do it")
	w.says("Done: it can be seen again in a moment")
	eventually(t, "a member sees the message again", seen)
}

// lacks fails the test where the page has an element with some words.
func (w *walk) lacks(kind, words string) {
	w.t.Helper()
	n, err := chromedp.Run(w.ctx, chromedp.Evaluate[float64](`document.evaluate(`+js("count("+xpath(kind, words)+")")+`, document, null, XPathResult.NUMBER_TYPE, null).numberValue`))
	if err != nil || n != 0 {
		w.t.Errorf("%s has %v of %s with %q (%v)", w.at(), n, kind, words, err)
	}
}

// announceSomething writes to everybody: without a subject, with what may name a child, then well, looked at and changed once more.
func announceSomething(t *testing.T, w *walk) {
	subject := "A day for new SENCOs, " + w.ran()
	w.become("moderator")
	w.open("/mod")
	w.press("main//a", "Announce something")
	w.titled("Announce something to ")
	w.enter("tx", "It is about B801200005001.")
	w.press("main//button", "Check it")
	w.titled("Error: ")
	w.says("Write a subject.")
	w.enter("sj", subject)
	w.press("main//button", "Check it")
	w.titled("Error: ")
	w.says("It may name a child, so it cannot be announced")
	w.enter("tx", "It is on a Monday.")
	w.press("main//button", "Check it")
	w.titled("Please confirm")
	w.says("It is on a Monday.")
	w.press("main//button", "Change it")
	w.titled("Announce something to ")
	words := "It is on a Tuesday, and costs <b>nothing</b>."
	w.enter("tx", words)
	w.press("main//button", "Check it")
	w.says(words)
	w.press("main//button", "Yes, do it")
	w.says("Done. It goes out after the usual delay.")
	m := w.h.role(t, "member")
	eventually(t, "a member has it by email", func() bool {
		return slices.ContainsFunc(w.h.mails(t, m.Address), func(m *message.Message) bool {
			return strings.Contains(m.Subject(), subject) && strings.Contains(m.Text(), words)
		})
	})
	w.become("member")
	eventually(t, "it stands on the first page", func() bool {
		w.open("/")
		found, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`document.body.textContent.includes(`+js(subject)+`)`))
		return err == nil && found
	})
}

// letNamesThrough adds an author to the names that are no child's, after a name alone was refused, and takes the author out again.
func letNamesThrough(t *testing.T, w *walk) {
	w.become("moderator")
	w.open("/mod/settings")
	w.press("main//a", "See or change them")
	w.titled("Names that are no child")
	w.enter("nw", "Harriet")
	w.press("main//button", "Add")
	w.titled("Error: ")
	w.says("“Harriet”: Write two words or more.")
	if typed, err := chromedp.Run(w.ctx, chromedp.Value(chromedp.CSS("#nw"))); err != nil || typed != "Harriet" {
		t.Errorf("what was typed is %q now (%v)", typed, err)
	}
	w.enter("nw", "Harriet Wells")
	w.press("main//button", "Add")
	w.says("Done: it counts from the next message on.")
	w.enter("nw", "Harriet Wells")
	w.press("main//button", "Add")
	w.says("Nothing was changed: that is there already.")
	w.press("main//button", "Remove Harriet Wells")
	w.says("Done: I ask about it again.")
	w.says("The list has no names of its own.")
}

// takeTurnsOnDuty has a moderator say that they take turns, and no longer. The record of what was done has both.
func takeTurnsOnDuty(t *testing.T, w *walk) {
	w.become("moderator")
	recorded := func(detail string) int {
		w.open("/mod/log?kind=member+")
		n, err := chromedp.Run(w.ctx, chromedp.Evaluate[float64](`document.querySelector("main").textContent.split(`+js("("+detail+")")+`).length - 1`))
		if err != nil {
			t.Fatal(err)
		}
		return int(n)
	}
	on, off := recorded("duty on"), recorded("duty off")
	turns := func(before bool) {
		w.press("nav//a", "My settings")
		is, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`document.querySelector("input[name=duty]").checked`))
		if err != nil || is != before {
			t.Fatalf("they take turns: %v, not %v (%v)", is, before, err)
		}
	}
	turns(false)
	w.says("When you moderate")
	w.tick("input[name=duty]")
	w.press("main//button", "Save my turns on duty")
	w.says("Saved.")
	turns(true)
	w.tick("input[name=duty]")
	w.press("main//button", "Save my turns on duty")
	turns(false)
	if a, b := recorded("duty on"), recorded("duty off"); a != on+1 || b != off+1 {
		t.Errorf("the record has %d and %d, before %d and %d", a, b, on, off)
	}
}
