package main

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/courier"
	"sencoforum/queue"
	"sencoforum/store"
)

const (
	theOperator  = "operator@host.example"
	theModerator = "p0@garden.example"
)

// heard demands that operator and moderator got so many mails with this in their subject, and returns the operator's.
func (s *story) heard(about string, n int) []arrival {
	s.t.Helper()
	got := s.mails(theOperator, about)
	for who, mails := range map[string][]arrival{theOperator: got, theModerator: s.mails(theModerator, about)} {
		if len(mails) != n {
			s.t.Errorf("%s got %d mails about %q, want %d", who, len(mails), about, n)
		}
	}
	return got
}

// TestStoryProviderRefusesEverything: after a good day one of three providers refuses everything for two days. Nobody pays for
// it, people hear of it, and what waited arrives when the provider takes mail again.
func TestStoryProviderRefusesEverything(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		s := newStory(t, dir, map[string]int{"garden.example": 60, "bt.example": 40, "wood.example": 20}, "garden.example", "bt.example", "wood.example")
		bt := s.land.hosts["bt.example"]
		s.live(24*time.Hour, 3*time.Hour)
		s.complete()

		bt.set(refuses)
		began := time.Now()
		s.live(20*time.Hour, 4*time.Hour)
		alarm := s.heard("bt.example refuses our emails", 1)
		for _, m := range alarm {
			if late := m.at.Sub(began); late > 15*time.Minute {
				t.Errorf("the alarm came after %v, want within 15 minutes", late)
			}
			if !strings.Contains(m.text, "40 people") || !strings.Contains(m.text, "5.7.1 We do not take mail from you") {
				t.Errorf("the alarm does not say who gets nothing, and why:\n%s", m.text)
			}
		}
		shown := s.command("queue", "providers")
		if !regexp.MustCompile(`(?m)^bt\.example +40 +.* 200 +(19|20) h +refuses$`).MatchString(shown) || !strings.Contains(shown, "550 5.7.1 We do not take mail from you") {
			t.Errorf("queue providers does not show the trouble:\n%s", shown)
		}
		s.stop()
		s.start() // the server is restarted in the middle
		s.live(24*time.Hour, 4*time.Hour)
		s.heard("Still: bt.example", 1)
		s.heard("bt.example refuses our emails", 2) // the reminder has it in its subject
		if bt.tries > 300 {
			t.Errorf("%d attempts in two days at a provider that refuses everything", bt.tries)
		}
		t.Logf("%d attempts in %v at a provider that refuses everything", bt.tries, time.Since(began))

		bt.set(kind)
		s.live(time.Hour, time.Hour)
		s.heard("bt.example takes our emails again", 1)
		s.complete()
		s.heard("bt.example", 3)
		s.live(24*time.Hour, 12*time.Hour)
		s.heard("bt.example", 3)
		s.complete()
		s.stop()
	})
}

// TestStoryProviderDefersEverything has a provider that puts everything off for two days.
func TestStoryProviderDefersEverything(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		s := newStory(t, dir, map[string]int{"garden.example": 12, "slow.example": 12}, "garden.example", "slow.example")
		slow := s.land.hosts["slow.example"]
		s.live(24*time.Hour, 6*time.Hour)
		slow.set(defers)
		began := time.Now()
		s.live(47*time.Hour, 16*time.Hour)
		got := s.heard("slow.example delays our emails", 2)
		if len(got) == 2 && (got[0].at.Sub(began) > 2*time.Hour || strings.HasPrefix(got[0].subject, "Still") || !strings.HasPrefix(got[1].subject, "Still")) {
			t.Errorf("heard of it after %v (%q), then %q", got[0].at.Sub(began), got[0].subject, got[1].subject)
		}
		slow.set(kind)
		s.live(6*time.Hour, 6*time.Hour)
		s.heard("slow.example takes our emails again", 1)
		s.complete()
		s.stop()
	})
}

// TestStoryProviderVanishes takes a provider's domain out of the DNS for a day.
func TestStoryProviderVanishes(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		s := newStory(t, dir, map[string]int{"garden.example": 20, "gone.example": 20}, "garden.example", "gone.example")
		s.live(24*time.Hour, 6*time.Hour)
		s.land.setGone("gone.example", true)
		s.live(20*time.Hour, 5*time.Hour)
		s.heard("gone.example", 1)
		s.land.setGone("gone.example", false)
		s.live(6*time.Hour, 3*time.Hour)
		s.heard("gone.example takes our emails again", 1)
		s.heard("gone.example", 2)
		s.complete()
		s.stop()
	})
}

