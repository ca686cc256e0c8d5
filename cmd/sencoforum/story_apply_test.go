package main

import (
	"strings"
	"testing"
	"time"

	"sencoforum/list"
)

// applies lets somebody ask to join, and say yes with some words from a phone.
func (b *board) applies(name, words string) {
	b.t.Helper()
	from := strings.ToUpper(name[:1]) + name[1:] + " Brown <" + name + "@garden.example>"
	b.must(b.from(name, from, "forum-join@lists.example.org", "hello", ""))
	b.wait(5 * time.Second)
	_, to := b.got(name, "Join The Forum? Please reply yes")
	b.must(b.from(name, from, to, "Re: Join The Forum? Please reply yes", "Yes\n\n"+words+"\n\nSent from my iPhone"))
}

// from is send with a name in From.
func (b *board) from(name, from, to, subject, body string) error {
	b.t.Helper()
	b.named = from
	defer func() { b.named = "" }()
	return b.send(name+"@garden.example", to, subject, body)
}

// TestStoryAnApplicationIsApprovedFromAPhone: two moderators read what she wrote; one asks, she answers, the other lets her in, and
// has two minutes to think again.
func TestStoryAnApplicationIsApprovedFromAPhone(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.applies("lucy", "new SENCO in a primary school in Leeds\nweekly")
		about := "Wants to join - Lucy Brown"
		told, _ := b.got("sam", about)
		for _, want := range []string{"Lucy Brown <lucy@garden.example> wants to join and wrote:", "> new SENCO in a primary school in Leeds", "It went to Asha and Sam"} {
			if !strings.Contains(strings.ReplaceAll(told, "\r\n", "\n"), want) {
				t.Errorf("Sam misses %q in\n%s", want, told)
			}
		}
		b.reply("sam", about, "ask Which school is it?\n\nSent from Outlook for iOS")
		question, answer := b.got("lucy", "A question about joining")
		if !strings.Contains(question, "  Which school is it?") || strings.Contains(question, "garden.example>") && strings.Contains(question, "sam@") {
			t.Errorf("Lucy reads:\n%s", question)
		}
		b.must(b.send("lucy@garden.example", answer, "Re: A question", "Hill Primary, since September.\n\nSent from my iPhone\n\n> Which school is it?"))
		if again, _ := b.got("asha", about); !strings.Contains(again, "> Hill Primary, since September.") || strings.Contains(again, "> > Which") {
			t.Errorf("Asha reads:\n%s", again)
		}
		b.reply("asha", about, "Approve 👍\n\nSent from my iPhone")
		if done, _ := b.got("asha", "Let in: Lucy Brown"); !strings.Contains(done, "The welcome goes at 09:") {
			t.Errorf("Asha reads:\n%s", done)
		}
		b.got("sam", "Let in by Asha")
		if _, in := b.membership("lucy@garden.example"); in || b.count("lucy", "Welcome") != 0 {
			t.Error("she is in before its time")
		}
		b.reply("sam", about, "reject We are full.") // too late to decide
		b.got("sam", "Already let in")
		b.wait(6 * time.Minute)
		welcome, _ := b.got("lucy", "Welcome to The Forum")
		m, in := b.membership("lucy@garden.example")
		if !in || m.Membership.Mode != list.ModeWeekly || m.Membership.Holds != 1 || m.Person.Name != "Lucy Brown" || !strings.Contains(welcome, "We read your first message") {
			t.Errorf("%+v\n%s", m, welcome)
		}
		if it := b.last(); !it.Finished() || !it.From.IsZero() || it.Name != "" || it.Words != "" {
			t.Errorf("kept of it is %+v", it)
		}
		if got := b.command("audit", "show"); !strings.Contains(got, "held approved") || !strings.Contains(got, "member add") {
			t.Errorf("the record says\n%s", got)
		}
		b.stop()
	})
}

