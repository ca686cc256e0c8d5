package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
)

var ownerAddress = regexp.MustCompile(`forum-owner\+snc1_[0-9a-z]{32}@lists\.example\.org`)

const theRobot = "forum-request@lists.example.org"

// flat is a mail with its lines joined.
func flat(mail string) string { return strings.Join(strings.Fields(mail), " ") }

// One mail that the robot does not understand is answered; the second in a row goes to people.
func TestWhatTheRobotDoesNotUnderstand(t *testing.T) {
	for _, c := range []struct {
		name, subject, words string
		says, offers         []string
	}{
		{"an unknown word", "x", "weeekley" + anIPhone, []string{`I do not know the word "weeekley". Near it are: weekly,`, `I read: "weeekley"`}, []string{"  weekly "}},
		{"more than the word", "x", "weekly for my deputy" + anIPhone, []string{`I was not sure, so I did nothing. I know "weekly", but not "for my deputy".`}, []string{"  weekly "}},
		{"a hedge", "x", "leave if I must" + aSchool, []string{`"if"`}, []string{"  leave "}},
		{"a date", "x", "pause until Easter" + anIPhone, []string{`I could not read the date "Easter". Write it like 12 April.`}, []string{"  pause until 2 September "}},
		{"nothing at all", "Re: Done: one email every Monday", anOutlook, []string{"I found no words of yours"}, []string{"  weekly ", "  leave "}},
		{"a moderator's word from a member", "x", "waiting" + anIPhone, []string{`I do not know the word "waiting"`}, nil},
		{"a word with nothing behind it", "x", "mute" + anIPhone, []string{`The word "mute" needs more. Write it like: mute #48213`}, []string{"  mute #48213 "}},
	} {
		each(t, func(t *testing.T, dir string) {
			b := newBoard(t, dir, "asha", "sam")
			b.must(b.send("tom@garden.example", theRobot, c.subject, c.words))
			told, _ := b.got("tom", "Nothing was done")
			for _, want := range append(c.says, "All words: reply help. A person can help: forum-owner@lists.example.org", "auto-replied") {
				if !strings.Contains(flat(told), want) {
					t.Errorf("%s: Tom misses %q in\n%s", c.name, want, told)
				}
			}
			for _, line := range c.offers {
				if !strings.Contains(told, line) {
					t.Errorf("%s: Tom is not offered %q in\n%s", c.name, line, told)
				}
			}
			if strings.Contains(told, "stop #") || b.count("asha", "") != 0 {
				t.Errorf("%s: moderators' words or moderators", c.name)
			}
			b.wait(time.Hour)
			b.must(b.send("tom@garden.example", theRobot, c.subject, c.words))
			if passed, _ := b.got("tom", "Passed to the moderators"); !strings.Contains(passed, "You need do nothing.") || b.count("asha", "To the moderators - ") != 1 || b.count("tom", "Nothing was done") != 1 {
				t.Errorf("%s, again: %s", c.name, passed)
			}
			b.stop()
		})
	}
}

func TestALongMailToTheRobotGoesToPeople(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("margaret@evil.example", theRobot, "A question", "Hello, I wonder if you could help me with a form for my school."+aSchool))
		if got := b.mails("margaret@evil.example", "Passed to the moderators"); len(got) != 1 || !strings.Contains(flat(got[0].text), `I read: "I wonder if you could help me with a form for my school."`) {
			t.Errorf("Margaret got %v", got)
		}
		// A moderator answers it as any mail to them.
		all := b.mails("asha@garden.example", "A question")
		if len(all) != 1 {
			t.Fatalf("Asha has %d mails", len(all))
		}
		to := ownerAddress.FindString(strings.ReplaceAll(all[0].text, "\r\n ", ""))
		b.must(b.send("asha@garden.example", to, "Re: A question", "Dear Margaret, yes, here it is."))
		if got := b.mails("margaret@evil.example", "Re: A question"); len(got) != 1 || !strings.Contains(got[0].text, "Dear Margaret, yes, here it is.") {
			t.Errorf("Margaret's answer: %v", got)
		}
		b.stop()
	})
}

