package membership

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
)

// forum is a list with three members, and a person who is only on another list.
func forum(t *testing.T) Known {
	all := map[string]Member{}
	add := func(id list.PersonID, on bool, m Member) {
		m.Person.ID = id
		if on {
			m.Membership.List, m.Membership.Person = 1, id
		}
		for _, a := range m.Person.Addresses() {
			all[a.Key()] = m
		}
	}
	joined := time.Date(2019, 7, 1, 13, 4, 5, 678, time.UTC)
	add(1, true, Member{list.Person{Name: "Priya N.", Address: testdb.Address(t, "priya@school.example")},
		list.Membership{Role: list.RoleOwner, Mode: list.ModeEvery, Joined: joined}})
	add(2, true, Member{list.Person{Address: testdb.Address(t, "tom@school.example"), Linked: []message.Address{testdb.Address(t, "tom@home.example")}},
		list.Membership{Role: list.RoleMember, Mode: list.ModeDaily, Joined: joined, PausedUntil: noon.Add(-time.Hour)}})
	add(3, false, Member{Person: list.Person{Name: "Asha", Address: testdb.Address(t, "asha@school.example")}})
	return func(a message.Address) (Member, bool) {
		m, ok := all[a.Key()]
		return m, ok
	}
}

// told is a step in one line.
func told(s Step) string {
	words := []string{fmt.Sprint(s.Line), string(s.Action)}
	for _, c := range s.Changes {
		words = append(words, fmt.Sprintf("%s:%s->%s", c.Key, c.From, c.To))
	}
	if s.Fault != "" {
		words = append(words, s.Fault)
	}
	return strings.Join(words, " ")
}

func TestWhatAFileWouldDo(t *testing.T) {
	const head = "address,name,mode,role,joined,pause,own,posting,linked\n"
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"somebody new is added":                            {"new@x.example,New,daily", []string{"2 added"}},
		"somebody known from another list is added":        {"asha@school.example,,", []string{"2 added"}},
		"nothing said is nothing changed":                  {"priya@school.example,,,,,,,,", []string{"2 unchanged"}},
		"the same said again is nothing changed":           {"PRIYA@School.example,Priya N.,EVERY,owner,2019-07-01T13:04:05Z,off,on,yes,", []string{"2 unchanged"}},
		"the day of joining is exact enough":               {"priya@school.example,,,,1 July 2019,,,,", []string{"2 unchanged"}},
		"another day of joining is a change":               {"priya@school.example,,,,2/7/2019,,,,", []string{"2 changed joined:2019-07-01T14:04:05+01:00->2019-07-02T00:00:00+01:00"}},
		"a name and a mode are changed":                    {"tom@school.example,Tom B.,none,,,,,,", []string{"2 changed name:->Tom B. mode:daily->none"}},
		"a member is found by a linked address":            {"tom@home.example,Tom B.,,,,,,,", []string{"2 changed name:->Tom B."}},
		"a pause, own posts and posting":                   {"priya@school.example,,,,,2 September,off,no,", []string{"2 changed pause:->2027-09-02T00:00:00+01:00 own:on->off posting:on->off"}},
		"a pause that is over says nothing":                {"priya@school.example,,,,,2/9/2020,,,", []string{"2 unchanged"}},
		"an old pause of ours says nothing":                {"tom@school.example,,,,,2026-11-22T11:00:00Z,,,", []string{"2 unchanged"}},
		"a linked address is added":                        {"priya@school.example,,,,,,,,priya@home.example", []string{"2 changed linked:->priya@home.example"}},
		"a linked address of somebody else is a fault":     {"priya@school.example,,,,,,,,tom@home.example", []string{"2 fault linked: tom@home.example belongs to somebody else"}},
		"a role may rise":                                  {"tom@school.example,,,moderator,,,,,", []string{"2 changed role:member->moderator"}},
		"a role may not fall":                              {"priya@school.example,,,member,,,,,", []string{"2 fault role: already owner here; take the role away with: moderator remove"}},
		"joining in the future is a fault":                 {"new@x.example,,,,2030-01-01,,,,", []string{`2 fault joined: "2030-01-01" lies in the future`}},
		"a date that is none is a fault":                   {"new@x.example,,,,,Easter,,,", []string{`2 fault pause: cannot read the date "Easter"; write it like 2 September 2027, 2/9/2027 or 2027-09-02`}},
		"an address as a name is a fault":                  {"new@x.example,x@y.example,,", []string{`2 fault name: "x@y.example" is not fit to be shown; write a name without an address in it`}},
		"an unknown mode, role or switch is a fault":       {"a@x.example,,hourly\nb@x.example,,,boss\nc@x.example,,,,,,maybe", []string{`2 fault mode: "hourly" is no delivery mode; use every, questions, daily, weekly or none`, `3 fault role: "boss" is no role; use member, moderator, owner or auditor`, `4 fault own: "maybe": write on or off`}},
		"one fault does not stop the rest":                 {"nonsense\nnew@x.example", []string{`2 fault "nonsense": read address: no at sign`, "3 added"}},
		"the same address twice is a fault":                {"new@x.example,A\nNEW@x.example,B", []string{"2 added", "3 fault NEW@x.example stands in line 2 already"}},
		"the same member by two addresses is a fault":      {"tom@school.example,A\ntom@home.example,B", []string{"2 changed name:->A", "3 fault tom@school.example stands in line 2 already"}},
		"a linked address that is another line is a fault": {"a@x.example,,,,,,,,b@x.example\nb@x.example", []string{"2 added", "3 fault b@x.example stands in line 2 already"}},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := ReadCSV([]byte(head + c.in + "\n"))
			if err != nil {
				t.Fatal(err)
			}
			p := NewPlan(f, forum(t), noon)
			var got []string
			for _, s := range p.Steps {
				got = append(got, told(s))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if p.Added+p.Changed+p.Unchanged+p.Faults != len(p.Steps) {
				t.Errorf("the sums are not those of %d steps: %+v", len(p.Steps), p)
			}
		})
	}
}

