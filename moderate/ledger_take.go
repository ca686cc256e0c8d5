package moderate

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// TakeLedger puts the ledger of the data directory from in the place of the older one in the data directory to, which came
// with a backup. It refuses one that is not the same ledger some acts later. Where nothing was taken out in from, nothing is
// done.
func TakeLedger(to, from string) error {
	if _, err := os.Stat(from); err != nil {
		return err
	}
	newer := map[string][]byte{}
	for _, name := range []string{secretName, ledgerName} {
		text, err := readIfThere(filepath.Join(from, name))
		if err != nil {
			return err
		}
		old, err := readIfThere(filepath.Join(to, name))
		if err != nil {
			return err
		}
		if !bytes.HasPrefix(text, bytes.TrimRight(old, "\n")) {
			return fmt.Errorf("%s there is not the one of the backup some acts later: it is older, or of another forum", name)
		}
		newer[name] = text
	}
	for name, text := range newer {
		if len(text) == 0 {
			continue
		}
		if err := os.WriteFile(filepath.Join(to, name), text, 0o600); err != nil {
			return fmt.Errorf("take over the ledger of erasures: %w", err)
		}
	}
	return nil
}

// readIfThere returns nothing of a file that is not there.
func readIfThere(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}
