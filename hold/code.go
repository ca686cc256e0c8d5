package hold

import (
	"errors"
	"math/bits"
	"strings"

	"sencoforum/token"
)

// The code of an item is what people see and type instead of its number, such as 8f3k: at least four characters of the
// alphabet of tokens, the second of them a letter, so that no code is the number of a post. Neighbours look nothing alike. The
// number is computed back from it, so nothing is stored.

const (
	codeLength  = 4       // characters of the shortest codes
	codeLetters = 22      // how many of the alphabet's characters are letters; they are the last ones
	codeFactor  = 387_421 // a prime, and so without a divisor in common with any size below
	codeStart   = 123_457 // less than any size: the first codes do not look like the first numbers
	codeMost    = 11      // characters of the longest code that is read
)

// ErrNoCode is returned for what is no code of an item.
var ErrNoCode = errors.New("that is no code of a message that waits; a code looks like #8f3k")

// codeSize is how many codes of a length there are.
func codeSize(length int) uint64 {
	n := uint64(codeLetters)
	for range length - 1 {
		n *= uint64(len(token.Alphabet))
	}
	return n
}

// Code is the code of a number, without the mark # that stands before it.
func (n Number) Code() string {
	if n == 0 {
		return ""
	}
	index, length := uint64(n-1), codeLength
	for index >= codeSize(length) {
		index -= codeSize(length)
		length++
	}
	index = (times(index, codeFactor, codeSize(length)) + codeStart) % codeSize(length)
	code := make([]byte, length)
	for i := length - 1; i >= 0; i-- {
		base, first := uint64(len(token.Alphabet)), 0
		if i == 1 {
			base, first = codeLetters, len(token.Alphabet)-codeLetters
		}
		code[i] = token.Alphabet[first+int(index%base)]
		index /= base
	}
	return string(code)
}

// ParseCode reads a code as people write it: with or without #, in any case, with letters that are taken for others.
func ParseCode(s string) (Number, error) {
	s = likeToken.Replace(strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "#")))
	if len(s) < codeLength || len(s) > codeMost {
		return 0, ErrNoCode
	}
	var index uint64
	for i := range len(s) {
		at := strings.IndexByte(token.Alphabet, s[i])
		if at < 0 {
			return 0, ErrNoCode
		}
		base := uint64(len(token.Alphabet))
		if i == 1 {
			base = codeLetters
			if at -= len(token.Alphabet) - codeLetters; at < 0 {
				return 0, ErrNoCode
			}
		}
		index = index*base + uint64(at)
	}
	size := codeSize(len(s))
	index = times(index+size-codeStart%size, inverse(codeFactor, size), size)
	for length := codeLength; length < len(s); length++ {
		index += codeSize(length)
	}
	return Number(index + 1), nil
}

// likeToken reads letters that no token has as those that people take them for.
var likeToken = strings.NewReplacer("i", "1", "l", "1", "o", "0", "u", "v")

// times is a times b modulo size; a and b are less than 2^63.
func times(a, b, size uint64) uint64 {
	high, low := bits.Mul64(a%size, b%size)
	_, rest := bits.Div64(high%size, low, size)
	return rest
}

// inverse returns what undoes a multiplication by a modulo size, by the extended algorithm of Euclid.
func inverse(a, size uint64) uint64 {
	t, next := int64(0), int64(1)
	r, rest := size, a%size
	for rest != 0 {
		q := r / rest
		t, next = next, t-int64(q)*next
		r, rest = rest, r-q*rest
	}
	if t < 0 {
		t += int64(size)
	}
	return uint64(t)
}
