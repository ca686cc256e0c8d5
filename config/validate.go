package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Validate returns nil or a Faults with everything that is wrong with the values, without lines. It looks at nothing
// outside the configuration: whether files are there and names resolve is for others to find out.
func (c Config) Validate() error {
	if faults := c.faults(); len(faults) > 0 {
		return faults
	}
	return nil
}

func (c Config) faults() Faults {
	var v validator
	v.host(c)
	v.smtp(c.SMTP)
	v.lmtp(c.LMTP)
	v.web(c.Web, c.WebURL)
	v.smtpACME(c)
	v.metrics(c.Metrics)
	v.delivery(c.Delivery)
	v.smarthost(c.Smarthost, c.Delivery.Through == ThroughSmarthost)
	v.lists(c.Lists, c.SMTP.MaxMessage)
	v.calendar(c.Calendar)
	v.texts(c.Texts)
	v.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	v.oneOf("log.format", c.Log.Format, "text", "json")
	return v.faults
}

// validator gathers the faults of a configuration.
type validator struct{ faults Faults }

func (v *validator) fault(key, problem, next string) {
	v.faults = append(v.faults, Fault{Key: key, Problem: problem, Next: next})
}

// domainMax leaves room for the longest local part in an address of 254 octets (RFC 5321 §4.5.3.1.3).
const domainMax = 254 - 64 - 1

func (v *validator) host(c Config) {
	v.path("data", c.Data)
	if c.Data == "" {
		v.fault("data", "is empty", "name the directory for everything the server stores")
	}
	v.domain("hostname", c.Hostname)
	v.domain("domain", c.Domain)
	if len(c.Domain) > domainMax {
		v.fault("domain", fmt.Sprintf("is longer than %d characters", domainMax),
			"choose a shorter one, or return addresses do not fit into a mail address")
	}
	v.webURL(c.WebURL)
	v.operator(c)
	if c.Domain == Local {
		return
	}
	if c.Hostname == Local {
		v.fault("hostname", "is localhost while domain is not", "write the name of this machine, which its MX record points to")
	}
	if c.Operator == "" {
		v.fault("operator", "is empty", "write the mail address of the person who gets mail to postmaster@ and abuse@")
	}
}

func (v *validator) webURL(s string) {
	if s == "" {
		return // no web archive yet: mails carry no links to it
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		v.fault("web_url", "is no web address", `write it as "https://forum.example.org"`)
	case u.User != nil:
		v.fault("web_url", "holds a user name or password", "leave that out")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		v.fault("web_url", "has a part after ? or #", "leave that out")
	}
}

func (v *validator) operator(c Config) {
	if c.Operator == "" {
		return
	}
	a, err := mail.ParseAddress(c.Operator)
	if err != nil || a.Address != c.Operator {
		v.fault("operator", "is no mail address", `write it as "name@example.org", without a display name`)
		return
	}
	if _, domain, _ := strings.Cut(c.Operator, "@"); strings.EqualFold(domain, c.Domain) {
		v.fault("operator", "is an address of this server", "write one elsewhere, or its mail would come back here")
	}
}

func (v *validator) smtp(c SMTP) {
	for _, s := range c.Listen {
		if _, port, err := net.SplitHostPort(s); err != nil || !isPort(port) {
			v.fault("smtp.listen", fmt.Sprintf("%q is no address with a port", s), `write ":25" or "192.0.2.1:25"`)
		}
	}
	v.certificate("smtp", c.TLSCert, c.TLSKey)
	v.prefixes("smtp.trusted_networks", c.TrustedNetworks)
	v.prefixes("smtp.proxy_from", c.ProxyFrom)
	v.spamHeaders(c)
	if c.MaxMessage < 64<<10 || c.MaxMessage > 50<<20 {
		v.fault("smtp.max_message", "is "+c.MaxMessage.String(), "choose from 64 KiB to 50 MiB")
	}
	v.within("smtp.connections", c.Connections, 1, 10_000)
	v.within("smtp.connections_per_ip", c.ConnectionsPerIP, 1, 10_000)
	v.within("smtp.connections_per_network", c.ConnectionsPerNetwork, 1, 10_000)
}

