package message

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseParams(t *testing.T) {
	for _, c := range []struct {
		name, in, value string
		params          map[string]string
	}{
		{"a value alone", "Text/Plain", "text/plain", nil},
		{"parameters", `text/plain; Charset="utf-8"; format=flowed`, "text/plain", map[string]string{"charset": "utf-8", "format": "flowed"}},
		{"comments and spaces", "(a) text (b) / plain (c); charset = us-ascii (d)", "text/plain", map[string]string{"charset": "us-ascii"}},
		{"a missing semicolon", "application/pdf name=a.pdf", "application/pdf", map[string]string{"name": "a.pdf"}},
		{"a missing semicolon on the next line", "application/pdf;\n name=a.pdf\n x=y", "application/pdf", map[string]string{"name": "a.pdf", "x": "y"}},
		{"a name with spaces without quotes", "a/b; name=My Plan (2).pdf; x=y", "a/b", map[string]string{"name": "My Plan (2).pdf", "x": "y"}},
		{"a quote that never ends", `a/b; boundary="abc; x=y`, "a/b", map[string]string{"boundary": "abc", "x": "y"}},
		{"an escaped quote", `a/b; name="a\"b.pdf"`, "a/b", map[string]string{"name": `a"b.pdf`}},
		{"a path of Windows", `a/b; name="C:\Users\Jane\a.pdf"`, "a/b", map[string]string{"name": `C:\Users\Jane\a.pdf`}},
		{"encoded words", `a/b; name="=?utf-8?q?=C3=A9.pdf?="`, "a/b", map[string]string{"name": "é.pdf"}},
		{"encoded words without quotes", `a/b; name==?utf-8?q?=C3=A9.pdf?=`, "a/b", map[string]string{"name": "é.pdf"}},
		{"RFC 2231 encoded", `a/b; name*=utf-8'en'%C3%A9.pdf`, "a/b", map[string]string{"name": "é.pdf"}},
		{"RFC 2231 in pieces out of order", `a/b; name*2=".pdf"; name*0*=iso-8859-1''%E9; name*1*=%E8`, "a/b", map[string]string{"name": "éè.pdf"}},
		{"RFC 2231 wins over the plain form", `a/b; name="e.pdf"; name*=utf-8''%C3%A9.pdf`, "a/b", map[string]string{"name": "é.pdf"}},
		{"RFC 2231 without a charset", `a/b; name*=%C3%A9.pdf`, "a/b", map[string]string{"name": "é.pdf"}},
		{"the first of two equal names counts", `a/b; x=1; x=2`, "a/b", map[string]string{"x": "1"}},
		{"raw 8-bit text", "a/b; name=\"\xe9.pdf\"", "a/b", map[string]string{"name": "é.pdf"}},
		{"a boundary is not decoded", `a/b; boundary="=?utf-8?q?a?="`, "a/b", map[string]string{"boundary": "=?utf-8?q?a?="}},
		{"semicolons alone", "a/b;;;", "a/b", nil},
		{"no value", "; x=y", "", map[string]string{"x": "y"}},
		{"an empty value", `a/b; x=""; y=z`, "a/b", map[string]string{"y": "z"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			value, params := parseParams(c.in)
			if diff := cmp.Diff(c.params, params); value != c.value || diff != "" {
				t.Errorf("value %q, want %q; params (-want +got):\n%s", value, c.value, diff)
			}
		})
	}
}

