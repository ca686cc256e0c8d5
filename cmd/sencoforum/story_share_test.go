package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/store"
)

var letterAddress = regexp.MustCompile(`forum-owner\+snc1_[0-9a-z]{32}@lists\.example\.org`)

// letter lets a stranger write to the moderators, and returns where the moderator of a name answers it.
func (b *board) letter(to string) string {
	b.t.Helper()
	b.named = "Jo Brown <jo@evil.example>"
	b.must(b.send("jo@evil.example", "forum-owner@lists.example.org", "A study about SENCO workload", "Dear colleagues, we are looking for SENCOs."))
	b.named = ""
	b.wait(time.Minute)
	text, _ := b.got(to, "To the moderators - Jo Brown")
	if !strings.Contains(text, "To put this before the members, reply share.") {
		b.t.Errorf("%s reads\n%s", to, text)
	}
	return letterAddress.FindString(strings.ReplaceAll(text, "\r\n ", ""))
}

// noticed reports whether the discussion of a post stands among the notices.
func (b *board) noticed(n archive.Number) (yes bool) {
	b.t.Helper()
	b.must(b.house.db.View(func(tx *store.Tx) error {
		c, err := archive.Curated(tx, n)
		for _, t := range c.Topics {
			yes = yes || t.Slug == "notices"
		}
		return err
	}))
	return yes
}

// TestStoryALetterIsShared: a researcher writes to the moderators, one of them shares the mail from a telephone, another
// approves it, and the members have it as a notice. A second share changes nothing.
func TestStoryALetterIsShared(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		answer := b.letter("asha")
		b.must(b.send("asha@garden.example", answer, "Re: To the moderators", "Share\n\nSent from my iPhone\n\n> Dear colleagues"))
		b.wait(time.Minute)
		own, _ := b.got("asha", "Your message is waiting: \"A study about SENCO workload\"")
		if !strings.Contains(own, "You share an email that came to the moderators.") {
			t.Errorf("Asha reads:\n%s", own)
		}
		held, _ := b.got("sam", "Shared - Asha Smith: \"A study about SENCO workload\"")
		for _, want := range []string{
			"Held because a moderator shares an email that came to the moderators.", "> From Jo Brown, shared by the moderators:", "> Dear colleagues, we are looking for SENCOs.", "  approve ",
		} {
			if !strings.Contains(held, want) {
				t.Errorf("Sam misses %q in\n%s", want, held)
			}
		}
		if b.count("tom", "study") != 0 {
			t.Error("Tom has it before anybody approved it")
		}
		b.must(b.send("asha@garden.example", answer, "Re: To the moderators", "share as a member"))
		b.wait(time.Minute)
		if no, _ := b.got("asha", "Nothing was done"); !strings.Contains(no, "That email was shared already. It waits as #"+b.last().Number.Code()) {
			t.Errorf("Asha reads:\n%s", no)
		}
		b.reply("sam", "Shared - Asha Smith", "approve")
		b.wait(10 * time.Minute)
		copied, _ := b.got("tom", "A study about SENCO workload")
		if !strings.Contains(copied, "From: The Forum moderators via The Forum <forum@lists.example.org>") || !strings.Contains(copied, "From Jo Brown, shared by the moderators:") ||
			strings.Contains(copied, "evil.example") || strings.Contains(copied, "Asha") {
			t.Errorf("Tom reads:\n%s", copied)
		}
		if !b.noticed(1) {
			t.Error("it is no notice")
		}
		b.must(b.send("asha@garden.example", answer, "Re: To the moderators", "share"))
		b.wait(time.Minute)
		if no, _ := b.got("asha", "Nothing was done"); !strings.Contains(no, "it is before the members") {
			t.Errorf("Asha reads:\n%s", no)
		}
		if got := b.command("audit", "show"); !strings.Contains(got, "mail share") {
			t.Errorf("the record says\n%s", got)
		}
		b.stop()
	})
}

// TestStoryASharedLetterMayNameAChild: what is shared is looked through as any post, and the name of its writer can be left out.
func TestStoryASharedLetterMayNameAChild(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.named = "Jo Brown <jo@evil.example>"
		b.must(b.send("jo@evil.example", "forum-owner@lists.example.org", "A question", "What would you do for B801200005001?"))
		b.named = ""
		b.wait(time.Minute)
		text, _ := b.got("asha", "To the moderators - Jo Brown")
		b.must(b.send("asha@garden.example", letterAddress.FindString(strings.ReplaceAll(text, "\r\n ", "")), "Re", "share as a member"))
		b.wait(time.Minute)
		held, _ := b.got("sam", "May name a child - Asha Smith")
		if strings.Contains(held, "B801200005001") || strings.Contains(held, "Jo Brown") || !strings.Contains(held, "  redact \"WORDS\"") || !strings.Contains(held, "> Shared by the moderators:") {
			t.Errorf("Sam reads:\n%s", held)
		}
		b.reply("sam", "May name a child", "discard")
		b.wait(10 * time.Minute)
		if it := b.last(); it.Decision == nil || it.Decision.Verdict != hold.Discarded || b.count("tom", "") != 0 {
			t.Errorf("%+v", it)
		}
		b.stop()
	})
}

