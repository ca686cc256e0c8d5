package search

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unsafe"

	"github.com/blevesearch/mmap-go"
)

// A file of what is ready has lists, what there is of them, an end of one size, and a sum of it all. Numbers are as this machine
// writes them: on another the kind in the end is another number. It is not synced: after a crash its sum may be wrong, and it is
// made anew.
const (
	readyKind   = uint32(0x73_66_72_00 + 1) // with the format
	readyNames  = 4 + 4 + 8 + 8 + 4 + 8     // where the sum of the names is in the end
	readyEnd    = readyNames + sha256.Size + 8 + 4
	readySuffix = ".ready"
	plainList   = 1 << 31 // in the number of posts: how often, and in how long a text, is not said
)

// readySum sums up a file.
func readySum() hash.Hash32 { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }

var errReadyOther = errors.New("what is ready is damaged, or of another index")

// A readyFile is what is ready of a segment, mapped.
type readyFile struct {
	stand stand
	names [sha256.Size]byte // that it holds
	data  mmap.MMap
	dir   []byte // of data: what lists there are
	sets  int    // that have it; guarded by the mutex of the cache
}

// readyName is the file of a segment.
func readyName(dir string, segment uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%012x%s", segment, readySuffix))
}

// openReady maps the file of a segment, if it is whole and of this state of it.
func openReady(dir string, of stand) (f *readyFile, err error) {
	file, err := os.Open(readyName(dir, of.segment))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.Size() < readyEnd {
		return nil, errors.Join(err, errReadyOther)
	}
	f = &readyFile{stand: of}
	if f.data, err = mmap.Map(file, mmap.RDONLY, 0); err != nil {
		return nil, err
	}
	if err := f.parse(); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *readyFile) close() { _ = f.data.Unmap() } // it was only read

// end is what stands at the end of a file of a state of a segment, but for the sum.
func (s stand) end(names [sha256.Size]byte, dir uint64) []byte {
	o := binary.NativeEndian
	b := o.AppendUint32(o.AppendUint32(nil, readyKind), indexFormat)
	b = o.AppendUint32(o.AppendUint64(o.AppendUint64(b, s.segment), s.gone), s.sum)
	b = o.AppendUint64(b, s.goneSum)
	b = append(b, names[:]...)
	return o.AppendUint64(b, dir)
}

// parse checks a file.
func (f *readyFile) parse() error {
	o := binary.NativeEndian
	size := len(f.data)
	end := f.data[size-readyEnd:]
	copy(f.names[:], end[readyNames:])
	dir := o.Uint64(end[readyNames+sha256.Size:])
	if string(f.stand.end(f.names, dir)) != string(end[:readyEnd-4]) || dir > uint64(size-readyEnd) {
		return errReadyOther
	}
	sum := readySum()
	_, _ = sum.Write(f.data[:size-4]) // never fails
	if sum.Sum32() != o.Uint32(end[readyEnd-4:]) {
		return errReadyOther
	}
	f.dir = f.data[dir : size-readyEnd]
	return nil
}

// A readyEntry says where a list is. Its name is that of the file while it is mapped.
type readyEntry struct {
	listName
	at, n uint32 // in steps of four bytes; posts, and whether it is plain
}

// clone is the name for longer.
func (e readyEntry) clone() listName { return listName{e.field, strings.Clone(e.word)} }

const readyEntrySize = 4 + 4 + 1 + 2

func (e readyEntry) append(b []byte) []byte {
	o := binary.NativeEndian
	b = o.AppendUint32(o.AppendUint32(b, e.at), e.n)
	b = append(b, byte(slices.Index(warmFields, e.field)))
	return append(o.AppendUint16(b, uint16(len(e.word))), e.word...)
}

// entries are the lists of a file.
func (f *readyFile) entries() iter.Seq[readyEntry] {
	o := binary.NativeEndian
	return func(yield func(readyEntry) bool) {
		for b := f.dir; len(b) >= readyEntrySize; {
			e := readyEntry{at: o.Uint32(b), n: o.Uint32(b[4:])}
			n := int(o.Uint16(b[9:]))
			e.field, e.word = warmFields[b[8]], unsafe.String(unsafe.SliceData(b[readyEntrySize:]), n)
			if b = b[readyEntrySize+n:]; !yield(e) {
				return
			}
		}
	}
}

// postings are a list of the file. They are good while it is mapped.
func (f *readyFile) postings(at, n uint32, plain bool) *postings {
	b := f.data[4*at:]
	p := &postings{docs: numbersIn[uint32](b, n)}
	if !plain {
		p.often, p.length = numbersIn[uint16](b[4*n:], n), numbersIn[uint16](b[6*n:], n)
	}
	return p
}

// numbersIn are the first n numbers in bytes, which begin at a place for them.
func numbersIn[T uint16 | uint32](b []byte, n uint32) []T {
	if n == 0 {
		return nil
	}
	_ = b[uintptr(n)*unsafe.Sizeof(T(0))-1]
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// bytesOf are numbers as bytes.
func bytesOf[T uint16 | uint32](all []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(all))), uintptr(len(all))*unsafe.Sizeof(T(0)))
}

// A readyWriter writes the file of a segment beside its place.
type readyWriter struct {
	path string
	of   stand
	file *os.File
	to   *bufio.Writer
	sum  hash.Hash32
	at   uint64
	dir  []byte
}

func writeReady(dir string, of stand) (w *readyWriter, err error) {
	w = &readyWriter{path: readyName(dir, of.segment), of: of, sum: readySum()}
	if w.file, err = os.OpenFile(w.path+".new", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err != nil {
		return nil, err
	}
	w.to = bufio.NewWriterSize(w.file, 64<<10)
	return w, nil
}

func (w *readyWriter) write(b []byte) error {
	_, _ = w.sum.Write(b) // never fails
	w.at += uint64(len(b))
	_, err := w.to.Write(b)
	return err
}

// put writes a list; one without posts needs none.
func (w *readyWriter) put(name listName, p *postings) error {
	if len(p.docs) == 0 {
		return nil
	}
	e := readyEntry{listName: name, at: uint32(w.at / 4), n: uint32(len(p.docs))}
	if p.often == nil {
		e.n |= plainList
	}
	w.dir = e.append(w.dir)
	return errors.Join(w.write(bytesOf(p.docs)), w.write(bytesOf(p.often)), w.write(bytesOf(p.length)))
}

// end puts the file in its place. It holds all of these names; zero: not of all.
func (w *readyWriter) end(names [sha256.Size]byte) error {
	dir := w.at
	err := errors.Join(w.write(w.dir), w.write(w.of.end(names, dir)))
	if err == nil {
		_, err = w.to.Write(binary.NativeEndian.AppendUint32(nil, w.sum.Sum32()))
	}
	if err = errors.Join(err, w.to.Flush(), w.file.Close()); err != nil {
		return errors.Join(err, os.Remove(w.path+".new"))
	}
	return os.Rename(w.path+".new", w.path)
}

// drop gives up.
func (w *readyWriter) drop() error { return errors.Join(w.file.Close(), os.Remove(w.path+".new")) }

// sweepReady removes the files of what is not in a set.
func sweepReady(dir string, s *readySet) error {
	names, err := filepath.Glob(filepath.Join(dir, "*"+readySuffix+"*"))
	if err != nil {
		return err
	}
	keep := map[string]bool{}
	for segment := range s.files {
		keep[readyName(dir, segment)] = true
	}
	for _, name := range names {
		if keep[name] {
			continue
		}
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
