package message

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestInReplyToIsReadAsOldProgramsWroteIt(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        []string
	}{
		{"an id", "<1@x>", []string{"<1@x>"}},
		{"two ids", "<1@x> <2@x>", []string{"<1@x>", "<2@x>"}},
		{"an id without brackets", "1@x", []string{"<1@x>"}},
		{"a sentence before the id", `Your message of "Tue, 4 Jul 2006 19:46:06 +0100" <1@x>`, []string{"<1@x>"}},
		{"the address of the writer before the id", `Message from Joe <joe@x.org> of "Tue, 4 Jul" <1@x>`, []string{"<1@x>"}},
		{"the address of the writer after the id", `<1@x> from "Joe" <joe@x.org> at Jul 4`, []string{"<1@x>"}},
		{"a comment is no sentence", "<1@x> (Joe Bloggs's message)", []string{"<1@x>"}},
		{"an address in a sentence without brackets", "Message from joe@x.org of Tuesday", nil},
		{"a number", "0", nil},
		{"a sentence without an id", "Your message at 19:46:06 on Tuesday, 4 July 2006", nil},
		{"an id that has no end", "Your message <1@x", nil},
	} {
		m := Parse([]byte("In-Reply-To: " + c.value + "\n\nx\n"))
		if got := m.Answers(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTheNearestAncestorComesFirst(t *testing.T) {
	m := Parse([]byte("References: <b@x> <a@x>\n <a@x> <b@x>\nReferences: <c@x>\n\nx\n"))
	if got, want := m.Ancestors(), []string{"<c@x>", "<b@x>", "<a@x>"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	long := Parse([]byte("References: " + strings.Repeat("<a@x> ", 300) + "\n\nx\n"))
	if got := long.Ancestors(); len(got) != 1 {
		t.Errorf("%d ancestors", len(got))
	}
}

func TestTheMomentInASentenceIsRead(t *testing.T) {
	want := time.Date(2006, 7, 4, 19, 46, 6, 0, time.UTC)
	for _, c := range []struct {
		name, value string
		ok          bool
	}{
		{"as MH wrote it", "Your message at 19:46:06 on Tuesday, 4 July 2006", true},
		{"a date in quotes", `Your message of "Tue, 4 Jul 2006 20:46:06 +0100"`, true},
		{"with an id the id counts", "Your message at 19:46:06 on Tuesday, 4 July 2006 <1@x>", false},
		{"a number", "6667", false},
		{"no day", "Your message at 19:46:06", false},
	} {
		got, ok := Parse([]byte("In-Reply-To: " + c.value + "\n\nx\n")).AnswersAt()
		if ok != c.ok || ok && !got.Equal(want) {
			t.Errorf("%s: %s, %v", c.name, got, ok)
		}
	}
}

func TestThreadIndexIsRead(t *testing.T) {
	head := append([]byte{1, 0xce, 0x6a, 0xed, 0x6f, 0x32}, "conversation 16b"...)
	read := func(b []byte) (ThreadIndex, bool) {
		v := base64.StdEncoding.EncodeToString(b)
		return Parse([]byte("Thread-Index: " + v[:20] + "\n " + v[20:] + "\n\n")).ThreadIndex()
	}
	root, ok := read(head)
	if !ok || string(root.Conversation[:]) != "conversation 16b" || len(root.Replies) != 0 {
		t.Fatalf("%+v, %v", root, ok)
	}
	reply, ok := read(append(head, "1234567890123"...))
	if !ok || reply.Conversation != root.Conversation || len(reply.Replies) != 2 || string(reply.Replies[1][:]) != "67890" {
		t.Errorf("with two answers and a broken one: %+v, %v", reply, ok)
	}
	for _, v := range []string{"", "???", "Ac5q", strings.Repeat("A", 32)} {
		if got, ok := Parse([]byte("Thread-Index: " + v + "\n\n")).ThreadIndex(); ok {
			t.Errorf("%q was read as %+v", v, got)
		}
	}
}

func FuzzThreadFields(f *testing.F) {
	f.Add("Ac5q7W8y0l2tQ0nNSrSxjVt6lT0yYAAAAAEAAAAAAg==", `Message from Joe <joe@x.org> of "Tue, 4 Jul" <1@x>`)
	f.Add("AQ==", "Your message at 19:46:06 on Tuesday, 4 July 2006")
	f.Add("", "<a@b <c@d>> (x) from <")
	f.Fuzz(func(t *testing.T, index, answers string) {
		m := &Message{Header: NewHeader(Field{"Thread-Index", index}, Field{"In-Reply-To", answers}), Root: &Part{}}
		if x, ok := m.ThreadIndex(); ok && len(x.Replies) > maxIndexField/indexBlock {
			t.Errorf("%d answers", len(x.Replies))
		}
		m.Header = NewHeader(append(m.Header.Fields(), Field{"References", answers}, Field{"References", index})...)
		if n := len(m.Ancestors()); n > maxIDs {
			t.Errorf("%d ancestors", n)
		}
		ids := m.Answers()
		if len(ids) > maxIDs {
			t.Errorf("%d ids", len(ids))
		}
		for _, id := range ids {
			if len(id) > maxIDBytes+2 || id[0] != '<' || id[len(id)-1] != '>' || !isPlain(id) {
				t.Errorf("id %q", id)
			}
		}
		if at, ok := m.AnswersAt(); ok && at.IsZero() {
			t.Error("a moment that is none")
		}
	})
}
