package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"sencoforum/message"
)

// sendFiles asks a question with two files from a phone, takes one out again on the preview, adds it anew, and sends them.
func sendFiles(t *testing.T, w *walk) {
	dir := t.TempDir()
	var files []string
	for name, text := range map[string]string{"Timetable for everyone with-a-very-long-name, autumn term (final version).txt": "Monday", "second.txt": "Tuesday", "harmful.js": "alert(1)"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	slices.Sort(files) // the long name, the harmful one, the second
	m := w.h.role(t, "member")
	subject := fmt.Sprintf("Two files, scripts %v", w.l != nil)
	w.become("member")
	w.open("/post")
	w.enter("sj", subject)
	w.enter("tx", "Here they are.")
	w.choose(files[1])
	w.press("main//button", "Check, then send")
	w.titled("Error: ")
	w.says("harmful.js” is a program")
	w.choose(files[0], files[2])
	w.press("main//button", "Check, then send")
	w.titled("Check before it goes to ")
	w.says("second.txt (text, 7 bytes)")
	w.press("main//button", "Take it out: second.txt")
	w.titled("Check before it goes to ")
	w.press("main//button", "Change it")
	w.says("Take out Timetable for everyone")
	w.choose(files[2])
	w.press("main//button", "Check, then send")
	w.press("main//button", "Send to")
	w.says("We have your message")
	eventually(t, "the files come by email", func() bool {
		return slices.ContainsFunc(w.h.mails(t, m.Address), func(m *message.Message) bool {
			return strings.Contains(m.Subject(), subject) && len(m.Attachments()) == 2
		})
	})
}

// choose chooses files in the field for them.
func (w *walk) choose(files ...string) {
	w.t.Helper()
	w.do(chromedp.SetUploadFiles(chromedp.CSS("#fl"), files))
}

// wordsComeBack writes a rejection while the session ends: the words are on the page, and go on from there.
func wordsComeBack(t *testing.T, w *walk) {
	subject := fmt.Sprintf("While a session ends, scripts %v", w.l != nil)
	stranger := fmt.Sprintf("late-%v@elsewhere.example", w.l != nil)
	w.become("moderator")
	w.h.post(t, stranger, w.h.list, mail(stranger, w.h.list, subject, "May a parent ask something here?"))
	eventually(t, subject+" waits", func() bool {
		w.open("/mod")
		found, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`document.body.textContent.includes(`+js(subject)+`)`))
		return err == nil && found
	})
	item := fmt.Sprintf("article[contains(., %q)]", subject)
	w.do(chromedp.Click(chromedp.Search("//main//"+item+`//summary[contains(., "Send it back")]`), chromedp.NodeVisible))
	w.do(chromedp.SendKeys(chromedp.Search("//main//"+item+"//textarea[@name='reason']"), "Please ask the school that you know."))
	tell(w.tab, network.ClearBrowserCookies, cdp.Empty{})
	w.press(item+"//button", "Send it back and tell the writer")
	w.titled("Sign in again, and go on")
	w.says("Nothing was done, and your words are still here.")
	w.as(w.h.client(t, w.h.role(t, "moderator").Name)) // in another window
	w.press("main//button", "Go on")
	eventually(t, "the writer reads why", func() bool {
		return slices.ContainsFunc(w.h.mails(t, stranger), func(m *message.Message) bool {
			return strings.Contains(m.Text(), "Please ask the school that you know.")
		})
	})
}
