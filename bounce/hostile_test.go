package bounce

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"sencoforum/internal/worked"
	"sencoforum/message"
)

// quick fails the test if f takes longer than a second of the processor, the budget of one message. The clock on the wall would tell
// how much else the machine has to do.
func quick(t *testing.T, name string, f func()) {
	t.Helper()
	took := time.Hour
	for range 5 { // memory of what was before is collected meanwhile
		start := worked.Time(t)
		f()
		if took = min(took, worked.Time(t)-start); took < time.Second {
			return
		}
	}
	t.Errorf("%s took %v", name, took)
}

func TestTenThousandRecipients(t *testing.T) {
	var status, text strings.Builder
	status.WriteString("Reporting-MTA: dns; mx.example.net\n\n")
	for i := range 10_000 {
		fmt.Fprintf(&status, "Final-Recipient: rfc822; a%d@school.example\nAction: failed\nStatus: 5.0.0\n"+
			"Diagnostic-Code: smtp; 550 %s\n\n", i, strings.Repeat("why ", 100))
		fmt.Fprintf(&text, "<b%d@school.example>:\nIt failed.\n\n", i)
	}
	quick(t, "a status", func() {
		r := Read(parse(dsn(status.String(), text.String())))
		if len(r.Recipients) != MaxRecipients || r.More != 10_000-MaxRecipients {
			t.Errorf("got %d and %d more", len(r.Recipients), r.More)
		}
	})
	quick(t, "a text", func() {
		r := Read(parse("From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n" + text.String()))
		if r.Kind != Failure || len(r.Recipients) != MaxRecipients {
			t.Errorf("got %v with %d", r.Kind, len(r.Recipients))
		}
	})
	quick(t, "fields", func() {
		r := Read(parse("From: MAILER-DAEMON@mx.example\nX-Failed-Recipients: " + strings.Repeat("a@school.example, ", 10_000) + "\n" +
			"Subject: failure notice\n\nfailed"))
		if len(r.Recipients) != 1 {
			t.Errorf("got %d", len(r.Recipients))
		}
	})
}

func TestControlsAreNoPartOfAReport(t *testing.T) {
	status := "Reporting-MTA: dns; mx\x00\x1b[31m.example\u202e\nFinal-Recipient: rfc822; bea@school.example\x07\n" +
		"Action: failed\nStatus: 5.1.1\n" +
		"Diagnostic-Code: smtp; 550 \x1b[2J\u202eno\u200b such\x00 user\rBcc: evil@example.com\n"
	m := message.Parse([]byte(dsn(status, "")))
	r := Read(m)
	if len(r.Recipients) != 1 || r.Recipients[0].Address.String() != "bea@school.example" {
		t.Fatalf("got %+v", r)
	}
	for _, s := range []string{r.Reporter, r.Recipients[0].Diagnostic, r.Recipients[0].Status} {
		if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f || c == '\u202e' || c == '\u200b' }) {
			t.Errorf("got %q", s)
		}
	}
	for line := range bytes.Lines(Keep(m)) {
		if bytes.HasPrefix(line, []byte("Bcc")) || bytes.ContainsAny(bytes.TrimSuffix(line, []byte("\n")),
			"\x00\x1b\r\x07") {
			t.Errorf("kept %q", line)
		}
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, s := range []string{"@", "a@b", "a@b.1", "a@192.0.2.1", "bea@school.example\u202e.com@", "<>",
		"a..b@@x.example", "\"@x", strings.Repeat("@", 10_000), strings.Repeat("a@b ", 10_000)} {
		if a, _, end := addressIn(s); end > 0 && a.String() != "bea@school.example" {
			t.Errorf("%.40q: got %v", s, a)
		}
	}
	for _, s := range []string{"収信者bea@school.exampleさん", "/home/x/.cat/bea@school.example:", "smtp=bea@school.example.", "'bea@school.example'"} {
		if a, _, _ := addressIn(s); a.String() != "bea@school.example" {
			t.Errorf("%s: got %v", s, a)
		}
	}
	if a, _, _ := addressIn("jürgen@müller.example"); a.String() != "jürgen@xn--mller-kva.example" {
		t.Errorf("got %v", a)
	}
	if a, _, _ := addressIn(`rfc822; "bea smith"@school.example`); a.String() != `"bea smith"@school.example` {
		t.Errorf("got %v", a)
	}
}

