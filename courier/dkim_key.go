package courier

import (
	"cmp"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A DKIMAlgorithm is how a key signs.
type DKIMAlgorithm string

// The algorithms: every receiver knows the first, some the second (RFC 8463), which therefore only stands beside it.
const (
	RSA     DKIMAlgorithm = "rsa"
	Ed25519 DKIMAlgorithm = "ed25519"
)

func (a DKIMAlgorithm) tag() string { return string(a) + "-sha256" }

// A DKIMState is where a key stands in its life.
type DKIMState string

// The states, in order: first the record is published, then the key signs, then its record stays until nobody looks
// for it any more.
const (
	Prepared DKIMState = "prepared"
	InUse    DKIMState = "in use"
	Retired  DKIMState = "retired"
)

// A DKIMKey is a pair of keys. Copies are signed by each one that is in use.
type DKIMKey struct {
	Selector  string
	Algorithm DKIMAlgorithm
	State     DKIMState
	Since     time.Time // of the state

	private crypto.Signer
}

// keepRetired is how long the record of a retired key must stay: as long as a signature holds, and some days for DNS.
const keepRetired = signatureLife + 4*24*time.Hour

// Removable reports whether nothing signed by the key can still be under way.
func (k DKIMKey) Removable(now time.Time) bool {
	return k.State == Prepared || k.State == Retired && now.Sub(k.Since) >= keepRetired
}

// RecordName is the name of the key's DNS record under a domain of ours (RFC 6376 §3.6.2.1).
func (k DKIMKey) RecordName(domain string) string { return k.Selector + "._domainkey." + domain }

// Record is the TXT record that lets receivers check the key's signatures (RFC 6376 §3.6.1), in one piece. An RSA
// key's has some 400 bytes, so it stands in DNS as two strings.
func (k DKIMKey) Record() string {
	public := k.private.Public()
	var b []byte
	if e, ok := public.(ed25519.PublicKey); ok {
		b = e
	} else {
		b, _ = x509.MarshalPKIXPublicKey(public) // fails only for kinds of keys that we do not make
	}
	return "v=DKIM1; k=" + string(k.Algorithm) + "; p=" + base64.StdEncoding.EncodeToString(b)
}

// DKIMKeys are the keys in a directory, one file for each (SELECTOR.pem, mode 0600: the key as PKCS #8, with its state
// as PEM headers). Methods may be called from many goroutines at once.
type DKIMKeys struct {
	dir string

	mu   sync.Mutex // guards the rest
	keys []DKIMKey  // by selector; the slice is replaced and never changed
}

// Errors of changes to keys. Their texts say what to do next.
var (
	ErrNoDKIMKey = errors.New("no such DKIM key; see: sencoforum dkim list")
	ErrDKIMInUse = errors.New("mail that this key signed may still be under way")
)

// OpenDKIMKeys reads the keys in a directory. Where there is none it makes an RSA key, which is in use at once: until
// its record is published a signature helps nobody and harms nobody.
func OpenDKIMKeys(dir string, now time.Time) (*DKIMKeys, error) {
	s := &DKIMKeys{dir: dir}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open DKIM keys: %w", err)
	}
	if err := s.load(); err != nil {
		return nil, err
	}
	if len(s.keys) > 0 {
		return s, nil
	}
	k, err := s.Make(RSA, now)
	if err == nil {
		err = s.Use(k.Selector, now)
	}
	return s, err
}

// All returns the keys by selector.
func (s *DKIMKeys) All() []DKIMKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.keys)
}

func (s *DKIMKeys) inUse() (keys []DKIMKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.keys {
		if k.State == InUse {
			keys = append(keys, k)
		}
	}
	return keys
}

