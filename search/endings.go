package search

import "strings"

// leastStem is how many letters a single word has at least, without its ending, that is a name with another ending: of "reads" too
// little is left to say what is meant.
const leastStem = 5

// small are words that people leave out of a name or put into it: "running out of class", "runs out of the classroom".
var small = setOf("a an the my his her its our their your some any this that these those")

// putIn is how many of them a name is looked for with.
const putIn = 2

// endingKey is words as a name whose endings do not matter: "biting other children" and "bites children" are other forms of "bite other
// children". It is empty where too little is left.
func endingKey(words []string) string {
	if len(words) == 0 || small[words[0]] || small[words[len(words)-1]] {
		return ""
	}
	n := 0
	key := keyOf(words, func(w string) string {
		if w = plainWord(w); small[w] {
			return ""
		}
		n++
		return unended(w)
	})
	if n < 2 && len(key) < leastStem || strings.ContainsAny(key, "0123456789") {
		return ""
	}
	if n > 1 && strings.HasSuffix(words[len(words)-1], "ed") {
		key += " -ed" // a statement that was transferred is no statement transfer
	}
	return key
}

// unended takes the ending of a verb or a plural away, and what such an ending changes. It need not be right, but the same for all forms.
func unended(w string) string {
	switch {
	case len(w) < 4:
	case strings.HasSuffix(w, "ies"), strings.HasSuffix(w, "ied"):
		w = w[:len(w)-2]
	case strings.HasSuffix(w, "ing") && len(w) > 5:
		w = w[:len(w)-3]
	case strings.HasSuffix(w, "ed") && len(w) > 4, strings.HasSuffix(w, "es"):
		w = w[:len(w)-2]
	case strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss"), strings.HasSuffix(w, "e"):
		w = w[:len(w)-1]
	}
	n := len(w)
	switch {
	case n > 3 && w[n-1] == w[n-2]:
		w = w[:n-1] // "running", "hitting"
	case n > 2 && w[n-1] == 'y':
		w = w[:n-1] + "i" // "try", "tries"
	}
	return w
}
