package membership

import (
	"fmt"
	"regexp"
	"strings"

	"sencoforum/list"
)

// listservQuery begins what LISTSERV says of one subscriber in its reply to QUERY list FOR *@*.
var listservQuery = regexp.MustCompile(`^(?:Subscription|Distribution) options for (.*?), list [^,]*:$`)

// looksLikeListserv reports whether a text is a reply of LISTSERV: the header of a list, each line behind an asterisk,
// or the options of a subscriber. The echo of the command stands behind a greater-than sign.
func looksLikeListserv(text string) bool {
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(l)
		switch {
		case l == "" || strings.HasPrefix(l, ">"):
			continue
		case listservQuery.MatchString(l):
			return true
		}
		return l == "*" || strings.HasPrefix(l, "* ")
	}
	return false
}

// readListserv reads the replies of LISTSERV that name subscribers: REVIEW and the file of GET have a line for each, QUERY
// a paragraph with the options too. Whoever is concealed is named as a fault.
func readListserv(text string) File {
	f := File{}
	var l *Line    // the subscriber whose options are read
	ended := false // what follows the last count is about the run of the command
	number := 0
	for raw := range strings.Lines(text) {
		number++
		line := strings.TrimRight(raw, " \t\n")
		if m := listservQuery.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			f.Lines = append(f.Lines, listservLine(number, m[1]))
			l = &f.Lines[len(f.Lines)-1]
			continue
		}
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "" || trimmed[0] == '>':
		case trimmed[0] == '*':
			f.listservHeader(trimmed)
			ended = ended || strings.HasPrefix(trimmed, "* Total number of")
		case l != nil:
			l.listservOption(trimmed)
		case ended && !strings.Contains(trimmed, "@"):
		default:
			f.Lines = append(f.Lines, listservLine(number, line))
		}
	}
	return f
}

// listservHeader reads a line of the list's header for the people who run it and for subscribers who are not shown.
func (f *File) listservHeader(l string) {
	l = strings.TrimSpace(strings.TrimLeft(l, "*"))
	for _, k := range []struct {
		key  string
		role list.Role
	}{{"Owner=", list.RoleOwner}, {"Moderator=", list.RoleModerator}, {"Editor=", list.RoleModerator}} {
		value, ok := strings.CutPrefix(l, k.key)
		for part := range strings.SplitSeq(value, ",") {
			if address, _, is := addressLine(part); ok && is {
				f.Officials = append(f.Officials, Official{Address: address, Role: k.role})
			}
		}
	}
	if what, count, ok := strings.Cut(l, ":"); ok && strings.Contains(what, `oncealed`) && strings.Trim(strings.TrimSpace(count), "0") != "" {
		f.Notes = append(f.Notes, fmt.Sprintf("LISTSERV kept %s concealed; ask it as an owner: QUERY listname FOR *@*", strings.TrimSpace(count)))
	}
}

// listservColumn is where the options stand in the file of GET, in a code that only LISTSERV knows.
const listservColumn = 80

// listservLine reads a subscriber: the address, then the name.
func listservLine(number int, s string) Line {
	if len(s) > listservColumn && !strings.ContainsAny(strings.TrimSpace(s[listservColumn:]), " @") {
		s = s[:listservColumn]
	}
	address, name, ok := addressLine(s)
	switch {
	case strings.Contains(strings.ToLower(s), "(concealed)"), strings.Contains(s, "*** Concealed ***"):
		return faulty(number, strings.Join(strings.Fields(s), " "), "concealed: LISTSERV hides the address; ask it as an owner: QUERY listname FOR *@*")
	case !ok:
		return faulty(number, strings.TrimSpace(s), "no address")
	}
	return newLine(number, address, name)
}

// listservOption reads one line of a subscriber's options.
func (l *Line) listservOption(s string) {
	if l.Fault != "" {
		return
	}
	if date, ok := strings.CutPrefix(s, "Subscription date:"); ok {
		l.Cells["joined"] = strings.TrimSpace(date)
		return
	}
	word, _, _ := strings.Cut(s, " ")
	switch strings.ToUpper(word) {
	case "NOMAIL":
		l.Cells[keyMode] = string(list.ModeNone)
	case "DIGEST", "DIGESTS", "INDEX":
		if l.Cells[keyMode] != string(list.ModeNone) {
			l.Cells[keyMode] = string(list.ModeWeekly)
		}
	case "MAIL":
		if l.Cells[keyMode] == "" {
			l.Cells[keyMode] = string(list.ModeEvery)
		}
	case "NOREPRO":
		l.Cells["own"] = "off"
	case "NOPOST":
		l.Cells["posting"] = "off"
	case "REVIEW":
		l.remark(wasModerated)
	}
}
