package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"sencoforum/message"
)

// freeText reports a word that takes free text, in which hedges are somebody's words and no doubt.
func freeText(w Word) bool {
	return slices.Contains([]Arg{Reason, Text, Query, About, PostAndText, Topic}, w.Takes)
}

// A hedge before, in, behind or below any command leads to no action, but for words that take free text, and the word never.
func TestHedgesLeadToNothing(t *testing.T) {
	_, all := spellings()
	var words []string
	for w := range hedges {
		if w != "never" {
			words = append(words, w)
		}
	}
	for _, p := range hedgePhrases {
		words = append(words, strings.Join(p, " "))
	}
	slices.Sort(words)
	n, read := 0, 0
	for _, s := range all {
		for _, place := range placeNames {
			if s.word.At&place.at == 0 || freeText(*s.word) || place.at == Join {
				continue
			}
			line := strings.Join(s.phrase, " ") + args(s.word.Takes)
			for _, before := range []string{"", "please ", "Hi, ", "yes "} {
				n++
				for _, text := range withHedge(before+line, words[n%len(words)]) {
					read++
					q := Request{At: place.at, Text: text, Today: friday, Moderator: n%2 == 0, Items: 3, Files: 1, About: []string{"Priya N."}}
					turned := func(w Word) bool { return s.word.Name == "solved" && w.Name == notSolved } // "not" before it is no doubt, but the other word
					if got := Read(q); got.Outcome == Done && !freeText(got.Word) && !turned(got.Word) {
						t.Errorf("%s: %q: got %s", place.name, text, got)
					}
				}
			}
		}
	}
	t.Logf("%d texts with one of %d hedges", read, len(words))
}

// withHedge puts a hedge into a line, everywhere but between quotation marks, and into the line below.
func withHedge(line, hedge string) []string {
	all := []string{line + "?", line + "\n" + strings.ToUpper(hedge[:1]) + hedge[1:] + " it is fine"}
	fields := strings.Fields(line)
	for i := 0; i <= len(fields); i++ {
		if strings.Count(strings.Join(fields[:i], " "), `"`)%2 == 0 {
			all = append(all, strings.Join(slices.Insert(slices.Clone(fields), i, hedge), " "))
		}
	}
	return all
}

// Nothing that has no words of its own does anything.
func TestSilenceDoesNothing(t *testing.T) {
	for _, name := range PlaceNames() {
		at, _ := PlaceOf(name)
		for _, text := range []string{"", "\n\n", "Hi Asha,", "Thanks", "Kind regards\nAsha", "-- \nAsha", "...", "\u200b"} {
			got := Read(Request{At: at, Text: text, Subject: "Re: approve", Today: friday, Moderator: true, Items: 2, Files: 1})
			if got.Outcome == Done && got.Word.Name != "help" {
				t.Errorf("%s: %q: got %s", name, text, got)
			}
		}
	}
}

