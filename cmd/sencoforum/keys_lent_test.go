package main

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

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