func TestDeepNesting(t *testing.T) {
	status := dsn("Final-Recipient: rfc822; bea@school.example\nAction: failed\nStatus: 5.1.1\n", "")
	wrap := func(n int) string {
		text := status
		for range n {
			text = "From: postmaster@gateway.example\nSubject: Delivery Status Notification\n" +
				"Content-Type: message/rfc822\n\n" + text
		}
		return text
	}
	if got := lines(Read(parse(wrap(2)))); len(got) != 2 {
		t.Errorf("two levels: got %v", got)
	}
	quick(t, "rfc822", func() {
		for _, rcpt := range Read(parse(wrap(500))).Recipients {
			if !rcpt.Address.IsZero() || rcpt.Class != Unknown {
				t.Errorf("500 levels: got %+v", rcpt)
			}
		}
	})
	var b strings.Builder
	b.WriteString("From: MAILER-DAEMON@mx.example\nSubject: failure\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "Content-Type: multipart/report; boundary=b%d\n\n--b%d\n", i, i)
	}
	quick(t, "multiparts", func() { Read(parse(b.String())) })
	quick(t, "parts", func() {
		Read(parse("From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; boundary=b\n\n" + strings.Repeat("--b\n"+
			"Content-Type: message/rfc822\n\nFrom: MAILER-DAEMON@x\n\n", 20_000)))
	})
}

func TestGarbage(t *testing.T) {
	bits := bytes.Repeat([]byte{0xff, 0xfe, 0x80, '@', 0xc3, '.', '\n', 0x00, ':'}, 50_000)
	quick(t, "8-bit garbage", func() { check(t, bits) })
	head := []byte("From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n")
	quick(t, "8-bit garbage from a mail host", func() { check(t, append(bytes.Clone(head), bits...)) })
	quick(t, "a long line", func() { check(t, append(bytes.Clone(head), bytes.Repeat([]byte("a@b.example "), 100_000)...)) })
	var many, short strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&many, "please look at %c%d@b.example, ", 'a'+i%26, i)
		if i%200 == 0 {
			many.WriteByte('\n')
		}
		fmt.Fprintf(&short, "%d\nq\n", i)
	}
	quick(t, "long lines of many addresses", func() { check(t, append(bytes.Clone(head), many.String()...)) })
	quick(t, "short lines", func() { check(t, append(bytes.Clone(head), "a@b.example\n"+short.String()...)) })
	quick(t, "a long word", func() { check(t, append(bytes.Clone(head), bytes.Repeat([]byte("a"), 1<<20)...)) })
	quick(t, "a long address", func() {
		check(t, append(bytes.Clone(head), []byte(strings.Repeat("a.", 1<<19)+"@"+strings.Repeat("b.", 1<<19))...))
	})

	wide := utf16.Encode([]rune("<bea@school.example>: 550 5.1.1 user unknown\n"))
	var b bytes.Buffer
	b.WriteString("From: MAILER-DAEMON@mx.example\nSubject: failure notice\n" +
		"Content-Type: text/plain; charset=utf-16le\n\n")
	for _, u := range wide {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	r := Read(message.Parse(b.Bytes()))
	if len(r.Recipients) != 1 || r.Recipients[0].Class != Dead {
		t.Errorf("UTF-16: got %+v", r)
	}
}

// check reads and keeps a message and fails the test where a bound is exceeded.
func check(t testing.TB, raw []byte) {
	t.Helper()
	m := message.Parse(raw)
	r := Read(m)
	if len(r.Recipients) > MaxRecipients || len(r.Reporter) > maxReporter || len(r.FeedbackType) > 40 || len(r.FeedbackID) > maxFeedbackID {
		t.Errorf("out of bounds: %+v", r)
	}
	if failure := r.Kind == Failure || r.Kind == Delayed; !failure && r.Kind != Complaint && r.Kind != Feedback && len(r.Recipients) > 0 || failure && len(r.Recipients) == 0 {
		t.Errorf("%v with %d recipients", r.Kind, len(r.Recipients))
	}
	for _, rcpt := range r.Recipients {
		if _, err := message.ParseAddress(rcpt.Address.String()); err != nil && !rcpt.Address.IsZero() {
			t.Errorf("address %q: %v", rcpt.Address, err)
		}
		if len(rcpt.Diagnostic) > MaxDiagnostic || !utf8.ValidString(rcpt.Diagnostic) || strings.ContainsFunc(rcpt.Diagnostic, func(c rune) bool { return c < ' ' || c == 0x7f }) {
			t.Errorf("diagnostic %q", rcpt.Diagnostic)
		}
		if rcpt.Status != "" && findStatus(rcpt.Status) != rcpt.Status || r.Kind == Delayed && rcpt.Class == Dead {
			t.Errorf("%v %+v", r.Kind, rcpt)
		}
	}
	kept := Keep(m)
	if len(kept) > keepBytes || !utf8.Valid(kept) || bytes.ContainsFunc(kept, func(c rune) bool { return c < ' ' && c != '\n' || c == 0x7f }) {
		t.Errorf("kept %d bytes %.200q", len(kept), kept)
	}
	Returned(m)
}

