package courier

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"pgregory.net/rapid"

	"sencoforum/message"
	"sencoforum/queue"
)

// ring has an RSA and an Ed25519 key in use, made once for all tests.
func ring(t testing.TB) *DKIMKeys {
	t.Helper()
	s, err := OpenDKIMKeys(filepath.Join(t.TempDir(), "dkim"), signedAt)
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.Make(Ed25519, signedAt)
	if err == nil {
		err = s.Use(k.Selector, signedAt)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// signedAt is now, because the verifiers compare x= with the clock.
var signedAt = time.Now()

func signedNow() time.Time { return signedAt }

// copyWith is a copy as fanout makes it, with a body and perhaps further fields.
func copyWith(body string, more ...string) queue.Outgoing {
	shared := "From: \"Priya N. via SENCO Forum\" <senco-forum@lists.example.org>\r\nTo: SENCO Forum <senco-forum@lists.example.org>\r\n" +
		"Subject: Re: [SENCO] Part-time\r\n\ttimetables,  and   more\r\nDate: Mon, 16 Nov 2026 08:00:00 +0000\r\nMessage-ID: <1@school.example>\r\n" +
		"List-Unsubscribe: <https://forum.example.org/u/x>,\r\n <mailto:senco-forum-leave@lists.example.org>\r\n" +
		"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nContent-Type: text/plain; charset=utf-8\r\n"
	for _, m := range more {
		shared += m + "\r\n"
	}
	from, _ := message.ParseAddress("senco-forum-bounces+x@lists.example.org")
	return queue.Outgoing{From: from, Header: []byte("Feedback-ID: abc:1:post:senco-forum\r\n"), Body: []byte(shared + "\r\n" + body)}
}

// wired is the mail as it goes over the wire, without the stuffed dots and the last one.
func wired(t testing.TB, o queue.Outgoing) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeBody(&b, o.Header, o.Body); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(b.String(), "\r\n")
	var out strings.Builder
	for _, l := range lines {
		if l == ".\r\n" {
			break
		}
		out.WriteString(strings.TrimPrefix(l, "."))
	}
	return []byte(out.String())
}

// verify asks go-msgauth, and returns what it says of each signature.
func verify(t testing.TB, s *DKIMKeys, raw []byte) []error {
	t.Helper()
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		for _, k := range s.All() {
			if name == k.RecordName("lists.example.org") {
				return []string{k.Record()}, nil
			}
		}
		return nil, fmt.Errorf("no record %s", name)
	}})
	if err != nil {
		t.Fatal(err)
	}
	var errs []error
	for _, v := range found {
		errs = append(errs, v.Err)
	}
	return errs
}

// odd are bodies that canonical forms disagree about first.
var odd = map[string]string{
	"plain":                   "How do you set an end date?\r\n",
	"empty":                   "",
	"empty lines alone":       "\r\n\r\n\r\n",
	"no end of the last line": "one\r\ntwo",
	"empty lines at the end":  "one\r\n\r\n\r\n",
	"empty lines within":      "one\r\n\r\n \r\n\t\r\ntwo\r\n",
	"blanks at line ends":     "one \t \r\ntwo\t\r\n",
	"runs of blanks":          "a  b\t\tc \t d\r\n  indented\r\n",
	"dots":                    ".\r\n..\r\n.one\r\n",
	"8-bit":                   "Zo\xc3\xab asks\r\n\xff\xfe\r\n",
	"lone line ends":          "one\ntwo\rthree\n\r\n",
	"long lines":              strings.Repeat("x", 5000) + "\r\n",
	"looks like a header":     "From: x@y.example\r\n\r\nSubject: z\r\n",
}

func TestBothSignaturesHold(t *testing.T) {
	s := ring(t)
	signer := NewSigner(s, signedNow)
	for name, body := range odd {
		o, err := signer.Sign(copyWith(body))
		if err != nil {
			t.Fatal(err)
		}
		for i, err := range verify(t, s, wired(t, o)) {
			if err != nil {
				t.Errorf("%s: signature %d: %v", name, i, err)
			}
		}
		for line := range strings.Lines(string(o.Header)) {
			if len(line) > 80 {
				t.Errorf("%s: a line of %d octets: %q", name, len(line), line)
			}
		}
	}
}

