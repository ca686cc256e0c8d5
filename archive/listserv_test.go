package archive

import (
	"bytes"
	"strings"
	"testing"
)

const notebook = "=========================================================================\n" +
	"Date:         Thu, 1 May 2003 10:00:00 +0100\nReply-To:     SENCO Forum <SENCO-FORUM@JISCMAIL.EXAMPLE>\n" +
	"From:         Ann Other <ann@school.example>\nSubject:      Timetables\n\nWords.\n\n" +
	"=========================================================================\nnot a message, but a line\n\n\n" +
	"=========================================================================\r\n" +
	"Date:         Fri, 2 May 2003 10:00:00 +0100\r\nFrom:         Bob <bob@school.example>\r\nSubject:      Re: Timetables\r\n\r\nMore.\r\n"

func TestNotebooksOfLISTSERV(t *testing.T) {
	p := planOf(t, notebook)
	var got []string
	for i, err := range p.Items() {
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(strings.ReplaceAll(string(i.Raw), "\r\n", "\n"), "\n\n")
		got = append(got, i.Written.UTC().Format("2 15:04 ")+body)
	}
	want := []string{"1 09:00 Words.\n\n" + string(notebookRule) + "\nnot a message, but a line\n", "2 09:00 More.\n"}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] || p.WithoutID != 2 {
		t.Errorf("%q, want %q, %d without Message-ID", got, want, p.WithoutID)
	}
	for m, err := range readNotebook(strings.NewReader(notebook), 100) {
		if err != nil || m.Offset == 0 && (!m.Cut || len(m.Raw) > 100) {
			t.Errorf("beyond the limit: cut %v, %d bytes, %v", m.Cut, len(m.Raw), err)
		}
	}
	for _, err := range readNotebook(strings.NewReader("Dear list\n"), 100) {
		if err == nil {
			t.Error("a text is taken for a notebook")
		}
	}
}

// FuzzReadNotebook: reading never fails but at the beginning, loses no line of a message, and what a message is alone is
// what it is among others.
func FuzzReadNotebook(f *testing.F) {
	f.Add([]byte(notebook))
	f.Add([]byte("\n" + string(notebookRule) + "\nA: b"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		sum, last, all := 0, int64(-1), 0
		for m, err := range readNotebook(bytes.NewReader(raw), 1<<20) {
			if err != nil {
				if all > 0 {
					t.Fatalf("fails after %d messages: %v", all, err)
				}
				return
			}
			if m.Offset <= last || m.Cut {
				t.Fatalf("at %d after %d, cut %v", m.Offset, last, m.Cut)
			}
			last, sum, all = m.Offset, sum+len(m.Raw), all+1
		}
		if sum > len(raw) {
			t.Fatalf("%d bytes of messages out of %d", sum, len(raw))
		}
	})
}
