package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// board is a forum with people who post and people who moderate, on a school day at nine in the morning.
type board struct {
	*story
	n     int
	named string // the whole From field of what is sent; empty: the address alone
}

const theForum = "forum@lists.example.org"

// newBoard has the given moderators, and the members jane (new) and tom, all at garden.example.
func newBoard(t *testing.T, dir string, moderators ...string) *board {
	b := &board{story: newStory(t, dir, nil, "garden.example", "evil.example")}
	err := b.house.db.Update(func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		if err != nil {
			return err
		}
		l.SendDelay = 5 * time.Minute
		if err := list.Save(tx, l); err != nil {
			return err
		}
		for _, name := range append([]string{"jane", "tom"}, moderators...) {
			role, holds := list.RoleModerator, 0
			switch {
			case name == "jane":
				role, holds = list.RoleMember, 1
			case name == "tom":
				role = list.RoleMember
			case name == moderators[0]:
				role = list.RoleOwner
			}
			p, err := list.AddPerson(tx, list.Person{Name: strings.ToUpper(name[:1]) + name[1:] + " Smith", Address: message.Address{Local: name, Domain: "garden.example"}})
			if err != nil {
				return err
			}
			m := list.Membership{List: 1, Person: p.ID, Role: role, Mode: list.ModeEvery, Joined: time.Now(), Holds: holds, Duty: true}
			if err := list.Join(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.stop = sync.OnceFunc(b.stop)
	t.Cleanup(b.stop)
	b.until("Mon 3 Jan 2000 09:00")
	return b
}

// until lets time pass.
func (b *board) until(when string) {
	b.t.Helper()
	at, err := time.ParseInLocation("Mon 2 Jan 2006 15:04", when, calendar.London())
	if err != nil {
		b.t.Fatal(err)
	}
	b.wait(time.Until(at))
}

func (b *board) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
	time.Sleep(2 * time.Second) // the queue's round
	synctest.Wait()
}

// send hands a mail to the desk; fields are more fields of its header. A refusal is returned.
func (b *board) send(from, to, subject, body string, fields ...string) error {
	b.t.Helper()
	b.n++
	a, err := message.ParseAddress(from)
	if err != nil {
		b.t.Fatal(err)
	}
	dest, err := message.ParseAddress(to)
	if err != nil {
		b.t.Fatal(err)
	}
	shown := theForum
	if to != theForum {
		shown = to
	}
	raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%d@garden.example>\r\nDate: %s\r\n", cmp.Or(b.named, from), shown, subject, b.n, time.Now().Format(time.RFC1123Z)) +
		strings.Join(append(fields, ""), "\r\n") + "\r\n" + strings.ReplaceAll(body, "\n", "\r\n") + "\r\n"
	env := &message.Envelope{Client: netip.MustParseAddr("127.0.0.1"), Helo: "x", From: a, To: dest, Received: time.Now()}
	err = b.house.desk.Receive(b.t.Context(), env, []byte(raw))
	b.wait(time.Second)
	return err
}

func (b *board) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

var modAddress = regexp.MustCompile(`forum-mod\+snc1_[0-9a-z]{32}@lists\.example\.org`)

// got is the latest mail to somebody with this in its subject, and the address to answer it.
func (b *board) got(name, subject string) (text, answer string) {
	b.t.Helper()
	all := b.mails(name+"@garden.example", subject)
	if len(all) == 0 {
		var subjects []string
		for _, m := range b.mails(name+"@garden.example", "") {
			subjects = append(subjects, m.subject)
		}
		b.t.Fatalf("%s got no mail about %q, but %q", name, subject, subjects)
	}
	m := all[len(all)-1]
	if answer = modAddress.FindString(strings.ReplaceAll(m.text, "\r\n ", "")); answer == "" {
		answer = regexp.MustCompile(`forum-confirm\+snc1_[0-9a-z]{32}@lists\.example\.org`).FindString(strings.ReplaceAll(m.text, "\r\n ", ""))
	}
	return string(m.text), answer
}

// count is how many mails about something somebody got.
func (b *board) count(name, subject string) int { return len(b.mails(name+"@garden.example", subject)) }

// reply is a moderator's or a writer's answer to the latest mail about something.
func (b *board) reply(name, about, words string, fields ...string) {
	b.t.Helper()
	_, to := b.got(name, about)
	b.must(b.send(name+"@garden.example", to, "Re: "+about, words+"\n\nOn Monday somebody wrote:\n> approve\n> discard", fields...))
}

// items is what every item is.
func (b *board) items() (all []hold.Item) {
	b.t.Helper()
	b.must(b.house.db.View(func(tx *store.Tx) error {
		r, err := intake.Audit(tx)
		if len(r.Faults) > 0 {
			b.t.Errorf("audit: %v", r.Faults)
		}
		for it, ierr := range hold.All(tx) {
			if ierr != nil {
				return ierr
			}
			all = append(all, it)
		}
		return err
	}))
	return all
}

func (b *board) last() hold.Item { all := b.items(); return all[len(all)-1] }

// toMany is a field by which a post goes to too many addresses, so that it waits.
var toMany = "Cc: " + strings.Repeat("a@other.example, ", 10) + "b@other.example"

func TestAFirstPostIsApproved(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam", "ellen")
		b.must(b.send("jane@garden.example", theForum, "Hello", "I am new here."))
		told, _ := b.got("jane", "Your message is waiting")
		if !strings.Contains(told, "new member's first message") {
			t.Errorf("Jane reads:\n%s", told)
		}
		for _, m := range []string{"asha", "sam", "ellen"} {
			notice, to := b.got(m, "First post - Jane Smith")
			if !strings.Contains(notice, "> I am new here.") || !strings.Contains(notice, "trust") || to == "" {
				t.Errorf("%s reads:\n%s", m, notice)
			}
		}
		_, ashas := b.got("asha", "First post")
		if _, sams := b.got("sam", "First post"); ashas == sams {
			t.Error("two moderators have one token")
		}
		b.reply("asha", "First post", "Approve")
		answer, _ := b.got("asha", "Approved")
		if !strings.Contains(answer, `I read: "Approve"`) || !strings.Contains(answer, "Reply undo before then") {
			t.Errorf("Asha reads:\n%s", answer)
		}
		if line, _ := b.got("sam", "Approved by Asha"); !strings.Contains(line, "reply undo") {
			t.Errorf("Sam reads:\n%s", line)
		}
		b.reply("sam", "First post", "discard")
		if already, _ := b.got("sam", "Already approved"); !strings.Contains(already, "Asha approved this at 09:0") || !strings.Contains(already, "changed nothing") {
			t.Errorf("Sam reads:\n%s", already)
		}
		if b.count("tom", "Hello") != 0 {
			t.Error("it went out before its time")
		}
		b.wait(6 * time.Minute)
		if b.count("tom", "Hello") != 1 || b.count("ellen", "Hello") < 1 {
			t.Errorf("Tom has %d copies", b.count("tom", "Hello"))
		}
		// The next post of hers needs nobody.
		b.must(b.send("jane@garden.example", theForum, "Second", "And another one."))
		b.wait(6 * time.Minute)
		if b.count("tom", "Second") != 1 || len(b.items()) != 1 {
			t.Errorf("the second post: %d copies, %d items", b.count("tom", "Second"), len(b.items()))
		}
		b.stop()
	})
}

