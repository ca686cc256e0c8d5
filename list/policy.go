package list

import "sencoforum/message"

// Authentication is what is known of a message's sender.
type Authentication string

// Verified means that the message comes from its author's domain or from a
// network the operator trusts, or that its author said so. Failed means that
// the domain itself says it does not. Unverified is the rest, and Unknown means
// that it could not be found out now.
const (
	Verified   Authentication = "verified"
	Unverified Authentication = "unverified"
	Failed     Authentication = "failed"
	Unknown    Authentication = "unknown"
)

// Action is what becomes of a message.
type Action string

// The actions.
const (
	Accept    Action = "accept"
	Refuse    Action = "refuse"
	Hold      Action = "hold"       // nothing shows who wrote it: whoever From names is asked, if we know them
	AskAuthor Action = "ask author" // kept: its author is asked whether it is meant for everybody
	Moderate  Action = "moderate"   // kept: moderators decide
	Stranger  Action = "stranger"   // kept: who wrote it is no member under that address, and may be asked for another
	Discard   Action = "discard"    // certainly automatic
	Duplicate Action = "duplicate"  // known already
)

// Keeps reports that the message is stored for people to read, now or when it has been decided about.
func (a Action) Keeps() bool {
	return a == Accept || a == Hold || a == AskAuthor || a == Moderate || a == Stranger
}

// A Submission is all that the posting policy looks at. It holds facts, so
// that the policy needs neither a store nor a clock.
type Submission struct {
	List      List
	Texts     Texts
	Form      *message.FormError // fault of the strict form, or nil
	Size      int64              // bytes as received
	Limit     int64              // bytes, the server's limit
	Loop      string             // why it is a loop, or empty
	FromUs    bool               // From is an address of ours
	Auth      Authentication
	Known     bool     // the duplicate key is known
	Automatic []string // certain signs of automatic mail
	Author    *Membership
	Spam      string // the field in which a filter that we believe calls it spam, or empty
	Addresses int    // in To and Cc
	Signs     Signs  // what a person may have to look at
	Banned    bool   // From, or another address of the author's, is banned from the list
}

// A Verdict is what the policy decided and every reason it had, the deciding
// one first.
type Verdict struct {
	Action  Action
	Refusal *Refusal // set when Action is Refuse
	Reasons []string // stable words for the log and for moderators

	Findings []Finding // every reason to hold it; set when Action is AskAuthor or Moderate
}

// maxAddresses is the most addresses in To and Cc that a post may have.
const maxAddresses = 100

// Decide applies the rules for a post in their order; the first that matches
// decides. It is pure: the same submission always gets the same verdict.
func Decide(s Submission) Verdict {
	for _, rule := range rules {
		if v, ok := rule(s); ok {
			return v
		}
	}
	return Verdict{Action: Accept, Reasons: []string{"member"}}
}

// rules stand in the order of the specification: form, loop, our own address,
// sender, duplicate, automatic, may not post, not a member, and what makes a member's message wait.
var rules = []func(Submission) (Verdict, bool){
	form, loop, fromUs, sender, duplicate, automatic, mayPost, member, wait,
}

func refuse(s Submission, c Case, reasons ...string) (Verdict, bool) {
	return Verdict{Action: Refuse, Refusal: s.Texts.Refuse(c), Reasons: append([]string{string(c)}, reasons...)}, true
}

func form(s Submission) (Verdict, bool) {
	limit := s.Limit
	if s.List.MaxMessage > 0 && (limit == 0 || s.List.MaxMessage < limit) {
		limit = s.List.MaxMessage
	}
	switch {
	case limit > 0 && s.Size > limit:
		return refuse(s, CaseSize)
	case s.Form != nil:
		return refuse(s, FormCase(s.Form), s.Form.Rule)
	case s.Addresses > maxAddresses:
		return refuse(s, CaseMany)
	}
	return Verdict{}, false
}

// FormCase says which words a fault of form is answered with: one about the
// sender has words of its own, because the writer can mend it.
func FormCase(f *message.FormError) Case {
	if f.AboutFrom() {
		return CaseNoFrom
	}
	return CaseForm
}

func loop(s Submission) (Verdict, bool) {
	if s.Loop == "" {
		return Verdict{}, false
	}
	return refuse(s, CaseLoop, s.Loop)
}

func fromUs(s Submission) (Verdict, bool) {
	if !s.FromUs {
		return Verdict{}, false
	}
	return refuse(s, CaseFromUs)
}

func sender(s Submission) (Verdict, bool) {
	switch s.Auth {
	case Verified:
		return Verdict{}, false
	case Unverified:
		// For everybody, whether From is a member's address or a stranger's: the answer says nothing about members.
		return Verdict{Action: Hold, Reasons: []string{string(Unverified)}}, true
	case Unknown:
		return refuse(s, CaseLater, string(s.Auth))
	}
	return refuse(s, CaseSender, string(s.Auth))
}

func duplicate(s Submission) (Verdict, bool) {
	return Verdict{Action: Duplicate, Reasons: []string{"duplicate"}}, s.Known
}

func automatic(s Submission) (Verdict, bool) {
	if len(s.Automatic) == 0 {
		return Verdict{}, false
	}
	return Verdict{Action: Discard, Reasons: append([]string{"automatic"}, s.Automatic...)}, true
}

func mayPost(s Submission) (Verdict, bool) {
	switch {
	case s.List.Closed:
		return refuse(s, CaseClosed)
	case s.Banned, s.Author != nil && s.Author.NoPosting:
		return refuse(s, CaseStopped)
	}
	return Verdict{}, false
}

func member(s Submission) (Verdict, bool) {
	switch {
	case s.Author != nil:
		return Verdict{}, false
	case s.Spam != "":
		return refuse(s, CaseSpam, s.Spam)
	case s.List.Strangers() == NonMemberRefuse:
		return refuse(s, CaseStranger)
	case s.List.Strangers() == NonMemberHold:
		return Verdict{}, false // moderators decide, and see every other reason too
	}
	return Verdict{Action: Stranger, Reasons: []string{string(Stranger)}}, true
}

// wait collects every reason for which a person has to look at the post. About some of them its author is asked first.
func wait(s Submission) (Verdict, bool) {
	v := Verdict{Action: Moderate, Findings: findings(s)}
	for _, f := range v.Findings {
		v.Reasons = append(v.Reasons, string(f.Cause))
		if f.Cause.AskedOfAuthor() && s.Author != nil {
			v.Action = AskAuthor
		}
	}
	return v, len(v.Findings) > 0
}
