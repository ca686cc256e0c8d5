package membership

import (
	"bytes"
	"fmt"
	"mime"
	"slices"
	"strings"

	"sencoforum/list"
	"sencoforum/message"
)

// A Format is a kind of file that names members, by the system that writes it.
type Format string

// The formats. FormatAuto is whichever the content shows.
const (
	FormatAuto      Format = "auto"
	FormatCSV       Format = "csv"       // ours, and those of spreadsheets
	FormatAddresses Format = "addresses" // an address a line, with or without a name
	FormatMailman2  Format = "mailman2"  // config.pck, or the output of config_list
	FormatListserv  Format = "listserv"  // the replies to REVIEW, QUERY and GET
	FormatSympa     Format = "sympa"     // member.dump
	FormatGroupsIO  Format = "groupsio"  // JSON
	FormatGoogle    Format = "google"    // CSV of Google Groups
)

// Formats are all formats that can be named.
func Formats() []Format {
	return []Format{FormatAuto, FormatCSV, FormatAddresses, FormatMailman2, FormatListserv, FormatSympa, FormatGroupsIO, FormatGoogle}
}

// A Reading says how a file is read.
type Reading struct {
	Format     Format
	Mode       list.DeliveryMode // of members of whom the file says none; empty is none either
	Moderators bool              // whoever moderated there does so here
	Wait       bool              // who is added gets nothing before they are told of it; see InviteWaiting
}

// An Official is somebody who ran a list on another system.
type Official struct {
	Address string    `json:"address"`
	Role    list.Role `json:"role"`
}

// A Setting is one of a list's settings as `list set` takes it.
type Setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Detect finds the format of a file by its content; FormatCSV where nothing shows another. It is pure.
func Detect(raw []byte) Format {
	if looksPickled(raw) {
		return FormatMailman2
	}
	return detectText(decode(raw[:min(len(raw), 64<<10)]))
}

func detectText(text string) Format {
	head, _, _ := strings.Cut(strings.TrimLeft(text, " \t\n"), "\n")
	switch {
	case strings.HasPrefix(head, "[") || strings.HasPrefix(head, "{"):
		return FormatGroupsIO
	case looksLikeConfigList(text):
		return FormatMailman2
	case looksLikeListserv(text):
		return FormatListserv
	case looksLikeSympa(text):
		return FormatSympa
	case looksLikeGoogle(text):
		return FormatGoogle
	}
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		if _, _, ok := addressLine(l); ok {
			return FormatAddresses
		}
		break
	}
	return FormatCSV
}

// Read reads a file of members in any format. What one line says that cannot be read becomes a Line with a Fault; the
// error says that the file as a whole is none of that format, or has more than MaxFile bytes.
func Read(raw []byte, r Reading) (File, error) {
	if len(raw) > MaxFile {
		return File{}, fmt.Errorf("read members: the file has more than %d MB; split it", MaxFile>>20)
	}
	format := r.Format
	if format == FormatAuto || format == "" {
		format = Detect(raw)
	}
	f, err := readAs(raw, format)
	if err != nil {
		return File{}, err
	}
	f.Format = format
	r.settle(&f)
	for i := range f.Lines {
		f.Lines[i].wait = r.Wait
	}
	return f, nil
}

// errMany says that a file would take more memory than it may.
var errMany = fmt.Errorf("read members: the file has more than %d lines or members; split it", maxLines)

func readAs(raw []byte, format Format) (File, error) {
	switch format {
	case FormatCSV:
		return ReadCSV(raw)
	case FormatMailman2:
		m, err := ReadMailman2(bytes.NewReader(raw))
		return m.file(), err
	}
	text := decode(raw)
	if strings.Count(text, "\n") > maxLines {
		return File{}, errMany
	}
	switch format {
	case FormatAddresses:
		return readAddresses(text), nil
	case FormatListserv:
		return readListserv(text), nil
	case FormatSympa:
		return readSympa(text), nil
	case FormatGroupsIO:
		return readGroupsIO(text)
	case FormatGoogle:
		return readGoogle(text)
	}
	return File{}, fmt.Errorf("read members: there is no format %q", format)
}

