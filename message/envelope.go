package message

import (
	"net/netip"
	"time"
)

// Envelope is what the sending host said about a message, and what we know
// about that host. It is apart from the message: the header may say other things.
type Envelope struct {
	Client netip.Addr `json:",omitzero"`  // zero where no host is known, as for fetched mail
	Helo   string     `json:",omitempty"` // as given, unchecked
	TLS    bool       `json:",omitempty"` // the session was encrypted
	LMTP   bool       `json:",omitempty"` // a mail server in front handed it over (RFC 2033)
	UTF8   bool       `json:",omitempty"` // SMTPUTF8 was asked for (RFC 6531)

	From     Address `json:",omitzero"` // zero is the null sender
	To       Address `json:",omitzero"` // the one address of ours
	Received time.Time
}

// Mailbox is a name for people and the address behind it. Either may be empty.
type Mailbox struct {
	Name    string
	Address Address
}
