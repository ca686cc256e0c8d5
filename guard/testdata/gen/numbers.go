package gen

import (
	"fmt"
	"strings"
)

// The checks are written here a second time, so that a fault in the guard's shows.

const upnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ"

// upn makes a Unique Pupil Number, sometimes a temporary one, with a right check letter.
func (w *writer) upn() string {
	rest := fmt.Sprint(201+w.r.IntN(690)) + w.digits(4) + fmt.Sprintf("%02d", 8+w.r.IntN(18)) + w.digits(3)
	values := make([]int, 12)
	for i := range rest {
		values[i] = int(rest[i] - '0')
	}
	if w.r.IntN(8) == 0 {
		values[11] = w.r.IntN(23)
		rest = rest[:11] + string(upnLetters[values[11]])
	}
	sum := 0
	for i, v := range values {
		sum += (i + 2) * v
	}
	return string(upnLetters[sum%23]) + rest
}

func (w *writer) nhs() string {
	for {
		d := fmt.Sprint(4+w.r.IntN(4)) + w.digits(8)
		r := weighted(d) % 11
		if r == 1 { // the check would be 10
			continue
		}
		return d + fmt.Sprint((11-r)%11)
	}
}

func (w *writer) uln() string {
	for {
		d := fmt.Sprint(1+w.r.IntN(9)) + w.digits(8)
		if r := weighted(d) % 11; r != 0 {
			return d + fmt.Sprint(10-r)
		}
	}
}

func weighted(d string) int {
	sum := 0
	for i := range 9 {
		sum += (10 - i) * int(d[i]-'0')
	}
	return sum
}

func (w *writer) nino() string {
	for {
		p := string("ABCEGHJKLMNOPRSTWXYZ"[w.r.IntN(20)]) + string("ABCEGHJKLMNPRSTWXYZ"[w.r.IntN(19)])
		switch p {
		case "BG", "GB", "NK", "KN", "TN", "NT", "ZZ":
			continue
		}
		return p + w.digits(6) + string("ABCD"[w.r.IntN(4)])
	}
}

// spread writes a number as people and programs do: cut by spaces, dashes, spaces that do not break, in full-width
// digits, in small letters.
func (w *writer) spread(number string, cuts ...int) string {
	var parts []string
	at := 0
	for _, n := range cuts {
		parts = append(parts, number[at:at+n])
		at += n
	}
	parts = append(parts, number[at:])
	switch w.r.IntN(14) {
	case 0, 1:
		return strings.Join(parts, " ")
	case 2:
		return strings.Join(parts, "-")
	case 3:
		return strings.Join(parts, "\u00a0")
	case 4:
		return strings.ToLower(number)
	case 5:
		return strings.Join(parts, "\u200b")
	case 6:
		return wide(number)
	case 7:
		return strings.Join(parts, "\u2011")
	case 8:
		return strings.Join(parts, " – ")
	case 9:
		return strings.Join(parts, "\u2009")
	}
	return number
}

func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, s)
}
