package message

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Skeleton returns what a name looks like: two names with the same skeleton cannot be told apart by eye. Compatibility
// forms (NFKC), case, spaces, marks that nobody sees, and letters of other scripts that look like Latin ones do not count
// (the idea is that of UTS 39 §4; the table is our own and small). Different accents stay different.
func Skeleton(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKC.String(name) {
		if unicode.In(r, unicode.Cf, unicode.Variation_Selector) || unicode.Is(unicode.Cc, r) && !unicode.IsSpace(r) {
			continue
		}
		b.WriteRune(r)
	}
	// Look-alikes of capitals are found before case is folded, those of small letters after it.
	s := alikeCapitals.Replace(b.String())
	s = norm.NFKC.String(strings.ToLower(s))
	s = alikeLetters.Replace(s)
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.P, r) && !unicode.Is(unicode.L, r) || r == '|'
	}), " ")
}

// alikeCapitals are capitals of other scripts that look like a Latin capital, and figures that look like a letter.
var alikeCapitals = alike(map[string]string{
	"A": "\u0410\u0391\u13aa\u1d00", "B": "\u0412\u0392\u13f4\u0299", "C": "\u0421\u03f9\u13df\u1d04", "D": "\u13a0\u1d05", "E": "\u0415\u0395\u13ac\u1d07",
	"F": "\u03dc\ua730", "G": "\u050c\u13c0\u0262", "H": "\u041d\u0397\u13bb\u029c", "I": "\u0406\u0399\u04c0\u026a\u2160", "J": "\u0408\u13ab\u1d0a",
	"K": "\u041a\u039a\u13e6\u1d0b\u212a", "L": "\u13de\u029f", "M": "\u041c\u039c\u13b7\u1d0d", "N": "\u039d\u0274", "O": "\u041e\u039f\u0555\u1d0f",
	"P": "\u0420\u03a1\u13e2\u1d18", "Q": "\u051a", "R": "\u13a1\u0280", "S": "\u0405\u054f\u13da\ua731", "T": "\u0422\u03a4\u13a2\u1d1b",
	"U": "\u054d\u1d1c", "V": "\u0474\u13d9\u1d20", "W": "\u051c\u13b3\u1d21", "X": "\u0425\u03a7", "Y": "\u04ae\u03a5\u028f", "Z": "\u0396\u13c3\u1d22",
})

// alikeLetters are small letters of other scripts that look like a Latin one, and pairs that look like one letter. A capital
// I, a small l and a 1 look alike, so every i counts as an l.
var alikeLetters = alike(map[string]string{
	"a": "\u0430\u03b1\u0251", "b": "\u042c\u044c\u0184\u0185", "c": "\u0441\u03f2", "d": "\u0501", "e": "\u0435\u04bd\u0450",
	"f": "\u03dd\u0192\u017f", "g": "\u0261\u0581\u018d", "h": "\u04bb\u0570", "j": "\u0458\u03f3",
	"k": "\u043a\u03ba\u0138", "l": "1|i\u0627\u01c0\u2223\u0456\u0131\u03b9\u04cf\u0269", "n": "\u0578\u057c", "o": "0\u043e\u03bf\u0585\u03c3\u0d20\u101d", "p": "\u0440\u03c1\u03f1",
	"q": "\u051b\u0563\u0566", "r": "\u0433\u1d26\uab47", "s": "\u0455\u01bd", "t": "\u0442\u03c4", "u": "\u057d\u03c5\u028b",
	"v": "\u0475\u03bd\u2228", "w": "\u051d\u0461\u03c9\u026f\u0561", "x": "\u0445\u03c7\u00d7", "y": "\u0443\u04af\u03b3\u028f\u0263", "z": "\u1d22",
	"m": "\u043c",
}, "rn", "m", "vv", "w", "cl", "d")

// alike makes a replacer of look-alikes, each Latin letter with those that look like it, and of further pairs.
func alike(table map[string]string, pairs ...string) *strings.Replacer {
	for latin, others := range table {
		for _, r := range others {
			pairs = append(pairs, string(r), latin)
		}
	}
	return strings.NewReplacer(pairs...)
}