// python3-dkim is another implementation, by other people.
func TestSignaturesHoldForAnotherVerifier(t *testing.T) {
	const python = "/usr/bin/python3"
	if out, err := exec.Command(python, "-c", "import dkim, nacl").CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED: needs python3-dkim and python3-nacl: %v %s", err, out)
	}
	s := ring(t)
	signer := NewSigner(s, signedNow)
	script := `import sys, dkim
records = dict(l.split("\t") for l in open(sys.argv[1]).read().splitlines())
def txt(name, timeout=5):
    return records.get(name.decode().rstrip(".") if isinstance(name, bytes) else name.rstrip("."), "").encode()
for f in sys.argv[2:]:
    d = dkim.DKIM(open(f, "rb").read())
    print(f.split("/")[-1], d.verify(0, dnsfunc=txt), d.verify(1, dnsfunc=txt))
`
	dir := t.TempDir()
	var records strings.Builder
	for _, k := range s.All() {
		fmt.Fprintf(&records, "%s\t%s\n", k.RecordName("lists.example.org"), k.Record())
	}
	args := []string{"-c", script, filepath.Join(dir, "records")}
	if err := os.WriteFile(args[2], []byte(records.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, body := range odd {
		o, err := signer.Sign(copyWith(body))
		if err != nil {
			t.Fatal(err)
		}
		f := filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))
		if err := os.WriteFile(f, wired(t, o), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, f)
	}
	out, err := exec.Command(python, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if n := strings.Count(string(out), " True True\n"); n != len(odd) {
		t.Errorf("%d of %d hold:\n%s", n, len(odd), out)
	}
}

func TestNobodyCanAddOrChangeAField(t *testing.T) {
	s := ring(t)
	o, err := NewSigner(s, signedNow).Sign(copyWith("text\r\n", "In-Reply-To: <0@school.example>"))
	if err != nil {
		t.Fatal(err)
	}
	raw := string(wired(t, o))
	for name, forged := range map[string]string{
		"a second From on top":        "From: eve@evil.example\r\n" + raw,
		"a second Subject":            strings.Replace(raw, "Subject:", "Subject: Win\r\nSubject:", 1),
		"another Subject":             strings.Replace(raw, "timetables", "holidays", 1),
		"another way to unsubscribe":  "List-Unsubscribe: <https://evil.example/>\r\n" + raw,
		"another List-Id":             "List-Id: <evil.example>\r\n" + raw,
		"a Content-Type before":       "Content-Type: text/html\r\n" + raw,
		"an answer to something else": strings.Replace(raw, "<0@school.example>", "<9@school.example>", 1),
		"another text":                strings.Replace(raw, "\r\n\r\ntext", "\r\n\r\nhext", 1),
		"text behind the end":         raw + "more\r\n",
		"a Reply-To, where none was":  "Reply-To: eve@evil.example\r\n" + raw,
	} {
		for i, err := range verify(t, s, []byte(forged)) {
			if err == nil {
				t.Errorf("%s: signature %d still holds", name, i)
			}
		}
	}
	for name, harmless := range map[string]string{
		"a trace on top":        "Received: from a by b; Mon, 16 Nov 2026 08:00:00 +0000\r\n" + raw,
		"another folding":       strings.Replace(raw, "timetables,  and", "timetables,\r\n and", 1),
		"empty lines at an end": raw + "\r\n\r\n",
	} {
		for i, err := range verify(t, s, []byte(harmless)) {
			if err != nil {
				t.Errorf("%s: signature %d: %v", name, i, err)
			}
		}
	}
}

func TestSigningHoldsForWhateverIsSent(t *testing.T) {
	s := ring(t)
	signer := NewSigner(s, signedNow)
	rapid.Check(t, func(rt *rapid.T) {
		body := rapid.StringOf(rapid.SampledFrom([]rune(" \t\r\n.aé\x00"))).Draw(rt, "body")
		o, err := signer.Sign(copyWith(body))
		if err != nil {
			rt.Fatal(err)
		}
		for i, err := range verify(t, s, wired(t, o)) {
			if err != nil {
				rt.Errorf("signature %d: %v", i, err)
			}
		}
	})
}

