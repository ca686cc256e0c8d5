package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/store"
)

// Nobody decides: those on duty, then the others, then the owners and the writer hear of it, and in the end it goes back.
func TestNobodyDecides(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam", "ellen", "bob", "carol")
		b.must(b.send("tom@garden.example", theForum, "Wide", "A question.", toMany))
		first := b.told("Many addresses")
		if len(first) != 2 {
			t.Fatalf("told at once: %v", first)
		}
		b.until("Mon 3 Jan 2000 12:55")
		if got := b.told("Many addresses"); len(got) != 2 {
			t.Errorf("after less than four hours: %v", got)
		}
		b.until("Mon 3 Jan 2000 13:05")
		if got := b.told("Many addresses"); len(got) != 5 {
			t.Errorf("after four hours: %v", got)
		}
		b.until("Tue 4 Jan 2000 07:45")
		note, to := b.got("sam", "1 message waits, the oldest 22 hours")
		if !strings.Contains(note, "nobody has it") || to == "" {
			t.Errorf("the morning note:\n%s", note)
		}
		b.reply("bob", "Wide", "hold")
		b.until("Wed 5 Jan 2000 07:45")
		if note, _ = b.got("sam", "1 message waits, the oldest 46 hours"); !strings.Contains(note, "Bob has it") {
			t.Errorf("the second note:\n%s", note)
		}
		if b.count("tom", "Still waiting") != 0 {
			t.Error("Tom was told too early")
		}
		b.until("Wed 5 Jan 2000 09:10")
		if late, _ := b.got("tom", "Still waiting"); !strings.Contains(late, "has waited 2 school days") || !strings.Contains(late, "17 January") {
			t.Errorf("Tom reads:\n%s", late)
		}
		b.got("asha", "Nobody has decided") // the owner
		if b.count("bob", "Nobody has decided") != 0 {
			t.Error("who is no owner was told so")
		}
		b.until("Fri 14 Jan 2000 07:45")
		if note, _ = b.got("sam", "1 message waits"); !strings.Contains(note, "goes back to its writer") && strings.Contains(note, "10 days") {
			t.Logf("the note of the last morning:\n%s", note)
		}
		b.until("Mon 17 Jan 2000 09:10")
		back, _ := b.got("tom", "Not sent")
		if !strings.Contains(strings.Join(strings.Fields(back), " "), "No moderator answered within 10 school days") || !strings.Contains(back, "> A question.") {
			t.Errorf("Tom reads:\n%s", back)
		}
		b.must(b.house.db.View(func(tx *store.Tx) error {
			s, err := intake.StatusOf(tx, 1)
			if s.State != intake.Rejected {
				t.Errorf("the message is %s", s.State)
			}
			return err
		}))
		b.until("Tue 2 May 2000 09:00")
		if n := len(b.items()); n != 0 {
			t.Errorf("%d items are kept after 90 days", n)
		}
		b.stop()
	})
}

// told are the moderators who have a mail about something.
func (b *board) told(about string) (who []string) {
	for _, name := range []string{"asha", "sam", "ellen", "bob", "carol"} {
		if b.count(name, about) > 0 {
			who = append(who, name)
		}
	}
	slices.Sort(who)
	return who
}

// A moderator whose mailbox refuses the notice is not the only one who knows.
func TestANoticeThatComesBackIsToldToTheOthers(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam", "ellen", "bob")
		b.must(b.send("tom@garden.example", theForum, "First", "A question.", toMany))
		first := b.told("Many addresses")
		if len(first) != 2 {
			t.Fatalf("on duty are %v", first)
		}
		h := b.land.hosts["garden.example"]
		h.mu.Lock()
		h.dead = first[0] + "@garden.example"
		h.mu.Unlock()
		b.must(b.send("tom@garden.example", theForum, "Second", "Another question.", toMany))
		b.wait(2 * time.Minute)
		if got := b.told("\"Second\""); len(got) != 3 {
			t.Errorf("told of the second: %v", got)
		}
		b.stop()
	})
}

// At night the writer hears at once, and nobody else is woken.
func TestNobodyIsWoken(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.until("Mon 3 Jan 2000 23:00")
		b.must(b.send("tom@garden.example", theForum, "Wide", "A question.", toMany))
		if told, _ := b.got("tom", "Your message is waiting"); !strings.Contains(strings.Join(strings.Fields(told), " "), "so it may be tomorrow") {
			t.Errorf("Tom reads:\n%s", told)
		}
		b.until("Tue 4 Jan 2000 06:55")
		if got := b.told("Many addresses"); len(got) != 0 {
			t.Errorf("told at night: %v", got)
		}
		b.until("Tue 4 Jan 2000 07:05")
		if got := b.told("Many addresses"); len(got) != 2 {
			t.Errorf("told in the morning: %v", got)
		}
		b.stop()
	})
}

// The operator decides where nobody can reach their mail, and it is recorded as theirs.
func TestTheOperatorDecides(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Wide", "A question.", toMany))
		code := b.last().Number.Code()
		if out := b.command("held", "list"); !strings.Contains(out, "#"+code) || !strings.Contains(out, "many addresses") {
			t.Errorf("held list:\n%s", out)
		}
		if out := b.command("held", "show", code); !strings.Contains(out, "A question.") || !strings.Contains(out, "Waits for: moderators") {
			t.Errorf("held show:\n%s", out)
		}
		if out := b.command("held", "approve", "#"+strings.ToUpper(code)); !strings.Contains(out, "Approved #"+code) || !strings.Contains(out, "held undo") {
			t.Errorf("held approve:\n%s", out)
		}
		b.command("held", "undo", code)
		b.command("held", "reject", code, "Please", "ask", "again.")
		b.wait(6 * time.Minute)
		if back, _ := b.got("tom", "Not sent"); !strings.Contains(back, "Please ask again.") {
			t.Errorf("Tom reads:\n%s", back)
		}
		if line, _ := b.got("asha", "Sent back by the operator"); line == "" {
			t.Error("Asha does not know")
		}
		if log := b.command("audit", "--log"); !strings.Contains(log, "held rejected") || !strings.Contains(log, "command line") || strings.Contains(log, "Please ask") {
			t.Errorf("the record:\n%s", log)
		}
		b.stop()
	})
}

// What waits to be sent is held with everything else, and keeps its number.
func TestAnEmergencyHoldStopsWhatWaits(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Calm", "A question."))
		b.must(b.send("tom@garden.example", theForum, "Wide", "Another question.", toMany))
		b.reply("asha", "Many addresses", "approve")
		b.command("list", "set", "forum", "emergency", "on")
		b.wait(10 * time.Minute)
		if b.count("sam", "[Forum]") != 0 || b.count("tom", "[Forum]") != 0 {
			t.Error("something went out")
		}
		items := b.items()
		if len(items) != 2 || !items[0].WithModerators() || !items[1].WithModerators() {
			t.Fatalf("%+v", items)
		}
		b.command("list", "set", "forum", "emergency", "off")
		b.reply("asha", "Everything waits - Tom Smith: \"Calm\"", "approve")
		b.reply("asha", "Wide", "approve")
		b.wait(6 * time.Minute)
		seen := map[archive.Visibility]int{}
		b.must(b.house.db.View(func(tx *store.Tx) error {
			for p, err := range archive.All(tx, 0) {
				if err != nil {
					return err
				}
				seen[p.State]++
			}
			return nil
		}))
		if len(seen) != 1 || seen[archive.Published] != 2 {
			t.Errorf("the posts are %v", seen)
		}
		b.stop()
	})
}
