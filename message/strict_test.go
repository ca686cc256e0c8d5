package message

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

func TestStrict(t *testing.T) {
	const from, end = "From: Jane Smith <js@school.sch.uk>\r\n", "\r\n\r\ntext\r\n"
	for _, c := range []struct{ name, header, want string }{
		{"one From with one address passes", from + "To: forum@example.org", ""},
		{"a message of header only passes", from[:len(from)-2], ""},
		{"no From is refused", "To: forum@example.org", RuleNoFrom},
		{"two From fields are refused", from + from + "To: x@y.z", RuleTwoFroms},
		{"two From fields are refused whatever their case", from + "FROM: a@b.c", RuleTwoFroms},
		{"a From with a space before the colon counts", from + "From : a@b.c", RuleTwoFroms},
		{"a From with a tab before the colon counts", from + "From\t: a@b.c", RuleTwoFroms},
		{"an indented first line counts", " From: a@b.c\r\n" + from + "X: y", RuleTwoFroms},
		{"a From behind a stray line counts", from + "stray\r\nFrom: a@b.c", RuleTwoFroms},
		{"a From behind two stray lines is not overlooked", from + "stray\r\nstray\r\nFrom: a@b.c", RuleHeaderEnd},
		{"a From behind a line of spaces is not overlooked", from + " \r\nstray\r\nFrom: a@b.c", RuleHeaderEnd},
		{"several addresses are refused", "From: a@b.c, d@e.f", RuleTwoAddresses},
		{"an address as the name of another is refused", "From: a@b.c <d@e.f>", RuleTwoAddresses},
		{"an address with words as the name of another is refused", "From: mail from a@b.c <d@e.f>", RuleTwoAddresses},
		{"two addresses in brackets are refused", "From: <a@b.c> <d@e.f>", RuleTwoAddresses},
		{"an address behind the brackets is refused", "From: <a@b.c> d@e.f", RuleTwoAddresses},
		{"a group is refused", "From: Teachers: a@b.c, d@e.f;", RuleGroup},
		{"a group of one is refused", "From: Teachers: a@b.c;", RuleGroup},
		{"an empty group is refused", "From: nobody:;", RuleGroup},
		{"semicolons are refused", "From: a@b.c; d@e.f", RuleGroup},
		{"a From without address is refused", "From: Jane Smith", RuleNoAddress},
		{"an empty From is refused", "From:", RuleNoAddress},
		{"empty brackets are refused", "From: Jane <>", RuleBadFrom},
		{"an open bracket is refused", "From: Jane <a@b.c", RuleBadFrom},
		{"an open quote is refused", "From: \"Jane <a@b.c>", RuleBadFrom},
		{"an open comment is refused", "From: a@b.c (Jane", RuleBadFrom},
		{"a source route is refused", "From: <@a.b,@c.d:e@f.g>", RuleBadFrom},
		{"an address without domain is refused", "From: Jane <jane>", RuleBadFrom},
		{"an encoded word as local part is refused", "From: <=?utf-8?q?a?=@b.c>", RuleBadFrom},
		{"a control in the address is refused", "From: a\x01@b.c", RuleBadFrom},
		{"two Subjects are refused", from + "Subject: a\r\nsubject: b", RuleRepeated + "subject"},
		{"two Dates are refused", from + "Date: a\r\nDate: b", RuleRepeated + "date"},
		{"two Tos are refused", from + "To: a@b.c\r\nTO: d@e.f", RuleRepeated + "to"},
		{"two Message-IDs are refused", from + "Message-Id: <a>\r\nMessage-ID: <b>", RuleRepeated + "message-id"},
		{"two Senders are refused", from + "Sender: a@b.c\r\nSender: d@e.f", RuleRepeated + "sender"},
		{"two Reply-Tos are refused", from + "Reply-To: a@b.c\r\nReply-To: d@e.f", RuleRepeated + "reply-to"},
		{"two Ccs and many Received pass", from + "Cc: a@b.c\r\nCc: d@e.f\r\nReceived: x\r\nReceived: y", ""},
		{"a bare CR is refused", from + "Subject: a\rFrom: a@b.c", RuleBareCR},
		{"a NUL is refused", from + "Subject: a\x00b", RuleNUL},
		{"an encoded word behind the domain is refused", "From: a@b.c=?utf-8?q?x?=", RuleBadFrom},
		{"an encoded word inside the domain is refused", "From: a@b=?utf-8?q?x?=.c", RuleBadFrom},
		{"a NUL in a Q word is refused", "From: =?utf-8?q?potus=40whitehouse.gov=00?= <a@b.c>", RuleWordNUL},
		{"a NUL in a B word is refused", from + "Subject: =?utf-8?b?YQBi?=", RuleWordNUL},
		{"raw 8-bit text is refused", from + "Subject: Grüße", RuleRaw8Bit},
		{"raw 8-bit text in any field is refused", from + "X-Mailer: Grüße", RuleRaw8Bit},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rule(t, Strict([]byte(c.header+end), false)); got != c.want {
				t.Errorf("rule is %q, want %q", got, c.want)
			}
		})
	}
}

