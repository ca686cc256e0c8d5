package courier

import (
	"strings"

	"sencoforum/queue"
)

// verb is a step of a mail transaction, in the order in which they go.
type verb uint8

const (
	rset verb = iota
	mail
	rcpt
	data
	end // the dot behind a body
	verbs
)

// String returns the word that stands in texts for people.
func (v verb) String() string {
	return [...]string{"RSET", "MAIL", "RCPT", "DATA", "end of the message"}[v]
}

// answers are the replies to an envelope. In lock-step those behind a refusal are zero.
type answers [verbs]reply

// move is what to do after the answers to an envelope.
type move uint8

const (
	sendBody move = iota // the peer waits for the mail
	sendDot              // the peer waits for a mail nobody will get: end it at once (RFC 2920 §3.1)
	skip                 // this transaction is over, the next may begin
	leave                // close the connection, nothing sensible can be said on it
)

// ruling is the decision about one envelope.
type ruling struct {
	move    move
	at      verb          // whose reply decided
	outcome queue.Outcome // for the row, unless move is sendBody
	hop     bool          // the reply is about the hop, not about this mail
	reset   bool          // the next transaction needs RSET first
}

// judge decides what follows from the answers to an envelope.
func judge(a answers) ruling {
	taken := a[mail].ok()
	for _, at := range []verb{mail, rcpt} {
		if a[at].ok() {
			continue
		}
		r := refused(at, a[at])
		r.reset = taken
		switch {
		case r.hop:
			r.move = leave
		case a[data].code != 354:
			r.move = skip
		case a[rcpt].ok():
			// No sender but a recipient: a dot would send that recipient an empty mail.
			r.move = leave
		default:
			r.move = sendDot
		}
		return r
	}
	if a[data].code == 354 {
		return ruling{move: sendBody, at: data}
	}
	r := refused(data, a[data])
	r.reset = true
	r.move = skip
	if r.hop {
		r.move = leave
	}
	return r
}

// refused reads a reply that is not the one hoped for.
func refused(at verb, r reply) ruling {
	outcome, hop := meaning(at, r)
	return ruling{at: at, outcome: outcome, hop: hop}
}

// meaning says what a reply makes of the row, and whether it is about the hop. A hop's trouble always defers.
//
// A 552 to RCPT is taken at its word: RFC 5321 §4.5.3.1.10 reads it as "too many recipients", and we send one.
func meaning(at verb, r reply) (outcome queue.Outcome, hop bool) {
	switch {
	case r.ok() && at == end:
		return queue.Delivered, false
	case r.code == 421:
		return queue.Deferred, true
	case r.code/100 == 4:
		return queue.Deferred, at == mail && aboutHop(r)
	case r.code/100 != 5 || outOfStep(r.code):
		return queue.Deferred, true
	case at != mail || aboutMessage(r):
		return queue.Failed, false
	default:
		// A sender refused says nothing about the recipient: never let it count against him.
		return queue.Deferred, !aboutSender(r)
	}
}

// outOfStep reports codes that complain about the conversation: unknown or misplaced commands, log-in or encryption
// missing (RFC 5321 §4.2.2, RFC 4954 §6).
func outOfStep(code int) bool {
	switch code {
	case 500, 502, 503, 504, 530, 534, 535, 538:
		return true
	}
	return false
}

// aboutMessage reports a refusal for the size or the form of the mail itself.
func aboutMessage(r reply) bool {
	e := r.enhanced()
	return e == "5.3.4" || e == "5.2.3" || strings.HasPrefix(e, "5.6.") || e == "" && r.code == 552
}

// aboutSender reports a refusal for the sender's address of this mail, and not for us.
func aboutSender(r reply) bool {
	switch e := r.enhanced(); e {
	case "5.1.7", "5.1.8", "5.5.4":
		return true
	case "":
		return r.code == 501 || r.code == 553 || r.code == 555
	default:
		return false
	}
}

// aboutHop reports a temporary refusal of MAIL for the state of the peer (4.3.z) or its policy (4.7.z), which the
// next mail would meet as well.
func aboutHop(r reply) bool {
	e := r.enhanced()
	return strings.HasPrefix(e, "4.3.") || strings.HasPrefix(e, "4.7.")
}

// polite reports a reply that only ends this connection: 421 for any reason but policy. A new connection may
// well be welcome.
func polite(r reply) bool {
	return r.code == 421 && !strings.HasPrefix(r.enhanced(), "4.7.")
}
