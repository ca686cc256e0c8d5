package document

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// maxEntries bounds the files inside a packed file.
const maxEntries = 5000

var errLarge = fmt.Errorf("it unpacks to more than %d MB", maxPacked>>20)

// packed is a ZIP file that unpacks to no more than maxPacked, all that is read of it taken together.
type packed struct {
	files []*zip.File
	room  int64
}

func unpack(data []byte) (*packed, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, errors.New("it is damaged")
	}
	if len(r.File) > maxEntries {
		return nil, fmt.Errorf("it holds more than %d files", maxEntries)
	}
	var sum uint64
	for _, f := range r.File {
		if f.Flags&1 != 0 {
			return nil, errors.New("it has a password")
		}
		if sum += f.UncompressedSize64; sum > maxPacked || f.UncompressedSize64 > maxPacked {
			return nil, errLarge
		}
	}
	return &packed{files: r.File, room: maxPacked}, nil
}

// named returns the files whose names match a pattern of package path, in the order of the numbers in them.
func (z *packed) named(pattern string) []*zip.File {
	var all []*zip.File
	for _, f := range z.files {
		if ok, err := path.Match(pattern, f.Name); ok && err == nil {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b *zip.File) int { return fileNumber(a.Name) - fileNumber(b.Name) })
	return all
}

// fileNumber returns the number at the end of a name: 12 of "slides/slide12.xml".
func fileNumber(name string) int {
	name = strings.TrimSuffix(name, path.Ext(name))
	digits := name[len(strings.TrimRight(name, "0123456789")):]
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// reader opens a file inside; reading fails where all together is too large.
func (z *packed) reader(f *zip.File) (io.ReadCloser, error) {
	r, err := f.Open()
	if err != nil {
		return nil, errors.New("it is damaged")
	}
	return &counted{r, z}, nil
}

type counted struct {
	io.ReadCloser
	z *packed
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if c.z.room -= int64(n); c.z.room < 0 {
		return n, errLarge
	}
	return n, err
}