// settle says of each line what the file itself does not: the mode that was given, and who may moderate.
func (r Reading) settle(f *File) {
	lines := map[string]int{}
	for i := range f.Lines {
		l := &f.Lines[i]
		if f.Format != FormatCSV {
			l.tidyName()
		}
		if l.Fault == "" && l.Cells[keyMode] == "" && r.Mode != "" {
			l.Cells[keyMode] = string(r.Mode)
		}
		if key := addressKey(l.Cells[keyAddress]); lines[key] == 0 {
			lines[key] = i + 1 // of two with one address the first counts
		}
	}
	f.Officials = f.officials()
	if !r.Moderators {
		return
	}
	for _, o := range f.Officials {
		i := lines[addressKey(o.Address)]
		if i == 0 { // a line without a number, because it stands in none
			f.Lines = append(f.Lines, Line{Cells: map[string]string{keyAddress: o.Address}, Start: list.ModeNone})
			i = len(f.Lines)
		}
		f.Lines[i-1].raise(o.Role)
	}
}

// officials are those whom the file names apart and those whose lines say so; of two roles the higher counts.
func (f *File) officials() []Official {
	all := slices.Clone(f.Officials)
	for _, l := range f.Lines {
		if l.Was.Moderates() && l.Fault == "" {
			all = append(all, Official{Address: l.Cells[keyAddress], Role: l.Was})
		}
	}
	slices.SortStableFunc(all, func(a, b Official) int { return rank(b.Role) - rank(a.Role) })
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(o Official) bool {
		key := addressKey(o.Address)
		known := seen[key]
		seen[key] = true
		return known
	})
}

// raise gives a line at least a role. It never takes one away here.
func (l *Line) raise(r list.Role) {
	if rank(r) > rank(list.Role(l.Cells[keyRole])) {
		l.Cells[keyRole], l.atLeast = string(r), true
	}
}

// addressKey is by what two spellings of an address are one; what is no address is itself.
func addressKey(s string) string {
	a, err := message.ParseAddress(s)
	if err != nil {
		return s
	}
	return a.Key()
}

// tidyName leaves a name out that is not fit to be shown: other systems put anything there, mostly the address again.
func (l *Line) tidyName() {
	name := l.Cells[keyName]
	if name == "" {
		return
	}
	if decoded, err := new(mime.WordDecoder).DecodeHeader(name); err == nil {
		name = decoded // how Mailman 3 writes a name that is not ASCII
	}
	if name = list.CleanName(name); name == "" {
		delete(l.Cells, keyName)
		return
	}
	l.Cells[keyName] = name
}

// newLine is a line of one of the formats that say a member's address and name.
func newLine(number int, address, name string) Line {
	l := Line{Number: number, Cells: map[string]string{}}
	if address != "" {
		l.Cells[keyAddress] = address
	}
	if name != "" {
		l.Cells[keyName] = name
	}
	return l
}

// remark adds what a membership here cannot hold, or what an operator should know of a member.
func (l *Line) remark(format string, args ...any) {
	l.Remarks = append(l.Remarks, fmt.Sprintf(format, args...))
}

// Remarks that several formats make.
const (
	wasModerated = "posts were held for the moderators there, which cannot be kept"
	wasSuspended = "mail is suspended because the address refused it there"
	wasStopped   = "mail was off there"
)

// unknownWord is a word that says nothing to us, where it is nothing but a word: remarks hold no name and no address.
func unknownWord(s string) string {
	if len(s) > 30 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_ ") != "" {
		return "so written"
	}
	return s
}

// faulty is a line that cannot be read.
func faulty(number int, text, fault string) Line {
	l := newLine(number, clip(text), "")
	l.Fault = fault
	return l
}

// clip keeps what is shown of a line that cannot be read short.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
