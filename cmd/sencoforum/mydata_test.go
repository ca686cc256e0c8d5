package main

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"sencoforum/draft"
	"sencoforum/hold"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/signin"
	"sencoforum/store"
)

// TestMyDataByEmail: two words bring a file with what the server knows of its writer and their posts, and nobody else's; the
// same again on that day brings none.
func TestMyDataByEmail(t *testing.T) {
	const forum = "senco-forum@lists.example.org"
	w := newTown(t, 3)
	people := sampleForum(3).Members
	me, all := people[1].Address, len(people)
	w.mail(me, forum, "mine", "A post of mine about laptops.")
	w.mail(people[0].Address, forum, "theirs", "A post of theirs about readers.")
	w.carrier.await(t, 2*all)
	tokens := w.keepsThings(t, people[1].Address, people[0].Address)
	w.mail(me, "senco-forum-request@lists.example.org", "x", "my data")
	copies := w.carrier.await(t, 2*all+2)
	if copyFor(copies, me, "It\r\ncomes in an email of its own") == "" {
		t.Error("no answer")
	}
	got := message.Parse([]byte(copyFor(copies, me, "my-data.zip")))
	files := got.Attachments()
	if len(files) != 1 {
		t.Fatalf("%d files", len(files))
	}
	raw := dataFile(t, got, files[0].Part)
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		text += string(b)
	}
	if !strings.Contains(text, "about laptops") || !strings.Contains(text, me) || !strings.Contains(text, `"words": "laptops year:2019"`) || strings.Contains(text, "readers of theirs") || strings.Contains(text, "about readers") {
		t.Errorf("the file holds:\n%s", text)
	}
	holdsOwnThings(t, text, tokens)
	w.mail(me, "senco-forum-request@lists.example.org", "again", "my data")
	if copyFor(w.carrier.await(t, 2*all+3), me, "Please ask again tomorrow") == "" {
		t.Error("a second file on one day")
	}
}

// dataFile is the content of a part.
func dataFile(t *testing.T, m *message.Message, n int) []byte {
	t.Helper()
	for i, p := range m.Walk() {
		if i == n {
			return p.Content()
		}
	}
	t.Fatalf("no part %d", n)
	return nil
}

// keepsThings lets two people follow a search, have a feed and a file that is not sent, and returns the addresses of the feeds.
func (w *town) keepsThings(t *testing.T, mine, theirs string) (tokens []string) {
	testdb.Update(t, w.house.db, func(tx *store.Tx) error {
		tokens = nil
		for i, words := range []string{"laptops year:2019", "readers of theirs"} {
			p, err := list.FindPerson(tx, testdb.Address(t, []string{mine, theirs}[i]))
			if err != nil {
				return err
			}
			if err := hold.SaveSearch(tx, hold.SavedKey{A: p.ID, B: 1}, words, time.Now(), "2026-11-27"); err != nil {
				return err
			}
			r, err := list.ReaderOf(tx, p.ID)
			if err != nil {
				return err
			}
			tok, err := signin.MakeFeed(tx, time.Date(2026, 11, 27-i, 9, 0, 0, 0, time.UTC), r, 1, 0)
			if err != nil {
				return err
			}
			tokens = append(tokens, tok)
			file := draft.New{Name: []string{"mine.txt", "theirs.txt"}[i], Type: "text/plain", Content: store.NewBlob([]byte("x"))}
			if err := draft.Add(tx, time.Now(), draft.Form{Person: p.ID, Name: tok}, []draft.New{file}); err != nil {
				return err
			}
		}
		return nil
	})
	return tokens
}

// holdsOwnThings checks that what is known of the first of them is theirs alone.
func holdsOwnThings(t *testing.T, text string, tokens []string) {
	t.Helper()
	for _, want := range []string{`"made": "2026-11-27T09:00:00Z"`, `"name": "mine.txt"`, `"action": "feed make"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in:\n%s", want, text)
		}
	}
	for _, other := range append(tokens, "2026-11-26T09", "theirs.txt") {
		if strings.Contains(text, other) {
			t.Errorf("%s is in:\n%s", other, text)
		}
	}
}
