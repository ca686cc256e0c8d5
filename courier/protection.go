package courier

// protection is how the mail of a domain is guarded on its way to an MX. It is a part of the hop's key, so that domains
// that want different things never share a connection.
type protection struct {
	level   security
	testing bool // certificates are looked at, and only noted
}

// protect decides how to guard the mail of a domain. The first that applies counts:
//
//  1. The domain's own policy in mode enforce (MTA-STS): verified. No setting of ours weakens what the domain asked for.
//  2. The operator's exception for the domain: encryption where it is offered.
//  3. Config.TLS: encrypted without comparing names, or encryption where it is offered.
//
// A policy in mode testing changes nothing but that its failures are noted.
func protect(mode stsMode, policy TLSPolicy, exception bool) protection {
	switch {
	case mode == stsEnforce:
		return protection{level: verified}
	case exception || policy == Opportunistic:
		return protection{level: offered, testing: mode == stsTesting}
	}
	return protection{level: required, testing: mode == stsTesting}
}

// kinds are the words with which keys of hops begin. A verified connection serves every domain whose policy names its host.
var kinds = []struct {
	word string
	is   protection
}{
	{"mx", protection{level: required}},
	{"mx-clear", protection{level: offered}},
	{"mx-verified", protection{level: verified}},
	{"mx-testing", protection{level: required, testing: true}},
	{"mx-clear-testing", protection{level: offered, testing: true}},
}

// key is the key of a hop of these hosts.
func (p protection) key(groups [][]string) string {
	for _, k := range kinds {
		if k.is == p {
			return k.word + ":" + formatHosts(groups)
		}
	}
	panic("courier: a protection without a word") // protect makes no other
}

// parseKind reads the word of a key.
func parseKind(word string) (protection, bool) {
	for _, k := range kinds {
		if k.word == word {
			return k.is, true
		}
	}
	return protection{}, false
}

// mode is the policy that a hop follows, as its domains gave it.
func (p protection) mode() stsMode {
	switch {
	case p.level == verified:
		return stsEnforce
	case p.testing:
		return stsTesting
	}
	return stsNone
}
