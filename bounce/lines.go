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
	named []namedLine // lines with an address, in their order
}

// namedLine is one address in a line.
type namedLine struct {
	line       int
	start, end int // of the address within the line
	address    message.Address
}

// newReportLines finds the addresses in lines, at most three of a line and ten times MaxRecipients in all.
func newReportLines(lines []string) reportLines {
	t := reportLines{lines: lines}
	for i, line := range lines {
		if isOfReturned(line) {
			continue
		}
		for from := 0; from < len(line) && from < 4096; {
			a, start, end := addressIn(line[from:])
			if end == 0 || len(t.named) == 10*MaxRecipients {
				break
			}
			t.named = append(t.named, namedLine{i, from + start, from + end, a})
			from += end
		}
	}
	return t
}

// isOfReturned reports a line that tells the mail, not its recipient: message ids and senders.
func isOfReturned(line string) bool {
	lower := strings.ToLower(strings.TrimSpace(line))
	for _, name := range []string{"message-id", "message id", "messageid", "from:", "mail from:", ">>> mail from", "sender:", "reply-to:", "return-path", "original-envelope-id",
		"envelope-from", "in-reply-to", "references:", "x-", "content-id", "reporting-mta", "von:", "de:", "cc:", "sender address"} {
		if strings.HasPrefix(lower, name) {
			return true
		}
	}
	return strings.Contains(lower, "mail from:") && !strings.Contains(lower, "rcpt to:")
}

// recipients returns the addresses that the report is about. Mail hosts put them at the beginning of a line, else
// behind a label, else into the sentence that says what failed; the first of these that has any decides.
func (t reportLines) recipients(out map[string]bool) []message.Address {
	for i, is := range []func(namedLine) bool{t.leads, t.isLabelled, t.isInFailure, t.isAnywhere} {
		var found []message.Address
		seen := make(map[string]bool)
		for _, n := range t.named {
			key := n.address.Key()
			if seen[key] || out[key] || !is(n) || len(found) > MaxRecipients {
				continue
			}
			seen[key] = true
			found = append(found, n.address)
		}
		others := withoutHelpers(found)
		if len(others) == 0 && i < 2 {
			others = found // at a place of its own it is the recipient
		}
		if len(others) > 0 {
			return others
		}
	}
	return nil
}

// withoutHelpers leaves out those who are named to be asked.
func withoutHelpers(found []message.Address) []message.Address {
	var others []message.Address
	for _, a := range found {
		switch strings.ToLower(a.Local) {
		case "postmaster", "abuse", "support", "helpdesk", "help", "hostmaster", "mailer-daemon", "webmaster", "admin":
		default:
			others = append(others, a)
		}
	}
	return others
}

// leads reports an address that begins its line, behind marks and the kind of address at most, and does not go on as a
// sentence that asks to write there.
func (t reportLines) leads(n namedLine) bool {
	before := strings.ToLower(strings.TrimLeft(t.lines[n.line][:n.start], " \t>*•·-+\"'<[(|«"))
	for _, kind := range []string{"smtp:", "rfc822;", "rfc822:", "mailto:", "to:", "to: <"} {
		if strings.TrimSpace(before) == kind || before == kind+"<" {
			return true
		}
	}
	if before != "" {
		return dda(before)
	}
	// A line that ends the sentence of the one above: "please write to\n<address>."
	if n.line > 0 {
		above := strings.ToLower(t.lines[n.line-1])
		if hasPhrase(above, []string{"contact", "assistance", "please write", "send mail to", "send email to", "e-mail to", "from <", "sender"}) &&
			!strings.HasSuffix(strings.TrimSpace(above), ":") && !strings.HasSuffix(strings.TrimSpace(above), ".") && strings.TrimSpace(above) != "" {
			return false
		}
	}
	return true
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
	return hasPhrase(label, labels)
}

var labels = []string{
	"recipient", "rcpt to", "addressee", "address", "adressat", "empfänger", "destinat", "ontvanger", "user", "not delivered", "undeliver", "fail", "deliver",
	"mailbox", "account", "intended", "invalid", "unknown", "to:", "full", "mottagare", "modtager", "odbiorca", "宛先", "收件人",
}

// isInFailure reports an address in a line, or next to one, that says that something failed.
func (t reportLines) isInFailure(n namedLine) bool {
	near := t.lines[n.line]
	if n.line > 0 {
		near = t.lines[n.line-1] + " " + near
	}
	if n.line+1 < len(t.lines) {
		near += " " + t.lines[n.line+1]
	}
	text := plain(near)
	return strings.Contains(text, "rcpt to:") || hasPhrase(text, failurePhrases) || phraseClass(text) != Unknown
}

func (t reportLines) isAnywhere(namedLine) bool { return true }

// about returns what the report says of a recipient: the lines that name it, each with those that follow until another
// recipient or an empty line. Where only one recipient failed and those lines give no reason, it is the whole report.
func (t reportLines) about(a message.Address, only bool) string {
	var b strings.Builder
	key := a.Key()
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
