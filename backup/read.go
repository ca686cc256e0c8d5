package backup

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// maxText is the most bytes that are read into memory.
const maxText = 8 << 20

// Read reads a backup to its end and compares each file with its digest. place is called first, with what the backup says of
// itself and with the settings file in it (nil: none), and returns the directory for the data, or "" when nothing is to be
// written. That directory must be there and empty. After an error it holds an unknown part of the backup.
func Read(r io.Reader, place func(About, []byte) (string, error)) (About, error) {
	i := &input{tar: tar.NewReader(r), sums: map[string]string{}}
	a, err := i.head()
	if err != nil {
		return a, err
	}
	if i.dir, err = place(a, i.settings); err != nil {
		return a, err
	}
	if i.dir != "" {
		if i.root, err = os.OpenRoot(i.dir); err != nil {
			return a, fmt.Errorf("restore: %w", err)
		}
		defer i.root.Close()
	}
	for err == nil && !i.ended {
		err = i.data()
	}
	if err == nil && i.root != nil {
		err = i.flush()
	}
	return a, err
}

// input reads the file. It belongs to one goroutine.
type input struct {
	tar      *tar.Reader
	next     *tar.Header // read already, but not what belongs to it; nil: none
	settings []byte
	sums     map[string]string // name → digest of what was read

	dir   string
	root  *os.Root // of dir; nil: nothing is written
	dirs  []string // that were made
	ended bool
}

// head reads what the backup says of itself, and the settings.
func (i *input) head() (a About, err error) {
	h, err := i.tar.Next()
	if err != nil || h.Name != aboutName {
		return a, ErrNone
	}
	text, err := i.text(h)
	if err != nil {
		return a, err
	}
	switch err := json.Unmarshal(text, &a); {
	case err != nil || a.Format < 1:
		return a, ErrNone
	case a.Format > Format:
		return a, ErrNewer
	}
	if i.next, err = i.header(); err != nil || i.next.Name != settingsName {
		return a, err
	}
	i.settings, err = i.text(i.next)
	i.next = nil
	return a, err
}

// header is the next one.
func (i *input) header() (*tar.Header, error) {
	if h := i.next; h != nil {
		i.next = nil
		return h, nil
	}
	h, err := i.tar.Next()
	if err != nil {
		return nil, broken("", err)
	}
	return h, nil
}

func (i *input) text(h *tar.Header) ([]byte, error) {
	if h.Size > maxText {
		return nil, broken(h.Name, errors.New("too large"))
	}
	sum := sha256.New()
	text, err := io.ReadAll(io.TeeReader(i.tar, sum))
	if err != nil {
		return nil, broken(h.Name, err)
	}
	i.sums[h.Name] = fmt.Sprintf("%x", sum.Sum(nil))
	return text, nil
}

// data reads one file of the data directory, or the digests at the end.
func (i *input) data() error {
	h, err := i.header()
	if err != nil {
		return err
	}
	if h.Name == sumsName {
		return i.compare(h)
	}
	name, ok := strings.CutPrefix(h.Name, dataName)
	if _, twice := i.sums[h.Name]; !ok || twice || h.Typeflag != tar.TypeReg || !filepath.IsLocal(name) || path.Clean(name) != name {
		return broken(h.Name, errUnknown)
	}
	sum := sha256.New()
	if i.root == nil {
		_, err = io.Copy(sum, i.tar)
		err = wrapBroken(h.Name, err)
	} else {
		err = i.file(name, io.TeeReader(i.tar, sum))
	}
	i.sums[h.Name] = fmt.Sprintf("%x", sum.Sum(nil))
	return err
}

// file writes a file for its owner alone, and flushes it to disk.
func (i *input) file(name string, r io.Reader) error {
	dir := ""
	for part := range strings.SplitSeq(path.Dir(name), "/") {
		if dir = path.Join(dir, part); dir == "." {
			break
		}
		err := i.root.Mkdir(dir, 0o700)
		if err == nil {
			i.dirs = append(i.dirs, dir)
		} else if !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("restore: %w", err)
		}
	}
	f, err := i.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	source := &noted{r: r}
	_, err = io.Copy(f, source)
	if source.err != nil {
		return errors.Join(broken(name, source.err), f.Close())
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// compare holds the digests at the end against those of what was read.
func (i *input) compare(h *tar.Header) error {
	text, err := i.text(h)
	if err != nil {
		return err
	}
	delete(i.sums, sumsName)
	for line := range strings.Lines(string(text)) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if got := i.sums[name]; got == "" || got != sum {
			return broken(name, errors.New("its digest is another one"))
		}
		delete(i.sums, name)
	}
	for name := range i.sums {
		return broken(name, errors.New("it has no digest"))
	}
	i.ended = true
	return nil
}

// flush makes the names of the files durable.
func (i *input) flush() error {
	for _, dir := range append(i.dirs, ".") {
		f, err := i.root.Open(dir)
		if err == nil {
			err = errors.Join(f.Sync(), f.Close())
		}
		if err != nil {
			return fmt.Errorf("restore: %w", err)
		}
	}
	return nil
}

// broken says what is wrong with a backup.
func broken(name string, cause error) error {
	if errors.Is(cause, io.EOF) || errors.Is(cause, io.ErrUnexpectedEOF) {
		return ErrCutOff
	}
	if name == "" {
		return fmt.Errorf("%w (%w)", ErrBroken, cause)
	}
	return fmt.Errorf("%w (%q: %w)", ErrBroken, name, cause)
}

func wrapBroken(name string, cause error) error {
	if cause == nil {
		return nil
	}
	return broken(name, cause)
}

// noted keeps the error of a reader, to tell it from one of the writer.
type noted struct {
	r   io.Reader
	err error
}

func (n *noted) Read(p []byte) (int, error) {
	k, err := n.r.Read(p)
	if err != nil && err != io.EOF {
		n.err = err
	}
	return k, err
}
