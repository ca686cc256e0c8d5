// Package draft keeps the files that members chose on a page for a message that they have not sent yet: a browser gives a file
// once, and a page without scripts cannot hold it until it is sent.
//
// Files belong to a person and to a form, whose name nobody can guess: nobody else's form leads to them. They go when the message
// is sent or given up, when a Keeper finds that nothing was done with the form for a day, when the person is in no list any more,
// and when newer forms of the same person have files.
//
//	draft.forms  (person, hash of a form's name) -> row: its files without their bytes, until when
//	draft.files  file -> bytes, compressed
//
// Counters: draft.last, the number of the last file; draft.bytes, how many bytes are kept in all.
//
// Functions take a transaction of the caller's, so a crash leaves a file with its row or neither.
package draft

import (
	"errors"
	"time"

	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// Life is how long files are kept after something was last done with their form.
const Life = 24 * time.Hour

// How much is kept: of one form, of one person, and of all.
const (
	MostFiles = 20 // as many as the guard reads
	mostForms = 3
	mostBytes = 256 << 20
)

// What may keep a file from being taken.
var (
	ErrMany = errors.New("a form has as many files as it may have")
	ErrFull = errors.New("there is no room for more files just now")
)

// A File is one that was chosen, without its bytes.
type File struct {
	Number uint64 `json:"number"`
	Name   string `json:"name"` // safe for people and for files
	Type   string `json:"type"` // what it is by its bytes
	Size   int64  `json:"size"` // bytes
}

// A New is a file to keep. Content is packed outside the transaction.
type New struct {
	Name, Type string
	Content    store.Blob
}

// row is what is kept of a form.
type row struct {
	Until time.Time `json:"until"`
	Files []File    `json:"files"`
}

type formKey = store.Pair[list.PersonID, token.Digest]

var (
	forms = store.NewTable("draft.forms", store.PairKey(store.Uint32Key[list.PersonID](), store.StringKey[token.Digest]()), store.JSON[row]())
	files = store.NewTable("draft.files", store.Uint64Key[uint64](), store.Blobs())
)

const (
	lastFile = store.Counter("draft.last")
	allBytes = store.Counter("draft.bytes")
)
