package message

import (
	"net/netip"
	"time"
)

// Envelope is what the sending host said about a message, and what we know
// about that host. It is apart from the message: the header may say other things. The numbers of its
// fields are how it is stored, and for ever.
type Envelope struct {
	Client netip.Addr `json:",omitzero" cbor:"1,keyasint,omitzero"`   // zero where no host is known, as for fetched mail
	Helo   string     `json:",omitempty" cbor:"2,keyasint,omitempty"` // as given, unchecked
	TLS    bool       `json:",omitempty" cbor:"3,keyasint,omitempty"` // the session was encrypted
	LMTP   bool       `json:",omitempty" cbor:"4,keyasint,omitempty"` // a mail server in front handed it over (RFC 2033)
	UTF8   bool       `json:",omitempty" cbor:"5,keyasint,omitempty"` // SMTPUTF8 was asked for (RFC 6531)

	From     Address   `json:",omitzero" cbor:"6,keyasint,omitzero"` // zero is the null sender
	To       Address   `json:",omitzero" cbor:"7,keyasint,omitzero"` // the one address of ours
	Received time.Time `cbor:"8,keyasint,omitempty"`
}

// Mailbox is a name for people and the address behind it. Either may be empty.
type Mailbox struct {
	Name    string
	Address Address
}
