package bounce

import (
	"strings"

	"sencoforum/message"
)

// maxAbout is how many lines of a report are about one recipient.
const maxAbout = 24

// reportLines are the lines of a report with the addresses in them.
type reportLines struct {
	lines []string
	named []namedLine  // lines with an address, in their order
	fails map[int]bool // lines that were asked for failures, with the answer
}

// namedLine is one address in a line.
type namedLine struct {
	line       int
	start, end int // of the address within the line
	address    message.Address
}

// newReportLines finds the addresses in the first 4,096 bytes of each line, at most ten times MaxRecipients in all.
func newReportLines(lines []string) reportLines {
	t := reportLines{lines: lines, fails: make(map[int]bool)}
	for i, line := range lines {
		if isOfReturned(line) {
			continue
		}
		for from := 0; from < len(line) && from < 4096; {
			a, start, end := addressIn(line[from:])
			if end == 0 || len(t.named) == 10*MaxRecipients {
				break
			}
			if last := len(t.named) - 1; last >= 0 && t.named[last].line == i && isBehindName(line[t.named[last].end:from+start]) {
				t.named = t.named[:last] // it is the display name of this one
			}
			t.named = append(t.named, namedLine{i, from + start, from + end, a})
			from += end
		}
	}
	return t
}

// isBehindName reports what stands between a display name and its address.
func isBehindName(between string) bool {
	return strings.Trim(between, "\"' \t") == "<"
}

// isOfReturned reports a line that tells the mail, not its recipient: message ids and senders.
func isOfReturned(line string) bool {
	lower := strings.ToLower(strings.TrimSpace(line))
	for _, name := range []string{"message-id", "message id", "messageid", "from:", "mail from:", ">>> mail from",
		"sender:", "reply-to:", "return-path", "original-envelope-id",
		"envelope-from", "in-reply-to", "references:", "x-", "content-id", "reporting-mta", "von:", "de:", "cc:",
		"sender address"} {
		if strings.HasPrefix(lower, name) {
			return true
		}
	}
	return strings.Contains(lower, "mail from:") && !strings.Contains(lower, "rcpt to:")
}

