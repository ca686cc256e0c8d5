package rig

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sencoforum/internal/corpora"
)

// TestRigVerified posts text, HTML, files, 8-bit, signed and odd mail to the real demo, and strangers' mail of all kinds in a
// member's name. Then it gives every mail that left the demo, the robot's own too, to a verifier by other people: the
// signature must hold, and its domain and that of the return address must be From's (DMARC, RFC 9989, strict alignment).
func TestRigVerified(t *testing.T) {
	v := newVerifier(t)
	d := startDemo(t, build(t))
	from := d.everyone()[0]
	for _, limit := range []string{"posts_hour", "posts_day"} { // one member sends everything
		d.command(t, "list", "set", "senco-forum", limit, "off")
	}
	for name, m := range kinds {
		d.submit(t, from, name, "From: Ann <"+from+">\r\nTo: "+forum+"\r\nMessage-ID: <"+strings.ReplaceAll(name, " ", ".")+"@laptop.example>\r\nMIME-Version: 1.0\r\n"+m)
	}
	taken := len(kinds) + d.strangers(t, from)
	taken -= d.release(t)
	d.robot(t)
	d.settled(t)
	mails, fromUs := v.outbox(t, d)
	for _, m := range mails {
		if m.fault() != "" {
			t.Errorf("%s: %s", m.File, m.fault())
		}
	}
	if want := taken * (len(d.members) - 1); len(mails) < want || fromUs < 5 || taken < 100 {
		t.Errorf("%d mails left for %d posts, %d of the robot's; want at least %d and 5", len(mails), taken, fromUs, want)
	}
	t.Logf("%d posts, %d mails that left, %d of them the robot's own: all verified", taken, len(mails), fromUs)
	d.stop(t)
}

