package backup

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"sencoforum/store"
)

// Source is what is backed up.
type Source struct {
	DB       *store.DB
	Dir      string // the data directory, with the store in forum.db
	Settings []byte // the settings file; nil: there is none
	About    About
}

// spoolName is the directory in the data directory for the copy of the store. Nobody who takes the file slowly keeps the
// store waiting.
const spoolName = "backup"

// Write writes a backup of one moment to w, while work goes on. The copy of the store is read and checked record by record
// before the first byte is written. Without room for that copy the error wraps store.ErrFull and says what to do.
func Write(ctx context.Context, w io.Writer, s Source) (err error) {
	spool := filepath.Join(s.Dir, spoolName)
	lock, err := lockSpool(spool)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(spool), lock.Close()) }()
	if err := s.DB.Backup(filepath.Join(spool, storeName)); err != nil {
		return err
	}
	o := &output{ctx: ctx, tar: tar.NewWriter(w), made: s.About.Made}
	s.About.Format = Format
	about, err := json.MarshalIndent(s.About, "", "  ")
	if err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	err = o.text(aboutName, append(about, '\n'))
	if err == nil && s.Settings != nil {
		err = o.text(settingsName, s.Settings)
	}
	if err == nil {
		err = o.file(dataName+storeName, filepath.Join(spool, storeName))
	}
	if err == nil {
		err = o.others(s.Dir)
	}
	if err == nil {
		err = o.text(sumsName, []byte(o.sums.String()))
	}
	if err == nil {
		err = o.tar.Close()
	}
	if err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	return nil
}

// lockSpool makes the directory for the copy of the store, and empties it of what a crash left. Closing the file gives it free.
func lockSpool(dir string) (*os.File, error) {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make room for a backup: %w", err)
	}
	f, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("make room for a backup: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(ErrBusy, f.Close())
	}
	left, err := f.ReadDir(-1)
	for _, d := range left {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, d.Name())))
	}
	if err != nil {
		return nil, fmt.Errorf("make room for a backup: %w", errors.Join(err, f.Close()))
	}
	return f, nil
}

// output writes the file. It belongs to one goroutine.
type output struct {
	ctx  context.Context // as long as the one call of Write
	tar  *tar.Writer
	made time.Time
	sums strings.Builder
}

func (o *output) text(name string, text []byte) error {
	return o.entry(name, int64(len(text)), strings.NewReader(string(text)))
}

// file writes a file as long as it is now; what is added meanwhile stays out.
func (o *output) file(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return o.entry(name, info.Size(), f)
}

func (o *output) entry(name string, size int64, r io.Reader) error {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: o.made, Format: tar.FormatPAX}
	if err := o.tar.WriteHeader(h); err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(o.tar, sum), io.LimitReader(reader{o.ctx, r}, size))
	if err == nil && n < size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if name != sumsName {
		fmt.Fprintf(&o.sums, "%x  %s\n", sum.Sum(nil), name)
	}
	return nil
}

// others writes all files of the data directory but the store, the search index and what is made anew at the start. A file
// that goes away meanwhile, such as one that is being renamed, is no loss.
func (o *output) others(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name, rerr := filepath.Rel(dir, path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil || rerr != nil:
			return errors.Join(err, rerr)
		case d.IsDir() && (name == "search" || name == spoolName):
			return fs.SkipDir
		case d.IsDir() || left(name):
			return nil
		}
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			return nil
		}
		if err == nil {
			err = o.file(dataName+filepath.ToSlash(name), path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

// left reports whether a file in the data directory is no part of a backup.
func left(name string) bool {
	return name == storeName || strings.HasPrefix(name, storeName+".") || strings.HasSuffix(name, ".partial")
}

// reader ends when its context does.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
