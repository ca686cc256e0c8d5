package search

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"sencoforum/archive"
)

// alikeName is the file, beside the indexes, in which it is kept what discussions are like: a line that says of which kind it is, and
// then records of one size, each with a sum of its own; of several about one post the last counts. A record without a post is a
// mark: the place in the change record up to which the archive was known. Nothing in it is synced: a crash costs what was found last.
const (
	alikeName    = "alike"
	alikeFormat  = 1
	alikeFields  = 3 + alikeKept
	alikeSize    = 4*alikeFields + 4
	alikeSpare   = 1000 // records that count no more, before the file is written anew
	alikeRecords = 64   // that are gathered before they are written
)

var alikeHead = fmt.Appendf(nil, "sencoforum alike %d, index %d\n", alikeFormat, indexFormat)

// errAlikeOther says that the file is of another kind, or of another archive.
var errAlikeOther = errors.New("it is of another format")

// An alikeFile writes what was found.
type alikeFile struct {
	path    string
	pending []byte
	records int // in the file, and pending
}

func appendKinship(b []byte, n archive.Number, k kinship) []byte {
	start := len(b)
	for _, v := range []archive.Number{n, archive.Number(k.revision), k.upTo} {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	for _, v := range k.found {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	return binary.LittleEndian.AppendUint32(b, alikeSum(b[start:]))
}

// appendAlikeMark writes a mark in the shape of a record: the change in place of revision and upTo, its post in place of what was found.
func appendAlikeMark(b []byte, m mark) []byte {
	k := kinship{revision: uint32(m.Seq), upTo: archive.Number(m.Seq >> 32)}
	k.found[0] = m.Post
	return appendKinship(b, 0, k)
}

func alikeSum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// parseAlike reads a file as far as it is whole, with its last mark. size is how much of it that is.
func parseAlike(b []byte) (of map[archive.Number]kinship, last mark, size int, err error) {
	rest, ok := bytes.CutPrefix(b, alikeHead)
	if !ok {
		return nil, last, 0, errAlikeOther
	}
	of = map[archive.Number]kinship{}
	for ; len(rest) >= alikeSize; rest = rest[alikeSize:] {
		if binary.LittleEndian.Uint32(rest[alikeSize-4:]) != alikeSum(rest[:alikeSize-4]) {
			break
		}
		var v [alikeFields]uint32
		for i := range v {
			v[i] = binary.LittleEndian.Uint32(rest[4*i:])
		}
		if v[0] == 0 {
			last = mark{Seq: archive.Seq(v[1]) | archive.Seq(v[2])<<32, Post: archive.Number(v[3])}
			continue
		}
		k := kinship{revision: v[1], upTo: archive.Number(v[2])}
		for i := range k.found {
			k.found[i] = archive.Number(v[3+i])
		}
		of[archive.Number(v[0])] = k
	}
	return of, last, len(b) - len(rest), nil
}

// open reads the file, if it is of this archive as fits says, and cuts off what a crash has left of a record.
func (f *alikeFile) open(dir string, fits func(mark) error) (of map[archive.Number]kinship, err error) {
	f.path = filepath.Join(dir, alikeName)
	b, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	of, last, size, err := parseAlike(b)
	if err == nil {
		err = fits(last)
	}
	if errors.Is(err, errAlikeOther) || errors.Is(err, errOther) {
		return nil, os.Remove(f.path)
	}
	if err != nil {
		return nil, err
	}
	f.records = (size - len(alikeHead)) / alikeSize
	if size < len(b) {
		err = os.Truncate(f.path, int64(size))
	}
	return of, err
}

func (f *alikeFile) add(n archive.Number, k kinship) {
	f.pending = appendKinship(f.pending, n, k)
	f.records++
}

// save appends what is pending, and that the archive was known up to a mark.
func (f *alikeFile) save(m mark) error {
	if len(f.pending) == 0 {
		return nil
	}
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	end, err := file.Seek(0, io.SeekEnd)
	if err == nil {
		b := appendAlikeMark(f.pending, m)
		if end == 0 {
			b = append(bytes.Clone(alikeHead), b...)
		}
		if _, err = file.Write(b); err != nil {
			err = errors.Join(err, file.Truncate(end)) // half a record would hide all that come after it
		}
	}
	if err = errors.Join(err, file.Close()); err == nil {
		f.pending, f.records = f.pending[:0], f.records+1
	}
	return err
}

// isLong reports that most of the file counts no more, when so many records do.
func (f *alikeFile) isLong(count int) bool { return f.records > 2*count+alikeSpare }

// rewrite writes the file anew.
func (f *alikeFile) rewrite(of map[archive.Number]kinship, m mark) error {
	b := bytes.Clone(alikeHead)
	for n, k := range of {
		b = appendKinship(b, n, k)
	}
	b = appendAlikeMark(b, m)
	if err := writeSynced(f.path+".new", b); err != nil {
		return err
	}
	if err := os.Rename(f.path+".new", f.path); err != nil {
		return err
	}
	f.pending, f.records = f.pending[:0], len(of)+1
	return nil
}
