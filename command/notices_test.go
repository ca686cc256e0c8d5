package command

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/message"
)

// answersTo are the places of answers to a mail of the server's own, by the service address in its Reply-To.
var answersTo = map[string][]string{
	"mod": {"mod", "mod-guard", "mod-spam", "mod-batch", "mod-join", "mod-report", "mod-stopped", "confirm"}, "owner": {"owner"},
	"confirm": {"join", "own", "own-guard", "own-private", "was-you", "confirm", "goodbye", "suspended"}, "request": {"request", "request-mod", "robot"},
}

// wantedMails are the wanted mails of package notice, by their names.
func wantedMails(t *testing.T) map[string]*message.Message {
	t.Helper()
	all := map[string]*message.Message{}
	files, err := filepath.Glob("../notice/testdata/*.txt")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d mails, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".txt")] = message.Parse(bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n")))
	}
	return all
}

var serviceForm = regexp.MustCompile(`<senco-forum-(mod|owner|confirm|request)[+@]`)

// service is where an answer to a mail goes.
func service(m *message.Message) string {
	to := m.Header.Text("Reply-To")
	if to == "" {
		to = m.Header.Text("From")
	}
	if found := serviceForm.FindStringSubmatch(to); found != nil {
		return found[1]
	}
	return "owner"
}

// done reports a reading that changes something.
func done(r Reading) bool { return r.Outcome == Done && r.Word.Name != "help" }

// A machine may send a mail of ours back as its own words, without a mark of a quote. No line of any of them may act.
func TestAMailOfOursSentBackDoesNothing(t *testing.T) {
	read := 0
	for name, m := range wantedMails(t) {
		for _, place := range answersTo[service(m)] {
			q := request(t, place)
			raw := "From: a@school.example\r\nTo: x@lists.example.org\r\nSubject: Re: " + m.Subject() + "\r\n\r\n" + m.Text()
			if r := Read(Of(message.Parse([]byte(raw)), q)); done(r) {
				t.Errorf("%s at %s: %s, read from %q", name, place, r.Word.Name, r.Read)
			}
			read++
		}
	}
	t.Logf("%d mails of ours sent back: 0 acts", read)
}

// quotings are how programs quote a page below an answer that has no text but HTML: Gmail, Outlook on the web, Outlook for
// telephones, Apple's, Yahoo's, Thunderbird, and one that marks nothing but a rule.
var quotings = map[string]string{
	"gmail":   `<div dir="ltr">{{words}}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Fri, 27 Nov 2026 at 09:12, SENCO Forum &lt;x@lists.example.org&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0">{{page}}</blockquote></div>`,
	"outlook": `<div class="elementToProof">{{words}}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> SENCO Forum &lt;x@lists.example.org&gt;<br><b>Sent:</b> 27 November 2026 09:12<br><b>Subject:</b> x</div>{{page}}`,
	"phone":   `<div dir="auto">{{words}}</div><div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><hr><div id="divRplyFwdMsg"><b>From:</b> SENCO Forum<br><b>Sent:</b> Friday<br><b>Subject:</b> x</div>{{page}}`,
	"apple":   `<div dir="ltr">{{words}}</div><div dir="ltr"><br>Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On 27 Nov 2026, at 09:12, SENCO Forum &lt;x@lists.example.org&gt; wrote:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">{{page}}</div></blockquote>`,
	"yahoo":   `<div class="ydp">{{words}}</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>On Friday, 27 November 2026 at 09:12:00 GMT, SENCO Forum wrote:</div>{{page}}</div>`,
	"bird":    `<p>{{words}}</p><div class="moz-cite-prefix">On 27/11/2026 09:12, SENCO Forum wrote:<br></div><blockquote type="cite" cite="mid:1">{{page}}</blockquote>`,
	"border":  `<p>{{words}}</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>From:</b> SENCO Forum<br><b>Sent:</b> 27 November 2026 09:12<br><b>To:</b> Jane<br><b>Subject:</b> x</p></div>{{page}}`,
}

var pageBody = regexp.MustCompile(`(?s)<body[^>]*>(.*)</body>`)

// TestAnswersThatQuoteAPage reads answers below which a page of ours is quoted as HTML alone: the word above it counts, and nothing
// in it ever does.
func TestAnswersThatQuoteAPage(t *testing.T) {
	files, err := filepath.Glob("../notice/testdata/pages/*.html")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d pages, %v", len(files), err)
	}
	words := map[string]map[string]string{ // by place: what is written and what is to be done; nothing: nobody does anything
		"join": {"yes": "yes", "Yes please": "yes", "never": "never"}, "own-private": {"everyone": "everyone", "cancel": "cancel"},
		"was-you": {"yes": "yes", "Yes, thanks": "yes"}, "goodbye": {"join": "join", "weekly": "weekly"}, "own-guard": {"cancel": "cancel", "send anyway": "send anyway"},
		"request": {"weekly": "weekly", "leave": "leave"},
	}
	cases, wrong := 0, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		page := pageBody.FindStringSubmatch(string(raw))[1]
		for place, said := range words {
			said[""], said["If you think so"] = "", ""
			for say, want := range said {
				for name, quoting := range quotings {
					body := strings.NewReplacer("{{words}}", html.EscapeString(say), "{{page}}", page).Replace(quoting)
					cases++
					if got := readHTML(t, place, body); got != want {
						wrong++
						t.Errorf("%s at %s, %s: %q does %q, want %q", filepath.Base(file), place, name, say, got, want)
					}
				}
			}
			if got := readHTML(t, place, page); got != "" {
				wrong++
				t.Errorf("%s at %s, sent back as it is: does %q", filepath.Base(file), place, got)
			}
			cases++
		}
	}
	t.Logf("answers that quote a page: %d, %d wrong", cases, wrong)
}

// readHTML is the word that an answer of HTML alone does at a place.
func readHTML(t *testing.T, place, body string) string {
	t.Helper()
	q := request(t, place)
	q.Today = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	raw := fmt.Sprintf("From: a@school.example\r\nTo: x@lists.example.org\r\nSubject: Re: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>%s</body></html>\r\n",
		strings.ReplaceAll(body, "\n", "\r\n"))
	if r := Read(Of(message.Parse([]byte(raw)), q)); done(r) {
		return r.Word.Name
	}
	return ""
}