// TestStoryOnlyOnePerson: Tom answers a post with words for one person. He is asked, answers with that name, and
// she alone has it, without his address. It stands nowhere else.
func TestStoryOnlyOnePerson(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("asha@garden.example", theForum, "Laptops in exams", "Who uses laptops?"))
		b.wait(6 * time.Minute)
		b.must(b.send("tom@garden.example", theForum, "Re: Laptops in exams", "Between us: I would not. Can I ring you?", b.answers(1)...))
		asked, answer := b.got("tom", "Everyone, or only Asha?")
		for _, want := range []string{"  only Asha ", "I send it to Asha Smith and to nobody else", "  everyone ", "  cancel ", "If you do nothing it is not sent."} {
			if !strings.Contains(asked, want) {
				t.Errorf("Tom misses %q in\n%s", want, asked)
			}
		}
		b.must(b.send("tom@garden.example", answer, "Re", "only Sam"))
		if b.count("sam", "Laptops") != 1 || b.count("asha", "Re: Laptops") != 0 {
			t.Error("it went out for another name")
		}
		b.must(b.send("tom@garden.example", answer, "Re", "Only Asha please\n\nSent from my iPhone"))
		b.wait(time.Minute)
		private, _ := b.got("asha", "Re: Laptops in exams")
		if !strings.Contains(private, "From: Tom Smith via The Forum\r\n <forum-author+snc1_") || !strings.Contains(private, "Between us: I would not.") || strings.Contains(private, "tom@") {
			t.Errorf("Asha reads:\n%s", private)
		}
		told, _ := b.got("tom", "Done: only Asha gets it")
		if !strings.Contains(told, "Your message goes to Asha Smith and to nobody else.") || !strings.Contains(told, "I read: ") {
			t.Errorf("Tom reads:\n%s", told)
		}
		b.wait(20 * time.Minute)
		if b.count("sam", "Re: Laptops") != 0 || b.count("jane", "Re: Laptops") != 0 || len(b.items()) != 0 {
			t.Errorf("others have it: %v", b.items())
		}
		b.stop()
	})
}

// TestStoryNobodyIsGuessed: where two members bear the name, and where nobody is named, mail for one person is not offered.
func TestStoryNobodyIsGuessed(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Our meeting", "Between us: I would not."))
		asked, answer := b.got("tom", "For everyone?")
		if strings.Contains(asked, "  only ") {
			t.Errorf("Tom reads:\n%s", asked)
		}
		b.must(b.send("tom@garden.example", answer, "Re", "only Asha"))
		b.wait(time.Minute)
		if b.count("asha", "Our meeting") != 0 {
			t.Error("it went to a guess")
		}
		b.stop()
	})
}

// TestStoryStartWhoAndStats: a moderator puts a discussion on the page for beginners, and asks what is known of a member and how the
// list does.
func TestStoryStartWhoAndStats(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Laptops in exams", "Who uses laptops?"))
		b.must(b.send("jane@garden.example", theForum, "Hello", "I am new."))
		b.wait(6 * time.Minute)
		asked := b.orders("asha", `start #1 "Laptops: who may have one"`, "start 1")
		if !strings.Contains(asked, "  Laptops: who may have one\r\n") {
			t.Errorf("Asha reads:\n%s", asked)
		}
		b.must(b.house.db.View(func(tx *store.Tx) error {
			_, titles, err := archive.StartTitles(tx, list.Reader{}, 1)
			if len(titles) != 1 || titles[0].Subject != "Laptops: who may have one" {
				t.Errorf("the page has %+v", titles)
			}
			return err
		}))
		b.must(b.send("asha@garden.example", theRobot, "x", "who jane@garden.example"))
		who, _ := b.got("asha", "Member: Jane Smith")
		for _, want := range []string{"Address: jane@garden.example", "Here as a member since 1 January 2000", "Gets every post at once", "New: the next 1 post waits for you", "Waits for you: #" + b.last().Number.Code(), "I read: \"who jane@garden.example\""} {
			if !strings.Contains(who, want) {
				t.Errorf("Asha misses %q in\n%s", want, who)
			}
		}
		b.must(b.send("asha@garden.example", theRobot, "x", "stats"))
		stats, _ := b.got("asha", "Figures of The Forum")
		for _, want := range []string{"Waiting for you: 1.", "In January so far:\r\nPosts: 1.", "In December:\r\nPosts: 0."} {
			if !strings.Contains(stats, want) {
				t.Errorf("Asha misses %q in\n%s", want, stats)
			}
		}
		b.must(b.send("tom@garden.example", theRobot, "x", "who jane@garden.example"))
		b.must(b.send("tom@garden.example", theRobot, "x", "stats"))
		if b.count("tom", "Member:") != 0 || b.count("tom", "Figures") != 0 {
			t.Error("a member was answered as a moderator is")
		}
		b.stop()
	})
}

