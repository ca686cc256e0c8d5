package search

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// To unpack the postings of a word costs a tenth of a microsecond for each post that holds it, and more than all else of a search
// where the word is common. Names of several common words, as the vocabulary has many, cost more still: the places of their words have
// to be read. So both are made ready at rest, for each segment once (ready.go).
const (
	warmLeast   = 2000             // posts of an archive that is worth it
	warmBytes   = 96               // of postings for a post of the archive, at most
	warmPosting = 12               // of them for a post that holds a word, in all fields
	warmRoom    = 500              // on disk for a post of the archive: with names about 370 are used
	warmAside   = 4 << 20          // of postings, half of what is kept while names are looked for
	warmCommon  = 200              // a common word stands in one post of so many, at least
	warmRest    = time.Millisecond // of work after which there is a rest
	warmSegment = 500              // posts of a segment that is worth it: smaller ones come and go
)

// warmFields are where words are looked for most. Their order is part of what is in files.
var warmFields = []string{fieldAny, fieldSubject, fieldFiles}

// expect says which names searches will look for.
func (x *Index) expect(names [][]string) {
	a := x.analysers.get()
	defer x.analysers.put(a)
	x.expected.Store(expecting(names, a))
	x.ring()
}

// worthReady is how many posts an archive has at least, and a segment, that is worth it.
type worthReady struct{ archive, segment uint64 }

// errUnkept says that what is ready cannot be kept. Searches take longer then.
var errUnkept = errors.New("what searches ask for most cannot be made ready")

// warm makes ready what searches ask for most. It reports whether anything had changed since the last time.
func (x *Index) warm(ctx context.Context) (changed bool, err error) {
	if free, err := x.db.Free(); err == nil && free < roomNeeded+warmRoom*uint64(x.columns.total()) {
		return false, nil
	}
	return x.readying(ctx, (*warmer).warm)
}

// recall takes what was ready before this start.
func (x *Index) recall(ctx context.Context) error {
	_, err := x.readying(ctx, (*warmer).recall)
	return err
}

func (x *Index) readying(ctx context.Context, do func(w *warmer) (changed bool, err error)) (changed bool, err error) {
	var unkept error // which is no fault of the index
	err = x.look(ctx, defaultWeights(), func(l *look) (err error) {
		kept := l.kept
		defer func() { l.kept = kept }()
		w := warmer{look: l, cache: kept, names: x.expected.Load(), idle: x.isComplete}
		if w.posts, err = l.reader.DocCount(); err != nil || w.posts < x.worth.archive {
			return err
		}
		w.choose(x.worth.segment)
		if changed, err = do(&w); errors.Is(err, errUnkept) || errors.Is(err, errNotReady) {
			unkept, err = err, nil
		}
		return err
	})
	return changed, cmp.Or(err, unkept)
}

// A warmer makes ready what searches ask for most in the segments of an index.
type warmer struct {
	*look
	cache *postingsCache // of the index
	names *expected      // nil: none
	posts uint64
	of    []stand     // segments that are worth it
	at    []int       // their places
	idle  func() bool // no posts wait for the one who does this
	began time.Time   // of the work since the last rest
}

// choose finds the segments that are worth it.
func (w *warmer) choose(least uint64) {
	for i, seg := range w.reader.Segments() {
		if at, ok := standOf(seg); ok && seg.Segment().Count() >= least {
			w.of, w.at = append(w.of, at), append(w.at, i)
		}
	}
}

// warm makes ready what is not.
func (w *warmer) warm() (changed bool, err error) {
	if changed, err = w.recall(); err != nil || w.ready.isWhole(w.of, w.names) {
		return changed, err
	}
	w.began = time.Now()
	for _, part := range []func() error{w.words, w.phrases} {
		if err := part(); err != nil {
			return false, err
		}
	}
	return true, nil
}

