package main

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// storyMail is one mail of somebody's in a story.
type storyMail struct {
	from, to, subject, text string
	answers                 string // Message-ID, with its angle brackets
}

// send takes a mail through the desk, from a host that the operator trusts.
func (s *story) send(m storyMail) {
	s.t.Helper()
	s.sent++
	from, err := message.ParseAddress(m.from)
	if err != nil {
		s.t.Fatal(err)
	}
	to, err := message.ParseAddress(m.to)
	if err != nil {
		s.t.Fatal(err)
	}
	if m.answers != "" {
		m.answers = "In-Reply-To: " + m.answers + "\r\n"
	}
	raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <sent%d@%s>\r\n%s\r\n%s\r\n",
		m.from, m.to, m.subject, s.sent, from.Domain, m.answers, strings.ReplaceAll(m.text, "\n", "\r\n"))
	env := &message.Envelope{Client: netip.MustParseAddr("127.0.0.1"), Helo: "x", From: from, To: to, Received: time.Now()}
	if err := s.house.desk.Rcpt(s.t.Context(), env, to); err != nil {
		s.t.Fatal(err)
	}
	if err := s.house.desk.Receive(s.t.Context(), env, []byte(raw)); err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(time.Minute)
	synctest.Wait()
}

var storyAnswer = regexp.MustCompile(`<(forum-(?:mod|owner)\+snc1_[0-9a-z]{32}@lists\.example\.org)>`)

// last is the last mail to somebody with this in its subject, and where an answer to it goes.
func (s *story) last(to, about string) (text, reply string) {
	s.t.Helper()
	all := s.mails(to, about)
	if len(all) == 0 {
		s.t.Fatalf("%s got no mail about %q", to, about)
	}
	text = all[len(all)-1].text
	if found := storyAnswer.FindStringSubmatch(text); found != nil {
		reply = found[1]
	}
	return text, reply
}

// moderates lets somebody moderate the list.
func (s *story) moderates(address, name string) {
	s.t.Helper()
	err := s.house.db.Update(func(tx *store.Tx) error {
		a, err := message.ParseAddress(address)
		if err != nil {
			return err
		}
		p, err := list.FindPerson(tx, a)
		if err != nil {
			return err
		}
		p.Name = name
		if err := list.SavePerson(tx, p); err != nil {
			return err
		}
		m, err := list.Member(tx, 1, p.ID)
		if err != nil {
			return err
		}
		m.Role = list.RoleModerator
		return list.SaveMember(tx, m)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestStoryAPostIsStoppedFromATelephone: half of a post's copies are out when a moderator answers it with one word. It is hidden,
// the rest does not go, and those who have it are asked to delete it after a second step. Another post is stopped by mistake and
// let go on: everybody has it once.
func TestStoryAPostIsStoppedFromATelephone(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		s := newStory(t, dir, map[string]int{"garden.example": 30, "bt.example": 20}, "garden.example", "bt.example")
		s.moderates(theModerator, "Asha Patel")
		s.moderates("p1@garden.example", "Sam Green")
		bt := s.land.hosts["bt.example"]
		bt.set(defers)
		s.post()
		time.Sleep(time.Minute)
		synctest.Wait()

		s.send(storyMail{theModerator, "forum@lists.example.org", "Re: Post 1", "Stop\n\nSent from my iPhone\n\n> Hello all.", "<1@garden.example>"})
		told, offer := s.last("p1@garden.example", "Stopped: ")
		if !strings.Contains(told, "Asha stopped this post at") || !strings.Contains(told, "30 of 50 members") {
			t.Errorf("sam reads\n%s", told)
		}
		bt.set(kind)
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if n := len(s.mails("p3@bt.example", "Post 1")); n != 0 {
			t.Errorf("a stopped copy went out")
		}

		s.send(storyMail{"p1@garden.example", offer, "Re: Stopped", "recall", ""})
		asked, step := s.last("p1@garden.example", "Please confirm: recall post 1")
		if !strings.Contains(asked, "30 people have the post.") {
			t.Errorf("sam reads\n%s", asked)
		}
		if n := len(s.mails("p5@garden.example", "Please delete")); n != 0 {
			t.Error("the recall went out without the second step")
		}
		s.send(storyMail{"p1@garden.example", step, "Re: Please confirm", "Yes", ""})
		for address, want := range map[string]int{"p5@garden.example": 1, "p3@bt.example": 0} {
			if n := len(s.mails(address, "Please delete")); n != want {
				t.Errorf("%s was asked %d times to delete it, want %d", address, n, want)
			}
		}
		if told, _ := s.last(theModerator, "Done: recall post 1"); !strings.Contains(told, "Sam asked for this") || !strings.Contains(told, "30 people are asked") {
			t.Errorf("asha reads\n%s", told)
		}
		if got := s.command("post", "incident", "1"); strings.Count(got, ",delivered,") != 30 || strings.Contains(got, "bt.example") {
			t.Errorf("the incident says\n%s", got)
		}
		s.subject = nil // the first post never reaches all
		s.letsGoOn(bt)
		s.stop()
	})
}

// letsGoOn stops a second post halfway, and releases it.
func (s *story) letsGoOn(bt *sink) {
	s.t.Helper()
	bt.set(defers)
	s.post()
	time.Sleep(time.Minute)
	synctest.Wait()
	s.send(storyMail{"p1@garden.example", "forum-request@lists.example.org", "hello", "stop #2", ""})
	_, offer := s.last("p1@garden.example", `Stopped: "Post 2"`)
	bt.set(kind)
	time.Sleep(12 * time.Hour) // what waited was dropped
	s.send(storyMail{"p1@garden.example", offer, "Re: Stopped", "release please", ""})
	_, step := s.last("p1@garden.example", "Please confirm: release post 2")
	s.send(storyMail{"p1@garden.example", step, "Re: Please confirm", "yes", ""})
	time.Sleep(time.Hour)
	synctest.Wait()
	s.complete()
	err := s.house.db.View(func(tx *store.Tx) error {
		p, err := archive.Get(tx, 2)
		if p.State != archive.Published {
			s.t.Errorf("the second post is %s", p.State)
		}
		return err
	})
	if err != nil {
		s.t.Error(err)
	}
	if got := s.command("audit"); !strings.Contains(got, "No faults.") {
		s.t.Errorf("audit:\n%s", got)
	}
}

// TestStoryMailToTheOwners: a stranger asks, two moderators answer in the name of all, and the talk stays one thread.
func TestStoryMailToTheOwners(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		s := newStory(t, dir, map[string]int{"garden.example": 5, "university.example": 1}, "garden.example", "university.example")
		s.moderates(theModerator, "Asha Patel")
		s.moderates("p1@garden.example", "Sam Green")
		const jo = "jo@university.example"
		s.send(storyMail{from: jo, to: "forum-owner@lists.example.org", subject: "A study", text: "May I ask your members?"})
		for _, who := range []string{theModerator, "p1@garden.example"} {
			_, reply := s.last(who, "To the moderators - jo@university.example")
			s.send(storyMail{from: who, to: reply, subject: "Re: To the moderators", text: "What is it about?\n\n-- \n" + who + "\n\nOn Monday jo wrote:\n> May I ask"})
		}
		answers := s.mails(jo, "Re: A study")
		if len(answers) != 2 {
			t.Fatalf("%d answers", len(answers))
		}
		for i, name := range []string{"Asha", "Sam"} {
			if got := answers[i].text; !strings.Contains(got, "moderators ("+name+")") || strings.Contains(got, "garden.example") || strings.Contains(got, "-owner+") {
				t.Errorf("answer %d:\n%s", i, got)
			}
		}
		if got := len(s.mails("p1@garden.example", "Asha answered jo@university.example")); got != 1 {
			t.Errorf("sam saw %d answers of Asha's", got)
		}
		id := regexp.MustCompile(`(?m)^Message-ID: (<owner\.[0-9.]+@lists\.example\.org>)`).FindStringSubmatch(answers[0].text)[1]
		s.send(storyMail{from: jo, to: "forum-owner@lists.example.org", subject: "Re: A study", text: "About workload.", answers: id})
		first := s.mails(theModerator, "To the moderators")[0].text
		root := regexp.MustCompile(`(?m)^Message-ID: (<people\.[0-9.]+@lists\.example\.org>)`).FindStringSubmatch(first)[1]
		if again, _ := s.last(theModerator, "To the moderators"); !strings.Contains(again, "References: "+root) || !strings.Contains(again, "> About workload.") {
			t.Errorf("asha reads\n%s", again)
		}
		s.stop()
	})
}

