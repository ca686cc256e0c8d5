package search

import (
	"cmp"
	"crypto/sha256"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2/index/scorch"
	segments "github.com/blevesearch/scorch_segment_api/v2"
)

// What searches ask for most is made ready before anybody asks, and kept in files beside the segments of the index, one for each: the
// postings of common words and of those in names of the vocabulary, unpacked, and which posts hold these names. Such a file is mapped
// and not read: after a start all is there at once, and it takes no memory that the system cannot take back. A file is of one
// segment with what was taken out of it; of another, or damaged, it is made anew (ready_file.go, warm.go).

// A stand is one state of a segment: what is taken out of it makes another.
type stand struct {
	segment, gone uint64
	sum           uint32 // of the segment's file
	goneSum       uint64
}

// standOf is how a segment stands; false: it is not on disk, so nothing is kept of it.
func standOf(seg *scorch.SegmentSnapshot) (s stand, ok bool) {
	s.segment = seg.Id()
	if gone := seg.Deleted(); gone != nil {
		s.gone, s.goneSum = gone.GetCardinality(), gone.Checksum()
	}
	_, saved := seg.Segment().(segments.PersistedSegment)
	summed, ok := seg.Segment().(interface{ CRC() uint32 })
	if !saved || !ok {
		return s, false
	}
	s.sum = summed.CRC()
	return s, true
}

// listName names postings: a word, or a phrase, in a field.
type listName struct{ field, word string }

// A readyList is the postings of a segment that are ready.
type readyList struct {
	file   *readyFile
	at, n  uint32 // where they begin, in steps of four bytes, and how many posts they have
	opened atomic.Pointer[postings]
}

// open gives them as searches use them.
func (l *readyList) open() *postings {
	if p := l.opened.Load(); p != nil {
		return p
	}
	p := l.file.postings(l.at, l.n&^plainList, l.n&plainList != 0)
	if l.opened.CompareAndSwap(nil, p) {
		return p
	}
	return l.opened.Load()
}

// A readySet is what is ready of an index. Nothing of it changes but what was opened. Whoever uses it borrows it from the cache of
// postings, as its files are unmapped when nobody does.
type readySet struct {
	files map[uint64]*readyFile // by segment
	names *expected             // that searches will look for; nil: none
	at    map[listName]span     // in lists
	lists []readyList
	users int // and whether it is the latest; guarded by the mutex of the cache
}

type span struct{ first, n uint32 }

// newReadySet joins files. names are those that searches will look for.
func newReadySet(files map[uint64]*readyFile, names *expected) *readySet {
	s := &readySet{files: files, at: map[listName]span{}, names: names}
	ordered := slices.SortedFunc(maps.Values(files), func(a, b *readyFile) int { return cmp.Compare(a.stand.segment, b.stand.segment) })
	total := uint32(0)
	for _, f := range ordered {
		for e := range f.entries() {
			at, ok := s.at[e.listName]
			if !ok {
				e.listName = e.clone()
			}
			at.n++
			s.at[e.listName] = at
			total++
		}
	}
	s.lists = make([]readyList, total)
	next := uint32(0)
	for name, at := range s.at {
		s.at[name] = span{first: next}
		next += at.n
	}
	for _, f := range ordered {
		for e := range f.entries() {
			at := s.at[e.listName]
			l := &s.lists[at.first+at.n]
			l.file, l.at, l.n = f, e.at, e.n
			at.n++
			s.at[e.listName] = at
		}
	}
	return s
}

// A readyWord is what is ready of a word in a field, in all segments.
type readyWord struct {
	lists []readyList
	names *expected // of one of which it is: in a file with all of these, that does not have it, no post holds it; else nil
}

func (s *readySet) word(field, word string) (w readyWord) {
	if s == nil {
		return w
	}
	at := s.at[listName{field, word}]
	if w.lists = s.lists[at.first : at.first+at.n]; s.names != nil && s.names.holds(field, word) {
		w.names = s.names
	}
	return w
}

var noPostings = &postings{}