// recall takes the files that there are of these segments, and removes those of others.
func (w *warmer) recall() (changed bool, err error) {
	if w.ready.isWhole(w.of, w.names) {
		return false, nil
	}
	files := map[uint64]*readyFile{}
	for _, at := range w.of {
		if f := w.fileOf(at); f != nil {
			files[at.segment] = f
		} else if f, err := openReady(w.dir, at); err == nil { // else it is made anew
			files[at.segment] = f
		}
	}
	w.use(newReadySet(files, w.names))
	return true, unkept(sweepReady(w.dir, w.ready))
}

// fileOf is what is ready of a segment now.
func (w *warmer) fileOf(at stand) *readyFile {
	if w.ready == nil || w.ready.files[at.segment] == nil || w.ready.files[at.segment].stand != at {
		return nil
	}
	return w.ready.files[at.segment]
}

// use gives a set to those who search, and to the warmer.
func (w *warmer) use(s *readySet) {
	w.cache.use(s)
	w.cache.giveBack(w.ready)
	w.ready = w.cache.borrow()
	w.files = w.ready.filesOf(w.reader)
	w.kept = &postingsCache{half: warmAside, ready: w.ready} // what is looked through must not push out what people searched for
}

func unkept(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errUnkept, err)
}

// writers begin the files of those segments that do not have so much yet, by place.
func (w *warmer) writers(has, or [sha256.Size]byte) (to map[int]*readyWriter, err error) {
	to = map[int]*readyWriter{}
	for i, at := range w.of {
		if f := w.fileOf(at); f != nil && (f.names == has || f.names == or) {
			continue
		}
		if to[w.at[i]], err = writeReady(w.dir, at); err != nil {
			delete(to, w.at[i])
			return to, errors.Join(unkept(err), w.dropAll(to))
		}
	}
	return to, nil
}

func (w *warmer) dropAll(to map[int]*readyWriter) (err error) {
	for _, one := range to {
		err = errors.Join(err, one.drop())
	}
	return unkept(err)
}

// end puts files in their place and gives them to those who search.
func (w *warmer) end(to map[int]*readyWriter, names [sha256.Size]byte) error {
	files := maps.Clone(w.ready.files)
	for i, one := range to {
		delete(to, i)
		err := one.end(names)
		if err == nil {
			files[one.of.segment], err = openReady(w.dir, one.of)
		}
		if err != nil {
			return errors.Join(unkept(err), w.dropAll(to))
		}
	}
	w.use(newReadySet(files, w.names))
	return nil
}

// words makes words ready: those of names, and common ones.
func (w *warmer) words() error {
	half, whole := w.names.sums()
	to, err := w.writers(half, whole)
	if err != nil || len(to) == 0 {
		return err
	}
	words, err := commonest(w.ctx, w.reader, max(1, w.posts/warmCommon), w.posts*warmBytes)
	if err != nil {
		return errors.Join(err, w.dropAll(to))
	}
	for name := range w.names.all() {
		if !strings.Contains(name, " ") {
			words[name] = true
		}
	}
	for i, one := range to {
		if err := w.wordsOf(i, one, words); err != nil {
			return errors.Join(err, w.dropAll(to))
		}
	}
	return w.end(to, half)
}

// wordsOf writes the words of one segment, and the phrases that were ready of it.
func (w *warmer) wordsOf(i int, to *readyWriter, words map[string]bool) error {
	seg := w.reader.Segments()[i]
	for word := range words {
		for _, field := range warmFields {
			p := w.ready.word(field, word).in(w.files[i])
			if p == nil {
				var err error
				if p, err = readPostings(w.ctx, seg, field, word); err != nil {
					return err
				}
			}
			if err := to.put(listName{field, word}, p); err != nil {
				return unkept(err)
			}
		}
		if err := w.rest(); err != nil {
			return err
		}
	}
	return w.copy(w.files[i], to, func(e readyEntry) bool { return strings.Contains(e.word, " ") })
}

