package list

import (
	"fmt"
	"strings"
)

// A Case names one reason for which a message is refused or put off. The
// names are stable: they appear in the mail log and in the address of the
// help page about them.
type Case string

// The cases that a sender may meet in an SMTP session.
const (
	CaseSize      Case = "size"      // larger than the list takes
	CaseForm      Case = "form"      // cannot be read safely
	CaseNoFrom    Case = "no-from"   // no sender, two senders, or a group as sender
	CaseAddress   Case = "address"   // no such address here
	CaseSender    Case = "sender"    // not shown to come from its sender
	CaseFromUs    Case = "from"      // claims to come from an address of ours
	CaseStopped   Case = "stopped"   // banned, or may not post
	CaseStranger  Case = "stranger"  // not a member
	CaseSpam      Case = "spam"      // called spam by a filter, and from a stranger
	CaseClosed    Case = "closed"    // the list takes no posts
	CaseMany      Case = "many"      // over 100 addresses in To and Cc
	CaseToken     Case = "reply"     // reply address unknown or too old
	CaseUnproved  Case = "unproved"  // a private message, not shown to come from its sender
	CaseNoRelay   Case = "no-relay"  // may not write private messages
	CasePrivate   Case = "private"   // its reader takes no private messages, or not of this writer
	CaseSelf      Case = "self"      // a private message to oneself
	CaseMachine   Case = "machine"   // a private message that a machine may have written
	CaseSealed    Case = "sealed"    // a personal link in a part that is signed
	CaseToday     Case = "today"     // as many private messages today as one may write
	CaseLoop      Case = "loop"      // came back from another system
	CaseLater     Case = "later"     // the sender cannot be checked now
	CaseFault     Case = "fault"     // a fault of ours
	CaseRoom      Case = "room"      // no room on disk
	CaseBusy      Case = "busy"      // too much waits to go out
	CaseOneAtTime Case = "one"       // one of our addresses at a time
	CaseTooMany   Case = "too-many"  // too many connections
	CaseClosing   Case = "closing"   // the server is stopping
	CaseForbidden Case = "forbidden" // relaying, which we do not do
	CaseReports   Case = "reports"   // no report at the address for reports of mail hosts
	CaseFlood     Case = "flood"     // more reports than are taken on one day
	CaseJoin      Case = "join"      // a request to join, not shown to come from its sender
	CaseRequests  Case = "requests"  // too many requests from one network
)

// A Refusal is an answer other than 250, fit for a member to read. It is the
// only error from which an SMTP reply takes its words.
type Refusal struct {
	Code     int    // SMTP reply code, 4xx or 5xx
	Enhanced string // enhanced status code (RFC 3463), for example "5.1.1"
	Case     string
	Text     string // one line of plain ASCII English, at most 200 characters
}

// Error returns the reply as it would appear in a session.
func (r *Refusal) Error() string {
	return fmt.Sprintf("%d %s %s", r.Code, r.Enhanced, r.Text)
}

// Temporary reports whether the sending system should try again.
func (r *Refusal) Temporary() bool { return r.Code < 500 }

// Texts holds what is filled into the words of a refusal.
type Texts struct {
	Name  string // the list's title, or the host's name where no list is meant
	Post  string // posting address, may be empty
	Owner string // address of the people to ask
	Help  string // base address of the help pages, empty while there are none
	Limit string // the largest message, for example "15 MB"
}

