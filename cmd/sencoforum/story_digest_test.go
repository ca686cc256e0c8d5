package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// mode sets how a member gets posts.
func (b *board) mode(name string, mode list.DeliveryMode) {
	b.t.Helper()
	b.must(b.house.db.Update(func(tx *store.Tx) error {
		p, err := list.FindPerson(tx, message.Address{Local: name, Domain: "garden.example"})
		if err != nil {
			return err
		}
		m, err := list.Member(tx, 1, p.ID)
		if err != nil {
			return err
		}
		m.Mode = mode
		return list.SaveMember(tx, m)
	}))
}

// digests are the digests that somebody got, as text.
func (b *board) digests(name, kind string) (all []string) {
	for _, m := range b.mails(name+"@garden.example", "The Forum "+kind+": ") {
		all = append(all, message.Parse([]byte(m.text)).Text())
	}
	return all
}

var replyTo = regexp.MustCompile(`forum-reply\+snc1_[0-9a-z]{32}@lists\.example\.org`)

// addressOf is where a digest lets people answer a discussion.
func addressOf(t *testing.T, digest, subject string) string {
	t.Helper()
	_, from, ok := strings.Cut(digest, "* "+subject+"\n")
	at := replyTo.FindString(from)
	if !ok || at == "" {
		t.Fatalf("%q has no address in\n%s", subject, digest)
	}
	return at
}

// A month in which Tom reads once a week and Jane once a day, and both answer from what they read.
func TestStoryAMonthOfDigests(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.mode("tom", list.ModeWeekly)
		b.mode("jane", list.ModeDaily)
		b.must(b.send("asha@garden.example", theForum, "Reading pens", "Hi all,\n\nWho uses reading pens in exams?"))
		b.must(b.send("sam@garden.example", theForum, "Hall", "We use the small hall."))
		b.until("Tue 4 Jan 2000 06:29")
		if n := len(b.digests("jane", "daily")); n != 0 {
			t.Errorf("Jane has %d digests before the hour", n)
		}
		b.until("Tue 4 Jan 2000 06:35")
		if got := b.digests("jane", "daily"); len(got) != 1 || !strings.Contains(got[0], "* Reading pens\n") || !strings.Contains(got[0], "* Hall\n") {
			t.Fatalf("Jane has %q", got)
		}
		b.until("Mon 10 Jan 2000 06:35")
		if n := len(b.digests("jane", "daily")); n != 2 { // that of Thursday, in which the question wants an answer
			t.Errorf("Jane has %d digests after a week", n)
		}
		weekly := b.digests("tom", "weekly")
		if len(weekly) != 1 || b.count("tom", "Reading pens") != 0 {
			t.Fatalf("Tom has %d digests", len(weekly))
		}
		if !strings.Contains(weekly[0], "1. CAN YOU HELP?\n\n* Reading pens\n  Asha: Who uses reading pens in exams?\n") {
			t.Errorf("Tom reads\n%s", weekly[0])
		}
		b.answersOneOf(t, weekly[0])
		b.answersAllOf(t)
		b.until("Mon 24 Jan 2000 12:00")
		if n := len(b.digests("tom", "weekly")); n != 2 { // nothing was written in the third week
			t.Errorf("Tom has %d digests after three weeks", n)
		}
		if got := b.digests("tom", "weekly")[1]; !strings.Contains(got, "* Reading pens\n  1 new reply\n") {
			t.Errorf("Tom reads\n%s", got)
		}
		b.items() // and its audit
		b.stop()
	})
}

// answersOneOf lets Tom answer a question at the address that stands below it.
func (b *board) answersOneOf(t *testing.T, digest string) {
	b.must(b.send("tom@garden.example", addressOf(t, digest, "Reading pens"), "Re: The Forum weekly: 2 discussions, 1 needs an answer",
		"We do, in all papers but English reading.", "In-Reply-To: <digest.3@lists.example.org>", "References: <digest.3@lists.example.org>"))
	b.wait(6 * time.Minute)
	p := b.post(3)
	if p.State != archive.Published || p.Parent != 1 || p.Thread != 1 || p.Subject != "Reading pens" {
		t.Errorf("the answer is %+v", p)
	}
	copies := b.mails("asha@garden.example", "Re: ")
	if len(copies) != 1 {
		t.Fatalf("Asha has %d answers", len(copies))
	}
	if got := message.Parse([]byte(copies[0].text)).References(); len(got) != 1 || got[0] != b.post(1).MessageID {
		t.Errorf("References %q", got)
	}
}