// TestRigVerifiedFindsAPlantedFault changes copies on their way, and the return address of one. The verifier must say so.
func TestRigVerifiedFindsAPlantedFault(t *testing.T) {
	v := newVerifier(t)
	d := startDemo(t, build(t))
	from := d.everyone()[0]
	d.submit(t, from, "plain", "From: Ann <"+from+">\r\nTo: "+forum+"\r\nMessage-ID: <1@laptop.example>\r\n"+kinds["plain text"])
	d.settled(t)
	for _, c := range []struct{ old, planted string }{
		{"Dear all", "Dear ale"}, {"Subject: ", "Subject: X"}, {"Return-Path: <senco-forum-bounces+", "Return-Path: <x@evil.example> <"},
		{"List-Unsubscribe: <", "List-Unsubscribe: <https://evil.example/>, <"}, {"From: ", "From: Eve <eve@evil.example>\r\nX-From: "},
	} {
		box := filepath.Join(d.dir, "outbox", from, "new")
		files, err := filepath.Glob(filepath.Join(box, "*"))
		if err != nil || len(files) != 1 {
			t.Fatalf("%d files, %v", len(files), err)
		}
		raw, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		changed := bytes.Replace(raw, []byte(c.old), []byte(c.planted), 1)
		if bytes.Equal(changed, raw) {
			t.Fatalf("no %q in the copy", c.old)
		}
		if err := os.WriteFile(files[0], changed, 0o600); err != nil {
			t.Fatal(err)
		}
		mails, _ := v.outbox(t, d)
		found := 0
		for _, m := range mails {
			if m.fault() != "" {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%q became %q, and %d of %d copies have a fault", c.old, c.planted, found, len(mails))
		}
		if err := os.WriteFile(files[0], raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// kinds are posts from their Subject field on, each odd in its way.
var kinds = map[string]string{
	"plain text":     "Subject: Timetables\r\n\r\nDear all,\r\n\r\nhow do you do part-time timetables?\r\n",
	"no body":        "Subject: Nothing\r\n\r\n",
	"no end of line": "Subject: No end of line\r\n\r\nDear all, the last line has no end",
	"blank lines":    "Subject: Blank\r\n\r\n\r\n\r\nDear all  \t \r\n trailing \r\n\r\n\r\n\r\n",
	"dots":           "Subject: Dots\r\n\r\n.\r\n..\r\n.a\r\n",
	"long line":      "Subject: Long\r\n\r\n" + strings.Repeat("word ", 2000) + "\r\n",
	"long subject":   "Subject: " + strings.Repeat("a subject that goes on ", 40) + "\r\n\r\nDear all\r\n",
	"folded subject": "Subject: a subject\r\n that is\r\n\tfolded\r\n\r\nDear all\r\n",
	"coded subject":  "Subject: =?utf-8?Q?Caf=C3=A9_=E2=82=AC?= =?iso-8859-1?B?4OnuIQ==?=\r\n\r\nDear all\r\n",
	"eight bit":      "Subject: Eight\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nCaf\u00e9 \u00a35 \u2013 \u0175\u0177\r\n",
	"windows":        "Subject: Windows\r\nContent-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\x93quoted\x94 \x80 5\r\n",
	"quoted":         "Subject: Quoted\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nCaf=C3=A9 and a soft =\r\nbreak =20\r\n",
	"base64":         "Subject: Base\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nRGVhciBhbGwsDQoNCndvcmRzDQo=\r\n",
	"flowed":         "Subject: Flowed\r\nContent-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\r\n\r\nDear all, this \r\nflows \r\n-- \r\nAnn\r\n",
	"html":           "Subject: HTML\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p onclick=\"x()\">Dear <b>all</b><script>x()</script></body></html>\r\n",
	"alternative": "Subject: Both\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\nPreamble\r\n--b\r\nContent-Type: text/plain\r\n\r\nDear all\r\n" +
		"--b\r\nContent-Type: text/html\r\n\r\n<p>Dear all</p>\r\n--b--\r\nEpilogue\r\n",
	"a file": "Subject: A file\r\nContent-Type: multipart/mixed; boundary=\"=_b 1\"\r\n\r\n--=_b 1\r\n\r\nDear all\r\n--=_b 1\r\nContent-Type: application/pdf; name=\"f.pdf\"\r\n" +
		"Content-Disposition: attachment; filename=f.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjcKAP8K\r\n--=_b 1--\r\n",
	"an image in HTML": "Subject: Inline\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p><img src=\"cid:1\"></p>\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <1>\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n",
	"PGP":              "Subject: PGP\r\nContent-Type: multipart/signed; boundary=b; micalg=pgp-sha256; protocol=\"application/pgp-signature\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nDear all, =46rom here\r\n\r\n--b\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQ==\r\n-----END PGP SIGNATURE-----\r\n\r\n--b--\r\n",
	"S/MIME":           "Subject: S/MIME\r\nContent-Type: multipart/signed; boundary=b; micalg=sha-256; protocol=\"application/pkcs7-signature\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nDear all\r\n--b\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n--b--\r\n",
	"a mail in it":     "Subject: Forwarded\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee below\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@a.example\r\nSubject: inner\r\n\r\nWords\r\n--b--\r\n",
	"no last boundary": "Subject: Cut\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nDear all\r\n",
	"an answer":        "Subject: Re: [SENCO] Re: Timetables\r\nIn-Reply-To: <plain.text@laptop.example>\r\nReferences: <0@laptop.example>\r\n <plain.text@laptop.example>\r\n\r\nSo do we\r\n",
}

// submit posts a mail to the forum and fails the test unless it is taken.
func (d *demo) submit(t *testing.T, from, name, raw string) {
	t.Helper()
	if err := d.offer(from, forum, raw); err != nil {
		t.Errorf("post %q: %v", name, err)
	}
}

// offer hands a mail to the demo. The error is the demo's reply, or that it did not answer.
func (d *demo) offer(from, to, raw string) error {
	c, err := smtp.Dial("127.0.0.1:" + d.port)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := errors.Join(c.Mail(from), c.Rcpt(to)); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte(raw)); err != nil {
		return err
	}
	return w.Close()
}

// fromField is the whole From field of a mail, folded or not.
var fromField = regexp.MustCompile(`(?mi)^from[ \t]*:.*\r?\n([ \t].*\r?\n)*`)

// strangers posts the mail of others as a member's own, and says how many were taken; the rest is refused for good.
func (d *demo) strangers(t *testing.T, from string) (taken int) {
	t.Helper()
	dir := corpora.Dir(t, "mime")
	files := append(corpora.Files(t, dir, "*.eml"), corpora.Files(t, dir, "*.msg")...)
	for i, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		field := fmt.Sprintf("From: Ann <%s>\r\nTo: %s\r\nMessage-ID: <stranger.%d@laptop.example>\r\n", from, forum, i)
		head, body, _ := bytes.Cut(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
		head = regexp.MustCompile(`(?mi)^(message-id|auto-submitted|precedence|to|cc)[ \t]*:.*\n([ \t].*\n)*`).ReplaceAll(append(head, '\n'), nil)
		head = fromField.ReplaceAll(head, nil)
		err = d.offer(from, forum, field+string(head)+"\n"+string(body))
		var reply *textproto.Error
		switch {
		case err == nil:
			taken++
		case !errors.As(err, &reply) || reply.Code/100 != 5:
			t.Errorf("%s: %v", f, err)
		}
	}
	t.Logf("of %d mails by others, %d were taken and %d refused", len(files), taken, len(files)-taken)
	if taken < len(files)/2 {
		t.Error("most were refused")
	}
	return taken
}

// release lets everything go out that waits for a moderator, and returns how many others wait: for their writer.
func (d *demo) release(t *testing.T) (others int) {
	t.Helper()
	d.command(t, "list", "set", "senco-forum", "emergency", "off")
	var waiting []struct {
		Code     string
		WaitsFor string `json:"waits_for"`
	}
	if err := json.Unmarshal(d.command(t, "held", "list", "--all", "--json"), &waiting); err != nil {
		t.Fatal(err)
	}
	for _, it := range waiting {
		if it.WaitsFor == "moderators" {
			d.command(t, "held", "approve", it.Code)
		} else {
			others++
		}
	}
	t.Logf("%d were approved, and %d wait for their writer", len(waiting)-others, others)
	return others
}

// robot makes the robot write: a goodbye, and mails of strangers and members that go on to the moderators.
func (d *demo) robot(t *testing.T) {
	t.Helper()
	leaver := d.everyone()[3]
	for _, m := range []struct{ from, to string }{
		{leaver, "senco-forum-leave@lists.example.org"}, {"parent@home.example", "senco-forum-owner@lists.example.org"},
		{d.everyone()[4], "senco-forum-request@lists.example.org"}, {"host@provider.example", "postmaster@lists.example.org"},
	} {
		if err := d.offer(m.from, m.to, "From: <"+m.from+">\r\nSubject: Words for a robot\r\n\r\nDear robot, caf\xc3\xa9\r\n"); err != nil {
			t.Errorf("mail to %s: %v", m.to, err)
		}
	}
	d.copies(t, "leaving", []string{leaver})
}

// A verifier is python3-dkim with the records to publish.
type verifier struct{ script string }

const python = "/usr/bin/python3" // Debian's own, which has Debian's packages

func newVerifier(t *testing.T) verifier {
	t.Helper()
	if out, err := exec.Command(python, "-c", "import dkim, nacl").CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: NO OTHER VERIFIER: %v %s; install Debian's packages python3-dkim and python3-nacl", err, out)
	}
	return verifier{script: write(t, "verify.py", `import sys, json, re, dkim
records = json.load(open(sys.argv[1]))
def txt(name, timeout=5):
    name = name.decode() if isinstance(name, bytes) else name
    return records.get(name.rstrip("."), "").encode()
for file in sys.stdin.read().splitlines():
    raw = open(file, "rb").read()
    envelope, rest = raw.split(b"\r\nDelivered-To: ", 1)
    sent = rest.split(b"\r\n", 1)[1]
    d = dkim.DKIM(sent)
    try:
        holds = d.verify(0, dnsfunc=txt)
    except Exception as e:
        holds = False
    print(json.dumps({"File": file, "Holds": holds, "Domain": (d.domain or b"").decode(), "Signed": [h.decode().lower() for h in d.include_headers or []],
        "Return": envelope.decode(), "Header": sent.split(b"\r\n\r\n", 1)[0].decode("latin-1")}))
`)}
}

// verified is what the verifier says of one mail.
type verified struct {
	File, Domain, Return, Header string
	Signed                       []string // the fields that the signature covers, in small letters
	Holds                        bool
}

// outbox verifies everything that left the demo, and counts what is not a copy of a post.
func (v verifier) outbox(t *testing.T, d *demo) (all []verified, robot int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(d.dir, "outbox", "*", "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	records, err := json.Marshal(d.keys)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, v.script, write(t, "records", string(records)))
	cmd.Stdin = strings.NewReader(strings.Join(files, "\n"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		var m verified
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(m.Header, "\r\nList-Post: ") {
			robot++
		}
		all = append(all, m)
	}
	if len(all) != len(files) {
		t.Fatalf("%d of %d files were verified", len(all), len(files))
	}
	return all, robot
}

// fault says why a receiver that follows DMARC would not believe the mail's From; empty if it would.
func (m verified) fault() string {
	header, err := mail.ReadMessage(strings.NewReader(m.Header + "\r\n\r\n"))
	if err != nil {
		return err.Error()
	}
	if n := len(header.Header["From"]); n != 1 {
		return fmt.Sprintf("%d From fields", n)
	}
	from, err := mail.ParseAddress(header.Header.Get("From"))
	if err != nil {
		return "From: " + err.Error()
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	back := strings.TrimPrefix(m.Return, "Return-Path: ")
	switch {
	case !m.Holds:
		return "the signature does not hold"
	case m.Domain != domain:
		return "signed by " + m.Domain + ", From is of " + domain
	case back != "<>" && (!strings.HasSuffix(back, "@"+domain+">") || strings.Count(back, "<") > 1):
		return "it returns to " + back + ", From is of " + domain
	}
	for _, name := range []string{"From", "To", "Cc", "Subject", "Date", "Message-Id", "Reply-To", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Post", "Feedback-Id"} {
		if signed := strings.Count(","+strings.Join(m.Signed, ",")+",", ","+strings.ToLower(name)+","); signed < len(header.Header[name]) {
			return name + " is not signed"
		}
	}
	return ""
}
