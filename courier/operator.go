package courier

import (
	"net/netip"
	"slices"
	"strings"
)

// operator returns who runs a mail host that is not in the table of providers, as well as its name tells: the parent domain
// that somebody registered. Domains with an MX name of their own at the same provider so share that provider's limit.
//
// The rule is the last two labels, or three where the second-level label of a two-letter country code is one under
// which others register (ac.uk, sch.uk). It may be wrong for rare names; then a limit is shared more, or less,
// widely than it could be.
func operator(host string) string {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || strings.HasPrefix(host, "[") {
		return host
	}
	labels := strings.Split(host, ".")
	keep := 2
	if n := len(labels); n >= 3 && len(labels[n-1]) == 2 && slices.Contains(shared, labels[n-2]) {
		keep = 3
	}
	return strings.Join(labels[max(0, len(labels)-keep):], ".")
}

// shared are second-level labels of country codes under which many register.
var shared = []string{"ac", "co", "com", "edu", "gov", "net", "nhs", "org", "police", "sch"}
