package message

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
)

// takeOut is a redaction of some phrases.
func takeOut(phrases ...string) Redaction {
	r := Redaction{Mark: "[removed on 1 March 2027]"}
	var runs []string
	for _, p := range phrases {
		words := WordsOf(p)
		runs = append(runs, strings.Join(words, " "))
		r.Lengths = append(r.Lengths, len(words))
	}
	r.Words = func(run []string) bool { return slices.Contains(runs, strings.Join(run, " ")) }
	return r
}

const plainHead = "From: Jane <jane@school.example>\r\nSubject: A question\r\nMessage-ID: <1@school.example>\r\n"

func TestRedactTakesWordsOut(t *testing.T) {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, c := range []struct {
		name, raw, want string
		gone            []string
	}{
		{"plain text", plainHead + "\r\nAsk Oliver Twist, please.\r\n", "Ask [removed on 1 March 2027], please.", nil},
		{"case and line breaks do not matter", plainHead + "\r\n> Ask OLIVER\r\n> twist, please.\r\n", "Ask [removed on 1 March 2027], please.", nil},
		{"a longer word stays", plainHead + "\r\nOliver Twists are Oliver Twist\r\n", "Oliver Twists are [removed on 1 March 2027]", nil},
		{"quoted-printable", plainHead + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nCaf=C3=A9 Oliver=20Tw=\r\nist\r\n", "Café [removed on 1 March 2027]", nil},
		{"base64", plainHead + "Content-Transfer-Encoding: base64\r\n\r\n" + b64("see oliver twist now") + "\r\n", "see [removed on 1 March 2027] now", nil},
		{"a windows charset", plainHead + "Content-Type: text/plain; charset=windows-1252\r\n\r\n\x93Oliver Twist\x94\r\n", "“[removed on 1 March 2027]”", nil},
		{"HTML", plainHead + "Content-Type: text/html\r\n\r\n<p title=\"oliver twist\">Ask <b>Oliver</b>&nbsp;Twist<!-- oliver twist --></p>\r\n", "[removed on 1 March 2027]", nil},
		{"HTML that cuts a word", plainHead + "Content-Type: text/html\r\n\r\n<p>Ol<b>iv</b>er Twist is here</p>\r\n", "[removed on 1 March 2027]", nil},
		{"between the parts", plainHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\noliver twist\r\n--b\r\n\r\nHello\r\n--b--\r\noliver twist\r\n", "Hello", nil},
		{"a file that is text", plainHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=class.csv\r\n\r\na,Oliver Twist,7\r\n--b--\r\n", "Hello", nil},
		{"the name of a file", plainHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: application/pdf; name=\"Oliver Twist.pdf\"\r\n\r\n%PDF\r\n--b--\r\n", "A file stood here.", []string{"(its name held the words)"}},
		{"an attached message", plainHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nOliver Twist\r\n--b--\r\n", "A file stood here.", []string{"x.eml"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Redact([]byte(c.raw), takeOut("Oliver Twist"))
			if err != nil {
				t.Fatal(err)
			}
			m := Parse(got.Raw)
			text := strings.Join(strings.Fields(strings.ReplaceAll(m.Text(), ">", "")), " ")
			if !strings.Contains(text, c.want) || !slices.Equal(got.Files, c.gone) {
				t.Errorf("text %q, want %q; files %q, want %q", text, c.want, got.Files, c.gone)
			}
			if m.MessageID() != "<1@school.example>" || m.Subject() != "A question" {
				t.Errorf("the header is %q, %q", m.MessageID(), m.Subject())
			}
			for _, p := range m.Walk() {
				if takeOut("Oliver Twist").holds(string(p.Content())) {
					t.Errorf("still there:\n%s", got.Raw)
				}
			}
		})
	}
}

func TestRedactReadsFieldsAsPeopleDo(t *testing.T) {
	raw := "From: =?utf-8?q?Oliver_Twist?= <jane@school.example>\r\nTo: Oliver Twist <list@x.example>\r\n" +
		"Subject: =?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte("About Oliver Twist, again")) + "?=\r\n" +
		"Message-ID: <oliver.twist@school.example>\r\nX-Note: oliver twist\r\n\r\nHello\r\n"
	got, err := Redact([]byte(raw), takeOut("Oliver Twist"))
	if err != nil {
		t.Fatal(err)
	}
	m := Parse(got.Raw)
	from, _ := m.From()
	if m.Subject() != "About [removed on 1 March 2027], again" || from.Address.String() != "jane@school.example" ||
		m.Header.Has("To") || m.Header.Has("X-Note") || m.MessageID() != "<oliver.twist@school.example>" {
		t.Errorf("got\n%s", got.Raw)
	}
}

func TestRedactKeepsTheBytesOfOtherParts(t *testing.T) {
	other := "--b\r\nContent-Type: application/pdf; name=plan.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"
	raw := plainHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nOliver Twist\r\n" + other + "--b--\r\n"
	got, err := Redact([]byte(raw), takeOut("Oliver Twist"))
	if err != nil || !strings.Contains(string(got.Raw), other) || !slices.Equal(got.Unread, []string{"plan.pdf"}) {
		t.Errorf("%v, unread %q:\n%s", err, got.Unread, got.Raw)
	}
	r := takeOut("Oliver Twist")
	r.File = func(name string) bool { return name == "plan.pdf" }
	got, err = Redact([]byte(raw), r)
	if err != nil || strings.Contains(string(got.Raw), "JVBERg") || strings.Contains(string(got.Raw), "plan.pdf") {
		t.Errorf("%v: the file is still there:\n%s", err, got.Raw)
	}
}

func TestRedactForgetsTheWriter(t *testing.T) {
	raw := "Received: from host.school.example\r\nDKIM-Signature: d=school.example\r\n" + plainHead + "Reply-To: jane@school.example\r\n\r\nHello\r\n"
	got, err := Redact([]byte(raw), Redaction{Unname: true, Mark: "x"})
	if err != nil || strings.Contains(strings.ReplaceAll(string(got.Raw), "<1@school.example>", ""), "school") {
		t.Errorf("%v:\n%s", err, got.Raw)
	}
}

func TestRedactRefusesWordsOfItsOwnMark(t *testing.T) {
	if _, err := Redact([]byte(plainHead+"\r\nHello\r\n"), takeOut("removed")); !errors.Is(err, ErrLeft) {
		t.Errorf("%v, want ErrLeft", err)
	}
}

// FuzzRedact takes words out of any bytes: it does so or says that it cannot, and what comes out can be read.
func FuzzRedact(f *testing.F) {
	for _, s := range []string{
		plainHead + "\r\nOliver Twist\r\n",
		plainHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\noliver twist\r\n--b\r\nContent-Type: text/html\r\n\r\n<a title='oliver twist'>Ol<b>iver twist\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: oliver twist\r\n--b--",
		plainHead + "Content-Type: text/plain; charset=utf-7\r\nContent-Transfer-Encoding: base64\r\n\r\nT2xpdmVyIFR3aXN0\r\n",
		"Subject: =?utf-8?q?oliver?= =?utf-8?q?_twist?=\nX: \xff\n oliver\n twist\n\n\x00oliver twist",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := takeOut("Oliver Twist")
		got, err := Redact(raw, r)
		if err != nil {
			return
		}
		if text := Parse(got.Raw).Text(); r.holds(text) {
			t.Errorf("the text still holds the words: %q", text)
		}
	})
}
