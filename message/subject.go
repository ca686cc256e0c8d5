package message

import "strings"

// NoSubject stands where a message has no subject.
const NoSubject = "(no subject)"

// Stem returns the subject without our tag, wherever and however often it
// stands, and without the reply marks before it; reply reports that there was
// one. Marks are Re, AW, SV, VS and Antw, also as "Re[2]:" and repeated. The
// stem may be empty.
func Stem(subject, tag string) (stem string, reply bool) {
	s := strings.Join(strings.Fields(removeTag(subject, tag)), " ")
	for {
		rest, ok := cutReplyMark(s)
		if !ok {
			return s, reply
		}
		s, reply = rest, true
	}
}

// Tagged puts a stem and our tag together: "Re: [TAG] stem" or "[TAG] stem". An
// empty stem becomes NoSubject; an empty tag is left out.
func Tagged(stem string, reply bool, tag string) string {
	if stem == "" {
		stem = NoSubject
	}
	if tag != "" {
		stem = tag + " " + stem
	}
	if reply {
		return "Re: " + stem
	}
	return stem
}

// removeTag removes every occurrence of tag without regard to case, also one
// that comes about when another is removed. One pass, from the left.
func removeTag(s, tag string) string {
	if tag == "" {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		out = append(out, s[i])
		if n := len(out) - len(tag); n >= 0 && strings.EqualFold(string(out[n:]), tag) {
			out = out[:n]
		}
	}
	return string(out)
}

// cutReplyMark removes one reply mark at the start of s.
func cutReplyMark(s string) (rest string, ok bool) {
	for _, mark := range []string{"re", "aw", "sv", "vs", "antw"} {
		if len(s) <= len(mark) || !strings.EqualFold(s[:len(mark)], mark) {
			continue
		}
		rest := cutCount(s[len(mark):])
		rest = strings.TrimLeft(rest, " ")
		for _, end := range []string{":", "："} {
			if after, ok := strings.CutPrefix(rest, end); ok {
				return strings.TrimLeft(after, " "), true
			}
		}
	}
	return s, false
}

// cutCount removes the number that some programs put behind the mark: [2], (2), ^2.
func cutCount(s string) string {
	t := strings.TrimLeft(s, " ")
	if t == "" || strings.IndexByte("[(^*", t[0]) < 0 {
		return s
	}
	digits := strings.TrimLeft(t[1:], "0123456789")
	if len(digits) == len(t)-1 {
		return s
	}
	return strings.TrimLeft(digits, "])")
}
