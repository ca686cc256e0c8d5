package list

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Duty says which moderators hear of a post that waits.
type Duty string

// DutyTwo tells two of those who agreed, in turns by the week, and the others later; DutyAll tells all at once. The empty
// one, of a list that was stored before there was a choice, is DutyTwo.
const (
	DutyTwo Duty = "two"
	DutyAll Duty = "all"
)

// Outcomes says how moderators hear what another one decided.
type Outcomes string

// OutcomesThread is a line in the mail thread of the item, OutcomesDaily the morning note. The empty one is OutcomesThread.
const (
	OutcomesThread Outcomes = "thread"
	OutcomesDaily  Outcomes = "daily"
)

// Proof says how a moderator's reply must be shown to come from them.
type Proof string

// ProofVerified takes any verified sender, ProofDKIM a signature aligned with From alone. The empty one is ProofVerified.
const (
	ProofVerified Proof = "verified"
	ProofDKIM     Proof = "dkim"
)

// Limit is a number that a list may set. The zero one is the usual number, and Off means that there is none.
type Limit int

// Off is no limit at all; MaxLimit the largest that can be set.
const (
	Off      Limit = -1
	MaxLimit Limit = 10000
)

// or is the limit as a number, 0 for none.
func (l Limit) or(usual int) int {
	switch {
	case l == 0:
		return usual
	case l < 0:
		return 0
	}
	return int(l)
}

// Moderation is what an owner may change about posts that wait for moderators. The zero one is what a list begins with.
type Moderation struct {
	FirstHolds Limit    `json:"new_member_holds,omitempty"` // posts of a new member that wait; NewMemberHolds reads it
	HourMost   Limit    `json:"posts_hour,omitempty"`       // posts of one member in an hour; PostsAnHour reads it
	DayMost    Limit    `json:"posts_day,omitempty"`        // in a day; PostsADay reads it
	Emergency  bool     `json:"emergency,omitempty"`        // everything new waits
	Duty       Duty     `json:"duty,omitempty"`             // who is told
	Outcomes   Outcomes `json:"outcomes,omitempty"`         // how the others hear what was decided
	Proof      Proof    `json:"moderator_proof,omitempty"`  // what a moderator's reply needs
	Ack        bool     `json:"ack,omitempty"`              // authors hear that their post was taken
	Allow      Phrases  `json:"allow,omitempty"`            // what names no child here, such as people and schools
}

// Phrases are names and phrases, one a line, each once and in the order of the alphabet.
type Phrases string

// Bounds of the phrases that a list knows to name no child.
const (
	maxPhrases = 200
	maxPhrase  = 100 // bytes
)

// All returns the phrases one by one.
func (p Phrases) All() []string {
	return strings.FieldsFunc(string(p), func(r rune) bool { return r == '\n' })
}

// With returns the phrases with one more, in single spaces; it reports false where it is among them, in whatever capitals.
func (p Phrases) With(one string) (Phrases, bool) {
	one = strings.Join(strings.Fields(one), " ")
	all := p.All()
	if slices.ContainsFunc(all, func(is string) bool { return strings.EqualFold(is, one) }) {
		return p, false
	}
	all = append(all, one)
	slices.Sort(all)
	return Phrases(strings.Join(all, "\n")), true
}

// Without returns the phrases but one; it reports false where that is not among them.
func (p Phrases) Without(one string) (Phrases, bool) {
	one = strings.Join(strings.Fields(one), " ")
	all := p.All()
	left := slices.DeleteFunc(slices.Clone(all), func(is string) bool { return strings.EqualFold(is, one) })
	return Phrases(strings.Join(left, "\n")), len(left) < len(all)
}

// NewMemberHolds is how many posts of somebody who joins by application wait for moderators: 1 unless the list says
// otherwise.
func (m Moderation) NewMemberHolds() int { return m.FirstHolds.or(1) }

// PostsAnHour is how many posts of one member go out in an hour before the next one waits, 0 for no limit.
func (m Moderation) PostsAnHour() int { return m.HourMost.or(20) }

// PostsADay is the same for a day.
func (m Moderation) PostsADay() int { return m.DayMost.or(100) }

// LatestPosts is how many of a member's latest posts the two limits ask about, 0 for none.
func (m Moderation) LatestPosts() int { return max(m.PostsAnHour(), m.PostsADay()) }

// DutyOf, OutcomesOf and ProofOf are what the list says, or the usual.
func (m Moderation) DutyOf() Duty { return cmp.Or(m.Duty, DutyTwo) }

// OutcomesOf is how moderators hear of decisions.
func (m Moderation) OutcomesOf() Outcomes { return cmp.Or(m.Outcomes, OutcomesThread) }

// ProofOf is what a moderator's reply needs.
func (m Moderation) ProofOf() Proof { return cmp.Or(m.Proof, ProofVerified) }

// validate reports every fault at once.
func (m Moderation) validate() error {
	var faults []error
	for key, n := range map[string]Limit{"new_member_holds": m.FirstHolds, "posts_hour": m.HourMost, "posts_day": m.DayMost} {
		if n < Off || n > MaxLimit {
			faults = append(faults, fmt.Errorf("%s is %d; use 1 to %d, or off", key, n, MaxLimit))
		}
	}
	if n := len(m.Allow.All()); n > maxPhrases {
		faults = append(faults, fmt.Errorf("the allow-list has %d phrases; remove some, the most is %d", n, maxPhrases))
	}
	for _, p := range m.Allow.All() {
		if len(p) > maxPhrase {
			faults = append(faults, fmt.Errorf("a phrase of the allow-list has %d bytes; the most is %d", len(p), maxPhrase))
		}
	}
	if d := m.DutyOf(); d != DutyTwo && d != DutyAll {
		faults = append(faults, fmt.Errorf("duty is %q; use two or all", d))
	}
	if o := m.OutcomesOf(); o != OutcomesThread && o != OutcomesDaily {
		faults = append(faults, fmt.Errorf("outcomes is %q; use thread or daily", o))
	}
	if p := m.ProofOf(); p != ProofVerified && p != ProofDKIM {
		faults = append(faults, fmt.Errorf("moderator_proof is %q; use verified or dkim", p))
	}
	return errors.Join(faults...)
}

// A Moderator is a person who moderates a list, with their membership.
type Moderator struct {
	Person     Person
	Membership Membership
}

// fewModerators is the number of moderators up to which all are told at once.
const fewModerators = 3

// OnDuty are those of a list's moderators who hear of a post that came at a moment: two of those who agreed, the next two
// each week from Monday on. With three or fewer moderators, when the list says so, or when fewer than two agreed, it is all of
// them. Those with a dead address are left out. It is pure; the order is that of all.
func OnDuty(m Moderation, all []Moderator, at time.Time) []Moderator {
	all = slices.DeleteFunc(slices.Clone(all), func(o Moderator) bool { return o.Membership.Suspended })
	var agreed []Moderator
	for _, o := range all {
		if o.Membership.Duty {
			agreed = append(agreed, o)
		}
	}
	if len(all) <= fewModerators || m.DutyOf() == DutyAll || len(agreed) < 2 {
		return all
	}
	first := 2 * weekOf(at) % len(agreed)
	return []Moderator{agreed[first], agreed[(first+1)%len(agreed)]}
}

// weekOf counts weeks from Monday 5 January 1970, by the days of the moment's own zone.
func weekOf(at time.Time) int {
	y, m, d := at.Date()
	days := int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
	return (days - 4) / 7
}
