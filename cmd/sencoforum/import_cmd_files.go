package main

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/store"
)

// importFiles opens what is to be imported, as the user who gave the command. It belongs to one goroutine.
type importFiles struct {
	in    io.Reader // standard input
	spool string    // where packed files are unpacked when $TMPDIR does not say
	open  []*os.File
}

func (f *importFiles) close() {
	for _, one := range f.open {
		one.Close()
	}
}

// mboxes opens mbox files; "-" is standard input.
func (f *importFiles) mboxes(names []string, kind archive.MboxKind) ([]archive.ImportSource, error) {
	var all []archive.ImportSource
	for _, name := range names {
		m, err := f.mbox(name, kind)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

func (f *importFiles) mbox(name string, kind archive.MboxKind) (*archive.MboxSource, error) {
	from, plain := f.in, (*os.File)(nil)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, usage("%w", err)
		}
		f.open = append(f.open, file)
		from, plain = file, file
	}
	in := bufio.NewReader(from)
	unpacked, packed, err := unpack(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if plain != nil && !packed {
		if info, err := plain.Stat(); err == nil && info.Mode().IsRegular() {
			return &archive.MboxSource{File: name, From: plain, Size: info.Size(), Kind: kind}, nil
		}
	}
	file, size, err := f.unpackTo(unpacked)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &archive.MboxSource{File: name, From: file, Size: size, Kind: kind}, nil
}

// unpack tells from the first bytes whether a file is packed, by gzip or zstd, and how to read it.
func unpack(in *bufio.Reader) (r io.Reader, packed bool, err error) {
	head, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, err
	}
	switch {
	case strings.HasPrefix(string(head), "\x1f\x8b"):
		r, err = gzip.NewReader(in)
		return r, true, err
	case string(head) == "\x28\xb5\x2f\xfd":
		r, err = store.ReadZstd(in)
		return r, true, err
	}
	return in, false, nil
}

// unpackTo copies a stream to a file without a name, which is gone when this process is.
func (f *importFiles) unpackTo(r io.Reader) (*os.File, int64, error) {
	file, err := f.nameless()
	if err != nil {
		return nil, 0, err
	}
	f.open = append(f.open, file)
	size, err := io.Copy(file, r)
	if c, ok := r.(io.Closer); ok {
		c.Close()
	}
	return file, size, err
}

// nameless makes a file with mode 0600 and takes its name away: in $TMPDIR, else beside the data, else where the system
// keeps such files.
func (f *importFiles) nameless() (*os.File, error) {
	places := []string{f.spool, ""}
	if os.Getenv("TMPDIR") != "" {
		places = []string{""}
	}
	var wrong []error
	for _, dir := range places {
		file, err := os.CreateTemp(dir, ".import-*")
		if err == nil {
			return file, os.Remove(file.Name())
		}
		wrong = append(wrong, err)
	}
	return nil, errors.Join(wrong...)
}

// mailman finds the archive of a Mailman 2 list: an mbox file; the folder that holds it; or pipermail's monthly texts.
func (f *importFiles) mailman(name string) ([]archive.ImportSource, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, usage("%w", err)
	}
	if !info.IsDir() {
		return f.months([]string{name}, pipermailMonth(name))
	}
	base := filepath.Base(filepath.Clean(name))
	for _, try := range []string{base, base + ".mbox", strings.TrimSuffix(base, ".mbox") + ".mbox", filepath.Join(base+".mbox", base+".mbox"),
		filepath.Join("..", base+".mbox", base+".mbox")} {
		path := filepath.Join(name, try)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return f.months([]string{path}, false)
		}
	}
	var texts []string
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, usage("%w", err)
	}
	for _, e := range entries {
		if pipermailMonth(e.Name()) {
			texts = append(texts, filepath.Join(name, e.Name()))
		}
	}
	texts = oneOfEach(texts)
	if len(texts) == 0 {
		return nil, usage("%s has neither an mbox file nor pipermail's monthly texts (2003-December.txt.gz)", name)
	}
	return f.months(texts, true)
}

// months opens files of a Mailman archive in the order of their months; obscured says that they are pipermail's.
func (f *importFiles) months(files []string, obscured bool) ([]archive.ImportSource, error) {
	var all []archive.ImportSource
	for _, name := range files {
		m, err := f.mbox(name, archive.Mboxo)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, usage("%w", err)
		}
		if err != nil {
			return nil, err
		}
		if m.Kind = archive.MboxAuto; obscured {
			m.Kind, m.Fix = archive.Mboxo, archive.FromPipermail
		}
		all = append(all, m)
	}
	return all, nil
}

// monthOf reads the month in the name of one of pipermail's texts.
func monthOf(name string) (time.Time, bool) {
	name = strings.TrimSuffix(filepath.Base(name), ".gz")
	name, ok := strings.CutSuffix(name, ".txt")
	if !ok {
		return time.Time{}, false
	}
	t, err := time.Parse("2006-January", name)
	return t, err == nil
}

func pipermailMonth(name string) bool {
	_, ok := monthOf(name)
	return ok
}

// oneOfEach puts monthly texts in order, and takes the plain one where there is a packed one as well.
func oneOfEach(texts []string) []string {
	slices.SortFunc(texts, func(a, b string) int {
		am, _ := monthOf(a)
		bm, _ := monthOf(b)
		if d := am.Compare(bm); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return slices.CompactFunc(texts, func(a, b string) bool {
		am, _ := monthOf(a)
		bm, _ := monthOf(b)
		return am.Equal(bm)
	})
}
