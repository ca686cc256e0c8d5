package list

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ceiling: flat table
func TestEveryReasonToHoldAPost(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*Submission)
		want  Cause // empty: it passes
	}{
		{"an emergency hold", func(s *Submission) { s.List.Emergency = true }, CauseEmergency},
		{"a member under moderation", func(s *Submission) { s.Author.Moderated = true }, CauseModerated},
		{"a new member's first post", func(s *Submission) { s.Author.Holds = 1 }, CauseFirst},
		{"a new member who wrote in the old archive", func(s *Submission) { s.Author.Holds, s.Signs.Imported = 1, true }, ""},
		{"the twentieth post in an hour", func(s *Submission) { s.Signs.InHour = 19 }, ""},
		{"the twenty-first in an hour", func(s *Submission) { s.Signs.InHour = 20 }, CauseRate},
		{"the hundredth in a day", func(s *Submission) { s.Signs.InDay = 99 }, ""},
		{"the one after that", func(s *Submission) { s.Signs.InDay = 100 }, CauseRate},
		{"a limit of the list's own", func(s *Submission) { s.List.HourMost, s.Signs.InHour = 2, 2 }, CauseRate},
		{"no limit", func(s *Submission) {
			s.List.HourMost, s.List.DayMost, s.Signs.InHour, s.Signs.InDay = Off, Off, 999, 999
		}, ""},
		{"a name like another's", func(s *Submission) { s.Signs.AlikeName = true }, CauseName},
		{"what a filter calls spam", func(s *Submission) { s.Spam = "X-Spam" }, CauseSpam},
		{"a weaker sign of a machine", func(s *Submission) { s.Signs.Automatic = []string{"Precedence"} }, CauseAutomatic},
		{"the list in no field", func(s *Submission) { s.Signs.NotAddressed = true }, CauseNotAddressed},
		{"ten addresses", func(s *Submission) { s.Addresses = 10 }, ""},
		{"eleven addresses", func(s *Submission) { s.Addresses = 11 }, CauseAddresses},
		{"a long text again", func(s *Submission) { s.Signs.Repeated = true }, CauseRepeated},
		{"an encrypted part", func(s *Submission) { s.Signs.Encrypted = true }, CauseEncrypted},
		{"a token in a signed part", func(s *Submission) { s.Signs.SealedToken = true }, CauseToken},
		{"a file that runs", func(s *Submission) { s.Signs.Files = []string{"x.exe"} }, CauseFile},
		{"an answer to a discussion under moderation", func(s *Submission) { s.Signs.WatchedThread = true }, CauseThread},
		{"an answer to a closed discussion", func(s *Submission) { s.Signs.ClosedThread = true }, CauseClosed},
		{"a stranger's, where moderators decide", func(s *Submission) { s.Author, s.List.NonMember = nil, NonMemberHold }, CauseStranger},
		{"what looks private", func(s *Submission) { s.Signs.Private = []string{"off list"} }, CausePrivate},
		{"what may name a child", func(s *Submission) { s.Signs.Pupil = []string{"line 1"} }, CausePupil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := good()
			c.spoil(&s)
			v := Decide(s)
			if c.want == "" {
				if v.Action != Accept || len(v.Findings) > 0 {
					t.Errorf("%s because of %v", v.Action, v.Reasons)
				}
				return
			}
			action := Moderate
			if c.want.AskedOfAuthor() {
				action = AskAuthor
			}
			if v.Action != action || fmt.Sprint(v.Reasons) != fmt.Sprint([]Cause{c.want}) || !Found(v.Findings, c.want) || len(v.Findings) != 1 {
				t.Errorf("%s because of %v, %v", v.Action, v.Reasons, v.Findings)
			}
		})
	}
}

func TestAHoldNamesEveryReason(t *testing.T) {
	s := good()
	s.Author.Holds, s.Author.Moderated, s.Addresses, s.List.Emergency = 1, true, 12, true
	s.Signs.Files, s.Signs.Pupil = []string{"x.exe", "y.scr"}, []string{"line 3"}
	v := Decide(s)
	want := []Finding{
		{CausePupil, []string{"line 3"}}, {Cause: CauseEmergency}, {Cause: CauseModerated}, {Cause: CauseFirst}, {Cause: CauseAddresses},
		{CauseFile, []string{"x.exe", "y.scr"}},
	}
	if d := cmp.Diff(want, v.Findings); d != "" || v.Action != AskAuthor {
		t.Errorf("%s, (-want +got):\n%s", v.Action, d)
	}
	if got := fmt.Sprint(v.Reasons); got != "[pupil data emergency hold member under moderation first post many addresses risky file]" {
		t.Errorf("the log has %s", got)
	}
	rest := Without(v.Findings, CausePupil)
	if len(rest) != 5 || len(v.Findings) != 6 || Found(rest, CausePupil) {
		t.Errorf("without the author's: %v", rest)
	}
}