// TestStoryNoDNS lets the DNS be mute for three hours. The fault is ours: one alarm, which goes when it is over.
func TestStoryNoDNS(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		s := newStory(t, dir, map[string]int{"garden.example": 20, "bt.example": 20, "wood.example": 20}, "garden.example", "bt.example", "wood.example")
		s.live(24*time.Hour, 6*time.Hour)
		s.land.setMute(true)
		s.live(3*time.Hour, time.Hour)
		s.land.setMute(false)
		s.live(3*time.Hour, time.Hour)
		s.oneAlarm()
		s.complete()
		s.stop()
	})
}

// oneAlarm demands that people heard once that nothing goes out, once that it is over, and nothing of single providers.
func (s *story) oneAlarm() {
	s.t.Helper()
	s.heard("No emails go out", 1)
	s.heard("Emails go out again", 1)
	s.heard(".example", 0)
}

// TestStorySmarthostDown has a mail service that is down, and then one that refuses everything.
func TestStorySmarthostDown(t *testing.T) {
	for _, trouble := range []mood{off, refuses} {
		t.Run(string(trouble[:3]), func(t *testing.T) {
			bubble(t, func(t *testing.T, dir string) {
				s := newStory(t, dir, map[string]int{"garden.example": 20, "bt.example": 20, "wood.example": 20}, "garden.example", "bt.example", "wood.example")
				s.stop()
				service := s.land.hosts["garden.example"] // it carries for all
				service.address = netip.MustParseAddr("10.0.0.1")
				s.through = &courier.Smarthost{Host: "10.0.0.1", TLS: "none", Port: 25}
				for domain := range s.land.hosts {
					s.land.hosts[domain] = service
				}
				s.start()
				s.live(24*time.Hour, 6*time.Hour)
				service.set(trouble)
				s.live(3*time.Hour, time.Hour)
				service.set(kind)
				s.live(3*time.Hour, time.Hour)
				s.oneAlarm()
				s.complete()
				s.stop()
			})
		})
	}
}

// TestStoryOneAddressIsRefused: a refusal that is about one person ends that person's copies, and disturbs nobody else.
func TestStoryOneAddressIsRefused(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		s := newStory(t, dir, map[string]int{"garden.example": 5, "bt.example": 15}, "garden.example", "bt.example")
		s.live(12*time.Hour, 6*time.Hour)
		bt := s.land.hosts["bt.example"]
		bt.setAgainst("p3@bt.example")
		s.live(24*time.Hour, 6*time.Hour)
		s.heard(".example", 0)
		if bt.tries != 2*4 {
			t.Errorf("%d attempts for one address and four posts, want two for each", bt.tries)
		}
		for batch := uint64(3); batch <= 6; batch++ {
			err := s.house.db.View(func(tx *store.Tx) error {
				c, err := queue.Tally(tx, batch)
				if c.Failed != 1 || c.Delivered != 19 || c.Open != 0 {
					t.Errorf("post %d: %+v, want one failed and the rest delivered", batch, c)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		s.stop()
	})
}

// TestStorySchoolGateway has a school of three people whose gateway refuses all posts; the operator has their address there.
func TestStorySchoolGateway(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		s := newStory(t, dir, map[string]int{"garden.example": 20, "school.example": 3}, "garden.example", "school.example")
		s.stop()
		s.operator = "head@school.example"
		s.start()
		s.live(12*time.Hour, 6*time.Hour)
		school := s.land.hosts["school.example"]
		school.set(refuses)
		s.live(20*time.Minute, 30*time.Minute)
		if n := len(s.mails(theModerator, "school.example refuses")); n != 0 {
			t.Errorf("%d alarms for a single post, which may have been refused for what is in it", n)
		}
		s.live(23*time.Hour, 6*time.Hour)
		if n := len(s.mails(theModerator, "school.example refuses our emails")); n != 1 {
			t.Errorf("the moderator got %d alarms, want 1", n)
		}
		if n := len(s.mails(s.operator, "school.example")); n != 0 {
			t.Errorf("the operator got %d mails at a provider that refuses everything", n)
		}
		school.set(kind)
		s.live(5*time.Hour, 6*time.Hour)
		for _, who := range []string{theModerator, s.operator} {
			if a, o := len(s.mails(who, "refuses our emails")), len(s.mails(who, "takes our emails again")); a != 1 || o != 1 {
				t.Errorf("%s got %d alarms and %d mails that it is over, want one each", who, a, o)
			}
		}
		s.complete()
		s.stop()
	})
}
