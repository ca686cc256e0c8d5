package search

import "slices"

// A Mark is a place in a text that a query is about.
type Mark struct {
	Start, End int  // bytes
	Typed      bool // it has the words that were typed, not only what they mean besides
}

// marks know what a query looks for, to find it in a text. The zero marks find nothing.
type marks struct {
	patterns []pattern
}

type pattern struct {
	words []placedWord
	typed bool
}

func (m *marks) add(words []placedWord, typed bool) {
	if len(words) > 0 {
		m.patterns = append(m.patterns, pattern{words: words, typed: typed})
	}
}

// in returns the places in a text that match, in order and apart from each other.
func (m marks) in(a *analyser, text string) []Mark {
	if len(m.patterns) == 0 {
		return nil
	}
	tokens := a.tokens(text, maxOwn)
	at := map[int][]token{} // tokens by position: a word with a hyphen has two
	for _, t := range tokens {
		at[t.pos] = append(at[t.pos], t)
	}
	var all []Mark
	for _, t := range tokens {
		for _, p := range m.patterns {
			if last, ok := p.from(t, at); ok {
				all = append(all, Mark{Start: t.start, End: last, Typed: p.typed})
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

// from reports whether the words stand in a text from a token on, and where they end.
func (p pattern) from(first token, at map[int][]token) (end int, ok bool) {
	if first.term != p.words[0].term {
		return 0, false
	}
	end = first.end
	for _, w := range p.words[1:] {
		i := slices.IndexFunc(at[first.pos+w.behind], func(t token) bool { return t.term == w.term })
		if i < 0 {
			return 0, false
		}
		end = max(end, at[first.pos+w.behind][i].end)
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
