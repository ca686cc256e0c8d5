package membership

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sencoforum/calendar"
	"sencoforum/list"
)

// looksLikeGoogle reports whether a text is what Google Groups exports: a title in its first line, or its headings.
func looksLikeGoogle(text string) bool {
	head, rest, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	second, _, _ := strings.Cut(rest, "\n")
	return isGoogleHeading(head) || strings.Count(head, "@") == 0 && isGoogleHeading(second)
}

func isGoogleHeading(l string) bool {
	l = strings.ToLower(l)
	return strings.Contains(l, "email address") && (strings.Contains(l, "group status") || strings.Contains(l, "email preference"))
}

// readGoogle reads the members that Google Groups exports as CSV, by the names of its columns.
func readGoogle(text string) (File, error) {
	f := File{}
	records := split(text)
	at := slices.IndexFunc(records, func(r record) bool { return isGoogleHeading(strings.Join(r.cells, ",")) })
	if at < 0 || at > 5 {
		return f, errors.New("read members: no line names the columns, such as: Email address,Nickname,Group status,Email status,Email preference")
	}
	columns := map[string]int{}
	for i, cell := range records[at].cells {
		if key := plain(cell); key != "" {
			columns[key] = i
		}
	}
	for _, r := range records[at+1:] {
		is := func(key string) string {
			if i, ok := columns[key]; ok && i < len(r.cells) && len(r.cells[i]) <= maxCell {
				return r.cells[i]
			}
			return ""
		}
		l := googleLine(r.line, is)
		if r.fault != "" {
			l = faulty(r.line, "", r.fault)
		}
		f.Lines = append(f.Lines, l)
	}
	return f, nil
}

func googleLine(number int, is func(string) string) Line {
	address := is("emailaddress")
	if !strings.Contains(address, "@") {
		return faulty(number, address, "no address")
	}
	l := newLine(number, address, is("nickname"))
	l.googlePreference(strings.ToLower(is("emailpreference")))
	if strings.EqualFold(is("emailstatus"), "bouncing") {
		l.Cells["suspended"] = "on"
		l.remark(wasSuspended)
	}
	switch posting := strings.ToLower(is("postingpermissions")); {
	case strings.Contains(posting, "moderat"):
		l.remark(wasModerated)
	case strings.HasPrefix(posting, "not"):
		l.Cells["posting"] = "off"
	}
	switch status := strings.ToLower(is("groupstatus")); status {
	case "", "member":
	case "banned", "pending", "invited":
		l.Fault = status + " there, so no member"
	default:
		l.Was = officialRole(status)
	}
	if t, ok := googleJoined(is); ok {
		l.Cells["joined"] = formatMoment(t)
	}
	return l
}

// googlePreference reads how posts came: an abridged mail comes once a day, a digest for each 25 posts.
func (l *Line) googlePreference(p string) {
	mode := list.DeliveryMode("")
	switch {
	case p == "":
		return
	case strings.Contains(p, "no email"), p == "none":
		mode = list.ModeNone
	case strings.Contains(p, "abridged"), strings.Contains(p, "daily"), strings.Contains(p, "summary"):
		mode = list.ModeDaily
	case strings.Contains(p, "digest"):
		mode = list.ModeWeekly
	case strings.Contains(p, "email"), strings.Contains(p, "each"), strings.Contains(p, "all"):
		mode = list.ModeEvery
	default:
		l.remark("email preference %s is not known", unknownWord(p))
		return
	}
	l.Cells[keyMode] = string(mode)
}

// googleJoined puts the six columns of a date together. A time zone that is not known is London's.
func googleJoined(is func(string) string) (time.Time, bool) {
	var n [6]int
	for i, key := range []string{"joinyear", "joinmonth", "joinday", "joinhour", "joinminute", "joinsecond"} {
		v, err := strconv.Atoi(is(key))
		if err != nil && i < 3 {
			return time.Time{}, false
		}
		n[i] = v
	}
	zone := calendar.London()
	if name := is("timezone"); name == "GMT" || name == "UTC" {
		zone = time.UTC
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, zone)
	if n[0] < 1990 || n[0] > 9999 || fmt.Sprint(int(t.Month()), t.Day()) != fmt.Sprint(n[1], n[2]) {
		return time.Time{}, false
	}
	return t, true
}
