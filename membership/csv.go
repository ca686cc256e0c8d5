package membership

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"sencoforum/list"
)

// Bounds of a file of members.
const (
	MaxFile  = 16 << 20 // bytes of the file
	maxLines = 1 << 18
	maxCell  = 2000 // bytes of one cell
	maxSpan  = 50   // lines of one record, where a cell holds line ends
)

// A File is what a file of members says, line by line.
type File struct {
	Format Format
	Lines  []Line
	Unused []string // headings of columns that say nothing to us

	// What files of other list servers say of the list.
	Officials []Official // who ran it there
	Settings  []Setting  // its settings that have a counterpart here
	Notes     []string   // what has none, each in a sentence
}

// A Line is what a file says about one member.
type Line struct {
	Number  int               // of the line in the file, from 1; of the member where the file has no lines
	Cells   map[string]string // by the key of a Field; an empty cell says nothing and is left out
	Fault   string            // why the line cannot be read
	Was     list.Role         // what the member was on another system; nobody moderates here by that alone
	Start   list.DeliveryMode // of somebody new of whom no cell says a mode; empty is every post
	Remarks []string          // what a membership here cannot hold, or why mail was off; no name and no address

	wait    bool // somebody new gets nothing before they are told of it
	atLeast bool // the cell of the role raises and never lowers
}

// ReadCSV reads a file whose first line names the columns, in any order and with the words that other list servers and
// spreadsheets use. It takes commas, semicolons or tabs, any line ends, UTF-8 with or without a mark, UTF-16 with one,
// and Windows-1252. Without a heading a file may hold one address a line, as Ada Lovelace <ada@school.example> or bare.
// A line that cannot be read becomes a Line with a Fault. The error says that the file as a whole is no such file.
func ReadCSV(raw []byte) (File, error) {
	if len(raw) > MaxFile {
		return File{}, fmt.Errorf("read members: the file has more than %d MB; split it", MaxFile>>20)
	}
	records := split(decode(raw))
	if len(records) == 0 {
		return File{}, errors.New("read members: the file is empty; its first line names the columns, for example: address,name,mode")
	}
	if len(records) > maxLines {
		return File{}, fmt.Errorf("read members: the file has more than %d lines; split it", maxLines)
	}
	columns, unused := columnsOf(records[0].cells)
	if !slices.Contains(columns, keyAddress) {
		if !strings.Contains(strings.Join(records[0].cells, " "), "@") || len(records[0].cells) > 1 {
			return File{}, fmt.Errorf("read members: line %d names no column of addresses; write a first line such as: address,name,mode", records[0].line)
		}
		columns, unused = []string{keyAddress}, nil
	} else {
		records = records[1:]
	}
	f := File{Unused: unused}
	for _, r := range records {
		f.Lines = append(f.Lines, r.read(columns))
	}
	return f, nil
}

// record is one line of a CSV file, or several where a cell in quotes holds line ends.
type record struct {
	line  int
	cells []string
	fault string
}

// split takes a text apart into records and leaves empty lines out.
func split(text string) []record {
	lines := strings.Split(text, "\n")
	comma := separator(lines)
	var all []record
	for i := 0; i < len(lines) && len(all) <= maxLines; {
		r, used := next(lines[i:], comma)
		r.line = i + 1
		if r.fault != "" || strings.Join(r.cells, "") != "" {
			all = append(all, r)
		}
		i += used
	}
	return all
}

// separator is the sign between the cells: the most frequent one of the first line that is not empty.
func separator(lines []string) rune {
	for _, l := range lines {
		if strings.TrimSpace(l) == "" {
			continue
		}
		best := ','
		for _, c := range ";\t" {
			if strings.Count(l, string(c)) > strings.Count(l, string(best)) {
				best = c
			}
		}
		return best
	}
	return ','
}

// next reads one record. A quote that is not closed within maxSpan lines is a fault of its own line alone, so that one
// slip does not swallow the rest of the file.
func next(lines []string, comma rune) (r record, used int) {
	quotes := 0
	for used = 1; used <= min(maxSpan, len(lines)); used++ {
		quotes += strings.Count(lines[used-1], `"`)
		if quotes == 0 {
			return record{cells: strings.Split(lines[0], string(comma))}.trimmed(), 1
		}
		if quotes%2 != 0 {
			continue
		}
		if cells, err := parse(strings.Join(lines[:used], "\n"), comma); err == nil {
			return record{cells: cells}.trimmed(), used
		}
		break
	}
	return record{fault: "the quotation marks do not match"}, 1
}

