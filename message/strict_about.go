package message

import "slices"

// aboutFrom are the rules about the From field.
var aboutFrom = []string{RuleNoFrom, RuleTwoFroms, RuleGroup, RuleBadFrom, RuleNoAddress, RuleTwoAddresses}

// AboutFrom reports whether the fault is one of the From field, which the
// writer can see and mend.
func (e *FormError) AboutFrom() bool { return slices.Contains(aboutFrom, e.Rule) }
