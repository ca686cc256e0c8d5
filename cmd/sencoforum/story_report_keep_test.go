package main

import (
	"strings"
	"testing"
	"time"
)

// A report ends with the word keep: the first counts, both moderators hear of it, and a stop works still.
func TestAReportEndsWithOneWord(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Pens", "Which pens?"))
		b.wait(10 * time.Minute)
		post, _ := b.got("asha", "Pens")
		_, id, _ := strings.Cut(post, "Message-ID: ")
		id, _, _ = strings.Cut(id, "\r\n")
		b.must(b.send("tom@garden.example", theForum, "Re: Pens", "report", "In-Reply-To: "+id))
		b.wait(time.Minute)
		if text, _ := b.got("sam", "Reported - "); !strings.Contains(text, "keep           the post stays") {
			t.Fatalf("the moderator is told:\n%s", text)
		}
		b.reply("asha", "Reported - ", "keep")
		b.wait(time.Minute)
		for _, name := range []string{"asha", "sam"} {
			if text, _ := b.got(name, "Stays: "); !strings.Contains(text, "Asha looked at this report at 09:1") {
				t.Errorf("%s is told:\n%s", name, text)
			}
		}
		b.reply("sam", "Reported - ", "keep")
		b.wait(time.Minute)
		if text, _ := b.got("sam", "Nothing was done"); !strings.Contains(text, "Asha looked at this report, and the post stays") || !strings.Contains(text, "Nothing changed.") {
			t.Errorf("the second is told:\n%s", text)
		}
		b.reply("sam", "Stays: ", "stop")
		b.wait(time.Minute)
		if text, _ := b.got("asha", "Stopped: "); !strings.Contains(text, "Sam stopped this post") {
			t.Errorf("a stop after all:\n%s", text)
		}
	})
}
