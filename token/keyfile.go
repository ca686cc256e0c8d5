package token

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// FileName is the usual name of the key file in the data directory.
const FileName = "token.keys"

// The key file is text, one key a line, oldest first, and ends with a checksum of all lines before it:
//
//	sencoforum token keys 1
//	1 2026-11-22 revoked
//	2 2027-01-09 64 hexadecimal digits
//	sum 64 hexadecimal digits
const fileHead = "sencoforum token keys 1"

// fileMax bounds what is read: 255 keys take 22 kB.
const fileMax = 64 << 10

// ErrDamaged says that a key file cannot be read as one. Its text names the next step.
var ErrDamaged = errors.New("token key file is damaged; put the copy from your backup in its place: " +
	"with a new file, no link and no return address in mail already sent would work")

// ErrReadable says that others than the owner may read or write the key file. Its text names the next step.
var ErrReadable = errors.New("token key file is open to other users; run chmod 600 on it")

// Open reads the keyring in the file at path, or makes a file with one new key when there is none. It returns
// ErrReadable or ErrDamaged, wrapped, when the file must not be used.
func Open(path string) (*Keyring, error) {
	keys, err := load(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("create token keys: %w", err)
		}
		keys, err = load(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open token keys %s: %w", path, err)
	}
	return &Keyring{path: path, keys: keys}, nil
}

func load(path string) ([]key, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("not a regular file: %w", ErrDamaged)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("mode %04o: %w", info.Mode().Perm(), ErrReadable)
	}
	text, err := io.ReadAll(io.LimitReader(f, fileMax))
	if err != nil {
		return nil, err
	}
	return parse(text)
}

// create makes the file unless it exists: two processes that start together get one key between them.
func create(path string) error {
	keys, err := added(nil, time.Now())
	if err != nil {
		return err
	}
	temp, err := writeTemp(path, keys)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	if err := os.Link(temp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// replace puts a file with these keys in the place of the old one.
func replace(path string, keys []key) error {
	temp, err := writeTemp(path, keys)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return err
	}
	return syncDir(filepath.Dir(path))
}

// writeTemp writes the keys durably to a new file of mode 0600 beside path and returns its name.
func writeTemp(path string, keys []key) (name string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(format(keys))
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func format(keys []key) []byte {
	var b bytes.Buffer
	b.WriteString(fileHead + "\n")
	for _, k := range keys {
		last := "revoked"
		if !k.Revoked {
			last = hex.EncodeToString(k.secret)
		}
		fmt.Fprintf(&b, "%d %s %s\n", k.ID, k.Created.Format(time.DateOnly), last)
	}
	fmt.Fprintf(&b, "sum %x\n", sha256.Sum256(b.Bytes()))
	return b.Bytes()
}

// parse reads the text of a key file. Its errors name a line and never what stands in it.
func parse(text []byte) ([]key, error) {
	at := bytes.LastIndex(text, []byte("\nsum "))
	if at < 0 {
		return nil, fmt.Errorf("no checksum line: %w", ErrDamaged)
	}
	body := text[:at+1]
	if string(text[at+1:]) != fmt.Sprintf("sum %x\n", sha256.Sum256(body)) {
		return nil, fmt.Errorf("checksum does not fit: %w", ErrDamaged)
	}
	lines := strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
	if lines[0] != fileHead {
		return nil, fmt.Errorf("line 1: not a key file of this version: %w", ErrDamaged)
	}
	var keys []key
	for i, line := range lines[1:] {
		k, ok := parseKey(line)
		if !ok || find(keys, k.ID) >= 0 {
			return nil, fmt.Errorf("line %d: not a key: %w", i+2, ErrDamaged)
		}
		keys = append(keys, k)
	}
	if newest(keys) < 0 {
		return nil, fmt.Errorf("no key that may sign: %w", ErrDamaged)
	}
	return keys, nil
}

func parseKey(line string) (k key, ok bool) {
	words := strings.Split(line, " ")
	if len(words) != 3 {
		return k, false
	}
	id, err := strconv.ParseUint(words[0], 10, 8)
	if err != nil || id == 0 {
		return k, false
	}
	created, err := time.Parse(time.DateOnly, words[1])
	if err != nil {
		return k, false
	}
	k.ID, k.Created = uint8(id), created
	if words[2] == "revoked" {
		k.Revoked = true
		return k, true
	}
	k.secret, err = hex.DecodeString(words[2])
	return k, err == nil && len(k.secret) == secretSize
}
