package main

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// lentVariable names the file of a signing key that init in a script takes. lentName is what it is called at noon.
const (
	lentVariable = "SENCOFORUM_LENT_KEY"
	lentName     = "s202611r.pem"
)

// keysForScripts makes that file, which other users can read, because a server may run as one.
func keysForScripts(t *testing.T, dir string) string {
	t.Helper()
	_, err := openDKIM(dir, noon)
	file := filepath.Join(dir, "dkim", lentName)
	if err = errors.Join(err, os.Chmod(filepath.Dir(file), 0o755), os.Chmod(file, 0o644)); err != nil {
		t.Fatal(err)
	}
	return file
}

// lentByScript puts it into a data directory.
func lentByScript(data string) error {
	key, err := os.ReadFile(os.Getenv(lentVariable))
	if err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(data, "dkim"), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(data, "dkim", lentName), key, 0o600)
}

// lentKeys are the files of signing keys, made once for all servers of the tests: an RSA key takes longer than a start.
var lentKeys = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "lent-keys-")
	if err != nil {
		return nil, err
	}
	keys, err := openDKIM(dir, time.Now())
	files := map[string][]byte{}
	if err == nil {
		for _, k := range keys.All() {
			name := filepath.Join("dkim", k.Selector+".pem")
			b, rerr := os.ReadFile(filepath.Join(dir, name))
			files[name], err = b, errors.Join(err, rerr)
		}
	}
	return files, errors.Join(err, os.RemoveAll(dir))
})

// lendKeys puts signing keys into a data directory, where a server would make its own. Who tests that uses openDKIM.
func lendKeys(t *testing.T, data string) {
	t.Helper()
	files, err := lentKeys()
	if err == nil {
		err = os.MkdirAll(filepath.Join(data, "dkim"), 0o700)
	}
	for name, b := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(data, name), b, 0o600))
	}
	if err != nil || len(files) == 0 {
		t.Fatalf("lend %d keys: %v", len(files), err)
	}
}
