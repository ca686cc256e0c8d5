package bounce

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/message"
)

// parse reads a message written with LF.
func parse(text string) *message.Message {
	return message.Parse([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
}

// dsn is a report with this delivery status, and with this text for people.
func dsn(status, text string) string {
	return "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nTo: forum-bounces+x@forum.example\n" +
		"Subject: Undelivered Mail Returned to Sender\n" +
		"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n" + text +
		"\n--b\nContent-Type: message/delivery-status\n\n" + status +
		"\n--b\nContent-Type: message/rfc822\n\nFrom: Anna <anna@school.example>\nTo: forum@forum.example\n" +
		"List-Id: <forum.forum.example>\nSubject: EHCP for Tom\n\nTom needs help.\n--b--\n"
}

// line is one recipient of a report in one line.
func line(rcpt Recipient) string {
	how := "temporary"
	if rcpt.Permanent {
		how = "permanent"
	}
	s := rcpt.Address.String() + " " + rcpt.Class.String() + " " + how + " " + rcpt.Status
	if !rcpt.Final.IsZero() {
		s += " at " + rcpt.Final.String()
	}
	return strings.TrimSpace(s)
}

func lines(r Report) []string {
	all := []string{r.Kind.String()}
	for _, rcpt := range r.Recipients {
		all = append(all, line(rcpt))
	}
	return all
}

func checkRead(t *testing.T, name, text string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, lines(Read(parse(text)))); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestReadStatus has one small delivery status for each rule.
//
// ceiling: flat table
func TestReadStatus(t *testing.T) {
	const per = "Reporting-MTA: dns; mx.example.net\n\n"
	for _, c := range []struct {
		name, status, text string
		want               []string
	}{
		{"no such user", per + "Final-Recipient: rfc822; bea@school.example\nAction: failed\nStatus: 5.1.1\n" +
			"Diagnostic-Code: smtp; 550 5.1.1 No such user\n", "",
			[]string{"failure", "bea@school.example dead permanent 5.1.1"}},
		{"fields in another order and without an empty line", "Reporting-MTA: dns; mx.example.net\n" +
			"Diagnostic-Code: smtp; 550 User unknown\nStatus: 5.0.0\nAction: failed\n" +
			"Final-Recipient: rfc822; bea@school.example\n", "",
			[]string{"failure", "bea@school.example dead permanent 5.0.0"}},
		{"two recipients without an empty line between them", per + "Final-Recipient: rfc822; bea@school.example\n" +
			"Action: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; cem@school.example\nAction: failed\n" +
			"Status: 5.2.2\n", "",
			[]string{"failure", "bea@school.example dead permanent 5.1.1", "cem@school.example full permanent 5.2.2"}},
		{"an empty line within a recipient", per + "Final-Recipient: rfc822; bea@school.example\n\nAction: failed\n" +
			"Status: 5.1.1\n", "",
			[]string{"failure", "bea@school.example dead permanent 5.1.1"}},
		{"one was reached and one was not", per + "Final-Recipient: rfc822; bea@school.example\nAction: relayed\n" +
			"Status: 2.0.0\n\nFinal-Recipient: rfc822; cem@school.example\nAction: failed\nStatus: 5.1.1\n", "",
			[]string{"failure", "cem@school.example dead permanent 5.1.1"}},
		{"success", per + "Final-Recipient: rfc822; bea@school.example\nAction: delivered\nStatus: 2.0.0\n", "", []string{
			"delivered"}},
		{"still being tried, whatever the code", per + "Final-Recipient: rfc822; bea@school.example\n" +
			"Action: delayed\nStatus: 5.1.1\n", "",
			[]string{"delayed", "bea@school.example delay temporary 5.1.1"}},
		{"given up after days of trying", per + "Final-Recipient: rfc822; bea@school.example\nAction: failed\n" +
			"Status: 4.4.1\nDiagnostic-Code: X-Postfix; connect to mx: Connection timed out\n", "",
			[]string{"failure", "bea@school.example delay temporary 4.4.1"}},
		{"a full mailbox that was full for days", per + "Final-Recipient: rfc822; bea@school.example\n" +
			"Action: failed\nStatus: 4.2.2\n", "",
			[]string{"failure", "bea@school.example full temporary 4.2.2"}},
		{"an alias", per + "Original-Recipient: rfc822; bea@school.example\n" +
			"Final-Recipient: rfc822; b.smith@trust.example\nAction: failed\nStatus: 5.1.1\n", "",
			[]string{"failure", "bea@school.example dead permanent 5.1.1 at b.smith@trust.example"}},
		{"a recipient in X.400", per + "Final-Recipient: X400; c=GB;a= ;p=T;dda:SMTP=bea@school.example;\n" +
			"Action: failed\nStatus: 5.1.1\n", "",
			[]string{"failure", "bea@school.example dead permanent 5.1.1"}},
		{"a recipient that is only in the text", per + "Final-Recipient: x-local; unknown\nAction: failed\n" +
			"Status: 5.1.1\n", "The following address failed:\n\n  <bea@school.example>\n",
			[]string{"failure", "bea@school.example dead permanent 5.1.1"}},
		{"a reason that is only in the text", per + "Final-Recipient: rfc822; bea@school.example\nAction: failed\n" +
			"Status: 5.0.0\n",
			"Your message wasn't delivered to bea@school.example because the address couldn't be found.\n",
			[]string{"failure", "bea@school.example dead permanent 5.0.0"}},
		{"an unknown domain waits for a DNS check", per + "Final-Recipient: rfc822; bea@scholo.example\n" +
			"Action: failed\nStatus: 5.1.2\n", "",
			[]string{"failure", "bea@scholo.example no-domain permanent 5.1.2"}},
		{"a blocklist behind the code of an unknown user", per + "Final-Recipient: rfc822; bea@school.example\n" +
			"Action: failed\nStatus: 5.1.1\n" +
			"Diagnostic-Code: smtp; 550 5.1.1 <bea@school.example>: blocked using zen.spamhaus.org\n", "",
			[]string{"failure", "bea@school.example policy permanent 5.1.1"}},
		{"a host with a telling name means nothing", per + "Final-Recipient: rfc822; bea@school.example\n" +
			"Action: failed\nStatus: 5.1.1\n" +
			"Diagnostic-Code: smtp; host antispam.school.example[192.0.2.1] said: 550 5.1.1 User unknown\n", "",
			[]string{"failure", "bea@school.example dead permanent 5.1.1"}},
		{"an address with a telling name means nothing", per + "Final-Recipient: rfc822; policy@spam.example\n" +
			"Action: failed\nStatus: 5.1.1\n" +
			"Diagnostic-Code: smtp; 550 5.1.1 <policy@spam.example>: User unknown, see https://help.example/policy/spam\n",
			"",
			[]string{"failure", "policy@spam.example dead permanent 5.1.1"}},
		{"Microsoft's directory", per + "Final-Recipient: rfc822; bea@school.example\nAction: failed\n" +
			"Status: 5.4.1\n" +
			"Diagnostic-Code: smtp; 550 5.4.1 Recipient address rejected: Access denied. AS(201806281)\n", "",
			[]string{"failure", "bea@school.example dead permanent 5.4.1"}},
		{"a full mailbox that is still being tried", per + "Final-Recipient: rfc822; bea@school.example\nAction: delayed\n" +
			"Status: 4.2.2\n", "", []string{"delayed", "bea@school.example delay temporary 4.2.2"}},
		{"an unknown user for now", per + "Final-Recipient: rfc822; bea@school.example\nAction: failed\n" +
			"Diagnostic-Code: smtp; 450 bea@school.example: User unknown in local recipient table\n", "",
			[]string{"failure", "bea@school.example delay temporary"}},
		{"no recipient at all", per, "Something failed.\n", []string{"failure", " unknown permanent"}},
	} {
		if c.name == "no recipient at all" {
			c.want[1] = strings.TrimSpace(c.want[1])
		}
		checkRead(t, c.name, dsn(c.status, c.text), c.want...)
	}
}

func TestReadWrapped(t *testing.T) {
	status := "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; bea@school.example\nAction: failed\n" +
		"Status: 5.1.1\n"
	report := dsn(status, "It failed.\n")
	want := []string{"failure", "bea@school.example dead permanent 5.1.1"}
	outer := "From: postmaster@gateway.example\nTo: x@forum.example\nSubject: Delivery Status Notification\n" +
		"MIME-Version: 1.0\n"
	checkRead(t, "as an attachment", outer+"Content-Type: multipart/mixed; boundary=o\n\n--o\n"+
		"Content-Type: message/rfc822\n\n"+report+"\n--o--\n", want...)
	checkRead(t, "as the whole body", outer+"Content-Type: message/rfc822\n\n"+report, want...)
	checkRead(t, "without a report type", strings.Replace(report, "report-type=delivery-status; ", "", 1), want...)
	checkRead(t, "as multipart/mixed", strings.Replace(report, "multipart/report", "multipart/mixed", 1), want...)
	checkRead(t, "without the boundary parameter", strings.Replace(report, "; boundary=b", "", 1), want...)
	checkRead(t, "the status as text", strings.Replace(report, "message/delivery-status",
		"text/plain; name=details.txt", 1), want...)
	checkRead(t, "the status in base64",
		dsn("", "")[:strings.Index(dsn("", ""), "--b\nContent-Type: message/delivery-status")]+
			"--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"+
			"RmluYWwtUmVjaXBpZW50OiByZmM4MjI7IGJlYUBzY2hvb2wuZXhhbXBsZQpBY3Rpb246IGZhaWxlZApTdGF0dXM6IDUuMS4xCg==\n"+
			"--b--\n", want...)
	checkRead(t, "the status glued into a plain text", "From: MAILER-DAEMON@mx.example.net\nSubject: failure\n\n"+
		"It failed.\n\n"+status, want...)
}

func TestReadFree(t *testing.T) {
	head := "From: MAILER-DAEMON@mx.example.net\nTo: forum-bounces+x@forum.example\nSubject: failure notice\n\n"
	returned := "\n--- Below this line is a copy of the message.\n\nReturn-Path: <forum-bounces+x@forum.example>\n" +
		"From: anna@school.example\nTo: forum@forum.example\nSubject: 550 5.1.1 user unknown\n\n" +
		"zoe@school.example: user unknown\n"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"qmail", "Hi. This is the qmail-send program at mx.example.net.\n" +
			"I'm afraid I wasn't able to deliver your message to the following addresses.\n\n" +
			"<bea@school.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 No such user\n" +
			"Giving up on 192.0.2.1.\n",
			[]string{"failure", "bea@school.example dead permanent 5.1.1"}},
		{"Exim", "A message that you sent could not be delivered to one or more of its\n" +
			"recipients. The following address(es) failed:\n\n  bea@school.example\n" +
			"    host mx.school.example [192.0.2.1]: 550 Mailbox quota exceeded\n  cem@school.example\n" +
			"    retry timeout exceeded\n",
			[]string{"failure", "bea@school.example full permanent", "cem@school.example delay permanent"}},
		{"Postfix with an alias", "I'm sorry to have to inform you that your message could not be delivered.\n\n" +
			"<b@trust.example> (expanded from <bea@school.example>): host mx said: 550 5.1.1 User unknown\n",
			[]string{"failure", "bea@school.example dead permanent 5.1.1 at b@trust.example"}},
		{"sendmail", "   ----- The following addresses had permanent fatal errors -----\n<bea@school.example>\n" +
			"    (reason: 550 5.7.1 Message rejected as spam)\n\n   ----- Transcript of session follows -----\n" +
			"... while talking to mx:\n>>> DATA\n<<< 550 5.7.1 Message rejected as spam\n",
			[]string{"failure", "bea@school.example policy permanent 5.7.1"}},
		{"Exchange quotes the addressees", "Your message\n\n  To:      forum@forum.example\n  Subject: EHCP\n" +
			"  Sent:    Fri, 4 Oct 2002 17:10:56 -0400\n\ndid not reach the following recipient(s):\n\n" +
			"bea@school.example on Fri, 4 Oct 2002 17:12:28 -0400\n    The recipient name is not recognized\n",
			[]string{"failure", "bea@school.example dead permanent"}},
		{"Domino", "Your message\n\n  Subject: EHCP\n\nwas not delivered to:\n\n  bea@school.example\n\nbecause:\n" +
			"\n  User Bea Smith (bea@school.example) not listed in Domino Directory\n",
			[]string{"failure", "bea@school.example dead permanent"}},
		{"a label", "The message could not be delivered.\n\nFailed Recipient: bea@school.example\n" +
			"Reason: Remote host said: 552 5.3.4 Message size exceeds fixed limit\n",
			[]string{"failure", "bea@school.example policy permanent 5.3.4"}},
		{"a sentence",
			"Delivery to bea@school.example failed. User unknown. For help write to helpdesk@school.example.\n",
			[]string{"failure", "bea@school.example dead permanent"}},
		{"German", "Ihre Nachricht konnte nicht zugestellt werden:\n\n<bea@school.example>\n" +
			"    Das Postfach ist voll.\n", []string{"failure", "bea@school.example full permanent"}},
		{"French", "Votre message n'a pas pu être remis à bea@school.example : utilisateur inconnu\n", []string{
			"failure", "bea@school.example dead permanent"}},
		{"Spanish", "Su mensaje no pudo ser entregado a bea@school.example porque el buzón está lleno.\n", []string{
			"failure", "bea@school.example full permanent"}},
		{"a warning", "Your message has not yet been delivered to bea@school.example. It will be retried for 4 days.\n" +
			"550 5.1.1 user unknown\n",
			[]string{"delayed", "bea@school.example delay temporary 5.1.1"}},
		{"no word about a reason", "Your message could not be delivered to:\n\nbea@school.example\n", []string{
			"failure", "bea@school.example unknown permanent"}},
	} {
		checkRead(t, c.name, head+c.text+returned, c.want...)
	}
	checkRead(t, "the field that Gmail writes", strings.Replace(head, "Subject", "X-Failed-Recipients: bea@school.example\n"+
		"Subject", 1)+"550 5.2.1 The account is disabled.\n",
		"failure", "bea@school.example dead permanent 5.2.1")
	checkRead(t, "success in words", head+"Your message was successfully delivered to:\n\n<bea@school.example>\n",
		"delivered")
}

