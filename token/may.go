package token

import (
	"bytes"
	"strings"
)

// tagMost is the longest HTML tag that is stepped over between two letters; behind a longer one a token may stand.
const tagMost = 256

// May reports whether a message, as it travels, may hold a token in any reading of it: as it stands, in quoted-printable, with
// escapes, in HTML with tags between its letters, or in what must be unpacked first, such as base64. False is certain, and is
// what nearly all messages get that were not written here. It is one look at each octet.
func May(raw []byte) bool {
	for at, c := range raw {
		if signs[c] && may(raw, at) {
			return true
		}
	}
	return false
}

// packed are words of which one stands in every message whose text is not to be read as it stands, in lower case, by their last
// octet.
var packed = func() (by [256][]string) {
	for _, word := range []string{"base64", "\nbegin", "utf-7", "utf-16", "utf-32", "iso-2022", "hz-gb", "ms-tnef"} {
		last := word[len(word)-1]
		by[last] = append(by[last], word)
	}
	return by
}()

// signs are the octets at which may has to look.
var signs = func() (all [256]bool) {
	for _, c := range []byte("sS%=&?NBF") {
		all[c] = true
	}
	for c, words := range packed {
		all[c] = all[c] || len(words) > 0
	}
	return all
}()

// may reports a beginning of a token, or something that must be unpacked, at an octet.
func may(raw []byte, at int) bool {
	switch c := lower(raw[at]); c {
	case Prefix[0]:
		return follows(raw, at+1)
	case '&':
		rest := raw[at+1:]
		for len(rest) >= 4 && strings.EqualFold(string(rest[:4]), "amp;") { // escaped twice
			rest = rest[4:]
		}
		return len(rest) > 0 && rest[0] == '#' && !isMark(rest[1:])
	case '?':
		return at+2 < len(raw) && lower(raw[at+1]) == 'b' && raw[at+2] == '?' // an encoded word in base64
	case '%', '=':
		v, ok := hexPair(string(raw[at+1 : min(len(raw), at+3)]))
		return ok && (lower(v) == Prefix[0] || v == '%')
	default:
		for _, word := range packed[c] {
			if ends(raw[:at], word[:len(word)-1]) {
				return c != 'n' || at+1 < len(raw) && (raw[at+1] == ' ' || raw[at+1] == '=') // "beginning" is a word of letters
			}
		}
		return false
	}
}

// isMark reports the number of a quotation mark or of what is no ASCII, between &# and a semicolon, as programs write it. All other
// numbers may be letters, or the beginning of another escape.
func isMark(b []byte) bool {
	digits := 0
	for digits < len(b) && '0' <= b[digits] && b[digits] <= '9' {
		digits++
	}
	if digits < 2 || digits == len(b) || b[0] == '0' || b[digits] != ';' {
		return false
	}
	switch string(b[:2]) {
	case "34", "39":
		return digits == 2
	case "10", "11", "12": // up to 127 is ASCII
		return digits > 3
	}
	return digits > 2
}

// ends reports that raw ends in a word. It looks at the last letter first, which tells most words apart.
func ends(raw []byte, word string) bool {
	if len(raw) < len(word) {
		return false
	}
	raw = raw[len(raw)-len(word):]
	for i := len(word) - 1; i >= 0; i-- {
		if lower(raw[i]) != word[i] {
			return false
		}
	}
	return true
}

// follows reports the other letters of the prefix, with anything between them that a reading may take away.
func follows(raw []byte, at int) bool {
	for _, want := range []byte(Prefix[1 : len(Prefix)-1]) {
		for at < len(raw) && !isAlphanumeric(raw[at]) {
			n := filler(raw[at:])
			if n < 0 {
				return true
			}
			at += n
		}
		if at >= len(raw) || lower(raw[at]) != want {
			return false
		}
		at++
	}
	return true
}

// filler is the length of what begins a text and may be taken away by a reading: a tag, the name of a sign, a sign. It is negative
// where that may be a letter of the prefix.
func filler(b []byte) int {
	switch b[0] {
	case '<':
		if tag := bytes.IndexByte(b[:min(len(b), tagMost)], '>'); tag >= 0 {
			return tag + 1
		}
		return -1
	case '&':
		for n := 1; n < min(len(b), 16); n++ {
			if b[n] == ';' {
				return n + 1
			}
		}
	case '%', '=':
		v, ok := hexPair(string(b[1:min(len(b), 3)]))
		switch {
		case !ok:
		case v == '%' || strings.IndexByte(Prefix, lower(v)) >= 0:
			return -1
		default:
			return 3
		}
	}
	return 1
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= lower(c) && lower(c) <= 'z'
}