func TestMachinesDoNothing(t *testing.T) {
	for _, name := range PlaceNames() {
		at, _ := PlaceOf(name)
		raw := "From: a@b.example\r\nAuto-Submitted: auto-replied\r\nSubject: leave\r\n\r\nyes\r\n"
		got := Read(Of(message.Parse([]byte(raw)), Request{At: at, Today: friday, Moderator: true}))
		want := Automatic
		if at&toList != 0 {
			want = Pass
		}
		if got.Outcome != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

// What stands behind a word is taken as it was written.
func TestArguments(t *testing.T) {
	for _, c := range []struct{ place, text, want string }{
		{"mod", "reject: It names a child.\n\nPlease write it again.\n\nKind regards\nAsha", "done: reject It names a child. Please write it again."},
		{"mod", "reject\napprove", "ask (two): reject"},
		{"mod", "Yes. Reject it.", "ask (left): approve"},
		{"mod", "Yes, reject it.", "done: reject"},
		{"post", "Leave the group", "ask (command): leave"},
		{"request", "leave the group", "done: leave"},
		{"mod", "ok 4F2A9C1D", "done: approve"},
		{"mod", "reject Sam", "ask (left): reject"},
		{"mod-guard", `redact "A" "B" and "C"`, `done: redact "A" "B" "C"`},
		{"mod-guard", `redact "A" or "B"`, "ask (left): redact"},
		{"mod-batch", "approve 1, 2 & 3", "done: approve 1 2 3"},
		{"mod-batch", "reject 2: names", "done: reject 2 names"},
		{"request", "set senco-forum nomail", "done: pause"},
		{"request", "SUBSCRIBE SENCO-FORUM Jane Smith", "done: join"},
		{"request", "subscribe other-list Jane Smith", "ask (left): join"},
		{"request", "quiet leave", "done: leave"},
		{"request", "get thread", "done: get thread"},
		{"join", "yes\nI teach.\nweekly\ndaily", "ask (two): yes"},
		{"join", "yes\nnever", "ask (two): yes"},
		{"mod-stopped", "recall", "done: recall"},
		{"mod-stopped", "erase?", "ask (hedge): erase"},
		{"owner", "share", "done: share"},
		{"owner", "share as a member", "done: share as a member"},
		{"owner", "I would share this with nobody", "ask (unknown)"},
		{"suspended", "Yes please", "done: resume"},
		{"suspended", "address new@home.example", "done: address new@home.example"},
		{"relay", "stop", "done: mute"},
		{"relay", "report", "done: report"},
		{"confirm", "yes", "done: yes"},
		{"confirm", "cancel", "done: cancel"},
		{"request", "weekly\nack off\nmute #48213", "done: weekly"},
	} {
		q := request(t, c.place)
		q.Text = c.text
		if got := Read(q).String(); got != c.want {
			t.Errorf("%s %q: got %s, want %s", c.place, c.text, got, c.want)
		}
	}
}

// A password for another list server is neither quoted back nor kept in a step.
func TestPasswordsAreNotShown(t *testing.T) {
	for _, c := range []struct{ place, text string }{
		{"mod", "Approved: hunter2"}, {"request", "approve hunter2 subscribe senco-forum a@b.example"}, {"request", "password hunter2"},
		{"request-mod", "pw hunter2"}, {"mod", "Hi,\n\nApprove: hunter2"},
	} {
		q := request(t, c.place)
		q.Text = c.text
		got := Read(q)
		if all := fmt.Sprintf("%+v", got); got.Why != WhyPassword || strings.Contains(all, "hunter2") {
			t.Errorf("%q: %s", c.text, all)
		}
	}
	if got := Read(Request{At: RequestAddress, Text: "password"}); got.Line() != "password" {
		t.Errorf("got %s", got)
	}
}

func TestUnreadCommandsAreNamed(t *testing.T) {
	got := Read(Request{At: RequestAddress, Text: "weekly\nack off\nmute #48213\nThanks", Today: friday})
	if got.Line() != "weekly" || strings.Join(got.Unread, ", ") != "ack off, mute #48213" {
		t.Errorf("got %s, unread %q", got, got.Unread)
	}
	got = Read(Request{At: RequestAddress, Text: "weekly" + strings.Repeat("\nack off", 30), Today: friday})
	if len(got.Unread) != maxUnread {
		t.Errorf("%d are named", len(got.Unread))
	}
}

func TestSetMailWhilePaused(t *testing.T) {
	for paused, want := range map[bool]string{false: "every", true: "resume"} {
		if got := Read(Request{At: RequestAddress, Text: "set mail", Paused: paused, Today: friday}); got.Line() != want {
			t.Errorf("paused %t: got %s", paused, got)
		}
	}
}

// Only mail with more than 8 words and no command is given to people, and never that of moderators who decide.
func TestHandOver(t *testing.T) {
	long := "I have not had any emails since October, who can help"
	for place, want := range map[string]bool{"request": true, "robot": true, "own": true, "mod": false, "post": false} {
		q := request(t, place)
		if q.Text = long; Read(q).HandOver != want {
			t.Errorf("%s: got %t", place, !want)
		}
		if q.Text = "frobnicate"; Read(q).HandOver {
			t.Errorf("%s: one word was handed over", place)
		}
	}
}

// Every asking says what to do next, and every reading says how it came about.
func TestSentences(t *testing.T) {
	for _, p := range readPhrases(t, "testdata/phrases/members.txt", "testdata/phrases/moderators.txt", "testdata/phrases/posts.txt") {
		q := request(t, p.place)
		q.Text, q.Subject = p.text, p.subject
		got := Read(q)
		if got.Outcome == Ask && got.Sentence() == "" {
			t.Errorf("%s %q: %s says nothing", p.place, p.text, got)
		}
		if len(got.Steps) == 0 {
			t.Errorf("%s %q: no steps", p.place, p.text)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, p := range readPhrases(f, "testdata/phrases/members.txt", "testdata/phrases/moderators.txt", "testdata/phrases/posts.txt") {
		f.Add(p.text, p.subject, "Asha Patel")
	}
	f.Fuzz(func(t *testing.T, text, subject, name string) {
		for _, n := range placeNames {
			q := Request{At: n.at, Text: text, Subject: subject, Names: []string{name}, About: []string{"Priya N."}, Lists: []string{"senco-forum"}, Today: friday, Items: 3, Files: 1, Moderator: true}
			got := Read(q)
			if again := Read(q); again.String() != got.String() {
				t.Fatalf("%s: %s and %s", n.name, got, again)
			}
			if got.Outcome == Done && (got.Word.Name == "" || got.Word.At&n.at == 0) {
				t.Fatalf("%s: %s", n.name, got)
			}
			if !utf8.ValidString(got.Line() + got.Read + got.Sentence()) {
				t.Fatalf("%s: not UTF-8: %q", n.name, got.Line())
			}
			if strings.TrimSpace(text) == "" && strings.TrimSpace(subject) == "" && got.Outcome == Done {
				t.Fatalf("%s: silence does %s", n.name, got)
			}
		}
	})
}
