package bounce

import "sencoforum/message"

// Bounds of a Report, whatever the message says.
const (
	MaxRecipients = 100 // kept; Report.More counts the rest
	MaxDiagnostic = 500 // bytes of Recipient.Diagnostic
	maxReporter   = 255 // bytes of Report.Reporter
	maxFeedbackID = 500 // bytes of Report.FeedbackID
	maxText       = 64 << 10
)

// Kind is what a message at a return address is.
type Kind int

// The kinds of a message. Only Failure and Delayed have recipients that a mail did not reach.
const (
	None      Kind = iota // not written by a mail host about a delivery
	Failure               // at least one recipient was given up
	Delayed               // still being tried
	Delivered             // success: delivered, relayed or expanded (RFC 3464 §2.3.3)
	Complaint             // somebody called it spam, or asked to be let off (RFC 5965)
	Feedback              // a feedback report that is no complaint: failed authentication (RFC 6591), not-spam
	AutoReply             // a vacation, a challenge, a receipt of reading (RFC 8098)
)

// String names the kind for logs.
func (k Kind) String() string {
	return [...]string{"none", "failure", "delayed", "delivered", "complaint", "feedback", "autoreply"}[k]
}

// Class is what a failed delivery says about the address.
type Class int

// The classes. Only Dead scores.
const (
	Unknown  Class = iota // shown to moderators
	Dead                  // nobody is there
	NoDomain              // the domain or its mail host is unknown: Dead once a DNS check agrees, Unknown until then
	Full                  // the mailbox is full
	Delay                 // the way was blocked for now, even where the host gave up at last
	Policy                // the mail was refused, not the address: spam, blocklists, DMARC, content, size
)

// String names the class for logs and tables.
func (c Class) String() string {
	return [...]string{"unknown", "dead", "no-domain", "full", "delay", "policy"}[c]
}

// Recipient is one that a mail did not reach.
type Recipient struct {
	// Address is the one that the mail was sent to where the report tells it apart from where it went at last. It is
	// zero where the report names none; the caller then has only the return address.
	Address message.Address

	// Final is where it went at last, where that is known and another: behind an alias, or a domain that was moved.
	Final message.Address

	Class Class

	// Permanent means that the reporter says "never": a status of 5.x.x, or none and it gave up. A status of 4.x.x
	// is temporary even where the reporter gave up.
	Permanent bool

	Status     string // enhanced status code (RFC 3463) such as "5.1.1", or ""
	Diagnostic string // what the refusing host said: one line without controls, at most MaxDiagnostic bytes
}

// Report is what a message says.
type Report struct {
	Kind       Kind
	Recipients []Recipient // of Failure and Delayed; of Complaint and Feedback only with their Address
	More       int         // recipients beyond MaxRecipients; of a text without a status only that there are more
	Reporter   string      // the host that reports, as it names itself, or ""

	FeedbackType string // of a feedback report, in lower case (RFC 5965 §7.3)
	FeedbackID   string // Feedback-ID of the mail that a feedback report returns, for the caller to check
}
