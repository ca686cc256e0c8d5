package moderate

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// onDuty makes five moderators of the club: Asha, Sam, Ellen, Tom and Una. Those on duty at noon are returned, and the others.
func (c *club) onDuty() (on, others []string) {
	c.t.Helper()
	c.update(func(tx *store.Tx) error {
		for _, name := range []string{"Ellen", "Tom", "Una"} {
			p, err := list.AddPerson(tx, list.Person{Name: name + " Smith", Address: testdb.Address(c.t, strings.ToLower(name)+"@school.example")})
			if err != nil {
				return err
			}
			if err := list.Join(tx, list.Membership{List: 1, Person: p.ID, Role: list.RoleModerator, Mode: list.ModeEvery}); err != nil {
				return err
			}
		}
		all, err := list.Moderating(tx, 1)
		if err != nil {
			return err
		}
		for _, m := range all {
			m.Membership.Duty = true
			if err := list.SaveMember(tx, m.Membership); err != nil {
				return err
			}
		}
		l, err := list.Get(tx, 1)
		if err != nil {
			return err
		}
		now, all, err := duty(tx, l, noon)
		for _, m := range all {
			if slices.ContainsFunc(now, func(o list.Moderator) bool { return o.Person.ID == m.Person.ID }) {
				on = append(on, m.Person.Address.Local)
			} else {
				others = append(others, m.Person.Address.Local)
			}
		}
		return err
	})
	return on, others
}

// reported lets Ruth report the post of Priya's.
func (c *club) reported() intake.ID {
	c.t.Helper()
	id := c.letterTo("")
	c.update(func(tx *store.Tx) error {
		return c.acts.Report(tx, HandOf(4, ProofVerified, "", noon), Report{Post: c.post.Number, Message: id, By: 4})
	})
	return id
}

// later lets time pass and returns who has got a report since.
func (c *club) later(d time.Duration) (got []string) {
	c.t.Helper()
	c.acts.cfg.Now = func() time.Time { return noon.Add(d) }
	if _, err := c.acts.reportsDue(c.db); err != nil {
		c.t.Fatal(err)
	}
	return c.told()
}

// told are those who have got a report since it was last looked.
func (c *club) told() (got []string) {
	for who, mail := range c.mails() {
		if strings.Contains(mail, "forum-mod+") {
			got = append(got, who)
		}
	}
	slices.Sort(got)
	return got
}

func TestAReportComesToThoseOnDutyAndThenToTheOthers(t *testing.T) {
	c := newClub(t)
	on, others := c.onDuty()
	slices.Sort(others)
	c.reported()
	slices.Sort(on)
	if got := c.told(); len(on) != 2 || !slices.Equal(got, on) {
		t.Errorf("told at once: %v, on duty are %v", got, on)
	}
	if got := c.later(4*time.Hour - time.Minute); got != nil {
		t.Errorf("told too early: %v", got)
	}
	if got := c.later(4 * time.Hour); !slices.Equal(got, others) {
		t.Errorf("told after four hours: %v, want %v", got, others)
	}
	if got := c.later(48 * time.Hour); got != nil {
		t.Errorf("told twice: %v", got)
	}
}

func TestTheOthersAreNotToldOfAReportThatSomebodyDealtWith(t *testing.T) {
	for name, deal := range map[string]func(c *club, id intake.ID) error{
		"the post was stopped": func(c *club, _ intake.ID) error { c.stop(); return nil },
		"who reported it was asked": func(c *club, id intake.ID) error {
			return c.db.Update(func(tx *store.Tx) error {
				l, err := list.Get(tx, 1)
				if err != nil {
					return err
				}
				return c.acts.Answer(tx, asha(ProofVerified), l, Answering{To: id, Message: 99, Words: "What do you mean?", Asked: true})
			})
		},
		"who reported it was forgotten": func(c *club, _ intake.ID) error {
			return c.db.Update(func(tx *store.Tx) error {
				p, err := list.GetPerson(tx, 4)
				if err != nil {
					return err
				}
				return forgetActs(tx, p)
			})
		},
		"the discussion was closed": func(c *club, _ intake.ID) error {
			return c.carryOut(asha(ProofSigned), c.propose(Act{Kind: ActClose, Post: c.post.Number}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClub(t)
			c.onDuty()
			if err := deal(c, c.reported()); err != nil {
				t.Fatal(err)
			}
			c.mails()
			if got := c.later(5 * time.Hour); got != nil {
				t.Errorf("told: %v", got)
			}
		})
	}
}

// The monthly letter says what moderators decided in its month, and how long that waited for them.
func TestTheLetterSaysHowLongDecisionsTook(t *testing.T) {
	c := newClub(t)
	c.update(func(tx *store.Tx) error {
		for i, d := range []struct {
			took    time.Duration
			at      time.Time
			verdict hold.Verdict
		}{
			{time.Hour, noon, hold.Approved}, {3 * time.Hour, noon, hold.Rejected}, {50 * time.Hour, noon, hold.Discarded},
			{time.Minute, noon, hold.Withdrawn}, {400 * time.Hour, noon, hold.Unheard},
			{time.Second, noon.AddDate(0, -1, 0), hold.Approved}, {900 * time.Hour, noon.AddDate(0, 1, 0), hold.Approved},
		} {
			it := hold.Item{
				Kind: hold.Application, List: 1, Reason: hold.Moderation, Name: fmt.Sprint(i), Since: d.at.Add(-d.took),
				Clock: hold.Clock{Asked: d.at.Add(-d.took), Decision: &hold.Decision{Verdict: d.verdict, At: d.at, Due: d.at, Done: true}},
			}
			if _, err := hold.Put(tx, it); err != nil {
				return err
			}
		}
		l, err := list.Get(tx, 1)
		if err != nil {
			return err
		}
		n, err := HealthOf(tx, l, noon)
		if n.Held != 3 || n.Half != 3*time.Hour || n.Slowest != 50*time.Hour || n.Unheard != 1 {
			t.Errorf("held %d, half within %s, slowest %s, unheard %d", n.Held, n.Half, n.Slowest, n.Unheard)
		}
		return err
	})
}
