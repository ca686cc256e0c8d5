// Package web is the pages that people open in a browser. Today these are three: leaving with one click, coming back, and
// getting mail again where it had stopped.
//
//	GET  /u/TOKEN    a page with one button
//	POST /u/TOKEN    leaves at once (RFC 8058)
//	GET  /yes/TOKEN  a page with one button
//	POST /yes/TOKEN  comes back, or gets mail again
//	GET  /style.css
//
// GET and HEAD change nothing, whoever follows a link. What a POST does is asked of no session and no cookie: the token
// in the address is the right, and it can do this one thing. That is also why a request from another site is no danger
// here, and why the answer never tells whether anything was changed.
//
// The package keeps nothing. A server may be used by many goroutines at once; each POST is one transaction. A crash
// leaves all of it or nothing, and whoever got no answer may send it again.
package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"sencoforum/bounce"
	"sencoforum/membership"
	"sencoforum/store"
	"sencoforum/token"
)

// Config is what the pages need to know of the host.
type Config struct {
	Path        string         // of the pages' base address, such as "/forum"; empty for the root
	HTTPS       bool           // people come by HTTPS, here or at a proxy, and should for ever
	Plain       bool           // without TLS: only from this machine and from Proxies
	Proxies     []netip.Prefix // not held to the limit for each address
	Connections int            // at once, in all; 0 is 100
	Bounces     *bounce.Book   // ends suspensions; nil: there are none
	Host        membership.Host
	Now         func() time.Time
}

// Server serves the pages.
type Server struct {
	log    *slog.Logger
	db     *store.DB
	keys   *token.Keyring
	cfg    Config
	server *http.Server
}
