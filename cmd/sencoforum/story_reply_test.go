package main

import (
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// replyAddress is where a page or a digest lets people answer a post.
func (b *board) replyAddress(n archive.Number) string {
	b.t.Helper()
	var l list.List
	b.must(b.house.db.View(func(tx *store.Tx) (err error) { l, err = list.Get(tx, 1); return err }))
	return l.ReplyAddress(b.house.keys, uint32(n)).String()
}

// post is a stored post, by number.
func (b *board) post(n archive.Number) (p archive.Post) {
	b.t.Helper()
	b.must(b.house.db.View(func(tx *store.Tx) (err error) { p, err = archive.Get(tx, n); return err }))
	return p
}

func TestAPostIsAnsweredAtItsReplyAddress(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Laptops in exams", "Who uses them?"))
		b.wait(6 * time.Minute)
		asked := b.post(1).MessageID
		b.must(b.send("asha@garden.example", theForum, "Re: Laptops in exams", "We do.", "In-Reply-To: "+asked, "References: "+asked))
		b.wait(6 * time.Minute)
		to := b.replyAddress(2)
		// An answer to a digest: its mail program names the digest, and a conversation of Outlook's.
		b.must(b.send("sam@garden.example", to, "Re: The Forum weekly: 7 discussions", "So do we, in Year 11.\n\nSent from my iPhone",
			"In-Reply-To: <digest.7@lists.example.org>", "References: <digest.7@lists.example.org>", "Thread-Topic: The Forum weekly"))
		b.wait(6 * time.Minute)
		p := b.post(3)
		if p.State != archive.Published || p.Thread != 1 || p.Parent != 2 || p.Subject != "Laptops in exams" || !p.Reply {
			t.Errorf("the answer is %+v", p)
		}
		copies := b.mails("tom@garden.example", "Re: ")
		if len(copies) != 2 {
			t.Fatalf("Tom has %d answers", len(copies))
		}
		h := message.Parse([]byte(copies[1].text))
		if got := h.References(); len(got) != 2 || got[0] != asked || got[1] != b.post(2).MessageID {
			t.Errorf("References %q", got)
		}
		if got := h.InReplyTo(); len(got) != 1 || got[0] != b.post(2).MessageID || h.Header.Has("Thread-Topic") || strings.Contains(copies[1].text, "digest.7") {
			t.Errorf("the copy has:\n%s", copies[1].text)
		}
		// The same mail to everybody is the same post.
		b.n--
		b.must(b.send("sam@garden.example", theForum, "Re: The Forum weekly: 7 discussions", "So do we, in Year 11.\n\nSent from my iPhone"))
		b.wait(6 * time.Minute)
		if got := b.count("tom", "Re: "); got != 2 {
			t.Errorf("Tom has %d answers, want 2", got)
		}
		b.stop()
	})
}

// What waits for moderators is an answer to the same post when it is approved.
func TestAnAnswerAtAReplyAddressIsApproved(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Laptops in exams", "Who uses them?"))
		b.wait(6 * time.Minute)
		b.must(b.send("jane@garden.example", b.replyAddress(1), "hello", "We do, for all who ask."))
		b.reply("asha", "First post", "approve")
		b.wait(6 * time.Minute)
		if p := b.post(2); p.State != archive.Published || p.Parent != 1 || p.Subject != "Laptops in exams" {
			t.Errorf("the answer is %+v", p)
		}
		b.stop()
	})
}

func TestReplyAddressesThatLeadNowhere(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Laptops in exams", "Who uses them?"))
		waits := b.replyAddress(1)
		if err := b.send("sam@garden.example", waits, "x", "We do."); err == nil {
			t.Error("a post that nobody has seen yet was answered")
		}
		b.wait(6 * time.Minute)
		if err := b.send("mallory@evil.example", waits, "x", "Buy this."); err != nil { // the token gives no right
			t.Error(err)
		}
		if len(b.mails("mallory@evil.example", "Your message was not sent")) != 1 || b.count("tom", "Re: ") != 0 {
			t.Error("a stranger's mail went another way than one to the list")
		}
		foreign := b.house.keys.Sign(token.Claims{Kind: token.Author, A: 1}, "forum")
		for what, to := range map[string]string{
			"a token of another kind":   "forum-reply+" + foreign + "@lists.example.org",
			"a token of another list":   "forum-reply+" + b.house.keys.Sign(token.Claims{Kind: token.Reply, A: 1}, "other") + "@lists.example.org",
			"a post that there is none": b.replyAddress(99),
			"no token of ours":          "forum-reply+snc1_" + strings.Repeat("2", 32) + "@lists.example.org",
		} {
			err := b.send("sam@garden.example", to, "x", "We do.")
			if err == nil || !strings.Contains(err.Error(), "this reply address no longer works. To write to everyone use "+theForum) {
				t.Errorf("%s: %v", what, err)
			}
		}
		b.stop()
	})
}
