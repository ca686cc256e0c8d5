package membership

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// Action is what a line of a file does.
type Action string

// The actions. A faulty line does nothing.
const (
	Added     Action = "added"
	Changed   Action = "changed"
	Unchanged Action = "unchanged"
	Faulty    Action = "fault"
)

// A Change is one field of a member as it was and as it will be.
type Change struct {
	Key  string `json:"key"`
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// A Step is what one line of a file does.
type Step struct {
	Line    int      `json:"line"` // 0 for somebody who stands in no line but runs the list
	Action  Action   `json:"action"`
	Address string   `json:"address,omitempty"` // as written
	Changes []Change `json:"changes,omitempty"`
	Fault   string   `json:"fault,omitempty"`
	Remarks []string `json:"remarks,omitempty"` // what could not be kept, and why mail was off

	says Line
}

// A Plan is what a file does to a list: a step for each line, in their order, and how many there are of each kind.
type Plan struct {
	Steps     []Step
	Added     int
	Changed   int
	Unchanged int
	Faults    int

	Modes map[list.DeliveryMode]int // how posts come to those who are added
}

// Known finds a person by an address. ok is false when it belongs to nobody; the membership is zero when the person is
// not on the list.
type Known func(message.Address) (m Member, ok bool)

// NewPlan works out what a file does to a list, and changes nothing.
func NewPlan(f File, known Known, now time.Time) Plan {
	p := Plan{Steps: make([]Step, 0, len(f.Lines)), Modes: map[list.DeliveryMode]int{}}
	seen := map[string]int{}
	for _, line := range f.Lines {
		step, after := decide(line, known, now)
		if step.Action != Faulty {
			step = twice(step, after, seen)
		}
		p.Steps = append(p.Steps, step)
		p.count(step.Action)
		if step.Action == Added {
			p.Modes[after.Membership.Mode]++
		}
	}
	return p
}

func (p *Plan) count(a Action) {
	switch a {
	case Added:
		p.Added++
	case Changed:
		p.Changed++
	case Unchanged:
		p.Unchanged++
	case Faulty:
		p.Faults++
	}
}

// twice turns a step into a fault when an earlier line is about one of the member's addresses.
func twice(s Step, m Member, seen map[string]int) Step {
	for _, a := range m.Person.Addresses() {
		if line := seen[a.Key()]; line > 0 {
			return s.fault(fmt.Errorf("%s stands in line %d already", a, line))
		}
	}
	for _, a := range m.Person.Addresses() {
		seen[a.Key()] = s.Line
	}
	return s
}

func (s Step) fault(err error) Step {
	s.Action, s.Changes, s.Fault = Faulty, nil, err.Error()
	return s
}

// decide works out what one line does, and the member it leads to.
func decide(line Line, known Known, now time.Time) (Step, Member) {
	step := Step{Line: line.Number, Address: line.Cells[keyAddress], says: line}
	if line.Fault != "" {
		return step.fault(errors.New(line.Fault)), Member{}
	}
	before, member, err := current(line, known, now)
	if err != nil {
		return step.fault(err), Member{}
	}
	after, err := apply(line, before, now)
	if err == nil {
		err = allowed(before, after, member, known)
	}
	if err != nil {
		return step.fault(err), Member{}
	}
	step.Action, step.Changes, step.Remarks = Added, nil, line.Remarks
	if member {
		step.Changes = differences(before, after)
		step.Action = Changed
		if len(step.Changes) == 0 {
			step.Action = Unchanged
		}
	}
	return step, after
}

// current is the member whom a line is about, or a new one; member is true for somebody who is on the list.
func current(line Line, known Known, now time.Time) (m Member, member bool, err error) {
	address := line.Cells[keyAddress]
	a, err := message.ParseAddress(address)
	if err != nil {
		return Member{}, false, fmt.Errorf("%q: %w", address, err)
	}
	m, ok := known(a)
	if !ok {
		m.Person = list.Person{Address: a, Created: now}
	}
	if member = m.Membership.Person != 0; !member {
		m.Membership = list.Membership{Person: m.Person.ID, Role: list.RoleMember, Mode: cmp.Or(line.Start, list.ModeEvery), Joined: now, Unmailed: line.wait}
	}
	return m, member, nil
}

// apply sets the fields for which a line has cells. The address is what a member is found by and never changed here.
func apply(line Line, m Member, now time.Time) (Member, error) {
	for _, f := range Fields() {
		cell := line.Cells[f.Key]
		if cell == "" || f.Key == keyAddress {
			continue
		}
		if f.Key == keyRole && line.atLeast && rank(list.Role(cell)) < rank(m.Membership.Role) {
			continue
		}
		err := f.set(&m, cell, now)
		if errors.Is(err, errPassed) {
			continue // a pause that was over when the file was read
		}
		if err != nil {
			return m, err
		}
	}
	return m, nil
}

// allowed refuses what a file must not do: take an address from somebody, or a moderator's role away.
func allowed(before, after Member, member bool, known Known) error {
	for _, a := range after.Person.Linked {
		if other, ok := known(a); ok && (other.Person.ID != after.Person.ID) {
			return fmt.Errorf("linked: %s belongs to somebody else", a)
		}
	}
	if member && rank(after.Membership.Role) < rank(before.Membership.Role) {
		return fmt.Errorf("role: already %s here; take the role away with: moderator remove", before.Membership.Role)
	}
	return nil
}

func rank(r list.Role) int {
	switch r {
	case list.RoleOwner:
		return 3
	case list.RoleModerator:
		return 2
	case list.RoleAuditor:
		return 1
	}
	return 0
}

// differences lists the fields in which two states of a member differ.
func differences(before, after Member) []Change {
	var all []Change
	for _, f := range Fields() {
		if from, to := f.show(before), f.show(after); from != to {
			all = append(all, Change{Key: f.Key, From: from, To: to})
		}
	}
	return all
}
