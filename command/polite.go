package command

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

func phrases(all ...string) [][]string {
	var out [][]string
	for _, p := range all {
		out = append(out, strings.Fields(p))
	}
	return out
}

// politeStarts may stand before a word and say nothing more.
var politeStarts = phrases(
	"please", "pls", "plz", "plse", "kindly", "ok", "okay", "yes", "yep", "yeah", "sure", "just",
	"can you", "could you", "would you", "can i have the", "can i have a", "can i have", "could i have the", "could i have",
	"may i have", "can i get", "could i get", "can i", "could i", "change me to", "switch me to", "change to", "switch to", "put me on", "move me to", "may i", "can we", "could we", "i would like to", "i'd like to", "id like to", "i would like the",
	"i would like", "i'd like", "i want to", "i wish to", "i need to", "we would like to", "i am happy to", "i'm happy to",
	"happy to", "let's", "lets", "thanks", "thank you", "many thanks", "hi", "hello",
)

// politeEnds may stand behind a word and say nothing more.
var politeEnds = phrases(
	"please", "pls", "plz", "thanks", "thank you", "thank you very much", "thank you so much", "thanks very much", "thanks so much",
	"thanks a lot", "thanks again", "thank you again", "thanks all", "many thanks", "thanks in advance", "many thanks in advance",
	"with thanks", "cheers", "ta", "x", "xx", "xxx", "sorry", "diolch", "diolch yn fawr", "asap", "kind regards", "best wishes",
	"regards", "all the best", "best regards", "warm regards", "kindest regards", "very best", "bw", "kr", "best",
)

// greetings begin a mail.
var greetings = phrases("hi", "hiya", "hello", "dear", "hey", "good morning", "good afternoon", "good evening", "morning",
	"afternoon", "evening", "annwyl", "helo", "to whom it may concern", "dear all", "bore da", "prynhawn da", "noswaith dda", "shwmae")

// greeted are whom a greeting names where no name stands.
var greeted = map[string]bool{"all": true, "there": true, "team": true, "both": true, "everyone": true, "everybody": true, "moderators": true,
	"moderator": true, "forum": true, "admin": true, "sir": true, "madam": true, "colleagues": true, "robot": true, "folks": true, "sir/madam": true}

// noNames are words that stand where a name could and change what is meant.
var noNames = map[string]bool{
	"later": true, "tomorrow": true, "today": true, "tonight": true, "soon": true, "eventually": true, "sometime": true, "sometimes": true,
	"monday": true, "tuesday": true, "wednesday": true, "thursday": true, "friday": true, "saturday": true, "sunday": true,
	"nope": true, "no": true, "probably": true, "possibly": true, "hopefully": true, "ish": true, "first": true, "only": true,
	"both": true, "all": true, "some": true, "none": true, "next": true, "again": true, "also": true, "and": true, "then": true,
	"surely": true, "seriously": true, "really": true, "what": true, "why": true, "who": true, "oops": true, "too": true, "like": true, "nah": true,
	"everyone": true, "everybody": true, "anyone": true, "nobody": true, "christmas": true, "easter": true, "september": true, "january": true,
}

// suffixOf returns how many words at the end of ts are one of the phrases.
func suffixOf(ts []token, all [][]string) int {
	best := 0
	for _, p := range all {
		if n := len(p); n > best && n <= len(ts) && phraseAt(ts[len(ts)-n:], p) {
			best = n
		}
	}
	return best
}

// prefixOf is suffixOf for the beginning.
func prefixOf(ts []token, all [][]string) int {
	best := 0
	for _, p := range all {
		if len(p) > best && phraseAt(ts, p) {
			best = len(p)
		}
	}
	return best
}

// looksLikeName reports a word that could be somebody's name: one that the writer is known by, or one with a capital that is no
// other word.
func (r *reader) looksLikeName(t token) bool {
	if r.names[t.low] {
		return true
	}
	first, size := utf8.DecodeRuneInString(t.raw)
	if !unicode.IsUpper(first) || noNames[t.low] || hedges[t.low] || isCommandWord(t.low) || len(t.raw) > 20 {
		return false
	}
	rest := t.raw[size:]
	return rest == "" || strings.ToLower(rest) == rest || strings.ContainsAny(rest, "-'")
}

