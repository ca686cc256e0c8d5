package notice

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"sencoforum/hold"
	"sencoforum/message"
)

// Decided tells a moderator what their reply did to an item. All moments are of the time zone of its readers.
type Decided struct {
	Matter
	Token   string
	Read    string // what the robot understood
	Web     bool   // it was done on a page, and no mail was read
	Verdict hold.Verdict
	Trust   bool
	Reason  string    // for the author, of a rejection
	Members int       // who get an approved post
	Due     time.Time // when it takes effect
}

// done says in one word what a verdict is, for a subject.
func (n Matter) done(v hold.Verdict) string {
	switch v {
	case hold.Approved:
		if n.Kind == hold.Application {
			return "Let in"
		}
		if n.Kind == hold.Role {
			return "Still " + aRole(n.Role)
		}
		return "Approved"
	case hold.Rejected:
		if n.OnPerson() {
			return "Said no to"
		}
		return "Sent back to " + n.first()
	case hold.Discarded:
		return "Discarded"
	case hold.Withdrawn:
		return "Taken back by " + n.first()
	}
	if n.OnPerson() {
		return "Nobody decided"
	}
	return "Sent back unread to " + n.first()
}

// Compose returns the mail.
func (n Decided) Compose(to To) (Mail, error) {
	undo := ""
	if n.Due.After(to.Now) {
		undo = "Changed your mind? Reply undo before then."
	}
	trust := ""
	if n.Trust {
		trust = capital(n.first()) + " is not held any more."
	}
	what, reason := n.what(to.Now), ""
	if n.Verdict == hold.Rejected {
		reason = indent(n.Reason)
	}
	return to.moderators(n.done(n.Verdict)+": "+n.quoted(), n.Token, paragraphs(fill(what), reason, fill(trust), fill(undo), source(n.Read, n.Web)))
}

func (n Decided) what(now time.Time) string {
	when := soon(now, n.Due)
	switch {
	case n.Kind == hold.Application && n.Verdict == hold.Approved:
		return "You let " + n.full() + " in. The welcome goes " + when + "."
	case n.Kind == hold.Role && n.Verdict == hold.Approved:
		return "You said that it is " + n.full() + ". The role comes back " + when + "."
	case n.OnPerson() && n.Verdict == hold.Discarded:
		return "You discarded this. " + capital(n.first()) + " is not told. That takes effect " + when + "."
	case n.OnPerson():
		return "You said no. " + capital(n.first()) + " gets your words " + when + ":"
	case n.Verdict == hold.Approved:
		return "You approved this. It goes to " + count(n.Members, "member") + " " + when + "."
	case n.Verdict == hold.Rejected:
		return "You sent this back. " + capital(n.first()) + " gets it " + when + ", with these words from you:"
	}
	return "You discarded this. " + capital(n.first()) + " is not told. It is thrown away " + when + "; we keep a copy for 30 days."
}

// indent sets somebody's own words apart; no line of them begins at the margin.
func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(clean(text))) {
		for _, piece := range strings.Split(fill(line), "\n") {
			b.WriteString(strings.TrimRight("  "+piece, " ") + "\n")
		}
	}
	return b.String()
}

// Already tells a moderator that an item was decided before their reply came.
type Already struct {
	Matter
	Token    string
	Read     string
	Decision hold.Decision
	By       string // first name of who decided; empty for the operator
}

// Compose returns the mail.
func (n Already) Compose(to To) (Mail, error) {
	what, next := n.line(to)
	switch d := n.Decision; {
	case d.Done:
	case d.Verdict == hold.Approved && !n.OnPerson():
		next += " To stop it before then, reply undo."
	default:
		next += " To stop that before then, reply undo."
	}
	return to.moderators("Already "+lower(n.done(n.Decision.Verdict))+": "+n.quoted(), n.Token,
		paragraphs(fill(what+" Your reply changed nothing.")+"\n"+fill(next), read(n.Read)))
}

