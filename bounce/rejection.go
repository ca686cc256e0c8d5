package bounce

import (
	"strings"

	"sencoforum/message"
)

// readRejection reads a receipt by which the host of a mailbox says that the mailbox is full, as Dovecot does (in the
// form of RFC 5429 §2.2): sent by itself, about a mail that it deleted. Any other receipt is an answer of a person's
// mailbox, and a person may let it say what they like; so no other reason is believed.
func readRejection(m *message.Message) (Report, bool) {
	from, _ := m.From()
	to, deleted := disposition(m)
	if !deleted || to.IsZero() || fromProgram(m) == person {
		return Report{}, false
	}
	text := strings.Join(reportText(m), "\n")
	if phraseClass(plain(text)) != Full || !hasPhrase(plain(text), failurePhrases) {
		return Report{}, false
	}
	rcpt := Recipient{Address: to, Status: findStatus(text), Class: Full, Diagnostic: tellingLine(text)}
	rcpt.Permanent = isPermanent(rcpt.Status, text)
	return Report{Kind: Failure, Recipients: []Recipient{rcpt}, Reporter: oneLine(from.Address.Domain, maxReporter)}, true
}

// disposition reads a receipt (RFC 8098 §3.2): whose mailbox it is, and whether the mailbox deleted the mail and said so
// without its owner.
func disposition(m *message.Message) (to message.Address, deleted bool) {
	for _, p := range m.Walk() {
		if p.Type != "message/disposition-notification" {
			continue
		}
		for f := range fieldsOf(p.Content(), false) {
			switch value := strings.ToLower(f.Value); strings.ToLower(f.Name) {
			case "final-recipient":
				to, _, _ = addressIn(afterType(f.Value))
			case "disposition":
				deleted = strings.HasPrefix(value, "automatic-action") && strings.HasSuffix(value, "deleted")
			}
		}
	}
	return to, deleted
}
