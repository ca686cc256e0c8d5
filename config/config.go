// Package config reads the one settings file of the server: what this host is called, how mail comes in and goes out,
// and what a new list begins with.
//
// The file is TOML. Default is a complete, working configuration and the file changes it; config.example.toml, which
// Example returns, is the documentation of every key. Load reports all faults at once. A list's own settings are in the
// store and never here. Nothing is kept after Load, so everything here may be used by several goroutines.
package config

import "time"

// Config is everything the settings file can say. Only the command that starts the server imports it; every other
// package has a small Config of its own.
type Config struct {
	// Data is the absolute path of the directory that holds everything the server stores.
	Data string
	// Hostname is the name this machine says in HELO and EHLO (RFC 5321 §4.1.1.1).
	Hostname string
	// Domain is the mail domain of the lists.
	Domain string
	// WebURL is the address under which the archive is found, without a slash at its end; empty while there is none.
	WebURL string
	// Operator is the address that gets mail to postmaster@ and abuse@; empty only while Domain is localhost.
	Operator string

	SMTP      SMTP
	LMTP      LMTP
	Web       Web
	Metrics   Metrics
	Delivery  Delivery
	Smarthost Smarthost
	DKIM      DKIM
	Lists     Lists
	Calendar  Calendar
	Texts     Texts
	Log       Log
}

// SMTP says how mail comes in.
type SMTP struct {
	Listen          []string // addresses with port
	TLSCert, TLSKey string   // paths of PEM files; both or neither
	ACME            bool     // the certificate for Hostname comes from the authority of Web
	TrustedNetworks []string // prefixes such as 10.0.0.0/8, exempt from limits per address and per session
	ProxyFrom       []string // prefixes of proxies that say who the client is, and must
	SpamHeaders     []string // names of header fields in which a filter among TrustedNetworks gives its verdict
	MaxMessage      Size
	MinFree         Size // room on disk below which no mail is taken; 0 is automatic

	Connections           int // at once, in all
	ConnectionsPerIP      int // from one IPv4 address or one IPv6 /64
	ConnectionsPerNetwork int // from one IPv4 /24
}

// LMTP says where a mail server in front hands mail over.
type LMTP struct {
	Listen []string // "unix:" and an absolute path, or an address with port; none where empty
}

// Web says how the pages for members' browsers are served. There are links to them under WebURL.
type Web struct {
	Listen          []string // addresses with port; none where empty
	TLSCert, TLSKey string   // paths of PEM files; both or neither, and then a proxy in front speaks HTTPS
	ACME            bool     // in place of the files: the certificate comes from an authority, by itself
	ACMEContact     string   // who hears from the authority; empty: Operator
	ACMEDirectory   string   // of the authority; empty: Let's Encrypt
	Redirect        []string // addresses with port where browsers that come by HTTP are sent to HTTPS; none where empty
	ProxyFrom       []string // prefixes of that proxy; without a certificate only this machine and they may connect
}

// Metrics says where this host's monitoring reads figures.
type Metrics struct {
	Listen string // a loopback address with port; none where empty
}

// Delivery says how mail goes out.
type Delivery struct {
	Through          string   // ThroughMX or ThroughSmarthost
	TLS              string   // TLSRequired or TLSOpportunistic
	ClearTextDomains []string // domains that may get mail without TLS
	AllowPrivate     []string // prefixes of private networks to which mail may be delivered
	RetryFor         Duration
	UnsettledMax     int    // deliveries that a crash may repeat
	Connections      int    // to one next hop at once
	ConnectionsTotal int    // to all next hops at once
	WarmUp           string // WarmUpOn or WarmUpOff; only with ThroughMX
	Providers        string // absolute path of a file that adds to the table of mail providers; none where empty
}

