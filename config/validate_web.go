package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
)

// web checks that the pages have an address that mail can name, and that nobody meets them in clear text by accident.
func (v *validator) web(c Web, address string) {
	v.certificate("web", c.TLSCert, c.TLSKey)
	v.acme(c, address)
	v.prefixes("web.proxy_from", c.ProxyFrom)
	for _, s := range c.Listen {
		host, port, err := net.SplitHostPort(s)
		switch {
		case err != nil || !isPort(port):
			v.fault("web.listen", fmt.Sprintf("%q is no address with a port", s), `write ":443", or "127.0.0.1:8080" behind a proxy`)
		case !c.Secure() && len(c.ProxyFrom) == 0 && !isLoopback(host):
			v.fault("web.listen", fmt.Sprintf("%q would serve pages in clear text", s),
				"set web.acme, or web.tls_cert and web.tls_key; or behind a proxy write \"127.0.0.1:8080\", or name the proxy in web.proxy_from")
		}
	}
	for _, s := range c.Redirect {
		if _, port, err := net.SplitHostPort(s); err != nil || !isPort(port) {
			v.fault("web.redirect", fmt.Sprintf("%q is no address with a port", s), `write ":80"`)
		}
	}
	if len(c.Redirect) > 0 && (!c.Secure() || len(c.Listen) == 0) {
		v.fault("web.redirect", "is set without pages that this server serves over TLS", "set web.listen, and web.acme or web.tls_cert and web.tls_key, or let the web server in front do it")
	}
	if len(c.Listen) == 0 {
		return
	}
	switch {
	case address == "":
		v.fault("web_url", "is empty while web.listen is set", `write the address at which people find the pages, such as "https://forum.example.org"`)
	case !strings.HasPrefix(strings.ToLower(address), "https://"):
		v.fault("web_url", "does not begin with https while web.listen is set",
			"mail programs show the unsubscribe button for https only (RFC 8058); get a certificate, or let a proxy do that")
	}
}

// Secure reports whether the pages are served over TLS, and no proxy does that.
func (c Web) Secure() bool { return c.ACME || c.TLSCert != "" }

// Host is the name in an address of the web, or empty.
func Host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// acme checks that an authority can find this server by its name.
func (v *validator) acme(c Web, address string) {
	if c.ACMEContact != "" {
		if a, err := mail.ParseAddress(c.ACMEContact); err != nil || a.Address != c.ACMEContact {
			v.fault("web.acme_contact", "is no mail address", `write it as "name@example.org", without a display name`)
		}
	}
	if u, err := url.Parse(c.ACMEDirectory); c.ACMEDirectory != "" && (err != nil || u.Host == "" || u.Scheme != "https" && !isLoopback(u.Hostname())) {
		v.fault("web.acme_directory", "is no address that begins with https", "write the one that the authority names as its ACME directory")
	}
	if !c.ACME {
		return
	}
	if c.TLSCert != "" {
		v.fault("web.acme", "is set beside web.tls_cert", "choose one of the two")
	}
	if len(c.Listen) == 0 {
		v.fault("web.acme", "is set without web.listen", `write listen = [":443"]`)
	}
	v.certifiable("web.acme", "web_url", Host(address))
}

// certifiable checks that an authority can issue a certificate for the name in a key.
func (v *validator) certifiable(key, from, host string) {
	if _, err := netip.ParseAddr(host); err == nil || !isHost(host) || !strings.Contains(host, ".") {
		v.fault(key, fmt.Sprintf("is set, and %q in %s is not the full name of a host", host, from), "write a name such as forum.example.org that leads to this machine, in letters a to z, digits and hyphens (xn-- for others)")
	}
}

// smtpACME checks that the authority of the pages can issue for the name of this machine too.
func (v *validator) smtpACME(c Config) {
	if !c.SMTP.ACME {
		return
	}
	if c.SMTP.TLSCert != "" {
		v.fault("smtp.acme", "is set beside smtp.tls_cert", "choose one of the two")
	}
	if !c.Web.ACME {
		v.fault("smtp.acme", "is set without web.acme", "set web.acme too: the authority looks on the ports of the pages")
	}
	v.certifiable("smtp.acme", "hostname", strings.ToLower(c.Hostname))
}
