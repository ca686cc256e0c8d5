package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"sencoforum/store"
)

// Fault is a place where the chain is broken.
type Fault struct {
	Number  uint64 // of the entry at fault; of the first missing one where some are missing
	Problem string // such as "was changed"
}

// String returns the fault as a sentence.
func (f Fault) String() string { return fmt.Sprintf("audit entry %d %s", f.Number, f.Problem) }

// Verify reads the whole record and returns every place where an entry was changed, taken out or put in, in order;
// none when the chain is whole from its beginning, which its latest trim names, up to its head. Whoever can write the store can also make a new chain: only a head told
// to others before shows that.
func Verify(tx *store.Tx) ([]Fault, error) {
	head, err := Last(tx)
	if err != nil {
		return nil, fmt.Errorf("verify audit: %w", err)
	}
	begin, err := Begin(tx)
	if err != nil {
		return nil, fmt.Errorf("verify audit: %w", err)
	}
	sum, err := begin.sum()
	if err != nil {
		return nil, fmt.Errorf("verify audit: beginning: %w", err)
	}
	c := chain{head: head, begin: begin, last: begin.Number, sums: [2][sha256.Size]byte{sum, sum}}
	for row, err := range entries.All(tx) {
		if err != nil {
			return nil, fmt.Errorf("verify audit: entry %d: %w", row.Key, err)
		}
		c.next(row.Key, row.Value)
	}
	c.end()
	return c.faults, nil
}

// chain is what Verify knows after the entries up to last.
type chain struct {
	head   Head
	begin  Head // the last entry that was removed
	trim   Head // of the latest entry that says which one that was
	last   uint64
	sums   [2][sha256.Size]byte // hashes that the next entry may be bound to: as stored and as computed
	gap    bool                 // whether what stood before the next entry is not known
	faults []Fault
}

func (c *chain) fault(number uint64, problem string) {
	c.faults = append(c.faults, Fault{Number: number, Problem: problem})
}

func (c *chain) next(number uint64, r record) {
	if number > c.head.Number || number <= c.begin.Number {
		c.fault(number, fmt.Sprintf("was put in: the record goes from %d to its head", c.begin.Number+1))
		return
	}
	if number != c.last+1 {
		c.missing(c.last+1, number-1)
	}
	if begin, ok := trimmed(r.entry); ok {
		c.trim = begin
	}
	own := hash(number, r)
	switch {
	case own != r.sum:
		c.fault(number, "was changed")
	case number == c.begin.Number+1 && c.begin.Number > 0 && r.prev != c.sums[0]:
		c.fault(number, "does not follow the last entry that was removed: one of them was changed")
	case !c.gap && r.prev != c.sums[0] && r.prev != c.sums[1]:
		c.fault(max(number, 2)-1, fmt.Sprintf("is not the one that entry %d follows: one of them was changed, with its hash", number))
	}
	// One change gives one fault: the next entry is bound to what this one was, which is one of the two.
	c.last, c.sums, c.gap = number, [2][sha256.Size]byte{r.sum, own}, false
}

func (c *chain) missing(from, to uint64) {
	if from == to {
		c.fault(from, "is missing")
	} else {
		c.fault(from, fmt.Sprintf("is missing, with all to %d", to))
	}
	c.gap = true
}

func (c *chain) end() {
	if c.trim != c.begin {
		c.fault(c.begin.Number+1, fmt.Sprintf("is not where the record begins: its latest trim names %d", c.trim.Number+1))
	}
	if c.last < c.head.Number {
		c.missing(c.last+1, c.head.Number)
		return
	}
	if want, err := c.head.sum(); err != nil || want != c.sums[0] && want != c.sums[1] {
		c.fault(c.last, "is not the one that the head "+short(c.head.Hash)+" names: it or the head was changed")
	}
}

// short cuts a hash for a message.
func short(hash string) string {
	if _, err := hex.DecodeString(hash); err != nil || len(hash) < 12 {
		return "(no hash)"
	}
	return hash[:12]
}