// parse reads one record that has cells in quotes (RFC 4180).
func parse(text string, comma rune) ([]string, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = comma, -1, comma != '\t'
	cells, err := r.Read()
	if err == nil && r.InputOffset() < int64(len(text)) {
		err = csv.ErrQuote // what looked like one record is several
	}
	return cells, err
}

func (r record) trimmed() record {
	for i := range r.cells {
		r.cells[i] = strings.TrimSpace(r.cells[i])
	}
	return r
}

// read gives the cells of a record their keys.
func (r record) read(columns []string) Line {
	line := Line{Number: r.line, Cells: map[string]string{}, Fault: r.fault}
	for i, cell := range r.cells {
		switch {
		case line.Fault != "" || cell == "":
			continue
		case i >= len(columns):
			line.Fault = "more cells than the first line has names"
		case len(cell) > maxCell:
			line.Fault = fmt.Sprintf("a cell of more than %d letters", maxCell)
		case columns[i] != "":
			line.Cells[columns[i]] = unguard(cell)
		}
	}
	line.settle()
	return line
}

// settle turns cells that say something in another way into cells of fields: a name in two columns or beside the
// address, a yes or no to the digest, and a member who gets no mail for now.
func (l *Line) settle() {
	beside, address := mailbox(l.Cells[keyAddress])
	parts := strings.TrimSpace(l.Cells[keyGiven] + " " + l.Cells[keyFamily])
	if name := cmp.Or(l.Cells[keyName], parts, beside); name != "" {
		l.Cells[keyName] = name
	}
	if digest := l.Cells[keyDigest]; digest != "" && l.Cells[keyMode] == "" {
		l.Cells[keyMode] = modeOf(digest)
	}
	if status := l.Cells[keyStatus]; status != "" && !strings.EqualFold(status, "enabled") {
		l.Cells[keyMode] = string(list.ModeNone)
	}
	for _, key := range []string{keyGiven, keyFamily, keyStatus, keyDigest} {
		delete(l.Cells, key)
	}
	if address != "" {
		l.Cells[keyAddress] = address
	}
	if address == "" && l.Fault == "" {
		l.Fault = "no address"
	}
}

// modeOf reads the column "digest", which says yes or no, or a mode.
func modeOf(digest string) string {
	switch strings.ToLower(digest) {
	case "yes", "y", "true", "1", "on":
		return string(list.ModeWeekly)
	case "no", "n", "false", "0", "off":
		return string(list.ModeEvery)
	}
	return digest
}

// mailbox takes "Ada Lovelace <ada@school.example>" apart.
func mailbox(s string) (name, address string) {
	before, rest, found := strings.Cut(s, "<")
	inside, after, closed := strings.Cut(rest, ">")
	if !found || !closed || strings.TrimSpace(after) != "" {
		return "", s
	}
	return strings.Trim(before, ` "`), strings.TrimSpace(inside)
}

// decode makes one text with plain line ends of the bytes of a file.
func decode(raw []byte) string {
	var text string
	switch {
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		text = fromUTF16(raw)
	case utf8.Valid(raw):
		text = strings.TrimPrefix(string(raw), "\ufeff")
	default:
		text = fromWindows(raw)
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(text)
}

func fromUTF16(raw []byte) string {
	little := raw[0] == 0xff
	raw = raw[2:]
	units := make([]uint16, len(raw)/2)
	for i := range units {
		a, b := uint16(raw[2*i]), uint16(raw[2*i+1])
		if little {
			a, b = b, a
		}
		units[i] = a<<8 | b
	}
	return string(utf16.Decode(units))
}

// windows holds the letters 0x80 to 0x9f of Windows-1252; the others are those of Unicode.
const windows = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ"

// fromWindows reads what a British spreadsheet writes when nobody chose UTF-8.
func fromWindows(raw []byte) string {
	high := []rune(windows)
	var b strings.Builder
	b.Grow(len(raw) + len(raw)/8)
	for _, c := range raw {
		if c >= 0x80 && c < 0xa0 {
			b.WriteRune(high[c-0x80])
			continue
		}
		b.WriteRune(rune(c))
	}
	return b.String()
}
