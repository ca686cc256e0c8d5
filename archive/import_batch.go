package archive

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// What one batch of messages holds at most, unless it is a single one.
const (
	importBatchItems = 2000
	importBatchBytes = 2 << 20
)

// MaxImportBatch is the size of the largest batch, in bytes.
const MaxImportBatch = MaxImported + importBatchBytes

// itemHead stands before the bytes of a message in a batch.
type itemHead struct {
	Size    int       `json:"size"`
	Written time.Time `json:"written"`
	OldURL  string    `json:"old_url,omitempty"`
}

// ImportBatch gathers messages on their way to the server: for each the length of its head, its head in JSON, its bytes.
type ImportBatch struct {
	bytes []byte
	items int
}

// Add puts a message behind the others. It returns false, and does nothing, where there is no room left.
func (b *ImportBatch) Add(i ImportItem) (bool, error) {
	if b.items > 0 && (b.items >= importBatchItems || len(b.bytes)+len(i.Raw) > importBatchBytes) {
		return false, nil
	}
	head, err := json.Marshal(itemHead{Size: len(i.Raw), Written: i.Written, OldURL: i.OldURL})
	if err != nil {
		return false, fmt.Errorf("batch of messages: %w", err)
	}
	b.bytes = binary.AppendUvarint(b.bytes, uint64(len(head)))
	b.bytes = append(append(b.bytes, head...), i.Raw...)
	b.items++
	return true, nil
}

// Len is the number of messages.
func (b *ImportBatch) Len() int { return b.items }

// Bytes is the batch as it travels.
func (b *ImportBatch) Bytes() []byte { return b.bytes }

// Reset empties the batch and leaves its bytes to whoever has them.
func (b *ImportBatch) Reset() { *b = ImportBatch{} }

var errBatch = errors.New("a batch of messages is not whole")

// ReadImportBatch returns the messages of a batch. Their bytes are those of b.
func ReadImportBatch(b []byte) ([]ImportItem, error) {
	var items []ImportItem
	for len(b) > 0 {
		n, used := binary.Uvarint(b)
		if used <= 0 || n > uint64(len(b)-used) {
			return nil, errBatch
		}
		var head itemHead
		if err := json.Unmarshal(b[used:used+int(n)], &head); err != nil {
			return nil, fmt.Errorf("%w: %w", errBatch, err)
		}
		b = b[used+int(n):]
		if head.Size < 0 || head.Size > len(b) || len(items) == importBatchItems {
			return nil, errBatch
		}
		items = append(items, ImportItem{Raw: b[:head.Size:head.Size], Written: head.Written, OldURL: head.OldURL})
		b = b[head.Size:]
	}
	return items, nil
}

// canonical gives a message the form of one that came by mail: every line ends with CRLF, the last one as well. So it is
// known again whether it came by mail, from an mbox file or from a folder.
func canonical(raw []byte) []byte {
	if bytes.IndexByte(raw, '\n') < 0 {
		raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n")) // of an old Macintosh
	}
	out := make([]byte, 0, len(raw)+len(raw)/32+2)
	for line := range bytes.Lines(raw) {
		for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
			line = line[:len(line)-1]
		}
		out = append(append(out, line...), "\r\n"...)
	}
	return out
}
