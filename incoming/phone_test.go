package incoming

import (
	"strings"
	"testing"

	"sencoforum/list"
	"sencoforum/message"
)

// onPhone is what a telephone sends of a mail in which only the subject was written.
const onPhone = "\r\n\r\n-- \r\nPriya N.\r\nSENCO, Garden Primary School\r\n\r\nSent from my iPhone"

// A mail of which only the subject was written does what it says at every address.
func TestOnlyASubjectFromATelephone(t *testing.T) {
	for _, c := range []struct{ to, subject, says string }{
		{robot, "weekly", "Done: one email every Monday"},
		{robot, "Pause until 2 September", "Done: you are paused until Thursday 2 September 2027"},
		{robot, "status", "You and SENCO Forum"},
		{robot, "help", "The words that I know"},
		{robot, "leave", "You have left SENCO Forum"},
		{"senco-forum-leave@lists.example.org", "Weekly", "Done: one email every Monday"},
		{"senco-forum-leave@lists.example.org", "unsubscribe", "You have left SENCO Forum"},
		{"senco-forum-leave@lists.example.org", "leave every list", "You have left SENCO Forum"},
		{"senco-forum-leave@lists.example.org", "", "You have left SENCO Forum"},
		{forum, "unsubscribe", "You have left SENCO Forum"},
	} {
		o := open(t)
		m := ordinary()
		m.to, m.body = c.to, onPhone
		m.set("Subject: " + c.subject)
		o.mustReceive(t, m)
		if all := o.letters(t); len(all) != 1 || !strings.Contains(all[0], "Subject: "+c.says) {
			t.Errorf("%s, %q: %q", c.to, c.subject, all)
		}
	}
	o := open(t)
	m := ordinary()
	m.to, m.body = "senco-forum-owner@lists.example.org", onPhone
	m.set("Subject: Please ring me")
	o.mustReceive(t, m)
	if all := o.mails(t); len(all) != 1 || !strings.Contains(all[0], "Please ring me") {
		t.Errorf("the moderators read %q", all)
	}
}

// Somebody who joins may say in the subject, or as the only word of the mail, how posts are to come.
func TestJoiningWithAMode(t *testing.T) {
	for _, c := range []struct {
		subject, body string
		want          list.DeliveryMode
	}{
		{"weekly", onPhone, list.ModeWeekly},
		{"", "weekly" + onPhone, list.ModeWeekly},
		{"join", "Daily please\r\n\r\nThanks\r\nJane", list.ModeDaily},
		{"hello", "I would like to join. My head said weekly is best", ""},
		{"", "", ""},
	} {
		m := message.Parse([]byte("From: jane@school.example\r\nSubject: " + c.subject + "\r\n\r\n" + c.body + "\r\n"))
		if got := wantsMode(m, noon); got != c.want {
			t.Errorf("%q, %q: %q, want %q", c.subject, c.body, got, c.want)
		}
	}
}
