package main

import (
	"net/smtp"
	"strings"
	"testing"

	"sencoforum/config"
	"sencoforum/queue"
)

// TestAMemberWritesFromAnotherAddress is the story of a member who is not known where she writes from: one reply and one
// word, and her question goes out.
func TestAMemberWritesFromAnotherAddress(t *testing.T) {
	const forum, members, home = "senco-forum@lists.example.org", 6, "somebody@home.example"
	w := newTown(t, members)
	people := sampleForum(members).Members
	member, all := people[2].Address, len(people)

	w.mail(home, forum, "from-home", "Who has a policy for laptops in exams?")
	asked := copyFor(w.carrier.await(t, 1), home, "We do not know this address, so your message was not sent.")
	w.mail(home, backTo.FindString(asked), "reply", "I am "+member+"\r\n\r\n> We do not know this address")
	letters := w.carrier.await(t, 3)
	answer, confirm := copyFor(letters, home, "I read:"), copyFor(letters, member, "They wrote from:")
	for _, l := range []string{asked, answer, confirm} {
		if !strings.HasPrefix(l, "DKIM-Signature: ") || !strings.Contains(l, "\nAuto-Submitted: auto-generated") {
			t.Fatalf("a letter is not signed or not marked:\n%s", l)
		}
	}
	if strings.Contains(confirm, "laptops") || backTo.FindString(confirm) == backTo.FindString(asked) {
		t.Errorf("the member is asked:\n%s", confirm)
	}
	w.mail(member, backTo.FindString(confirm), "yes", "Yes")
	// Everybody gets the post, and the member hears of the new address.
	copies := w.carrier.await(t, 3+1+all)
	if n := countCopies(copies, "Who has a policy for laptops in exams?"); n != all {
		t.Errorf("%d copies of the post, want %d", n, all)
	}
	if copyFor(copies, member, "You can now write from another address") == "" {
		t.Error("the member was not told")
	}
	if got := copyFor(copies, people[0].Address, "laptops"); strings.Contains(got, home) {
		t.Errorf("a copy shows the address:\n%s", got)
	}
	w.mail(home, forum, "again", "And one for tablets?")
	if n := countCopies(w.carrier.await(t, 3+1+2*all), "And one for tablets?"); n != all {
		t.Errorf("%d copies of the next post, want %d", n, all)
	}
	w.end()
	for _, word := range []string{"snc1_", home, member} {
		if strings.Contains(w.log.String(), word) {
			t.Errorf("the log has %s:\n%s", word, w.log)
		}
	}
}

// TestTheSettingsNameASpamFilter: its field is believed in the running server.
func TestTheSettingsNameASpamFilter(t *testing.T) {
	const forum = "senco-forum@lists.example.org"
	w := newTown(t, 3, func(c *config.Config) { c.SMTP.SpamHeaders = []string{"X-Spam"} })
	member := sampleForum(3).Members[0].Address
	marked := func(from string) error {
		return smtp.SendMail(w.smtp, nil, from, []string{forum},
			[]byte("X-Spam: Yes\r\nFrom: "+from+"\r\nTo: "+forum+"\r\nSubject: Toys\r\nMessage-ID: <"+from+">\r\n\r\nA fifth off.\r\n"))
	}
	if err := marked("shop@toys.example"); err == nil || !strings.Contains(err.Error(), "5.7.1 SENCO Forum: this looks like advertising") {
		t.Errorf("a stranger's: %v", err)
	}
	if err := marked(member); err != nil {
		t.Errorf("a member's: %v", err)
	}
	held := w.mailTo(member, "A moderator reads it before everyone gets it.")
	w.mail(member, backTo.FindString(held), "cancel", "cancel")
	w.mailTo(member, "Your message was not sent. Nobody gets it.")
}

// mailTo waits for a mail to somebody with a word in it, whatever else goes out: at night moderators are told nothing.
func (w *town) mailTo(to, word string) string {
	w.t.Helper()
	for n := 1; ; n++ {
		if found := copyFor(w.carrier.await(w.t, n), to, word); found != "" {
			return found
		}
	}
}

func countCopies(all []queue.Outgoing, word string) (n int) {
	for _, o := range all {
		if strings.Contains(string(o.Body), word) {
			n++
		}
	}
	return n
}
