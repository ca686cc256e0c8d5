// Package web is the pages that people open in a browser: the archive for members, what visitors may know, signing in, and
// the pages behind the links of mails.
//
// docs/urls.md lists the addresses; route.go is the table of them, with who may open each. GET and HEAD change nothing,
// whoever follows a link. Whoever reads is a list.Reader, which signin makes from a cookie for each request; the archive
// gives out nothing without one. For somebody who may not see a thing it is as if it were not there, and a visitor is
// asked to sign in whether or not it is.
//
// The links of mails (/u/TOKEN, /yes/TOKEN) ask for no session and no cookie: the token in the address is the right, and it
// can do this one thing.
//
// The package keeps nothing but counts in memory. A server may be used by many goroutines at once; each POST is one
// transaction. A crash leaves all of it or nothing, and whoever got no answer may send it again.
package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"sencoforum/archive"
	"sencoforum/bounce"
	"sencoforum/digest"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/search"
	"sencoforum/signin"
	"sencoforum/store"
	"sencoforum/token"
	"sencoforum/watch"
)

// Config is what the pages need to know of the host.
type Config struct {
	Path        string         // of the pages' base address, such as "/forum"; empty for the root
	HTTPS       bool           // people come by HTTPS, here or at a proxy, and should for ever
	Plain       bool           // without TLS: only from this machine and from Proxies
	Proxies     []netip.Prefix // not held to the limit for each address; believed when they say who the client is
	Connections int            // at once, in all; 0 is 100
	Bounces     *bounce.Book   // ends suspensions; nil: there are none
	Host        membership.Host
	Challenge   func(http.Handler) http.Handler // answers a certificate authority on the port without TLS; nil: none asks
	Now         func() time.Time

	Hostname   string            // of the mail server, for technicians
	Overview   *archive.Overview // all discussions
	Search     *search.Searcher  // nil: nothing can be looked for
	Signin     *signin.Book      // who is signed in
	Desk       Desk              // takes what members write; the zero one: nothing can be written here
	MaxMessage int64             // bytes of a message, with its files as mail has them
	Data       Data              // for downloads; nil: by email only
	Demo       Demo              // of a demonstration; nil for a real forum
	Texts      map[string]Text   // of the operator's own at the start, by TextNames

	Digests *digest.Editor // past digests in words; nil: there are no pages of them

	HostSettings []HostSetting // that the page of a list's settings shows; whoever runs the server has set them

	Panel  *moderate.Panel // what waits for moderators; nil: there are no pages for them
	Acts   *moderate.Acts  // what they do to posts that are out and to people
	People moderate.People // does those on people
	Pupil  Pupil           // searches what is left of what they take words out of; nil: nobody looks

	Standing func(*store.Tx) ([]watch.Standing, error) // how mail fares at each provider, for moderators; nil: not known
}

// Pupil says where a message to a list may name a child. It reads the files, too, and may take seconds.
type Pupil func(list.List, *message.Message) (places []string)

// Server serves the pages.
type Server struct {
	log      *slog.Logger
	db       *store.DB
	keys     *token.Keyring
	cfg      Config
	routes   []route
	cross    *http.CrossOriginProtection
	clients  *clients
	finder   *finder
	feeder   *feeder
	excerpts excerpts
	buffers  sync.Pool                       // of pages that are written
	texts    atomic.Pointer[map[string]Text] // of the operator's own
	gate     gate                            // of those who bring files
	server   *http.Server
	clear    *http.Server // sends who comes without TLS to HTTPS
}
