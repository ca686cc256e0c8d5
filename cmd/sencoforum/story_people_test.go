package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/internal/long"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/store"
)

// say sends a mail of somebody's to an address of the forum, through a mail host that the operator trusts, and lets the house
// work for two seconds.
func (s *story) say(from, to, subject, body string) {
	s.t.Helper()
	s.posts++
	at, err := message.ParseAddress(from)
	if err != nil {
		s.t.Fatal(err)
	}
	dest, err := message.ParseAddress(to)
	if err != nil {
		s.t.Fatal(err)
	}
	raw := fmt.Sprintf("From: Jane Smith <%s>\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <say%d@x.example>\r\nDate: %s\r\n\r\n%s\r\n",
		from, to, subject, s.posts, time.Now().Format(time.RFC1123Z), strings.ReplaceAll(body, "\n", "\r\n"))
	env := &message.Envelope{Client: netip.MustParseAddr("127.0.0.1"), Helo: "x", From: at, To: dest, Received: time.Now()}
	if err := s.house.desk.Receive(s.t.Context(), env, []byte(raw)); err != nil {
		s.t.Fatalf("%s to %s: %v", from, to, err)
	}
	time.Sleep(5 * time.Second)
	synctest.Wait()
}

var confirmAddress = regexp.MustCompile(`forum-confirm\+snc1_[0-9a-z]{32}@lists\.example\.org`)

