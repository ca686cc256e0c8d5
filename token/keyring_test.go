package token

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func open(t *testing.T, path string) *Keyring {
	t.Helper()
	ring, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// files returns the names in the directory of path, to see that no temporary file is left.
func files(t *testing.T, path string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestOpenCreatesAKeyThatOnlyTheOwnerReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	s := open(t, path).Sign(Claims{Kind: Reply, A: 1}, "a")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("mode is %v, want 0600", info.Mode())
	}
	if _, err := open(t, path).Verify(s, "a"); err != nil {
		t.Errorf("after a second Open: %v", err)
	}
	if diff := cmp.Diff([]string{FileName}, files(t, path)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestOpenAtTheSameTimeGivesOneKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	signed := make([]string, 8)
	var wg sync.WaitGroup
	for i := range signed {
		wg.Go(func() {
			ring, err := Open(path)
			if err != nil {
				t.Error(err)
				return
			}
			signed[i] = ring.Sign(Claims{Kind: Reply, A: 1}, "a")
		})
	}
	wg.Wait()
	for _, s := range signed {
		if s != signed[0] {
			t.Fatalf("two keys: %s and %s", signed[0], s)
		}
	}
}

func TestOpenRefusesAFileThatOthersMayRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	open(t, path)
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o620, 0o601} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		if !errors.Is(err, ErrReadable) || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %v: got %v, want %v with the next step", mode, err, ErrReadable)
		}
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestOpenRefusesDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	secret := strings.Repeat("ab", secretSize)
	line := "1 2026-11-22 " + secret + "\n"
	good := sealed(line)
	cases := map[string]string{
		"empty file":          "",
		"another version":     strings.Replace(good, "keys 1", "keys 2", 1),
		"no key":              sealed(""),
		"only revoked keys":   sealed("1 2026-11-22 revoked\n"),
		"one id twice":        sealed(line + line),
		"id nought":           sealed("0" + line[1:]),
		"id 256":              sealed("256" + line[1:]),
		"short secret":        sealed("1 2026-11-22 abcd\n"),
		"no date":             sealed("1 today " + secret + "\n"),
		"a word too many":     sealed("1 2026-11-22 " + secret + " x\n"),
		"text after the sum":  good + "\n",
		"the sum of nothing":  "sum 00\n",
		"line end of the sum": strings.TrimSuffix(good, "\n"),
	}
	for i := range good {
		cases[fmt.Sprintf("bit flipped in octet %d", i)] = good[:i] + string([]byte{good[i] ^ 1<<(i%7)}) + good[i+1:]
		cases[fmt.Sprintf("cut after %d octets", i)] = good[:i]
	}
	for name, text := range cases {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(path)
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v, want %v", name, err, ErrDamaged)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error shows a secret", name)
		}
	}
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

// sealed returns a key file with these lines and the right checksum.
func sealed(lines string) string {
	body := fileHead + "\n" + lines
	return fmt.Sprintf("%ssum %x\n", body, sha256.Sum256([]byte(body)))
}

func TestOpenRefusesADirectory(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want %v", err, ErrDamaged)
	}
}

