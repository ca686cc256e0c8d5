package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/store"
)

// What telephones and schools put below the one word that somebody writes.
var (
	anIPhone  = "\n\nSent from my iPhone\n\nOn 3 Jan 2000, at 09:05, Tom Smith via The Forum <forum@lists.example.org> wrote:\n\n> Who uses laptops?\n> -- \n> Reply = everyone (4 people).\n> Fewer emails, or leave: write weekly or leave to\n> forum-request@lists.example.org\n"
	anOutlook = "\n\nGet Outlook for Android<https://aka.ms/AAb9ysg>\n________________________________\nFrom: Tom Smith via The Forum <forum@lists.example.org>\n" +
		"Sent: Monday, January 3, 2000 9:05:00 AM\nTo: The Forum <forum@lists.example.org>\nSubject: [Forum] Laptops in exams\n\nWho uses laptops?\n"
	aSchool = "\n\nKind regards\nSam Smith\nSENCO, Garden Primary School\nTel: 01234 567890\n\nThis email and any files transmitted with it are confidential and intended solely\nfor the use of the individual or entity to whom they are addressed.\n\n" +
		"-----Original Message-----\nFrom: Tom Smith via The Forum <forum@lists.example.org>\nSent: 03 January 2000 09:05\nTo: The Forum\nSubject: [Forum] Laptops in exams\n\nWho uses laptops?\n"
)

// answers are the fields of an answer to a post.
func (b *board) answers(n int) []string {
	id := b.post(1).MessageID
	if n != 1 {
		panic("only the first post is answered")
	}
	return []string{"In-Reply-To: " + id, "References: " + id}
}

// membership is what the list keeps of somebody at garden.example.
func (b *board) member(name string) (m list.Membership, ok bool) {
	b.t.Helper()
	got, ok := b.membership(name + "@garden.example")
	return got.Membership, ok
}

// choice is what somebody chose about the first discussion.
func (b *board) choice(name string) (c list.Choice) {
	b.t.Helper()
	m, _ := b.membership(name + "@garden.example")
	b.must(b.house.db.View(func(tx *store.Tx) error {
		all, err := list.Chosen(tx, m.Person.ID)
		c = all[1]
		return err
	}))
	return c
}

// questioned is a forum in which Tom has asked a question, which everybody has.
func questioned(t *testing.T, dir string) *board {
	b := newBoard(t, dir, "asha", "sam")
	b.must(b.send("tom@garden.example", theForum, "Laptops in exams", "Who uses laptops?"))
	b.wait(6 * time.Minute)
	return b
}

// Each is done, answered, and seen by nobody else.
func TestOneWordToTheListIsDone(t *testing.T) {
	for _, c := range []struct {
		name, words, subject, says string
		done                       func(b *board) bool
	}{
		{"mute from an iPhone", "Mute" + anIPhone, "Done: mute #1", "You get no more of this discussion", func(b *board) bool { return b.choice("sam") == list.Mute }},
		{"follow from Outlook for Android", "follow" + anOutlook, "Done: follow #1", "every reply in this discussion", func(b *board) bool { return b.choice("sam") == list.Follow }},
		{"weekly above a school's signature", "Weekly please" + aSchool, "Done: one email every Monday", "", func(b *board) bool { m, _ := b.member("sam"); return m.Mode == list.ModeWeekly }},
		{"daily", "daily" + anIPhone, "Done: one email a day", "", func(b *board) bool { m, _ := b.member("sam"); return m.Mode == list.ModeDaily }},
		{"questions", "Questions" + anIPhone, "Done: you get every new question", "", func(b *board) bool { m, _ := b.member("sam"); return m.Mode == list.ModeQuestions }},
		{"every", "every" + anOutlook, "Done: you get every post at once", "", func(b *board) bool { m, _ := b.member("sam"); return m.Mode == list.ModeEvery }},
		{"pause with a day", "Pause until 2 September" + anIPhone, "Done: you are paused until Saturday 2 September 2000", "", func(b *board) bool { m, _ := b.member("sam"); return m.Paused(time.Now()) }},
		{"pause without one", "Pause" + anIPhone, "Done: you are paused until", "You gave no date", func(b *board) bool { m, _ := b.member("sam"); return m.Paused(time.Now()) }},
	} {
		each(t, func(t *testing.T, dir string) {
			b := questioned(t, dir)
			b.must(b.send("sam@garden.example", theForum, "Re: [Forum] Laptops in exams", c.words, b.answers(1)...))
			b.wait(10 * time.Minute)
			told, _ := b.got("sam", c.subject)
			for _, want := range []string{"You wrote this to the whole forum. I did not send it on: nobody else has\r\nseen it.", "I read: ", c.says, "auto-replied"} {
				if !strings.Contains(told, want) {
					t.Errorf("%s: Sam misses %q in\n%s", c.name, want, told)
				}
			}
			if !c.done(b) || b.count("tom", "Laptops in exams") != 1 || len(b.items()) != 0 {
				t.Errorf("%s: done %t, %d copies, items %v", c.name, c.done(b), b.count("tom", "Laptops in exams"), b.items())
			}
			b.stop()
		})
	}
}

