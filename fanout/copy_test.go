package fanout

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
)

var update = flag.Bool("update", false, "rewrite the wanted copies")

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func forum() list.List {
	l := list.List{ID: 1, Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()}
	l.SubjectTag = "[SENCO]"
	return l
}

// postOf is the post that a message becomes.
func postOf(m *message.Message) archive.Post {
	p := archive.Describe(m, "[SENCO]", noon).Post
	p.Number, p.List, p.Revision, p.Audience, p.State = 48213, 1, 1, 1204, archive.Published
	return p
}

// TestCopies compares whole copies with the wanted ones. A file holds the mail
// as the author sent it (in) and as members get it (out); its comment may name
// settings.
func TestCopies(t *testing.T) {
	files, err := filepath.Glob("testdata/copies/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no copies: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			l, at := forum(), places{web: "https://forum.example.org", author: authorOf(48213)}
			for _, word := range strings.Fields(string(a.Comment)) {
				switch word {
				case "no-web":
					at.web = ""
				case "no-relay":
					at.author = message.Address{}
				case "reply-to-author":
					l.ReplyTo = list.ReplyToAuthor
				case "no-footer":
					l.Footer = false
				case "closed":
					l.Closed = true
				case "small-attachments":
					l.AttachTotal = 100
				}
			}
			m := message.Parse(wire(a.Files[0].Data))
			out, _, err := shared(m, postOf(m), l, at)
			if err != nil {
				t.Fatal(err)
			}
			got := bytes.ReplaceAll(out, []byte("\r\n"), []byte("\n"))
			if *update {
				a.Files = append(a.Files[:1], txtar.File{Name: "out", Data: got})
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(a.Files[1].Data), string(got)); diff != "" {
				t.Errorf("copy (-want +got):\n%s", diff)
			}
		})
	}
}

// authorOf is the private address of a post, with the same token in every test.
func authorOf(post uint32) message.Address {
	return message.Address{Local: fmt.Sprintf("senco-forum-author+snc1_%032d", post), Domain: "lists.example.org"}
}

func TestWhatAnAuthorIsCalled(t *testing.T) {
	for name, want := range map[string]string{
		"Priya N.": "Priya", "Priya": "Priya", "Mrs Khan": "Mrs Khan", "P. Nair": "P. Nair", "Nair, Priya": "Nair, Priya",
		"": "the writer", "priya@school.example": "the writer", "O Lee": "O Lee", "Siân Hughes": "Siân",
	} {
		if got := firstName(archive.Post{AuthorName: name}); got != want {
			t.Errorf("%q is called %q, want %q", name, got, want)
		}
	}
}

func wire(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) }

// TestNothingOfTheAuthorsLeaves sends a message with every field that must not
// go out.
func TestNothingOfTheAuthorsLeaves(t *testing.T) {
	private := []string{
		"Received: from laptop.secret.example", "DKIM-Signature: v=1; d=secret.example", "ARC-Seal: i=1; d=secret.example",
		"Sender: head@secret.example", "Cc: parent@secret.example", "Bcc: other@secret.example", "Reply-To: home@secret.example",
		"Disposition-Notification-To: home@secret.example", "Return-Receipt-To: home@secret.example", "Approved: secret",
		"Urgent: yes", "List-Unsubscribe: <https://secret.example>", "Archived-At: <https://secret.example>",
		"X-Original-From: home@secret.example", "Author: home@secret.example", "X-Originating-IP: secret",
		"Authentication-Results: secret.example; spf=pass", "Return-Path: <home@secret.example>", "X-Mailer: secret",
		"Resent-From: home@secret.example", "Delivered-To: home@secret.example",
	}
	raw := "From: Priya N. <priya@secret.example>\nTo: x@lists.example.org\nSubject: hello\nMessage-ID: <1@mail.example>\n" +
		strings.Join(private, "\n") + "\n\nwords\n"
	m := message.Parse(wire([]byte(raw)))
	out, _, err := shared(m, postOf(m), forum(), places{author: authorOf(1)})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out, []byte("secret")) {
		t.Errorf("something of the author's left:\n%s", out)
	}
	for _, want := range []string{`From: "Priya N. via SENCO Forum" <senco-forum@lists.example.org>`, "words\r\n"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("without %q:\n%s", want, out)
		}
	}
}

func TestNamesThatAMemberMayHave(t *testing.T) {
	for name, want := range map[string]string{
		"Priya N.": `"Priya N. via SENCO Forum"`, "": `"A member via SENCO Forum"`, "priya@school.example": `"A member via SENCO Forum"`,
	} {
		p := postOf(message.Parse([]byte("From: x@y\r\n\r\n")))
		p.AuthorName = name
		if got := authorName(p) + " via SENCO Forum"; `"`+got+`"` != want {
			t.Errorf("%q is shown as %q", name, got)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 25: "25", 999: "999", 1204: "1,204", 25000: "25,000", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is written %s", n, got)
		}
	}
}

// A list with one member once had "1 people" under each copy.
func TestOnePersonIsNoPeople(t *testing.T) {
	for n, want := range map[int]string{0: "(0 people)", 1: "(1 person)", 2: "(2 people)", 1204: "(1,204 people)"} {
		text, htm := footer(archive.Post{Audience: n}, forum(), places{})
		if !strings.Contains(text, want) || !strings.Contains(htm, want) {
			t.Errorf("got %q and %q, want %q in both", text, htm, want)
		}
	}
}

func TestFilesThatAreTooLargeAreCounted(t *testing.T) {
	for _, tt := range []struct {
		names []string
		want  []string
	}{
		{[]string{"a.pdf"}, []string{"1 file was too large", "Ask the writer for it"}},
		{[]string{"a.pdf", "b.pdf"}, []string{"2 files were too large", "Ask the writer for them"}},
	} {
		got := attachNote(tt.names, forum(), archive.Post{}, "")
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("got %q, want %q in it", got, want)
			}
		}
	}
}
