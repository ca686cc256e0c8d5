package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/store"
)

// orders lets a moderator write a word to the robot and say yes to the mail that asks once more. It returns that mail.
func (b *board) orders(name, word, about string) string {
	b.t.Helper()
	b.must(b.send(name+"@garden.example", theRobot, "hello", word+"\n\nSent from my iPhone"))
	asked, to := b.got(name, "Please confirm: "+about)
	b.must(b.send(name+"@garden.example", to, "Re: Please confirm", "Yes\n\nSent from my iPhone\n\n> yes"))
	return asked
}

// TestStoryBanAndUnban: somebody who was let in by mistake is banned from a telephone: out at once, what they write is refused, and
// they cannot join. The ban ends by a word as well.
func TestStoryBanAndUnban(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		asked := b.orders("asha", "ban tom@garden.example", "ban Tom Smith, tom@garden.example")
		if !strings.Contains(asked, "They are no member any more") {
			t.Errorf("Asha reads:\n%s", asked)
		}
		if told, _ := b.got("sam", "Done: ban Tom Smith"); !strings.Contains(told, "Asha asked for this at 09:0") {
			t.Errorf("Sam reads:\n%s", told)
		}
		if _, in := b.membership("tom@garden.example"); in {
			t.Error("he is a member")
		}
		if err := b.send("tom@garden.example", theForum, "Hello", "It is me again."); err == nil {
			t.Error("his post was taken")
		}
		b.must(b.send("tom@garden.example", "forum-join@lists.example.org", "x", ""))
		b.wait(time.Minute)
		if b.count("tom", "") != 0 {
			t.Error("he heard of it")
		}
		b.orders("sam", "unban tom@garden.example", "end the ban of tom@garden.example")
		b.got("asha", "Done: end the ban of tom@garden.example")
		b.wait(25 * time.Hour) // one request of an address in a day
		b.must(b.send("tom@garden.example", "forum-join@lists.example.org", "x", "please"))
		b.wait(10 * time.Second)
		b.got("tom", "Join The Forum? Please reply yes")

		b.must(b.send("asha@garden.example", theRobot, "x", "ban sam@garden.example"))
		if no, _ := b.got("asha", "Nothing was done"); !strings.Contains(no, "They moderate this list.") {
			t.Errorf("Asha reads:\n%s", no)
		}
		if got := b.command("audit", "show"); !strings.Contains(got, "ban add") || !strings.Contains(got, "act unban") || !strings.Contains(got, "signed email") {
			t.Errorf("the record says\n%s", got)
		}
		b.stop()
	})
}

// TestStoryABanInAnswerToAPost: what a member wrote waits, and one word in answer bans them and throws it away.
func TestStoryABanInAnswerToAPost(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("jane@garden.example", theForum, "Cheap phones", "Buy my phones."))
		b.reply("sam", "First post - Jane Smith", "ban")
		if b.last().Decision != nil {
			t.Fatal("one word is enough")
		}
		asked, to := b.got("sam", "Please confirm: ban Jane Smith")
		if !strings.Contains(asked, "What waits of theirs here is thrown away.") {
			t.Errorf("Sam reads:\n%s", asked)
		}
		b.must(b.send("sam@garden.example", to, "Re", "yes please"))
		if d := b.last().Decision; d == nil || d.Verdict != hold.Discarded {
			t.Errorf("%+v", d)
		}
		if _, in := b.membership("jane@garden.example"); in {
			t.Error("she is a member")
		}
		b.got("asha", "Discarded by Sam")
		b.wait(6 * time.Minute)
		if b.count("tom", "Cheap") != 0 || b.count("jane", "Not sent") != 0 {
			t.Error("somebody heard of it")
		}
		b.stop()
	})
}

// TestStoryAMemberUnderModeration: everything of theirs waits from now on, until the word is taken back.
func TestStoryAMemberUnderModeration(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.orders("asha", "Please moderate tom@garden.example", "moderate Tom Smith")
		b.must(b.send("tom@garden.example", theForum, "Hello", "It is me."))
		b.got("sam", "Under moderation - Tom Smith")
		b.orders("sam", "unmoderate tom@garden.example", "unmoderate Tom Smith")
		b.must(b.send("tom@garden.example", theForum, "Again", "It is me once more."))
		b.wait(6 * time.Minute)
		if b.count("asha", "[Forum] Again")+b.count("asha", "Again") != 1 || b.count("jane", "Hello") != 0 {
			t.Errorf("%d copies of the second, %d of the first", b.count("asha", "Again"), b.count("jane", "Hello"))
		}
		b.must(b.send("sam@garden.example", theRobot, "x", "unmoderate tom@garden.example"))
		if no, _ := b.got("sam", "Nothing was done"); !strings.Contains(no, "That is so already.") {
			t.Errorf("Sam reads:\n%s", no)
		}
		b.stop()
	})
}

