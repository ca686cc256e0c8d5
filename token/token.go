// Package token makes and reads the long codes that stand in return addresses and links, so that a stranger cannot
// invent one.
//
// A token is the prefix snc1_ and 32 characters of base32, 160 bits, read without regard to case. There are two sorts
// with the same look. A signed token says what it stands for (a member, a post, a day) and carries a MAC; nothing is
// stored about it, and it gives no right beyond its kind. A random token gives a right of its own: its holder is looked
// up by Hash, and only that hash is stored.
//
// The keys are in one file of mode 0600 in the data directory (see Keyring). Every function may be called at once from
// several goroutines. A crash while the key file is written leaves the old file or the new one, never a part of one.
package token

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"time"
)

// Prefix begins every token. Secret scanners and Find look for it.
const Prefix = "snc1_"

// Alphabet is the 32 characters after the prefix: digits and lower-case letters without i, l, o and u, which are
// taken for 1, 1, 0 and v.
const Alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// Length is the length in octets of every token: the prefix and 32 characters. With a list name of 18 characters and
// "-bounces+" it fills a local part of 64 octets (RFC 5321 §4.5.3.1.1).
const Length = len(Prefix) + 32

const (
	size     = 20 // bytes in a token
	headSize = 12 // kind, key id, subject A, subject B, day
	macSize  = size - headSize
)

var encoding = base32.NewEncoding(Alphabet).WithPadding(base32.NoPadding)

// Kind says what a signed token is for. The numbers are part of every token that was ever sent: never renumber them.
type Kind uint8

// The kinds of signed token.
const (
	Bounces  Kind = 1 // return address of one copy: A member, B post, the day of the attempt
	Reply    Kind = 2 // a post that answers: A post
	Author   Kind = 3 // private message about a post: A post, B the person whom its author answers, or 0 for its author
	OneClick Kind = 4 // leave the list with one click: A member, B the list's number, as lists in two domains may have one name
	Feedback Kind = 5 // the id in Feedback-ID, for complaint reports: A member, B post
)

// Claims is what a signed token says.
type Claims struct {
	Kind Kind
	Key  uint8  // id of the key that signed it
	A, B uint32 // subjects; what they number depends on the kind
	Day  uint16 // as DayOf counts, or 0 for a token without a day
}

// Digest is the form in which a random token is stored: SHA-256 in 64 hexadecimal digits.
type Digest string

// ErrMalformed says that a text is no token at all.
var ErrMalformed = errors.New("not a token")

// ErrForged says that a text looks like a token and that no key of ours signed it for this list.
var ErrForged = errors.New("token not signed by this server for this list")

// ErrRevoked says that a token names a key that was revoked.
var ErrRevoked = errors.New("token signed with a revoked key")

// DayOf returns the day of t in UTC, counted from 1 January 1970, for the day of a token. It lasts until 2149; a time
// outside those years gives 0, which is no day.
func DayOf(t time.Time) uint16 {
	day := t.Unix() / (24 * 60 * 60)
	if day < 0 || day > 1<<16-1 {
		return 0
	}
	return uint16(day)
}

// Random returns a new random token of 160 bits. Store its Hash, never the token.
func Random() string {
	var raw [size]byte
	rand.Read(raw[:]) // never fails: crypto/rand ends the process instead
	return Prefix + encoding.EncodeToString(raw[:])
}

// Hash returns the stored form of a token, the same for every spelling in upper or lower case, or ErrMalformed.
func Hash(s string) (Digest, error) {
	raw, err := decode(s)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw[:])
	return Digest(hex.EncodeToString(sum[:])), nil
}

// encode returns the token for c and the list under the secret.
func encode(c Claims, list string, secret []byte) string {
	var raw [size]byte
	raw[0] = byte(c.Kind)
	raw[1] = c.Key
	binary.BigEndian.PutUint32(raw[2:], c.A)
	binary.BigEndian.PutUint32(raw[6:], c.B)
	binary.BigEndian.PutUint16(raw[10:], c.Day)
	copy(raw[headSize:], mac(raw[:headSize], list, secret))
	return Prefix + encoding.EncodeToString(raw[:])
}

// claims reads the part of a token before its MAC.
func claims(raw [size]byte) Claims {
	return Claims{
		Kind: Kind(raw[0]),
		Key:  raw[1],
		A:    binary.BigEndian.Uint32(raw[2:]),
		B:    binary.BigEndian.Uint32(raw[6:]),
		Day:  binary.BigEndian.Uint16(raw[10:]),
	}
}

// mac covers kind, key id, subjects and day, which have a fixed length, and then the list name.
func mac(head []byte, list string, secret []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write(head)
	h.Write([]byte(strings.ToLower(list)))
	return h.Sum(nil)[:macSize]
}

func decode(s string) (raw [size]byte, err error) {
	if len(s) != Length || !strings.EqualFold(s[:len(Prefix)], Prefix) {
		return raw, ErrMalformed
	}
	// 160 bits are 32 characters exactly, so no two spellings but case give the same bytes.
	for i := len(Prefix); i < Length; i++ {
		if !inAlphabet(s[i]) {
			return raw, ErrMalformed
		}
	}
	if _, err := encoding.Decode(raw[:], []byte(strings.ToLower(s[len(Prefix):]))); err != nil {
		return raw, ErrMalformed
	}
	return raw, nil
}

func inAlphabet(c byte) bool {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return strings.IndexByte(Alphabet, c) >= 0
}