func TestUnsubscribeToTheListIsAGoodbye(t *testing.T) {
	for name, c := range map[string]struct {
		subject, words string
		answers        bool
	}{
		"an answer from a telephone": {"Re: [Forum] Laptops in exams", "Unsubscribe" + anIPhone, true},
		"a new mail":                 {"Hello", "Please take me off this list" + aSchool, false},
		"only a subject":             {"unsubscribe", "\n\nSent from my iPhone", false},
		"a subject in an answer":     {"unsubscribe", anOutlook, true},
	} {
		each(t, func(t *testing.T, dir string) {
			b := questioned(t, dir)
			var fields []string
			if c.answers {
				fields = b.answers(1)
			}
			b.must(b.send("sam@garden.example", theForum, c.subject, c.words, fields...))
			told, back := b.got("sam", "You have left The Forum")
			if !strings.Contains(told, "Nobody else saw it.") || !strings.Contains(told, "A mistake? Reply: join") {
				t.Errorf("%s: Sam reads\n%s", name, told)
			}
			if _, in := b.member("sam"); in {
				t.Errorf("%s: Sam is still a member", name)
			}
			b.must(b.send("sam@garden.example", back, "Re: You have left The Forum", "join"+anIPhone))
			if m, in := b.member("sam"); !in || m.Mode != list.ModeEvery {
				t.Errorf("%s: Sam is not back: %+v", name, m)
			}
			b.wait(10 * time.Minute)
			if b.count("tom", "") != 1 {
				t.Errorf("%s: it went out", name)
			}
			b.stop()
		})
	}
}

func TestReportToTheListIsNotPosted(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := questioned(t, dir)
		b.must(b.send("jane@garden.example", theForum, "Re: [Forum] Laptops in exams", "Report"+anIPhone, b.answers(1)...))
		b.wait(10 * time.Minute)
		if n := b.count("asha", "Reported - "); n != 1 || b.count("tom", "Laptops in exams") != 1 || b.count("tom", "Report") != 0 || len(b.items()) != 0 {
			t.Errorf("%d reports, items %v", n, b.items())
		}
		b.stop()
	})
}

// What is not clear waits for its writer's word, whoever writes it.
func TestAnUnclearWordToTheListIsAskedAbout(t *testing.T) {
	for _, c := range []struct {
		name, words, says, offers string
		answers                   bool
		field                     string
	}{
		{"a question", "unsubscribe?" + anIPhone, `I was not sure because of "?"`, "  leave ", true, ""},
		{"stop from a member", "Stop" + anIPhone, "", "  mute ", true, ""},
		{"a word for another place", "status" + anIPhone, "", "  status ", false, ""},
		{"mute with nothing to mute", "mute" + anIPhone, "I do not know which discussion you mean.", "  cancel ", false, ""},
		{"the opposite", "Please do not take me off the list" + aSchool, "", "  everyone ", true, ""},
	} {
		each(t, func(t *testing.T, dir string) {
			b := questioned(t, dir)
			var fields []string
			if c.answers {
				fields = b.answers(1)
			}
			b.must(b.send("jane@garden.example", theForum, "Re: [Forum] Laptops in exams", c.words, fields...))
			b.wait(10 * time.Minute)
			if len(b.items()) != 1 || b.last().Reason != hold.Doubt {
				t.Fatalf("%s: items %+v", c.name, b.items())
			}
			told, _ := b.got("jane", `Not sent yet: "Re: [Forum] Laptops`)
			flat := strings.Join(strings.Fields(told), " ")
			if !strings.Contains(flat, c.says) || !strings.Contains(told, c.offers) || !strings.Contains(flat, "looks like a word for me") || !strings.Contains(told, "  everyone ") {
				t.Errorf("%s: Jane reads\n%s", c.name, told)
			}
			if b.count("asha", "Laptops")+b.count("asha", "First post") != 1 || b.count("tom", "Laptops in exams") != 1 {
				t.Errorf("%s: somebody else heard of it", c.name)
			}
			b.stop()
		})
	}
}

