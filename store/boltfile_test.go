package store

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
)

// pageOf returns the content of the first page in use of a kind, in a file with pages of 1 KiB.
func pageOf(t *testing.T, b []byte, kind uint16) []byte {
	t.Helper()
	m, _, err := readMeta(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for id := uint64(2); id < m.high; id++ {
		if p := b[id*1024 : (id+1)*1024]; native.Uint16(p[8:]) == kind && id != m.root && reachable(b, m, id) {
			return p
		}
	}
	t.Fatalf("no page of kind %#x", kind)
	return nil
}

func TestEachFaultOfAPageIsNamed(t *testing.T) {
	meta := func(offset int, value uint64) func(*testing.T, []byte) {
		return func(_ *testing.T, b []byte) {
			for at := 0; at <= 1024; at += 1024 {
				native.PutUint64(b[at+pageHead+offset:], value)
			}
			resum(b)
		}
	}
	in := func(kind uint16, offset int, value uint32) func(*testing.T, []byte) {
		return func(t *testing.T, b []byte) { native.PutUint32(pageOf(t, b, kind)[offset:], value) }
	}
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, b []byte)
		want  string
	}{
		{"a page size that is none", meta(8, 1000), "claims pages of 1000 bytes"},
		{"a page size of nothing", meta(8, 0), "claims pages of 0 bytes"},
		{"more pages than the file has", meta(40, 1<<40), "cut off"},
		{"a root that is a meta page", meta(16, 1), "claims its root at page 1"},
		{"a free list that is not kept", meta(32, 1<<64-1), "its free list at page"},
		{"a free list elsewhere", func(t *testing.T, b []byte) {
			m, _, _ := readMeta(bytes.NewReader(b))
			meta(32, m.root)(t, b)
		}, "is not the free list"},
		{"a free list that is too long", in(flagFreelist, 10, 500), "the free list claims 500 pages"},
		{"a free list with a huge count", func(t *testing.T, b []byte) {
			p := pageOf(t, b, flagFreelist)
			native.PutUint16(p[10:], 0xffff)
			native.PutUint64(p[16:], 1<<63+1)
		}, "the free list claims -"},
		{"a free page outside the file", func(t *testing.T, b []byte) {
			native.PutUint64(pageOf(t, b, flagFreelist)[16:], 1<<50)
		}, "the free list has page"},
		{"a page that is another", in(flagLeaf, 0, 77), "says it is page 77"},
		{"a page that overflows the file", in(flagLeaf, 12, 1<<20), "more pages, beyond the end"},
		{"a page of no kind", in(flagLeaf, 8, 0x00010040), "unknown kind 0x40"},
		{"a leaf that claims no rows", in(flagLeaf, 8, flagLeaf), "claims to be empty"},
		{"a leaf with more rows than room", in(flagLeaf, 8, 0xffff0000|flagLeaf), "leaf page"},
		{"a row out of place", in(flagLeaf, pageHead+4, 5000), "element 0 is out of place"},
		{"a row that is a table", in(flagLeaf, pageHead, 1), "wrong kind 0x1"},
		{"a child out of place", in(flagBranch, pageHead, 5000), "element 0 is out of place"},
		{"a child outside the file", in(flagBranch, pageHead+8, 1<<30), "is used and there are"},
		{"a child in use", in(flagBranch, pageHead+8, 0), "is used"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := smallPages(t, 80)
			c.spoil(t, b)
			problems := strings.Join(walkAll(b, true), "\n")
			if !strings.Contains(problems, c.want) {
				t.Errorf("the walk says %q, want %q in it", problems, c.want)
			}
		})
	}
}

func TestTheNewerMetaPageCounts(t *testing.T) {
	b := smallPages(t, 10)
	older, newer := uint64(7), uint64(8)
	for _, first := range []uint64{older, newer} {
		native.PutUint64(b[pageHead+48:], first)
		native.PutUint64(b[1024+pageHead+48:], older+newer-first)
		resum(b)
		if m, lost, err := readMeta(bytes.NewReader(b)); m.tx != newer || lost || err != nil {
			t.Errorf("transaction %d, lost %v, error %v, want %d", m.tx, lost, err, newer)
		}
	}
}

// spoilt does not read a stretch of a file.
type spoilt struct {
	*bytes.Reader
	from, to int64
}

var errDisk = errors.New("input/output error")

func (s spoilt) ReadAt(b []byte, at int64) (int, error) {
	if at < s.to && at+int64(len(b)) > s.from {
		return 0, errDisk
	}
	return s.Reader.ReadAt(b, at)
}

// A meta page that the disk does not give out is not one that was torn: to go on with the other would be to forget a commit.
func TestAMetaPageThatCannotBeReadIsNoTornOne(t *testing.T) {
	b := smallPages(t, 30)
	for at := int64(0); at <= 1024; at += 1024 {
		_, lost, err := readMeta(spoilt{bytes.NewReader(b), at, at + 1024})
		if !errors.Is(err, errDisk) || lost {
			t.Errorf("meta page at %d: lost %v, %v; want the error of the disk", at, lost, err)
		}
	}
}

// A disk that did not read was once taken for damage, with the advice to restore a backup.
func TestAPageThatCannotBeReadIsTheDisksFault(t *testing.T) {
	b := smallPages(t, 80)
	m, _, err := readMeta(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for id := range m.high {
		if id > 1 && !reachable(b, m, id) {
			continue
		}
		at := int64(id) * 1024
		err := checkFile(spoilt{bytes.NewReader(b), at, at + 1024}, "/data/forum.db", int64(len(b)), slog.New(slog.DiscardHandler))
		if !errors.Is(err, ErrDisk) || !errors.Is(err, errDisk) || errors.Is(err, ErrDamaged) {
			t.Fatalf("page %d: %v, want ErrDisk with its cause, and not ErrDamaged", id, err)
		}
		for _, word := range []string{"/data/forum.db", "dmesg", "smartctl"} {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("page %d: %v, want %q in it", id, err, word)
			}
		}
	}
}

// A disk that fails takes its time over each read, and what follows from the first failure tells nothing.
func TestTheWalkReadsNoMoreOnceTheDiskFailed(t *testing.T) {
	b := smallPages(t, 80)
	reads := 0
	r := counted{spoilt{bytes.NewReader(b), 2048, int64(len(b))}, &reads}
	_, err := walkFile(r, int64(len(b)), true, func(p string) { t.Errorf("a problem of the file: %s", p) })
	if !errors.Is(err, errDisk) || reads != 3 {
		t.Errorf("%d reads, %v; want the two meta pages and one more", reads, err)
	}
}

// counted counts reads.
type counted struct {
	io.ReaderAt
	reads *int
}

func (c counted) ReadAt(b []byte, at int64) (int, error) {
	*c.reads++
	return c.ReaderAt.ReadAt(b, at)
}

// Commits write the two meta pages in turn, so two of the same commit are one over the other.
func TestAMetaPageOverTheOtherIsReported(t *testing.T) {
	b := smallPages(t, 30)
	copy(b[1024+8:2048], b[8:1024])
	if _, lost, err := readMeta(bytes.NewReader(b)); !lost || err != nil {
		t.Errorf("lost %v, %v; want it said", lost, err)
	}
}
