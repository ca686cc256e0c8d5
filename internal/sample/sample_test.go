package sample

import (
	"bytes"
	"testing"
	"time"

	"sencoforum/message"
)

func TestTheForumIsSoundMail(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	f := New(28, 300, now)
	if len(f.Members) != 28 || len(f.Posts) != 300 {
		t.Fatalf("%d members, %d posts", len(f.Members), len(f.Posts))
	}
	seen, addresses, replies := map[string]bool{}, map[string]bool{}, 0
	for _, m := range f.Members {
		if _, err := message.ParseAddress(m.Address); err != nil || addresses[m.Address] {
			t.Errorf("address %s: %v, twice: %t", m.Address, err, addresses[m.Address])
		}
		addresses[m.Address] = true
	}
	for i, p := range f.Posts {
		if err := message.Scan(p.Raw, message.Arriving()); err != nil {
			t.Fatalf("post %d: %v", i, err)
		}
		if err := message.Strict(p.Raw, false); err != nil {
			t.Fatalf("post %d: %v", i, err)
		}
		m := message.Parse(p.Raw)
		if seen[m.MessageID()] {
			t.Errorf("post %d: Message-ID %s again", i, m.MessageID())
		}
		seen[m.MessageID()] = true
		for _, ref := range m.InReplyTo() {
			replies++
			if !seen[ref] {
				t.Errorf("post %d answers %s, which was not written", i, ref)
			}
		}
		if bytes.Contains(p.Raw, []byte("{phase}")) || p.Date.After(now) {
			t.Errorf("post %d is not filled in, or is of tomorrow", i)
		}
	}
	if replies < 150 || replies > 270 {
		t.Errorf("%d of 300 posts are replies", replies)
	}
}

func TestTheSameNumbersGiveTheSameForum(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	a, b := New(5, 40, now), New(5, 40, now)
	for i := range a.Posts {
		if !bytes.Equal(a.Posts[i].Raw, b.Posts[i].Raw) {
			t.Fatalf("post %d differs", i)
		}
	}
	if got := len(New(0, 5, now).Posts); got != 0 {
		t.Errorf("nobody wrote %d posts", got)
	}
}