// in are the postings in the segment of a file; nil: they are not ready.
func (w readyWord) in(f *readyFile) *postings {
	if f == nil {
		return nil
	}
	for i := range w.lists {
		if w.lists[i].file == f {
			return w.lists[i].open()
		}
	}
	if w.names != nil && f.names == w.names.sum {
		return noPostings
	}
	return nil
}

// filesOf are the files of the segments of a moment, by place; nil where nothing is ready of one.
func (s *readySet) filesOf(snap *scorch.IndexSnapshot) []*readyFile {
	files := make([]*readyFile, len(snap.Segments()))
	if s == nil {
		return files
	}
	for i, seg := range snap.Segments() {
		if f := s.files[seg.Id()]; f != nil {
			if at, ok := standOf(seg); ok && f.stand == at {
				files[i] = f
			}
		}
	}
	return files
}

// isWhole reports whether the files of all segments have all the names.
func (s *readySet) isWhole(of []stand, names *expected) bool {
	for _, at := range of {
		if s == nil || s.files[at.segment] == nil || s.files[at.segment].stand != at || !s.files[at.segment].has(names) {
			return false
		}
	}
	return s == nil && len(of) == 0 || s != nil && s.names == names && len(s.files) == len(of)
}

func (f *readyFile) has(names *expected) bool {
	_, all := names.sums()
	return f.names == all
}

// shut forgets what was opened, with the places that were read to it.
func (s *readySet) shut() {
	for i := range s.lists {
		s.lists[i].opened.Store(nil)
	}
}

// borrow gives what is ready, for one search. It is to be given back.
func (c *postingsCache) borrow() *readySet {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ready != nil {
		c.ready.users++
	}
	return c.ready
}

func (c *postingsCache) giveBack(s *readySet) {
	if s == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropped(s)
}

// dropped says that one uses a set no more. The caller holds mu.
func (c *postingsCache) dropped(s *readySet) {
	if s.users--; s.users > 0 {
		return
	}
	for _, f := range s.files {
		if f.sets--; f.sets == 0 {
			f.close()
		}
	}
}

// use puts a set in place of the one before.
func (c *postingsCache) use(s *readySet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.ready
	if c.ready = s; s != nil {
		s.users++
		for _, f := range s.files {
			f.sets++
		}
	}
	if before != nil {
		c.dropped(before)
	}
}

// Expected are the names that searches will look for, as words and phrases.
type expected struct {
	seqs  [][]placedWord
	words map[string]bool
	sum   [sha256.Size]byte
}

// holds reports whether a word, or a phrase, is of a name, in a field in which names are looked for.
func (e *expected) holds(field, word string) bool {
	return e.words[word] && slices.Contains(warmFields, field)
}

// sums tell files with the words of the names, and with all of them, from others.
func (e *expected) sums() (words, all [sha256.Size]byte) {
	if e != nil {
		all = e.sum
	}
	return sha256.Sum256(all[:]), all
}

// all are the words and phrases.
func (e *expected) all() map[string]bool {
	if e == nil {
		return nil
	}
	return e.words
}

// expecting makes the words and phrases of names.
func expecting(names [][]string, a *analyser) *expected {
	c := compiler{analyser: a}
	e := &expected{words: map[string]bool{}}
	add := func(seq []placedWord) {
		if len(seq) == 0 {
			return
		}
		for _, p := range seq {
			e.words[p.term] = true
		}
		if name := phraseName(seq); len(seq) > 1 && !e.words[name] {
			e.words[name] = true
			e.seqs = append(e.seqs, seq)
		}
	}
	for _, name := range names {
		if len(name) > 1 {
			add(c.sequence(name))
		}
		for _, w := range name {
			for _, form := range c.forms(w, false) {
				add(form)
			}
		}
	}
	h := sha256.New()
	for _, w := range slices.Sorted(maps.Keys(e.words)) {
		h.Write([]byte(w + "\n"))
	}
	h.Sum(e.sum[:0])
	return e
}
