package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/doctor"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// read is the text of the latest mail to somebody about something, as they read it, and the address to answer it.
func (b *board) read(name, subject string) (text, answer string) {
	b.t.Helper()
	raw, answer := b.got(name, subject)
	return strings.ReplaceAll(message.Parse([]byte(raw)).Text(), "\r\n", "\n"), answer
}

// quotedBelow are answers with a word above the whole mail that is answered, as mail programs quote it.
var quotedBelow = map[string]func(word, mail string) string{
	"marked": func(word, mail string) string {
		return word + "\n\nOn Mon, 3 Jan 2000 at 09:00, The Forum wrote:\n\n> " + strings.ReplaceAll(strings.TrimSpace(mail), "\n", "\n> ")
	},
	"outlook": func(word, mail string) string {
		return word + "\n\n________________________________\nFrom: The Forum <forum-request@lists.example.org>\nSent: 03 January 2000 09:00\nTo: nia@garden.example\nSubject: Join The Forum? Please reply yes\n\n" + mail
	},
	"phone": func(word, mail string) string {
		return word + "\n\nSent from my iPhone\n\n> On 3 Jan 2000, at 09:00, The Forum wrote:\n> \n> " + strings.ReplaceAll(strings.TrimSpace(mail), "\n", "\n> ")
	},
}

var tillForm = regexp.MustCompile(`This works until [^.]+\.`)

// TestAListHasItsOwnWordsAroundMails sets words around whole mails, and joins, is sent back and leaves by mail: each mail says what it
// always says between the list's own words, and one word in answer does what it always does, with all of it quoted below.
func TestAListHasItsOwnWordsAroundMails(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha")
		b.words("mail-confirm-join", "Croeso i {list}.\nMae pob cwestiwn yn iawn yma.\n\n{usual}\n\nNobody here is paid: please be kind.")
		b.words("mail-welcome", "{usual}\n\nSchool news: we meet on 4 May.")
		b.words("mail-returned", "{usual}\n\nTo talk about it, ring the SEND helpline of your council.")
		b.words("mail-goodbye", "The door stays open, {name}.\n\n{usual}")
		b.words("mail-status", "Dyma chi, {name}.\n\n{usual}")

		for form, name := range map[string]string{"marked": "nia", "outlook": "ffion", "phone": "gwen"} {
			b.joinsFramed(form, name)
		}

		b.must(b.send("tom@garden.example", theForum, "Wide", "A question for all.", toMany))
		b.reply("asha", "Many addresses", "reject Please send it to us alone.")
		b.wait(10 * time.Minute)
		back, _ := b.read("tom", "Not sent")
		if !strings.Contains(back, "\n\nTo talk about it, ring the SEND helpline of your council.\n\n---------- your message ----------\n> A question for all.") {
			t.Errorf("Tom reads:\n%s", back)
		}

		b.must(b.send("tom@garden.example", "forum-leave@lists.example.org", "leave", ""))
		gone, answer := b.read("tom", "You have left")
		if !strings.HasPrefix(gone, "The door stays open, Tom.\n\nHello Tom\n\nYou get no more forum email.") || !strings.HasSuffix(gone, "goes to the moderators.\n") {
			t.Errorf("Tom reads:\n%s", gone)
		}
		b.must(b.send("tom@garden.example", answer, "Re: You have left", quotedBelow["outlook"]("join", gone)))
		b.wait(time.Minute)
		if n := b.count("tom", "You are back in The Forum"); n != 1 {
			t.Errorf("Tom came back %d times", n)
		}
		// A machine that sends it all back does nothing.
		b.must(b.send("tom@garden.example", answer, "Re: You have left", gone))
		b.must(b.send("tom@garden.example", "forum-request@lists.example.org", "status", ""))
		if status, _ := b.read("tom", "You and The Forum"); !strings.HasPrefix(status, "Dyma chi, Tom.\n\nHello Tom\n\n  mail goes to") {
			t.Errorf("Tom reads:\n%s", status)
		}

		// What became faulty is named, and strands nobody.
		b.broken("mail-goodbye", "The door stays open.")
		b.must(b.send("tom@garden.example", "forum-leave@lists.example.org", "leave again", ""))
		b.wait(time.Minute)
		if gone, answer := b.read("tom", "You have left"); strings.Contains(gone, "door") || !strings.Contains(gone, "A mistake? Reply: join") || answer == "" {
			t.Errorf("Tom reads:\n%s", gone)
		}
		b.stop()
	})
}

// joinsFramed joins by mail, with an answer in a form below which the whole mail with the list's own words is quoted.
func (b *board) joinsFramed(form, name string) {
	b.t.Helper()
	b.must(b.send(name+"@garden.example", "forum-join@lists.example.org", "hello", ""))
	mail, answer := b.read(name, "Join The Forum")
	if got := tillForm.ReplaceAllString(mail, "This works until then."); got != strings.ReplaceAll(framedJoin, "NAME", name) {
		b.t.Errorf("%s reads:\n%s", name, got)
	}
	b.must(b.send(name+"@garden.example", answer, "Re: Join The Forum?", quotedBelow[form]("Yes\nNew SENCO in Leeds", mail)))
	wants, _ := b.read("asha", "Wants to join - "+name)
	if !strings.Contains(wants, "> New SENCO in Leeds\n") || strings.Contains(wants, "paid") || strings.Contains(wants, "Croeso") {
		b.t.Errorf("%s: Asha reads:\n%s", form, wants)
	}
	b.reply("asha", "Wants to join - "+name, "approve")
	b.wait(10 * time.Minute)
	welcome, _ := b.got(name, "Welcome to The Forum")
	if strings.Count(welcome, "School news: we meet on 4 May.") != 2 || !strings.Contains(welcome, "FEWER EMAILS") {
		b.t.Errorf("%s is in and reads, as text and as a page:\n%s", name, welcome)
	}
}

const framedJoin = `Croeso i The Forum.
Mae pob cwestiwn yn iawn yma.

Someone, we hope you, asked for NAME@garden.example
to join The Forum.

To join, reply yes, and below it tell us in a line who you are. Like this:

  yes
  new SENCO in a primary school in Leeds

A moderator reads it and lets you in, mostly the same day.

How many emails? Add a word on a line of its own:
  every           everything, at once
                  (this is what you get if you say nothing)
  questions       every new question, replies only where you take part
  daily, weekly   one email with all of it

If you did not ask, do nothing. You will get no more email. To stop
anyone asking for you again, reply: never
This works until then.

Nobody here is paid: please be kind.
`

// broken puts words into the store as a program of another version may have left them, and looks that doctor names them.
func (b *board) broken(text, words string) {
	b.t.Helper()
	b.must(b.house.db.Update(func(tx *store.Tx) error {
		return list.SetWords(tx, 1, list.Words{Name: text, Text: words, Since: time.Now()})
	}))
	a := &admin{db: b.house.db, cfg: b.house.cfg, now: time.Now}
	stored, err := a.storedWords()
	b.must(err)
	for _, f := range doctor.Judge(doctor.Facts{Setup: doctor.Setup{Own: stored}}) {
		if f.Check == "Own words of forum" && f.Level == doctor.Warning && strings.Contains(f.Found, text+": {usual} has to stand in it once") && !strings.Contains(f.Found, "And ") {
			return
		}
	}
	b.t.Errorf("doctor does not name %s: %+v", text, stored)
}