// Smarthost is the mail service that delivers for us when Delivery.Through is ThroughSmarthost.
type Smarthost struct {
	Host         string
	Port         int
	TLS          string // StartTLS, ImplicitTLS or NoTLS
	User         string // empty: no log-in
	PasswordFile string // absolute path of a file that only its owner reads
	PasswordEnv  string // name of an environment variable
	Connections  int    // at once
	PerMinute    int    // copies, at most; 0: no limit
}

// DKIM says whether mail is signed. The keys are in the data directory.
type DKIM struct {
	Sign bool
}

// Lists is what a new list begins with.
type Lists struct {
	SubjectTag  bool
	SendDelay   Duration
	AttachTotal Size // attachments that travel with a copy; the others become links
	Footer      bool
	NonMember   string // NonMemberAsk, NonMemberHold or NonMemberRefuse
	Ack         bool   // authors are told that their post was taken
	Join        string // JoinOpen, JoinConfirm or JoinApprove
}

// Calendar says whose school holidays count.
type Calendar struct {
	Nation string // "england", "wales", "scotland" or "northern-ireland"; none where empty
	File   string // absolute path of a file of dates; empty for the typical ones
}

// Texts are pages of the operator's own in place of those that come with the program: absolute paths of Markdown files,
// empty for ours.
type Texts struct {
	Rules, Privacy, Accessibility, Help, Contact string
}

// Path is the file of a page by the name of its key, or empty.
func (t Texts) Path(name string) string {
	return map[string]string{"rules": t.Rules, "privacy": t.Privacy, "accessibility": t.Accessibility, "help": t.Help, "contact": t.Contact}[name]
}

// Log says what is logged and how.
type Log struct {
	Level  string // "debug", "info", "warn" or "error"
	Format string // "text" or "json"
}

// The words that some keys take.
const (
	ThroughMX        = "mx"
	ThroughSmarthost = "smarthost"
	TLSRequired      = "required"
	TLSOpportunistic = "opportunistic"
	StartTLS         = "starttls"
	ImplicitTLS      = "implicit"
	NoTLS            = "none"
	WarmUpOn         = "on"
	WarmUpOff        = "off"
	NonMemberAsk     = "ask"
	NonMemberHold    = "hold"
	NonMemberRefuse  = "refuse"
	JoinOpen         = "open"
	JoinConfirm      = "confirm"
	JoinApprove      = "approve"
)

// Local is the name in Default for the host and the domain: a server that nobody else can reach.
const Local = "localhost"

// Default returns a configuration that is complete and works on one machine by itself.
func Default() Config {
	return Config{
		Data:     "/var/lib/sencoforum",
		Hostname: Local,
		Domain:   Local,
		SMTP: SMTP{
			Listen:                []string{":25"},
			TrustedNetworks:       []string{},
			ProxyFrom:             []string{},
			SpamHeaders:           []string{},
			MaxMessage:            15 << 20,
			Connections:           200,
			ConnectionsPerIP:      10,
			ConnectionsPerNetwork: 20,
		},
		LMTP: LMTP{Listen: []string{}},
		Web:  Web{Listen: []string{}, Redirect: []string{}, ProxyFrom: []string{}},
		Delivery: Delivery{
			Through:          ThroughMX,
			TLS:              TLSRequired,
			ClearTextDomains: []string{},
			AllowPrivate:     []string{},
			RetryFor:         Duration(5 * 24 * time.Hour),
			UnsettledMax:     256,
			Connections:      5,
			ConnectionsTotal: 100,
			WarmUp:           WarmUpOff,
		},
		Smarthost: Smarthost{
			Port:        587,
			TLS:         StartTLS,
			Connections: 20,
		},
		DKIM: DKIM{Sign: true},
		Lists: Lists{
			SubjectTag:  true,
			SendDelay:   Duration(5 * time.Minute),
			AttachTotal: 2e6,
			Footer:      true,
			NonMember:   NonMemberAsk,
			Ack:         true,
			Join:        JoinApprove,
		},
		Log: Log{Level: "info", Format: "text"},
	}
}
