package bounce

import (
	"strings"
	"testing"
)

// ordinary are mails that people and programs write and that are about no delivery of ours, however much they speak of
// bounces. Each is a subject, a text, and fields beside From and Subject.
var ordinary = []struct{ from, subject, text, fields string }{
	{"anna@school.example", "EHCP review", "Has anyone had a review refused? Any advice welcome.", ""},
	{"anna@school.example", "Re: EHCP review", "Yes, twice.\n\n> Has anyone had a review refused?",
		"In-Reply-To: <a@b.example>\n"},
	{"anna@school.example", "Undeliverable mail", "I keep getting these:\n\n" +
		"<bea@school.example>: 550 5.1.1 User unknown\n\nWhat does it mean?", ""},
	{"anna@school.example", "Fwd: Undelivered Mail Returned to Sender", "See below.\n\n" +
		"From: MAILER-DAEMON@mx.example\n\n<bea@school.example>: host mx said: 550 5.1.1 User unknown", ""},
	{"anna@school.example", "FW: Delivery Status Notification (Failure)",
		"Final-Recipient: rfc822; bea@school.example\n" +
			"Action: failed\nStatus: 5.1.1", ""},
	{"anna@school.example", "Re: failure notice", "Final-Recipient: rfc822; bea@school.example\nAction: failed\n" +
		"Status: 5.1.1", ""},
	{"anna@school.example", "failure notice", "Reporting-MTA: dns; mx.example\n\n" +
		"Final-Recipient: rfc822; bea@school.example\nAction: failed\nStatus: 5.1.1", ""},
	{"anna@school.example", "Bounced emails",
		"My mail to bea@school.example could not be delivered. Is the mailbox full?", ""},
	{"anna@school.example", "bea@school.example", "Does not exist any more, she has left the company.", ""},
	{"anna@school.example", "Who has moved?", "user unknown\nmailbox full\n550 5.1.1 bea@school.example\n", ""},
	{"anna@school.example", "Your message", "Your message was rejected by the head. See bea@school.example.", ""},
	{"anna@school.example", "spam", "My spam filter blocked you, bea@school.example", ""},
	{"anna@school.example", "", "", ""},
	{"anna@school.example", "Returned mail", "The school returned the letter, address unknown.", ""},
	{"anna@school.example", "Delivery of books", "The delivery failed again. Recipient: bea@school.example", ""},
	{"anna@school.example", "Digest", "> <bea@school.example>:\n> 550 No such user\n",
		"References: <a@b.example> <c@d.example>\n"},
	{"info@school.example", "Undeliverable: the goods", "Your parcel to cem@shop.example could not be delivered.",
		"In-Reply-To: <x@y.example>\n" +
			"Subject-Note: a\n"},
	{"admin@school.example", "Term dates", "The office mailbox is full, please write to bea@school.example.", ""},
	{"admin@school.example", "Undeliverable: the goods", "Your parcel to cem@shop.example could not be delivered.",
		"References: <x@y.example>\n"},
	{"admin@school.example", "Re: Undelivered Mail Returned to Sender", "<bea@school.example>: 550 5.1.1 User unknown",
		""},
	{"postmaster@school.example", "New filter",
		"From Monday we use a new filter. Write to bea@school.example with questions.", ""},
	{"noreply@newsletter.example", "Ten ideas for autumn", "Unsubscribe at anna@newsletter.example.",
		"List-Unsubscribe: <mailto:u@newsletter.example>\n" +
			"Precedence: bulk\n"},
	{"noreply@newsletter.example", "Summer sale",
		"If this lands in spam, or your account does not exist, write to shop@newsletter.example.", ""},
	{"notification@cal.example", "Invitation: review", "Anna invites bea@school.example.",
		"Auto-Submitted: auto-generated\n"},
	{"calendar@school.example", "Accepted: review", "bea@school.example has accepted.",
		"Auto-Submitted: auto-generated\n" +
			"Content-Type: text/calendar\n"},
	{"root@server.example", "Cron <root> backup", "1 file copied for bea@school.example",
		"Auto-Submitted: auto-generated\n"},
	{"forum@forum.example", "[Forum] Welcome", "You have joined. Write to bea@school.example.",
		"Auto-Submitted: auto-generated\n" +
			"Return-Path: <forum-bounces@forum.example>\n"},
	{"anna@school.example", "SMTP error 550 5.7.1",
		"Our IT says: 550 5.7.1 bea@school.example blocked using zen.spamhaus.org. Help!", "X-Mailer: Outlook\n"},
	{"anna@school.example", "Unzustellbar", "Der Brief an bea@school.example war unzustellbar.", ""},
	{"anna@school.example", "Mail delivery failed: returning message to sender",
		"I got this from bea@school.example today.", "In-Reply-To: <a@b.example>\n"},
	{"delivery@shop.example", "Your order is on its way", "It will reach bea@school.example's desk on Monday.", ""},
	{"anna@school.example", "Complaint about message from the council", "They were rude to bea@school.example.", ""},
	{"anna@school.example", "X-Failed-Recipients", "X-Failed-Recipients: bea@school.example", ""},
	{"anna@school.example", "Feedback", "Feedback-Type: abuse\nOriginal-Rcpt-To: bea@school.example", ""},
	{"anna@school.example", "JSON",
		`{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"bea@school.example","status":"5.1.1"}]}}`,
		""},
	{"bounce.house@castles.example", "Bouncy castle for the fair",
		"We deliver to any address. Ask bea@school.example.", ""},
}

func TestOrdinaryMailIsNoBounce(t *testing.T) {
	if len(ordinary) < 30 {
		t.Fatalf("only %d mails", len(ordinary))
	}
	for _, o := range ordinary {
		text := o.fields + "From: <" + o.from + ">\nTo: forum@forum.example\nSubject: " + o.subject + "\n\n" + o.text +
			"\n"
		if r := Read(parse(text)); r.Kind != None || len(r.Recipients) > 0 {
			t.Errorf("%s, %q: got %v", o.from, o.subject, lines(r))
		}
	}
}

// TestAMemberAttachesABounce: what a person passes on is a person's mail, in every shape that mail programs give it.
func TestAMemberAttachesABounce(t *testing.T) {
	report := dsn("Final-Recipient: rfc822; bea@school.example\nAction: failed\nStatus: 5.1.1\n", "")
	_, body, _ := strings.Cut(report, "boundary=b\n")
	head := "From: Anna <anna@school.example>\nTo: forum@forum.example\n"
	for name, text := range map[string]string{
		"as an attachment": head + "Subject: What is this?\nContent-Type: multipart/mixed; boundary=o\n\n" +
			"--o\n\nLook.\n--o\nContent-Type: message/rfc822\n\n" + report + "\n--o--\n",
		"as an attachment, titled": head + "Subject: Fwd: Undelivered Mail Returned to Sender\n" +
			"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\n" + report + "\n" +
			"--o--\n",
		"as the only part": head + "Subject: Undelivered Mail Returned to Sender\n" +
			"Content-Type: message/rfc822\n\n" + report,
		"with its parts": head + "Subject: Fwd: Undelivered Mail Returned to Sender\n" +
			"Content-Type: multipart/mixed; boundary=b\n" + body,
	} {
		if r := Read(parse(text)); r.Kind != None {
			t.Errorf("%s: got %v", name, lines(r))
		}
	}
}
