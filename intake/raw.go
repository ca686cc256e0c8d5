package intake

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"sencoforum/store"
)

// PutPack stores the raw bytes of the next messages: of as many as the pack has places, the first of which gets the number
// that is returned. The caller puts exactly these messages in the same transaction, those in the pack without bytes of
// their own, and drops the transaction when it cannot. They stand in the store before the messages do, because the thread of
// a post may depend on the text of the one before it.
func PutPack(tx *store.Tx, p Pack) (first ID, err error) {
	if !p.valid() {
		return 0, fmt.Errorf("put pack of %d messages with %d bytes: 1 to %d with 1 to %d are allowed",
			p.places, p.size, PackMessages, PackBytes)
	}
	newest, err := numbers.Value(tx)
	if err != nil {
		return 0, err
	}
	return ID(newest + 1), packs.Put(tx, ID(newest+uint64(p.places)), p.blob)
}

// Raw returns the bytes of a message as stored, or ErrNoMessage where they
// were never kept or are gone. They are the caller's own.
func Raw(tx *store.Tx, id ID) ([]byte, error) {
	b, ok, err := raws.Get(tx, id)
	if err != nil {
		return nil, err
	}
	if ok {
		return b.Bytes()
	}
	p, err := packOf(tx, id)
	if err != nil {
		return nil, fmt.Errorf("raw message %d: %w", id, err)
	}
	if !p.holds() {
		return nil, fmt.Errorf("raw message %d: %w", id, ErrNoMessage)
	}
	return slices.Clone(p.raws[p.place]), nil
}

// HasRaw reports whether the raw bytes of a message are there.
func HasRaw(tx *store.Tx, id ID) (bool, error) {
	has, err := raws.Has(tx, id)
	if has || err != nil {
		return has, err
	}
	p, err := packOf(tx, id)
	return p.holds(), err
}

// Strip removes the bytes of a message whose content is kept no longer than it is needed. Its record, its state and its
// key stay, so that it is accounted for and known when it comes again. Stripping twice does nothing.
func Strip(tx *store.Tx, id ID) error { return DropRaw(tx, id) }

// DropRaw takes the raw bytes of a message away and keeps the row. A pack that held them is made anew without them, and goes
// when it holds nothing else.
func DropRaw(tx *store.Tx, id ID) error {
	alone, err := raws.Has(tx, id)
	if alone || errors.Is(err, store.ErrDamaged) {
		return raws.Delete(tx, id)
	}
	if err != nil {
		return err
	}
	p, err := packOf(tx, id)
	if err != nil || !p.holds() {
		return err
	}
	recent.empty()
	rest, empty := p.without(p.place)
	if empty {
		return packs.Delete(tx, p.last)
	}
	return packs.Put(tx, p.last, rest.blob)
}

// placed is a pack in which a message has its place.
type placed struct {
	unpacked
	last  ID // the pack's key
	place int
}

// holds reports whether the bytes of the message are in the pack.
func (p placed) holds() bool { return p.place < len(p.raws) && len(p.raws[p.place]) > 0 }

// packOf finds the pack in which a message has its place; the zero value when there is none.
func packOf(tx *store.Tx, id ID) (placed, error) {
	for row, err := range packs.From(tx, id) {
		if err != nil {
			return placed{}, err
		}
		u, err := recent.unpack(row.Key, row.Value)
		if err != nil {
			return placed{}, fmt.Errorf("pack %d: %w", row.Key, err)
		}
		behind := uint64(row.Key - id)
		if behind >= uint64(len(u.raws)) {
			break
		}
		return placed{unpacked: u, last: row.Key, place: len(u.raws) - 1 - int(behind)}, nil
	}
	return placed{}, nil
}

// recentBytes bounds what is kept of packs that were unpacked.
const recentBytes = 2 << 20

// recent is kept for all stores of this process: a page of posts that were written at about the same time unpacks once what
// they share.
var recent recentPacks

// recentPacks are the packs that were unpacked last. Whoever looks for one brings the stored bytes, which they have just
// read in their own transaction, and gets an unpacked pack only if it was made of exactly these bytes. So what was taken out
// of a pack never comes from here: the pack was made anew, its bytes are others, and a pack that is gone is not looked for. It
// is emptied as well when a message is taken out, so that the text does not stay in memory; somebody who still reads a moment
// before that may bring it back, for readers of that moment only. Any goroutine may use it.
type recentPacks struct {
	mu   sync.Mutex
	all  []recentPack // the last one used at the end
	size int          // bytes, packed and unpacked
}

type recentPack struct {
	last   ID
	packed store.Blob
	open   unpacked
	size   int
}

func (r *recentPacks) unpack(last ID, b store.Blob) (unpacked, error) {
	if u, ok := r.find(last, b); ok {
		return u, nil
	}
	u, err := unpack(b)
	if err != nil {
		return u, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	n := recentPack{last: last, packed: b, open: u, size: u.size + b.Stored()}
	r.all, r.size = append(r.all, n), r.size+n.size
	for r.size > recentBytes {
		r.size -= r.all[0].size
		r.all = slices.Delete(r.all, 0, 1)
	}
	return u, nil
}

func (r *recentPacks) find(last ID, b store.Blob) (unpacked, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.all, func(p recentPack) bool { return p.last == last && p.packed.Equal(b) })
	if i < 0 {
		return unpacked{}, false
	}
	p := r.all[i]
	r.all = append(slices.Delete(r.all, i, i+1), p)
	return p.open, true
}

func (r *recentPacks) empty() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all, r.size = nil, 0
}
