package membership

import (
	"strconv"
	"strings"
	"time"

	"sencoforum/calendar"
	"sencoforum/list"
)

// sympaKeys are the words that begin a line of Sympa's dump (Sympa::List, dump_users).
var sympaKeys = map[string]bool{
	"bounce": true, "bounce_address": true, "bounce_score": true, "custom_attribute": true, "date": true, "email": true,
	"enddate": true, "gecos": true, "id": true, "include_sources": true, "included": true, "info": true, "number_messages": true,
	"profile": true, "reception": true, "startdate": true, "subscribed": true, "suspend": true, "topics": true,
	"update_date": true, "visibility": true,
}

// looksLikeSympa reports whether the first paragraph is one of Sympa's, with an address.
func looksLikeSympa(text string) bool {
	address := false
	for l := range strings.Lines(strings.TrimLeft(text, "\n")) {
		if l = strings.TrimSpace(l); l == "" {
			break
		}
		key, value, _ := strings.Cut(l, " ")
		if !sympaKeys[key] {
			return false
		}
		address = address || key == "email" && strings.Contains(value, "@")
	}
	return address
}

// readSympa reads a dump of Sympa: a paragraph for each subscriber, with a key and its value on each line.
func readSympa(text string) File {
	f := File{}
	said := map[string]string{}
	number, begun := 0, 0
	end := func() {
		if len(said) > 0 {
			f.Lines = append(f.Lines, sympaLine(begun, said))
		}
		said = map[string]string{}
	}
	for l := range strings.Lines(text) {
		number++
		if l = strings.TrimSpace(l); l == "" {
			end()
			continue
		}
		if len(said) == 0 {
			begun = number
		}
		key, value, _ := strings.Cut(l, " ")
		if !sympaKeys[key] {
			f.unused(key)
		}
		said[key] = strings.TrimSpace(value)
	}
	end()
	return f
}

// unused notes once that a key says nothing to us, up to a bound.
func (f *File) unused(key string) {
	for _, k := range f.Unused {
		if k == key {
			return
		}
	}
	if len(f.Unused) < maxUnread {
		f.Unused = append(f.Unused, clip(key))
	}
}

// sympaModes are the words of Sympa for how posts come. Those that only change the form of each mail are every post.
var sympaModes = map[string]list.DeliveryMode{
	"mail": list.ModeEvery, "txt": list.ModeEvery, "html": list.ModeEvery, "urlize": list.ModeEvery, "not_me": list.ModeEvery,
	"digest": list.ModeWeekly, "digestplain": list.ModeWeekly, "summary": list.ModeWeekly, "notice": list.ModeWeekly,
	"nomail": list.ModeNone,
}

func sympaLine(number int, said map[string]string) Line {
	l := newLine(number, said["email"], said["gecos"])
	if !strings.Contains(said["email"], "@") {
		return faulty(number, said["email"], "no address")
	}
	reception := strings.ToLower(said["reception"])
	switch mode, ok := sympaModes[reception]; {
	case reception == "":
	case !ok:
		l.remark("reception %s is not known", unknownWord(reception))
	default:
		l.Cells[keyMode] = string(mode)
	}
	switch reception {
	case "not_me":
		l.Cells["own"] = "off"
	case "notice":
		l.remark("got only subjects there, which cannot be kept")
	}
	if t := sympaTime(said["date"]); !t.IsZero() {
		l.Cells["joined"] = formatMoment(t)
	}
	if said["suspend"] == "1" {
		if until := sympaTime(said["enddate"]); !until.IsZero() {
			l.Cells[keyPause] = formatMoment(until)
		} else {
			l.Cells[keyMode] = string(list.ModeNone)
			l.remark(wasStopped)
		}
	}
	if since, ok := said["bounce"]; ok {
		word, _, _ := strings.Cut(since, " ")
		l.remark("mail came back there%s", sinceDay(sympaTime(word)))
	}
	switch said["profile"] {
	case "privileged", "normal": // only owners have one
		l.Was = list.RoleOwner
	}
	return l
}

// sympaTime reads seconds since 1970; the zero time for what is none.
func sympaTime(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return moments(n)
}

// sinceDay is ", since 2 Jan 2006" for a time, and nothing for none.
func sinceDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return ", since " + t.In(calendar.London()).Format("2 Jan 2006")
}
