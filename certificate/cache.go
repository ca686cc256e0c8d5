package certificate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/acme/autocert"
)

// cache keeps the files. Proofs for the authority are short-lived and stay in memory, with the library.
type cache struct {
	dir     string
	changed func(host string, pair *tls.Certificate) // one was stored; may be nil
}

// place is the directory of one authority, so that the certificates of a trial never pass for those of the real one.
func place(c Config) string {
	name := "authority"
	if u, err := url.Parse(c.Directory); err == nil && strings.Trim(u.Host, ".") != "" {
		name = strings.ReplaceAll(u.Host, ":", "_")
	}
	return filepath.Join(c.Dir, name)
}

// Stored returns the certificate of a name as it is stored, also when it has ended, and nil where there is none.
func Stored(c Config, host string) (*x509.Certificate, error) {
	if c.Directory == "" {
		c.Directory = LetsEncrypt
	}
	pair, err := cache{dir: place(c)}.pair(strings.ToLower(host))
	if pair == nil {
		return nil, err
	}
	return pair.Leaf, nil
}

// pair reads the key and the chain of a name. What cannot be understood counts as not there: it is fetched anew.
func (c cache) pair(host string) (*tls.Certificate, error) {
	data, err := os.ReadFile(filepath.Join(c.dir, host))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the certificate of %s: %w", host, err)
	}
	return parse(data), nil
}

// parse reads a key with its chain, or nothing.
func parse(data []byte) *tls.Certificate {
	pair, err := tls.X509KeyPair(data, data)
	if err != nil {
		return nil
	}
	if pair.Leaf, err = x509.ParseCertificate(pair.Certificate[0]); err != nil {
		return nil
	}
	return &pair
}

// lasting reports whether something outlives the order for which it is made.
func lasting(name string) bool {
	return !strings.HasSuffix(name, "+token") && !strings.HasSuffix(name, "+http-01") && name == filepath.Base(name)
}

// Get returns what is stored under a name, or autocert.ErrCacheMiss.
func (c cache) Get(_ context.Context, name string) ([]byte, error) {
	if !lasting(name) {
		return nil, autocert.ErrCacheMiss
	}
	data, err := os.ReadFile(filepath.Join(c.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		err = autocert.ErrCacheMiss
	}
	return data, err
}

// Put stores something, and is done when a power cut cannot take it away.
func (c cache) Put(_ context.Context, name string, data []byte) (err error) {
	if !lasting(name) {
		return nil
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(c.dir, ".new-*") // readable by its owner alone
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // it is not there any more when all went well
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(c.dir, name)); err != nil {
		return err
	}
	if err := syncDir(c.dir); err != nil {
		return err
	}
	if pair := parse(data); pair != nil && c.changed != nil {
		c.changed(name, pair)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Delete removes what is stored under a name.
func (c cache) Delete(_ context.Context, name string) error {
	if !lasting(name) {
		return nil
	}
	err := os.Remove(filepath.Join(c.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