// fieldName is the name of a header field (RFC 5322 §3.6.8), short enough to be one.
var fieldName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[!-9;-~]{1,76}$`)
})

// spamHeaders checks the fields of a spam filter, which nobody is believed about who is not trusted.
func (v *validator) spamHeaders(c SMTP) {
	for _, s := range c.SpamHeaders {
		if !fieldName().MatchString(s) {
			v.fault("smtp.spam_headers", fmt.Sprintf("%q is no name of a header field", s), `write it as "X-Spam-Flag", without a colon`)
		}
	}
	if len(c.SpamHeaders) > 0 && len(c.TrustedNetworks) == 0 {
		v.fault("smtp.spam_headers", "is set and nobody is believed about them", "name the filter's address in smtp.trusted_networks")
	}
}

// certificate checks the two files of a section.
func (v *validator) certificate(section, cert, key string) {
	certKey, keyKey := section+".tls_cert", section+".tls_key"
	v.path(certKey, cert)
	v.path(keyKey, key)
	if cert == "" && key != "" {
		v.fault(certKey, "is missing beside "+keyKey, "name the file with the certificate chain")
	}
	if key == "" && cert != "" {
		v.fault(keyKey, "is missing beside "+certKey, "name the file with the private key")
	}
}

// lmtp checks that the door for a mail server in front is not open to everybody.
func (v *validator) lmtp(c LMTP) {
	for _, s := range c.Listen {
		if path, ok := strings.CutPrefix(s, "unix:"); ok {
			if !filepath.IsAbs(path) {
				v.fault("lmtp.listen", fmt.Sprintf("%q has no absolute path", s), `write it as "unix:/run/sencoforum/lmtp"`)
			}
			continue
		}
		host, port, err := net.SplitHostPort(s)
		ip, bad := netip.ParseAddr(host)
		switch {
		case err != nil || !isPort(port):
			v.fault("lmtp.listen", fmt.Sprintf("%q is no address with a port", s), `write "127.0.0.1:24" or "unix:/run/sencoforum/lmtp"`)
		case host != Local && (bad != nil || !ip.IsLoopback() && !ip.IsPrivate()):
			v.fault("lmtp.listen", fmt.Sprintf("%q can be reached by strangers, and LMTP trusts whoever comes", s),
				"name a loopback or private address, or a unix: path")
		}
	}
}

func (v *validator) metrics(c Metrics) {
	if c.Listen == "" {
		return
	}
	if host, port, err := net.SplitHostPort(c.Listen); err != nil || !isPort(port) || !isLoopback(host) {
		v.fault("metrics.listen", fmt.Sprintf("%q is no loopback address with a port", c.Listen), `write "127.0.0.1:9425"`)
	}
}

func (v *validator) delivery(c Delivery) {
	v.oneOf("delivery.through", c.Through, ThroughMX, ThroughSmarthost)
	v.oneOf("delivery.tls", c.TLS, TLSRequired, TLSOpportunistic)
	for _, d := range c.ClearTextDomains {
		v.domain("delivery.clear_text_domains", d)
	}
	v.prefixes("delivery.allow_private", c.AllowPrivate)
	if t := time.Duration(c.RetryFor); t < time.Minute || t > 30*24*time.Hour {
		v.fault("delivery.retry_for", "is "+c.RetryFor.String(), "choose from 1 minute to 30 days; 5 days is usual")
	}
	v.within("delivery.unsettled_max", c.UnsettledMax, 1, 4096)
	v.within("delivery.connections", c.Connections, 1, 1000)
	v.within("delivery.connections_total", c.ConnectionsTotal, 1, 10_000)
	v.oneOf("delivery.warm_up", c.WarmUp, WarmUpOff, WarmUpOn)
	v.path("delivery.providers", c.Providers)
}

var envName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)

func (v *validator) smarthost(c Smarthost, used bool) {
	if c.Host == "" && used {
		v.fault("smarthost.host", `is empty while delivery.through is "smarthost"`, "write the name of the mail service")
	}
	if _, err := netip.ParseAddr(c.Host); c.Host != "" && err != nil {
		v.domain("smarthost.host", c.Host)
	}
	v.within("smarthost.port", c.Port, 1, 65535)
	v.oneOf("smarthost.tls", c.TLS, StartTLS, ImplicitTLS, NoTLS)
	v.within("smarthost.connections", c.Connections, 1, 1000)
	v.within("smarthost.per_minute", c.PerMinute, 0, 100_000)
	v.path("smarthost.password_file", c.PasswordFile)
	// What stands here by mistake may be the password itself, so it is not repeated.
	if c.PasswordEnv != "" && !envName.MatchString(c.PasswordEnv) {
		v.fault("smarthost.password_env", "is no name of an environment variable",
			"write a name in capital letters, never the password itself")
	}
	hasPassword := c.PasswordFile != "" || c.PasswordEnv != ""
	switch {
	case c.PasswordFile != "" && c.PasswordEnv != "":
		v.fault("smarthost.password_env", "is set beside smarthost.password_file", "keep one of them")
	case c.User != "" && !hasPassword:
		v.fault("smarthost.user", "has no password", "name a file in smarthost.password_file, or an environment "+
			"variable in smarthost.password_env")
	case c.User == "" && hasPassword:
		v.fault("smarthost.user", "is empty while there is a password", "write the user name of the mail service")
	case hasPassword && c.TLS == NoTLS && !isLoopback(c.Host):
		v.fault("smarthost.tls", "would send the password in clear text", `write "starttls" or "implicit"`)
	}
}

func (v *validator) lists(c Lists, maxMessage Size) {
	if t := time.Duration(c.SendDelay); t > 15*time.Minute {
		v.fault("lists.send_delay", "is "+c.SendDelay.String(), "choose from 0, which sends at once, to 15 minutes")
	}
	v.oneOf("lists.non_member", c.NonMember, NonMemberAsk, NonMemberHold, NonMemberRefuse)
	v.oneOf("lists.join", c.Join, JoinOpen, JoinConfirm, JoinApprove)
	if c.AttachTotal > maxMessage {
		v.fault("lists.attach_total", "is more than smtp.max_message", "choose from 0 to "+maxMessage.String())
	}
}

func (v *validator) texts(t Texts) {
	for _, name := range []string{"rules", "privacy", "accessibility", "help", "contact"} {
		v.path("texts."+name, t.Path(name))
	}
}

func (v *validator) calendar(c Calendar) {
	if c.Nation != "" {
		v.oneOf("calendar.nation", c.Nation, "england", "wales", "scotland", "northern-ireland")
	}
	v.path("calendar.file", c.File)
	if c.File != "" && c.Nation == "" {
		v.fault("calendar.nation", "is empty while calendar.file is set", `write "england", "wales", "scotland" or "northern-ireland"`)
	}
}

func (v *validator) oneOf(key, value string, words ...string) {
	if !slices.Contains(words, value) {
		last := len(words) - 1
		v.fault(key, fmt.Sprintf("is %q", value), fmt.Sprintf(`write "%s" or "%s"`, strings.Join(words[:last], `", "`), words[last]))
	}
}

func (v *validator) within(key string, n, low, high int) {
	if n < low || n > high {
		v.fault(key, fmt.Sprintf("is %d", n), fmt.Sprintf("choose from %d to %d", low, high))
	}
}

// path checks that a path does not depend on where the server was started.
func (v *validator) path(key, path string) {
	if path != "" && !filepath.IsAbs(path) {
		v.fault(key, "is no absolute path", "begin it with /")
	}
}

var label = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
})

// domain checks a domain name (RFC 1035 §2.3.1, RFC 1123 §2.1).
func (v *validator) domain(key, name string) {
	if !isHost(name) {
		v.fault(key, fmt.Sprintf("%q is no domain name", name),
			"write letters, digits, hyphens and dots; other letters in their xn-- form")
	}
}

// isHost reports a domain name.
func isHost(name string) bool {
	good := name != "" && len(name) <= 253
	for one := range strings.SplitSeq(name, ".") {
		good = good && label().MatchString(one)
	}
	return good
}

func (v *validator) prefixes(key string, list []string) {
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			v.fault(key, fmt.Sprintf("%q is no network", s), `write it as "10.0.0.0/8" or "2001:db8::/32"`)
		} else if p != p.Masked() {
			v.fault(key, fmt.Sprintf("%q has bits behind its length", s), fmt.Sprintf("write %q", p.Masked().String()))
		}
	}
}

// isPort says whether s is a port number; 0 lets the system choose one.
func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == Local || err == nil && ip.IsLoopback()
}
