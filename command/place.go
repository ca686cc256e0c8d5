package command

import "strings"

// Place is what a mail answers, or where it was sent. It decides which words are read.
type Place uint32

// The places. The first are answers of a moderator to a notice about one thing that waits.
const (
	Held        Place = 1 << iota // a post that waits, for any reason but the next two
	HeldGuard                     // a post that may name a child
	HeldSpam                      // a post that a filter has marked
	Batch                         // several things that wait, numbered
	Application                   // somebody who wants to join
	Report                        // a post that a member reported
	Stopped                       // a post that a moderator stopped
	Owner                         // a mail to the moderators

	RequestAddress // the address for commands
	Robot          // any other mail of the robot
	Goodbye        // the mail after a leaving
	Suspended      // the mail that says that delivery has ended
	Join           // "Join? Please reply yes"
	Own            // the notice that one's own post waits, or the acknowledgement
	OwnGuard       // the question about one's own post that may name a child
	OwnPrivate     // "Everyone, or only Priya?"
	OwnWord        // "For everyone, or for me?", of mail to the list that looks like a command
	WasYou         // "Did you just write to the forum?"
	Confirming     // a question whether something is really to be done
	Relay          // a private message between members

	Post    // a reply to a post, sent to the list
	PostNew // a new message to the list
)

// Groups of places.
const (
	heldPost  = Held | HeldGuard | HeldSpam | Batch
	decisions = heldPost | Application | Report | Stopped
	toList    = Post | PostNew
	ownPost   = Own | OwnGuard | OwnPrivate | OwnWord
	member    = RequestAddress | Robot | Own | OwnWord | Suspended
	anywhere  = decisions | member | Goodbye | Join | OwnGuard | OwnPrivate | WasYou
)

// placeNames are the names for the command line, in the order in which they are listed.
var placeNames = []struct {
	name string
	at   Place
}{
	{"request", RequestAddress}, {"robot", Robot}, {"post", Post}, {"post-new", PostNew}, {"mod", Held}, {"mod-guard", HeldGuard},
	{"mod-spam", HeldSpam}, {"mod-batch", Batch}, {"mod-join", Application}, {"mod-report", Report}, {"mod-stopped", Stopped},
	{"owner", Owner}, {"join", Join}, {"goodbye", Goodbye}, {"suspended", Suspended}, {"own", Own}, {"own-guard", OwnGuard},
	{"own-private", OwnPrivate}, {"own-word", OwnWord}, {"was-you", WasYou}, {"confirm", Confirming}, {"relay", Relay},
}

// PlaceOf returns the place of a name such as "request" or "mod".
func PlaceOf(name string) (Place, bool) {
	for _, p := range placeNames {
		if p.name == name {
			return p.at, true
		}
	}
	return 0, false
}

// PlaceNames returns the names that PlaceOf knows.
func PlaceNames() []string {
	var names []string
	for _, p := range placeNames {
		names = append(names, p.name)
	}
	return names
}

// String returns the names of the places in p.
func (p Place) String() string {
	var names []string
	for _, n := range placeNames {
		if p&n.at != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, ", ")
}
