package bounce

import "testing"

// TestReadServers has reports as well-known mail servers and services write them, made up from their forms.
//
// ceiling: flat table
func TestReadServers(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"o365 html only", "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@tenant.example>\n" +
			"To: x@forum.example\nSubject: Undeliverable: EHCP\nAuto-Submitted: auto-replied\n" +
			"Content-Type: text/html; charset=us-ascii\n\n" +
			"<html><body><p>Your message to <a href=\"mailto:bea@school.example\">bea@school.example</a> couldn't be delivered.</p>" +
			"<p>bea wasn't found at school.example.</p>" +
			"<p>Diagnostic information for administrators:</p><p>Generating server: AM0.eurprd.prod.outlook.com</p>" +
			"<p>bea@school.example<br>Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'</p>" +
			"<p>Original message headers:</p><pre>Received: from x\n" +
			"From: anna@school.example</pre></body></html>", []string{"failure",
			"bea@school.example dead permanent 5.1.10"}},
		{"exchange 2003", "From: System Administrator <postmaster@school.example>\nSubject: Undeliverable: EHCP\n\n" +
			"Your message did not reach some or all of the intended recipients.\n\n      Subject:\tEHCP\n" +
			"      Sent:\t1/2/2010 3:04 PM\n\nThe following recipient(s) cannot be reached:\n\n" +
			"      'bea@school.example' on 1/2/2010 3:04 PM\n" +
			"            The e-mail account does not exist at the organization this message was sent to.\n" +
			"            <mail.school.example #5.1.1>\n", []string{"failure",
			"bea@school.example dead permanent 5.1.1"}},
		{"groupwise", "From: Mailer-Daemon@school.example\nSubject: Message status - undeliverable\n\n" +
			"The message that you sent was undeliverable to the following:\n\tbea@school.example (user not found)\n" +
			"\nPossibly truncated original message follows:\n\nFoo cem@x.example", []string{"failure",
			"bea@school.example dead permanent"}},
		{"notes", "From: Postmaster@school.example\n" +
			"Subject: DELIVERY FAILURE: User bea (bea@school.example) not listed in Domino Directory\n\n" +
			"Your message\n\n  Subject: EHCP\n\nwas not delivered to:\n\n  bea@school.example\n\nbecause:\n\n" +
			"  User bea (bea@school.example) not listed in Domino Directory\n", []string{"failure",
			"bea@school.example dead permanent"}},
		{"courier", "From: \"Courier mail server at mx.example\" <@mx.example>\n" +
			"Subject: NOTICE: mail delivery status.\n\nThis is a delivery status notification from mx.example.\n\n" +
			"<bea@school.example>:\n     mx.school.example [192.0.2.1]:\n     >>> RCPT TO:<bea@school.example>\n" +
			"     <<< 550 User unknown\n", []string{"failure", "bea@school.example dead permanent"}},
		{"hmail", "From: mailer-daemon@mx.example\nSubject: Message undeliverable: EHCP\n\n" +
			"Your message did not reach some or all of the intended recipients.\n\n" +
			"   Sent: Fri, 13 Feb 2009 16:57:55 -0800\n   Subject: EHCP\n\n" +
			"The following recipient(s) could not be reached:\n\nbea@school.example\n   Error Type: SMTP\n" +
			"   Remote server replied: 452 4.2.2 Mailbox full\n", []string{"failure",
			"bea@school.example full temporary 4.2.2"}},
		{"kerio", "From: postmaster@mx.example\nSubject: Delivery failure\n\nYour message was not delivered.\n\n" +
			"Final-Recipient: rfc822;bea@school.example\nAction: failed\nStatus: 5.1.1\n" +
			"Diagnostic-Code: smtp; 550 5.1.1 unknown\n", []string{"failure",
			"bea@school.example dead permanent 5.1.1"}},
		{"smartermail", "From: \"System Administrator\" <system.administrator@mx.example>\n" +
			"Subject: Delivery Failure\n\nCould not deliver message to the following recipient(s):\n\n" +
			"Failed Recipient: bea@school.example\nReason: Remote host said: 550 No such user here\n\n" +
			"   -- The header and top 20 lines of the message follows --\n\nReceived: from x\n" +
			"To: forum@forum.example\n", []string{"failure", "bea@school.example dead permanent"}},
		{"icewarp", "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>\n" +
			"Subject: Returned mail: see transcript\n\nThe message could not be delivered:\n\n" +
			"User unknown : bea@school.example\n", []string{"failure", "bea@school.example dead permanent"}},
		{"communigate", "From: <MAILER-DAEMON@mx.example>\nSubject: Undeliverable mail: EHCP\n" +
			"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n" +
			"Failed to deliver to 'bea@school.example'\nLOCAL module(account bea) reports:\n" +
			" account is full (quota exceeded)\n\n--b\nContent-Type: message/delivery-status\n\n" +
			"Reporting-MTA: dns; mx.example\n\nOriginal-Recipient: rfc822;<bea@school.example>\n" +
			"Final-Recipient: LOCAL;<bea>\nAction: failed\nStatus: 5.0.0\n--b--\n", []string{"failure",
			"bea@school.example full permanent 5.0.0"}},
		{"yahoo", "From: MAILER-DAEMON@yahoo.com\nSubject: Failure Notice\n\n" +
			"Sorry, we were unable to deliver your message to the following address.\n\n<bea@yahoo.example>:\n" +
			"552: 1 Requested mail action aborted, mailbox not found\n\n" +
			"--- Below this line is a copy of the message.\n\nReceived: x", []string{"failure",
			"bea@yahoo.example dead permanent"}},
		{"mimecast", "From: postmaster@uk.mimecast.example\nSubject: [Postmaster] Email Delivery Failure\n\n" +
			"This is a message from your mail system about an email that could not be delivered.\n\n" +
			"The message you sent to bea@school.example was rejected: 550 Administrative prohibition - envelope blocked\n", []string{
			"failure", "bea@school.example policy permanent"}},
		{"barracuda dsn", "From: Barracuda Email Security <mailer-daemon@ess.barracuda.example>\n" +
			"Subject: Mail delivery failed\n\n" +
			"<bea@school.example>: 550 permanent failure for one or more recipients (bea@school.example:550 5.1.1 User unknown)\n", []string{
			"failure", "bea@school.example dead permanent 5.1.1"}},
		{"icloud full", "From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\n\n" +
			"<bea@icloud.example>: host mx01.mail.icloud.com[17.57.1.1] said: 552 5.2.2\n" +
			"    <bea@icloud.example>: user is over quota (in reply to RCPT TO command)\n", []string{"failure",
			"bea@icloud.example full permanent 5.2.2"}},
		{"left school text", "From: noreply@school.example\nSubject: Undelivered: account closed\n\n" +
			"The person you wrote to, bea@school.example, has left the school. This account is no longer in use.\n", []string{
			"failure", "bea@school.example dead permanent"}},
		{"zoho", "From: mailer-daemon@mail.zoho.com\nSubject: Undelivered Mail Returned to Sender\n\n" +
			"This message was created automatically by mail delivery software.\n" +
			" A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n" +
			"\nbea@school.example Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 user unknown\n", []string{
			"failure", "bea@school.example dead permanent 5.1.1"}},
		{"sendgrid-like", "From: bounce@mx.example\nReturn-Path: <>\nSubject: Bounce\n\n" +
			"Recipient: bea@school.example\nStatus: 5.1.1\nReason: 550 unknown\n", []string{"failure",
			"bea@school.example dead permanent 5.1.1"}},
		{"inline relay list", "From: MAILER-DAEMON@mx.example\nSubject: Undeliverable\n\n" +
			"The following addresses failed: bea@school.example, cem@school.example\n550 5.1.1 unknown\n", []string{
			"failure", "bea@school.example dead permanent 5.1.1"}},
		{"virus scanner", "From: virus-admin@mx.example\nSubject: Virus found in message\n\n" +
			"A virus was found in the message from you to bea@school.example. It was not delivered.\n", []string{
			"failure", "bea@school.example policy permanent"}},
		{"proton", "From: MAILER-DAEMON@protonmail.example\nSubject: Undelivered Mail Returned to Sender\n\n" +
			"<bea@proton.example>: host mail.protonmail.ch[185.70.42.128] said: 550 5.1.1\n" +
			" <bea@proton.example>: Recipient address rejected: Address does not exist (in reply to RCPT TO command)\n", []string{
			"failure", "bea@proton.example dead permanent 5.1.1"}},
		{"google 5.7.26", "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\n" +
			"X-Failed-Recipients: bea@school.example\nSubject: Delivery Status Notification (Failure)\n\n" +
			"** Message blocked **\n\n" +
			"Your message to bea@school.example has been blocked. See technical details below for more information.\n" +
			"\nThe response from the remote server was:\n550-5.7.26 This mail is unauthenticated\n", []string{
			"failure", "bea@school.example policy permanent 5.7.26"}},
	} {
		checkRead(t, c.name, c.text, c.want...)
	}
}
