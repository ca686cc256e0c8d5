package notice

import (
	"bytes"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sencoforum/message"
)

// written is a mail that was compared, as its reader gets it.
type written struct {
	name    string
	header  message.Header
	subject string
	text    string // LF line ends
}

// everyMail are the wanted mails of all tests of this package.
func everyMail(t *testing.T) (all []written) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d mails, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := message.Parse(bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n")))
		all = append(all, written{
			name: strings.TrimSuffix(filepath.Base(file), ".txt"), header: m.Header, subject: m.Subject(),
			text: strings.ReplaceAll(m.Text(), "\r\n", "\n"),
		})
	}
	return all
}

// TestEveryMailIsPlain reads every mail that this server can write as a tired teacher does.
func TestEveryMailIsPlain(t *testing.T) {
	for _, m := range everyMail(t) {
		t.Run(m.name, func(t *testing.T) {
			for _, fault := range Faults(m.text) {
				t.Error(fault)
			}
			for _, fault := range wordFaults(inQuotesForm.ReplaceAllString(m.subject, "")) {
				t.Error("the subject: " + fault)
			}
			if strings.TrimSpace(m.text) == "" || len(m.subject) > 160 {
				t.Errorf("no text, or a subject of %d bytes", len(m.subject))
			}
			checkFields(t, m)
			checkWords(t, m)
		})
	}
}

// checkFields looks at the fields of RFC 3834 and those by which people and programs know the list.
func checkFields(t *testing.T, m written) {
	t.Helper()
	for _, name := range []string{"From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "Precedence", "X-Loop", "MIME-Version", "Content-Type"} {
		if !m.header.Has(name) {
			t.Errorf("it has no %s", name)
		}
	}
	if got := m.header.Text("X-Auto-Response-Suppress"); got != "All" {
		t.Errorf("X-Auto-Response-Suppress is %q", got)
	}
	for _, name := range []string{"List-Post", "Bcc", "Cc", "List-Unsubscribe"} {
		if m.header.Has(textproto.CanonicalMIMEHeaderKey(name)) {
			t.Errorf("it has %s", name)
		}
	}
	submitted := m.header.Text("Auto-Submitted")
	if submitted != "auto-generated" && submitted != "auto-replied" && !(submitted == "no" && strings.Contains(m.header.Text("From"), "(Asha)")) {
		t.Errorf("Auto-Submitted is %q", submitted)
	}
}

// checkWords demands that no line is a word that acts and no mail begins with one: an answering machine may quote it all. Package
// command has a test that reads each of these mails by the table of all words.
func checkWords(t *testing.T, m written) {
	t.Helper()
	// Words that are somebody's own, or an example below the word itself, stand apart from the margin.
	for line := range strings.Lines(aboveQuotes(m.text)) {
		if wordAlone.MatchString(strings.TrimRight(line, "\n")) {
			t.Errorf("a line is a word alone: %q", line)
		}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(m.text), " ")
	if wordAlone.MatchString(strings.Trim(first, ".:,")) {
		t.Errorf("it begins with %q", first)
	}
}