func TestRotationKeepsOldTokensAlive(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	ring := open(t, path)
	old, first := ring.Sign(Claims{Kind: Reply, A: 1}, "a"), ring.Keys()[0]
	id, err := ring.Rotate(day.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	fresh := ring.Sign(Claims{Kind: Reply, A: 1}, "a")
	for _, r := range []*Keyring{ring, open(t, path)} {
		if c, err := r.Verify(old, "a"); err != nil || c.Key != 1 {
			t.Errorf("old token: %+v, %v", c, err)
		}
		if c, err := r.Verify(fresh, "a"); err != nil || c.Key != id || id != 2 {
			t.Errorf("new token: %+v, %v, want key %d", c, err, id)
		}
		if first.ID != 1 || first.Created.IsZero() || first.Revoked {
			t.Errorf("first key is %+v", first)
		}
		want := []Key{first, {ID: 2, Created: day.AddDate(1, 0, 0).Truncate(24 * time.Hour)}}
		if diff := cmp.Diff(want, r.Keys()); diff != "" {
			t.Errorf("keys (-want +got):\n%s", diff)
		}
	}
}

func TestRevokedKeyVerifiesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	ring := open(t, path)
	old := ring.Sign(Claims{Kind: Reply, A: 1}, "a")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := ring.Revoke(1, day); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Keyring{ring, open(t, path)} {
		if _, err := r.Verify(old, "a"); !errors.Is(err, ErrRevoked) {
			t.Errorf("old token: got %v, want %v", err, ErrRevoked)
		}
		s := r.Sign(Claims{Kind: Reply, A: 1}, "a")
		if c, err := r.Verify(s, "a"); err != nil || c.Key != 2 {
			t.Errorf("the only key was revoked, so a new one signs: %+v, %v", c, err)
		}
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.Fields(string(before))[6]
	if len(secret) != 2*secretSize || strings.Contains(string(after), secret) {
		t.Errorf("the secret %q is still in the file", secret)
	}
	for _, id := range []uint8{0, 1, 9} {
		if err := ring.Revoke(id, day); !errors.Is(err, ErrNoKey) {
			t.Errorf("revoke %d: got %v, want %v", id, err, ErrNoKey)
		}
	}
}

func TestRevokingTheNewestLetsTheOneBeforeSign(t *testing.T) {
	ring := open(t, filepath.Join(t.TempDir(), FileName))
	if _, err := ring.Rotate(day); err != nil {
		t.Fatal(err)
	}
	if err := ring.Revoke(2, day); err != nil {
		t.Fatal(err)
	}
	if c, err := ring.Verify(ring.Sign(Claims{Kind: Reply, A: 1}, "a"), "a"); err != nil || c.Key != 1 {
		t.Errorf("got %+v, %v, want key 1", c, err)
	}
}

func TestIDsOfRevokedKeysAreUsedAgainWhenAllAreTaken(t *testing.T) {
	var keys []key
	var err error
	for range 255 {
		if keys, err = added(keys, day); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := added(keys, day); err == nil || !strings.Contains(err.Error(), "revoke") {
		t.Errorf("the 256th key: got %v, want an error with the next step", err)
	}
	ring := &Keyring{keys: keys[6:7]}
	old := ring.Sign(Claims{Kind: Reply, A: 1}, "a")
	keys[6].Revoked = true
	if keys, err = added(keys, day); err != nil {
		t.Fatal(err)
	}
	if got := keys[newest(keys)].ID; got != 7 || len(keys) != 255 {
		t.Errorf("got id %d of %d keys, want 7 of 255", got, len(keys))
	}
	if _, err := (&Keyring{keys: keys}).Verify(old, "a"); !errors.Is(err, ErrForged) {
		t.Errorf("token of the key that had the id before: got %v, want %v", err, ErrForged)
	}
}

func TestAFailedWriteLeavesTheKeyringAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	ring := open(t, path)
	s := ring.Sign(Claims{Kind: Reply, A: 1}, "a")
	ring.path = filepath.Join(filepath.Dir(path), "absent", FileName)
	if _, err := ring.Rotate(day); err == nil {
		t.Error("rotate into a directory that is not there: no error")
	}
	if err := ring.Revoke(1, day); err == nil {
		t.Error("revoke into a directory that is not there: no error")
	}
	if got := ring.Sign(Claims{Kind: Reply, A: 1}, "a"); got != s {
		t.Errorf("signs %s after the failure, want %s", got, s)
	}
}

func FuzzParse(f *testing.F) {
	keys, err := added(nil, day)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(format(keys))
	f.Add([]byte(fileHead + "\n1 2026-11-22 revoked\nsum 00\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := parse(text)
		if err == nil && string(format(keys)) != string(text) {
			t.Errorf("%q reads as %q", text, format(keys))
		}
	})
}
