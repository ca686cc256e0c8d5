package incoming

import (
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/relay"
	"sencoforum/token"
)

// written is a mail with this text.
func written(text string) *message.Message {
	return message.Parse([]byte("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text))
}

// ceiling: flat table
func TestOneWordForTheRobot(t *testing.T) {
	for text, want := range map[string]relay.Word{
		"mute": relay.Mute, "Mute.": relay.Mute, "STOP!": relay.Mute, "  report \n\n": relay.Report, "unmute": relay.Unmute,
		"Please mute": relay.Mute, "stop please": relay.Mute, "*report*": relay.Report, "\u200bmute\u00a0": relay.Mute,
		"mute\n\nPriya Nair\nSENCO, Oak School\n01632 960000": relay.Mute, "mute\nPriya": relay.Mute, "mute\n\nMany thanks\nP": relay.Mute,
		"mute\n-- \nPriya Nair": relay.Mute, "mute\n\nSent from my iPhone": relay.Mute, "mute\n\nGet Outlook for iOS": relay.Mute,
		"mute\n\nOn Sunday Tom B. via SENCO Forum <x@y> wrote:\n> hello": relay.Mute, "report\n> hello": relay.Report,
		"report\n\nOn Sunday, 22 November 2026 at 12:00, Tom B. via SENCO Forum\n<senco-forum-author+snc1_x@lists.example.org> wrote:\n\n> hello": relay.Report,
		"report\n\n-----Original Message-----\nFrom: Tom\nSubject: x\n\nhello":                                                                    relay.Report,
		"report\n\nFrom: Tom B. via SENCO Forum\nSent: 22 November 2026\nTo: undisclosed-recipients:;\nSubject: x\n\nhello":                       relay.Report,
		"report\n________________________________\nFrom: Tom\nhello":                                                                              relay.Report, "[EXTERNAL] Be careful with links\n\nmute": relay.Mute,
		"Hi Tom,\n\nmute": relay.Mute, "hello\nmute": relay.Mute, "Ar 22 Tach ysgrifennodd:\n> x": relay.NoWord,
		"": relay.NoWord, "> mute": relay.NoWord, "mute me": relay.NoWord, "Stop it": relay.NoWord, "the report": relay.NoWord,
		"Report attached.": relay.NoWord, "not report": relay.NoWord, "mutes": relay.NoWord, "On mute": relay.NoWord, "reporting": relay.NoWord,
		"leave": relay.NoWord, "yes": relay.NoWord, "On Sunday Tom wrote:\n> x\nmute": relay.NoWord,
		"Report\n\nPlease find it attached.": relay.Unclear, "stop\nI mean it": relay.Unclear, "mute\n\nTom Jones": relay.Unclear,
	} {
		if got, _ := relayWord(written(text), time.Time{}, "Priya Nair"); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzRelayWord(f *testing.F) {
	f.Add("mute\n\nOn Sunday Tom wrote:\n> x", "Priya")
	f.Add("Hi,\nFrom: a\nTo: b", "")
	f.Fuzz(func(t *testing.T, text, name string) {
		word, read := relayWord(written(text), time.Time{}, name)
		if word == relay.NoWord {
			return
		}
		if !strings.Contains(strings.ToLower(text), strings.Trim(strings.ToLower(read), ".,!*_\"' ")) && strings.IndexFunc(text, func(r rune) bool { return r > '~' }) < 0 {
			t.Errorf("read %q in %q", read, text)
		}
	})
}

// says is a word that a member writes to a relay address.
func (o *office) says(from, to, text string) *mail {
	m := o.letter(text)
	m.to = to
	m.set("From: " + from)
	m.set("Message-ID: <" + strings.ReplaceAll(from+text, "\r\n", "") + ">")
	return m
}

// TestAReaderWhoWantsNoMore is the story of somebody who mutes another, and changes their mind.
func TestAReaderWhoWantsNoMore(t *testing.T) {
	o := parlour(t)
	back := o.author(1, uint32(tom))
	step := func(m *mail, want string) {
		t.Helper()
		if got := o.result(t, m); got != want {
			t.Errorf("%q: got %q, want %q", m.body, got, want)
		}
	}
	step(o.says("tom@tomsplace.example", o.author(1, 0), "Buy now"), "handled")
	step(o.says("priya@school.example", back, "Stop\r\n\r\nOn Sunday Tom wrote:\r\n> Buy now"), "handled")
	step(o.says("tom@tomsplace.example", o.author(1, 0), "Buy today"), "550 private")
	step(o.says("sam@samsplace.example", o.author(1, 0), "Hello"), "handled")
	step(o.says("priya@school.example", back, "I write to you all the same"), "handled")
	step(o.says("priya@school.example", back, "unmute"), "handled")
	step(o.says("tom@tomsplace.example", o.author(1, 0), "Buy tomorrow"), "handled")
	rows, _ := o.outbox(t)
	if len(rows) != 4 || o.stored(t, "Stop") {
		t.Errorf("%d messages wait, want 4; the word was kept: %v", len(rows), o.stored(t, "Stop"))
	}
	letters := o.letters(t)
	if len(letters) != 2 {
		t.Fatalf("%d answers", len(letters))
	}
	for i, want := range []string{"Subject: Done: no more private messages from Tom B.", "come again"} {
		if !strings.HasPrefix(letters[i], "To <priya@school.example>") || !strings.Contains(letters[i], want) ||
			!strings.Contains(letters[i], "Auto-Submitted: auto-replied") || strings.Contains(letters[i], "tomsplace") || !strings.Contains(letters[i], back) {
			t.Errorf("answer %d:\n%s", i, letters[i])
		}
	}
}

// Words may be said by whoever may not write, and a word is no message of the day.
func TestAWordFromWhoMayNotWrite(t *testing.T) {
	o := parlour(t)
	o.change(t, tom, func(m *list.Membership) { m.NoRelay = true })
	if got := o.result(t, o.letter("mute")); got != "handled" {
		t.Error(got)
	}
	if got := o.result(t, o.letter("Hello")); got != "550 no-relay" {
		t.Error(got)
	}
}

func TestAWordWithMoreBelowIsNotPassedOn(t *testing.T) {
	o := parlour(t)
	if got := o.result(t, o.letter("Report\r\n\r\nPlease find it attached.")); got != "handled" {
		t.Fatal(got)
	}
	rows, _ := o.outbox(t)
	letters := o.letters(t)
	if len(rows) != 0 || len(letters) != 1 || !strings.Contains(letters[0], "Nothing was done") {
		t.Errorf("%d messages wait; letters %q", len(rows), letters)
	}
}

func TestAReportReachesTheModerators(t *testing.T) {
	secret := token.Random()
	for name, c := range map[string]struct {
		before func(*testing.T, *office)
		want   []string
		not    string
	}{
		"of a message that has not gone yet": {func(t *testing.T, o *office) { o.result(t, o.letter("Buy now")) },
			[]string{"> Buy now", "the private message ----", "It was sent on 22 November 2026 at 12:00 and is about\npost 1", "tom@tomsplace.example relay off"}, "we cannot know"},
		"of one that has gone": {func(t *testing.T, o *office) {
			o.result(t, o.letter("Buy now"))
			rows, _ := o.outbox(t)
			o.end(t, rows[0], 1)
		}, []string{"> > Buy it", "we cannot know", "It was sent on 22 November 2026"}, "Buy now"},
		"of nothing on record": {func(*testing.T, *office) {}, []string{"> > Buy it", "We have no private message of theirs on record."}, "It was sent"},
	} {
		t.Run(name, func(t *testing.T) {
			o := parlour(t)
			c.before(t, o)
			m := o.says("priya@school.example", o.author(1, uint32(tom)), "report\r\n\r\nOn Sunday Tom wrote:\r\n> Buy it\r\n> "+secret)
			if got := o.result(t, m); got != "handled" {
				t.Fatal(got)
			}
			letters := o.letters(t)
			if len(letters) != 2 || !strings.HasPrefix(letters[0], "To <asha@school.example>") || !strings.HasPrefix(letters[1], "To <priya@school.example>") {
				t.Fatalf("letters %q", letters)
			}
			for _, want := range c.want {
				if !strings.Contains(strings.ReplaceAll(letters[0], "\r\n", "\n"), want) {
					t.Errorf("without %q:\n%s", want, letters[0])
				}
			}
			if strings.Contains(letters[0], c.not) || strings.Contains(letters[0], secret) || strings.Contains(letters[1], "tomsplace") {
				t.Errorf("%q stands in\n%s\n%s", c.not, letters[0], letters[1])
			}
		})
	}
}

// Ten answers a day are enough for anybody, and the tenth says so.
func TestTheRobotStopsAnswering(t *testing.T) {
	o := parlour(t)
	for i := range 12 {
		m := o.letter("mute")
		m.set("Message-ID: <" + strings.Repeat("x", i+1) + "@tomsplace.example>")
		if got := o.result(t, m); got != "handled" {
			t.Fatal(got)
		}
	}
	letters := o.letters(t)
	if len(letters) != 10 || !strings.Contains(letters[9], "no more of these answers today") || strings.Contains(letters[8], "no more of these answers today") {
		t.Errorf("%d answers, the last\n%s", len(letters), letters[len(letters)-1])
	}
}