// nameAtEnd returns how many words at the end of ts are a name behind a comma, a dash or a thank-you.
func (r *reader) nameAtEnd(ts []token) int {
	for n := 1; n <= 3 && n < len(ts); n++ {
		if !r.looksLikeName(ts[len(ts)-n]) {
			return 0
		}
		before := ts[:len(ts)-n]
		if strings.ContainsAny(before[len(before)-1].after, ",.-!–—;:/") || suffixOf(before, politeEnds) > 0 {
			return n
		}
	}
	return 0
}

// politeTail returns ts without thanks, names and pictures at its end, and whether it had any. A line that is nothing else
// becomes empty.
func (r *reader) politeTail(ts []token) []token {
	for len(ts) > 0 {
		last := ts[len(ts)-1]
		switch n := suffixOf(ts, politeEnds); {
		case n > 0:
			ts = ts[:len(ts)-n]
		case isEmoji(last) && (len(ts) > 1 || last.raw != "👍") && last.raw != "👎":
			ts = ts[:len(ts)-1]
		case r.nameAtEnd(ts) > 0:
			ts = ts[:len(ts)-r.nameAtEnd(ts)]
		case len(ts) == 1 && r.names[last.low]:
			ts = nil
		default:
			return ts
		}
	}
	return ts
}

// greeting returns how many words at the beginning of a line greet somebody; all of them where it is a line of its own.
func (r *reader) greeting(ts []token) int {
	n := prefixOf(ts, greetings)
	if n == 0 {
		return 0
	}
	for m := n; m <= len(ts) && m <= n+4; m++ {
		if m > n && !(greeted[ts[m-1].low] || isNameWord(ts[m-1])) {
			break
		}
		if m == len(ts) || strings.ContainsAny(ts[m-1].after, ",.!-–:;") {
			return m
		}
	}
	if n < len(ts) && greeted[ts[n].low] {
		return n + 1
	}
	return n
}

// isNameWord reports a word as greetings have it: "Mrs", "Asha", "&".
func isNameWord(t token) bool {
	first, _ := utf8.DecodeRuneInString(t.raw)
	return t.low == "and" || t.low == "&" || unicode.IsUpper(first) && !isCommandWord(t.low)
}

// maxSignOff is how many words a line of a signature has at most.
const maxSignOff = 8

// signsOff reports a line that only ends a mail: thanks, a closing, a name. After one of them a short line is part of it. In a
// private message a name must be the writer's, as any other could be what the message is about.
func (r *reader) signsOff(line string, after bool) bool {
	ts := tokens(line)
	if len(r.politeTail(ts)) == 0 {
		return true
	}
	if r.At == Relay {
		return r.isWriter(ts) || after && len(ts) <= maxSignOff && !strings.ContainsAny(line, "?!") && !startsLow(line)
	}
	if r.allNames(ts) && len(ts) <= 3 {
		return true
	}
	return after && len(ts) <= maxSignOff && !strings.ContainsAny(line, "?!") && !startsLow(line) && hedgeIn(ts) == ""
}

func (r *reader) allNames(ts []token) bool {
	for _, t := range ts {
		if !r.looksLikeName(t) {
			return false
		}
	}
	return len(ts) > 0
}

// unsigned cuts the closing, and the name below it, off the end of lines.
func (r *reader) unsigned(lines []string) []string {
	end := len(lines)
	for i := len(lines) - 1; i >= 0 && i >= len(lines)-5; i-- {
		if ts := tokens(lines[i]); len(r.politeTail(ts)) == 0 || r.isWriter(ts) {
			end = i
		}
	}
	for _, l := range lines[end:] {
		if !r.signsOff(l, true) {
			return lines
		}
	}
	return lines[:end]
}

// isWriter reports a line that is the writer's name and nothing else.
func (r *reader) isWriter(ts []token) bool {
	return len(ts) > 0 && !slices.ContainsFunc(ts, func(t token) bool { return !r.names[t.low] })
}

func startsLow(line string) bool {
	first, _ := utf8.DecodeRuneInString(line)
	return unicode.IsLower(first)
}