// TestStoryAWholeDigestIsQuotedBack: Tom answers his digest to the whole list. He is asked first, and his word sends it as it is.
func TestStoryAWholeDigestIsQuotedBack(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.mode("tom", list.ModeDaily)
		for _, subject := range []string{"Reading pens", "The small hall", "Laptops in exams"} {
			b.must(b.send("asha@garden.example", theForum, subject, "Who has them?"))
		}
		b.until("Tue 4 Jan 2000 06:35")
		quoted := "> " + strings.ReplaceAll(b.digests("tom", "daily")[0], "\n", "\n> ")
		subject := "Re: " + b.mails("tom@garden.example", "The Forum daily")[0].subject
		b.must(b.send("tom@garden.example", theForum, subject, "We do, and like it.\n\nOn Tuesday The Forum wrote:\n"+quoted))
		b.wait(10 * time.Minute)
		asked, answer := b.got("tom", "Not sent yet: \"Re: The Forum daily")
		if !strings.Contains(asked, "Your message quotes a whole digest") || !strings.Contains(asked, "  everyone ") || b.count("sam", "Re: ") != 0 {
			t.Errorf("Tom reads:\n%s", asked)
		}
		b.must(b.send("tom@garden.example", theForum, subject, "We do, and like it.\n\nOn Tuesday The Forum wrote:\n> Laptops in exams"))
		b.wait(10 * time.Minute)
		if b.count("sam", "daily") != 1 {
			t.Error("an answer that quotes one discussion was stopped")
		}
		b.must(b.send("tom@garden.example", answer, "Re", "everyone"))
		b.wait(10 * time.Minute)
		if b.count("sam", "daily") != 2 {
			t.Error("his word does not send it")
		}
		b.stop()
	})
}

// TestStoryWhatIsLeftIsSearched: a moderator takes one of two numbers out and reads that another is left; then nothing is found any more,
// and the message still waits for a decision.
func TestStoryWhatIsLeftIsSearched(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Two pupils", "Who knows B801200005001 and Q801200005002?"))
		_, answer := b.got("tom", "Before we send it")
		b.must(b.send("tom@garden.example", answer, "Re", "send anyway"))
		b.wait(time.Minute)
		b.reply("sam", "May name a child", `redact "B801200005001"`)
		left, _ := b.got("sam", "May name a child")
		if !strings.Contains(flat(left), "I looked again: it may still name a child.") || !strings.Contains(flat(left), "(a Unique Pupil Number, ") {
			t.Errorf("Sam reads:\n%s", left)
		}
		b.wait(time.Hour)
		b.reply("sam", "May name a child", `redact "Q801200005002"`)
		left, _ = b.got("sam", "May name a child")
		if !strings.Contains(flat(left), "I looked again, and found nothing more that may name a child.") {
			t.Errorf("Sam reads:\n%s", left)
		}
		b.reply("sam", "May name a child", "help")
		if told, _ := b.got("sam", "The words that I know"); !strings.Contains(told, "approve") || !strings.Contains(told, "reply once more to the email about what waits") {
			t.Errorf("Sam reads:\n%s", told)
		}
		if b.last().Decision != nil {
			t.Error("help decides")
		}
		b.stop()
	})
}

// TestStoryAWholeDomainIsBanned: with a second step, and never one in which a member has an address.
func TestStoryAWholeDomainIsBanned(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		asked := b.orders("asha", "ban evil.example", "ban everybody at evil.example")
		if !strings.Contains(asked, "Nobody with an address there can join the list") {
			t.Errorf("Asha reads:\n%s", asked)
		}
		b.got("sam", "Done: ban everybody at evil.example")
		if err := b.send("jo@evil.example", theForum, "Phones", "Buy them."); err == nil {
			t.Error("mail from there is taken")
		}
		b.orders("sam", "unban @evil.example", "end the ban of everybody at evil.example")
		b.must(b.send("asha@garden.example", theRobot, "x", "ban garden.example"))
		if no, _ := b.got("asha", "Nothing was done"); !strings.Contains(no, "Members of the list have addresses there.") {
			t.Errorf("Asha reads:\n%s", no)
		}
		b.stop()
	})
}
