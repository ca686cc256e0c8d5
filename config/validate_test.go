package config

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// public makes a configuration that of a server for everybody.
func public(c *Config) {
	c.Hostname, c.Domain = "mail.example.org", "lists.example.org"
	c.WebURL, c.Operator = "https://forum.example.org", "jane@school.example"
}

// certified is a server whose certificate comes from an authority.
func certified(c *Config) {
	public(c)
	c.Web.ACME, c.Web.Listen, c.Web.Redirect = true, []string{":443"}, []string{":80"}
}

var validateCases = []struct {
	name   string
	change func(*Config)
	want   []string // keys at fault
}{
	{"a public server", public, nil},
	{"a domain alone", func(c *Config) { c.Domain = "lists.example.org" }, []string{"hostname", "operator"}},
	{"operator within the lists' domain", func(c *Config) { public(c); c.Operator = "jane@Lists.example.org" }, []string{"operator"}},
	{"operator with a display name", func(c *Config) { c.Operator = "Jane <jane@school.example>" }, []string{"operator"}},
	{"web address without scheme", func(c *Config) { c.WebURL = "forum.example.org" }, []string{"web_url"}},
	{"web address with a password", func(c *Config) { c.WebURL = "https://a:b@forum.example.org" }, []string{"web_url"}},
	{"web address with a query", func(c *Config) { c.WebURL = "https://forum.example.org?" }, []string{"web_url"}},
	{"socket from the service manager", func(c *Config) { c.SMTP.Listen = nil }, nil},
	{"port chosen by the system", func(c *Config) { c.SMTP.Listen = []string{"127.0.0.1:0"} }, nil},
	{"two bad listen addresses", func(c *Config) { c.SMTP.Listen = []string{"25", ":smtp", ":25"} }, []string{"smtp.listen", "smtp.listen"}},
	{"certificate without key", func(c *Config) { c.SMTP.TLSCert = "/a" }, []string{"smtp.tls_key"}},
	{"key without certificate", func(c *Config) { c.SMTP.TLSKey = "a" }, []string{"smtp.tls_key", "smtp.tls_cert"}},
	{"network with host bits", func(c *Config) { c.SMTP.TrustedNetworks = []string{"10.0.0.1/8"} }, []string{"smtp.trusted_networks"}},
	{"message limit beyond reason", func(c *Config) { c.SMTP.MaxMessage = 51 << 20 }, []string{"smtp.max_message"}},
	{"pages behind a proxy of this machine", func(c *Config) { public(c); c.Web.Listen = []string{"127.0.0.1:8080", "[::1]:8080"} }, nil},
	{"pages with a certificate", func(c *Config) {
		public(c)
		c.Web.Listen, c.Web.TLSCert, c.Web.TLSKey = []string{":443"}, "/a", "/b"
	}, nil},
	{"a redirect beside a certificate", func(c *Config) {
		public(c)
		c.Web.Listen, c.Web.TLSCert, c.Web.TLSKey, c.Web.Redirect = []string{":443"}, "/a", "/b", []string{":80"}
	}, nil},
	{"a redirect to nothing", func(c *Config) { public(c); c.Web.Redirect = []string{"80"} }, []string{"web.redirect", "web.redirect"}},
	{"pages in clear text", func(c *Config) { public(c); c.Web.Listen = []string{":80", "192.168.0.2:80"} }, []string{"web.listen", "web.listen"}},
	{"pages behind a proxy elsewhere", func(c *Config) {
		public(c)
		c.Web.Listen, c.Web.ProxyFrom = []string{":8080"}, []string{"10.1.2.3/32"}
	}, nil},
	{"pages that no mail can name", func(c *Config) { c.Web.Listen = []string{"localhost:8080"} }, []string{"web_url"}},
	{"one-click links without https", func(c *Config) {
		public(c)
		c.Web.Listen, c.WebURL = []string{"127.0.0.1:8080"}, "http://forum.example.org"
	}, []string{"web_url"}},
	{"pages with a certificate without key", func(c *Config) { c.Web.TLSCert = "/a" }, []string{"web.tls_key"}},
	{"pages with a certificate from an authority", certified, nil},
	{"mail with one as well", func(c *Config) { certified(c); c.SMTP.ACME = true }, nil},
	{"mail alone with a certificate from an authority", func(c *Config) { public(c); c.SMTP.ACME = true }, []string{"smtp.acme"}},
	{"mail with both kinds of certificate", func(c *Config) { certified(c); c.SMTP.ACME, c.SMTP.TLSCert, c.SMTP.TLSKey = true, "/a", "/b" }, []string{"smtp.acme"}},
	{"pages with both kinds of certificate", func(c *Config) { certified(c); c.Web.TLSCert, c.Web.TLSKey = "/a", "/b" }, []string{"web.acme"}},
	{"a certificate for pages that are not served", func(c *Config) { certified(c); c.Web.Listen, c.Web.Redirect = nil, nil }, []string{"web.acme"}},
	{"a certificate for an address", func(c *Config) { certified(c); c.WebURL = "https://192.0.2.1" }, []string{"web.acme"}},
	{"a certificate for a name with other letters", func(c *Config) { certified(c); c.WebURL = "https://schüle.example" }, []string{"web.acme"}},
	{"a certificate for a short name", func(c *Config) { certified(c); c.WebURL = "https://forum" }, []string{"web.acme"}},
	{"an authority in clear text", func(c *Config) { certified(c); c.Web.ACMEDirectory = "http://ca.example/directory" }, []string{"web.acme_directory"}},
	{"an authority for tests", func(c *Config) { certified(c); c.Web.ACMEDirectory = "http://127.0.0.1:14000/dir" }, nil},
	{"a contact with a display name", func(c *Config) { certified(c); c.Web.ACMEContact = "Jane <jane@school.example>" }, []string{"web.acme_contact"}},
	{"clear text domains", func(c *Config) { c.Delivery.ClearTextDomains = []string{"a.example", "*.b.example"} }, []string{"delivery.clear_text_domains"}},
	{"retries for ever", func(c *Config) { c.Delivery.RetryFor *= 7 }, []string{"delivery.retry_for"}},
	{"through a smarthost without name", func(c *Config) { c.Delivery.Through = ThroughSmarthost }, []string{"smarthost.host"}},
	{"smarthost by address", func(c *Config) { c.Smarthost.Host = "2001:db8::1" }, nil},
	{"user without password", func(c *Config) { c.Smarthost.User = "forum" }, []string{"smarthost.user"}},
	{"password without user", func(c *Config) { c.Smarthost.PasswordEnv = "P" }, []string{"smarthost.user"}},
	{"two passwords", func(c *Config) {
		c.Smarthost.User, c.Smarthost.PasswordEnv, c.Smarthost.PasswordFile = "forum", "P", "/p"
	}, []string{"smarthost.password_env"}},
	{"password in clear text", func(c *Config) {
		c.Smarthost.Host, c.Smarthost.TLS, c.Smarthost.User, c.Smarthost.PasswordEnv = "a.example", NoTLS, "forum", "P"
	}, []string{"smarthost.tls"}},
	{"password in clear text to this machine", func(c *Config) {
		c.Smarthost.Host, c.Smarthost.TLS, c.Smarthost.User, c.Smarthost.PasswordEnv = "127.0.0.1", NoTLS, "forum", "P"
	}, nil},
	{"a spam filter that is believed", func(c *Config) {
		c.SMTP.SpamHeaders, c.SMTP.TrustedNetworks = []string{"X-Spam"}, []string{"10.0.0.0/8"}
	}, nil},
	{"a spam filter that nobody is believed about", func(c *Config) { c.SMTP.SpamHeaders = []string{"X-Spam"} }, []string{"smtp.spam_headers"}},
	{"a way to join that is none", func(c *Config) { c.Lists.Join = "free" }, []string{"lists.join"}},
	{"strangers let in", func(c *Config) { c.Lists.NonMember = "accept" }, []string{"lists.non_member"}},
	{"attachments larger than a message", func(c *Config) { c.Lists.AttachTotal = 20 << 20 }, []string{"lists.attach_total"}},
	{"sending delayed for days", func(c *Config) { c.Lists.SendDelay = c.Delivery.RetryFor }, []string{"lists.send_delay"}},
	{"pace that is none", func(c *Config) {
		c.Delivery.WarmUp, c.Delivery.Providers, c.Smarthost.PerMinute = "yes", "providers.txt", -1
	}, []string{"delivery.warm_up", "delivery.providers", "smarthost.per_minute"}},
	{"a page of one's own without a whole path", func(c *Config) { c.Texts.Help = "help.md" }, []string{"texts.help"}},
	{"nothing is set", func(c *Config) { *c = Config{} }, []string{
		"data", "hostname", "domain", "operator", "smtp.max_message", "smtp.connections",
		"smtp.connections_per_ip", "smtp.connections_per_network", "delivery.through", "delivery.tls",
		"delivery.retry_for", "delivery.unsettled_max", "delivery.connections", "delivery.connections_total",
		"delivery.warm_up",
		"smarthost.port", "smarthost.tls", "smarthost.connections", "lists.non_member", "lists.join", "log.level", "log.format",
	}},
}

func TestValidate(t *testing.T) {
	for _, c := range validateCases {
		conf := Default()
		c.change(&conf)
		var keys []string
		var faults Faults
		if errors.As(conf.Validate(), &faults) {
			for _, f := range faults {
				keys = append(keys, f.Key)
			}
		}
		if diff := cmp.Diff(c.want, keys); diff != "" {
			t.Errorf("%s: keys at fault (-want +got):\n%s%v", c.name, diff, faults)
		}
	}
}