// Ten answers a day: the tenth says so, and then there is silence. Words are done all the same.
func TestTenAnswersADay(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		for i := range 13 {
			b.must(b.send("tom@garden.example", theRobot, "x", []string{"daily", "weekly"}[i%2]))
			b.wait(time.Minute)
		}
		all := b.mails("tom@garden.example", "Done: one email")
		if len(all) != 10 {
			t.Fatalf("Tom has %d answers", len(all))
		}
		for i, m := range all {
			if last := strings.Contains(flat(m.text), "This is the last answer today. A person can help: forum-owner@lists.example.org"); last != (i == 9) {
				t.Errorf("answer %d says that it is the last: %t", i+1, last)
			}
		}
		if m, _ := b.member("tom"); m.Mode != list.ModeDaily {
			t.Errorf("the 13th word was not done: %s", m.Mode)
		}
		b.must(b.send("tom@garden.example", theRobot, "x", "what"))
		b.must(b.send("tom@garden.example", theRobot, "x", "why"))
		if b.count("tom", "Nothing was done")+b.count("tom", "Passed to") != 0 || b.count("asha", "") != 0 {
			t.Error("there was an eleventh answer")
		}
		b.until("Tue 4 Jan 2000 09:00")
		b.must(b.send("tom@garden.example", theRobot, "x", "status"))
		b.got("tom", "You and The Forum")
		b.stop()
	})
}

// Two machines that answer each other stop.
func TestMachinesAreNotAnswered(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		for i, field := range []string{"Auto-Submitted: auto-replied", "Precedence: bulk", "X-Autoreply: yes", "X-Auto-Response-Suppress: All", "List-Id: <x.y.example>"} {
			err := b.send("tom@garden.example", theRobot, "Automatic", fmt.Sprintf("I am away %d", i), field)
			if n := b.count("tom", ""); n != 0 {
				t.Errorf("%s: Tom's machine got %d answers (%v)", field, n, err)
			}
		}
		for range 40 { // one that says nothing of itself
			b.must(b.send("tom@garden.example", theRobot, "x", "I am away."))
		}
		if n := b.count("tom", ""); n != 10 {
			t.Errorf("a loop of 40 mails got %d answers", n)
		}
		b.stop()
	})
}

// What is answered to mails with words of their own.
func TestAnswersToTheRobotThatItDoesNotUnderstand(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Wide", "A question.", toMany))
		_, first := b.got("tom", "Your message is waiting")
		b.reply("tom", "Your message is waiting", "cancle teh thing"+anIPhone)
		told, to := b.got("tom", "Nothing was done")
		if !strings.Contains(told, "  cancel ") || to != first || !b.last().WithModerators() || b.count("asha", "To the moderators") != 0 {
			t.Errorf("Tom reads\n%s", told)
		}
		b.reply("tom", "Nothing was done", "weekly"+anIPhone)
		if m, _ := b.member("tom"); m.Mode != list.ModeWeekly || b.count("tom", "Done: one email every Monday") != 1 || !b.last().WithModerators() {
			t.Errorf("weekly: %+v", m)
		}
		b.reply("tom", "Nothing was done", "help")
		if told, _ := b.got("tom", "The words that I know"); !strings.Contains(told, "cancel") {
			t.Errorf("Tom reads\n%s", told)
		}
		b.reply("tom", "Nothing was done", "Please could somebody tell me how long this will take, I am in a hurry")
		if b.count("tom", "Passed to the moderators") != 1 || b.count("asha", "To the moderators - ") != 1 {
			t.Error("a long answer did not reach people")
		}
		b.reply("tom", "Nothing was done", "cancel"+aSchool)
		if d := b.last().Decision; d == nil || d.Verdict != hold.Withdrawn {
			t.Errorf("cancel: %+v", b.last())
		}
		b.stop()
	})
}

// The newest message that waits is taken back by a word to the robot.
func TestCancelAtTheRobot(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Held", "A question.", toMany))
		b.must(b.send("tom@garden.example", theForum, "On its way", "Another one."))
		for i, want := range []string{"On its way", "Held"} {
			b.must(b.send("tom@garden.example", theRobot, "cancel", anIPhone))
			if _, to := b.got("tom", fmt.Sprintf("Taken back: %q", want)); to != "" {
				t.Error(i, to)
			}
		}
		b.must(b.send("tom@garden.example", theRobot, "cancel", ""))
		if told, _ := b.got("tom", "Nothing was done"); !strings.Contains(flat(told), "Nothing of yours waits") || !strings.Contains(told, "  leave ") {
			t.Errorf("Tom reads\n%s", told)
		}
		b.wait(10 * time.Minute)
		if b.count("jane", "") != 0 {
			t.Error("something went out")
		}
		b.stop()
	})
}
