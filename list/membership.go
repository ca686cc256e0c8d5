package list

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"sencoforum/store"
)

// Role is what a member may do.
type Role string

// The roles. An owner is a moderator too.
const (
	RoleMember    Role = "member"
	RoleModerator Role = "moderator"
	RoleOwner     Role = "owner"
	RoleAuditor   Role = "auditor" // reads the audit log; neither moderates nor gets mail for moderators
)

// Moderates reports whether the role may moderate.
func (r Role) Moderates() bool { return r == RoleModerator || r == RoleOwner }

// DeliveryMode is how a member receives posts.
type DeliveryMode string

// The delivery modes.
const (
	ModeEvery     DeliveryMode = "every"     // each post at once
	ModeQuestions DeliveryMode = "questions" // each new discussion; replies only where the member takes part
	ModeDaily     DeliveryMode = "daily"     // a digest each day
	ModeWeekly    DeliveryMode = "weekly"    // a digest each week
	ModeNone      DeliveryMode = "none"      // no mail
)

// A Membership joins a person to a list.
type Membership struct {
	List        ID           `json:"list"`
	Person      PersonID     `json:"person"`
	Role        Role         `json:"role"`
	Mode        DeliveryMode `json:"mode"`
	PausedUntil time.Time    `json:"paused_until,omitzero"`
	Joined      time.Time    `json:"joined"`
	JoinedSeq   uint64       `json:"joined_seq"` // last change record at joining: later posts are received
	NotOwn      bool         `json:"not_own,omitempty"`
	NoPosting   bool         `json:"no_posting,omitempty"`
	Suspended   bool         `json:"suspended,omitempty"` // the address refused mail and a probe: nothing is sent there
	NoRelay     bool         `json:"no_relay,omitempty"`  // neither writes nor receives private messages
	Moderated   bool         `json:"moderated,omitempty"` // every post of theirs waits for moderators
	Duty        bool         `json:"duty,omitempty"`      // a moderator who agreed to be on duty, in turns
	NoAck       bool         `json:"no_ack,omitempty"`    // wants no acknowledgement of own posts
	Unmailed    bool         `json:"unmailed,omitempty"`  // was added from a file, and gets nothing before they are told of it
	Holds       int          `json:"holds,omitempty"`     // how many posts still wait for moderators, of a new member
}

// Errors of memberships.
var (
	ErrNoMember      = errors.New("not a member of this list")
	ErrAlreadyMember = errors.New("already a member of this list")
)

// Validate reports a role or mode that does not exist.
func (m Membership) Validate() error {
	switch m.Role {
	case RoleMember, RoleModerator, RoleOwner, RoleAuditor:
	default:
		return fmt.Errorf("role %q: use member, moderator, owner or auditor", m.Role)
	}
	switch m.Mode {
	case ModeEvery, ModeQuestions, ModeDaily, ModeWeekly, ModeNone:
	default:
		return fmt.Errorf("mode %q: use every, questions, daily, weekly or none", m.Mode)
	}
	return nil
}

// Paused reports whether delivery is stopped at a moment.
func (m Membership) Paused(now time.Time) bool { return now.Before(m.PausedUntil) }

// Join stores a new membership. It returns ErrAlreadyMember when there is one.
func Join(tx *store.Tx, m Membership) error {
	if err := m.Validate(); err != nil {
		return err
	}
	key := memberKey(m.List, m.Person)
	has, err := members.Has(tx, key)
	if err != nil {
		return err
	}
	if has {
		return ErrAlreadyMember
	}
	if _, err := memberCount(m.List).Add(tx, 1); err != nil {
		return err
	}
	return putMember(tx, m)
}

// putMember stores a membership and keeps the table of moderators in step.
func putMember(tx *store.Tx, m Membership) error {
	key := memberKey(m.List, m.Person)
	if err := members.Put(tx, key, m); err != nil {
		return err
	}
	if m.Role.Moderates() {
		return moderators.Put(tx, key, struct{}{})
	}
	return moderators.Delete(tx, key)
}

// SaveMember stores a changed membership, or returns ErrNoMember.
func SaveMember(tx *store.Tx, m Membership) error {
	if err := m.Validate(); err != nil {
		return err
	}
	was, err := Member(tx, m.List, m.Person)
	if err != nil {
		return err
	}
	if err := owes(tx, was, m); err != nil {
		return err
	}
	return putMember(tx, m)
}

// Leave removes a membership, or returns ErrNoMember. Copies that wait in the
// queue are dropped when their turn comes.
func Leave(tx *store.Tx, l ID, p PersonID) error {
	has, err := members.Has(tx, memberKey(l, p))
	if err != nil {
		return err
	}
	if !has {
		return ErrNoMember
	}
	if _, err := memberCount(l).Add(tx, -1); err != nil {
		return err
	}
	if err := moderators.Delete(tx, memberKey(l, p)); err != nil {
		return err
	}
	if err := lastDigests.Delete(tx, memberKey(l, p)); err != nil {
		return err
	}
	return members.Delete(tx, memberKey(l, p))
}

// Member returns a membership, or ErrNoMember.
func Member(tx *store.Tx, l ID, p PersonID) (Membership, error) {
	m, ok, err := members.Get(tx, memberKey(l, p))
	if err == nil && !ok {
		err = ErrNoMember
	}
	return m, err
}

// Members yields the memberships of a list in order of person number, from the
// given number on.
func Members(tx *store.Tx, l ID, from PersonID) iter.Seq2[Membership, error] {
	return func(yield func(Membership, error) bool) {
		for row, err := range store.PrefixFrom(members, tx, l, from) {
			if !yield(row.Value, err) || err != nil {
				return
			}
		}
	}
}

// Count is the number of members of a list, whatever their delivery mode.
func Count(tx *store.Tx, l ID) (int, error) {
	n, err := memberCount(l).Value(tx)
	return int(n), err
}

// Moderating returns who moderates a list, with their memberships, in order of number.
func Moderating(tx *store.Tx, l ID) ([]Moderator, error) {
	people, err := Moderators(tx, l)
	if err != nil {
		return nil, err
	}
	out := make([]Moderator, len(people))
	for i, p := range people {
		m, err := Member(tx, l, p.ID)
		if err != nil {
			return nil, err
		}
		out[i] = Moderator{Person: p, Membership: m}
	}
	return out, nil
}

// Moderators returns the people who moderate a list, in order of number.
func Moderators(tx *store.Tx, l ID) ([]Person, error) {
	var out []Person
	for row, err := range store.Prefix(moderators, tx, l) {
		if err != nil {
			return nil, err
		}
		p, err := GetPerson(tx, row.Key.B)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func memberKey(l ID, p PersonID) store.Pair[ID, PersonID] {
	return store.Pair[ID, PersonID]{A: l, B: p}
}
