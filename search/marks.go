package search

import "slices"

// A Mark is a place in a text that a query is about.
type Mark struct {
	Start, End int  // bytes
	Typed      bool // it has the words that were typed, not only what they mean besides
}

// marks know what a query looks for, to find it in a text. The zero marks find nothing.
type marks struct {
	patterns map[string][]pattern // by their first word
	letters  *firstLetters        // with which words of them begin
}

type pattern struct {
	words []placedWord
	typed bool
}

func (m *marks) add(words []placedWord, typed bool) {
	if len(words) == 0 {
		return
	}
	if m.patterns == nil {
		m.patterns, m.letters = map[string][]pattern{}, &firstLetters{}
	}
	for _, w := range words {
		m.letters.add(w.term)
	}
	first := words[0].term
	m.patterns[first] = append(m.patterns[first], pattern{words: words, typed: typed})
}

// in returns the places in a text that match, in order and apart from each other.
func (m marks) in(a *analyser, text string) []Mark {
	if len(m.patterns) == 0 {
		return nil
	}
	tokens := a.some(text, m.letters)
	var all []Mark
	for i := range tokens {
		for _, p := range m.patterns[tokens[i].term] {
			if last, ok := p.from(tokens, i); ok {
				all = append(all, Mark{Start: tokens[i].start, End: last, Typed: p.typed})
			}
		}
	}
	slices.SortFunc(all, func(a, b Mark) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	return merged(all)
}

// from reports whether the words stand in a text from a token on, whose word is the first, and where they end. Tokens stand in
// the order of their places, but for those of words with hyphens, which stand behind their parts.
func (p pattern) from(tokens []token, first int) (end int, ok bool) {
	end = tokens[first].end
	for _, w := range p.words[1:] {
		at, found := tokens[first].pos+w.behind, false
		for i := max(0, first-joinedMost); i < len(tokens) && tokens[i].pos <= at+joinedMost; i++ {
			if tokens[i].pos == at && tokens[i].term == w.term {
				end, found = max(end, tokens[i].end), true
				break
			}
		}
		if !found {
			return 0, false
		}
	}
	return end, true
}

// merged joins marks that overlap.
func merged(all []Mark) []Mark {
	out := all[:0]
	for _, m := range all {
		if n := len(out); n > 0 && m.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, m.End)
			out[n-1].Typed = out[n-1].Typed || m.Typed
			continue
		}
		out = append(out, m)
	}
	return out
}
