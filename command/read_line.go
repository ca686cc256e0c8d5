package command

import (
	"strings"
)

// found is what one line comes to.
type found struct {
	Word
	args    Args
	why     Why // "": it is a command and nothing is left over
	because string
	near    []string
	offer   []string
	free    string // what kind of text was taken up to the end of the mail, if any
	via     string // the words by which the command was called
}

// attempt is a word that stands somewhere in a line, behind polite words.
type attempt struct {
	spelling
	rest      []token // behind it
	called    []token // the words themselves
	listNamed bool    // the list's name stood behind it
}

// line reads one line; below are the lines under it, for words that take text up to the end.
func (r *reader) line(line string, below []string) found {
	ts := cutAdvert(tokens(line))
	if len(ts) > 1 && ts[0].low == "quiet" && r.At == RequestAddress {
		ts = ts[1:]
	}
	if len(ts) == 0 {
		if strings.Trim(line, "? ") == "" && line != "" && r.At&toList == 0 && r.At&anywhere != 0 {
			return r.best([]attempt{{spelling: spelling{word: find("help", r.At)}}}, line, below)
		}
		return found{why: WhyUnknown, because: shorten(line, 60)}
	}
	if r.bareNo(ts) {
		return found{why: WhyNo, because: "no", offer: []string{"reject", "discard"}}
	}
	if r.At == OwnPrivate {
		if got, ok := r.nameFirst(ts); ok {
			return got
		}
	}
	starts := r.starts(ts)
	got := r.best(r.exactly(ts, starts), line, below)
	if got.why == "" || got.Name != "" {
		return got
	}
	close := r.roughly(ts, starts)
	if names := distinct(close); len(names) > 1 {
		return found{why: WhyNear, because: `"` + strings.Join(names, `" or "`) + `"`, near: names}
	}
	if len(close) > 0 {
		return r.best(close, line, below)
	}
	return r.unknown(ts)
}

// cutAdvert cuts "Sent from my iPhone" off the end of a line.
func cutAdvert(ts []token) []token {
	for i := 1; i < len(ts); i++ {
		if isAdvert(ts[i:]) {
			return ts[:i]
		}
	}
	return ts
}

// isAdvert reports words that a telephone has added.
func isAdvert(ts []token) bool {
	return phraseAt(ts, []string{"sent", "from", "my"}) || phraseAt(ts, []string{"get", "outlook", "for"})
}

// bareNo reports a moderator's no, which can mean two things.
func (r *reader) bareNo(ts []token) bool {
	ts = r.politeTail(ts)
	return r.At&heldPost != 0 && len(ts) == 1 && (ts[0].low == "no" || ts[0].low == "nope")
}

// nameFirst reads "Priya only".
func (r *reader) nameFirst(ts []token) (found, bool) {
	ts = r.politeTail(ts)
	if len(ts) < 2 || ts[len(ts)-1].low != "only" {
		return found{}, false
	}
	for _, t := range ts[:len(ts)-1] {
		if !r.about[t.low] {
			return found{}, false
		}
	}
	return found{Word: *find("only", OwnPrivate), via: "only"}, true
}

// find returns the word of a name at a place, which must be there.
func find(name string, at Place) *Word {
	for i := range table {
		if w := &table[i]; w.Name == name && w.At&at != 0 {
			return w
		}
	}
	return &Word{Name: name}
}

// starts returns where a command may begin: at the beginning, and behind each of the polite words.
func (r *reader) starts(ts []token) []int {
	all := []int{0}
	for at := 0; at < len(ts); {
		n := prefixOf(ts[at:], politeStarts)
		if n == 0 || r.At&toList != 0 && casual[joined(ts[at:at+n])] || r.At&decisions != 0 && decided(ts[at+n-1]) {
			break
		}
		at += n
		all = append(all, at)
	}
	return all
}

// decided reports a word of consent that is a sentence of its own, so that what follows is a second one: "Yes. Reject it."
func decided(t token) bool {
	return (shortYes[t.low] || t.low == "sure") && strings.ContainsAny(t.after, ".!")
}

// casual are polite words with which an answer to a person begins, so that in mail to the list they do not count.
var casual = map[string]bool{"yes": true, "ok": true, "okay": true, "yep": true, "yeah": true, "sure": true, "just": true, "happy to": true,
	"i am happy to": true, "i'm happy to": true, "let's": true, "lets": true, "thanks": true, "thank you": true, "many thanks": true}