func TestSettingsOfAMember(t *testing.T) {
	tom, _ := forum(t)(testdb.Address(t, "tom@school.example"))
	for name, c := range map[string]struct{ key, value, want string }{
		"a mode":                        {"mode", "weekly", "mode:daily->weekly"},
		"a key in capitals":             {"MODE", "weekly", "mode:daily->weekly"},
		"a name":                        {"name", "Tom <B>", "name:->Tom B"},
		"a pause":                       {"pause", "2 Sep 2027", "pause:2026-11-22T11:00:00Z->2027-09-02T00:00:00+01:00"},
		"the end of a pause":            {"pause", "off", "pause:2026-11-22T11:00:00Z->"},
		"a pause that has passed":       {"pause", "2/9/2020", `fault pause: "2/9/2020" has passed; write a day that comes, or off`},
		"another address":               {"address", "tom@New.example", "address:tom@school.example->tom@new.example"},
		"a linked address comes first":  {"address", "tom@home.example", "address:tom@school.example->tom@home.example linked:tom@home.example->"},
		"another linked address":        {"linked", "tom@home.example tom@old.example", "linked:tom@home.example->tom@home.example tom@old.example"},
		"no linked address":             {"linked", "off", "linked:tom@home.example->"},
		"no address":                    {"address", "tom", `fault address: "tom": read address: no at sign`},
		"a role is not set here":        {"role", "owner", `fault there is no setting "role" of a member; the settings are address, name, mode, pause, own, posting, relay, moderated, duty, ack, holds, suspended, linked, waiting, backup`},
		"a setting that does not exist": {"colour", "red", `fault there is no setting "colour" of a member; the settings are address, name, mode, pause, own, posting, relay, moderated, duty, ack, holds, suspended, linked, waiting, backup`},
	} {
		t.Run(name, func(t *testing.T) {
			after, err := Set(tom, c.key, c.value, noon)
			s := Step{Changes: differences(tom, after)}
			if err != nil {
				s = s.fault(err)
			}
			got := strings.TrimPrefix(strings.TrimPrefix(told(s), "0  "), "0 ")
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if len(tom.Person.Linked) != 1 {
				t.Error("the member who was handed in was changed")
			}
		})
	}
}