func TestReadAutoReply(t *testing.T) {
	bounce := "\n> From: MAILER-DAEMON@mx.example.net\n> <bea@school.example>: 550 5.1.1 User unknown\n" +
		"> Final-Recipient: rfc822; bea@school.example\n> Action: failed\n> Status: 5.1.1\n"
	for _, c := range []struct{ name, head, text string }{
		{"a vacation", "From: Bea <bea@school.example>\nSubject: Automatic reply: EHCP\n" +
			"Auto-Submitted: auto-replied\n", "I am away.\n"},
		{"a vacation with an empty return path", "Return-Path: <>\nFrom: bea@school.example\nSubject: Out of office\n",
			"I have left the school, this mailbox is no longer in use.\n"},
		{"a vacation that quotes a bounce", "From: bea@school.example\nSubject: Out of Office: Undelivered Mail\n" +
			"Auto-Submitted: auto-replied\n", "I am away.\n" + bounce},
		{"a vacation that quotes a bounce without marks", "From: bea@school.example\nSubject: EHCP\n" +
			"Auto-Submitted: auto-replied\n", "I am away.\n" + strings.ReplaceAll(bounce, "> ", "")},
		{"a challenge", "From: bea@school.example\nReturn-Path: <>\nSubject: Please confirm\n" +
			"X-Delivery-Agent: TMDA/1.1\n",
			"Your message is being held until you confirm it. It was not delivered to bea@school.example.\n"},
		{"a challenge in words", "From: noreply@filter.example\nSubject: Message to bea@school.example\n",
			"Please verify that you are a real person. Your message was not delivered yet.\n"},
		{"a receipt of reading", "From: bea@school.example\nSubject: Read: EHCP\n" +
			"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n", "--b\n" +
			"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; bea@school.example\n" +
			"Disposition: manual-action/MDN-sent-manually; deleted\n--b--\n"},
		{"a receipt of a mailbox", "From: MAILER-DAEMON@school.example\nSubject: Returned\n" +
			"Content-Type: multipart/report; boundary=b\n", "--b\n\nfailed: user unknown\n--b\n" +
			"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; bea@school.example\n" +
			"Disposition: automatic-action/MDN-sent-automatically; deleted\n--b--\n"},
	} {
		checkRead(t, c.name, c.head+"\n"+c.text, "autoreply")
	}
}