// Make makes a key, which is prepared: it signs nothing until Use.
func (s *DKIMKeys) Make(a DKIMAlgorithm, now time.Time) (DKIMKey, error) {
	k := DKIMKey{Algorithm: a, State: Prepared, Since: now.UTC().Truncate(time.Second)}
	var err error
	switch a {
	case RSA:
		k.private, err = rsa.GenerateKey(rand.Reader, 2048)
	case Ed25519:
		_, k.private, err = ed25519.GenerateKey(rand.Reader)
	default:
		return k, fmt.Errorf("make DKIM key: %q is no algorithm; choose rsa or ed25519", a)
	}
	if err != nil {
		return k, fmt.Errorf("make DKIM key: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k.Selector = s.freeSelector(k)
	return k, s.put(k)
}

// freeSelector names a key by month and algorithm, and by a number where that name is taken.
func (s *DKIMKeys) freeSelector(k DKIMKey) string {
	base := "s" + k.Since.Format("200601") + string(k.Algorithm[0])
	name := base
	for i := 2; s.find(name) >= 0; i++ {
		name = fmt.Sprintf("%s%d", base, i)
	}
	return name
}

// Use lets a key sign from now on. Keys of the same algorithm that did are retired.
func (s *DKIMKeys) Use(selector string, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.find(selector)
	if at < 0 {
		return fmt.Errorf("%s: %w", selector, ErrNoDKIMKey)
	}
	// The new one first: should the second step fail, both sign, which is no harm.
	for _, k := range append([]DKIMKey{s.keys[at]}, s.keys...) {
		state := k.State
		switch {
		case k.Selector == selector:
			state = InUse
		case k.Algorithm == s.keys[at].Algorithm && k.State == InUse:
			state = Retired
		}
		if state == k.State {
			continue
		}
		k.State, k.Since = state, now.UTC().Truncate(time.Second)
		if err := s.put(k); err != nil {
			return err
		}
	}
	return nil
}

// Remove deletes a key that no mail under way can need, or returns ErrDKIMInUse.
func (s *DKIMKeys) Remove(selector string, now time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.find(selector)
	if at < 0 {
		return fmt.Errorf("%s: %w", selector, ErrNoDKIMKey)
	}
	if k := s.keys[at]; !k.Removable(now) {
		return fmt.Errorf("%s is %s since %s: %w", selector, k.State, k.Since.Format(time.DateOnly), ErrDKIMInUse)
	}
	if err := os.Remove(s.file(selector)); err != nil {
		return fmt.Errorf("remove DKIM key: %w", err)
	}
	s.keys = slices.Delete(slices.Clone(s.keys), at, at+1)
	return nil
}

func (s *DKIMKeys) file(selector string) string { return filepath.Join(s.dir, selector+".pem") }

func (s *DKIMKeys) find(selector string) int {
	return slices.IndexFunc(s.keys, func(k DKIMKey) bool { return k.Selector == selector })
}

// put writes a key's file and keeps it. The caller holds mu.
func (s *DKIMKeys) put(k DKIMKey) error {
	if err := writeKey(s.file(k.Selector), k); err != nil {
		return fmt.Errorf("write DKIM key %s: %w", k.Selector, err)
	}
	keys := slices.DeleteFunc(slices.Clone(s.keys), func(o DKIMKey) bool { return o.Selector == k.Selector })
	s.keys = append(keys, k)
	slices.SortFunc(s.keys, func(a, b DKIMKey) int { return cmp.Compare(a.Selector, b.Selector) })
	return nil
}

// load reads all keys.
func (s *DKIMKeys) load() error {
	files, err := filepath.Glob(filepath.Join(s.dir, "*.pem"))
	if err != nil {
		return err
	}
	for _, f := range files {
		k, err := readKey(f)
		if err != nil {
			return fmt.Errorf("read DKIM key %s: %w", f, err)
		}
		s.keys = append(s.keys, k)
	}
	return nil
}

// keyFileMax bounds what is read of a key file; an RSA key of 4,096 bits takes 3.3 kB.
const keyFileMax = 16 << 10

func readKey(path string) (DKIMKey, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return DKIMKey{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > keyFileMax {
		return DKIMKey{}, errors.New("this is no key file")
	}
	if info.Mode().Perm()&0o077 != 0 {
		return DKIMKey{}, fmt.Errorf("others can read it (mode %04o); run chmod 600 on it", info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return DKIMKey{}, err
	}
	return parseKey(strings.TrimSuffix(filepath.Base(path), ".pem"), text)
}

// errKeyDamaged says what to do when a key cannot be read. Its text never has any of the key.
var errKeyDamaged = errors.New("the key is damaged; restore it from a backup, or move the file away and make another: sencoforum dkim new")

func parseKey(selector string, text []byte) (DKIMKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PRIVATE KEY" {
		return DKIMKey{}, errKeyDamaged
	}
	k := DKIMKey{Selector: selector, State: DKIMState(block.Headers["State"])}
	since, err := time.Parse(time.RFC3339, block.Headers["Since"])
	if err != nil || !slices.Contains([]DKIMState{Prepared, InUse, Retired}, k.State) {
		return DKIMKey{}, errKeyDamaged
	}
	k.Since = since
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return DKIMKey{}, errKeyDamaged
	}
	switch p := private.(type) {
	case *rsa.PrivateKey:
		k.Algorithm, k.private = RSA, p
	case ed25519.PrivateKey:
		k.Algorithm, k.private = Ed25519, p
	default:
		return DKIMKey{}, errors.New("a key of this kind cannot sign mail; it takes RSA or Ed25519")
	}
	return k, nil
}

// writeKey puts a key's file in the place of what is there, durably.
func writeKey(path string, k DKIMKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{
		Type: "PRIVATE KEY", Bytes: der,
		Headers: map[string]string{"State": string(k.State), "Since": k.Since.Format(time.RFC3339)},
	})
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // of mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
