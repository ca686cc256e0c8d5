package relay

import (
	"sencoforum/list"
	"sencoforum/message"
)

// A Word is what the whole of a mail to a relay address says when it is meant for the robot.
type Word string

// The words. Unclear is a mail that begins with one of them and goes on.
const (
	NoWord  Word = ""
	Mute    Word = "mute"
	Unmute  Word = "unmute"
	Report  Word = "report"
	Unclear Word = "unclear"
)

// A Request is all that the decision about a mail to a relay address looks at. It holds facts, so that the decision needs
// neither a store nor a clock.
type Request struct {
	Texts     list.Texts
	Form      *message.FormError // fault of the strict form, or nil
	Size      int64              // bytes as received
	Limit     int64              // bytes, the smaller of the server's and the list's
	Addresses int                // in To and Cc
	Loop      string             // why it is a loop, or empty
	FromUs    bool               // From is an address of ours
	Auth      list.Authentication
	Known     bool     // it came before
	Automatic []string // certain signs of automatic mail
	Perhaps   []string // every sign of it

	Writer  *list.Membership // nil: no member
	Lent    bool             // the address is for somebody else to use
	Self    bool             // it leads to the writer
	Word    Word
	Reader  list.Membership
	Muted   bool // the reader wants none of the writer's
	Written int  // messages of the writer's today
}

// maxAddresses is the most addresses in To and Cc, as for a post.
const maxAddresses = 100

// Decide says what becomes of a mail to a relay address; the first rule that matches decides. It is pure. Accept means that
// it is relayed, or, where there is a word, that the word is done. Authentication comes before any look at members, so that
// whoever is not verified learns nothing of them.
func Decide(r Request) list.Verdict {
	for _, rule := range []func(Request) (list.Verdict, bool){form, origin, kept, person, able} {
		if v, ok := rule(r); ok {
			return v
		}
	}
	return list.Verdict{Action: list.Accept, Reasons: []string{"private message"}}
}

func (r Request) refuse(c list.Case, reasons ...string) (list.Verdict, bool) {
	return list.Verdict{Action: list.Refuse, Refusal: r.Texts.Refuse(c), Reasons: append([]string{string(c)}, reasons...)}, true
}

// form holds the rules about size, form and loops, which are those of posts.
func form(r Request) (list.Verdict, bool) {
	switch {
	case r.Limit > 0 && r.Size > r.Limit:
		return r.refuse(list.CaseSize)
	case r.Form != nil:
		return r.refuse(list.FormCase(r.Form), r.Form.Rule)
	case r.Addresses > maxAddresses:
		return r.refuse(list.CaseMany)
	case r.Loop != "":
		return r.refuse(list.CaseLoop, r.Loop)
	case r.FromUs:
		return r.refuse(list.CaseFromUs)
	}
	return list.Verdict{}, false
}

// origin demands that the message really came from whom From names. Nothing is held: whoever cannot be verified is told so
// in the session.
func origin(r Request) (list.Verdict, bool) {
	switch r.Auth {
	case list.Verified:
		return list.Verdict{}, false
	case list.Unknown:
		return r.refuse(list.CaseLater, string(r.Auth))
	case list.Failed:
		return r.refuse(list.CaseSender, string(r.Auth))
	}
	return r.refuse(list.CaseUnproved, string(r.Auth))
}

// kept is about what is taken and goes nowhere.
func kept(r Request) (list.Verdict, bool) {
	switch {
	case r.Known:
		return list.Verdict{Action: list.Duplicate, Reasons: []string{"duplicate"}}, true
	case len(r.Automatic) > 0:
		return list.Verdict{Action: list.Discard, Reasons: append([]string{"automatic"}, r.Automatic...)}, true
	}
	return list.Verdict{}, false
}

// person is about who may use the address. A word for the robot needs no more than that.
func person(r Request) (list.Verdict, bool) {
	switch {
	case r.Writer == nil:
		return r.refuse(list.CaseStranger)
	case r.Lent:
		return r.refuse(list.CaseToken)
	case r.Self:
		return r.refuse(list.CaseSelf)
	case r.Word != NoWord:
		return list.Verdict{Action: list.Accept, Reasons: []string{string(r.Word)}}, true
	}
	return list.Verdict{}, false
}

// able is about whether these two write to each other, and how much. Whom a reader has muted is not told more than that the
// reader takes no messages.
func able(r Request) (list.Verdict, bool) {
	switch {
	case r.Writer.NoPosting, r.Writer.NoRelay:
		return r.refuse(list.CaseNoRelay)
	case r.Reader.NoRelay, r.Reader.Suspended, r.Muted:
		return r.refuse(list.CasePrivate)
	case perhaps(r.Perhaps) != "":
		return r.refuse(list.CaseMachine, perhaps(r.Perhaps))
	case r.Written >= MostADay:
		return r.refuse(list.CaseToday)
	}
	return list.Verdict{}, false
}

// perhaps is the first sign that a machine may have written a message. A field by which people ask for no automatic answer
// is none, since two machines that write to each other here are what must not be.
func perhaps(signs []string) string {
	for _, s := range signs {
		switch s {
		case "X-Auto-Response-Suppress", "X-No-Ack", "X-Ack":
			continue
		}
		return s
	}
	return ""
}