// got demands that somebody got just one mail with this in its subject since the story last looked, and returns it.
func (s *story) got(to, about string, since time.Time) string {
	s.t.Helper()
	var found []arrival
	for _, m := range s.mails(to, about) {
		if !m.at.Before(since) {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		s.t.Fatalf("%s got %d mails about %q since %v", to, len(found), about, since)
	}
	return found[0].text
}

func (s *story) membership(address string) (m membership.Member, ok bool) {
	s.t.Helper()
	at, err := message.ParseAddress(address)
	if err != nil {
		s.t.Fatal(err)
	}
	err = s.house.db.View(func(tx *store.Tx) (err error) {
		m, err = membership.Find(tx, 1, at)
		if ok = err == nil; membership.Unknown(err) {
			err = nil
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return m, ok
}

// TestStoryJane: she joins from her phone, asks for fewer mails, pauses for the summer, moves to another school, leaves and
// comes back; each with a mail of one word.
func TestStoryJane(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		time.Sleep(time.Until(time.Date(2000, 7, 20, 9, 0, 0, 0, time.UTC))) // the house is not there yet, so that costs nothing
		s := newStory(t, dir, map[string]int{"garden.example": 2, "school.example": 0, "new.example": 0}, "garden.example", "school.example", "new.example")
		const jane, moved = "jane@school.example", "jane@new.example"
		began := time.Now()

		s.say(jane, "forum-join@lists.example.org", "hello", "")
		asked := s.got(jane, "Join The Forum? Please reply yes", began)
		s.say(jane, confirmAddress.FindString(asked), "Re: Join The Forum?", "Yes\n\nnew SENCO in a primary school in Leeds\n\nSent from my iPhone")
		time.Sleep(time.Until(time.Date(2000, 1, 1, 7, 1, 0, 0, time.UTC))) // at night moderators are told nothing
		synctest.Wait()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if _, ok := s.membership(jane); ok {
			t.Fatal("she is in before anybody approved")
		}
		wants := s.got(theModerator, "Wants to join - Jane Smith", began)
		answer := storyAnswer.FindStringSubmatch(wants)
		if answer == nil || !strings.Contains(wants, "> new SENCO in a primary school in Leeds\r\n") {
			t.Fatalf("the moderator reads:\n%s", wants)
		}
		s.say(theModerator, answer[1], "Re: Wants to join", "Approve\n\nSent from my iPhone")
		time.Sleep(10 * time.Minute)
		s.got(jane, "Welcome to The Forum", began)

		s.pausesForTheSummer(jane)
		m := s.movesHouse(jane, moved)
		s.leavesAndComesBack(m, moved)
		s.stop()
	})
}

func (s *story) pausesForTheSummer(jane string) {
	t, began := s.t, time.Now()
	s.post()
	time.Sleep(time.Minute)
	s.got(jane, "Post ", began)
	s.say(jane, "forum-request@lists.example.org", "x", "pause until 2 September")
	s.got(jane, "Done: you are paused until", began)
	paused := time.Now()
	until := mustMember(t, s, jane).Membership.PausedUntil
	s.post()
	s.post()
	time.Sleep(24 * time.Hour)
	if n := len(s.mails(jane, "Post ")); n != 1 {
		t.Errorf("%d posts came during the pause", n-1)
	}
	time.Sleep(time.Until(until) + 8*time.Hour)
	synctest.Wait()
	over := s.got(jane, "Your pause is over", paused)
	if !strings.Contains(over, "You missed 2 posts") {
		t.Errorf("the list of what she missed:\n%s", over)
	}
	for _, m := range s.mails(jane, "Your pause is over") {
		if m.at.Before(until) || m.at.Sub(until) > 7*time.Hour+time.Minute {
			t.Errorf("at %v, the pause ended at %v", m.at, until)
		}
	}

}

// movesHouse is a change of address: both mailboxes say yes.
func (s *story) movesHouse(jane, moved string) membership.Member {
	t := s.t
	moving := time.Now()
	s.say(jane, "forum-request@lists.example.org", "x", "address "+moved)
	s.say(jane, confirmAddress.FindString(s.got(jane, "Change your address?", moving)), "Re", "yes")
	if _, ok := s.membership(moved); ok {
		t.Fatal("one yes is enough")
	}
	s.say(moved, confirmAddress.FindString(s.got(moved, "Is this your address?", moving)), "Re", "yes")
	m, ok := s.membership(moved)
	if _, old := s.membership(jane); !ok || old {
		t.Fatalf("%t, %t", ok, old)
	}
	s.post()
	time.Sleep(time.Minute)
	s.got(moved, "Post ", moving)

	return m
}

// leavesAndComesBack: she leaves by mistake, and asks to join again, which nobody has to approve.
func (s *story) leavesAndComesBack(m membership.Member, moved string) {
	t := s.t
	left := time.Now()
	s.say(moved, "forum-leave@lists.example.org", "x", "")
	s.got(moved, "You have left The Forum", left)
	time.Sleep(25 * time.Hour)
	s.say(moved, "forum-join@lists.example.org", "x", "")
	s.say(moved, confirmAddress.FindString(s.got(moved, "Join The Forum? Please reply yes", left)), "Re", "yes")
	s.got(moved, "You are back in The Forum", left)
	if again := mustMember(t, s, moved); again.Person.ID != m.Person.ID {
		t.Errorf("somebody else: %d, was %d", again.Person.ID, m.Person.ID)
	}
}

func mustMember(t *testing.T, s *story, address string) membership.Member {
	t.Helper()
	m, ok := s.membership(address)
	if !ok {
		t.Fatalf("%s is no member", address)
	}
	return m
}

// TestStorySubscriptionBombing: 10,000 requests from 200 networks in two hours, for 3,000 addresses. No cap is ever passed,
// mail to members goes on, and who really wants to join gets in before most of that has gone.
func TestStorySubscriptionBombing(t *testing.T) {
	long.Test(t, "10,000 requests to join, and what is done about them for two days")
	bubble(t, func(t *testing.T, dir string) {
		s := newStory(t, dir, map[string]int{"garden.example": 3, "victim.example": 0, "school.example": 0}, "garden.example", "victim.example", "school.example")
		began := time.Now()
		taken, crowded := s.bomb()
		s.post()
		s.say("jane@school.example", "forum-join@lists.example.org", "x", "")
		time.Sleep(48 * time.Hour)
		synctest.Wait()
		for network, all := range taken {
			if n := busiestWindow(all, time.Hour); n > 10 {
				t.Errorf("network %d: %d requests in an hour were taken", network, n)
			}
		}
		mails, addresses := s.checkMailCaps("victim.example", "school.example")
		if crowded == 0 || mails < 500 {
			t.Errorf("%d requests put off, %d mails: the story attacks nobody", crowded, mails)
		}
		for _, m := range s.mails("jane@school.example", "Join The Forum?") {
			t.Logf("%d requests taken, %d put off, %d mails to %d addresses; jane's came after %v", 10_000-crowded, crowded, mails, addresses, m.at.Sub(began))
		}
		s.got("jane@school.example", "Join The Forum?", began)
		s.complete()
		s.stop()
	})
}

// bomb asks 10,000 times in two hours, and returns when the requests of each network were taken, and how many were put off.
func (s *story) bomb() (taken map[int][]time.Time, crowded int) {
	t, random := s.t, rand.New(rand.NewPCG(1, 2))
	taken = map[int][]time.Time{}
	for range 100 {
		err := s.house.db.Update(func(tx *store.Tx) error {
			for range 100 {
				network := random.IntN(200)
				r := membership.Request{List: 1, Purpose: membership.ToJoin,
					Address: message.Address{Local: fmt.Sprintf("p%d", random.IntN(3000)), Domain: "victim.example"}}
				err := membership.Ask(tx, membership.By{Now: time.Now(), How: membership.ByPage}, r, netip.AddrFrom4([4]byte{10, 1, byte(network), byte(random.IntN(250))}))
				switch {
				case err == nil:
					taken[network] = append(taken[network], time.Now())
				case errors.Is(err, membership.ErrCrowded):
					crowded++
				default:
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(72 * time.Second)
	}
	return taken, crowded
}

// checkMailCaps looks at all mails but posts that came to the domains, and returns how many there are, and to how many addresses.
func (s *story) checkMailCaps(domains ...string) (mails, addresses int) {
	t := s.t
	var all []time.Time
	each := map[string][]time.Time{}
	for _, domain := range domains {
		for _, m := range s.land.hosts[domain].mails {
			if strings.HasPrefix(m.subject, "Post ") {
				continue
			}
			all = append(all, m.at)
			each[m.to] = append(each[m.to], m.at)
		}
	}
	for to, times := range each {
		if n := busiestWindow(times, 24*time.Hour); n > 1 {
			t.Errorf("%s got %d mails in a day", to, n)
		}
	}
	// The mails are counted when they are put; on their way they may come nearer by some seconds.
	if n := busiestWindow(all, time.Hour-time.Minute); n > 60 {
		t.Errorf("%d mails in an hour", n)
	}
	return len(all), len(each)
}

// busiestWindow is the greatest number of moments in any window; all are in order.
func busiestWindow(all []time.Time, d time.Duration) (most int) {
	from := 0
	for i := range all {
		for all[i].Sub(all[from]) >= d {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// TestStoryManyLeaveAtOnce: a program at a mail provider follows the link of every copy. The members are off the list, the
// moderators hear of it at once, and one command brings them back.
func TestStoryManyLeaveAtOnce(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		s := newStory(t, dir, map[string]int{"garden.example": 2, "bt.example": 9}, "garden.example", "bt.example")
		s.post()
		time.Sleep(time.Minute)
		began := time.Now()
		err := s.house.db.Update(func(tx *store.Tx) error {
			for p := list.PersonID(3); p <= 11; p++ {
				if _, err := membership.Leave(tx, membership.By{Now: time.Now(), How: membership.ByLink}, s.house.host, 1, p); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		alarm := s.got(theModerator, "Many left at once", began)
		command := regexp.MustCompile(`sencoforum (member restore .*) --since '(.*)'`).FindStringSubmatch(strings.ReplaceAll(alarm, " \\\r\n ", ""))
		if command == nil {
			t.Fatalf("%s", alarm)
		}
		s.command(append(strings.Fields(command[1]), "--since", command[2], "--yes")...)
		time.Sleep(time.Minute)
		if m := mustMember(t, s, "p4@bt.example"); m.Membership.Mode != list.ModeEvery {
			t.Errorf("%+v", m)
		}
		s.got("p4@bt.example", "You are back in The Forum", began)
		s.post()
		time.Sleep(time.Minute)
		s.complete()
		s.stop()
	})
}