func TestStrictUTF8(t *testing.T) {
	for _, c := range []struct{ name, header, want string }{
		{"UTF-8 passes where it was asked for", "From: Jürgen <jürgen@bücher.example>\r\nSubject: Grüße", ""},
		{"other 8-bit text does not", "From: a@b.c\r\nSubject: Gr\xfc\xdfe", RuleNotUTF8},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rule(t, Strict([]byte(c.header+"\r\n\r\n"), true)); got != c.want {
				t.Errorf("rule is %q, want %q", got, c.want)
			}
		})
	}
}

func TestFormError(t *testing.T) {
	from := Strict([]byte("To: a@b.c\r\n\r\n"), false).(*FormError)
	if !from.AboutFrom() || from.Error() != "message form: no-from: the message has no From" {
		t.Errorf("about From: %v, %q", from.AboutFrom(), from.Error())
	}
	if other := Scan([]byte("a\rb"), Arriving()).(*FormError); other.AboutFrom() {
		t.Errorf("%v is said to be about From", other)
	}
}

// TestOrdinaryMailPasses: none of the mails of real schools is refused, and
// Scan takes them as well.
func TestOrdinaryMailPasses(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "ordinary.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	files := txtar.Parse(b).Files
	if len(files) < 10 {
		t.Fatalf("%d mails, want at least 10", len(files))
	}
	for _, f := range files {
		t.Run(f.Name, func(t *testing.T) {
			raw := []byte(strings.ReplaceAll(string(f.Data), "\n", "\r\n"))
			if err := Scan(raw, Arriving()); err != nil {
				t.Error(err)
			}
			if err := Strict(raw, false); err != nil {
				t.Error(err)
			}
			from, ok := Parse(raw).From()
			if !ok || from.Address.Domain != "school.sch.uk" {
				t.Errorf("From is %+v", from)
			}
		})
	}
}

func FuzzStrict(f *testing.F) {
	for _, s := range []string{
		"From: a@b.c\r\n\r\n", " From: a@b.c\r\nX\r\n", "From: \"a\\\"\" (x(y)) <\"a>b\"@c>\r\n\r\n", "From: a: b@c;\r\n",
		"From: =?utf-8?q?=00?= <a@b.c>\r\nSubject: =?x?b?AA==?=\r\n\r\n", "From: Smith, John (S) <a@b.c>\r\n\r\n", "From: a@b.c <A@B.C>\r\n\r\n",
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, raw []byte, utf8 bool) {
		if err := Strict(raw, utf8); err != nil {
			rule(t, err)
			return
		}
		// What passes has one author, and Parse sees the same one.
		m := Parse(raw)
		if m.Header.Count("From") != 1 {
			t.Fatalf("%d From fields passed", m.Header.Count("From"))
		}
		var authors []Mailbox
		for _, mb := range readMailboxes(m.Header.Get("From")) {
			if !mb.Address.IsZero() {
				authors = append(authors, mb)
			}
		}
		if len(authors) != 1 {
			t.Fatalf("authors are %+v", authors)
		}
		if strings.ContainsRune(m.Subject()+authors[0].Name, 0) {
			t.Fatal("a NUL passed")
		}
	})
}