// reads reports whether a spelling is known at this place to this person.
func (r *reader) reads(s spelling) bool {
	w := s.word
	moderator := r.Moderator || r.At&(decisions|Owner) != 0
	switch {
	case w.At&r.At == 0, w.Who == Moderator && !moderator, s.lone && (moderator || r.At&(RequestAddress|Robot|toList) == 0):
		return false
	}
	return !s.odd || r.At&toList == 0
}

// exactly returns the words that stand at one of the starts, the longest spelling first.
func (r *reader) exactly(ts []token, starts []int) []attempt {
	byFirst, _ := spellings()
	var all []attempt
	for _, at := range starts {
		if at >= len(ts) {
			break
		}
		for _, form := range r.withoutList(ts[at:]) {
			for n := min(6, len(form.rest)); n > 0; n-- {
				for _, s := range byFirst[form.rest[0].low] {
					if len(s.phrase) == n && r.reads(s) && phraseAt(form.rest, s.phrase) {
						all = append(all, attempt{s, form.rest[n:], form.rest[:n], form.listNamed})
					}
				}
			}
		}
	}
	return all
}

// withoutList returns words as they stand and, where the second one is the list's name, without it.
func (r *reader) withoutList(ts []token) []attempt {
	forms := []attempt{{rest: ts}}
	if len(ts) < 2 || r.At&(RequestAddress|Robot) == 0 {
		return forms
	}
	for _, name := range r.Lists {
		if strings.EqualFold(name, ts[1].low) {
			forms = append(forms, attempt{rest: append(append([]token(nil), ts[0]), ts[2:]...), listNamed: true})
		}
	}
	return forms
}

// minFuzzyPost is how many letters a word must have for one wrong letter to be forgiven in mail to the list.
const minFuzzyPost = 6

// roughly is exactly with one wrong letter.
func (r *reader) roughly(ts []token, starts []int) []attempt {
	_, every := spellings()
	var all []attempt
	for _, at := range starts {
		if at >= len(ts) {
			break
		}
		for _, s := range every {
			if !r.reads(s) || !nearly(ts[at:], s.phrase) || r.At&toList != 0 && len(strings.Join(s.phrase, "")) < minFuzzyPost {
				continue
			}
			r.step("One letter is forgiven: ", strings.Join(s.phrase, " "))
			all = append(all, attempt{s, ts[at+len(s.phrase):], ts[at : at+len(s.phrase)], false})
		}
	}
	return all
}

func distinct(all []attempt) (names []string) {
	seen := make(map[string]bool)
	for _, a := range all {
		if !seen[a.word.Name] {
			seen[a.word.Name] = true
			names = append(names, a.word.Name)
		}
	}
	return names
}

// best returns the first attempt that leaves nothing over, else the first of all.
func (r *reader) best(all []attempt, line string, below []string) found {
	best := found{why: WhyUnknown}
	for _, a := range all {
		got := r.try(a, line, below)
		if got.why == "" {
			return got
		}
		if best.Name == "" || best.why == WhyLeftOver && got.why != WhyLeftOver {
			best = got
		}
	}
	return best
}

// unknown is a line that begins with no word of this place.
func (r *reader) unknown(ts []token) found {
	got := found{why: WhyUnknown, because: shorten(joined(ts), 60)}
	if wantsWordsOut(ts) && r.At&(heldPost|OwnGuard) != 0 {
		got.why, got.offer = WhyWords, []string{`redact "WORDS"`, "reject names", "approve"}
		return got
	}
	if h := hedgeIn(ts); h != "" {
		got.why, got.because = WhyHedge, h
		if r.At == RequestAddress {
			got.why, got.because = WhyUnknown, shorten(joined(ts), 60)
		}
	}
	if rest := r.politeTail(ts); len(rest) > 0 && len(rest) <= 2 {
		got.near = r.nearest(joined(rest))
	}
	return got
}

// wantsWordsOut reports a text that asks to take something out and is no command.
func wantsWordsOut(ts []token) bool {
	out := false
	for i, t := range ts {
		switch t.low {
		case "redact", "anonymise":
			return true
		case "take", "taken", "taking", "remove", "removing":
			out = true
		case "out", "name", "names", "surname":
			if out || i > 0 && ts[i-1].low == "without" {
				return true
			}
		}
	}
	return false
}
