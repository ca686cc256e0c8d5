package list

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"sencoforum/message"
	"sencoforum/store"
)

// A Ban keeps somebody from joining a list and from writing to it.
type Ban struct {
	Pattern string    `json:"pattern"` // as BanPattern returns it
	Since   time.Time `json:"since"`
	By      string    `json:"by"` // who banned, as in the audit log
}

// MaxBans bounds the bans of one list, because each message is compared with all of them.
const MaxBans = 5000

// Errors of bans.
var (
	ErrNoBan   = errors.New("there is no such ban")
	ErrBanned  = errors.New("banned already")
	ErrTooMany = fmt.Errorf("a list has at most %d bans", MaxBans)
)

// BanPattern reads what is banned: an address, a domain with all below it (spam.example or @spam.example), or a pattern of
// an address in which a star stands for any number of characters. It is returned in lower case, a domain with an @ before it.
func BanPattern(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch {
	case strings.ContainsAny(s, " \t\r\n\x00<>,;\""), len(s) > 254:
		return "", fmt.Errorf("%q is no address, domain or pattern", s)
	case strings.Trim(s, "*@.") == "":
		return "", fmt.Errorf("%q would ban everybody", s)
	case strings.Contains(s, "*"):
		if strings.Count(s, "*") > 4 || strings.Count(s, "@") != 1 {
			return "", fmt.Errorf("pattern %q: write an address with one to four stars, such as sales*@shop.example", s)
		}
		return s, nil
	case !strings.Contains(s, "@"):
		s = "@" + s
	}
	if domain, found := strings.CutPrefix(s, "@"); found {
		if !domainForm.MatchString(domain) || !strings.Contains(domain, ".") {
			return "", fmt.Errorf("%q is no mail domain; write it like spam.example", domain)
		}
		return s, nil
	}
	a, err := message.ParseAddress(s)
	if err != nil {
		return "", fmt.Errorf("%q: %w", s, err)
	}
	return a.Key(), nil
}

// bans reports whether a pattern is about an address, which is given by its key.
func banFits(pattern, key string) bool {
	switch {
	case strings.Contains(pattern, "*"):
		return starFits(pattern, key)
	case strings.HasPrefix(pattern, "@"):
		return strings.HasSuffix(key, pattern) || strings.HasSuffix(key, "."+pattern[1:])
	}
	return pattern == key
}

// Fits reports whether a pattern, as BanPattern returns it, is about an address.
func Fits(pattern string, a message.Address) bool { return banFits(pattern, a.Key()) }

// starFits reports whether a text fits a pattern in which each star stands for any characters. It takes no more than one
// look for each star.
func starFits(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return strings.HasSuffix(text, last)
}

// AddBan stores a ban, or returns ErrBanned or ErrTooMany.
func AddBan(tx *store.Tx, l ID, b Ban) error {
	key := store.Pair[ID, string]{A: l, B: b.Pattern}
	n := 0
	for old, err := range Bans(tx, l) {
		if err != nil {
			return err
		}
		if old.Pattern == b.Pattern {
			return fmt.Errorf("%s: %w", b.Pattern, ErrBanned)
		}
		n++
	}
	if n >= MaxBans {
		return ErrTooMany
	}
	return bans.Put(tx, key, b)
}

// RemoveBan ends a ban, or returns ErrNoBan.
func RemoveBan(tx *store.Tx, l ID, pattern string) error {
	key := store.Pair[ID, string]{A: l, B: pattern}
	has, err := bans.Has(tx, key)
	if err == nil && !has {
		err = fmt.Errorf("%s: %w", pattern, ErrNoBan)
	}
	if err != nil {
		return err
	}
	return bans.Delete(tx, key)
}

// Bans yields the bans of a list in the order of their patterns.
func Bans(tx *store.Tx, l ID) iter.Seq2[Ban, error] {
	return func(yield func(Ban, error) bool) {
		for row, err := range store.Prefix(bans, tx, l) {
			if !yield(row.Value, err) || err != nil {
				return
			}
		}
	}
}

// Banned reports whether one of the addresses is banned from a list.
func Banned(tx *store.Tx, l ID, all ...message.Address) (bool, error) {
	found := false
	for b, err := range Bans(tx, l) {
		if err != nil {
			return false, err
		}
		for _, a := range all {
			found = found || !a.IsZero() && banFits(b.Pattern, a.Key())
		}
	}
	return found, nil
}
