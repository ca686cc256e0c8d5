package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"strconv"
	"strings"
)

// wellKnown are mail hosts that are up as good as always, to see whether port 25 of others can be reached from here.
var wellKnown = []string{"gmail-smtp-in.l.google.com:25", "outlook-com.olc.protection.outlook.com:25"}

// out looks whether port 25 of others can be reached. IPv4 is what every mail host has.
func (l look) out(ctx context.Context) (r Reach) {
	for _, address := range wellKnown {
		if r = l.reach(ctx, "tcp4", address); r.Err == nil {
			break
		}
	}
	return r
}

func (l look) reach(ctx context.Context, network, address string) Reach {
	ctx, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	conn, err := l.Dial(ctx, network, address)
	if err == nil {
		conn.Close()
	}
	return Reach{Address: address, Tried: true, Err: err}
}

// unixSocket begins an address that is no port.
const unixSocket = "unix:"

// in connects to our own ports, where they are fixed and on a network.
func (l look) in(ctx context.Context) (all []Reach) {
	for _, address := range l.setup.Listen {
		host, port, err := net.SplitHostPort(address)
		if err != nil || port == "0" || strings.HasPrefix(address, unixSocket) { // 0 is whatever port is free
			all = append(all, Reach{Address: address})
			continue
		}
		if host == "" || host == "0.0.0.0" {
			host = "127.0.0.1"
		} else if host == "::" {
			host = "::1"
		}
		r := l.reach(ctx, "tcp", net.JoinHostPort(host, port))
		r.Address = address
		all = append(all, r)
	}
	return all
}

// service talks to the mail service as far as the log-in, and does not log in.
func (l look) service(ctx context.Context, s Service) ServiceFacts {
	f := ServiceFacts{Tried: true, Stage: "connect"}
	ctx, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	conn, err := l.Dial(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		f.Err = err
		return f
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	defer conn.Close()
	config := &tls.Config{ServerName: s.Host, RootCAs: l.Roots, MinVersion: tls.VersionTLS12}
	if s.TLS == Implicit {
		encrypted := tls.Client(conn, config)
		if f.Err = encrypted.HandshakeContext(ctx); f.Err != nil {
			f.Stage = "tls"
			return f
		}
		conn = encrypted
	}
	f.Stage = "greeting"
	c, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		f.Err = err
		return f
	}
	l.hello(c, s, config, &f)
	return f
}

// hello introduces us, encrypts, and looks whether a log-in is offered.
func (l look) hello(c *smtp.Client, s Service, config *tls.Config, f *ServiceFacts) {
	if f.Err = c.Hello(l.setup.Hostname); f.Err != nil {
		return
	}
	if s.TLS == StartTLS {
		if offered, _ := c.Extension("STARTTLS"); !offered {
			f.Insecure = true
			return
		}
		f.Stage = "tls"
		if f.Err = c.StartTLS(config); f.Err != nil {
			return
		}
	}
	f.Auth, _ = c.Extension("AUTH")
	f.Stage, f.Err = "", nil
	c.Quit() // all is known already
}

// maxPolicy is the size of a policy file (RFC 8461 §3.3 suggests 64 KiB).
const maxPolicy = 64 << 10

// policy fetches the MTA-STS policy of a domain.
func (l look) policy(ctx context.Context, d string) PolicyFacts { return l.fetch(ctx, policyURL(d)) }

// fetch asks for a file of a web server.
func (l look) fetch(ctx context.Context, address string) PolicyFacts {
	f := PolicyFacts{Asked: true}
	ctx, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		f.Err = err
		return f
	}
	answer, err := l.Fetch(q)
	if err != nil {
		f.Err = err
		return f
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxPolicy))
	f.Err, f.Status, f.Type, f.Text = err, answer.StatusCode, answer.Header.Get("Content-Type"), string(text)
	if at, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		f.Date = at
	}
	return f
}

// passing reports an error of the DNS, or of nobody answering in time: it says nothing about what would be there.
func passing(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return !dns.IsNotFound
	}
	return errors.Is(err, context.Canceled)
}
