// Package moderate brings the moderators what needs a person.
//
// Today that is the mail written to the list's owners, to the postmaster, and
// to the service addresses whose words no robot reads yet: each becomes one
// queue row for each moderator, composed when it is sent. It keeps no table of
// its own.
package moderate

// Kind is the kind of this package's queue rows.
const Kind = "people"