func TestReadFeedback(t *testing.T) {
	arf := "From: fbl@provider.example\nTo: abuse@forum.example\nSubject: FW: EHCP\n" +
		"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\n" +
		"This is an email abuse report.\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n" +
		"Version: 1\nOriginal-Rcpt-To: <bea@provider.example>\n--b\nContent-Type: message/rfc822\n\n" +
		"From: forum@forum.example\nTo: bea@provider.example\nFeedback-ID: 1:2:sig:forum\nSubject: EHCP\n\n" +
		"550 5.1.1 user unknown\n--b--\n"
	r := Read(parse(arf))
	if r.Kind != Complaint || r.FeedbackType != "abuse" || r.FeedbackID != "1:2:sig:forum" || len(r.Recipients) != 1 || r.Recipients[0].Address.String() != "bea@provider.example" {
		t.Errorf("got %+v", r)
	}
	for text, want := range map[string]Kind{"auth-failure": Feedback, "not-spam": Feedback, "fraud": Complaint,
		"opt-out": Complaint} {
		if got := Read(parse(strings.Replace(arf, "Feedback-Type: abuse", "Feedback-Type: "+text, 1))).Kind; got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
	outlook := "From: staff@hotmail.example\nSubject: complaint about message from 192.0.2.1\n" +
		"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n" +
		"X-HmXmrOriginalRecipient: bea@hotmail.example\nFrom: forum@forum.example\nFeedback-ID: x\n" +
		"To: forum@forum.example\n\nText\n--b--\n"
	if r := Read(parse(outlook)); r.Kind != Complaint || r.FeedbackID != "x" || len(r.Recipients) != 1 || r.Recipients[0].Address.String() != "bea@hotmail.example" {
		t.Errorf("a complaint without a feedback part: got %+v", r)
	}
	ses := "From: no-reply@sns.example\nSubject: Notification\n\n" +
		`{"Type":"Notification","Message":"{\"notificationType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\"bea@school.example\",\"status\":\"5.1.1\",\"action\":\"failed\"}]}}"}` +
		"\n"
	checkRead(t, "JSON within JSON", ses, "failure", "bea@school.example dead permanent 5.1.1")
}

func TestReturned(t *testing.T) {
	got := Returned(parse("To: Forum <a@forum.example>, b@forum.example\nDelivered-To: c@forum.example\n" +
		"Apparently-To: A@forum.example\nX-Original-To: d@forum.example\nEnvelope-To: e@forum.example\n" +
		"Cc: f@forum.example\n\nhello\n"))
	want := []string{"a@forum.example", "b@forum.example", "c@forum.example", "e@forum.example", "d@forum.example"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
