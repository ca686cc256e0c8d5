package main

import (
	"strings"
	"testing"
	"time"

	"sencoforum/incoming"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
)

// What an owner does on a page has the mails and the effect that it has elsewhere: Tom moderates, gets a practice message and hears of
// what waits; he ends the email to Jane; and when his role is taken he hears of nothing any more.
func TestAnOwnerGivesARoleOnAPage(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		tom := b.person("tom")
		b.must(b.actOnPage("asha", moderate.Act{Kind: moderate.ActRole, List: 1, Person: tom.ID, Role: list.RoleModerator, Was: list.RoleMember}))
		b.wait(time.Minute)
		if text, _ := b.got("tom", "Practice"); text == "" {
			t.Error("no practice message")
		}
		if text, _ := b.got("sam", "Done: make Tom Smith"); !strings.Contains(text, "Asha asked for this") {
			t.Errorf("the others are told:\n%s", text)
		}
		b.must(b.send("jane@garden.example", theForum, "Hello", "I am new here."))
		b.wait(time.Minute)
		if text, _ := b.got("tom", "First post"); text == "" {
			t.Error("he does not hear of what waits")
		}
		b.must(b.actOnPage("tom", moderate.Act{Kind: moderate.ActSuspend, List: 1, Person: b.person("jane").ID}))
		b.must(b.send("sam@garden.example", theForum, "Pens", "Which pens?"))
		b.wait(6 * time.Minute)
		if n := b.count("jane", "Pens"); n != 0 {
			t.Errorf("%d copies to somebody to whom no email goes", n)
		}
		if err := b.actOnPage("tom", moderate.Act{Kind: moderate.ActRole, List: 1, Person: tom.ID, Role: list.RoleOwner}); err != moderate.ErrNotOwner {
			t.Errorf("a moderator makes himself an owner: %v", err)
		}
		b.must(b.actOnPage("asha", moderate.Act{Kind: moderate.ActRole, List: 1, Person: tom.ID, Role: list.RoleMember, Was: list.RoleModerator}))
		if err := b.actOnPage("tom", moderate.Act{Kind: moderate.ActResume, List: 1, Person: b.person("jane").ID}); err != moderate.ErrNotModerator {
			t.Errorf("without the role: %v", err)
		}
		b.wait(time.Minute)
		if text, _ := b.got("tom", "You are a member now, and not a moderator"); !strings.Contains(text, "You read, ask and answer as before") || !strings.Contains(text, "Emails for moderators do not come") {
			t.Errorf("who has lost a role reads:\n%s", text)
		}
		told := b.count("sam", "You are")
		b.command("moderator", "remove", "sam@garden.example")
		b.wait(time.Minute)
		if b.count("sam", "You are") != told+1 || b.count("tom", "You are a member now") != 1 {
			t.Errorf("by command Sam got %d mails, and Tom %d", b.count("sam", "You are")-told, b.count("tom", "You are a member now"))
		}
	})
}

func (b *board) person(name string) (p list.Person) {
	b.t.Helper()
	err := b.house.db.View(func(tx *store.Tx) error {
		m, err := membership.Find(tx, 1, message.Address{Local: name, Domain: "garden.example"})
		p = m.Person
		return err
	})
	b.must(err)
	return p
}

// actOnPage does an act as a page does it, by somebody who has just signed in.
func (b *board) actOnPage(name string, act moderate.Act) error {
	who := b.person(name)
	return b.house.db.Update(func(tx *store.Tx) error {
		_, err := b.house.acts.OnPage(tx, moderate.HandOf(who.ID, moderate.ProofWeb, "", time.Now()), act, incoming.OnPeople)
		return err
	})
}
