package list

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
)

// JoinPolicy says what somebody who asks to join has to do.
type JoinPolicy string

// The policies. The empty one, of a list that was stored before there was a choice, is JoinApprove.
const (
	JoinOpen    JoinPolicy = "open"    // a request that is shown to come from its sender is enough
	JoinConfirm JoinPolicy = "confirm" // one answer to a mail that goes to the address
	JoinApprove JoinPolicy = "approve" // that, and then a moderator decides
)

// Joining are the settings about joining a list.
type Joining struct {
	Join     JoinPolicy `json:"join,omitempty"`      // Joins reads it
	Terms    string     `json:"terms,omitempty"`     // version of the rules that a new member accepts, such as 2026-09; empty for none
	RulesURL string     `json:"rules_url,omitempty"` // page with these rules; empty for none

	RemindRules bool `json:"rules_reminder,omitempty"` // members are reminded of them once a month
}

// Joins is what somebody who asks to join has to do.
func (j Joining) Joins() JoinPolicy { return cmp.Or(j.Join, JoinApprove) }

var termsForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,19}$`)

func (j Joining) validate() error {
	var faults []error
	switch j.Joins() {
	case JoinOpen, JoinConfirm, JoinApprove:
	default:
		faults = append(faults, fmt.Errorf("join is %q; use open, confirm or approve", j.Join))
	}
	if j.Terms != "" && !termsForm.MatchString(j.Terms) {
		faults = append(faults, fmt.Errorf("terms %q: use at most 20 letters, digits, dots and hyphens, such as 2026-09", j.Terms))
	}
	if u, err := url.Parse(j.RulesURL); j.RulesURL != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(j.RulesURL) > 200) {
		faults = append(faults, fmt.Errorf("rules_url %q: write a web address, such as https://forum.example.org/rules", j.RulesURL))
	}
	return errors.Join(faults...)
}
