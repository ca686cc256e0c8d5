package queue

import (
	"slices"
	"strings"
)

// The labels for operators that have none of their own. An operator's name may be that of one person's domain, so only
// those are named with whom thousands have their mail.
const (
	operatorOther     = "other"
	operatorSmarthost = "smarthost" // the mail service that takes all
	operatorUnknown   = "unknown"   // no route is known
)

// operators are all the labels, so that a reading has a fixed size.
var operators = []string{
	"barracudanetworks.com", "google.com", "icloud.com", "messagelabs.com", "mimecast.com", "outlook.com", "pphosted.com",
	"protonmail.ch", "talktalk.net", "yahoodns.net", operatorOther, operatorSmarthost, operatorUnknown,
}

// operatorLabel is the label for a [Hop]'s Operator.
func operatorLabel(operator string) string {
	switch {
	case slices.Contains(operators, operator):
		return operator
	case strings.HasPrefix(operator, operatorSmarthost+":"):
		return operatorSmarthost
	}
	return operatorOther
}
