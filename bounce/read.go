package bounce

import (
	"strings"

	"sencoforum/message"
)

// maxNested is how many messages may stand around a report.
const maxNested = 3

// Read says what a message at a return address is. Any message gives a Report; what no mail host wrote gives None or
// AutoReply, however much it speaks of bounces. The structure decides where there is one (RFC 3464), the text where
// there is none. A success for some recipients and a failure for others is a Failure that names only the others.
func Read(m *message.Message) Report {
	switch {
	case isReceipt(m):
		if r, ok := readRejection(m); ok {
			return r
		}
		return Report{Kind: AutoReply}
	case m.Root.Type == "message/rfc822" && originOf(m) > person:
		return readNested(m, 0)
	}
	if r, ok := readFeedback(m); ok {
		return r
	}
	if r, ok := readNotification(m); ok {
		return r
	}
	return readAt(m, 0)
}

func readAt(m *message.Message, depth int) Report {
	from := originOf(m)
	lines := reportText(m)
	status, typed := statusOf(m, lines)
	if !typed && isAutoReply(m, from, lines) {
		return Report{Kind: AutoReply}
	}
	if from == person && (!typed || !titledAsReport(m)) {
		return Report{}
	}
	if len(status.deliveries) > 0 {
		return readDeliveries(m, status, lines)
	}
	if from < mailbox && !speaksOfFailure(m, lines) {
		return readNested(m, depth)
	}
	return readFree(m, lines, depth)
}

// titledAsReport reports a subject as mail hosts write it, neither answered nor passed on by a person.
func titledAsReport(m *message.Message) bool {
	subject := plain(m.Subject())
	for _, mark := range []string{"fw:", "fwd:", "wg:", "tr:", "rv:"} {
		if strings.HasPrefix(subject, mark) {
			return false
		}
	}
	_, reply := message.Stem(subject, "")
	return !reply && hasPhrase(subject, failurePhrases)
}

// statusOf returns the delivery status of a message, but not of one that is attached to it. typed reports that it has a
// part of that type; else it may stand in a text.
func statusOf(m *message.Message, lines []string) (s deliveryStatus, typed bool) {
	for _, p := range m.Walk() {
		if isStatusType(p.Type) {
			typed = true
			s.add(readStatus(p.Content()))
		}
	}
	if len(s.deliveries) > 0 {
		return s, typed
	}
	if text := []byte(strings.Join(lines, "\n")); looksLikeStatus(text) {
		s.add(readStatus(text))
		return s, typed
	}
	for _, p := range m.Walk() {
		leaf := len(p.Parts) == 0 && (strings.HasPrefix(p.Type, "text/") || p.Type == "application/octet-stream")
		if leaf && !p.IsText() && !isHeadersType(p.Type) && looksLikeStatus(p.Content()) {
			s.add(readStatus(p.Content()))
		}
	}
	return s, typed
}

func (s *deliveryStatus) add(other deliveryStatus) {
	if s.reporter == "" {
		s.reporter = other.reporter
	}
	s.deliveries = append(s.deliveries, other.deliveries...)
	if over := len(s.deliveries) - MaxRecipients; over > 0 {
		s.deliveries = s.deliveries[:MaxRecipients]
		s.more += over
	}
	s.more += other.more
}

// readDeliveries makes a report of a delivery status. The text for people helps where the status says little.
func readDeliveries(m *message.Message, s deliveryStatus, lines []string) Report {
	r := Report{Kind: Delivered, Reporter: s.reporter, More: s.more}
	open := 0
	for _, d := range s.deliveries {
		if d.outcome() != arrived {
			open++
		}
	}
	t := newReportLines(lines)
	out := excluded(m)
	for _, d := range s.deliveries {
		what := d.outcome()
		if what == arrived {
			continue
		}
		if what == failed {
			r.Kind = Failure
		} else if r.Kind == Delivered {
			r.Kind = Delayed
		}
		who := d.target()
		if open == 1 && afterType(d.original) == "" {
			who = writtenTo(m, who, t.recipients(out), out)
		}
		r.add(recipientOf(d, who, t.about(who, open == 1)))
	}
	return r
}

