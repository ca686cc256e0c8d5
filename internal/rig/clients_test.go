package rig

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sencoforum/internal/long"
)

// TestClients lets real mail programs post to the real demo, and then accounts
// for every file that came of it.
func TestClients(t *testing.T) {
	long.Test(t, "builds the server, for mail programs that few have")
	t.Parallel()
	d := startDemo(t, build(t))
	t.Run("mail by", func(t *testing.T) {
		for i, c := range []client{
			{"swaks", func(t *testing.T, d *demo) sendFunc {
				return func(t *testing.T, l letter) string { return swaks(t, d.port, l) }
			}},
			{"msmtp with its settings file", func(t *testing.T, d *demo) sendFunc {
				settings := fmt.Sprintf("defaults\nauth off\ntls off\naccount demo\nhost 127.0.0.1\nport %s\n", d.port)
				file := write(t, "msmtprc", settings)
				return func(t *testing.T, l letter) string {
					return msmtp(t, l, "--file="+file, "--account=demo", "--from="+l.from)
				}
			}},
			{"msmtp without a settings file", func(t *testing.T, d *demo) sendFunc {
				return func(t *testing.T, l letter) string {
					return msmtp(t, l, "--host=127.0.0.1", "--port="+d.port, "--from="+l.from)
				}
			}},
			{"Postfix as relay", func(t *testing.T, d *demo) sendFunc { return startRelay(t, d.port).send }},
		} {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.converse(t, d, i)
			})
		}
		t.Run("swaks with a file and HTML", func(t *testing.T) {
			t.Parallel()
			sendFile(t, d, d.everyone()[9])
		})
	})
	d.settled(t)
	d.account(t)
	d.stop(t)
	d.settled(t)
}

// A sendFunc sends a letter and returns the reply of the demo to it.
type sendFunc func(*testing.T, letter) string

// A client is a program that sends mail.
type client struct {
	name  string
	setUp func(*testing.T, *demo) sendFunc
}

// converse does with one client all that people do, and do wrong.
func (c client) converse(t *testing.T, d *demo, i int) {
	send := c.setUp(t, d)
	word := fmt.Sprintf("client%d", i)
	post := newLetter(d.everyone()[i], forum, word+"-post")
	if i%2 == 1 {
		post.subject = "[SENCO] " + post.subject
	}
	d.want(post.mark(), d.everyone())
	if got := send(t, post); !strings.HasPrefix(got, "250 ") {
		t.Fatalf("a post: %s", got)
	}
	checkCopies(t, d, post, d.copies(t, post.mark(), d.everyone()))
	t.Run("the same again", func(t *testing.T) {
		if got := send(t, post); !strings.HasPrefix(got, "250 ") {
			t.Error(got)
		}
	})
	member := post.from
	for _, r := range []struct {
		name, from, to, want string
	}{
		{"an unknown address", member, "senco-form@lists.example.org", "550 5.1.1 SENCO Forum: there is no such address here. To write to everyone use " + forum},
		{"another domain", member, "somebody@elsewhere.example", "550 5.1.1 localhost: there is no such address here."},
		{"our own address", forum, forum, "550 5.7.1 SENCO Forum: this message says it comes from us."},
	} {
		t.Run(r.name, func(t *testing.T) {
			if got := send(t, newLetter(r.from, r.to, word+"-refused")); !strings.HasPrefix(got, r.want) {
				t.Errorf("got  %s\nwant %s", got, r.want)
			}
		})
	}
	t.Run("a stranger", func(t *testing.T) { isAsked(t, d, send, "eve."+word+"@evil.example") })
	t.Run("the moderators", func(t *testing.T) { askModerators(t, d, send, word+"-owner") })
}

// isAsked sends a post from an address that is no member's: it is taken, and its writer asked which address is.
func isAsked(t *testing.T, d *demo, send sendFunc, address string) {
	mark := "\r\nTo: " + address + "\r\n"
	d.want(mark, []string{address})
	if got := send(t, newLetter(address, forum, address)); !strings.HasPrefix(got, "250 ") {
		t.Fatal(got)
	}
	if text := d.copies(t, mark, []string{address})[address]; !strings.Contains(text, "We do not know this address, so your message was not sent.") {
		t.Errorf("the question:\n%s", text)
	}
}

// askModerators sends a parent's letter to the people behind the list.
func askModerators(t *testing.T, d *demo, send sendFunc, word string) {
	l := newLetter("parent."+word+"@home.example", "senco-forum-owner@lists.example.org", word)
	d.want(l.mark(), d.moderators)
	if got := send(t, l); !strings.HasPrefix(got, "250 ") {
		t.Fatal(got)
	}
	for address, text := range d.copies(t, l.mark(), d.moderators) {
		for _, want := range []string{
			"From: SENCO Forum moderators <senco-forum-owner@lists.example.org>\r\n", "To: " + address + "\r\n",
			"<senco-forum-owner+snc1_", l.from, "> I would be glad of help with " + word + ".\r\n",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("without %q:\n%s", want, text)
			}
		}
	}
}