func TestDescribe(t *testing.T) {
	for _, c := range []struct{ name, header, want string }{
		{"nothing said", "X: y", "text/plain||"},
		{"a type of one word", "Content-Type: text", "text/plain||"},
		{"html alone", "Content-Type: html", "text/html||"},
		{"multipart alone", "Content-Type: multipart; boundary=x", "multipart/mixed||"},
		{"nonsense", "Content-Type: =", "text/plain||"},
		{"nonsense that is a file", "Content-Type: ???\r\nContent-Disposition: attachment; filename=a.pdf", "application/octet-stream|attachment|a.pdf"},
		{"a file name in the type", "Content-Type: application/pdf; name=a.pdf", "application/pdf||a.pdf"},
		{"an unknown disposition", "Content-Type: a/b\r\nContent-Disposition: form-data", "a/b|attachment|"},
		{"an unreadable disposition", "Content-Type: a/b\r\nContent-Disposition: =?utf-8?q?x?=", "a/b||"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Parse([]byte(c.header + "\r\n\r\n")).Root
			if got := p.Type + "|" + p.Disposition + "|" + p.FileName; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestSafeName(t *testing.T) {
	long := strings.Repeat("ä", 200)
	for _, c := range []struct{ name, in, want string }{
		{"an ordinary name stays", "Part-time timetable (2).docx", "Part-time timetable (2).docx"},
		{"a path is cut", "../../etc/passwd", "passwd"},
		{"a path of Windows is cut", `C:\Users\Jane\plan.docx`, "plan.docx"},
		{"nothing but a path is nothing", "../..", ""},
		{"dots at the end go", "plan.exe. . .", "plan.exe"},
		{"controls go", "pl\x00an\r\n.docx", "plan .docx"},
		{"bidi marks go", "plan\u202excod.exe", "planxcod.exe"},
		{"a long name is cut and keeps its extension", long + ".docx", strings.Repeat("ä", 115) + ".docx"},
		{"a long name without extension is cut", long, strings.Repeat("ä", 120)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := safeName(c.in); got != c.want {
				t.Errorf("safeName(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestContent(t *testing.T) {
	for _, c := range []struct{ name, encoding, body, want, tail string }{
		{"identity is the body", "8bit", "a=20b", "a=20b", ""},
		{"an unknown encoding is identity", "x-none", "a=20b", "a=20b", ""},
		{"base64", "base64", "SGVs\r\nbG8=\r\n", "Hello", ""},
		{"base64 without padding", "base64", "SGVsbG8", "Hello", ""},
		{"base64 with junk in it", "BASE64", "SG*Vs\r\n bG8=", "Hello", ""},
		{"base64 in pieces", "base64", "SGU=\r\nbGxv", "Hello", ""},
		{"base64 with spaces at the line ends", "base64", "SGVs \r\nbG8= \r\n", "Hello", ""},
		{"base64 with a footer glued on", "base64", "SGVsbG8=\r\n_______\r\nlist mailing list\r\n", "Hello", "_______\r\nlist mailing list\r\n"},
		{"base64 with a sentence glued on", "base64", "SGVsbG8=\r\nPlease don't print this.", "Hello", "Please don't print this."},
		{"text that only claims to be base64", "base64", "Hello, how are you?\r\n", "Hello, how are you?\r\n", ""},
		{"quoted-printable", "quoted-printable", "a=20b=\r\nc=C3=A9\r\n", "a bcé\r\n", ""},
		{"quoted-printable with spaces behind", "Quoted-Printable", "a= \t\r\nb \t\r\nc", "ab\r\nc", ""},
		{"quoted-printable in small letters", "quoted-printable", "=c3=a9", "é", ""},
		{"an equals sign that encodes nothing stays", "quoted-printable", "1 = 2, a=b=zz=", "1 = 2, a=b=zz", ""},
		{"quoted-printable with a comment", "quoted-printable (for mail)", "=41", "A", ""},
		{"uuencode", "x-uuencode", "begin 644 x\r\n%2&5L;&\\\r\n`\r\nend\r\n", "Hello", ""},
		{"uuencode that never begins", "x-uuencode", "Hello", "Hello", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Parse([]byte("Content-Transfer-Encoding: " + c.encoding + "\r\n\r\n" + c.body)).Root
			data, tail := p.decode()
			if string(data) != c.want || string(tail) != c.tail || string(p.Content()) != c.want {
				t.Errorf("content %q and %q, want %q and %q", data, tail, c.want, c.tail)
			}
		})
	}
}

func TestAttachments(t *testing.T) {
	raw := lines("Content-Type: multipart/mixed; boundary=b", "",
		"--b", "Content-Type: text/plain; name=body.txt", "", "the text",
		"--b", "Content-Type: text/plain", "Content-Disposition: attachment", "", "a file",
		"--b", "Content-Type: multipart/alternative; boundary=c", "",
		"--c", "Content-Type: text/html", "", "<p>x",
		"--c", "Content-Type: text/calendar", "", "BEGIN:VCALENDAR",
		"--c--",
		"--b", "Content-Type: image/png; name=\"../logo.png\"", "Content-Transfer-Encoding: base64", "", "SGVsbG8=",
		"--b", "Content-Type: message/rfc822", "", "Subject: Old: news", "", "x",
		"--b--")
	m := Parse(raw)
	want := []Attachment{
		{2, "text.txt", "text/plain", 6},
		{5, "invitation.ics", "text/calendar", 15},
		{6, "logo.png", "image/png", 5},
		{7, "Old: news.eml", "message/rfc822", 23},
	}
	if diff := cmp.Diff(want, m.Attachments()); diff != "" {
		t.Errorf("attachments (-want +got):\n%s", diff)
	}
	if p := m.Part(6); string(p.Content()) != "Hello" {
		t.Errorf("part 6 is %q", p.Content())
	}
	if m.Part(8) != nil || m.Part(-1) != nil {
		t.Error("there are parts without a number")
	}
	if got := m.Part(7).Message().Subject(); got != "Old: news" {
		t.Errorf("the attached message has the subject %q", got)
	}
}

func TestSigned(t *testing.T) {
	for _, c := range []struct {
		name, raw         string
		signed, encrypted bool
	}{
		{"an ordinary message", "Subject: x\r\n\r\nhello", false, false},
		{"multipart/signed", "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--", true, false},
		{"multipart/signed inside a list's footer", "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n--a--", true, false},
		{"multipart/encrypted", "Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--", true, true},
		{"S/MIME", "Content-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\nx", true, true},
		{"PGP inside the text, signed", "\r\nHello\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n", true, false},
		{"PGP inside the text, encrypted", "\r\n-----BEGIN PGP MESSAGE-----\r\n", true, true},
		{"PGP inside an encoded text", "Content-Transfer-Encoding: quoted-printable\r\n\r\n-----BEGIN PGP=20MESSAGE-----\r\n", true, true},
		{"a quoted line of PGP is no signature", "\r\n> -----BEGIN PGP SIGNED MESSAGE-----\r\n", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := Parse([]byte(c.raw))
			if m.Signed() != c.signed || m.Encrypted() != c.encrypted {
				t.Errorf("signed %v, encrypted %v, want %v, %v", m.Signed(), m.Encrypted(), c.signed, c.encrypted)
			}
		})
	}
}
