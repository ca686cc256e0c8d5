package doctor

import (
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"time"
)

// Answer is what the DNS said: some values, or none where there are none. Err says that it could not be asked.
type Answer[T any] struct {
	Values []T
	Err    error
}

// answered turns what a resolver returns into an Answer: that a name does not exist is an answer too.
func answered[T any](values []T, err error) Answer[T] {
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound && !dns.IsTemporary && !dns.IsTimeout {
		err = nil
	}
	if err != nil && len(values) == 0 { // with some values, only others of them could not be read
		return Answer[T]{Err: err}
	}
	return Answer[T]{Values: values}
}

// Facts are everything that Judge looks at.
type Facts struct {
	Setup   Setup
	Now     time.Time
	Host    HostFacts
	Domains []DomainFacts
	Out     Reach // direct mail: whether port 25 of others can be reached
	Service ServiceFacts
	In      []Reach // our own ports, from here
	Cert    CertFacts
	Issued  []IssuedFacts // for each of Setup.Issued.Hosts
	Issuer  PolicyFacts   // the directory of their authority
	Machine MachineFacts
}

// HostFacts are about the name of this machine.
type HostFacts struct {
	Own     []netip.Addr // the machine's addresses on the public Internet
	Private []netip.Addr // its others, but for loopback
	Static  []netip.Addr // what the file /etc/hosts says of the name, which hides the DNS
	Addrs   Answer[netip.Addr]
	Sources []netip.Addr // those of Own from which connections leave
	Reverse []Reverse    // of Own; where the machine knows none, of the addresses of its name
	SPF     SPFFacts     // of the name itself; unused where it is the domain of a list
}

// Reverse is what the DNS says of an address.
type Reverse struct {
	Addr    netip.Addr
	Names   Answer[string]
	Forward Answer[netip.Addr] // the addresses of the hostname, when it is among the names; else of the first name
}

// DomainFacts are about one domain of lists.
type DomainFacts struct {
	Name   string
	MX     Answer[Exchanger]
	SPF    SPFFacts
	DKIM   []KeyFacts
	DMARC  []DMARCFacts // of the domain, then of its parents, up to the first that has one
	STS    Answer[string]
	Policy PolicyFacts
	TLSRPT Answer[string]
}

// Exchanger is one MX record with what its host is.
type Exchanger struct {
	Host      string
	Pref      uint16
	Canonical string // where a CNAME leads; empty: there is none
	Addrs     Answer[netip.Addr]
}

// KeyFacts is a key with the records at its name.
type KeyFacts struct {
	Key Key
	TXT Answer[string]
}

// DMARCFacts are the DMARC records at one name.
type DMARCFacts struct {
	Domain string
	TXT    Answer[string]
}

// PolicyFacts is the answer to a request for the MTA-STS policy, or for another file.
type PolicyFacts struct {
	Asked  bool
	Err    error
	Status int
	Type   string // of the content
	Text   string
	Date   time.Time // by the clock of the other side; zero: not said
}

// Reach is an attempt to connect.
type Reach struct {
	Address string
	Tried   bool
	Err     error
}

// ServiceFacts is how the mail service answered.
type ServiceFacts struct {
	Tried    bool
	Stage    string // at which Err came: connect, greeting, tls
	Err      error
	Insecure bool // it offers no STARTTLS
	Auth     bool // it offers a log-in
}

// CertFacts are about our own certificate.
type CertFacts struct {
	Err  error
	Leaf *x509.Certificate
}

// IssuedFacts are about a certificate that an authority issues.
type IssuedFacts struct {
	Host   string
	Leaf   *x509.Certificate // nil: there is none yet
	Err    error             // why it cannot be read
	Static []netip.Addr      // what the file /etc/hosts says of the name
	Addrs  Answer[netip.Addr]
}

// MachineFacts are about files and the clock of this machine.
type MachineFacts struct {
	Open        []string // paths that others can read
	OpenErr     error
	PasswordErr error
	PasswordBad bool // others can read it
}
