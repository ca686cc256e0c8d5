package bounce

import (
	"bytes"
	"slices"
	"strings"

	"sencoforum/message"
)

// Bounds of what Keep returns.
const (
	keepFields = 300  // of the header
	keepValue  = 1000 // bytes of one value
	keepBytes  = 128 << 10
)

// Keep returns what is kept of a bounce: the fields of its header, and behind an empty line those of its delivery
// status or feedback report. Nothing of the returned mail is in it, neither its header nor its text, and no text that
// the reporting host wrote for people, since it may quote the mail. The fields of the parts are those of RFC 3464 and
// RFC 5965 only; each is one line of UTF-8 without controls. The
// subject of a bounce may repeat that of the mail. The result has at most 128 KiB.
func Keep(m *message.Message) []byte {
	var b bytes.Buffer
	seen := make(map[string]bool)
	for i, f := range m.Header.Fields() {
		name := strings.ToLower(f.Name)
		if i == keepFields {
			break
		}
		if seen[name] && slices.Contains(onceFields, name) {
			continue
		}
		seen[name] = true
		keepField(&b, f)
	}
	for _, p := range m.Walk() {
		switch {
		case isStatusType(p.Type):
			keepPart(&b, p.Content(), statusFields)
		case p.Type == "message/feedback-report":
			keepPart(&b, p.Content(), feedbackFields)
		}
	}
	return b.Bytes()
}

// onceFields stand once in a header (RFC 5322 §3.6). A second one belongs to the mail that came back, where a broken
// server forgot the line between them.
var onceFields = []string{"from", "to", "cc", "subject", "date", "message-id", "reply-to", "sender", "in-reply-to", "references"}

// feedbackFields are the fields of a feedback report that are kept (RFC 5965 §3, RFC 6591 §3.1). Those that hold parts
// of the mail, such as Reported-URI, are not.
var feedbackFields = []string{
	"feedback-type", "user-agent", "version", "original-envelope-id", "original-mail-from", "arrival-date", "received-date",
	"reporting-mta", "source-ip", "incidents", "authentication-results", "original-rcpt-to", "removal-recipient",
	"reported-domain", "auth-failure", "delivery-result", "identity-alignment", "dkim-domain",
}

func keepPart(b *bytes.Buffer, content []byte, names []string) {
	empty := true
	for f := range fieldsOf(content, false) {
		switch {
		case f.Name == "":
			empty = true
			continue
		case !slices.Contains(names, strings.ToLower(f.Name)):
			continue
		}
		if empty {
			b.WriteByte('\n')
			empty = false
		}
		keepField(b, f)
	}
}

func keepField(b *bytes.Buffer, f message.Field) {
	name, value := oneLine(f.Name, 100), oneLine(f.Value, keepValue)
	if name != "" && b.Len()+len(name)+len(value)+4 <= keepBytes {
		b.WriteString(name + ": " + value + "\n")
	}
}
