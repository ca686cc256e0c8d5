// Package moderate brings the moderators what needs a person.
//
// Today that is the mail written to the list's owners, to the postmaster, and
// to the service addresses whose words no robot reads yet: each becomes one
// queue row for each moderator, composed when it is sent. It also takes posts
// and people out, and asks who has a copy of a post to delete it. It keeps no
// table of its own.
package moderate

// Kinds of this package's queue rows.
const (
	Kind       = "people" // mail passed on to moderators
	RecallKind = "recall" // a request to delete a post
)
