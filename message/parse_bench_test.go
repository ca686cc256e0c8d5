package message

import (
	"encoding/base64"
	"strings"
	"testing"
)

// smallMail is a mail of about 2 KB as a person writes it.
func smallMail() []byte {
	return lines("Received: from mail.school.sch.uk (mail.school.sch.uk [192.0.2.1])",
		"\tby mx.example.org (Postfix) with ESMTPS id 4ABC for <senco-forum@lists.example.org>;",
		"\tMon, 14 Sep 2026 08:12:01 +0100 (BST)",
		"From: \"Smith, Jane (SENCO)\" <jane.smith@school.sch.uk>",
		"To: SENCO Forum <senco-forum@lists.example.org>",
		"Subject: =?utf-8?Q?Part-time_timetables_=E2=80=93_a_question?=",
		"Date: Mon, 14 Sep 2026 08:12:01 +0100",
		"Message-ID: <CAJ+abc123=xyz@mail.example.com>",
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=\"utf-8\"",
		"Content-Transfer-Encoding: quoted-printable", "",
		strings.Repeat("Hello all, does anybody have a form for part-time timetables=3F\r\n", 22))
}

// largeMail is a mail of about 1.4 MB with a file.
func largeMail() []byte {
	file := base64.StdEncoding.EncodeToString(make([]byte, 1<<20))
	var b strings.Builder
	for ; len(file) > 76; file = file[76:] {
		b.WriteString(file[:76] + "\r\n")
	}
	return lines("From: a@school.sch.uk", "Content-Type: multipart/mixed; boundary=b", "",
		"--b", "Content-Type: text/plain", "", "see the file",
		"--b", "Content-Type: application/pdf; name=a.pdf", "Content-Transfer-Encoding: base64", "", b.String(),
		"--b--", "")
}

func BenchmarkParse2KB(b *testing.B) {
	raw := smallMail()
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(raw)
	}
}

// BenchmarkRead2KB is Parse and what an incoming post is asked for.
func BenchmarkRead2KB(b *testing.B) {
	raw := smallMail()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		m := Parse(raw)
		m.From()
		m.Subject()
		m.Text()
	}
}

func BenchmarkParseLarge(b *testing.B) {
	raw := largeMail()
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(raw)
	}
}

// BenchmarkReadLarge also decodes the file.
func BenchmarkReadLarge(b *testing.B) {
	raw := largeMail()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		m := Parse(raw)
		m.Text()
		m.Attachments()
	}
}

func BenchmarkScanAndStrict(b *testing.B) {
	raw := smallMail()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if Scan(raw, Arriving()) != nil || Strict(raw, false) != nil {
			b.Fatal("refused")
		}
	}
}

func BenchmarkScanLarge(b *testing.B) {
	raw := largeMail()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if err := Scan(raw, Arriving()); err != nil {
			b.Fatal(err)
		}
	}
}
