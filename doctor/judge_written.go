package doctor

import (
	"fmt"
	"strings"
)

// ownShown is how many faults of a file are told; its own command names all.
const ownShown = 3

func judgeWritten(o Own) Finding {
	switch {
	case o.Err != nil:
		return flaw(NotChecked, o.What, "They could not be read ("+cause(o.Err)+").", "", "Run this as the user of the server.")
	case len(o.Faults) > 0 && o.Stored:
		return flaw(Warning, o.What, faultsOf(o), "Emails have these words as they are, or go without them where nobody could answer.", "Write them anew, or go back to the usual words: "+o.Check)
	case len(o.Faults) > 0:
		level, problem := Warning, "The server goes on with what it had. After its next start it has what comes with the program."
		if o.Needed {
			level, problem = Fault, "The server does not start with it. One that runs goes on with what it had."
		}
		return flaw(level, o.What, faultsOf(o), problem, "Correct that. See that nothing is left: "+o.Check+". Then: systemctl reload sencoforum")
	case o.Late:
		return flaw(Warning, o.What, o.Is, "The server has not read what is there now.", "Type: systemctl reload sencoforum")
	}
	return good(o.What, "%s", o.Is)
}

// faultsOf names the first faults.
func faultsOf(o Own) string {
	found := strings.Join(o.Faults[:min(len(o.Faults), ownShown)], ". ")
	if more := len(o.Faults) - ownShown; more > 0 {
		found += fmt.Sprintf(". And %d more", more)
	}
	return found + "."
}