// answersAllOf lets Tom answer the digest itself: nobody reads it, and he is told where to write. A word for the robot is done.
func (b *board) answersAllOf(t *testing.T) {
	all := b.mails("tom@garden.example", "The Forum weekly: ")
	id := message.Parse([]byte(all[0].text)).Header.Get("Message-ID")
	subject := "Re: The Forum weekly: 2 discussions"
	before := len(b.mails("asha@garden.example", "")) + len(b.mails("sam@garden.example", ""))
	b.must(b.send("tom@garden.example", theRobot, subject, "We use the hall as well, it is lovely there.", "In-Reply-To: "+id))
	b.wait(6 * time.Minute)
	told, _ := b.got("tom", "Not sent yet: which discussion do you mean?")
	if !strings.Contains(told, "> We use the hall as well, it is lovely there.") || addressOf(t, strings.ReplaceAll(told, "\r\n", "\n"), "Hall") == "" {
		t.Errorf("Tom reads\n%s", told)
	}
	if after := len(b.mails("asha@garden.example", "")) + len(b.mails("sam@garden.example", "")); after != before {
		t.Errorf("others got %d mails of it", after-before)
	}
	// Some mail programs do not say what they answer; the subject tells.
	b.must(b.send("tom@garden.example", theRobot, subject, "And the library."))
	b.wait(6 * time.Minute)
	if n := b.count("tom", "Not sent yet: which discussion do you mean?"); n != 2 {
		t.Errorf("Tom was told %d times", n)
	}
	b.must(b.send("jane@garden.example", theRobot, subject, "pause until 1 February", "In-Reply-To: "+id))
	b.got("jane", "Done: you are paused until")
	if b.count("jane", "Not sent yet") != 0 {
		t.Error("an order was taken for an answer")
	}
}

// Tom wants every message from now on: one last digest, and nothing is missed.
func TestStoryOneLastDigest(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.mode("tom", list.ModeWeekly)
		b.must(b.send("asha@garden.example", theForum, "Reading pens", "Who uses reading pens?"))
		b.until("Wed 5 Jan 2000 12:00")
		b.must(b.send("tom@garden.example", theRobot, "every", ""))
		b.wait(time.Minute)
		got := b.digests("tom", "weekly")
		if len(got) != 1 || !strings.Contains(got[0], "* Reading pens\n") || !strings.Contains(got[0], "This is your last weekly email") {
			t.Errorf("Tom has %q", got)
		}
		b.must(b.send("asha@garden.example", theForum, "Hall", "The hall."))
		b.until("Mon 10 Jan 2000 12:00")
		if n := len(b.digests("tom", "weekly")); n != 1 || b.count("tom", "Hall") != 1 || b.count("tom", "Reading pens") != 0 {
			t.Errorf("Tom has %d digests", n)
		}
		b.stop()
	})
}

// The server is stopped when digests go, and comes back: at once, some hours later, and with the clock of summer. Nobody has two.
func TestStoryDigestsAndRestarts(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		for _, name := range []string{"tom", "jane", "sam"} {
			b.mode(name, list.ModeWeekly)
		}
		again := func(away time.Duration) {
			b.stop()
			time.Sleep(away)
			b.start()
			b.wait(time.Minute)
		}
		stops := []struct {
			when string
			away time.Duration
		}{
			{"Mon 10 Jan 2000 06:29", 2 * time.Minute}, {"Mon 17 Jan 2000 06:29", 5 * time.Hour},
			{"Mon 24 Jan 2000 06:30", time.Second}, {"Mon 27 Mar 2000 06:29", time.Minute}, {"Mon 30 Oct 2000 06:30", time.Second},
		}
		if testing.Short() {
			stops = stops[:3] // not the nine months to both changes of the clock
		}
		for i, k := range stops {
			b.must(b.send("asha@garden.example", theForum, fmt.Sprintf("Number %d", i), "Some news."))
			b.until(k.when)
			again(k.away)
			b.wait(2 * time.Hour)
			for _, name := range []string{"tom", "jane", "sam"} {
				all := b.digests(name, "weekly")
				holds := 0
				for _, text := range all {
					holds += strings.Count(text, fmt.Sprintf("* Number %d\n", i))
				}
				if holds != 1 {
					t.Errorf("%s: %s has it in %d of %d digests", k.when, name, holds, len(all))
				}
			}
		}
		b.stop()
	})
}

// An operator looks at a digest, and sends one copy, to a member only.
func TestDigestCommands(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		if out := b.command("digest", "preview"); !strings.Contains(out, "nothing to put into a digest") {
			t.Errorf("of an empty forum: %s", out)
		}
		b.must(b.send("asha@garden.example", theForum, "SEMH and EHCP reviews", "Who has a form for the annual review of an EHCP?"))
		b.wait(6 * time.Minute)
		if out := b.command("digest", "preview"); !strings.Contains(out, "Subject: The Forum weekly: 1 discussion\n") || !strings.Contains(out, "* SEMH and EHCP reviews\n") || !strings.Contains(out, "IN FULL") {
			t.Errorf("the text is\n%s", out)
		}
		if out := b.command("digest", "preview", "--daily", "--html"); !strings.HasPrefix(out, "<!doctype html>") || !strings.Contains(out, "The Forum daily") {
			t.Errorf("the page is\n%s", out)
		}
		if out := b.command("digest", "send", "--to", "tom@garden.example"); !strings.Contains(out, "on its way to tom@garden.example") {
			t.Error(out)
		}
		b.wait(time.Minute)
		if n := len(b.digests("tom", "weekly")); n != 1 || len(b.digests("asha", "weekly")) != 0 {
			t.Errorf("Tom has %d", n)
		}
		var out strings.Builder
		a := &admin{db: b.house.db, cfg: b.house.cfg, now: time.Now, actor: "test", out: &out, errOut: &out}
		if code := a.run(t.Context(), []string{"digest", "send", "--to", "mallory@evil.example"}); code != exitUsage {
			t.Errorf("to somebody who is no member: exit code %d, %s", code, &out)
		}
		b.stop()
	})
}
