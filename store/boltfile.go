package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"os"
)

// The layout of a bbolt file, as far as it is checked by plain reads. Every page begins with a header: id (8
// bytes), flags (2), count (2), overflow (4: pages that follow and belong to it). Pages 0 and 1 are meta
// pages, written in turn; the valid one with the higher transaction counts.
const (
	boltMagic   = 0xED0CDAED
	boltVersion = 2

	pageHead     = 16
	metaSize     = 64
	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagMeta     = 0x04
	flagFreelist = 0x10
)

// boltMeta is a meta page.
type boltMeta struct {
	pageSize int
	root     uint64 // page of the tree of tables
	freelist uint64 // page of the list of free pages
	high     uint64 // the number of pages in use: one more than the last
	tx       uint64
}

var native = binary.NativeEndian

// parseMeta reads a meta page from its beginning.
func parseMeta(b []byte) (m boltMeta, ok bool) {
	if len(b) < pageHead+metaSize {
		return m, false
	}
	b = b[pageHead:]
	h := fnv.New64a()
	h.Write(b[:metaSize-8])
	if native.Uint32(b) != boltMagic || native.Uint32(b[4:]) != boltVersion || native.Uint64(b[56:]) != h.Sum64() {
		return m, false
	}
	m = boltMeta{
		pageSize: int(native.Uint32(b[8:])),
		root:     native.Uint64(b[16:]),
		freelist: native.Uint64(b[32:]),
		high:     native.Uint64(b[40:]),
		tx:       native.Uint64(b[48:]),
	}
	return m, true
}

// readMeta returns the meta page that counts. lost says that a meta page is unreadable, after a crash while it
// was written, or by damage, so that the last commit may be missing; or that its header is wrong. A disk that does not
// read is an error: the other meta page would be that of an older store.
func readMeta(file io.ReaderAt) (m boltMeta, lost bool, err error) {
	r := &failing{r: file}
	m0, ok0, sound0 := metaAt(r, 0, 0)
	m1, ok1, sound1 := boltMeta{}, false, false
	if ok0 {
		m1, ok1, sound1 = metaAt(r, int64(m0.pageSize), 1)
	}
	for size := int64(1024); !ok0 && !ok1 && size <= 1<<24; size *= 2 {
		m1, ok1, sound1 = metaAt(r, size, 1)
		ok1 = ok1 && int64(m1.pageSize) == size
	}
	if r.err != nil {
		return m, false, r.err
	}
	if !ok0 && !ok1 {
		return m, false, errors.New("neither of its two first pages is that of a store")
	}
	copied := ok0 && ok1 && m0.tx == m1.tx // each commit writes one of them
	if !ok0 || ok1 && m1.tx > m0.tx {
		m0 = m1
	}
	return m0, !sound0 || !sound1 || copied, nil
}

// failing keeps the first error of its reads, but for the end of the file, and then reads no more: a disk that fails takes
// seconds over each attempt.
type failing struct {
	r   io.ReaderAt
	err error
}

func (f *failing) ReadAt(b []byte, at int64) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.r.ReadAt(b, at)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

// diskFailed says that a file could not be read, and what to do before anything else.
func diskFailed(name string, err error) error {
	return fmt.Errorf("%w: %s: %w; look at the disk first (dmesg, smartctl -a), for the store itself may be whole; "+
		"if the disk is failing, copy the file to a sound one, or restore the newest backup there", ErrDisk, name, err)
}

// metaAt reads the meta page at an offset. ok says that bbolt will take it, sound that it is wholly right.
func metaAt(r io.ReaderAt, offset int64, id uint64) (m boltMeta, ok, sound bool) {
	b := make([]byte, pageHead+metaSize)
	n, _ := r.ReadAt(b, offset) // a short page is no meta page
	m, ok = parseMeta(b[:n])
	return m, ok, ok && native.Uint64(b) == id && native.Uint16(b[8:]) == flagMeta
}

// checkBeforeMap says whether a file can be mapped into memory and opened: it is a store, as long as it says it is, and its
// trees are sound down to the headers of the leaves; so bbolt can neither leave the file nor go in circles.
func checkBeforeMap(f *os.File, log *slog.Logger) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return checkFile(f, f.Name(), info.Size(), log)
}

// checkFile checks the file of a name and a size.
func checkFile(r io.ReaderAt, name string, size int64, log *slog.Logger) error {
	first := ""
	lost, err := walkFile(r, size, false, func(p string) {
		if first == "" {
			first = p
		}
	})
	if err != nil {
		return diskFailed(name, err)
	}
	if first != "" {
		return fmt.Errorf("%w: %s %s; restore the newest backup (if this is a first start, remove the file and start again)",
			ErrDamaged, name, first)
	}
	if lost {
		log.Warn("store: one of the two meta pages is damaged, as after a power cut; if there was none, "+
			"the last commit may be missing", "file", name)
	}
	return nil
}

// walkFile checks a file, without the rows or with them, and reports whether a meta page is lost. The error is one of
// the disk, which says nothing about the file.
func walkFile(file io.ReaderAt, size int64, deep bool, problem func(string)) (lost bool, err error) {
	if size == 0 {
		problem("is empty")
		return false, nil
	}
	r := &failing{r: file}
	m, lost, err := readMeta(r)
	switch {
	case r.err != nil:
		return false, r.err
	case err != nil:
		problem(err.Error())
		return false, nil
	}
	if p := m.fault(size); p != "" {
		problem(p)
		return lost, nil
	}
	w := newWalker(r, m, deep, problem)
	w.freelist()
	w.tree(m.root, true)
	return lost, r.err
}

// fault says what is wrong with a meta page, given the size of the file.
func (m boltMeta) fault(size int64) string {
	switch {
	case m.pageSize < 1024 || m.pageSize > 1<<24 || m.pageSize&(m.pageSize-1) != 0:
		return fmt.Sprintf("claims pages of %d bytes", m.pageSize)
	case m.high > uint64(size)/uint64(m.pageSize):
		return fmt.Sprintf("has %d bytes and claims to have %d pages of %d: it has been cut off", size, m.high, m.pageSize)
	case m.root < 2 || m.root >= m.high || m.freelist < 2 || m.freelist >= m.high:
		return fmt.Sprintf("claims its root at page %d and its free list at page %d of %d", m.root, m.freelist, m.high)
	}
	return ""
}
