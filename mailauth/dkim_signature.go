package mailauth

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// signature is a DKIM-Signature field that was read; its Result is "" until something decides it.
type signature struct {
	Signature
	field field

	rawDomain string // d= as it stands, which the library looks up
	selector  string // s= as it stands
	signer    string // the domain of i=, or of d=
}

// keyName returns the name under which the key is looked up (RFC 6376 §3.6.2.1).
func (s *signature) keyName() string { return s.selector + "._domainkey." + s.rawDomain }

// refuse decides a signature, once: the first reason stays.
func (s *signature) refuse(result Check, reason Reason) {
	if s.Result == "" {
		s.Result, s.Reason = result, reason
	}
}

// parseSignature reads a DKIM-Signature field and refuses what our policy does not accept.
func parseSignature(f field, value string, now time.Time) signature {
	sig := signature{field: f}
	tags, ok := parseTags(value)
	if !ok || len(value) > maxFieldBytes || tags["v"] != "1" {
		sig.refuse(PermError, ReasonMalformed)
	}
	sig.rawDomain, sig.selector = squeeze(tags["d"]), squeeze(tags["s"])
	sig.Selector = plain(sig.selector)
	sig.Domain, ok = normal(sig.rawDomain)
	if !ok {
		sig.Domain = ""
		sig.refuse(PermError, ReasonMalformed)
	}
	sig.readSigner(tags)
	sig.readAlgorithm(squeeze(tags["a"]))
	sig.readSigned(squeeze(tags["h"]))
	if _, part := tags["l"]; part {
		sig.refuse(Refused, ReasonPartOfBody)
	}
	sig.readExpiry(tags, now)
	return sig
}

// readSigner checks that i= names somebody at d= or below it (RFC 6376 §3.5).
func (s *signature) readSigner(tags map[string]string) {
	s.signer = s.Domain
	id, ok := tags["i"]
	if !ok {
		return
	}
	id = squeeze(id)
	s.signer, ok = normal(id[strings.LastIndexByte(id, '@')+1:])
	if !ok || !strings.Contains(id, "@") || !within(s.signer, s.Domain) {
		s.refuse(PermError, ReasonForeignSigner)
	}
}

// readAlgorithm accepts what RFC 8301 §3.1 and RFC 8463 allow.
func (s *signature) readAlgorithm(a string) {
	switch a {
	case "rsa-sha256", "ed25519-sha256":
		s.Algorithm = a
	case "rsa-sha1":
		s.refuse(Refused, ReasonSHA1)
	default:
		s.refuse(PermError, ReasonMalformed)
	}
}

// readSigned checks that From is among the signed fields (RFC 6376 §5.4), and that they are not so many that looking
// for them takes long.
func (s *signature) readSigned(h string) {
	names := strings.Split(h, ":")
	if len(names) > maxSigned {
		s.refuse(PermError, ReasonMalformed)
	}
	for _, name := range names {
		if strings.EqualFold(name, "from") {
			return
		}
	}
	s.refuse(PermError, ReasonFromUnsigned)
}

// readExpiry refuses a signature whose time is over (RFC 6376 §3.5, x=).
func (s *signature) readExpiry(tags map[string]string, now time.Time) {
	x, ok := tags["x"]
	if !ok {
		return
	}
	seconds, err := strconv.ParseInt(squeeze(x), 10, 64)
	switch {
	case err != nil:
		s.refuse(PermError, ReasonMalformed)
	case now.After(time.Unix(seconds, 0)):
		s.refuse(PermError, ReasonExpired)
	}
}

// parseTags reads a tag list (RFC 6376 §3.2) and reports false for one that is malformed or repeats a tag.
func parseTags(list string) (map[string]string, bool) {
	tags := map[string]string{}
	for tag := range strings.SplitSeq(list, ";") {
		name, value, ok := strings.Cut(tag, "=")
		name = strings.TrimSpace(name)
		if !ok && name == "" {
			continue
		}
		if _, twice := tags[name]; twice || !ok {
			return tags, false
		}
		tags[name] = strings.TrimSpace(value)
	}
	return tags, true
}

// squeeze takes out all white space, which may stand anywhere in these values.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// plain returns a word fit for a header field and a log, or "".
func plain(word string) string {
	for _, c := range []byte(word) {
		if !letterOrDigit(c) && c != '-' && c != '_' && c != '.' {
			return ""
		}
	}
	if len(word) > nameBytes {
		return ""
	}
	return word
}