// recipients returns the addresses that the report is about. Mail hosts put them at the beginning of a line, else
// behind a label, else into the sentence that says what failed; the first of these that has any decides. out are
// addresses that a report names for other reasons; at a place of their own they count if no other does.
func (t reportLines) recipients(out map[string]bool) []target {
	for i, is := range []func(namedLine) bool{t.leads, t.isLabelled, t.isInFailure, t.isAnywhere} {
		found := withoutHelpers(t.those(is, out))
		if ownPlace := i < 2; ownPlace && len(found) == 0 {
			all := t.those(is, nil)
			if found = withoutHelpers(all); len(found) == 0 {
				found = all
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// those returns the recipients at places of one kind, each once and without those of out.
func (t reportLines) those(is func(namedLine) bool, out map[string]bool) []target {
	var found []target
	seen := make(map[string]bool)
	for i, n := range t.named {
		key := n.address.Key()
		if seen[key] || out[key] || !is(n) || len(found) > MaxRecipients {
			continue
		}
		seen[key] = true
		found = append(found, t.expanded(i))
	}
	return found
}

// expanded returns the recipient at the named line i, with the address that it was expanded from if the report has it
// on the same line or on the next.
func (t reportLines) expanded(i int) target {
	n := t.named[i]
	if i+1 < len(t.named) {
		from := t.named[i+1]
		before := strings.ToLower(t.lines[from.line][:from.start])
		if from.line <= n.line+1 && hasPhrase(before, []string{"expanded from", "generated from", "was addressed to",
			"forwarded from"}) {
			return newTarget(from.address, n.address)
		}
	}
	return target{to: n.address}
}

// withoutHelpers leaves out those who are named to be asked.
func withoutHelpers(found []target) []target {
	var others []target
	for _, a := range found {
		switch strings.ToLower(a.to.Local) {
		case "postmaster", "abuse", "support", "helpdesk", "help", "hostmaster", "mailer-daemon", "webmaster", "admin":
		default:
			others = append(others, a)
		}
	}
	return others
}

// leads reports an address that begins its line, behind marks, the kind of address or a reply code at most, and does
// not go on a sentence that asks to write there.
func (t reportLines) leads(n namedLine) bool {
	before := strings.ToLower(strings.TrimLeft(t.lines[n.line][:n.start], " \t>*•·-+\"'<[(|«"))
	before = strings.TrimRight(before, " \t<")
	if digits(before) == 3 && len(before) <= 4 && (before[0] == '4' || before[0] == '5') {
		return !strings.Contains(t.lines[n.line][:n.start], "<<<")
	}
	switch before {
	case "smtp:", "rfc822;", "rfc822:", "mailto:":
		return true
	case "to:":
		return !t.isHeader(n.line)
	case "":
	default:
		return dda(before)
	}
	if n.line == 0 {
		return true
	}
	above := strings.ToLower(strings.TrimSpace(t.lines[n.line-1]))
	ended := above == "" || strings.HasSuffix(above, ":") || strings.HasSuffix(above, ".")
	return ended || !hasPhrase(above, []string{"contact", "assistance", "please write", "mail to", "from", "sender"})
}

// isHeader reports that the line stands among those that tell which mail it was: with its subject or its time.
func (t reportLines) isHeader(line int) bool {
	for i := max(0, line-4); i < min(len(t.lines), line+5); i++ {
		lower := strings.ToLower(strings.TrimSpace(t.lines[i]))
		if strings.HasPrefix(lower, "subject:") || strings.HasPrefix(lower, "sent:") || strings.HasPrefix(lower,
			"betreff:") {
			return true
		}
	}
	return false
}

// dda reports the X.400 form of an address with an Internet address in it.
func dda(before string) bool {
	return strings.HasPrefix(before, "c=") && strings.Contains(before, "dda:smtp=")
}

// isLabelled reports an address behind a label such as "Failed recipient: ".
func (t reportLines) isLabelled(n namedLine) bool {
	label := strings.ToLower(t.lines[n.line][:n.start])
	label = strings.TrimRight(label, " \t<\"'[(")
	label = strings.TrimSuffix(label, "smtp:")
	label = strings.TrimRight(label, " \t<\"'[(")
	if len(label) > 80 || !strings.HasSuffix(label, ":") && !strings.HasSuffix(label, "=") {
		return false
	}
	return hasPhrase(label, labels) && !(strings.TrimSpace(label) == "to:" && t.isHeader(n.line))
}

var labels = []string{
	"recipient", "rcpt to", "addressee", "address", "adressat", "empfänger", "destinat", "ontvanger", "user",
	"not delivered", "undeliver", "fail", "deliver",
	"mailbox", "account", "intended", "invalid", "unknown", "to:", "full", "mottagare", "modtager", "odbiorca", "宛先",
	"收件人",
}

// isInFailure reports an address in a line, or next to one, that says that something failed.
func (t reportLines) isInFailure(n namedLine) bool {
	if t.isBehindFrom(n) {
		return false
	}
	fails, known := t.fails[n.line]
	if !known {
		near := t.lines[max(0, n.line-1):min(len(t.lines), n.line+2)]
		text := plain(strings.Join(near, " "))
		fails = strings.Contains(text, "rcpt to:") || hasPhrase(text, failurePhrases) || phraseClass(text) != Unknown
		t.fails[n.line] = fails
	}
	return fails
}

func (t reportLines) isAnywhere(n namedLine) bool { return !t.isBehindFrom(n) }

// isBehindFrom reports the address of a sender: "not accepting mail from ...".
func (t reportLines) isBehindFrom(n namedLine) bool {
	before := strings.TrimRight(strings.ToLower(t.lines[n.line][:n.start]), " <\"'")
	return strings.HasSuffix(before, "from") && !strings.HasSuffix(before, "generated from") && !strings.HasSuffix(before,
		"expanded from")
}

// bareNames returns the recipients of a provider that names its own without a domain, each in a line of its own below
// a sentence about the failure, or with a reason behind a gap.
func (t reportLines) bareNames(domain string) (found []target) {
	below := false
	for _, line := range t.lines {
		name := bareName(strings.TrimSpace(line))
		switch {
		case name == "":
		case strings.HasSuffix(name, ":"):
			below = hasPhrase(plain(name), failurePhrases)
		case below && len(found) < MaxRecipients && !strings.ContainsAny(name, " \t@:"):
			if a, ok := readAddress(name + "@" + domain); ok {
				found = append(found, target{to: a})
			}
		default:
			below = false
		}
	}
	return found
}

// bareName cuts off a reason that stands behind a name and a gap.
func bareName(line string) string {
	name, reason, found := strings.Cut(strings.ReplaceAll(line, "\t", "  "), "  ")
	if found && phraseClass(plain(reason)) != Unknown {
		return name
	}
	return line
}

// about returns what the report says of a recipient: the lines that name it, each with those that follow until another
// recipient or an empty line. Where only one recipient failed and those lines give no reason, it is the whole report.
func (t reportLines) about(who target, only bool) string {
	var b strings.Builder
	key := who.to.Key()
	if who.final != (message.Address{}) {
		key = who.final.Key()
	}
	next := 0
	for i, n := range t.named {
		if n.line < next || n.address.Key() != key {
			continue
		}
		next = t.until(i, key)
		for _, line := range t.lines[n.line:next] {
			b.WriteString(line)
			b.WriteByte('\n')
		}
		if b.Len() > maxMatch {
			break
		}
	}
	about := b.String()
	if only && (about == "" || findStatus(about) == "" && phraseClass(plain(about)) == Unknown) {
		return strings.Join(t.lines, "\n")
	}
	return about
}

// until returns the line after those about the named line i.
func (t reportLines) until(i int, key string) int {
	first := t.named[i].line
	end := min(len(t.lines), first+maxAbout)
	for _, n := range t.named[i+1:] {
		if n.line >= end {
			break
		}
		if n.line > first && n.address.Key() != key {
			end = n.line
			break
		}
	}
	for j := first + 1; j < end; j++ {
		// An empty line may stand between an address and its reason.
		if strings.TrimSpace(t.lines[j]) == "" && j > first+1 {
			return j
		}
	}
	return end
}
