package message

import "sync"

// matcher looks for many phrases in one pass over a text (Aho and Corasick, 1975). Each phrase belongs to a set, and
// the answer is which sets have a phrase in the text.
type matcher struct {
	class  [256]uint8 // of a byte, 0 for those that no phrase has
	width  int        // number of classes
	next   []int32    // state × width: the state after a byte
	finds  []uint     // the sets of the phrases that end in a state
	rows   []int32    // next with states as places in it, those that find something as their complement
	states int
}

// newMatcher makes a matcher; the phrases of sets[i] have the bit 1<<i.
func newMatcher(sets ...[]string) *matcher {
	m := &matcher{width: 1}
	for _, set := range sets {
		for _, phrase := range set {
			for i := range len(phrase) {
				if m.class[phrase[i]] == 0 {
					m.class[phrase[i]] = uint8(m.width)
					m.width++
				}
			}
		}
	}
	m.grow()
	for i, set := range sets {
		for _, phrase := range set {
			m.add(phrase, 1<<i)
		}
	}
	m.link()
	m.flatten()
	return m
}

func (m *matcher) grow() {
	m.next = append(m.next, make([]int32, m.width)...)
	m.finds = append(m.finds, 0)
	m.states++
}

func (m *matcher) add(phrase string, set uint) {
	state := int32(0)
	for i := range len(phrase) {
		at := int(state)*m.width + int(m.class[phrase[i]])
		if m.next[at] == 0 {
			m.next[at] = int32(m.states)
			m.grow()
		}
		state = m.next[at]
	}
	m.finds[state] |= set
}

// link makes each state lead on to the longest end of what was read that begins another phrase.
func (m *matcher) link() {
	fail := make([]int32, m.states)
	var queue []int32
	for c := range m.width {
		if s := m.next[c]; s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		back := fail[state]
		m.finds[state] |= m.finds[back]
		for c := range m.width {
			at := int(state)*m.width + c
			if s := m.next[at]; s != 0 {
				fail[s] = m.next[int(back)*m.width+c]
				queue = append(queue, s)
			} else {
				m.next[at] = m.next[int(back)*m.width+c]
			}
		}
	}
}

// flatten makes the table of which in reads one number for each byte.
func (m *matcher) flatten() {
	m.rows = make([]int32, len(m.next))
	for i, state := range m.next {
		m.rows[i] = state * int32(m.width)
		if m.finds[state] != 0 {
			m.rows[i] = ^m.rows[i]
		}
	}
}

// in returns the sets of which a phrase is in the text.
func (m *matcher) in(text string) (sets uint) {
	row := int32(0)
	for i := range len(text) {
		if row = m.rows[row+int32(m.class[text[i]])]; row < 0 {
			row = ^row
			sets |= m.finds[int(row)/m.width]
		}
	}
	return sets
}

// The sets of noticeMatcher.
const (
	noticeBanner uint = 1 << iota
	noticeList
	noticeScanner
	noticeDisclaimer
	noticeHint
)

// noticeMatcher finds what is not the author's, in the order of its sets.
var noticeMatcher = sync.OnceValue(func() *matcher {
	return newMatcher(bannerPhrases, listPhrases, scannerPhrases, disclaimerPhrases, disclaimerHints)
})

// signMatcher finds what shows asks for, in the order of its constants.
var signMatcher = sync.OnceValue(func() *matcher {
	return newMatcher(positionWords, placeWords, nil, []string{"www.", "@"}, addressWords, dayPhrases)
})