// refusals is the table of every refusal: code, enhanced code, the page that
// explains it, and its words.
var refusals = map[Case]struct {
	code     int
	enhanced string
	page     string
	words    string
}{
	CaseSize:      {552, "5.3.4", "size", "{name}: your message is too large; the most is {limit}. Please send a smaller file or a link."},
	CaseForm:      {550, "5.6.0", "form", "{name}: your mail program sent a message we cannot read safely. Please write it again as a new message."},
	CaseNoFrom:    {550, "5.6.0", "form", "{name}: your message must say who it is from, with one address. Please check the From line and send it again."},
	CaseAddress:   {550, "5.1.1", "address", "{name}: there is no such address here. {post}For help write to {owner}."},
	CaseSender:    {550, "5.7.26", "sender", "{name}: we could not check that this message really came from you. Please show this to your technician, or write to {owner}."},
	CaseFromUs:    {550, "5.7.1", "from", "{name}: this message says it comes from us. Please send it from your own address."},
	CaseStopped:   {550, "5.7.1", "stopped", "{name}: we do not take messages from this address. Questions? Write to {owner}."},
	CaseStranger:  {550, "5.7.1", "address", "{name}: we do not know this address, so your message was not sent. A member? Write from your usual address. Questions? {owner}"},
	CaseSpam:      {550, "5.7.1", "spam", "{name}: this looks like advertising, so we did not take it. A mistake? Write to {owner}."},
	CaseClosed:    {550, "5.7.1", "stopped", "{name}: this list takes no new messages. Questions? Write to {owner}."},
	CaseMany:      {550, "5.7.1", "many", "{name}: your message goes to over 100 addresses. Please send it to us alone."},
	CaseToken:     {550, "5.7.1", "reply", "{name}: this reply address no longer works. {post}For help write to {owner}."},
	CaseUnproved:  {550, "5.7.1", "sender", "{name}: we could not check that this came from you, so we did not pass it on. Questions? Write to {owner}."},
	CaseJoin:      {550, "5.7.1", "join", "{name}: we could not check that this came from you. Questions? Write to {owner}."},
	CaseRequests:  {451, "4.7.0", "later", "{name}: too many requests came from your mail system just now. It will try again by itself."},
	CaseNoRelay:   {550, "5.7.1", "private", "{name}: private messages are switched off for you. Questions? Write to {owner}."},
	CasePrivate:   {550, "5.7.1", "private", "{name}: that member cannot be reached by private message. Questions? Write to {owner}."},
	CaseSelf:      {550, "5.7.1", "private", "{name}: this reply address leads to you yourself, so nothing was sent. Questions? Write to {owner}."},
	CaseMachine:   {550, "5.7.1", "private", "{name}: this looks like an automatic answer, so we did not pass it on. A mistake? Write to {owner}."},
	CaseSealed:    {550, "5.7.1", "private", "{name}: your message holds a personal link of ours that we may not take out. Please send it without that link, or not signed."},
	CaseToday:     {550, "5.7.1", "private", "{name}: you have written as many private messages as go in one day. Please send this one tomorrow."},
	CaseLoop:      {554, "5.4.6", "loop", "{name}: this message came back to us from another system, so we stopped it."},
	CaseLater:     {451, "4.7.0", "later", "{name}: we could not check the sender just now. Your mail system will try again by itself."},
	CaseFault:     {451, "4.3.0", "later", "{name}: something is wrong on our side. Your mail system will try again by itself."},
	CaseRoom:      {452, "4.3.1", "later", "{name}: we have no room just now. Your mail system will try again by itself."},
	CaseBusy:      {452, "4.3.2", "later", "{name}: we are very busy just now. Your mail system will try again by itself."},
	CaseOneAtTime: {452, "4.5.3", "later", "{name}: one of our addresses at a time, please. Your mail system does this by itself."},
	CaseTooMany:   {421, "4.7.0", "later", "{name}: too many connections at once. Your mail system will try again by itself."},
	CaseClosing:   {421, "4.3.2", "later", "{name}: we are restarting. Your mail system will try again by itself."},
	CaseForbidden: {550, "5.7.1", "address", "{name}: we take mail only for our own lists."},
	CaseReports:   {550, "5.7.1", "address", "{name}: this address takes only reports of mail systems (DMARC, TLS). To write to people use {owner}."},
	CaseFlood:     {451, "4.7.0", "later", "{name}: we take no more reports today. Your mail system will try again by itself."},
}

// Refuse returns the refusal for a case, with its words filled in. An unknown
// case is a fault of ours, and so temporary.
func (t Texts) Refuse(c Case) *Refusal {
	row, ok := refusals[c]
	if !ok {
		c, row = CaseFault, refusals[CaseFault]
	}
	post := ""
	if t.Post != "" {
		post = "To write to everyone use " + t.Post + "; "
	}
	words := strings.NewReplacer("{name}", t.Name, "{post}", post, "{owner}", t.Owner, "{limit}", t.Limit).Replace(row.words)
	words = strings.Replace(words, "; For help", "; for help", 1)
	if t.Help != "" {
		words += " " + strings.TrimRight(t.Help, "/") + "/h/" + row.page
	}
	return &Refusal{Code: row.code, Enhanced: row.enhanced, Case: string(c), Text: words}
}