// writtenTo returns the one recipient of a report that names it as who, or not at all. Where the text names another
// one, to whom the returned mail was addressed, who is where it was passed on to.
func writtenTo(m *message.Message, who target, named []target, out map[string]bool) target {
	if failed := failedRecipients(m); who.to.IsZero() && len(failed) == 1 {
		who = failed[0]
	}
	if len(named) != 1 || named[0].to.Key() == who.to.Key() {
		return who
	}
	if who.to.IsZero() {
		return named[0]
	}
	if to := returnedTo(m, out); len(to) == 1 && to[0].to.Key() == named[0].to.Key() {
		return newTarget(named[0].to, who.to)
	}
	return who
}

// add keeps a recipient. Where it stands in the report already, the entry that says more is kept.
func (r *Report) add(rcpt Recipient) {
	for i, old := range r.Recipients {
		if old.Address.Key() == rcpt.Address.Key() {
			if old.Class == Unknown && rcpt.Class != Unknown || !old.Permanent && rcpt.Permanent {
				r.Recipients[i] = rcpt
			}
			return
		}
	}
	if len(r.Recipients) == MaxRecipients {
		r.More++
		return
	}
	r.Recipients = append(r.Recipients, rcpt)
}

// recipientOf judges one recipient of a delivery status; about is what the text for people says of it.
func recipientOf(d delivery, who target, about string) Recipient {
	words := afterType(d.diagnostic)
	if _, note, found := strings.Cut(d.status, " "); found && words == "" {
		words = note // some hosts write their words behind the code
	}
	field := findStatus(d.status)
	status := better(field, words)
	rcpt := Recipient{Address: who.to, Final: who.final, Status: status, Diagnostic: oneLine(words, MaxDiagnostic)}
	rcpt.Class = classify(status, words)
	if rcpt.Class == Unknown && about != "" {
		if status == "" || isGeneral(status) && subjectOf(status) == 0 {
			status = better(status, about)
			rcpt.Status = status
		}
		rcpt.Class = classify(status, about)
		if rcpt.Diagnostic == "" {
			rcpt.Diagnostic = tellingLine(about)
		}
	}
	rcpt = rcpt.lasting(isPermanent(status, words+"\n"+about))
	if d.outcome() == delayed {
		rcpt.Class, rcpt.Permanent = Delay, false
	}
	return rcpt
}

// lasting sets whether a refusal is permanent. One that is not says nothing about the address but that its mailbox may
// be full, whatever else its words are: hosts may answer 450 to what they would refuse tomorrow, or not.
func (rcpt Recipient) lasting(permanent bool) Recipient {
	rcpt.Permanent = permanent
	if !permanent && rcpt.Class != Full {
		rcpt.Class = Delay
	}
	return rcpt
}

// isPermanent reports that no later attempt can help, by the enhanced status or the reply code in words. Without
// either, who gave up means it.
func isPermanent(status, words string) bool {
	if status != "" {
		return status[0] != '4'
	}
	return findReply(words) != '4'
}

// readNested looks into attached messages for a report that some server on the way wrapped, and into what follows the
// text, for servers that wrap by copying.
func readNested(m *message.Message, depth int) Report {
	if depth >= maxNested {
		return Report{}
	}
	for _, p := range m.Walk() {
		if p.Type != "message/rfc822" {
			continue
		}
		if r := readWrapped(p.Message(), depth); r.Kind != None {
			return r
		}
	}
	if rest := returnedText(m); rest != "" {
		return readWrapped(message.Parse([]byte(rest)), depth)
	}
	return Report{}
}

func readWrapped(inner *message.Message, depth int) Report {
	if originOf(inner) == person || isReceipt(inner) {
		return Report{}
	}
	if r := readAt(inner, depth+1); r.Kind == Failure || r.Kind == Delayed {
		return r
	}
	return Report{}
}
