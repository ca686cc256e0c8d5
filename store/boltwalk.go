package store

import (
	"bytes"
	"fmt"
	"io"
)

// walker checks the trees of a bbolt file by plain reads. After a walk without a problem bbolt can walk the same
// pages without reading outside the file and without going in circles. bbolt packs pages without gaps, so a
// wrong count or size shows. Not deep, it reads no more than the headers of the leaves.
type walker struct {
	r       *failing
	meta    boltMeta
	deep    bool
	problem func(string)
	used    bitset // pages of the trees and of the free list
	free    bitset // pages of the free list's content
}

type bitset []uint64

func (s bitset) has(i uint64) bool { return s[i/64]&(1<<(i%64)) != 0 }
func (s bitset) set(i uint64)      { s[i/64] |= 1 << (i % 64) }

func newWalker(r *failing, m boltMeta, deep bool, problem func(string)) *walker {
	words := m.high/64 + 1
	w := &walker{r: r, meta: m, deep: deep, problem: problem, used: make(bitset, words), free: make(bitset, words)}
	w.used.set(0)
	w.used.set(1)
	return w
}

// report tells of a problem. What follows from a disk that does not read is none of the file's.
func (w *walker) report(format string, args ...any) {
	if w.r.err == nil {
		w.problem(fmt.Sprintf(format, args...))
	}
}

// page is a page being read, with the pages that overflow from it.
type page struct {
	id    uint64
	flags uint16
	count int
	size  int64 // bytes, overflow included
	head  []byte
	r     io.ReaderAt
	at    int64
}

// headBytes is how much of a page is read at once.
const headBytes = 64 << 10

// load reads the header of a page, and the beginning of its content if asked.
func (w *walker) load(id uint64, content bool) (*page, bool) {
	at := int64(id) * int64(w.meta.pageSize)
	b := make([]byte, pageHead)
	if _, err := w.r.ReadAt(b, at); err != nil {
		w.report("page %d cannot be read: %v", id, err)
		return nil, false
	}
	overflow := uint64(native.Uint32(b[12:]))
	p := &page{id: id, flags: native.Uint16(b[8:]), count: int(native.Uint16(b[10:])), r: w.r, at: at}
	if self := native.Uint64(b); self != id {
		w.report("page %d says it is page %d", id, self)
		return nil, false
	}
	if overflow >= w.meta.high-id {
		w.report("page %d claims %d more pages, beyond the end", id, overflow)
		return nil, false
	}
	p.size = int64(overflow+1) * int64(w.meta.pageSize)
	if content {
		p.head = make([]byte, min(p.size, headBytes))
		if _, err := w.r.ReadAt(p.head, at); err != nil {
			w.report("page %d cannot be read: %v", id, err)
			return nil, false
		}
	}
	return p, true
}

// useOverflow notes the pages that follow a page and belong to it.
func (w *walker) useOverflow(p *page) {
	for i := int64(1); i < p.size/int64(w.meta.pageSize); i++ {
		if !w.use(p.id + uint64(i)) {
			return // a wrong count may be in the millions
		}
	}
}

// use notes that a page belongs to a tree, which may be so once only. It reports a false id.
func (w *walker) use(id uint64) bool {
	switch {
	case id < 2 || id >= w.meta.high:
		w.report("page %d is used and there are %d", id, w.meta.high)
	case w.used.has(id):
		w.report("page %d is used twice", id)
	case w.free.has(id):
		w.report("page %d is used and in the free list", id)
	default:
		w.used.set(id)
		return true
	}
	return false
}

// bytes returns n bytes of a page from an offset; ok is false beyond its end.
func (p *page) bytes(offset, n int64) (b []byte, ok bool) {
	if offset < 0 || n < 0 || offset > p.size-n {
		return nil, false
	}
	if offset+n <= int64(len(p.head)) {
		return p.head[offset : offset+n], true
	}
	b = make([]byte, n)
	_, err := p.r.ReadAt(b, p.at+offset)
	return b, err == nil
}

// key returns a key of a page, which is never empty nor longer than bbolt takes.
func (p *page) key(offset, size int64) (key []byte, ok bool) {
	if size < 1 || size > maxBoltKey {
		return nil, false
	}
	b, ok := p.bytes(offset, size)
	return bytes.Clone(b), ok
}

const maxBoltKey = 32768

// freelist reads the list of free pages: ascending, within the file, none twice.
func (w *walker) freelist() {
	if !w.use(w.meta.freelist) {
		return
	}
	p, ok := w.load(w.meta.freelist, true)
	if !ok {
		return
	}
	if p.flags != flagFreelist {
		w.report("page %d is not the free list", p.id)
		return
	}
	w.useOverflow(p)
	offset, count := int64(pageHead), int64(p.count)
	if p.count == 0xffff { // then the first entry is the count
		b, _ := p.bytes(offset, 8)
		offset, count = offset+8, int64(native.Uint64(b))
	}
	if count < 0 || count > (p.size-offset)/8 || uint64(count) > w.meta.high {
		w.report("the free list claims %d pages", count)
		return
	}
	b, ok := p.bytes(offset, count*8)
	if !ok {
		w.report("the free list cannot be read")
		return
	}
	w.freeIDs(b)
}

func (w *walker) freeIDs(b []byte) {
	last := uint64(1)
	for ; len(b) > 0; b = b[8:] {
		id := native.Uint64(b)
		if id <= last || id >= w.meta.high || w.used.has(id) {
			w.report("the free list has page %d after page %d", id, last)
			return
		}
		w.free.set(id)
		last = id
	}
}

