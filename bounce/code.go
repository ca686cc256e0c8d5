package bounce

import (
	"strconv"
	"strings"
)

// findStatus returns the first enhanced status code in s (RFC 3463 §2), or "". Addresses of hosts and versions are not
// mistaken for one.
func findStatus(s string) string {
	for i := 0; i+5 <= len(s); i++ {
		if s[i] != '2' && s[i] != '4' && s[i] != '5' || s[i+1] != '.' {
			continue
		}
		if i > 0 && (isWordByte(s[i-1]) || s[i-1] == '.' || s[i-1] == '/') {
			continue
		}
		subject := digits(s[i+2:])
		rest := i + 2 + subject
		if subject == 0 || subject > 3 || rest >= len(s) || s[rest] != '.' {
			continue
		}
		detail := digits(s[rest+1:])
		end := rest + 1 + detail
		if detail == 0 || detail > 3 || end < len(s) && isWordByte(s[end]) {
			continue
		}
		if end+1 < len(s) && s[end] == '.' && digits(s[end+1:]) > 0 {
			continue // four numbers
		}
		return s[i:end]
	}
	return ""
}

// findReply returns the first digit of the first SMTP reply code in s (RFC 5321 §4.2): '4', '5' or 0. It is a number of
// its own at the start of a line, or behind a word that announces what a host said.
func findReply(s string) byte {
	for i := 0; i+3 <= len(s); i++ {
		if s[i] != '4' && s[i] != '5' || digits(s[i:]) != 3 || s[i+1] > '5' {
			continue
		}
		if i > 0 && !strings.ContainsRune(" \n\t:;('\"[<", rune(s[i-1])) {
			continue
		}
		if i+3 == len(s) || strings.ContainsRune(" -\n\t:;,)'\"]#", rune(s[i+3])) {
			if i+4 < len(s) && s[i+3] == ' ' && unitFollows(s[i+4:]) {
				continue
			}
			return s[i]
		}
	}
	return 0
}

// unitFollows reports that a number before s counts something.
func unitFollows(s string) bool {
	for _, unit := range []string{"minute", "hour", "day", "second", "byte", "kb", "mb", "kilo", "mega", "bytes", "attempt"} {
		if len(s) >= len(unit) && strings.EqualFold(s[:len(unit)], unit) {
			return true
		}
	}
	return false
}

// digits counts the digits at the beginning of s.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// better returns the code that says most: that of the Status field, or one of the host's own words where the field is
// missing or general. A code of security or content among the words wins over one of the address, as its text would.
func better(field, words string) string {
	best := field
	for range 8 {
		code := findStatus(words)
		if code == "" {
			break
		}
		words = words[strings.Index(words, code)+len(code):]
		switch {
		case code[0] == '2':
		case best == "", isGeneral(best) && (!isGeneral(code) || subjectOf(best) == 0):
			best = code
		case best[0] == '5' && code[0] == '5' && subjectOf(best) == 1 && (subjectOf(code) == 6 || subjectOf(code) == 7):
			best = code
		}
	}
	return best
}

// isGeneral reports a code of the form x.y.0, which tells no detail (RFC 3463 §3).
func isGeneral(status string) bool { return strings.HasSuffix(status, ".0") }

// subjectOf returns the middle number of a status code.
func subjectOf(status string) int {
	n, _ := strconv.Atoi(strings.Split(status, ".")[1])
	return n
}
