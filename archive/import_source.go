package archive

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// MaxImported is the largest message that is imported, in bytes.
const MaxImported = 48 << 20

// An ImportSource is a place with old messages that can be read twice: all in their order, and then each again.
type ImportSource interface {
	// Name is what people call it: a file or a folder.
	Name() string
	// scan yields every message. What is yielded stays as it is.
	scan(yield func(ImportFound) error) error
	// read returns a message again, by its place and its size there.
	read(at, size int64) ([]byte, error)
}

// ImportFound is a message in a source.
type ImportFound struct {
	Raw      []byte    // for one that is too large only its beginning
	Postmark time.Time // zero for none
	At       int64     // its place: the offset in a file of many, the number of the file in a folder
	Size     int64     // bytes there; -1: up to the next
	TooLarge bool
	Fault    string // why it could not be read; empty if it was
}

// MboxSource is an mbox file, or a LISTSERV notebook. Fix, if set, is done to each message that is read from it.
type MboxSource struct {
	File string
	From io.ReaderAt
	Size int64
	Kind MboxKind
	Fix  func(raw []byte) []byte

	in *bufio.Reader // of read
}

// Name is the file's.
func (s *MboxSource) Name() string { return s.File }

func (s *MboxSource) scan(yield func(ImportFound) error) error {
	all := io.NewSectionReader(s.From, 0, s.Size)
	if s.Kind == MboxAuto {
		head := make([]byte, 200)
		if n, _ := s.From.ReadAt(head, 0); isNotebook(head[:n]) {
			s.Kind = Listserv
		}
	}
	messages := ReadMbox(all, s.Kind, MaxImported)
	if s.Kind == Listserv {
		messages = readNotebook(all, MaxImported)
	}
	for m, err := range messages {
		if err != nil {
			return fmt.Errorf("%s: %w", s.File, err)
		}
		found := ImportFound{Raw: s.fixed(m.Raw), Postmark: m.Postmark, At: m.Offset, Size: -1, TooLarge: m.Cut}
		if err := yield(found); err != nil {
			return err
		}
	}
	return nil
}

// read reads the piece of the file from one From_ line to the next as a file of its own, which has one message.
func (s *MboxSource) read(at, size int64) ([]byte, error) {
	if s.in == nil {
		s.in = bufio.NewReaderSize(nil, mboxAhead)
	}
	piece := io.NewSectionReader(s.From, at, size)
	s.in.Reset(&lasting{r: piece})
	messages := mboxFrom(s.in, s.Kind, MaxImported)
	if s.Kind == Listserv {
		messages = readNotebook(piece, MaxImported)
	}
	for m, err := range messages {
		if err != nil {
			return nil, fmt.Errorf("%s at %d: %w", s.File, at, err)
		}
		return s.fixed(m.Raw), nil
	}
	return nil, fmt.Errorf("%s at %d: %w", s.File, at, io.ErrUnexpectedEOF)
}

func (s *MboxSource) fixed(raw []byte) []byte {
	if s.Fix == nil {
		return raw
	}
	return s.Fix(raw)
}

// Maildir is a folder in which each message is a file below cur or new (maildir(5)). Flags mean nothing here, and the
// time of a file is its postmark.
type Maildir struct {
	dir   string
	files []string
}

// OpenMaildir looks into a folder. What is no plain file there is passed over.
func OpenMaildir(dir string) (*Maildir, error) {
	m := &Maildir{dir: dir}
	for _, below := range []string{"cur", "new"} {
		entries, err := os.ReadDir(filepath.Join(dir, below))
		if err != nil {
			return nil, fmt.Errorf("read maildir: %w", err)
		}
		for _, e := range entries {
			if e.Type().IsRegular() && e.Name()[0] != '.' {
				m.files = append(m.files, filepath.Join(below, e.Name()))
			}
		}
	}
	slices.SortFunc(m.files, func(a, b string) int { // names begin with the moment of delivery
		return compareNames(filepath.Base(a), filepath.Base(b))
	})
	return m, nil
}

// compareNames orders names so that a number with fewer digits comes first.
func compareNames(a, b string) int {
	digits := func(s string) int {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		return n
	}
	if d := digits(a) - digits(b); d != 0 {
		return d
	}
	if a < b {
		return -1
	}
	return 1
}

// Name is the folder's.
func (m *Maildir) Name() string { return m.dir }

// Path is the file of the message at a place.
func (m *Maildir) Path(at int64) string { return filepath.Join(m.dir, m.files[at]) }

func (m *Maildir) scan(yield func(ImportFound) error) error {
	for i := range m.files {
		found := ImportFound{At: int64(i)}
		raw, info, err := m.file(i)
		switch {
		case err != nil:
			found.Fault = err.Error()
		default:
			found.Raw, found.Postmark, found.Size = raw, info.ModTime(), info.Size()
			found.TooLarge = len(raw) > MaxImported
		}
		if err := yield(found); err != nil {
			return err
		}
	}
	return nil
}

func (m *Maildir) read(at, _ int64) ([]byte, error) {
	raw, _, err := m.file(int(at))
	return raw, err
}

// file reads a message; of one that is too large, one byte more than is allowed.
func (m *Maildir) file(i int) ([]byte, fs.FileInfo, error) {
	f, err := os.Open(m.Path(int64(i)))
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(f, MaxImported+1))
	return raw, info, err
}