// sendFile posts HTML with a text beside it and an attached file, put together
// by swaks.
func sendFile(t *testing.T, d *demo, from string) {
	program := need(t, "swaks", "swaks")
	l := newLetter(from, forum, "files")
	l.parts = map[string]string{"text/html": "<b>small</b>", "application/pdf": "%PDF-1.7\n\x00\xff\n"}
	pdf := write(t, "form.pdf", l.parts["application/pdf"])
	args := []string{"--server", "127.0.0.1", "--port", d.port, "--helo", "laptop.private.example", "--from", l.from, "--to", l.to,
		"--header", "From: <" + l.from + ">", "--header", "Subject: " + l.subject, "--header", "Message-Id: " + l.id, "--header", "Date: " + letterDate,
		"--attach-type", "text/plain; charset=utf-8", "--attach-body", "@" + write(t, "text", l.text),
		"--attach-type", "text/html", "--attach-body", "<p>A <b>small</b> form.</p>",
		"--attach-type", "application/pdf", "--attach-name", "form.pdf", "--attach", "@" + pdf}
	d.want(l.mark(), d.everyone())
	if out, err := local(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	checkCopies(t, d, l, d.copies(t, l.mark(), d.everyone()))
}

// A letter is a mail as somebody writes it.
type letter struct {
	from, to, id, subject, text string
	parts                       map[string]string // besides the text: type -> words in it
}

const letterDate = "Sun, 22 Nov 2026 09:17:00 +0000"

// newLetter writes a letter with a dot at the beginning of a line, and letters
// outside ASCII. The word tells it from others.
func newLetter(from, to, word string) letter {
	return letter{
		from: from, to: to, id: "<" + word + ".1@laptop.example>", subject: "Part-time timetables " + word,
		text: "Dear all,\n\nI would be glad of help with " + word + ".\n.A line that begins with a dot, for £5 at the café.\n.\nFrom here on nothing.\n",
	}
}

// mark is what tells the copies of a letter from those of others: its
// Message-ID in a post, a line of its text in a mail to the moderators.
func (l letter) mark() string {
	if l.to == forum {
		return "\r\nMessage-ID: " + l.id + "\r\n"
	}
	return "\r\n> " + strings.Split(l.text, "\n")[2] + "\r\n"
}

// bytes is the letter as a mail program hands it over, with all that a mail
// program and the servers after it like to add.
func (l letter) bytes() string {
	return "Received: from laptop.private.example by mx.private.example; " + letterDate + "\n" +
		"DKIM-Signature: v=1; a=rsa-sha256; d=private.example; s=x; h=from; bh=AAAA; b=AAAA\n" +
		"Authentication-Results: mx.private.example; spf=pass\nX-Originating-IP: [192.0.2.1]\nX-Mailer: private.example 1.0\n" +
		"Sender: <office@private.example>\nReply-To: <home@private.example>\nDisposition-Notification-To: <home@private.example>\n" +
		"From: \"Somebody Else\" <" + l.from + ">\nTo: " + l.to + "\nCc: friend@private.example\n" +
		"Subject: " + l.subject + "\nDate: " + letterDate + "\nMessage-ID: " + l.id + "\n" +
		"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + l.text
}

// replies are the lines that swaks shows of a server: those it did not expect
// are marked, and the last one of a good session answers QUIT.
var replies = regexp.MustCompile(`(?m)^<(-|\*\*) +(\d{3} .*)$`)

// swaks sends a letter with swaks and returns the reply.
func swaks(t *testing.T, port string, l letter) string {
	t.Helper()
	out, _ := local(need(t, "swaks", "swaks"), "--server", "127.0.0.1", "--port", port, "--helo", "laptop.private.example",
		"--from", l.from, "--to", l.to, "--data", "@"+write(t, "letter", l.bytes())).CombinedOutput()
	last := ""
	for _, r := range replies.FindAllStringSubmatch(string(out), -1) {
		if r[1] == "**" {
			return r[2]
		}
		if !strings.HasPrefix(r[2], "221 ") {
			last = r[2]
		}
	}
	if last == "" {
		t.Fatalf("swaks:\n%s", out)
	}
	return last
}

var serverMessage = regexp.MustCompile(`(?m)^msmtp: server message: (.*)$`)

// msmtp sends a letter with msmtp and returns the reply, as far as msmtp tells.
func msmtp(t *testing.T, l letter, args ...string) string {
	t.Helper()
	cmd := local(need(t, "msmtp", "msmtp"), append(slices.Clone(args), "--", l.to)...)
	cmd.Stdin = strings.NewReader(l.bytes())
	out, err := cmd.CombinedOutput()
	if err == nil {
		return "250 "
	}
	reply := serverMessage.FindStringSubmatch(string(out))
	if reply == nil {
		t.Fatalf("msmtp: %v\n%s", err, out)
	}
	return reply[1]
}

// local is a command that no settings of this machine's users reach.
func local(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = []string{"HOME=/nonexistent", "PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	return cmd
}

// need finds a program, or skips the test.
func need(t *testing.T, program, debianPackage string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("SKIPPED: NO REAL CLIENT POSTED: %v; install Debian's package %s", err, debianPackage)
	}
	return path
}

// write makes a file for one test.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
