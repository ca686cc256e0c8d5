package message

import "iter"

// Walk yields every part with its number: depth first, the root being 0.
func (m *Message) Walk() iter.Seq2[int, *Part] {
	return func(yield func(int, *Part) bool) {
		n := 0
		m.Root.walk(&n, yield)
	}
}

func (p *Part) walk(n *int, yield func(int, *Part) bool) bool {
	if !yield(*n, p) {
		return false
	}
	*n++
	for _, child := range p.Parts {
		if !child.walk(n, yield) {
			return false
		}
	}
	return true
}

// Part returns the part with this number, or nil.
func (m *Message) Part(number int) *Part {
	for n, p := range m.Walk() {
		if n == number {
			return p
		}
	}
	return nil
}
