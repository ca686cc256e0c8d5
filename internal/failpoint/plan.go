package failpoint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
)

// action is what happens at a place.
type action string

const (
	kill  action = "kill"
	fail  action = "error"
	delay action = "delay"
)

// plan says what happens at which time that a place is reached.
type plan map[Name]*place

// place counts how often it was reached.
type place struct {
	hits atomic.Uint64
	do   map[uint64]action
}

// reach counts one more hit of a place and returns its number and what to do: nothing where that is empty.
func (p plan) reach(name Name) (n uint64, do action) {
	at := p[name]
	if at == nil {
		return 0, ""
	}
	n = at.hits.Add(1)
	return n, at.do[n]
}

// parse reads the value of the variable; an empty one asks for nothing.
func parse(value string) (plan, error) {
	p := plan{}
	if value == "" {
		return p, nil
	}
	for one := range strings.SplitSeq(value, ",") {
		if err := p.add(one); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", Variable, one, err)
		}
	}
	return p, nil
}

// add reads NAME:ACTION:N.
func (p plan) add(one string) error {
	parts := strings.Split(one, ":")
	if len(parts) != 3 {
		return fmt.Errorf("write NAME:ACTION:N, such as %s:kill:3", QueueSettle)
	}
	name, do := Name(parts[0]), action(parts[1])
	if !slices.Contains(Names(), name) {
		return fmt.Errorf("no place has that name; the names are %s", join(Names()))
	}
	if actions := []action{kill, fail, delay}; !slices.Contains(actions, do) {
		return fmt.Errorf("the actions are %s", join(actions))
	}
	n, err := strconv.ParseUint(parts[2], 10, 32)
	if err != nil || n == 0 {
		return fmt.Errorf("the last part is a number from 1 on: the time at which it acts")
	}
	if p[name] == nil {
		p[name] = &place{do: map[uint64]action{}}
	}
	if _, twice := p[name].do[n]; twice {
		return fmt.Errorf("it says twice what happens at hit %d", n)
	}
	p[name].do[n] = do
	return nil
}

func join[T ~string](words []T) string {
	var all []string
	for _, w := range words {
		all = append(all, string(w))
	}
	return strings.Join(all, ", ")
}