func TestAnswersToTheQuestionAboutAWord(t *testing.T) {
	for _, c := range []struct {
		words string
		then  func(b *board) string // what is wrong
	}{
		{"leave", func(b *board) string {
			if _, in := b.member("sam"); in || b.last().Decision.Verdict != hold.Withdrawn {
				return "Sam is still in"
			}
			return ""
		}},
		{"mute", func(b *board) string {
			if b.choice("sam") != list.Mute || b.last().Decision.Verdict != hold.Withdrawn {
				return fmt.Sprintf("the discussion is not muted: %+v", b.last())
			}
			return ""
		}},
		{"report", func(b *board) string {
			if b.count("asha", "Reported - ") != 1 || b.last().Decision.Verdict != hold.Withdrawn {
				return "there is no report"
			}
			return ""
		}},
		{"cancel", func(b *board) string {
			if _, in := b.member("sam"); !in || b.last().Decision.Verdict != hold.Withdrawn || b.count("sam", "Taken back") != 1 {
				return "it was not taken back"
			}
			return ""
		}},
		{"everyone", func(b *board) string {
			if b.count("tom", "Re: [Forum] Laptops in exams") != 1 {
				return "it did not go out"
			}
			return ""
		}},
		{"Join me in thanking Tom", func(b *board) string {
			if b.last().Decision != nil || b.last().Reason != hold.Doubt {
				return "it was decided"
			}
			return ""
		}},
	} {
		each(t, func(t *testing.T, dir string) {
			b := questioned(t, dir)
			b.until("Mon 3 Jan 2000 10:00")
			b.house.db.Update(func(tx *store.Tx) error { // Sam is no moderator here, whose stop would act
				m, _ := b.membership("sam@garden.example")
				m.Membership.Role = list.RoleMember
				return list.Join(tx, m.Membership)
			})
			b.must(b.send("sam@garden.example", theForum, "Re: [Forum] Laptops in exams", "unsubscribe?"+anIPhone, b.answers(1)...))
			b.reply("sam", "Not sent yet", c.words+"\n\nSent from my iPhone")
			b.wait(10 * time.Minute)
			if wrong := c.then(b); wrong != "" {
				t.Errorf("%s: %s", c.words, wrong)
			}
			b.stop()
		})
	}
}

// Ordinary short mail goes on, and what a machine may have written is not acted on.
func TestWhatIsNoWordForTheRobot(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := questioned(t, dir)
		for i, words := range []string{"Join me in thanking Priya", "Yes", "Thank you", "Weekly, I think, but ask the school", "We report this every year", "Please follow the link"} {
			b.must(b.send("sam@garden.example", theForum, fmt.Sprintf("Re: [Forum] Laptops in exams %d", i), words+anIPhone, b.answers(1)...))
		}
		b.wait(10 * time.Minute)
		if got := b.count("tom", "Re: [Forum] Laptops"); got != 6 || len(b.items()) != 0 {
			t.Errorf("%d of 6 went out; items %+v", got, b.items())
		}
		b.must(b.send("sam@garden.example", theForum, "Re: [Forum] Laptops in exams", "leave", append(b.answers(1), "Precedence: bulk")...))
		b.must(b.send("sam@garden.example", theForum, "Re: [Forum] Laptops in exams", "leave", append(b.answers(1), "Auto-Submitted: auto-replied")...))
		if _, in := b.member("sam"); !in || b.count("sam", "You have left") != 0 {
			t.Error("a machine made Sam leave")
		}
		b.stop()
	})
}

// each is one of several stories of a test.
func each(t *testing.T, tell func(t *testing.T, dir string)) {
	t.Helper()
	t.Run("story", func(t *testing.T) { bubble(t, tell) })
}
