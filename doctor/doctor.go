// Package doctor says which DNS records a forum needs, and looks whether they are there and whether this machine is
// fit to send and take mail.
//
// Records is the list of what to publish. Look gathers what the DNS, other hosts and this machine say, into Facts;
// Judge turns these into findings and asks nobody, so tables test it. What could not be found out, such as for a DNS
// server that does not answer, is never a fault: it is NotChecked. Nothing is stored, and nothing is changed anywhere.
package doctor

import (
	"time"

	"sencoforum/certificate"
)

// A Level says how a check ended.
type Level string

// The levels. Only a Fault needs somebody to act now.
const (
	OK         Level = "ok"
	Warning    Level = "warning"     // mail works, but somebody should look at it
	Fault      Level = "fault"       // mail is lost, refused or taken for spam
	NotChecked Level = "not checked" // it could not be found out
)

// A Finding is what one check found, in words for somebody who runs a machine and knows little about mail.
type Finding struct {
	Part    string `json:"part"`              // of the report: a domain, or a part of this machine
	Check   string `json:"check"`             // what was looked at
	Level   Level  `json:"level"`             //
	Found   string `json:"found"`             // what is there
	Problem string `json:"problem,omitempty"` // what is wrong with it
	Do      string `json:"do,omitempty"`      // the next step
}

// Setup is the forum that is looked at, as its settings and its store describe it.
type Setup struct {
	Hostname string   // of this machine, as in HELO
	Domains  []string // of all lists
	Keys     []Key    // by which mail is signed
	Sign     bool     // mail is signed

	Service     *Service // through which mail leaves; nil: directly to each member's mail host
	Listen      []string // addresses with port where mail comes in; empty: sockets of the service manager
	Front       bool     // another mail server or a proxy stands in front
	TLSCert     string   // path of the certificate chain; empty: none
	TLSKey      string
	Issued      Issued // certificates that come from an authority
	ServerRuns  bool   // mail is being taken while this is checked
	PasswordEnv bool   // the password of the mail service comes from the environment

	Store Store
	Paths Paths
	Own   []Own
}

// Own is something that the operator wrote in place of ours, or beside it.
type Own struct {
	What   string   // such as "Words for search"
	Path   string   // of its file
	Is     string   // what is there, where nothing is wrong
	Faults []string // with line and next step
	Err    error    // why it could not be looked at
	Late   bool     // a server runs, and has read another one
	Needed bool     // the server does not start with a faulty one
	Stored bool     // it is kept in the store, and counts at once
	Check  string   // the command that names all faults
}

// Issued are the certificates that an authority issues and renews by itself; without a host there are none.
type Issued struct {
	certificate.Config
	Mail bool // the one for Hostname is for mail
}

// encrypts reports whether mail comes in over TLS.
func (s Setup) encrypts() bool { return s.TLSCert != "" || s.Issued.Mail }

// Store is what is known about the place where everything is kept.
type Store struct {
	Err     error // why it could not be opened; nil: it is open
	Schema  int
	Free    uint64 // room on disk, in bytes
	FreeErr error
	MinFree uint64 // below which no mail is taken
	Files   uint64 // that the process may have open
	Wanted  uint64 // that the settings need

	Backup    time.Time // when the last one was made with "sencoforum backup"; zero: none was
	BackupErr error     // why that is not known
}

// Paths are files that only the server's user may read.
type Paths struct {
	Data     string
	Password string // empty: none
}

// Service is the mail service through which mail leaves.
type Service struct {
	Host  string
	Port  int
	TLS   Security
	Login bool // it wants a user name and a password
}

// Security says how a connection to a mail service is encrypted.
type Security string

// The ways to encrypt.
const (
	StartTLS Security = "starttls"
	Implicit Security = "implicit"
	Clear    Security = "none"
)

// Key is a key by which mail is signed (DKIM).
type Key struct {
	Selector string
	State    KeyState
	Record   string // the TXT record, in one piece
	Needed   bool   // mail that it signed may still be under way
}

// Name is the name of the key's record in a domain (RFC 6376 §3.6.2.1).
func (k Key) Name(domain string) string { return k.Selector + "._domainkey." + domain }

// KeyState is where a key stands in its life.
type KeyState string

// The states of a key.
const (
	Prepared KeyState = "prepared"
	InUse    KeyState = "in use"
	Retired  KeyState = "retired"
)

// Count returns how many findings have a level.
func Count(all []Finding, l Level) (n int) {
	for _, f := range all {
		if f.Level == l {
			n++
		}
	}
	return n
}

// certSoon is how long before its end a certificate should have been renewed.
const certSoon = 14 * 24 * time.Hour
