package relay

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sencoforum/list"
	"sencoforum/message"
)

var update = flag.Bool("update", false, "rewrite the wanted copies")

// written is a message as the one who is asked for gets it.
func written(raw []byte) mail {
	m := message.Parse(raw)
	l := list.List{ID: 1, Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()}
	l.SubjectTag, l.AttachTotal = "[SENCO]", 200
	return mail{
		list: l, message: m, writer: nameOf(list.Person{}, m), id: "private.7",
		back: message.Address{Local: "senco-forum-author+snc1_00000000000000000000000000048213", Domain: "lists.example.org"},
		date: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), refs: []string{"<post@posts.example>"}, replies: []string{"<post@posts.example>"},
	}
}

// TestCopies compares whole copies with the wanted ones: the mail as it was written (in) and as its reader gets it (out).
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
			header, body, _, err := written(bytes.ReplaceAll(a.Files[0].Data, []byte("\n"), []byte("\r\n"))).compose()
			if err != nil {
				t.Fatal(err)
			}
			got := strings.ReplaceAll(string(header)+string(body), "\r\n", "\n")
			if *update {
				a.Files = append(a.Files[:1], txtar.File{Name: "out", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(a.Files[1].Data), got); diff != "" {
				t.Errorf("copy (-want +got):\n%s", diff)
			}
			if strings.Contains(got, "tom@") {
				t.Errorf("something of the writer's left:\n%s", got)
			}
		})
	}
}

func TestNamesThatNobodyIsGiven(t *testing.T) {
	for from, want := range map[string]string{
		"From: Tom B. <tom@school.example>": "Tom B.", "From: tom@school.example": "A member", "From: tom <tom@school.example>": "A member",
		"From: \"tom@school.example\" <tom@school.example>": "A member", "": "A member",
	} {
		if got := nameOf(list.Person{}, message.Parse([]byte(from+"\r\n\r\n"))); got != want {
			t.Errorf("%s: %q, want %q", from, got, want)
		}
	}
	if got := nameOf(list.Person{Name: "Tom Chosen"}, message.Parse([]byte("From: Other <x@y.example>\r\n\r\n"))); got != "Tom Chosen" {
		t.Errorf("the name that was chosen is %q", got)
	}
}

// FuzzCompose composes any message: it fails, or gives a header that is one.
func FuzzCompose(f *testing.F) {
	f.Add([]byte("From: Tom <tom@school.example>\r\nSubject: words\r\n\r\nwords\r\n"))
	f.Add([]byte("From: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nwords\r\n--b--\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if message.Scan(raw, message.Arriving()) != nil || message.Strict(raw, false) != nil {
			return
		}
		w := written(raw)
		header, body, _, err := w.compose()
		if err != nil {
			return
		}
		if bytes.Contains(header, []byte("\r\n\r\n")) || !bytes.HasPrefix(body, []byte("\r\n")) {
			t.Errorf("header and body do not meet:\n%q\n%q", header, body)
		}
	})
}
