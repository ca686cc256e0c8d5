// Package moderate brings the moderators what needs a person.
//
// Today that is the mail written to the list's owners, to the postmaster, and
// to the service addresses whose words no robot reads yet: each becomes one
// queue row for each moderator, composed when it is sent. It also takes posts
// and people out, and asks who has a copy of a post to delete it.
//
// Acts are what moderators ask for by mail: stop a post at once, and with a
// second step recall it, erase it, let it go on, close its discussion, remove a
// member; and their answers to mail to the owners and to reports. Deciding who
// may is here; the desk says what a mail proves. What takes long is a job.
//
// Tables:
//
//	moderate.pending        digest of a token      -> Pending: what a moderator's token stands for
//	moderate.pending.until  (Unix seconds, digest) -> nothing: when it is forgotten
//	moderate.tallies        (what, person)         -> how often since when
//	moderate.jobs           number                 -> Job: an act that is being carried out
//	moderate.reports        (Unix seconds, message) -> a report of which the moderators who are not on duty are told then
//	moderate.reported       message                -> Reported: a report of a post, and what became of it
//
// All functions that take a transaction may be called at once. A crash leaves
// a job where it was, and the next start goes on with it.
package moderate

// Kinds of this package's queue rows.
const (
	Kind       = "people" // mail passed on to moderators
	RecallKind = "recall" // a request to delete a post
)
