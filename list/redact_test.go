package list

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sencoforum/internal/readings"
	"sencoforum/message"
	"sencoforum/token"
)

func forumWithKeys(t testing.TB) (List, *token.Keyring) {
	t.Helper()
	keys, err := token.Open(filepath.Join(t.TempDir(), "token.keys"))
	if err != nil {
		t.Fatal(err)
	}
	return List{ID: 1, Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum"}, keys
}

// Only what all members have alike may stay: the address of a post's author, of this list and of a key that is not revoked.
func TestWhichTokensMayStay(t *testing.T) {
	l, keys := forumWithKeys(t)
	for _, c := range []struct {
		name, tok string
		stays     bool
	}{
		{"the author of a post", keys.Sign(token.Claims{Kind: token.Author, A: 1}, l.Name), true},
		{"an answer to a post", keys.Sign(token.Claims{Kind: token.Reply, A: 1}, l.Name), true},
		{"of another list", keys.Sign(token.Claims{Kind: token.Author, A: 1}, "other"), false},
		{"leaving with one click", keys.Sign(token.Claims{Kind: token.OneClick, A: 1, B: 1}, l.Name), false},
		{"a return address", keys.Sign(token.Claims{Kind: token.Bounces, A: 1, B: 1, Day: 9}, l.Name), false},
		{"a Feedback-ID", keys.Sign(token.Claims{Kind: token.Feedback, A: 1, B: 1}, l.Name), false},
		{"a right of its own", token.Random(), false},
	} {
		for _, text := range []string{c.tok, strings.ToUpper(c.tok), strings.Replace(c.tok, "_", "%5F", 1), c.tok[:20] + "\r\n> " + c.tok[20:]} {
			raw, err := l.Redact(keys, message.Parse([]byte("Subject: x\r\n\r\n"+text+"\r\n")), false)
			if stays := strings.Contains(string(raw), text); err != nil || stays != c.stays || !stays && !strings.Contains(string(raw), Hidden) {
				t.Errorf("%s: %v\n%s", c.name, err, raw)
			}
		}
	}
}

// The fields of one reader go from a copy that is attached, and stay in mail of others.
func TestFieldsOfOneReader(t *testing.T) {
	l, keys := forumWithKeys(t)
	mine := "List-Unsubscribe: <https://f.example/u/" + keys.Sign(token.Claims{Kind: token.OneClick, A: 1, B: 1}, l.Name) + ">\r\n"
	others := "List-Unsubscribe: <https://shop.example/x>\r\nDelivered-To: a@b.example\r\n"
	ours := "List-Id: SENCO Forum <senco-forum.lists.example.org>\r\n"
	attach := func(head string) string {
		return "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n" + head + "Subject: y\r\n\r\nz\r\n--b--\r\n"
	}
	for raw, want := range map[string]string{
		mine + others + "Subject: x\r\n\r\nx\r\n":                      others + "Subject: x\r\n\r\nx\r\n",
		attach(mine + "Feedback-ID: 1:2\r\n" + ours + others + mine):   attach(ours),
		attach("Return-Path: <a@b.example>\r\n" + others):              attach("Return-Path: <a@b.example>\r\n" + others),
		"Subject: x\r\n\r\n" + others + ours + "Delivered-To: a@b\r\n": "Subject: x\r\n\r\n" + others + ours + "Delivered-To: a@b\r\n",
	} {
		if got, err := l.Redact(keys, message.Parse([]byte(raw)), false); err != nil || string(got) != want {
			t.Errorf("%v\n%s\nwant\n%s", err, got, want)
		}
	}
}

// FuzzRedact takes tokens out of any message. None that gives a right is left as a reader or a program would find it.
func FuzzRedact(f *testing.F) {
	l, keys := forumWithKeys(f)
	right := keys.Sign(token.Claims{Kind: token.OneClick, A: 7, B: 1}, l.Name)
	all := keys.Sign(token.Claims{Kind: token.Author, A: 7}, l.Name)
	const R, A = "\x01", "\x02" // stand for the two tokens, so that the fuzzer need not know them
	for _, s := range []string{
		"Subject: x\r\n\r\n" + R + A, "To: <a-confirm+" + R + "@b.example>\r\n\r\n", "Subject: =?utf-8?q?" + R + "?=\r\n\r\nx",
		"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + R + "=\r\n" + A, "Content-Type: message/rfc822\r\n\r\nSubject: " + R + "\r\n\r\n",
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + R + "\r\n--b\r\nContent-Type: text/html\r\n\r\n<a href=\"" + R + "\">\r\n--b--" + A,
		"Content-Type: multipart/mixed; boundary=" + R + "\r\n\r\n--" + R + "\r\n\r\n" + R + "\r\n--" + R + "--",
		"Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n" + R + "\r\n--b\r\n\r\nx\r\n--b--", "Content-Type: a/b; name*0=" + R + "; name*1*=%20" + R + "\r\n\r\nx",
		"List-Id: <senco-forum.lists.example.org>\r\nFeedback-ID: " + R + "\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n" + R,
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=" + R + "\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\nc25jMV8=\r\n--b--",
	} {
		f.Add([]byte(s), uint8(0), false)
		f.Add([]byte(s), uint8(20), true)
	}
	f.Fuzz(func(t *testing.T, raw []byte, cut uint8, signed bool) {
		tok := right
		if n := int(cut) % len(tok); n > 0 {
			tok = tok[:n] + []string{"\r\n", "\r\n ", "=\r\n", " ", "\u00ad"}[int(cut)/len(tok)%5] + tok[n:]
		}
		raw = []byte(strings.NewReplacer(R, tok, A, all).Replace(string(raw)))
		if message.Scan(raw, message.Arriving()) != nil || message.Strict(raw, false) != nil {
			return // such a message does not come so far
		}
		got, err := l.Redact(keys, message.Parse(raw), signed)
		if errors.Is(err, message.ErrSealed) && !signed {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if m := message.Parse(got); slices.Contains(readings.Tokens(m), right) {
			t.Errorf("%q became %q", raw, got)
		}
		whole := l.clearing(keys, signed)
		whole.May = nil
		if all, err := message.Clear(message.Parse(raw), whole); err != nil || !bytes.Equal(got, all) {
			t.Errorf("%q became %q, and after a look at all of it %q, %v", raw, got, all, err)
		}
	})
}
