package message

import (
	"bytes"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// hushing hides the word SECRET; the fields of one reader begin with X-My.
func hushing() Clearing {
	return Clearing{
		Text: hush, Field: func(s string) string { return strings.ReplaceAll(s, "SECRET", "gone") },
		File:     func(s string) string { return strings.ReplaceAll(s, "SECRET", "oooooo") },
		Personal: func(name string) bool { return strings.HasPrefix(strings.ToLower(name), "x-my") },
		Ours:     func(h Header) bool { return h.Get("List-Id") == "<ours>" },
	}
}

func mixed(parts ...string) string {
	return "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\nbefore\r\n--b\r\n" +
		strings.Join(parts, "\r\n--b\r\n") + "\r\n--b--\r\nafter\r\n"
}

// TestClear compares whole messages: of each only what held the word is another.
func TestClear(t *testing.T) {
	inner := "Subject: s\r\nX-My-Way: SECRET\r\nX-Mine: SECRET\r\n\r\nkept SECRET\r\n"
	for _, c := range []struct{ name, raw, want string }{
		{"text", "Subject: a  b\r\n\r\nkept SECRET  \r\n", "Subject: a  b\r\n\r\nkept [hidden]  \r\n"},
		{"a field, folded as it was", "To: a\r\n\t<SECRET@x>\r\nSubject: s\r\n\r\nx\r\n", "To: a\r\n\t<gone@x>\r\nSubject: s\r\n\r\nx\r\n"},
		{"a field of one reader", "X-My-Way: out SECRET\r\n\tSECRET\r\nX-My-Day: 1\r\nSubject: s\r\n\r\nx\r\n", "X-My-Day: 1\r\nSubject: s\r\n\r\nx\r\n"},
		{"all such fields of a copy", mixed(mime("message/rfc822", "7bit", "X-My: 1\r\nList-Id: <ours>\r\n\r\nx")), mixed(mime("message/rfc822", "7bit", "List-Id: <ours>\r\n\r\nx"))},
		{"an encoded word", "Subject: =?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte("ü SECRET")) + "?=\r\n\r\nx\r\n", "Subject: =?UTF-8?B?w7w=?= gone\r\n\r\nx\r\n"},
		{"two encoded words", "Subject: =?utf-8?q?SEC?= =?utf-8?q?RET?=\r\nX: y\r\n\r\nx\r\n", "Subject: gone\r\nX: y\r\n\r\nx\r\n"},
		{"a name in From", "From: =?utf-8?q?=53ECRET?= <a@b.example>\r\n\r\nx\r\n", "From: gone <a@b.example>\r\n\r\nx\r\n"},
		{"behind the address in From", "From:<0@A>SECRET\r\n\r\nx\r\n", "From:<0@A>gone\r\n\r\nx\r\n"},
		{"quoted-printable in place", mime("text/plain", "quoted-printable", "caf=E9 SECRET\r\na=20=\r\nb"), mime("text/plain", "quoted-printable", "caf=E9 [hidden]\r\na=20=\r\nb")},
		{"quoted-printable, broken", mime("text/plain; charset=utf-8", "quoted-printable", "=C3=BC SEC=\r\nRET"), mime("text/plain; charset=utf-8", "base64", strings.TrimSpace(base("ü [hidden]")))},
		{"base64 in its charset", mime("text/plain; charset=iso-8859-1", "base64", base("\xfc SECRET")), mime("text/plain; charset=iso-8859-1", "base64", base("\xfc [hidden]"))},
		{"another charset", mime("text/plain; charset=utf-16le", "base64", base("S\x00E\x00C\x00R\x00E\x00T\x00\xfc\x00")), mime("text/plain; charset=utf-8", "base64", base("[hidden]ü"))},
		{"HTML", mime("text/html", "7bit", "<p><a href='SECRET'>link</a> \r\n</p>"), mime("text/html", "7bit", "<p><a href='[hidden]'>link</a> \r\n</p>")},
		{"HTML, for people alone", mime("text/html", "7bit", "<p>kept SEC&#82;ET</p>\r\n"), mime("text/plain; charset=utf-8", "7bit", "kept [hidden]\r\n")},
		{"a file keeps its length", mixed("\r\nx", mime("application/x-odd", "base64", base("\x00\x01SECRET"))), mixed("\r\nx", mime("application/x-odd", "base64", base("\x00\x01oooooo")))},
		{"the name of a file", mixed(mime("text/csv; name=\"a SECRET.csv\"", "7bit", "1")), mixed(mime("text/csv; name=\"a gone.csv\"", "7bit", "1"))},
		{"a name in pieces", mixed("Content-Type: a/b; name*0=SEC; name*1=RET\r\n\r\n1"), mixed("Content-Type: a/b; name=gone\r\n\r\n1")},
		{"an attached message", mixed("\r\nx", mime("message/rfc822", "7bit", inner)), mixed("\r\nx", mime("message/rfc822", "7bit", "Subject: s\r\nX-Mine: gone\r\n\r\nkept [hidden]\r\n"))},
		{"an attached message in base64", mixed(mime("message/rfc822", "base64", base(inner))), mixed(mime("message/rfc822", "base64", base("Subject: s\r\nX-Mine: gone\r\n\r\nkept [hidden]\r\n")))},
		{"between the parts", strings.Replace(mixed("\r\nx"), "before", "SECRET", 1), strings.Replace(mixed("\r\nx"), "before", "gone", 1)},
		{"behind the parts", strings.Replace(mixed("\r\nx"), "after", "SECRET", 1), strings.Replace(mixed("\r\nx"), "after", "gone", 1)},
		{"a boundary", strings.ReplaceAll(mixed("\r\nx", "\r\ny"), "--b", "--SECRET"), ""},
		{"a header beside what is signed", "Subject: SECRET\r\n" + signed("\r\nkept"), "Subject: gone\r\n" + signed("\r\nkept")},
		{"a part beside what is signed", mixed(signed("\r\nkept"), "\r\nSECRET"), mixed(signed("\r\nkept"), "\r\n[hidden]")},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.raw = strings.ReplaceAll(c.raw, "MIME-Version: 1.0\r\nContent-Type: message", "Content-Type: message")
			c.want = strings.ReplaceAll(c.want, "MIME-Version: 1.0\r\nContent-Type: message", "Content-Type: message")
			m := Parse([]byte(c.raw))
			got, err := Clear(m, hushing())
			if err != nil || c.want != "" && string(got) != c.want || wanted(Parse(got), hush) || bytes.Contains(got, []byte("SECRET")) {
				t.Fatalf("%v\n%q, want\n%q", err, got, c.want)
			}
			if again, err := Clear(Parse(got), hushing()); err != nil || !bytes.Equal(again, got) {
				t.Errorf("a second time: %v\n%q", err, again)
			}
		})
	}
}

