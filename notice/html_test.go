package notice

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/message"
)

// bothParts takes a mail with LF line ends apart that has a text and a page: the mail as it would be without the page, and the
// page.
func bothParts(mail string) (text, htm string, ok bool) {
	head, body, _ := strings.Cut(mail, "\n\n")
	before, boundary, ok := strings.Cut(head, "Content-Type: multipart/alternative;")
	if !ok {
		return "", "", false
	}
	boundary = strings.Trim(strings.TrimPrefix(strings.TrimSpace(boundary), "boundary="), `"`)
	parts := strings.Split("\n"+body, "\n--"+boundary)
	if len(parts) != 4 || parts[3] != "--\n" {
		return "", "", false
	}
	m := message.Parse([]byte(strings.ReplaceAll(strings.TrimPrefix(parts[2], "\n"), "\n", "\r\n")))
	return before + strings.TrimPrefix(parts[1], "\n"), string(m.Root.Content()), true
}

var (
	anchorForm = regexp.MustCompile(`<a href="([^"]*)"[^>]*>([^<]*)</a>`)
	tagForm    = regexp.MustCompile(`</?(?:p|a|b|br|div|body|html)(?: (?:class|style|href)="[^"<>]*")*>`) // of ours, within the frame
	besideForm = regexp.MustCompile(` <senco-forum[^<>]*>`)
)

// checkPage demands that a page says what the text says, that it is small and has nothing from elsewhere, and that what can be
// pressed does what it says. Pages in testdata/pages are compared as a whole.
func checkPage(t *testing.T, name, mail, htm string) {
	t.Helper()
	m := message.Parse([]byte(strings.ReplaceAll(mail, "\n", "\r\n")))
	page := message.Parse([]byte("MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + strings.ReplaceAll(htm, "\n", "\r\n")))
	said := besideForm.ReplaceAllString(page.Text(), "") // a link as text has its address behind it
	if diff := cmp.Diff(strings.Fields(m.Text()), strings.Fields(said)); diff != "" {
		t.Errorf("the page does not say what the text says:\n%s", diff)
	}
	if len(htm) > maxHTML {
		t.Errorf("the page has %d bytes", len(htm))
	}
	for _, never := range []string{"<img", "<script", "url(", "@import", "<form", "<input", "<iframe", "<link", "onclick"} {
		if strings.Contains(strings.ToLower(htm), never) {
			t.Errorf("the page has %s", never)
		}
	}
	for _, always := range []string{`lang="en-GB"`, "font-size:17px", "prefers-color-scheme:dark"} {
		if !strings.Contains(htm, always) {
			t.Errorf("the page has no %s", always)
		}
	}
	anchors := anchorForm.FindAllStringSubmatch(htm, -1)
	if len(anchors) == 0 || len(anchors) != strings.Count(htm, "<a ") {
		t.Errorf("%d of %d links can be read", len(anchors), strings.Count(htm, "<a "))
	}
	for _, a := range anchors {
		checkAnchor(t, m, strings.ReplaceAll(a[1], "&amp;", "&"), a[2])
	}
	file := filepath.Join("testdata", "pages", name+".html")
	want, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return
	}
	if *update {
		if err := os.WriteFile(file, []byte(htm), 0o644); err != nil {
			t.Fatal(err)
		}
		want = []byte(htm)
	}
	if diff := cmp.Diff(string(want), htm); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
}

// TestThePageOfAList switches pages off, and looks for what is no link though it looks like one.
func TestThePageOfAList(t *testing.T) {
	to := toTom()
	to.List.TextOnly = true
	m, err := Restored(to)
	if err != nil || !strings.Contains(string(m.Header), "Content-Type: text/plain") || strings.Contains(string(m.Body), "<") {
		t.Errorf("a list that wants texts alone: %v\n%s%s", err, m.Header, m.Body)
	}
	for name, c := range map[string]struct {
		text string
		want []string // what can be pressed
	}{
		"a word that is offered":             {"To join, reply: yes", []string{"yes"}},
		"two of them in a line":              {"To leave reply leave, or reply with: weekly.", []string{"leave", "weekly"}},
		"a word that needs more":             {"Reply with: pause until 2 September", nil},
		"a longer word":                      {"reply yesterday", nil},
		"a word that is somebody's":          {"It says \"reply yes\"", nil},
		"words with what they do":            {"Reply with one line:\n\n  everyone     to all\n  only Priya   to one", []string{"everyone", "only Priya"}},
		"a table of something else":          {"How many emails?\n\n  every   all of it", nil},
		"a link of ours":                     {"The rules: https://forum.example.org/rules", []string{"https://forum.example.org/rules"}},
		"a link in a sentence":               {"https://evil.example/x is not told.", nil},
		"a link that is set apart":           {"The subject is:\n\n  https://evil.example/x", nil},
		"a link in quotes":                   {"I read: \"https://evil.example/x\"", nil},
		"a quote that does not end":          {"I read: \"https://evil.example/x", nil},
		"an address of the list":             {"Write to senco-forum-owner@lists.example.org.", []string{"senco-forum-owner@lists.example.org"}},
		"an address of somebody else":        {"It goes to tom@school.example", nil},
		"a page that would be too long":      {"reply: yes\n\n" + strings.Repeat("A line.\n", 3000), nil},
		"a text in which nothing is pressed": {"Hello\n\nNothing to do.", nil},
	} {
		p := page{list: to.List, answer: to.List.Service("request"), subject: "A <b>subject</b>"}
		htm := p.html(c.text)
		var got []string
		for _, a := range anchorForm.FindAllStringSubmatch(htm, -1) {
			got = append(got, a[2])
		}
		if diff := cmp.Diff(c.want, got); diff != "" || (htm == "") != (c.want == nil) || strings.Contains(htm, "<b>subject") {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func FuzzPage(f *testing.F) {
	f.Add("Reply with one line:\n\n  yes   do it\n\nreply: yes \"x\" https://x.example senco-forum@lists.example.org")
	f.Fuzz(func(t *testing.T, text string) {
		p := page{list: toTom().List, answer: toTom().List.Service("request"), subject: text}
		htm := p.html("Reply: yes\n\n" + text)
		if len(htm) > maxHTML {
			t.Errorf("%d bytes", len(htm))
		}
		bare := tagForm.ReplaceAllString(strings.ReplaceAll(strings.ReplaceAll(htm, pageStart, ""), pageBody, ""), "")
		if strings.ContainsAny(bare, "<>") {
			t.Errorf("a tag of somebody's:\n%s", bare)
		}
	})
}

// checkAnchor looks at one thing that can be pressed: a link shows where it goes; a button is a letter to where an answer goes
// that says the word on the button.
func checkAnchor(t *testing.T, m *message.Message, to, text string) {
	t.Helper()
	answer := m.Header.Text("Reply-To")
	if answer == "" {
		answer = m.Header.Text("From")
	}
	_, answer, _ = strings.Cut(strings.TrimSuffix(answer, ">"), "<")
	switch {
	case to == text && strings.HasPrefix(to, "https://forum.example.org/"):
	case to == "mailto:"+strings.ReplaceAll(text, "+", "%2B") && strings.HasPrefix(text, "senco-forum"):
	case strings.HasPrefix(to, "mailto:"+strings.ReplaceAll(answer, "+", "%2B")+"?subject=Re%3A%20") && strings.HasSuffix(to, "&body="+strings.ReplaceAll(text, " ", "%20")):
	default:
		t.Errorf("%q leads to %s", text, to)
	}
}
