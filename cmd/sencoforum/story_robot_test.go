package main

import (
	"strings"
	"testing"
	"time"

	grammar "sencoforum/command"
	"sencoforum/list"
	"sencoforum/store"
)

// memberWords are what members write to the robot, a mail for each word of the table, in the order in which Jane writes them. says is
// the subject of the answer.
var memberWords = []struct{ word, text, says string }{
	{"help", "Help", "The words that I know"},
	{"join", "join", "You are already a member of The Forum"},
	{"weekly", "weekly", "Done: one email every Monday"},
	{"daily", "Daily please", "Done: one email a day"},
	{"questions", "questions", "Done: you get every new question at once"},
	{"none", "no emails", "Done: no emails"},
	{"every", "every", "Done: you get every post at once"},
	{"pause", "pause until 2 September", "Done: you are paused until Saturday 2 September 2000"},
	{"resume", "resume", "Done: your pause is over"},
	{"status", "status", "You and The Forum"},
	{"mute", "mute #1", "Done: mute #1"},
	{"follow", "follow #1", "Done: follow #1"},
	{"report", "report #1", "Done: the moderators have your report"},
	{"address", "address jane@evil.example", "Please say yes in both mailboxes"},
	{"backup", "backup jane@evil.example", "Please say yes in the other mailbox"},
	{"backup off", "backup off", "Done: no second address"},
	{"own on", "own on", "Done: own on"},
	{"own off", "own off", "Done: own off"},
	{"ack on", "ack on", "Done: ack on"},
	{"ack off", "ack off", "Done: ack off"},
	{"reminders off", "no reminders", "Done: reminders off"},
	{"reminders on", "reminders on", "Done: reminders on"},
	{"show me", "show me", "Done: you are shown"},
	{"hide me", "hide me", "Done: you are hidden"},
	{"my data", "my data", "Done: your data is on its way"},
	{"cancel", "cancel", "Nothing was done"},
	{"lists", "lists", "Lists here"},
	{"who", "who", "Addresses of members are not shown"},
	{"password", "password", "There are no passwords"},
	{"leave", "Please unsubscribe me, thanks", "You have left The Forum"},
}

// elsewhere are members' words whose stories stand in tests of their own.
var elsewhere = map[string]bool{"search": true, "get": true, "solved": true, "not solved": true}

// Every word of members in the table works by email alone, from a telephone.
func TestEveryWordOfMembersWorksByEmail(t *testing.T) {
	told := map[string]bool{}
	for _, w := range memberWords {
		told[w.word] = true
	}
	for _, w := range grammar.Table() {
		if w.Who == grammar.Anyone && w.At&grammar.RequestAddress != 0 && !told[w.Name] && !elsewhere[w.Name] {
			t.Errorf("%s has no mail here", w.Name)
		}
	}
	bubble(t, func(t *testing.T, dir string) {
		b := questioned(t, dir)
		for _, w := range memberWords {
			before := b.count("jane", w.says)
			b.must(b.send("jane@garden.example", theRobot, "x", w.text+anIPhone))
			b.wait(3 * time.Hour) // ten answers a day
			if got := b.count("jane", w.says) - before; got != 1 {
				var all []string
				for _, m := range b.mails("jane@garden.example", "") {
					all = append(all, m.subject)
				}
				t.Errorf("%s: %d answers %q; she has %q", w.word, got, w.says, all)
			}
		}
		if _, in := b.member("jane"); in {
			t.Error("Jane is still a member")
		}
		b.stop()
	})
}

// What show me says in the help is what is answered, and so it is with my data.
func TestHelpAndAnswerAgree(t *testing.T) {
	for _, w := range grammar.Table() {
		if (w.Name == "show me" || w.Name == "hide me") && strings.Contains(w.Help, "address") {
			t.Errorf("the help of %s speaks of addresses: %s", w.Name, w.Help)
		}
	}
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("jane@garden.example", theRobot, "x", "show me"))
		if told, _ := b.got("jane", "Done: you are shown"); !strings.Contains(flat(told), "Other members see your name in the list of members, never your address.") {
			t.Errorf("Jane reads\n%s", told)
		}
		b.must(b.send("jane@garden.example", theRobot, "x", "my data"))
		if told, _ := b.got("jane", "Done: your data"); !strings.Contains(flat(told), "all that we know of you, and all your posts") {
			t.Errorf("Jane reads\n%s", told)
		}
		b.stop()
	})
}

// Jane's acknowledgements begin and end with a word.
func TestAcknowledgementsByAWord(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.house.db.Update(func(tx *store.Tx) error {
			l, err := list.Get(tx, 1)
			if err != nil {
				return err
			}
			l.Ack = true
			return list.Save(tx, l)
		}))
		for i, word := range []string{"", "ack off", "ack on"} {
			if word != "" {
				b.must(b.send("tom@garden.example", theRobot, "x", word+anOutlook))
			}
			before := b.count("tom", "Sent at")
			b.must(b.send("tom@garden.example", theForum, "A question", strings.Repeat("Who uses laptops? ", i+1)))
			b.wait(10 * time.Minute)
			if got, want := b.count("tom", "Sent at")-before, map[bool]int{true: 0, false: 1}[word == "ack off"]; got != want {
				t.Errorf("after %q: %d acknowledgements, want %d", word, got, want)
			}
		}
		b.reply("tom", "Sent at", "weekly"+anIPhone)
		if m, _ := b.member("tom"); m.Mode != list.ModeWeekly {
			t.Errorf("weekly in answer to an acknowledgement: %s", m.Mode)
		}
		b.stop()
	})
}
