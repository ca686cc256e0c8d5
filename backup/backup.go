// Package backup writes the whole forum into one file while it runs, and makes a forum of such a file again.
//
// The file is a tar archive that any tar can take apart. In this order it holds
//
//	backup.json   what it is (About)
//	config.toml   the settings file, where there is one
//	data/…        the store as it was at one moment, then every other file of the data directory but those that the
//	              server makes anew (the search index)
//	SHA256SUMS    the digest of each file before, as sha256sum writes them; a file without it broke off
//
// The ledger of erasures is copied after the store, so it never knows less than the store.
//
//	backup.last   "last" → when the last backup was finished (JSON)
//
// Any number of goroutines may call Write; one at a time of them works on a data directory, the others are refused. A
// crash leaves a copy of the store in the directory "backup" below the data directory, which the next Write removes.
package backup

import (
	"errors"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/store"
)

// Format is the number of the form that Write writes, and the highest that Read knows.
const Format = 1

// About says what a backup is of. Its names are for people and other programs.
type About struct {
	Format   int       `json:"format"`
	Made     time.Time `json:"made"`
	Program  string    `json:"program"`         // that made it
	Schema   int       `json:"schema"`          // of the store
	Hostname string    `json:"hostname"`        // of the machine
	Domain   string    `json:"domain"`          // of the lists
	Data     string    `json:"data"`            // the data directory
	Files    []string  `json:"files,omitempty"` // that the settings name and that are not in it
	Lists    int       `json:"lists"`
	Members  int       `json:"members"`
	Waiting  uint64    `json:"waiting"` // mails that had not gone out yet
}

// Names in the file.
const (
	aboutName    = "backup.json"
	settingsName = "config.toml"
	sumsName     = "SHA256SUMS"
	dataName     = "data/"
	storeName    = "forum.db"
)

// Errors of Read.
var (
	ErrNone    = errors.New("this is no backup of a forum; backups are made with: sencoforum backup")
	ErrNewer   = errors.New("this backup was made by a newer program; install that one or a later one")
	ErrBroken  = errors.New("the backup is damaged; take an older one")
	ErrCutOff  = errors.New("the backup breaks off before its end; copy it here again, or take an older one")
	ErrBusy    = errors.New("another backup is being made; try again when it is done")
	errUnknown = errors.New("its name is not one of a backup's")
)

var last = store.NewTable("backup.last", store.StringKey[string](), store.JSON[time.Time]())

// Done notes that a backup was finished.
func Done(tx *store.Tx, at time.Time) error { return last.Put(tx, "last", at.UTC()) }

// Last returns when the last backup was finished; zero: none was ever made of this store.
func Last(tx *store.Tx) (time.Time, error) {
	at, _, err := last.Get(tx, "last")
	return at, err
}

// gap is how many numbers Skip steps over. A forum of 2,500 members has some 400 posts a month.
const gap = 1000

// Skip is called once in a store that was put back. What came after the backup has had numbers that this store does not
// know of and that stand in mails: links to posts, tokens of members, codes of what waits. None of them is given out again.
func Skip(tx *store.Tx) error {
	return errors.Join(archive.Skip(tx, gap), list.Skip(tx, gap), hold.Skip(tx, gap))
}
