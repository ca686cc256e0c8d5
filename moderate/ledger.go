package moderate

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// A Ledger remembers outside the store what was taken out of it, so that it is taken out again when an older copy of the
// store is put back. It holds numbers, moments and keyed digests: no word, no name, no address.
//
//	erasures.log  one act a line, as JSON; only ever added to, and flushed before the act is done
//	erasures.key  the secret of the digests, in hexadecimal
//
// A line that was cut off by a crash belongs to an act that was not done.
//
// Any number of goroutines may use a Ledger.
type Ledger struct {
	dir string

	mu     sync.Mutex    // held while a file is written
	secret intake.Secret // nil until something was taken out; set once
}

const (
	ledgerName = "erasures.log"
	secretName = "erasures.key"
)

// act is what was done.
type act string

const (
	actErase   act = "erase"
	actMessage act = "erase message" // one that is no post
	actRedact  act = "redact"
	actHide    act = "hide"
	actShow    act = "show"
	actForget  act = "forget"
)

// entry is a line of the ledger.
type entry struct {
	At      time.Time      `json:"at"`
	Act     act            `json:"act"`
	Post    archive.Number `json:"post,omitempty"`
	Message intake.ID      `json:"message,omitempty"` // of mail that is no post
	Gone    intake.Gone    `json:"gone,omitzero"`     // which message it was; a restored store may give its number to another
	Runs    []digestedRun  `json:"runs,omitempty"`    // words that were taken out
	Files   []string       `json:"files,omitempty"`   // digests of names of files
	Until   time.Time      `json:"until,omitzero"`    // of a safeguarding hold

	Person    list.PersonID `json:"person,omitempty"`
	Addresses []string      `json:"addresses,omitempty"` // digests
	Posts     PostsOf       `json:"posts,omitempty"`     // what became of the person's posts
}

// digestedRun is a run of words by their number and their digest.
type digestedRun struct {
	Words  int    `json:"words"`
	Digest string `json:"digest"`
}

// OpenLedger opens the ledger of a data directory. Its files are made when something is taken out for the first time.
func OpenLedger(dir string) (*Ledger, error) {
	l := &Ledger{dir: dir}
	text, err := os.ReadFile(filepath.Join(dir, secretName))
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open ledger of erasures: %w", err)
	}
	if l.secret, err = hex.DecodeString(string(bytes.TrimSpace(text))); err != nil || len(l.secret) != len(intake.NewSecret()) {
		return nil, fmt.Errorf("open ledger of erasures: %s holds no key; put the one from a backup back", filepath.Join(dir, secretName))
	}
	return l, nil
}

// ready makes sure that ledger and store have the same secret. The file's counts, for the store may be an older copy.
func (l *Ledger) ready(db *store.DB) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var kept intake.Secret
	err := db.View(func(tx *store.Tx) (err error) {
		kept, err = intake.SecretOf(tx)
		return err
	})
	if err != nil {
		return err
	}
	if l.secret == nil {
		secret := kept
		if secret == nil {
			secret = intake.NewSecret()
		}
		if err := l.write(secretName, []byte(hex.EncodeToString(secret)+"\n")); err != nil {
			return err
		}
		l.secret = secret
	}
	if bytes.Equal(kept, l.secret) {
		return nil
	}
	return db.Update(func(tx *store.Tx) error { return intake.SetSecret(tx, l.secret) })
}

// add writes an act, durably. It belongs before the act: what is in the ledger will be done, at the next start if not now.
func (l *Ledger) add(e entry) error {
	e.At = e.At.UTC()
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write ledger of erasures: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.write(ledgerName, append(line, '\n'))
}

// write adds to a file and flushes it, and its folder where it is new.
func (l *Ledger) write(name string, text []byte) (err error) {
	path := filepath.Join(l.dir, name)
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	last := make([]byte, 1)
	if info.Size() > 0 {
		if _, err := f.ReadAt(last, info.Size()-1); err != nil {
			return err
		}
		if last[0] != '\n' { // a crash cut the last line off
			text = append([]byte("\n"), text...)
		}
	}
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := f.Sync(); err != nil || info.Size() > 0 {
		return err
	}
	d, err := os.Open(l.dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// entries reads the ledger. faults names the lines that cannot be read, but for one that a crash cut off.
func (l *Ledger) entries() (all []entry, faults []string, err error) {
	text, err := os.ReadFile(filepath.Join(l.dir, ledgerName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read ledger of erasures: %w", err)
	}
	all, faults = parseLedger(text)
	return all, faults, nil
}

func parseLedger(text []byte) (all []entry, faults []string) {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		var e entry
		err := json.Unmarshal(line, &e)
		switch {
		case len(bytes.TrimSpace(line)) == 0:
		case err == nil && !e.At.IsZero() && e.Act != "":
			all = append(all, e)
		case bytes.HasSuffix(line, []byte("\n")):
			faults = append(faults, fmt.Sprintf("line %d of the ledger of erasures cannot be read", number))
		}
	}
	return all, faults
}

// gone says which message a post is, in digests.
func (l *Ledger) gone(p archive.Post, k intake.Key) intake.Gone {
	return intake.GoneOf(l.secret, uint32(p.List), p.MessageID, k)
}

// is reports whether a post is the one that an entry is about.
func (l *Ledger) is(p archive.Post, e entry) bool { return l.gone(p, "").ID == e.Gone.ID }

// goneMessage says which message one is that is no post, in digests. before reports one whose content is gone already, of which
// nothing can be said.
func (l *Ledger) goneMessage(tx *store.Tx, id intake.ID) (g intake.Gone, before bool, err error) {
	s, err := intake.StatusOf(tx, id)
	if err != nil || s.State == intake.Erased {
		return g, err == nil, err
	}
	r, err := intake.Get(tx, id)
	if err != nil {
		return g, false, err
	}
	var key intake.Key
	raw, err := intake.Raw(tx, id)
	switch {
	case err == nil:
		key = intake.KeyOf(r, message.Parse(raw))
	case !errors.Is(err, intake.ErrNoMessage):
		return g, false, err
	}
	return intake.GoneOf(l.secret, r.List, r.MessageID, key), false, nil
}
