package search

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"

	"sencoforum/archive"
)

// To unpack the postings of a word costs a tenth of a microsecond for each post that holds it, and more than all else of a search
// where the word is common. So those of the commonest words are unpacked before anybody asks; what the others cost is little. Names of
// several common words, as the vocabulary has many, cost more still: the places of their words have to be read. Which posts hold them
// takes four bytes a post and is made ready, too.
const (
	warmLeast   = 2000             // posts of an archive that is worth it
	warmBytes   = 16 << 20         // of postings, which stay whatever is searched for
	warmAside   = 4 << 20          // of postings, half of what is kept while names are looked for
	warmPosting = 8                // of them for a post
	warmCommon  = 200              // a common word stands in one post of so many, at least
	warmRest    = time.Millisecond // of work after which there is a rest
	warmLarge   = 50               // a segment is worth it that has one post of so many, at least: smaller ones come and go
)

// warmFields are where words are looked for most.
var warmFields = []string{fieldAny, fieldSubject, fieldFiles}

// Expected are names that searches will look for: those of the vocabulary.
type expected struct{ names [][]string }

// expect says which names searches will look for.
func (x *Index) expect(names [][]string) {
	x.expected.Store(&expected{names})
	x.ring()
}

// warm makes ready what searches ask for most. It reports whether anything had changed since the last time.
func (x *Index) warm(ctx context.Context) (changed bool, err error) {
	names := x.expected.Load() // nil: none
	err = x.look(ctx, defaultWeights(), func(l *look) (err error) {
		w := warmer{look: l, ready: map[postingKey]*postings{}, idle: x.isComplete}
		changed, err = w.warm(names)
		return err
	})
	return changed, err
}

// A warmer makes ready what searches ask for most in the large segments of an index.
type warmer struct {
	*look
	posts uint64
	large []*scorch.SegmentSnapshot
	ready map[postingKey]*postings
	size  int
	idle  func() bool // no posts wait for the one who does this
}

// warm unpacks the postings of the commonest words in the large segments, and looks for the names in them, unless that is done.
func (w *warmer) warm(names *expected) (changed bool, err error) {
	if w.posts, err = w.reader.DocCount(); err != nil || w.posts < warmLeast {
		return false, err
	}
	var in []postingKey
	for _, seg := range w.reader.Segments() {
		if seg.Segment().Count()*warmLarge >= w.posts {
			w.large, in = append(w.large, seg), append(in, postingKeyOf(seg, "", ""))
		}
	}
	if w.kept.isReady(in, names) {
		return false, nil
	}
	var seqs [][]placedWord
	if names != nil {
		for _, name := range names.names {
			seqs = append(seqs, w.sequence(name))
		}
	}
	if err := w.words(seqs); err != nil {
		return false, err
	}
	kept := w.kept
	kept.makeReady(maps.Clone(w.ready), in, nil) // names take much longer, and people search meanwhile
	w.kept = kept.aside(w.ready)
	if err := w.names(seqs); err != nil {
		return false, err
	}
	kept.makeReady(w.ready, in, names)
	return true, nil
}

// aside is a small cache beside one, with what is ready there and here: what is looked through for names must not push out what people
// searched for.
func (c *postingsCache) aside(ready map[postingKey]*postings) *postingsCache {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := maps.Clone(ready)
	maps.Copy(all, c.ready)
	return &postingsCache{ready: all, half: warmAside}
}

// words makes the commonest words ready: those of the most names, and while there is room all others.
func (w *warmer) words(names [][]placedWord) error {
	uses := map[string]int{}
	for _, name := range names {
		for _, p := range name {
			uses[p.term]++
		}
	}
	words, err := commonest(w.ctx, w.reader, max(1, w.posts/warmCommon), uses)
	if err != nil {
		return err
	}
	for i := 0; i < len(words) && w.size < warmBytes; i++ {
		for _, field := range warmFields {
			for _, seg := range w.large {
				k := postingKeyOf(seg, field, words[i])
				p := w.kept.find(k)
				if p == nil {
					if p, err = readPostings(w.ctx, seg, field, words[i]); err != nil {
						return err
					}
				}
				w.add(k, p)
			}
		}
	}
	return nil
}

func (w *warmer) add(k postingKey, p *postings) {
	w.ready[k] = p
	w.size += p.size() + len(k.word)
}

// names finds out which posts hold the names of several words, where that is much work: where all their words are common. It rests as long as
// it works, for those who search meanwhile, and gives up when new posts wait to be found: they come first.
func (w *warmer) names(names [][]placedWord) error {
	for _, seq := range names {
		if len(seq) < 2 {
			continue
		}
		began := time.Now()
		for _, field := range warmFields {
			if err := w.name(field, seq); err != nil {
				return err
			}
		}
		if worked := time.Since(began); worked > warmRest {
			pause(w.ctx, worked)
			if !w.idle() {
				return errNotReady
			}
		}
	}
	return nil
}

func (w *warmer) name(field string, seq []placedWord) error {
	c, err := w.phrase(field, seq, 1)
	if err != nil || c == nil || c.cost()*warmCommon < w.posts {
		return err
	}
	if err := w.stretches(c, nil, func([]archive.Number, uint32, *matches) {}); err != nil {
		return err
	}
	for _, seg := range w.large {
		k := postingKeyOf(seg, field, phraseName(seq))
		if p := w.kept.find(k); p != nil {
			w.add(k, p)
		}
	}
	return nil
}

func (c *postingsCache) isReady(in []postingKey, names *expected) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Equal(c.readyIn, in) && c.readyFor == names
}

// makeReady keeps what is ready, for these segments and names. Nobody may change ready afterwards.
func (c *postingsCache) makeReady(ready map[postingKey]*postings, in []postingKey, names *expected) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ready, c.readyIn, c.readyFor = ready, in, names
	for _, p := range ready { // the places are read again where they are asked for
		p.places.Store(nil)
	}
}

// commonest are the words that stand in so many posts at least, as many as there is room for: those with the most uses first, and of
// these the commonest. What a word saves grows with its posts, but so does the room that it takes.
func commonest(ctx context.Context, snap *scorch.IndexSnapshot, least uint64, uses map[string]int) ([]string, error) {
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
		return cmp.Or(cmp.Compare(uses[b.word], uses[a.word]), cmp.Compare(b.posts, a.posts), cmp.Compare(a.word, b.word))
	})
	var words []string
	for room, i := uint64(warmBytes), 0; i < len(all); i++ {
		if size := all[i].posts * warmPosting; size <= room {
			room -= size
			words = append(words, all[i].word)
		}
	}
	return words, nil
}
