package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// readCert reads our certificate with its key, as the server would.
func readCert(cert, key string) (f CertFacts) {
	if cert == "" {
		return f
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return CertFacts{Err: err}
	}
	f.Leaf, f.Err = x509.ParseCertificate(pair.Certificate[0])
	return f
}

// readMachine looks who may read the files that nobody else should.
func readMachine(p Paths) (f MachineFacts) {
	f.Open, f.OpenErr = readable(p.Data)
	if p.Password != "" {
		info, err := os.Stat(p.Password)
		f.PasswordErr = err
		f.PasswordBad = err == nil && info.Mode().Perm()&0o077 != 0
	}
	return f
}

// maxOpen is how many paths are named.
const maxOpen = 5

// readable returns paths in a directory that others than its owner may read or change.
func readable(dir string) (found []string, err error) {
	if dir == "" {
		return nil, nil
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		var info fs.FileInfo
		if err == nil {
			info, err = d.Info()
		}
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) && path != dir { // the server removes files of its own
				return nil
			}
			return err
		}
		if info.Mode().Perm()&0o077 != 0 && info.Mode().Type()&(fs.ModeSymlink|fs.ModeSocket) == 0 {
			found = append(found, path)
		}
		if len(found) == maxOpen {
			return fs.SkipAll
		}
		return nil
	})
	return found, err
}