// copy writes lists of another file.
func (w *warmer) copy(from *readyFile, to *readyWriter, which func(readyEntry) bool) error {
	if from == nil {
		return nil
	}
	for e := range from.entries() {
		if !which(e) {
			continue
		}
		if err := to.put(e.listName, from.postings(e.at, e.n&^plainList, e.n&plainList != 0)); err != nil {
			return unkept(err)
		}
	}
	return nil
}

// phrases finds out which posts hold names of several words.
func (w *warmer) phrases() error {
	_, whole := w.names.sums()
	to, err := w.writers(whole, whole)
	if err != nil || len(to) == 0 {
		return err
	}
	for i, one := range to {
		if err := w.copy(w.files[i], one, func(e readyEntry) bool { return !strings.Contains(e.word, " ") }); err != nil {
			return errors.Join(err, w.dropAll(to))
		}
	}
	if w.names != nil {
		for _, seq := range w.names.seqs {
			for _, field := range warmFields {
				if err := w.phraseIn(field, seq, to); err != nil {
					return errors.Join(err, w.dropAll(to))
				}
			}
			if err := w.rest(); err != nil {
				return errors.Join(err, w.dropAll(to))
			}
		}
	}
	return w.end(to, whole)
}

// phraseIn writes which posts of some segments hold a phrase in a field.
func (w *warmer) phraseIn(field string, seq []placedWord, to map[int]*readyWriter) error {
	found, err := w.phrase(field, seq, 1)
	c, ok := found.(*phraseCursor)
	if err != nil || !ok { // none holds all its words
		return err
	}
	name := listName{field, phraseName(seq)}
	for i := range w.table.rows { // in order, as a cursor never goes back
		one := to[i]
		if one == nil {
			continue
		}
		p := c.known[i].postings
		if p == nil {
			if p, err = w.through(c, i); err != nil {
				return err
			}
		}
		if err := one.put(name, p); err != nil {
			return unkept(err)
		}
	}
	return nil
}

// through looks through a segment for a phrase.
func (w *warmer) through(c *phraseCursor, i int) (*postings, error) {
	base, found := uint32(w.table.from[i]), &postings{}
	s := stretch{scratch: w.scratch, segment: i, to: base}
	for end := s.to + uint32(len(w.table.rows[i])); s.to < end; {
		s.from, s.to = s.to, min(end, s.to+stretchMost)
		s.ends = s.to == end
		m, err := c.in(&s)
		if err != nil {
			return nil, err
		}
		for _, doc := range m.docs {
			found.docs = append(found.docs, doc-base)
		}
		w.scratch.give(m)
	}
	return found, w.ctx.Err()
}

// rest rests as long as was worked, for those who search meanwhile, and gives up when new posts wait to be found: they come first.
func (w *warmer) rest() error {
	worked := time.Since(w.began)
	if worked <= warmRest {
		return nil
	}
	pause(w.ctx, worked)
	w.began = time.Now()
	if !w.idle() {
		return errNotReady
	}
	return w.ctx.Err()
}

// commonest are the words that stand in so many posts at least, as far as there is room for their postings, in bytes: the commonest
// first.
func commonest(ctx context.Context, snap *scorch.IndexSnapshot, least, room uint64) (map[string]bool, error) {
	dict, err := snap.FieldDict(fieldAny)
	if err != nil {
		return nil, err
	}
	defer dict.Close()
	type counted struct {
		word  string
		posts uint64
	}
	var all []counted
	for i := 0; ; i++ {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		entry, err := dict.Next()
		if err != nil {
			return nil, err
		}
		if entry == nil {
			break
		}
		if entry.Count >= least {
			all = append(all, counted{entry.Term, entry.Count})
		}
	}
	slices.SortFunc(all, func(a, b counted) int {
		return cmp.Or(cmp.Compare(b.posts, a.posts), cmp.Compare(a.word, b.word))
	})
	words := map[string]bool{}
	for _, one := range all {
		if size := one.posts * warmPosting; size <= room {
			room -= size
			words[one.word] = true
		}
	}
	return words, nil
}
