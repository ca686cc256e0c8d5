package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sencoforum/certificate"
	"sencoforum/config"
	"sencoforum/incoming"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/signin"
	"sencoforum/web"
)

// pagesEnd is how long a page that is being served may take to end when the server stops.
const pagesEnd = 10 * time.Second

// leaveURL is the base address of the pages by which members leave and come back, or empty where none are served. A
// settings file with web.listen has a web_url; the demo has none, and its pages are where it listens.
func leaveURL(cfg config.Config) string {
	switch {
	case len(cfg.Web.Listen) == 0:
		return ""
	case cfg.WebURL == "":
		return "http://" + cfg.Web.Listen[0]
	}
	return strings.TrimRight(cfg.WebURL, "/")
}

// listenPages opens all of the addresses, or none.
func listenPages(addrs []string) ([]net.Listener, error) {
	var open []net.Listener
	for _, a := range addrs {
		l, err := net.Listen("tcp", a)
		if err != nil {
			doors{web: open}.close()
			return nil, fmt.Errorf("listen for the pages: %w; is another web server running, or may only root use that port? See web.listen", err)
		}
		open = append(open, l)
	}
	return open, nil
}

// newPages returns the server of the pages.
func (s server) newPages(h *house) (*web.Server, error) {
	proxies, err := prefixes(s.cfg.Web.ProxyFrom)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(leaveURL(s.cfg))
	if err != nil {
		return nil, fmt.Errorf("web_url: %w", err)
	}
	var demo web.Demo
	if s.demo != nil {
		demo = s.demo.with(h.digests)
	}
	var challenge func(http.Handler) http.Handler
	if s.certs.acme != nil {
		challenge = s.certs.acme.Challenge
	}
	texts, err := ownTexts(s.cfg.Texts, base.Path)
	if err != nil {
		return nil, err
	}
	return web.New(s.log, h.db, h.keys, web.Config{
		Path:         base.Path,
		HTTPS:        base.Scheme == "https",
		Plain:        !s.certs.forPages(),
		Challenge:    challenge,
		Proxies:      proxies,
		Connections:  pageConnections(descriptors()),
		Host:         h.host,
		Bounces:      h.bounces,
		Now:          time.Now,
		Hostname:     s.cfg.Hostname,
		Overview:     h.overview,
		Search:       h.searcher,
		Signin:       h.signin,
		Desk:         h.pageDesk(),
		MaxMessage:   int64(h.cfg.SMTP.MaxMessage),
		Data:         h.pageData,
		Standing:     h.watch.Standings,
		Digests:      h.digests,
		Demo:         demo,
		Texts:        texts,
		Panel:        h.panel,
		HostSettings: hostSettings(s.cfg),
		Acts:         h.acts,
		People:       incoming.OnPeople,
		Pupil:        func(l list.List, m *message.Message) []string { return h.pupil(l, m).Places },
	}), nil
}

// hostSettings are what owners of lists ask about and whoever runs the server has set. There is nothing secret in it.
func hostSettings(cfg config.Config) []web.HostSetting {
	nation := "none are known"
	if cfg.Calendar.Nation != "" {
		nation = "those of " + strings.ReplaceAll(cfg.Calendar.Nation, "-", " ")
	}
	out := "directly to each member’s mail host"
	if cfg.Delivery.Through == config.ThroughSmarthost {
		out = "through a mail service"
	}
	return []web.HostSetting{
		{Name: "Quiet hours of moderators", Value: "21:00 to 07:00: nothing is mailed to them that can wait", Key: "fixed"},
		{Name: "School holidays", Value: nation, Key: "calendar.nation"},
		{Name: "The largest message on this server", Value: list.Megabytes(int64(cfg.SMTP.MaxMessage)), Key: "smtp.max_message"},
		{Name: "How email goes out", Value: out, Key: "delivery.through"},
		{Name: "How long email that cannot be delivered is tried again", Value: cfg.Delivery.RetryFor.String(), Key: "delivery.retry_for"},
		{Name: "Pages of the forum’s own", Value: cmp.Or(ownPages(cfg.Texts), "none"), Key: "texts"},
	}
}

// ownPages are the names of the pages that the operator has written.
func ownPages(t config.Texts) string {
	var all []string
	for _, name := range []string{"rules", "privacy", "accessibility", "help", "contact"} {
		if t.Path(name) != "" {
			all = append(all, name)
		}
	}
	return strings.Join(all, ", ")
}

// readers keeps who is signed in. Without pages it does nothing.
func (h *house) readers(ctx context.Context) error {
	if len(h.cfg.Web.Listen) == 0 {
		return nil
	}
	return signin.NewKeeper(h.log, h.db, h.signin, h.keys, leaveURL(h.cfg)).Run(ctx)
}

// pageConnections is how many connections of browsers there may be at once: an eighth of what the process may open, of
// the half that mail does not take.
func pageConnections(nofile uint64) int { return int(min(100, max(2, nofile/8))) }

// secure puts TLS on connections of browsers, or is nil where a proxy does that.
func (s server) secure() func(net.Listener) net.Listener {
	if !s.certs.forPages() {
		return nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, GetCertificate: s.certs.ofPages}
	if s.certs.acme != nil {
		c.NextProtos = append(c.NextProtos, certificate.Protocol)
	}
	return func(l net.Listener) net.Listener { return tls.NewListener(l, c) }
}
