package main

import (
	"strings"
	"testing"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
)

// What is decided on a page is decided: a reply hears of it, the others are told, and the post goes out after the delay. What is
// decided by a reply cannot be decided on a page any more.
func TestAPageAndAReplyAreOneRace(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("jane@garden.example", theForum, "Hello", "I am new here."))
		b.must(b.onPage("asha", b.last().Number, moderate.Word{Name: "approve"}))
		b.wait(time.Minute)
		if text, _ := b.got("asha", "Approved: "); !strings.Contains(text, "You did this on the web.") {
			t.Errorf("the moderator is told:\n%s", text)
		}
		b.reply("sam", "First post", "reject")
		if text, _ := b.got("sam", "Already approved"); !strings.Contains(text, "Asha approved this at 09:00.") {
			t.Errorf("the second is told:\n%s", text)
		}
		b.wait(6 * time.Minute)
		if b.count("tom", "Hello") != 1 {
			t.Error("it did not go out")
		}
		b.must(b.send("tom@garden.example", theForum, "Pens", "Which pens?", toMany))
		b.reply("sam", "Many addresses", "discard")
		err := b.onPage("asha", b.last().Number, moderate.Word{Name: "approve"})
		if _, ok := err.(*moderate.DecidedError); !ok {
			t.Errorf("a page after a reply: %v", err)
		}
		if err := b.onPage("tom", b.last().Number, moderate.Word{Name: "undo"}); err == nil || b.last().Decision == nil {
			t.Error("a member undid a decision")
		}
	})
}

// onPage does a word as the page of an item does it.
func (b *board) onPage(name string, n hold.Number, w moderate.Word) error {
	return b.house.db.Update(func(tx *store.Tx) error {
		p, err := list.FindPerson(tx, message.Address{Local: name, Domain: "garden.example"})
		if err != nil {
			return err
		}
		h := moderate.HandOf(p.ID, moderate.ProofPage, "", time.Now())
		_, err = b.house.panel.OnPage(tx, moderate.Decider{By: h.By, Person: p.ID, Proof: string(h.Proof)}, n, w)
		return err
	})
}