// A stranger is never asked whether a message is private: nobody shows them what moderators see.
func TestAStrangersMessageGoesToModeratorsAtOnce(t *testing.T) {
	s := good()
	s.Author, s.List.NonMember, s.Signs.Private = nil, NonMemberHold, []string{"off list"}
	if v := Decide(s); v.Action != Moderate || len(v.Findings) != 2 {
		t.Errorf("%+v", v)
	}
}

func TestWordsForOneReader(t *testing.T) {
	for text, want := range map[string]string{
		"This is in confidence, please.":                         "[in confidence]",
		"Between us, the LA is no help":                          "[between us]",
		"Let me reply off-list":                                  "[off list]",
		"Writing just to you, Priya":                             "[just to you]",
		"please don\u2019t tell the head":                        "[please don't tell]",
		"Don't share this":                                       "[don't share]",
		"He has grown in confidence this term":                   "[]",
		"please treat this in confidence":                        "[in confidence]",
		"the meeting between us and the school":                  "[]",
		"Between us, and only us":                                "[between us]",
		"We don't share planning time with the trust":            "[]",
		"please don't share.":                                    "[don't share]",
		"They took it off. Listen to this":                       "[]",
		"I have every confidence in her":                         "[]",
		"the space between users":                                "[]",
		"We are going to set off. List attached.":                "[]",
		"Do share this with your colleagues, just to your taste": "[]",
		"": "[]",
	} {
		if got := fmt.Sprint(LooksPrivate(text)); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestWhoIsOnDuty(t *testing.T) {
	all := func(n int, agreed ...int) (out []Moderator) {
		for i := range n {
			m := Moderator{Person: Person{ID: PersonID(i + 1)}}
			for _, a := range agreed {
				m.Membership.Duty = m.Membership.Duty || a == i+1
			}
			out = append(out, m)
		}
		return out
	}
	ids := func(of []Moderator) string {
		var n []PersonID
		for _, m := range of {
			n = append(n, m.Person.ID)
		}
		return fmt.Sprint(n)
	}
	monday := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		set  Moderation
		all  []Moderator
		at   time.Time
		want string
	}{
		{"three are all", Moderation{}, all(3, 1, 2), monday, "[1 2 3]"},
		{"two of four", Moderation{}, all(4, 1, 2, 3, 4), monday, "[1 2]"},
		{"the same two on Sunday", Moderation{}, all(4, 1, 2, 3, 4), monday.Add(7*24*time.Hour - 1), "[1 2]"},
		{"the others a week later", Moderation{}, all(4, 1, 2, 3, 4), monday.Add(7 * 24 * time.Hour), "[3 4]"},
		{"the week before as well", Moderation{}, all(4, 1, 2, 3, 4), monday.Add(-1), "[3 4]"},
		{"those who agreed", Moderation{}, all(5, 2, 5), monday, "[2 5]"},
		{"all where one agreed", Moderation{}, all(5, 2), monday, "[1 2 3 4 5]"},
		{"all where the list says so", Moderation{Duty: DutyAll}, all(5, 2, 5), monday, "[1 2 3 4 5]"},
	} {
		if got := ids(OnDuty(c.set, c.all, c.at)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	five := all(5, 1, 2, 3, 4, 5)
	five[0].Membership.Suspended = true
	seen := map[PersonID]int{}
	for w := range 20 {
		for _, m := range OnDuty(Moderation{}, five, monday.Add(time.Duration(w)*7*24*time.Hour)) {
			seen[m.Person.ID]++
		}
	}
	if seen[1] != 0 || seen[2] != 10 || seen[3] != 10 || seen[4] != 10 || seen[5] != 10 {
		t.Errorf("in 20 weeks: %v", seen)
	}
}

func TestFaultsOfModerationAreNamed(t *testing.T) {
	s := DefaultSettings()
	if s.NewMemberHolds() != 1 || s.PostsAnHour() != 20 || s.PostsADay() != 100 || s.DutyOf() != DutyTwo || s.ProofOf() != ProofVerified {
		t.Errorf("a list begins with %+v", s.Moderation)
	}
	s.FirstHolds, s.HourMost, s.Duty, s.Outcomes, s.Proof = -2, MaxLimit+1, "none", "never", "word"
	err := s.Validate()
	for _, want := range []string{"new_member_holds is -2", "posts_hour is 10001", `duty is "none"; use two or all`, "use thread or daily", "use verified or dkim"} {
		if err == nil || !containsText(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}
