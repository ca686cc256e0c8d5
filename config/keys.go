package config

import (
	"slices"
	"strings"
)

// setting joins the name of a key in the file with the field it sets: a *string, *bool, *int, *[]string, *Size or
// *Duration.
type setting struct {
	key   string
	field any
}

// settings returns every key of the file, in the order of the example.
//
// ceiling: flat table
func (c *Config) settings() []setting {
	return []setting{
		{"data", &c.Data},
		{"hostname", &c.Hostname},
		{"domain", &c.Domain},
		{"web_url", &c.WebURL},
		{"operator", &c.Operator},

		{"smtp.listen", &c.SMTP.Listen},
		{"smtp.tls_cert", &c.SMTP.TLSCert},
		{"smtp.tls_key", &c.SMTP.TLSKey},
		{"smtp.acme", &c.SMTP.ACME},
		{"smtp.trusted_networks", &c.SMTP.TrustedNetworks},
		{"smtp.proxy_from", &c.SMTP.ProxyFrom},
		{"smtp.spam_headers", &c.SMTP.SpamHeaders},
		{"smtp.max_message", &c.SMTP.MaxMessage},
		{"smtp.min_free", &c.SMTP.MinFree},
		{"smtp.connections", &c.SMTP.Connections},
		{"smtp.connections_per_ip", &c.SMTP.ConnectionsPerIP},
		{"smtp.connections_per_network", &c.SMTP.ConnectionsPerNetwork},

		{"lmtp.listen", &c.LMTP.Listen},

		{"web.listen", &c.Web.Listen},
		{"web.tls_cert", &c.Web.TLSCert},
		{"web.tls_key", &c.Web.TLSKey},
		{"web.acme", &c.Web.ACME},
		{"web.acme_contact", &c.Web.ACMEContact},
		{"web.acme_directory", &c.Web.ACMEDirectory},
		{"web.redirect", &c.Web.Redirect},
		{"web.proxy_from", &c.Web.ProxyFrom},

		{"delivery.through", &c.Delivery.Through},
		{"delivery.tls", &c.Delivery.TLS},
		{"delivery.clear_text_domains", &c.Delivery.ClearTextDomains},
		{"delivery.allow_private", &c.Delivery.AllowPrivate},
		{"delivery.retry_for", &c.Delivery.RetryFor},
		{"delivery.unsettled_max", &c.Delivery.UnsettledMax},
		{"delivery.connections", &c.Delivery.Connections},
		{"delivery.connections_total", &c.Delivery.ConnectionsTotal},
		{"delivery.warm_up", &c.Delivery.WarmUp},
		{"delivery.providers", &c.Delivery.Providers},

		{"smarthost.host", &c.Smarthost.Host},
		{"smarthost.port", &c.Smarthost.Port},
		{"smarthost.tls", &c.Smarthost.TLS},
		{"smarthost.user", &c.Smarthost.User},
		{"smarthost.password_file", &c.Smarthost.PasswordFile},
		{"smarthost.password_env", &c.Smarthost.PasswordEnv},
		{"smarthost.connections", &c.Smarthost.Connections},
		{"smarthost.per_minute", &c.Smarthost.PerMinute},

		{"dkim.sign", &c.DKIM.Sign},

		{"lists.subject_tag", &c.Lists.SubjectTag},
		{"lists.send_delay", &c.Lists.SendDelay},
		{"lists.attach_total", &c.Lists.AttachTotal},
		{"lists.footer", &c.Lists.Footer},
		{"lists.non_member", &c.Lists.NonMember},
		{"lists.ack", &c.Lists.Ack},
		{"lists.join", &c.Lists.Join},

		{"calendar.nation", &c.Calendar.Nation},
		{"calendar.file", &c.Calendar.File},

		{"texts.rules", &c.Texts.Rules},
		{"texts.privacy", &c.Texts.Privacy},
		{"texts.accessibility", &c.Texts.Accessibility},
		{"texts.help", &c.Texts.Help},
		{"texts.contact", &c.Texts.Contact},

		{"metrics.listen", &c.Metrics.Listen},

		{"log.level", &c.Log.Level},
		{"log.format", &c.Log.Format},
	}
}

// section returns the part of a key before its last dot, and the rest.
func section(key string) (before, last string) {
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		return key[:i], key[i+1:]
	}
	return "", key
}

// nearest returns the known name that a mistaken one most likely meant, or "". A right name in the wrong section is
// nearer than any misspelling.
func nearest(wrong string, known []string) string {
	best, bestCost := "", len(wrong)/3+2
	wrongSection, wrongLast := section(wrong)
	for _, name := range known {
		cost := distance(wrong, name)
		if knownSection, last := section(name); knownSection != wrongSection {
			cost = min(cost, distance(wrongLast, last)+1)
		}
		if cost < bestCost {
			best, bestCost = name, cost
		}
	}
	return best
}

// distance is the number of letters to insert, remove or change to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// sections returns the names of the sections, in order.
func sections(all []setting) []string {
	var names []string
	for _, s := range all {
		if name, _ := section(s.key); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