func TestAPostIsSentBack(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Wide", "A question for all.", toMany))
		b.reply("sam", "Many addresses", "Hi all,\n\nreject Please send it to us alone.\nThank you.")
		if answer, _ := b.got("sam", "Sent back to Tom"); !strings.Contains(answer, "  Please send it to us alone.") {
			t.Errorf("Sam reads:\n%s", answer)
		}
		if b.count("tom", "Not sent") != 0 {
			t.Error("Tom hears of it before Sam could change his mind")
		}
		b.wait(6 * time.Minute)
		back, _ := b.got("tom", "Not sent")
		for _, want := range []string{"Please send it to us alone.", "> A question for all.", "Reply-To: The Forum moderators <forum-owner@"} {
			if !strings.Contains(strings.ReplaceAll(back, "\"", ""), want) {
				t.Errorf("Tom misses %q in\n%s", want, back)
			}
		}
		// His message may come again.
		it := b.last()
		if !it.Finished() || !it.From.IsZero() || it.Decision.Reason != "" {
			t.Errorf("kept is %+v", it)
		}
		b.n--
		b.must(b.send("tom@garden.example", theForum, "Wide", "A question for all."))
		b.wait(6 * time.Minute)
		if b.count("asha", "Wide") == 0 {
			t.Error("sent again it does not go out")
		}
		b.stop()
	})
}

