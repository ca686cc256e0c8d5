package guard

import (
	"slices"
	"strings"
)

// masks are the numbers that Mask hides, with what it writes in their place.
var masks = map[Kind]string{
	UPN: "UPN [hidden]", NHS: "NHS number [hidden]", ULN: "ULN [hidden]", NINO: "National Insurance number [hidden]",
}

// Mask returns a text with the numbers that were found in it hidden: "UPN [hidden]". Found must be the findings of this
// very text (see In). Names and dates stay, since a moderator has to judge them.
func Mask(text string, found []Finding) string {
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b Finding) int { return a.Start - b.Start })
	var b strings.Builder
	at := 0
	for _, f := range found {
		words, ok := masks[f.Kind]
		if !ok || f.Start < at || f.End > len(text) || f.End <= f.Start {
			continue
		}
		b.WriteString(text[at:f.Start])
		b.WriteString(words)
		at = f.End
	}
	b.WriteString(text[at:])
	return b.String()
}
