package main

import (
	"strings"
	"testing"
	"time"
)

// words sets a piece of a mail in the running server.
func (b *board) words(piece, text string) {
	b.t.Helper()
	var out strings.Builder
	a := &admin{db: b.house.db, cfg: b.house.cfg, queue: b.house.queue, now: time.Now, actor: "test", in: strings.NewReader(text), out: &out, errOut: &out}
	if code := a.run(b.t.Context(), []string{"notice", "set", piece, "-"}); code != exitOK {
		b.t.Errorf("set %s: exit code %d: %s", piece, code, &out)
	}
}

// TestAListHasItsOwnWords writes pieces anew, and looks for them in what members get: in the text and, where there is one, in the
// page beside it. What people answer stays.
func TestAListHasItsOwnWords(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha")
		b.words("footer", "{list} is kept going by volunteers.\nPlease be kind.")
		b.words("reason-advert", "We take no adverts, and nobody may sell here.")
		b.words("goodbye", "Come back when you like, {name}.")
		b.words("welcome", "There is always somebody here who knows.")

		b.must(b.send("tom@garden.example", theForum, "Paper", "Who has spare paper?"))
		b.wait(10 * time.Minute)
		post, _ := b.got("asha", "Paper")
		if !strings.Contains(post, "forum-request@lists.example.org\r\nThe Forum is kept going by volunteers.\r\nPlease be kind.\r\n") {
			t.Errorf("below the post:\n%s", post)
		}

		b.must(b.send("jane@garden.example", theForum, "Toys", "Cheap toys."))
		b.reply("asha", "First post", "reject advert")
		b.wait(10 * time.Minute)
		if back, _ := b.got("jane", "Not sent"); !strings.Contains(back, "\r\n  We take no adverts, and nobody may sell here.\r\n") {
			t.Errorf("the writer reads:\n%s", back)
		}

		b.must(b.send("tom@garden.example", "forum-leave@lists.example.org", "leave", ""))
		b.wait(time.Minute)
		gone, answer := b.got("tom", "You have left")
		if strings.Count(gone, "Come back when you like, Tom.") != 2 || strings.Count(gone, "Reply: ") != 4 || answer == "" {
			t.Errorf("who left reads:\n%s", gone)
		}
		button := "mailto:" + strings.ReplaceAll(answer, "+", "%2B") + "?subject=Re%3A%20You%20have%20left%20The%20Forum&amp;body=weekly"
		if !strings.Contains(gone, button) {
			t.Errorf("no button %s in:\n%s", button, gone)
		}

		b.command("notice", "reset", "goodbye")
		b.command("list", "set", "forum", "html_mails", "off")
		b.command("member", "add", "--welcome", "new@garden.example")
		b.wait(time.Minute)
		if text, _ := b.got("new", "Welcome to The Forum"); !strings.Contains(text, "There is always somebody here who knows.\r\n") || strings.Contains(text, "<p") {
			t.Errorf("a new member reads:\n%s", text)
		}
		b.must(b.send("new@garden.example", "forum-leave@lists.example.org", "leave", ""))
		b.wait(time.Minute)
		if text, _ := b.got("new", "You have left"); !strings.Contains(text, "Thank you for having been with us.") {
			t.Errorf("with the usual words:\n%s", text)
		}
	})
}