// TestStoryTheMonthlyLetter: on the first of each month the moderator reads what happened, once, also when the server was started
// anew that day.
func TestStoryTheMonthlyLetter(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		time.Sleep(time.Until(time.Date(2000, 2, 10, 8, 0, 0, 0, time.UTC))) // a bubble begins with 2000; without a house that costs nothing
		s := newStory(t, dir, map[string]int{"garden.example": 5, "bt.example": 5}, "garden.example", "bt.example")
		s.post()
		s.post()
		time.Sleep(time.Minute)
		s.send(storyMail{theModerator, "forum@lists.example.org", "Re: Post 1", "stop", "<1@garden.example>"})
		s.command("member", "remove", "p4@bt.example", "--yes")
		time.Sleep(time.Until(time.Date(2000, 3, 1, 8, 59, 0, 0, time.UTC)))
		if n := len(s.mails(theModerator, "The Forum in February")); n != 0 {
			t.Errorf("%d letters too early", n)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		s.stop()
		s.start()
		time.Sleep(48 * time.Hour)
		letters := s.mails(theModerator, "The Forum in February: something needs you")
		if len(letters) != 1 {
			t.Fatalf("%d letters", len(letters))
		}
		for _, want := range []string{
			"Posts: 2. Stopped: 1. Reported by members: 0.", "garden.example 100 %", "bt.example 100 %", "Members: 9 (0 came, 1 left).",
			"- Only one person moderates: please find a second.", "Check number of the moderators' log: ",
		} {
			if !strings.Contains(letters[0].text, want) {
				t.Errorf("without %q:\n%s", want, letters[0].text)
			}
		}
		check := regexp.MustCompile(`log: ([0-9a-f ]{19})`).FindStringSubmatch(letters[0].text)[1]
		if got := s.command("audit", "verify", check); !strings.Contains(got, "That is the check number of entry") {
			t.Errorf("audit verify:\n%s", got)
		}
		s.stop()
	})
}
