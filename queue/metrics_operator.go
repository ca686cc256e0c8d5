package queue

import (
	"strings"
)

// The labels for operators that have none of their own. An operator's name may be that of one person's domain, so only
// those of Config.Operators are named, with whom thousands have their mail.
const (
	operatorOther     = "other"
	operatorSmarthost = "smarthost" // the mail service that takes all
	operatorUnknown   = "unknown"   // no route is known
)

// operatorLabel is the label for a [Hop]'s Operator, so that a reading has a bounded size.
func (q *Queue) operatorLabel(operator string) string {
	switch {
	case q.operators[operator]:
		return operator
	case operator == operatorSmarthost || strings.HasPrefix(operator, operatorSmarthost+":"):
		return operatorSmarthost
	}
	return operatorOther
}
