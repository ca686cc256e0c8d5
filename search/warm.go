package search

import (
	"cmp"
	"context"
	"slices"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// To unpack the postings of a word costs a tenth of a microsecond for each post that holds it, and more than all else of a search
// where the word is common. So those of the commonest words are unpacked before anybody asks; what the others cost is little.
const (
	warmLeast   = 2000     // posts of an archive that is worth it
	warmBytes   = 12 << 20 // of postings, which stay whatever is searched for
	warmPosting = 8        // of them for a post
	warmCommon  = 200      // a common word stands in one post of so many, at least
	warmLarge   = 50       // a segment is worth it that has one post of so many, at least: smaller ones come and go
)

// warm unpacks what is to be ready. It reports whether anything had changed since the last time.
func (x *Index) warm(ctx context.Context) (changed bool, err error) {
	err = x.serve(func(e *engine, _ int) error {
		return e.read(func(snap *scorch.IndexSnapshot) (err error) {
			changed, err = e.postings.warm(ctx, snap)
			return err
		})
	})
	return changed, err
}

// warm unpacks the postings of the commonest words in the large segments, unless they are.
func (c *postingsCache) warm(ctx context.Context, snap *scorch.IndexSnapshot) (changed bool, err error) {
	posts, err := snap.DocCount()
	if err != nil || posts < warmLeast {
		return false, err
	}
	var large []*scorch.SegmentSnapshot
	var names []postingKey
	for _, seg := range snap.Segments() {
		if seg.Segment().Count()*warmLarge >= posts {
			large, names = append(large, seg), append(names, postingKeyOf(seg, "", ""))
		}
	}
	if c.isReady(names) {
		return false, nil
	}
	words, err := commonest(ctx, snap, max(1, posts/warmCommon))
	if err != nil {
		return false, err
	}
	ready := map[postingKey]*postings{}
	for size, i := 0, 0; i < len(words) && size < warmBytes; i++ {
		for _, field := range []string{fieldAny, fieldSubject, fieldFiles} {
			for _, seg := range large {
				k := postingKeyOf(seg, field, words[i])
				p := c.find(k)
				if p == nil {
					if p, err = readPostings(ctx, seg, field, words[i]); err != nil {
						return false, err
					}
				}
				ready[k] = p
				size += p.size() + len(k.word)
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ready, c.readyIn = ready, names
	return true, nil
}

func (c *postingsCache) isReady(names []postingKey) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Equal(c.readyIn, names)
}

// commonest are the words that stand in so many posts at least, the commonest first, as many as there is room for.
func commonest(ctx context.Context, snap *scorch.IndexSnapshot, least uint64) ([]string, error) {
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
	slices.SortFunc(all, func(a, b counted) int { return cmp.Or(cmp.Compare(b.posts, a.posts), cmp.Compare(a.word, b.word)) })
	var words []string
	for room, i := uint64(warmBytes), 0; i < len(all) && all[i].posts*warmPosting <= room; i++ {
		room -= all[i].posts * warmPosting
		words = append(words, all[i].word)
	}
	return words, nil
}