// TestStoryAFloodIsHeldAndLetGo: two moderators hold the list while a mail program runs wild, what had not gone out waits with it, and
// when it is over they let the list go on and send what is harmless with one word.
func TestStoryAFloodIsHeldAndLetGo(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Question 0", "This one is on its way."))
		asked := b.orders("asha", "hold list", "hold list forum")
		if !strings.Contains(asked, "Every new message waits for a moderator") {
			t.Errorf("Asha reads:\n%s", asked)
		}
		if done, _ := b.got("sam", "Done: hold list"); !strings.Contains(done, "1 message that had not gone out yet") {
			t.Errorf("Sam reads:\n%s", done)
		}
		for i := 1; i <= 3; i++ {
			b.must(b.send("tom@garden.example", theForum, fmt.Sprintf("Question %d", i), fmt.Sprintf("What do you do about %d?", i)))
		}
		b.must(b.send("tom@garden.example", theForum, "Plan", "The UPN is B801200005001."))
		b.applies("lucy", "I am Lucy.")
		b.wait(time.Hour)
		if b.count("sam", "[Forum] Question")+len(b.mails("jane@garden.example", "Question")) != 0 {
			t.Error("something went out")
		}
		b.orders("sam", "release list", "release list forum")
		b.must(b.send("tom@garden.example", theForum, "Question 4", "It is over now."))
		b.wait(6 * time.Minute)
		if b.count("jane", "Question 4") != 1 {
			t.Error("nothing goes out")
		}
		b.must(b.send("asha@garden.example", theRobot, "x", "waiting?\n\nthanks"))
		b.must(b.send("asha@garden.example", theRobot, "x", "waiting please"))
		if queue, to := b.got("asha", "5 messages wait"); !strings.Contains(queue, "5. #") || strings.Contains(queue, "Good morning") || to == "" {
			t.Errorf("Asha reads:\n%s", queue)
		}
		all := b.orders("asha", "Approve all", "approve 4 messages")
		for _, want := range []string{"Tom Smith: Question 0\n", "Tom Smith: Question 3\n", "1 other waits and is not among them."} {
			if !strings.Contains(strings.ReplaceAll(all, "\r\n", "\n"), want) {
				t.Errorf("Asha misses %q in\n%s", want, all)
			}
		}
		if strings.Contains(all, "Plan") || strings.Contains(all, "B8012") {
			t.Errorf("what may name a child is among them:\n%s", all)
		}
		b.wait(6 * time.Minute)
		for i := range 4 {
			if n := b.count("jane", fmt.Sprintf("Question %d", i)); n != 1 {
				t.Errorf("%d copies of question %d", n, i)
			}
		}
		if _, in := b.membership("lucy@garden.example"); in || b.count("jane", "Plan") != 0 {
			t.Error("what needs a look of its own was approved too")
		}
		b.stop()
	})
}

// TestStoryAllOfABatch: the same word in answer to the morning note is about what stands in it.
func TestStoryAllOfABatch(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		for i := range 2 {
			b.must(b.send("tom@garden.example", theForum, fmt.Sprintf("Wide %d", i+1), fmt.Sprintf("Question %d.", i+1), toMany))
		}
		b.until("Tue 4 Jan 2000 07:45")
		b.must(b.send("tom@garden.example", theForum, "Wide 3", "It came later.", toMany))
		b.reply("asha", "2 messages wait", "approve all")
		if d := b.items()[0].Decision; d != nil {
			t.Fatal("one word is enough")
		}
		asked, to := b.got("asha", "Please confirm: approve 2 messages")
		if !strings.Contains(asked, "Tom Smith: Wide 2") || strings.Contains(asked, "Wide 3") {
			t.Errorf("Asha reads:\n%s", asked)
		}
		b.reply("sam", "2 messages wait", "reject 1 We have had this.")
		b.must(b.send("asha@garden.example", to, "Re", "yes"))
		var got []string
		for _, it := range b.items() {
			if it.Decision != nil {
				got = append(got, string(it.Decision.Verdict))
			}
		}
		if fmt.Sprint(got) != "[rejected approved]" {
			t.Errorf("decided: %v", got)
		}
		if done, _ := b.got("sam", "Done: approve 1 message"); !strings.Contains(done, "1 message goes to everyone") || !strings.Contains(done, "1 other was decided meanwhile") {
			t.Errorf("Sam reads:\n%s", done)
		}
		b.stop()
	})
}

