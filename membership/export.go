package membership

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"
)

// WriteCSV writes members as a file that ReadCSV reads, one column for each field. Imported into an empty list, it makes
// the same members again.
func WriteCSV(w io.Writer, all iter.Seq2[Member, error]) error {
	out := csv.NewWriter(w)
	fields := Fields()
	row := make([]string, len(fields))
	for i, f := range fields {
		row[i] = f.Key
	}
	if err := out.Write(row); err != nil {
		return fmt.Errorf("write members: %w", err)
	}
	for m, err := range all {
		if err != nil {
			return fmt.Errorf("write members: %w", err)
		}
		for i, f := range fields {
			row[i] = guard(f.show(m))
		}
		if err := out.Write(row); err != nil {
			return fmt.Errorf("write members: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

// formula are the signs with which a spreadsheet begins a formula.
const formula = "=+-@"

// guard puts an apostrophe before what a spreadsheet would compute, so that a member's name cannot be a program.
func guard(cell string) string {
	bare := strings.TrimLeft(cell, "'")
	if bare != "" && strings.ContainsRune(formula, rune(bare[0])) {
		return "'" + cell
	}
	return cell
}

// unguard takes away what guard put there.
func unguard(cell string) string {
	rest, quoted := strings.CutPrefix(cell, "'")
	if bare := strings.TrimLeft(rest, "'"); quoted && bare != "" && strings.ContainsRune(formula, rune(bare[0])) {
		return rest
	}
	return cell
}
