package audit

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"sencoforum/store"
)

// checkDigits is how many hexadecimal digits of a head people compare: 64 bits, too many to find another record for.
const checkDigits = 16

// Check is the head as people write it down: its first 16 hexadecimal digits in groups of four, such as "9f2c 71ab 03de 8845".
// It is empty for an empty record.
func (h Head) Check() string {
	if len(h.Hash) < checkDigits {
		return ""
	}
	var groups []string
	for i := 0; i < checkDigits; i += 4 {
		groups = append(groups, h.Hash[i:i+4])
	}
	return strings.Join(groups, " ")
}

// ErrNoCheck says that a text is no check number: it has fewer than 16 hexadecimal digits, or other letters.
var ErrNoCheck = errors.New("a check number has 16 digits of 0 to 9 and a to f, or more")

// ErrNotInRecord says that no entry has a check number: the record was changed before that entry, or it is of another server, or
// the entry is older than what is kept.
var ErrNotInRecord = errors.New("no entry of the record has that check number")

// Checked finds the entry at which the record had a head that somebody wrote down, whole or as Check gives it. It is for a record
// that Verify finds whole: only then does it show that nothing up to that entry was changed since.
func Checked(tx *store.Tx, check string) (Entry, error) {
	want := strings.ToLower(strings.Join(strings.Fields(check), ""))
	if _, err := hex.DecodeString(want + strings.Repeat("0", len(want)%2)); err != nil || len(want) < checkDigits {
		return Entry{}, ErrNoCheck
	}
	for row, err := range entries.All(tx) {
		if err != nil {
			return Entry{}, fmt.Errorf("look for a check number: entry %d: %w", row.Key, err)
		}
		if strings.HasPrefix(hex.EncodeToString(row.Value.sum[:]), want) {
			return read(row.Key, row.Value)
		}
	}
	return Entry{}, ErrNotInRecord
}