func TestDecisionsAreUndone(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Wide", "A question.", toMany))
		for _, word := range []string{"approve", "reject names", "discard", "trust"} {
			b.reply("asha", "Wide", word)
			if d := b.last().Decision; d == nil || d.Done {
				t.Fatalf("%s: %+v", word, d)
			}
			b.reply("sam", "Wide", "undo") // another moderator may
			if it := b.last(); !it.WithModerators() {
				t.Fatalf("after %s and undo: %+v", word, it)
			}
			b.wait(6 * time.Minute)
		}
		if b.count("tom", "Not sent") != 0 || b.count("tom", "[The Forum]") != 0 || b.count("tom", "Wide") != 1 { // that it waits
			t.Errorf("Tom got something: %d", b.count("tom", "Wide"))
		}
		b.reply("asha", "Wide", "approve")
		b.wait(6 * time.Minute)
		posts := 0
		b.must(b.house.db.View(func(tx *store.Tx) error {
			for p, err := range archive.All(tx, 0) {
				if err != nil {
					return err
				}
				if posts++; p.State != archive.Published {
					t.Errorf("post %d is %s", p.Number, p.State)
				}
			}
			return nil
		}))
		if posts != 1 {
			t.Errorf("it has %d numbers in the archive", posts)
		}
		b.reply("sam", "Approved by", "undo")
		if late, _ := b.got("sam", "Nothing was done"); !strings.Contains(late, "too late to undo") || !strings.Contains(late, "To hide it and to stop what still goes out, write stop #") {
			t.Errorf("Sam reads:\n%s", late)
		}
		b.stop()
	})
}

// Each of these must change nothing. The token is the right one in all of them.
func TestWhatDecidesNothing(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Wide", "A question.", toMany))
		notice, to := b.got("asha", "Many addresses")
		_, body, _ := strings.Cut(notice, "\r\n\r\n")
		for name, c := range map[string]struct {
			from, text string
			fields     []string
		}{
			"an out-of-office reply":                  {"asha@garden.example", "I am away until Monday.\n\n" + strings.ReplaceAll(body, "\r\n", "\n"), []string{"Auto-Submitted: auto-replied"}},
			"one that only its subject shows":         {"asha@garden.example", "approve", []string{"Precedence: bulk"}},
			"an out-of-office reply without any mark": {"asha@garden.example", "I am away until Monday.\n\n> approve\n> trust", nil},
			"the notice as it was, quoted by nobody":  {"asha@garden.example", strings.ReplaceAll(body, "\r\n", "\n"), nil},
			"words only in the quote":                 {"asha@garden.example", "> approve", nil},
			"an empty reply":                          {"asha@garden.example", "", nil},
			"somebody else with her token":            {"mallory@evil.example", "approve", nil},
			"another moderator with her token":        {"sam@garden.example", "approve", nil},
			"a member with her token":                 {"tom@garden.example", "approve", nil},
			"words that are left over":                {"asha@garden.example", "approve but take the child's name out", nil},
			"a doubt":                                 {"asha@garden.example", "Not sure, approve?", nil},
			"a bare no":                               {"asha@garden.example", "no", nil},
			"agreement with somebody":                 {"asha@garden.example", "Agreed with Tom, hold it", nil},
			"a condition":                             {"asha@garden.example", "ok if you are happy", nil},
		} {
			err := b.send(c.from, to, "Re: Many addresses", c.text, c.fields...)
			if it := b.last(); !it.WithModerators() || it.Claim != nil || it.Changed {
				t.Fatalf("%s decided: %+v (%v)", name, it.Decision, err)
			}
		}
		if told, _ := b.got("asha", "Nothing was done"); told == "" {
			t.Error("Asha heard nothing")
		}
		from := 0
		for _, m := range b.mails("asha@garden.example", "Nothing was done") {
			if strings.Contains(strings.Join(strings.Fields(m.text), " "), "Moderator replies must come from asha@garden.example") {
				from++
			}
		}
		if from != 1 {
			t.Errorf("Asha heard %d times of replies from other addresses, want once a day", from)
		}
		if n := len(b.mails("mallory@evil.example", "")); n != 0 {
			t.Errorf("the forger got %d mails", n)
		}
		if b.count("sam", "Nothing was done") != 0 || b.count("tom", "Nothing was done") != 0 {
			t.Error("somebody else was told what the token is for")
		}
		b.reply("asha", "Many addresses", "Please approve, thanks")
		if d := b.last().Decision; d == nil || d.Verdict != hold.Approved {
			t.Errorf("the real one did nothing: %+v", b.last())
		}
		b.stop()
	})
}

