package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
)

// solved reports what the table of discussions says of one.
func (b *board) solved(n archive.Number) (answered, solved bool) {
	b.t.Helper()
	s, err := b.house.overview.Get(n)
	b.must(err)
	return s.Answered, s.Solved
}

// Asha asks, Tom answers, and Asha says with one word that it is solved. Nobody else can, and nobody gets the word as a post.
func TestStorySolvedByTheAsker(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.mode("tom", list.ModeEvery)
		b.must(b.send("asha@garden.example", theForum, "Reading pens", "Hi all,\n\nWho uses reading pens in exams?"))
		b.wait(6 * time.Minute)
		to := "In-Reply-To: " + b.post(1).MessageID
		b.must(b.send("tom@garden.example", theForum, "Re: Reading pens", "Solved!", to))
		b.wait(6 * time.Minute)
		told, _ := b.got("tom", "Nothing was done")
		if !strings.Contains(told, "Only Asha, who asked, can say that this is solved:") {
			t.Errorf("Tom reads\n%s", told)
		}
		if answered, solved := b.solved(1); answered || solved {
			t.Error("Tom solved it")
		}
		b.must(b.send("asha@garden.example", b.replyAddress(1), "Re: Reading pens", "Solved, thanks"))
		b.wait(6 * time.Minute)
		done, _ := b.got("asha", "Done: solved #1")
		if !strings.Contains(done, "I did not send it on") || !strings.Contains(done, "Reply with: not solved #1") {
			t.Errorf("Asha reads\n%s", done)
		}
		if answered, solved := b.solved(1); !answered || !solved {
			t.Error("Asha did not solve it")
		}
		b.stop() // and a server that starts knows it still
		b.start()
		if _, solved := b.solved(1); !solved {
			t.Error("it was forgotten")
		}
		b.must(b.send("asha@garden.example", theRobot, "Re: Done: solved #1", "not solved"))
		b.wait(time.Minute)
		b.got("asha", "Done: not solved #1")
		if answered, solved := b.solved(1); answered || solved {
			t.Error("it is still solved")
		}
		b.items()
		if n := b.count("tom", "[Forum]"); n > 1 {
			t.Errorf("Tom got %d posts", n)
		}
		b.stop()
	})
}

// Two weeks after a question its writer is asked once what came of it, whatever happens to the server, and one word answers.
func TestStoryAskedOnceWhatCameOfAQuestion(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("asha@garden.example", theForum, "Reading pens", "Who uses reading pens in exams?"))
		b.wait(time.Hour)
		b.must(b.send("sam@garden.example", theForum, "Hall", "Has anybody a small hall?"))
		b.wait(time.Hour)
		b.must(b.send("tom@garden.example", theForum, "News", "The hall is closed on Friday."))
		b.wait(6 * time.Minute)
		asked := b.post(1).Accepted
		b.until(asked.AddDate(0, 0, 14).Add(-time.Minute).Format("Mon 2 Jan 2006 15:04"))
		if n := b.count("asha", "Is it solved?"); n != 0 {
			t.Fatalf("Asha was asked %d times before the day", n)
		}
		for range 3 {
			b.wait(25 * time.Hour)
			b.stop()
			b.start()
			b.wait(time.Minute)
		}
		if a, s, o := b.count("asha", "Is it solved?"), b.count("sam", "Is it solved?"), b.count("tom", "Is it solved?"); a != 1 || s != 1 || o != 0 {
			t.Errorf("Asha was asked %d times, Sam %d, Tom %d", a, s, o)
		}
		nudge := b.mails("asha@garden.example", "Is it solved?")[0].text
		id := message.Parse([]byte(nudge)).Header.Get("Message-ID")
		b.must(b.send("asha@garden.example", theRobot, "Re: question", "Solved", "In-Reply-To: "+id))
		b.must(b.send("sam@garden.example", theRobot, "Re: Is it solved? \"Hall\" #2", "no reminders"))
		b.wait(time.Minute)
		b.got("asha", "Done: solved #1")
		b.got("sam", "Done: reminders off")
		b.must(b.send("sam@garden.example", theForum, "Laptops", "Has anybody laptops?"))
		b.must(b.send("tom@garden.example", theForum, "Pens", "Has anybody pens?"))
		b.wait(20 * 24 * time.Hour)
		if s, j := b.count("sam", "Is it solved?"), b.count("tom", "Is it solved?"); s != 1 || j != 1 {
			t.Errorf("Sam was asked %d times in all, Tom %d", s, j)
		}
		b.items()
		b.stop()
	})
}

// holidays gives the server a file of holidays, and starts it again.
func (b *board) holidays(text string) {
	b.t.Helper()
	b.dates = filepath.Join(b.t.TempDir(), "holidays.txt")
	b.must(os.WriteFile(b.dates, []byte(text), 0o600))
	b.stop()
	b.start()
}

// In the holidays nobody is asked; after them they are.
func TestNobodyIsAskedInTheHolidays(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		day := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
		b.holidays(fmt.Sprintf("england %s %s half-term\n", day(10), day(30)))
		b.must(b.send("asha@garden.example", theForum, "Reading pens", "Who uses reading pens in exams?"))
		b.wait(29 * 24 * time.Hour)
		if n := b.count("asha", "Is it solved?"); n != 0 {
			t.Errorf("Asha was asked %d times in the holidays", n)
		}
		b.wait(6 * 24 * time.Hour)
		if n := b.count("asha", "Is it solved?"); n != 1 {
			t.Errorf("Asha was asked %d times", n)
		}
		b.stop()
	})
}