func TestBounceOfAVacation(t *testing.T) {
	checkRead(t, "in the text that comes back", "From: MAILER-DAEMON@mx.example\nSubject: Mail delivery failed\n"+
		"Auto-Submitted: auto-replied\n\nThe following address(es) failed:\n\n  bea@school.example\n"+
		"    550 User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n"+
		"Return-path: <cem@school.example>\nSubject: Out of office\nAuto-Submitted: auto-replied\n\n"+
		"I am away. Please confirm that you are a human.\n",
		"failure", "bea@school.example dead permanent")
	checkRead(t, "in the subject", strings.Replace(dsn("Final-Recipient: rfc822; bea@school.example\n"+
		"Action: failed\nStatus: 5.1.1\n", ""), "Undelivered Mail", "Undeliverable: Automatic reply: away", 1),
		"failure", "bea@school.example dead permanent 5.1.1")
}

func TestKeep(t *testing.T) {
	text := dsn("Reporting-MTA: dns; mx.example.net\nX-Postfix-Sender: rfc822; x\nSubject: EHCP for Tom\n\n"+
		"Final-Recipient: rfc822; bea@school.example\nAction: failed\nStatus: 5.1.1\n"+
		"Diagnostic-Code: smtp; 550 No such\n  user\n\nTom needs help.\n", "Tom needs help, said the human part.\n")
	got := string(Keep(parse(text)))
	for _, secret := range []string{"Tom", "human part", "school.example>", "X-Postfix-Sender"} {
		if strings.Contains(got, secret) {
			t.Errorf("kept %q", secret)
		}
	}
	for _, want := range []string{"Subject: Undelivered Mail Returned to Sender\n", "\n" +
		"Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; bea@school.example\nAction: failed\n" +
		"Status: 5.1.1\nDiagnostic-Code: smtp; 550 No such user\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("kept without %q:\n%s", want, got)
		}
	}
	free := string(Keep(parse("From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n" +
		"<bea@school.example>: failed\n\n--- Below this line is a copy of the message.\n\nTom needs help.\n")))
	if want := "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n"; free != want {
		t.Errorf("got %q, want %q", free, want)
	}
}

func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) { check(t, raw) })
}

func FuzzKeep(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := message.Parse(raw)
		kept := Keep(m)
		if len(kept) > keepBytes || !utf8.Valid(kept) {
			t.Errorf("kept %d bytes", len(kept))
		}
		// What is kept is a header and blocks of fields: nothing else can be read out of it.
		for line := range bytes.Lines(kept) {
			if name, _, found := bytes.Cut(line, []byte(":")); len(line) > 1 && (!found || len(name) == 0) {
				t.Errorf("kept %q", line)
			}
		}
	})
}

func seeds(f *testing.F) {
	status := "Reporting-MTA: dns; mx\n\nOriginal-Recipient: rfc822; a@b.example\n" +
		"Final-Recipient: rfc822; c@d.example\nAction: failed\nStatus: 5.1.1\n" +
		"Diagnostic-Code: smtp; 550 5.7.1 spam\n"
	f.Add([]byte(dsn(status, "<a@b.example>: 550 5.1.1 user unknown\n")))
	f.Add([]byte("From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n" +
		"<a@b.example> (expanded from <c@d.example>):\n550 5.1.1 No such user\n\n" +
		"--- Below this line is a copy of the message.\n\nReturn-Path: <x@y.example>\nTo: a@b.example\n\nhi\n"))
	f.Add([]byte("From: fbl@p.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n" +
		"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: a@b.example\n--b--\n"))
	f.Add([]byte("From: no-reply@sns.example\n\n" +
		"{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":\"a@b.example\"}]}}"))
	f.Add([]byte("From: postmaster@g.example\nSubject: Undeliverable\nContent-Type: message/rfc822\n\n" + dsn(status,
		"")))
}