func signed(part string) string {
	return "Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n" + part + "\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--s--"
}

func TestClearLeavesWhatIsSigned(t *testing.T) {
	for name, raw := range map[string]string{
		"a signed text":         signed("\r\nSECRET"),
		"in a part":             mixed("\r\nx", signed("\r\nSECRET")),
		"its name":              signed("Content-Type: text/plain; name=SECRET\r\n\r\nx"),
		"in base64":             signed("Content-Transfer-Encoding: base64\r\n\r\n" + base("SECRET")),
		"an attached message":   mixed("\r\nx", mime("message/rfc822", "7bit", signed("\r\nSECRET"))),
		"PGP in a text":         "Subject: x\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\nSECRET\r\n-----BEGIN PGP SIGNATURE-----\r\n",
		"S/MIME that is opaque": mime("application/pkcs7-mime", "base64", base("\x30SECRET")),
	} {
		got, err := Clear(Parse([]byte(raw)), hushing())
		if !errors.Is(err, ErrSealed) || string(got) != raw {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
		all := hushing()
		all.Signed = true
		if got, err := Clear(Parse([]byte(raw)), all); err != nil || wanted(Parse(got), hush) {
			t.Errorf("%s, where signatures do not count: %v\n%s", name, err, got)
		}
	}
}

// Of random trees every part without the word has the bytes that it had.
func TestClearKeepsOtherParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var parts, kept []string
		for range 1 + rng.IntN(6) {
			noise := make([]byte, 40+rng.IntN(200))
			for i := range noise {
				noise[i] = byte(rng.Uint32())
			}
			part := mime("application/x-noise", "base64", base(string(noise)))
			if rng.IntN(2) == 0 {
				part = "X-Odd :  y\r\nContent-type:TEXT/plain ;charset = \"utf-8\"\r\n\r\nodd \t\r\n\r\n" + base(string(noise))
			}
			switch rng.IntN(3) {
			case 0:
				parts = append(parts, mime("text/plain", "base64", base("SECRET")))
			case 1:
				parts = append(parts, strings.ReplaceAll(mixed(part, "\r\nSECRET"), "--b", "--inner")[len("Subject: x\r\n"):])
				parts[len(parts)-1] = strings.Replace(parts[len(parts)-1], "boundary=b", "boundary=inner", 1)
				kept = append(kept, part)
			default:
				parts, kept = append(parts, part), append(kept, part)
			}
		}
		got, err := Clear(Parse([]byte(mixed(parts...))), hushing())
		if err != nil || wanted(Parse(got), hush) {
			t.Fatalf("%v\n%s", err, got)
		}
		if i := slices.IndexFunc(kept, func(s string) bool { return !bytes.Contains(got, []byte(s)) }); i >= 0 {
			t.Fatalf("lost or changed:\n%s\nin\n%s", kept[i], got)
		}
	}
}

func FuzzClear(f *testing.F) {
	for _, s := range []string{
		"Subject: SECRET\r\n\r\nSECRET\r\n", mixed("\r\nSECRET", signed("\r\nx")), mixed(mime("text/html", "quoted-printable", "SEC=\r\nRET&#83;")),
		mixed(mime("message/rfc822", "base64", base("Subject: =?utf-8?q?SECRET?=\r\n\r\nSECRET"))), mime("text/plain; charset=utf-7", "7bit", "+AFMARQBDAFIARQBU-"),
		"Content-Type: a/b; name*0*=utf-8''%53EC; name*1=RET\r\n\r\nSECRET", mime("application/ms-tnef", "x-uuencode", "begin 644 x\r\nSECRET\r\nend\r\n"),
	} {
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, raw []byte, signatures bool) {
		if Scan(raw, Arriving()) != nil {
			return // such a message does not come so far
		}
		r := hushing()
		r.Signed = signatures
		m := Parse(raw)
		got, err := Clear(m, r)
		switch {
		case errors.Is(err, ErrSealed):
			if !bytes.Equal(got, m.Raw()) {
				t.Errorf("sealed, and yet %q became %q", raw, got)
			}
		case err != nil:
			t.Error(err)
		case wanted(Parse(got), hush) || bytes.Contains(got, []byte("SECRET")):
			t.Errorf("%q became %q", raw, got)
		}
	})
}
