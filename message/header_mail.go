package message

import "time"

// From returns the author. Where the field names several, it is the first one.
// ok is false where there is no From at all or no address in it.
func (m *Message) From() (mb Mailbox, ok bool) {
	all := m.mailboxes("From")
	for _, mb := range all {
		if !mb.Address.IsZero() {
			return mb, true
		}
	}
	if len(all) > 0 {
		return all[0], false
	}
	return Mailbox{}, false
}

// To returns the addressees, members of groups included; at most 1,000 a field. An
// address that cannot be read is zero, with its name kept.
func (m *Message) To() []Mailbox { return m.mailboxes("To") }

// Cc returns those who get a copy, as To does.
func (m *Message) Cc() []Mailbox { return m.mailboxes("Cc") }

// Resent returns those to whom somebody sent the message on, as To does (RFC 5322 §3.6.6).
func (m *Message) Resent() []Mailbox {
	return append(m.mailboxes("Resent-To"), m.mailboxes("Resent-Cc")...)
}

// Mailboxes reads every field called name as a list of addresses.
func (m *Message) mailboxes(name string) []Mailbox {
	var all []Mailbox
	for _, v := range m.Header.Values(name) {
		all = append(all, readMailboxes(v)...)
	}
	return all
}

// Subject returns the decoded subject in one line, without controls and bidi marks.
func (m *Message) Subject() string { return m.Header.Text("Subject") }

// Date returns when the message was written, or where it does not say so, when
// the last host received it. A time without a zone is UTC.
func (m *Message) Date() (t time.Time, ok bool) {
	if t, ok = readDate(m.Header.Get("Date")); ok {
		return t, true
	}
	return readDate(m.Header.Get("Received"))
}
