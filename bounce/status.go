package bounce

import (
	"bytes"
	"iter"
	"strings"

	"sencoforum/message"
)

// statusFields are the fields of a delivery status (RFC 3464 §2.2 and §2.3) and some that mail servers add.
var statusFields = []string{
	"original-envelope-id", "reporting-mta", "dsn-gateway", "received-from-mta", "arrival-date",
	"original-recipient", "final-recipient", "action", "status", "remote-mta", "diagnostic-code", "last-attempt-date",
	"final-log-id", "will-retry-until", "x-actual-recipient", "x-supplementary-info", "x-display-name",
}

// delivery is what a delivery status says of one recipient, as it was written.
type delivery struct {
	original, final, action, status, diagnostic, remote string
}

// deliveryStatus is a whole delivery status.
type deliveryStatus struct {
	reporter   string
	deliveries []delivery
	more       int // deliveries beyond MaxRecipients
}

// isStatusType reports the content types that hold a delivery status.
func isStatusType(t string) bool {
	return t == "message/delivery-status" || t == "message/global-delivery-status" || t == "text/delivery-status"
}

// looksLikeStatus reports the text of a delivery status under another type: a line that begins a recipient, and one
// that says what became of it.
func looksLikeStatus(text []byte) bool {
	text = bytes.ToLower(text[:min(len(text), maxText)])
	return (hasLine(text, "final-recipient:") || hasLine(text, "original-recipient:")) &&
		(hasLine(text, "action:") || hasLine(text, "status:"))
}

// hasLine reports a line of text that begins with prefix.
func hasLine(text []byte, prefix string) bool {
	return bytes.HasPrefix(text, []byte(prefix)) || bytes.Contains(text, []byte("\n"+prefix))
}

// readStatus reads a delivery status (RFC 3464 §2.1). Groups should be apart by an empty line; where they are not, or
// where an empty line stands within one, a field that comes the second time begins a new group.
func readStatus(text []byte) deliveryStatus {
	var s deliveryStatus
	var d delivery
	var open bool
	flush := func() {
		if open && (d.original != "" || d.final != "") {
			if s.deliveries = append(s.deliveries, d); len(s.deliveries) > MaxRecipients {
				s.deliveries = s.deliveries[:MaxRecipients]
				s.more++
			}
			d = delivery{}
		}
		open = false
	}
	for f := range fieldsOf(text, true) {
		if f.Name == "" { // an empty line
			if d.action != "" || d.status != "" {
				flush()
			}
			continue
		}
		slot := d.slot(f.Name)
		if slot == nil {
			s.perMessage(f)
			continue
		}
		if *slot != "" && f.Value != "" {
			flush()
			d = delivery{}
			slot = d.slot(f.Name)
		}
		*slot, open = f.Value, true
	}
	flush()
	return s
}

func (s *deliveryStatus) perMessage(f message.Field) {
	if strings.EqualFold(f.Name, "Reporting-MTA") && s.reporter == "" {
		s.reporter = oneLine(afterType(f.Value), maxReporter)
	}
}

// slot returns where the value of a field about a recipient goes, or nil.
func (d *delivery) slot(name string) *string {
	switch strings.ToLower(name) {
	case "original-recipient":
		return &d.original
	case "final-recipient":
		return &d.final
	case "action":
		return &d.action
	case "status":
		return &d.status
	case "diagnostic-code":
		return &d.diagnostic
	case "remote-mta":
		return &d.remote
	}
	return nil
}

// fieldsOf yields the header fields in text, unfolded, with a Field without a name for each empty line between them.
// Lines that are no field go with the one before if they are indented, and where loose is set, as broken mail servers
// fold, also if they are not. A value is cut off some time after MaxDiagnostic bytes.
func fieldsOf(text []byte, loose bool) iter.Seq[message.Field] {
	return func(yield func(message.Field) bool) {
		var last message.Field
		for line := range bytes.Lines(text) {
			line = bytes.TrimRight(line[:min(len(line), 8*MaxDiagnostic)], "\r\n")
			name, value, found := bytes.Cut(line, []byte(":"))
			switch {
			case len(bytes.TrimSpace(line)) == 0:
				if last.Name != "" && !yield(last) || !yield(message.Field{}) {
					return
				}
				last = message.Field{}
			case found && isFieldName(string(name)):
				if last.Name != "" && !yield(last) {
					return
				}
				last = message.Field{Name: string(name), Value: string(bytes.TrimSpace(value))}
			case last.Name != "" && len(last.Value) < 4*MaxDiagnostic && (loose || line[0] == ' ' || line[0] == '\t'):
				last.Value += " " + string(bytes.TrimSpace(line))
			}
		}
		if last.Name != "" {
			yield(last)
		}
	}
}

// isFieldName reports a word of letters and hyphens, as all fields of a delivery status are.
func isFieldName(name string) bool {
	for i := range len(name) {
		if c := name[i]; !isWordByte(c) && c != '-' || c >= 0x80 {
			return false
		}
	}
	return name != "" && (name[0] < '0' || name[0] > '9')
}

// afterType removes the type that stands before a value of a delivery status: "rfc822; value".
func afterType(value string) string {
	if kind, rest, found := strings.Cut(value, ";"); found && isFieldName(strings.TrimSpace(kind)) {
		return strings.TrimSpace(rest)
	}
	return strings.TrimSpace(value)
}

// target is the recipient that was written to, or else the one that it became.
func (d delivery) target() target {
	original, _, _ := addressIn(afterType(d.original))
	final, _, _ := addressIn(afterType(d.final))
	if original.IsZero() {
		return target{to: final}
	}
	return newTarget(original, final)
}

// target is an address that was written to, and the one that it became if that is another.
type target struct{ to, final message.Address }

func newTarget(to, final message.Address) target {
	if final.Key() == to.Key() {
		final = message.Address{}
	}
	return target{to, final}
}

// outcome is what became of a recipient.
type outcome int

const (
	failed outcome = iota
	delayed
	arrived
)

// outcome reads Action (RFC 3464 §2.3.3), and Status where there is none.
func (d delivery) outcome() outcome {
	action := strings.ToLower(d.action)
	switch {
	case strings.HasPrefix(action, "delay"):
		return delayed
	case strings.HasPrefix(action, "deliver"), strings.HasPrefix(action, "relay"), strings.HasPrefix(action, "expand"):
		return arrived
	case action == "" && strings.HasPrefix(d.status, "2"):
		return arrived
	case action == "" && strings.HasPrefix(d.status, "4"):
		return delayed
	}
	return failed
}
