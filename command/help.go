package command

import (
	"fmt"
	"strings"
)

// Bounds of the help mail.
const (
	helpLines = 25
	helpWidth = 78
)

// Help is the text of the help mail at a place: the words that are taught there, a line each. It has at most 25 lines of 78
// columns. Of where nothing is taught it is what members are taught.
func Help(at Place, moderator bool) string {
	lines := taught(at, moderator)
	if len(lines) == 0 {
		lines = taught(RequestAddress, moderator)
	}
	width := 0
	for _, l := range lines {
		width = max(width, len(l[0]))
	}
	var b strings.Builder
	b.WriteString("Reply with one of these lines. Polite words are fine.\n\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, l[0], l[1])
	}
	if moderator && at == RequestAddress {
		b.WriteString("\nModerators: waiting, approve all, stop #N, hold #N, ban ADDRESS, hold list\n")
	}
	b.WriteString("\nWhatever I do not understand, I ask about; nothing is done then.\n")
	return b.String()
}

// mostChoices is how many lines an answer offers.
const mostChoices = 6

// Choices are the lines that may be written where a mail was not understood, with what they do: the nearest words, or the one
// that was found, and all that the place itself asks for.
func Choices(at Place, r Reading, moderator bool) (lines [][2]string) {
	names := append(append([]string(nil), r.Near...), r.Offer...)
	if len(names) == 0 && r.Word.Name != "" {
		names = append(names, r.Word.Name)
	}
	for _, w := range table {
		if at&^RequestAddress != 0 && w.At&at != 0 && (w.Decides || at == Own && w.Name == "cancel") {
			names = append(names, w.Name)
		}
	}
	if len(names) == 0 {
		names = []string{"weekly", "pause", "leave", "help"}
	}
	seen := map[string]bool{}
	for _, name := range names {
		w := find(name, at)
		if seen[name] || w.At == 0 || w.Who == Moderator && !moderator || len(lines) == mostChoices {
			continue
		}
		seen[name] = true
		lines = append(lines, w.line())
	}
	return lines
}

// line is how a word is written, and what it alone does.
func (w Word) line() [2]string {
	switch w.Name {
	case "daily":
		return [2]string{"daily", "one email a day"}
	case "mute":
		return [2]string{w.example(), "no more of one discussion"}
	}
	return [2]string{w.example(), w.Help}
}

// taught returns the words that the help mail of a place has, and what they do, short enough for a line.
func taught(at Place, moderator bool) (lines [][2]string) {
	for _, w := range table {
		if w.At&at == 0 || w.Who == Moderator && !moderator && at&(decisions|Owner) == 0 {
			continue
		}
		if w.Taught || at&(member|toList) == 0 && w.At&member == 0 {
			lines = append(lines, [2]string{w.form(), w.Help})
		}
	}
	return lines
}

// Markdown is the table of all words for the documentation, in the order of the table.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| word | also read | where | needs | what it does |\n|---|---|---|---|---|\n")
	for _, w := range table {
		also := append(append(append([]string(nil), w.Also...), w.Odd...), w.Lone...)
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", w.form(), strings.ReplaceAll(strings.Join(also, ", "), "|", `\|`), w.At.tableName(), w.needs(), w.Help)
	}
	return b.String()
}

// tableName is a shorter name for the usual sets of places.
func (p Place) tableName() string {
	var names []string
	for _, set := range []struct {
		at   Place
		name string
	}{
		{anywhere | toList, "everywhere"}, {member | Goodbye | Join | toList, "members, goodbye, join, list"}, {member | toList, "members, list"},
		{member, "members"}, {heldPost, "held post"}, {toList, "list"},
	} {
		if p&set.at == set.at {
			names = append(names, set.name)
			p &^= set.at
		}
	}
	if rest := p.String(); rest != "" {
		names = append(names, rest)
	}
	return strings.Join(names, ", ")
}

// needs says who may use a word, and what proves it.
func (w Word) needs() string {
	var parts []string
	if w.Who == Moderator {
		parts = append(parts, "moderator")
	}
	switch w.Proof {
	case TokenHeld:
		parts = append(parts, "the token of the mail")
	case AlignedDKIM:
		parts = append(parts, "DKIM")
	default:
		parts = append(parts, "verified")
	}
	if w.Confirm {
		parts = append(parts, "one more reply")
	}
	return strings.Join(parts, ", ")
}