func TestAWriterTakesAMessageBack(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Wide", "A question.", toMany))
		b.reply("tom", "Your message is waiting", "cancel")
		if it := b.last(); it.Decision == nil || it.Decision.Verdict != hold.Withdrawn || !it.Finished() {
			t.Fatalf("%+v", it)
		}
		if line, _ := b.got("asha", "Taken back by its writer"); line == "" {
			t.Error("Asha still thinks that it waits")
		}
		b.got("tom", "Taken back")
		b.reply("asha", "Many addresses", "approve")
		if already, _ := b.got("asha", "Already taken back by Tom"); !strings.Contains(already, "Tom took this back at") {
			t.Errorf("Asha reads:\n%s", already)
		}
		b.wait(10 * time.Minute)
		if b.count("asha", "[Forum] Wide")+b.count("sam", "[Forum] Wide") != 0 {
			t.Error("it went out all the same")
		}
		b.stop()
	})
}

func TestABatchIsDecided(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		for i := range 3 {
			b.must(b.send("tom@garden.example", theForum, fmt.Sprintf("Wide %d", i+1), fmt.Sprintf("Question %d.", i+1), toMany))
		}
		b.until("Tue 4 Jan 2000 07:45")
		b.reply("asha", "3 messages wait", "approve")
		if which, _ := b.got("asha", "Nothing was done"); !strings.Contains(which, "did not say which one") {
			t.Errorf("Asha reads:\n%s", which)
		}
		b.reply("asha", "3 messages wait", "approve 1 3")
		b.reply("asha", "3 messages wait", "reject 2 thanks")
		b.wait(6 * time.Minute)
		if b.count("tom", "[Forum] Wide") != 0 { // nobody gets their own post twice
			t.Log("own posts come back")
		}
		var got []string
		for _, it := range b.items() {
			got = append(got, string(it.Decision.Verdict))
		}
		if fmt.Sprint(got) != "[approved rejected approved]" {
			t.Errorf("decided: %v", got)
		}
		if back, _ := b.got("tom", "Not sent"); !strings.Contains(back, "only say thanks") {
			t.Errorf("Tom reads:\n%s", back)
		}
		b.stop()
	})
}

func TestWordsAreTakenOutBeforeItGoes(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Lunch with Oliver Marsh", "We met Oliver Marsh last week.", toMany))
		b.reply("asha", "Many addresses", `redact "Oliver Marsh"`)
		left, _ := b.got("asha", "Many addresses")
		if strings.Contains(left, "Oliver Marsh") || !strings.Contains(left, "> We met [removed] last week.") || !strings.Contains(left, "below is what is left") {
			t.Errorf("Asha reads:\n%s", left)
		}
		b.reply("asha", "Many addresses", `redact "Jack Jones"`)
		if none, _ := b.got("asha", "Nothing was done"); !strings.Contains(none, "did not find these words") {
			t.Errorf("Asha reads:\n%s", none)
		}
		b.reply("asha", "Many addresses", "approve")
		b.wait(6 * time.Minute)
		copied, _ := b.got("sam", "Lunch with [removed]")
		if strings.Contains(copied, "Oliver") {
			t.Errorf("Sam got:\n%s", copied)
		}
		// The same message, as it was, is known.
		b.n = 0
		b.must(b.send("tom@garden.example", theForum, "Lunch with Oliver Marsh", "We met Oliver Marsh last week."))
		b.wait(6 * time.Minute)
		if b.count("sam", "Lunch with Oliver") > 0 && len(b.mails("sam@garden.example", "[Forum] Lunch with Oliver")) > 0 {
			t.Error("it came in again as it was")
		}
		b.stop()
	})
}

// Of two moderators who answer at once, one decides and the other hears of it.
func TestTwoModeratorsRace(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Wide", "A question.", toMany))
		_, ashas := b.got("asha", "Many addresses")
		_, sams := b.got("sam", "Many addresses")
		done := make(chan error, 2)
		for i, from := range []string{"asha", "sam"} {
			raw := fmt.Sprintf("From: %s@garden.example\r\nTo: x\r\nSubject: Re\r\nMessage-ID: <race%d@garden.example>\r\n\r\n%s\r\n", from, i, []string{"approve", "discard"}[i])
			to, _ := message.ParseAddress([]string{ashas, sams}[i])
			a := message.Address{Local: from, Domain: "garden.example"}
			go func() {
				done <- b.house.desk.Receive(t.Context(), &message.Envelope{Client: netip.MustParseAddr("127.0.0.1"), From: a, To: to, Received: time.Now()}, []byte(raw))
			}()
		}
		b.must(errors.Join(<-done, <-done))
		b.wait(time.Second)
		already := b.count("asha", "Already") + b.count("sam", "Already")
		if d := b.last().Decision; d == nil || already != 1 {
			t.Errorf("decision %+v, %d were told that it was decided", d, already)
		}
		b.stop()
	})
}