// TestStoryADiscussionUnderModeration: every answer to it waits, other posts do not, and it is let go again.
func TestStoryADiscussionUnderModeration(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Uniform", "Is it allowed?"))
		b.wait(6 * time.Minute)
		answer := func(words string) {
			b.must(b.send("tom@garden.example", theForum, "Re: Uniform", words, "In-Reply-To: <1@garden.example>"))
			b.wait(6 * time.Minute)
		}
		b.orders("asha", "hold #1", `hold discussion 1, "Uniform"`)
		answer("I mind.")
		b.got("sam", "Discussion under moderation - Tom Smith")
		if why, _ := b.got("tom", "Your message is waiting"); !strings.Contains(strings.Join(strings.Fields(why), " "), "Moderators read every message of that discussion") {
			t.Errorf("Tom reads:\n%s", why)
		}
		b.must(b.send("tom@garden.example", theForum, "Shoes", "Other things go on."))
		b.wait(6 * time.Minute)
		if b.count("asha", "Shoes") != 1 {
			t.Error("another discussion waits, too")
		}
		b.reply("sam", "Discussion under moderation", "approve")
		b.wait(6 * time.Minute)
		if n := b.count("jane", "Re: [Forum] Uniform") + b.count("jane", "Re: Uniform"); n != 1 {
			t.Errorf("%d copies of what was approved", n)
		}
		b.orders("sam", "release #1", `release discussion 1, "Uniform"`)
		answer("I do not mind any more.")
		if n := b.count("jane", "Uniform"); n != 3 {
			t.Errorf("Jane has %d", n)
		}
		b.stop()
	})
}

// TestStoryAnAnnouncement: it reaches those who have a digest at once, those who take part in nothing, and nobody who gets no mail;
// it bears the moderator's name, and can be stopped.
func TestStoryAnAnnouncement(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.modes(map[string]list.DeliveryMode{"jane": list.ModeWeekly, "tom": list.ModeNone, "sam": list.ModeQuestions})
		b.must(b.send("asha@garden.example", theRobot, "We move on Friday", "announce On Friday the forum moves.\n\nIt is away from 18:00 to 20:00.\n\n-- \nAsha"))
		asked, to := b.got("asha", `Please confirm: announce "We move on Friday"`)
		if !strings.Contains(asked, "> On Friday the forum moves.\r\n>\r\n> It is away from 18:00 to 20:00.") || !strings.Contains(asked, "the\r\nlist has 4 members") {
			t.Errorf("Asha reads:\n%s", asked)
		}
		if b.count("jane", "We move") != 0 {
			t.Fatal("it went without a yes")
		}
		b.must(b.send("asha@garden.example", to, "Re", "Yes"))
		b.got("sam", `Done: announce "We move on Friday"`)
		b.wait(6 * time.Minute)
		for name, want := range map[string]int{"jane": 1, "tom": 0} {
			if n := b.count(name, "We move on Friday"); n != want {
				t.Errorf("%s has %d copies, want %d", name, n, want)
			}
		}
		copied, _ := b.got("jane", "We move on Friday")
		if !strings.Contains(copied, "Asha Smith via The Forum") || !strings.Contains(copied, "On Friday the forum moves.") || !strings.Contains(copied, "Asha, for the moderators of The Forum") {
			t.Errorf("Jane reads:\n%s", copied)
		}
		if n := len(regexp.MustCompile(`(?m)^Subject: .*We move on Friday`).FindAllString(copied, -1)); n != 1 {
			t.Errorf("%d subjects:\n%s", n, copied)
		}
		b.must(b.house.db.View(func(tx *store.Tx) error {
			p, err := archive.Get(tx, 1)
			if err == nil && (p.State != archive.Published || !p.Announced) {
				t.Errorf("the post is %+v", p)
			}
			return err
		}))
		b.must(b.send("asha@garden.example", theRobot, "x", "announce The UPN is B801200005001."))
		if no, _ := b.got("asha", "Nothing was done"); !strings.Contains(no, "It may name a child") {
			t.Errorf("Asha reads:\n%s", no)
		}
		if got := b.command("audit"); !strings.Contains(got, "No faults.") {
			t.Errorf("audit:\n%s", got)
		}
		b.stop()
	})
}

// modes gives members delivery modes.
func (b *board) modes(modes map[string]list.DeliveryMode) {
	b.t.Helper()
	b.must(b.house.db.Update(func(tx *store.Tx) error {
		for m, err := range list.Members(tx, 1, 0) {
			if err != nil {
				return err
			}
			p, err := list.GetPerson(tx, m.Person)
			if err != nil {
				return err
			}
			if mode := modes[p.Address.Local]; mode != "" {
				m.Mode = mode
				if err := list.SaveMember(tx, m); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}
