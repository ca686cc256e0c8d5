package bounce

import (
	"slices"
	"strings"

	"sencoforum/message"
)

// readFree reads a report without a delivery status.
func readFree(m *message.Message, lines []string, depth int) Report {
	t := newReportLines(lines)
	out := excluded(m)
	found := failedRecipients(m)
	if named := t.recipients(out); len(found) == 0 {
		found = named
	} else if len(found) == 1 {
		found[0] = writtenTo(m, found[0], named, out)
	}
	if len(found) == 0 {
		found = t.bareNames(reporterOf(m))
	}
	if len(found) == 0 {
		if r := readNested(m, depth); r.Kind != None {
			return r
		}
		found = returnedTo(m, out)
	}
	text := strings.Join(lines, "\n")
	words := plain(text)
	switch {
	case len(found) == 0 && !speaksOfFailure(m, lines):
		return Report{}
	case phraseClass(words) == Unknown && findStatus(text) == "" && hasPhrase(words, deliveredPhrases):
		return Report{Kind: Delivered, Reporter: reporterOf(m)}
	case len(found) == 0:
		found = []target{{}}
	}
	r := Report{Kind: Failure, Reporter: reporterOf(m)}
	subject := plain(m.Subject())
	if hasPhrase(subject+" "+words, notYetPhrases) && !hasPhrase(subject+" "+words, gaveUpPhrases) {
		r.Kind = Delayed
	}
	for _, who := range found {
		about := t.about(who, len(found) == 1)
		rcpt := freeRecipient(who, about)
		switch {
		case r.Kind == Delayed:
			rcpt.Class, rcpt.Permanent = Delay, false
		case rcpt.Status == "" && onlyRetried(m, about):
			rcpt = rcpt.lasting(false)
		}
		r.add(rcpt)
	}
	return r
}

// onlyRetried reports a recipient whom Exim gives up since every answer so far asked to try later. Exim counts retries
// after temporary errors only, though its report calls the end of them a permanent one.
func onlyRetried(m *message.Message, about string) bool {
	return m.Header.Has("X-Failed-Recipients") && findReply(about) == 0 && hasPhrase(plain(about), eximRetried)
}

var eximRetried = []string{
	"retry timeout exceeded", "retry time not reached for any host", "have been failing for a long time",
}

var deliveredPhrases = []string{
	"successfully delivered", "was delivered to", "were delivered to", "has been delivered", "have been delivered",
	"delivered successfully",
	"successfully relayed", "relayed to the following", "delivery to the following recipients was successful",
	"delivery * succeeded",
	"erfolgreich zugestellt", "remis avec succès", "entregado correctamente", "consegnato correttamente",
}

// freeRecipient judges one recipient by what the report says of it.
func freeRecipient(who target, about string) Recipient {
	status := better("", about)
	rcpt := Recipient{
		Address: who.to, Final: who.final, Status: status, Class: classify(status, about), Diagnostic: tellingLine(about),
	}
	return rcpt.lasting(isPermanent(status, about))
}

// maxTelling is how many lines of a text are searched for its reason.
const maxTelling = 200

// tellingLine returns the line of a text that says why: one with a status code or a reply code, else one with a phrase
// that has a class; and the two indented lines at most that go on with it. Only these are kept, since others may be of
// the returned mail.
func tellingLine(text string) string {
	lines := strings.Split(text, "\n")
	lines = lines[:min(len(lines), maxTelling)]
	hasCode := func(line string) bool { return findStatus(line) != "" || findReply(line) != 0 }
	i := slices.IndexFunc(lines, hasCode)
	if i < 0 {
		i = slices.IndexFunc(lines, func(line string) bool { return phraseClass(plain(line)) != Unknown })
	}
	if i < 0 {
		return ""
	}
	telling := lines[i]
	for n := i + 1; n < len(lines) && n <= i+2 && strings.HasPrefix(telling, " "); n++ {
		if !strings.HasPrefix(lines[n], " ") || strings.TrimSpace(lines[n]) == "" {
			break
		}
		telling += " " + lines[n]
	}
	return oneLine(telling, MaxDiagnostic)
}

func reporterOf(m *message.Message) string {
	from, _ := m.From()
	return oneLine(from.Address.Domain, maxReporter)
}

// failedRecipients reads X-Failed-Recipients, which Exim and Gmail write.
func failedRecipients(m *message.Message) (found []target) {
	for _, v := range m.Header.Values("X-Failed-Recipients") {
		for part := range strings.SplitSeq(v, ",") {
			if a, _, end := addressIn(part); end > 0 && len(found) < MaxRecipients {
				found = append(found, target{to: a})
			}
		}
	}
	return found
}

// excluded are the addresses that a report names but is not about: its author, its addressee, and the sender of the
// mail that it returns.
func excluded(m *message.Message) map[string]bool {
	out := make(map[string]bool)
	take := func(h message.Header, names ...string) {
		for _, name := range names {
			if a, _, end := addressIn(h.Get(name)); end > 0 {
				out[a.Key()] = true
			}
		}
	}
	take(m.Header, "From", "To", "Reply-To", "Sender", "Return-Path", "Errors-To")
	if h, found := returnedHeader(m); found {
		take(h, "From", "Return-Path", "Sender", "Reply-To", "Errors-To")
	}
	return out
}

// returnedTo is the last resort: the one addressee of the returned mail. That of a list's mail is the list.
func returnedTo(m *message.Message, out map[string]bool) []target {
	h, found := returnedHeader(m)
	if !found || h.Has("List-Id") || h.Has("List-Post") {
		return nil
	}
	for _, name := range []string{"X-Failed-Recipients", "Delivered-To", "X-Envelope-To", "Envelope-To",
		"X-Original-To", "To"} {
		value := h.Get(name)
		a, _, end := addressIn(value)
		if end == 0 {
			continue
		}
		if _, _, second := addressIn(value[end:]); second > 0 {
			return nil // nobody knows which
		}
		if !out[a.Key()] {
			return []target{{to: a}}
		}
	}
	return nil
}