// TestStoryApplicationsEnd: one is refused with words and one without, one is taken for spam, one is let in and trusted, of two who
// ask twice the second adds words; and whoever is banned meanwhile does not come in.
func TestStoryApplicationsEnd(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		for _, name := range []string{"lucy", "mary", "nora", "olga", "paul"} {
			b.applies(name, "I am "+name+", a teacher.")
		}
		b.reply("asha", "Wants to join - Lucy", "reject We are for SENCOs.\nThere is a list for teachers, too.")
		b.reply("asha", "Wants to join - Mary", "reject")
		b.reply("asha", "Wants to join - Nora", "spam")
		b.reply("asha", "Wants to join - Olga", "approve and trust")
		b.reply("asha", "Wants to join - Paul", "approve")
		b.reply("sam", "Wants to join - Mary", "undo")
		b.reply("sam", "Wants to join - Mary", "reject advert")
		b.command("ban", "add", "paul@garden.example")
		b.wait(6 * time.Minute)
		for name, want := range map[string]string{"lucy": "  We are for SENCOs.\r\n  There is a list for teachers, too.", "mary": "  Your request does not fit what this forum is for."} {
			if got, _ := b.got(name, "Your request to join"); !strings.Contains(got, want) {
				t.Errorf("%s reads:\n%s", name, got)
			}
		}
		if n := b.count("nora", ""); n != 2 { // the question, and that we have her request
			t.Errorf("Nora got %d mails", n)
		}
		if m, in := b.membership("olga@garden.example"); !in || m.Membership.Holds != 0 {
			t.Errorf("%+v", m)
		}
		if told, _ := b.got("asha", "Nothing came of this: Paul Brown"); !strings.Contains(told, "The address is banned") {
			t.Errorf("Asha reads:\n%s", told)
		}
		for _, name := range []string{"lucy", "mary", "nora", "paul"} {
			if _, in := b.membership(name + "@garden.example"); in {
				t.Errorf("%s is in", name)
			}
		}
		b.stop()
	})
}

// TestStoryTheMorningNoteCountsApplications: who waits overnight stands in the note and is let in from it; the command line can
// decide, too; nobody decides about the third, who hears of it after ten school days.
func TestStoryTheMorningNoteCountsApplications(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		for _, name := range []string{"lucy", "mary", "nora"} {
			b.applies(name, "I am "+name+".")
		}
		b.until("Tue 4 Jan 2000 07:45")
		note, _ := b.got("asha", "3 messages wait")
		if !strings.Contains(note, "Lucy Brown\r\n") || !strings.Contains(note, "wants to join; nobody has it") {
			t.Errorf("Asha reads:\n%s", note)
		}
		b.reply("asha", "3 messages wait", "approve 1")
		code := ""
		for _, it := range b.items() {
			if it.Name == "Mary Brown" {
				code = it.Number.Code()
			}
		}
		if got := b.command("held", "list"); !strings.Contains(got, "application") || !strings.Contains(got, "mary@garden.example") {
			t.Errorf("held list:\n%s", got)
		}
		if got := b.command("held", "show", code); !strings.Contains(got, "They wrote: I am mary.") {
			t.Errorf("held show:\n%s", got)
		}
		b.command("held", "approve", code, "--trust")
		b.wait(6 * time.Minute)
		for _, name := range []string{"lucy", "mary"} {
			if _, in := b.membership(name + "@garden.example"); !in {
				t.Errorf("%s is not in", name)
			}
		}
		b.until("Thu 6 Jan 2000 09:30")
		b.got("asha", "Nobody has decided: Nora Brown")
		b.until("Tue 18 Jan 2000 09:30")
		if got, _ := b.got("nora", "Your request to join"); !strings.Contains(got, "No moderator has decided") {
			t.Errorf("Nora reads:\n%s", got)
		}
		b.stop()
	})
}

// TestStoryARoleComesBack: a moderator has a new address. Another one gives the role back.
func TestStoryARoleComesBack(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam", "ellen")
		b.must(b.send("ellen@garden.example", "forum-request@lists.example.org", "x", "address ellen@evil.example"))
		b.wait(10 * time.Second)
		_, old := b.got("ellen", "Change your address?")
		b.must(b.send("ellen@garden.example", old, "Re: Change", "yes"))
		fresh := b.mails("ellen@evil.example", "Is this your address?")
		b.must(b.send("ellen@evil.example", confirmAddress.FindString(fresh[0].text), "Re: Is this", "yes"))
		m, _ := b.membership("ellen@evil.example")
		if m.Membership.Role != list.RoleMember {
			t.Fatalf("she is %s", m.Membership.Role)
		}
		about := "Still a moderator? - Ellen Smith"
		told, _ := b.got("sam", about)
		if !strings.Contains(told, "ellen@evil.example") || len(b.mails("ellen@evil.example", about)) != 0 {
			t.Errorf("Sam reads:\n%s", told)
		}
		b.reply("sam", about, "Approve\n\nSent from my iPhone")
		b.got("asha", "Confirmed by Sam")
		b.wait(6 * time.Minute)
		if m, _ = b.membership("ellen@evil.example"); m.Membership.Role != list.RoleModerator {
			t.Errorf("she is %s", m.Membership.Role)
		}
		if n := len(b.mails("ellen@evil.example", "You are still a moderator")); n != 1 {
			t.Errorf("she got %d mails about it", n)
		}
		b.stop()
	})
}
