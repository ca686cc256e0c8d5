package config

import (
	"fmt"
	"net"
	"strings"
)

// web checks that the pages have an address that mail can name, and that nobody meets them in clear text by accident.
func (v *validator) web(c Web, url string) {
	v.certificate("web", c.TLSCert, c.TLSKey)
	v.prefixes("web.proxy_from", c.ProxyFrom)
	for _, s := range c.Listen {
		host, port, err := net.SplitHostPort(s)
		switch {
		case err != nil || !isPort(port):
			v.fault("web.listen", fmt.Sprintf("%q is no address with a port", s), `write ":443", or "127.0.0.1:8080" behind a proxy`)
		case c.TLSCert == "" && len(c.ProxyFrom) == 0 && !isLoopback(host):
			v.fault("web.listen", fmt.Sprintf("%q would serve pages in clear text", s),
				"set web.tls_cert and web.tls_key; or behind a proxy write \"127.0.0.1:8080\", or name the proxy in web.proxy_from")
		}
	}
	for _, s := range c.Redirect {
		if _, port, err := net.SplitHostPort(s); err != nil || !isPort(port) {
			v.fault("web.redirect", fmt.Sprintf("%q is no address with a port", s), `write ":80"`)
		}
	}
	if len(c.Redirect) > 0 && (c.TLSCert == "" || len(c.Listen) == 0) {
		v.fault("web.redirect", "is set without pages that this server serves over TLS", "set web.listen, web.tls_cert and web.tls_key, or let the web server in front do it")
	}
	if len(c.Listen) == 0 {
		return
	}
	switch {
	case url == "":
		v.fault("web_url", "is empty while web.listen is set", `write the address at which people find the pages, such as "https://forum.example.org"`)
	case !strings.HasPrefix(strings.ToLower(url), "https://"):
		v.fault("web_url", "does not begin with https while web.listen is set",
			"mail programs show the unsubscribe button for https only (RFC 8058); get a certificate, or let a proxy do that")
	}
}