// tree walks the tree at a page. The root tree's rows are tables.
func (w *walker) tree(id uint64, root bool) {
	if w.use(id) {
		w.node(id, root, nil, nil)
	}
}

// node walks one page whose keys must lie from low up to, not including, high; nil is no bound.
func (w *walker) node(id uint64, root bool, low, high []byte) {
	p, ok := w.load(id, true)
	if !ok {
		return
	}
	w.useOverflow(p)
	switch p.flags {
	case flagBranch:
		w.branch(p, root, low, high)
	case flagLeaf:
		w.leaf(p, root, low, high)
	default:
		w.report("page %d has the unknown kind %#x", id, p.flags)
	}
}

// child is an element of a branch page.
type child struct {
	key []byte
	id  uint64
}

func (w *walker) branch(p *page, root bool, low, high []byte) {
	children := w.children(p, low, high)
	if len(children) == 0 {
		w.report("branch page %d is empty or unreadable", p.id)
		return
	}
	used := children[:0]
	for _, c := range children {
		if w.use(c.id) {
			used = append(used, c)
		}
	}
	for i, c := range used {
		if !w.deep && !root && w.isLeaf(c.id) {
			continue
		}
		end := high
		if i+1 < len(used) {
			end = used[i+1].key
		}
		w.node(c.id, root, c.key, end)
	}
}

// isLeaf reads the header of a page only, and reports whether there is no more to do.
func (w *walker) isLeaf(id uint64) bool {
	p, ok := w.load(id, false)
	if ok && p.flags != flagLeaf {
		return false
	}
	if ok {
		w.useOverflow(p)
	}
	return true
}

// children reads the elements of a branch page: position (4 bytes), key size (4), page (8).
func (w *walker) children(p *page, low, high []byte) []child {
	var all []child
	next := pageHead + 16*int64(p.count)
	for i := range int64(p.count) {
		at := pageHead + 16*i
		e, ok := p.bytes(at, 16)
		if !ok {
			return nil
		}
		pos, size := int64(native.Uint32(e)), int64(native.Uint32(e[4:]))
		key, ok := p.key(next, size)
		if !ok || at+pos != next {
			w.report("branch page %d: element %d is out of place", p.id, i)
			return nil
		}
		if !inOrder(low, key, high, i > 0) {
			w.report("branch page %d: key %x is out of order", p.id, key)
		}
		all = append(all, child{key: key, id: native.Uint64(e[8:])})
		low, next = key, next+size
	}
	return all
}

// inOrder reports whether low <= key < high, or low < key with strict.
func inOrder(low, key, high []byte, strict bool) bool {
	if high != nil && bytes.Compare(key, high) >= 0 {
		return false
	}
	n := bytes.Compare(low, key)
	return low == nil || n < 0 || n == 0 && !strict
}

// leaf reads the elements of a leaf page: flags (4 bytes), position (4), key size (4), value size (4).
func (w *walker) leaf(p *page, root bool, low, high []byte) {
	next := pageHead + 16*int64(p.count)
	for i := range int64(p.count) {
		at := pageHead + 16*i
		e, ok := p.bytes(at, 16)
		if !ok {
			w.report("leaf page %d claims %d elements", p.id, p.count)
			return
		}
		flags, pos := native.Uint32(e), int64(native.Uint32(e[4:]))
		ksize, vsize := int64(native.Uint32(e[8:])), int64(native.Uint32(e[12:]))
		key, ok := p.key(next, ksize)
		if !ok || at+pos != next || vsize > p.size-next-ksize {
			w.report("leaf page %d: element %d is out of place", p.id, i)
			return
		}
		if !inOrder(low, key, high, i > 0) {
			w.report("leaf page %d: key %x is out of order", p.id, key)
		}
		if (flags == 1) != root || flags > 1 {
			w.report("leaf page %d: key %x has the wrong kind %#x", p.id, key, flags)
		} else if root {
			w.table(p, key, next+ksize, vsize)
		}
		low, next = key, next+ksize+vsize
	}
	if p.count == 0 && !p.blank() {
		w.report("leaf page %d claims to be empty and is not", p.id)
	}
}

// blank reports whether a page holds nothing where its first element would be: bbolt writes zeros there.
func (p *page) blank() bool {
	b, ok := p.bytes(pageHead, min(16, p.size-pageHead))
	return ok && bytes.Count(b, []byte{0}) == len(b)
}

// table walks the tree of one table: its root's page and an unused number, 8 bytes each; with page
// 0 a small leaf page follows in place.
func (w *walker) table(p *page, name []byte, offset, size int64) {
	b, ok := p.bytes(offset, size)
	if !ok || size < 16 {
		w.report("table %q has no root", name)
		return
	}
	if id := native.Uint64(b); id != 0 {
		w.tree(id, false)
		return
	}
	b = bytes.Clone(b[16:])
	if len(b) < pageHead || native.Uint64(b) != 0 || native.Uint16(b[8:]) != flagLeaf || native.Uint32(b[12:]) != 0 {
		w.report("table %q has a root in place that is none", name)
		return
	}
	inline := &page{flags: flagLeaf, count: int(native.Uint16(b[10:])), size: int64(len(b)), head: b, r: w.r}
	w.leaf(inline, false, nil, nil)
}