// line says what was decided, by whom and when, and when that takes effect or did.
func (n Already) line(to To) (what, next string) {
	d := n.Decision
	verb := map[hold.Verdict]string{hold.Approved: "approved %s", hold.Rejected: "sent %s back", hold.Discarded: "discarded %s", hold.Withdrawn: "took %s back",
		hold.Unheard: "sent %s back"}[d.Verdict]
	by := cmp.Or(shorten(n.By), "The operator")
	switch d.Verdict {
	case hold.Withdrawn:
		by = capital(n.first())
	case hold.Unheard:
		by = "The robot"
	}
	when := "at " + hm(d.At)
	if !sameDay(d.At, to.Now) {
		when = "on " + day(d.At) + " at " + hm(d.At)
	}
	what = by + " " + fmt.Sprintf(verb, "this") + " " + when + "."
	switch {
	case d.Done && n.OnPerson():
		next = "It took effect at " + hm(d.Due) + "."
	case d.Done && d.Verdict == hold.Approved:
		next = "It went out at " + hm(d.Due) + "."
	case !d.Done && d.Verdict == hold.Approved && !n.OnPerson():
		next = "It goes out at " + hm(d.Due) + "."
	case !d.Done:
		next = "It takes effect at " + hm(d.Due) + "."
	}
	return what, next
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func sameDay(a, b time.Time) bool {
	y, m, d := a.Date()
	v, n, e := b.Date()
	return y == v && m == n && d == e
}

// Why says why a moderator's reply did nothing.
type Why string

// The reasons.
const (
	NotRead     Why = "not read"      // no word that we know, or more than one
	NotOffered  Why = "not offered"   // trust, of what may name a child
	WhichOne    Why = "which one"     // a batch, and no number
	RejectOrBin Why = "reject or bin" // a bare no
	NoSuchWords Why = "no such words" // redact, of words that do not stand there
	NoFiles     Why = "no files"      // remove attachments, where there are none
	TooLate     Why = "too late"      // undo, after it took effect
	NoUndo      Why = "no undo"       // undo, of what nobody decided
	NotHere     Why = "not here"      // ask, of a message to the list
	AuthorLeft  Why = "author left"   // approve, of somebody who is no member any more
	Sealed      Why = "sealed"        // redact, in what cannot be changed
	NotSigned   Why = "not signed"    // approve, of a role, in an email without a signature
)

// Unclear tells a moderator that their reply did nothing, and what they may answer.
type Unclear struct {
	Held
	Read string
	Why  Why
	When time.Time // TooLate: when it took effect
	Post uint32    // TooLate: the number of the post that has gone out; 0 for all else
}

// Compose returns the mail.
func (n Unclear) Compose(to To) (Mail, error) {
	subject := "Nothing was done"
	if n.Code != "" {
		subject += ": " + n.quoted()
	}
	return to.moderators(subject, n.Token, paragraphs(fill(n.why()), read(n.Read), n.next(to.List.Service("request"))))
}

func (n Unclear) why() string {
	switch n.Why {
	case NotOffered:
		return "This message may name a child, and then trust is not offered. It is still waiting."
	case WhichOne:
		return "Several messages wait, and your reply did not say which one. Nothing was done."
	case RejectOrBin:
		return "Do you want to send it back, or throw it away? It is still waiting."
	case NoSuchWords:
		return "I did not find these words in the message, so nothing was taken out. It is still waiting."
	case NoFiles:
		return "The message has no files, so nothing was taken out. It is still waiting."
	case TooLate:
		if n.Post != 0 {
			return "That is too late to undo: it went out at " + hm(n.When) + "."
		}
		return "That is too late to undo: it took effect at " + hm(n.When) + "."
	case NoUndo:
		return "Nobody has decided about this yet, so there is nothing to undo. It is still waiting."
	case NotSigned:
		return "To give a role back I need an email that your mail system signs (DKIM), and this one had no such mark. It is still waiting. " +
			"Ask another moderator, or whoever runs the server."
	case NotHere:
		return "I can ask people who want to join, but not the writer of a message. It is still waiting."
	case AuthorLeft:
		return "The writer is not a member any more, so this cannot be sent. It is still waiting."
	case Sealed:
		return "The message is signed or cannot be read, so I cannot take anything out of it. It is still waiting."
	}
	if n.OnPerson() {
		return "I was not sure what you want, so " + n.full() + " is still waiting."
	}
	return "I was not sure what you want, so the message is still waiting."
}

func (n Unclear) next(robot message.Address) string {
	switch n.Why {
	case TooLate:
		if n.Post == 0 {
			return ""
		}
		hide := fmt.Sprintf("To hide it and to stop what still goes out, write stop #%d to\n%s", n.Post, robot)
		if n.Web != "" {
			hide += fmt.Sprintf("\nOr press Stop on this page: %s/mod/post/%d", strings.TrimRight(n.Web, "/"), n.Post)
		}
		return hide
	case WhichOne:
		return "Reply with the number, for example:  approve 2   or   reject 1 names"
	case RejectOrBin:
		return "Reply with one of these lines:\n\n" + columns([][2]string{{"reject REASON", "send it back to " + n.first() + " with your reason"},
			{"discard", "throw it away; " + n.first() + " is not told"}})
	}
	hint := ""
	if strings.Contains(strings.ToLower(n.Read), "out") && n.Why == NotRead && n.Kind == hold.Post {
		hint = fill("I can take words out. Reply: redact \"WORDS\" and I show you the result first.") + "\n\n"
	}
	return hint + "Reply with one of these lines:\n\n" + columns(n.words())
}

// Told tells the other moderators, in the thread of the item, what one of them decided.
type Told struct {
	Matter
	Token   string
	Line    string // "Approved by Sam, 10:42."
	Undo    time.Time
	Comment string // what the decision said to the writer
	More    string // why nothing came of a decision, a sentence
}

// OutcomeLine says in one line what was decided, by whom and when.
func OutcomeLine(k hold.Kind, v hold.Verdict, by string, at time.Time) string {
	words := map[hold.Verdict]string{hold.Approved: "Approved", hold.Rejected: "Sent back", hold.Discarded: "Discarded",
		hold.Withdrawn: "Taken back by its writer", hold.Unheard: "Nobody decided, so it went back to its writer"}[v]
	switch {
	case k == hold.Post:
	case v == hold.Approved && k == hold.Role:
		words = "Confirmed"
	case v == hold.Approved:
		words = "Let in"
	case v == hold.Rejected:
		words = "Refused"
	case v == hold.Unheard:
		words = "The time ran out"
	}
	if v == hold.Withdrawn || v == hold.Unheard {
		return words + ", " + hm(at) + "."
	}
	return words + " by " + cmp.Or(shorten(by), "the operator") + ", " + hm(at) + "."
}

// Compose returns the mail.
func (n Told) Compose(to To) (Mail, error) {
	undo := ""
	if n.Undo.After(to.Now) {
		undo = "To stop that before " + hm(n.Undo) + ", reply undo."
	}
	comment := ""
	if n.Comment != "" {
		comment = "The writer gets these words:\n\n" + indent(n.Comment)
		if n.OnPerson() {
			comment = capital(n.first()) + " gets these words:\n\n" + indent(n.Comment)
		}
	}
	return to.moderators(strings.TrimSuffix(n.Line, ".")+": "+n.quoted(), n.Token, paragraphs(n.Line+"\n"+undo, fill(n.More), comment))
}

// Done tells a moderator that a reply did something that decides nothing.
type Done struct {
	Matter
	Token string
	Read  string
	Web   bool   // it was done on a page
	Did   string // a sentence
	Short string // how the subject begins
}

// Compose returns the mail.
func (n Done) Compose(to To) (Mail, error) {
	return to.moderators(n.Short+": "+n.quoted(), n.Token, paragraphs(fill(n.Did), source(n.Read, n.Web)))
}

// Doubted tells a moderator, at the address that is stored, that a reply in their name was not taken. It comes with a fresh
// token, and never shows the reply.
type Doubted struct {
	Held
	From string // the address that the reply came from, where it is not theirs; else its sender was not shown to be them
	Days int    // the token of the reply was older than this; 0: it was not
}

// Compose returns the mail.
func (n Doubted) Compose(to To) (Mail, error) {
	why := "Your mail system did not prove that this was you."
	switch {
	case n.Days > 0:
		why = fmt.Sprintf("The email that you answered is more than %d days old. This is a fresh one.", n.Days)
	case n.From != "":
		why = "This reply came from " + shorten(n.From) + ". Moderator replies must come from " + to.Person.Address.String() + "."
	}
	next := "Reply to this email from your usual address."
	if n.Web != "" {
		next = "Reply to this email from your usual address, or use the web:\n" + strings.TrimRight(n.Web, "/") + "/mod/" + n.Code
	}
	if n.From == "" && n.Days == 0 {
		next = fill("If you did not send it, tell the other moderators: somebody may have seen your mail.")
		if n.Web != "" {
			next = "Please use the web link: " + strings.TrimRight(n.Web, "/") + "/mod/" + n.Code + "\n" + next
		}
	}
	subject := "Nothing was done"
	if n.Code != "" {
		subject += ": " + n.quoted()
	}
	return to.moderators(subject, n.Token, paragraphs(fill("Somebody answered the email about this message in your name, and nothing was done.")+"\n"+fill(why), next))
}

// Morning is the note of what waits, at 07:30 on school days.
type Morning struct {
	Token      string
	Waiting    []Wait
	Approved   int // yesterday
	Returned   int
	Discarded  int
	Unverified int    // messages of senders that could not be checked
	Open       []Open // questions that nobody has answered for 2 school days
	Archive    string // base address of the archive; empty while there is none
	Outcomes   []string
	Web        string
	Asked      bool // a moderator asked what waits: it is no note of the morning
}

// Wait is one item in the note.
type Wait struct {
	Matter
	Since   time.Time
	Claimed string // first name of who has it
	Back    bool   // tomorrow it goes back to its writer
}

// Compose returns the mail.
func (n Morning) Compose(to To) (Mail, error) {
	hello := "Good morning. "
	if n.Asked {
		hello = ""
	}
	if n.Asked && len(n.Waiting) == 0 {
		return to.moderators("Nothing waits", "", paragraphs("Nothing waits for a moderator.", n.yesterday()))
	}
	if len(n.Waiting) == 0 {
		return to.moderators("What was decided: "+count(n.Approved+n.Returned+n.Discarded, "message"), "", paragraphs("Good morning. Nothing waits.", strings.Join(n.Outcomes, "\n"), n.yesterday(), n.open()))
	}
	oldest := n.Waiting[0].Since
	for _, w := range n.Waiting {
		if w.Since.Before(oldest) {
			oldest = w.Since
		}
	}
	verb := " wait"
	if len(n.Waiting) == 1 {
		verb = " waits"
	}
	subject := count(len(n.Waiting), "message") + verb + ", the oldest " + lasting(to.Now.Sub(oldest))
	how := "Reply with one line, for example:  approve 1   or   reject 1 names"
	if n.Web != "" {
		how += "\nSee them: " + strings.TrimRight(n.Web, "/") + "/mod"
	}
	return to.moderators(subject, n.Token, paragraphs(hello+"These wait:", n.lines(to.Now), how, strings.Join(n.Outcomes, "\n"), n.yesterday(), n.open()))
}

// mostWaits is how many items a note lists.
const mostWaits = 12

func (n Morning) lines(now time.Time) string {
	var b strings.Builder
	for i, w := range n.Waiting {
		if i == mostWaits {
			fmt.Fprintf(&b, "  and %d more\n", len(n.Waiting)-i)
			break
		}
		fmt.Fprintf(&b, "  %d. #%s  %s   %s\n", i+1, w.Code, lasting(now.Sub(w.Since)), w.line())
		state := "nobody has it"
		if w.Claimed != "" {
			state = shorten(w.Claimed) + " has it"
		}
		switch {
		case w.Back && w.OnPerson():
			state += "; ends tomorrow, and they are told"
		case w.Back:
			state += "; goes back to its writer tomorrow"
		}
		fmt.Fprintf(&b, "     %s; %s\n", w.reason(), state)
	}
	return b.String()
}

func (w Wait) line() string {
	if w.OnPerson() {
		return w.full()
	}
	return w.full() + ": \"" + plainQuotes(cmp.Or(shorten(w.Subject), "(no subject)")) + "\""
}

func (w Wait) reason() string {
	switch {
	case w.Kind == hold.Role:
		return "was " + aRole(w.Role) + ", has a new address"
	case w.Kind == hold.Application && !w.Left.IsZero():
		return "wants to come back"
	case w.Kind == hold.Application:
		return "wants to join"
	}
	for _, c := range causes {
		if c.cause == w.main() {
			return lower(c.subject)
		}
	}
	return "held"
}

func (n Morning) yesterday() string {
	var all []string
	if n.Approved+n.Returned+n.Discarded > 0 {
		all = append(all, fmt.Sprintf("Yesterday: %d approved, %d sent back, %d discarded.", n.Approved, n.Returned, n.Discarded))
	}
	if n.Unverified > 0 {
		all = append(all, count(n.Unverified, "message")+" from senders that we could not check or do not know; nobody needs to do anything.")
	}
	return fill(strings.Join(all, " "))
}

// UndoLine says in one line that a decision was taken back.
func UndoLine(v hold.Verdict, by string, at time.Time) string {
	words := map[hold.Verdict]string{hold.Approved: "the approval", hold.Rejected: "the rejection", hold.Discarded: "the discarding"}[v]
	return cmp.Or(shorten(by), "The operator") + " took " + cmp.Or(words, "the decision") + " back, " + hm(at) + ". It waits again."
}

// ClaimLine says in one line that somebody looks after an item.
func ClaimLine(by string, at time.Time) string {
	return cmp.Or(shorten(by), "The operator") + " looks after this for 24 hours, " + hm(at) + "."
}
