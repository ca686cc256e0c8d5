package bounce

import "testing"

// rejection is a receipt from an address, with a text, a recipient and a disposition.
func rejection(from, text, disposition string) string {
	return "From: " + from + "\nTo: forum@forum.example\nSubject: Automatically rejected mail\n" +
		"Auto-Submitted: auto-replied (rejected)\n" +
		"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\n" + text + "\n" +
		"--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; bea@school.example\n" +
		"Disposition: " + disposition + "\n--b--\n"
}

func TestOnlyAFullMailboxRefusesByAReceipt(t *testing.T) {
	const host, person, deleted = "Mail Delivery Subsystem <postmaster@mx.example>", "Bea <bea@school.example>",
		"automatic-action/MDN-sent-automatically; deleted"
	for name, c := range map[string]struct{ from, text, disposition, want string }{
		"full":         {host, "Your message was rejected: Quota exceeded", deleted, "failure"},
		"another rule": {host, "Your message was rejected: no such user", deleted, "autoreply"},
		"a person": {person, "Your message was rejected: mailbox full", "manual-action/MDN-sent-manually; deleted",
			"autoreply"},
		"a person's program": {person, "Your message was rejected: mailbox full", deleted, "autoreply"},
		"it was read":        {host, "Quota exceeded, rejected", "manual-action/MDN-sent-manually; displayed", "autoreply"},
	} {
		r := Read(parse(rejection(c.from, c.text, c.disposition)))
		if r.Kind.String() != c.want || r.Kind == Failure && r.Recipients[0].Class != Full {
			t.Errorf("%s: %v, want %s", name, lines(r), c.want)
		}
	}
}

func TestARefusalOfAListServerIsNoPostOfIt(t *testing.T) {
	const text = "X-MLServer: fml 4\nSubject: Loop Alert: Duplicated Message-ID\n\nDuplicated Message-ID in <ring@cluster.example>.\n"
	checkRead(t, "its robot", "From: ring-admin@cluster.example\n"+text, "failure", "ring@cluster.example unknown permanent")
	checkRead(t, "a post", "From: Anna <anna@school.example>\n"+text, "none")
}

func TestEximGivesUpWhatWasOnlyPutOff(t *testing.T) {
	const text = "From: Mailer-Daemon@mx.example\nSubject: Mail delivery failed\n\nThe following address(es) failed:\n\n  bea@school.example\n    "
	const exim = "X-Failed-Recipients: bea@school.example\n" + text
	checkRead(t, "time", exim+"retry timeout exceeded\n", "failure", "bea@school.example delay temporary")
	checkRead(t, "full", exim+"mailbox is full: retry timeout exceeded\n", "failure", "bea@school.example full temporary")
	checkRead(t, "a code", exim+"550 5.2.2 mailbox is full: retry timeout exceeded\n", "failure",
		"bea@school.example full permanent 5.2.2")
	checkRead(t, "not Exim", text+"delivery retry timeout exceeded\n", "failure", "bea@school.example delay permanent")
}