// A body is hashed once however many copies it has, and another body never gets its hash.
func TestTheHashOfABodyIsShared(t *testing.T) {
	signer := NewSigner(ring(t), signedNow)
	one := copyWith("one\r\n")
	for range 3 {
		if _, err := signer.Sign(one); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(signer.digests); n != 1 {
		t.Errorf("%d digests for one body", n)
	}
	same := one
	same.Body = bytes.Clone(one.Body)
	if a, b := signer.digestOf(one.Body), signer.digestOf(same.Body); a == b || a.sum != b.sum {
		t.Error("bodies are told apart by where they are, and equal ones have equal hashes")
	}
	for i := range 3 * keepDigests {
		body := []byte(fmt.Sprintf("Subject: x\r\n\r\n%d\r\n", i))
		if got, want := signer.digestOf(body).sum, sha256.Sum256([]byte(fmt.Sprintf("%d\r\n", i))); got != want {
			t.Fatalf("body %d got another's hash", i)
		}
	}
	if n := len(signer.digests); n != keepDigests {
		t.Errorf("%d bodies are remembered, want %d", n, keepDigests)
	}
}

func TestWhatIsNotSigned(t *testing.T) {
	s := ring(t)
	o := copyWith("x\r\n")
	o.From = message.Address{}
	if got, err := NewSigner(s, signedNow).Sign(o); err != nil || !bytes.Equal(got.Header, o.Header) {
		t.Errorf("a mail of nobody got %q, %v", got.Header, err)
	}
}

func TestSignatureTags(t *testing.T) {
	s := ring(t)
	o, err := NewSigner(s, signedNow).Sign(copyWith("x\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	h, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(o.Header, "\r\n"...)))).ReadMIMEHeader()
	for i, f := range h.Values("DKIM-Signature") {
		for _, want := range []string{"v=1;", "c=relaxed/relaxed;", "d=lists.example.org;", fmt.Sprintf("x=%d;", signedAt.Add(signatureLife).Unix()), ":List-Unsubscribe-Post:List-Unsubscribe-Post:", "From:From:"} {
			if !strings.Contains(strings.Join(strings.Fields(f), " "), want) && !strings.Contains(strings.Join(strings.Fields(f), ""), want) {
				t.Errorf("signature %d has no %s: %s", i, want, f)
			}
		}
		if strings.Contains(f, " l=") {
			t.Errorf("signature %d leaves text out: %s", i, f)
		}
	}
	if n := len(h.Values("DKIM-Signature")); n != 2 {
		t.Errorf("%d signatures, want one for each key in use", n)
	}
}

func TestKeysHaveALife(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dkim")
	s, err := OpenDKIMKeys(dir, signedAt)
	if err != nil {
		t.Fatal(err)
	}
	first := s.All()[0]
	next, err := s.Make(RSA, signedAt)
	if err != nil || first.State != InUse || next.State != Prepared || next.Selector == first.Selector {
		t.Fatalf("first %+v, next %+v, %v", first, next, err)
	}
	if err := s.Use(next.Selector, signedAt); err != nil {
		t.Fatal(err)
	}
	if again, err := OpenDKIMKeys(dir, signedAt); err != nil || states(again) != first.Selector+" retired, "+next.Selector+" in use" {
		t.Errorf("after opening again: %s, %v", states(again), err)
	}
	if err := s.Remove(next.Selector, signedAt.Add(keepRetired)); !errors.Is(err, ErrDKIMInUse) {
		t.Errorf("removing the key in use: %v", err)
	}
	if err := s.Remove(first.Selector, signedAt.Add(keepRetired-2*time.Second)); !errors.Is(err, ErrDKIMInUse) {
		t.Errorf("removing the retired key early: %v", err)
	}
	if err := s.Remove(first.Selector, signedAt.Add(keepRetired)); err != nil || states(s) != next.Selector+" in use" {
		t.Errorf("removing it in time: %v, left: %s", err, states(s))
	}
	if err := s.Use("none", signedAt); !errors.Is(err, ErrNoDKIMKey) {
		t.Errorf("using a key that is not there: %v", err)
	}
}

func states(s *DKIMKeys) string {
	var out []string
	for _, k := range s.All() {
		out = append(out, k.Selector+" "+string(k.State))
	}
	return strings.Join(out, ", ")
}

func TestKeyFilesThatMustNotBeUsed(t *testing.T) {
	for name, spoil := range map[string]func(path string) error{
		"others can read it": func(p string) error { return os.Chmod(p, 0o640) },
		"the key is damaged": func(p string) error { return os.WriteFile(p, []byte("-----BEGIN"), 0o600) },
		"this is no key file": func(p string) error {
			return errors.Join(os.Rename(p, p+".old"), os.Symlink(p+".old", p))
		},
	} {
		dir := filepath.Join(t.TempDir(), "dkim")
		s, err := OpenDKIMKeys(dir, signedAt)
		if err != nil {
			t.Fatal(err)
		}
		path := s.file(s.All()[0].Selector)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode of the key: %v %v", info.Mode(), err)
		}
		if err := spoil(path); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenDKIMKeys(dir, signedAt); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzSign lets go-msgauth verify what was signed, whatever the body holds.
func FuzzSign(f *testing.F) {
	for _, body := range odd {
		f.Add([]byte(body))
	}
	s := ring(f)
	signer := NewSigner(s, signedNow)
	f.Fuzz(func(t *testing.T, body []byte) {
		o, err := signer.Sign(copyWith(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		for i, err := range verify(t, s, wired(t, o)) {
			if err != nil {
				t.Errorf("signature %d: %v", i, err)
			}
		}
	})
}

// BenchmarkSign signs copies of one post with one RSA key, beside BenchmarkRSA, the least that it can cost.
func BenchmarkSign(b *testing.B) {
	s, err := OpenDKIMKeys(b.TempDir(), signedAt)
	if err != nil {
		b.Fatal(err)
	}
	signer, o := NewSigner(s, signedNow), copyWith(strings.Repeat("How do you set an end date?\r\n", 180))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := signer.Sign(o); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkRSA(b *testing.B) {
	s, err := OpenDKIMKeys(b.TempDir(), signedAt)
	if err != nil {
		b.Fatal(err)
	}
	k, sum := s.All()[0], sha256.Sum256(nil)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := k.sign(sum[:]); err != nil {
				b.Error(err)
			}
		}
	})
}
