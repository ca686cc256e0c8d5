package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/config"
	"sencoforum/list"
)

// listSetting is a setting of a list with the words by which it is shown and set.
type listSetting struct {
	key    string
	values string // what it takes, for people
	secret bool   // its value is the owner's words, which the audit log must not hold
	set    func(l *list.List, value string) error
	show   func(l list.List) string
	later  bool // seldom given when a list is made: the help leaves the flag out
}

// listSettings returns every setting in the order in which it is shown.
//
// ceiling: flat table
func listSettings() []listSetting {
	return []listSetting{
		{"title", "1 to 60 characters", true,
			func(l *list.List, v string) error { l.Title = v; return nil },
			func(l list.List) string { return l.Title }, false},
		{"subject_tag", "such as [SENCO], or off", true,
			func(l *list.List, v string) error { l.SubjectTag = unlessOff(v); return nil },
			func(l list.List) string { return cmp.Or(l.SubjectTag, "off") }, false},
		{"reply_to", "list or author", false,
			func(l *list.List, v string) error { l.ReplyTo = list.ReplyTo(v); return nil },
			func(l list.List) string { return string(l.ReplyTo) }, false},
		{"send_delay", "0 to 15m", false,
			func(l *list.List, v string) error { return readDuration(&l.SendDelay, v) },
			func(l list.List) string { return config.Duration(l.SendDelay).String() }, false},
		{"attach_total", "a size such as 2 MB", false,
			func(l *list.List, v string) error { return readSize(&l.AttachTotal, v) },
			func(l list.List) string { return config.Size(l.AttachTotal).String() }, false},
		{"max_message", "a size such as 2 MB", false,
			func(l *list.List, v string) error { return readSize(&l.MaxMessage, cmp.Or(unlessOff(v), "0")) },
			func(l list.List) string { return sizeOrOff(l.MaxMessage) }, false},
		{"footer", "on or off", false,
			func(l *list.List, v string) error { return readOnOff(&l.Footer, v) },
			func(l list.List) string { return onOff(l.Footer) }, false},
		{"closed", "on or off", false,
			func(l *list.List, v string) error { return readOnOff(&l.Closed, v) },
			func(l list.List) string { return onOff(l.Closed) }, false},
		{"keep_posts", "such as 10 years or 18 months, after which posts are erased; off for never", false,
			func(l *list.List, v string) error { return readMonths(&l.KeepPosts, v) },
			func(l list.List) string { return months(l.KeepPosts) }, false},
		{"non_member", "ask, hold or refuse", false,
			func(l *list.List, v string) error { l.NonMember = list.NonMember(v); return nil },
			func(l list.List) string { return string(l.Strangers()) }, false},
		{"new_member_holds", "a number of posts, or off", false,
			func(l *list.List, v string) error { return readLimit(&l.FirstHolds, v) },
			func(l list.List) string { return limit(l.NewMemberHolds()) }, true},
		{"posts_hour", "a number of posts, or off", false,
			func(l *list.List, v string) error { return readLimit(&l.HourMost, v) },
			func(l list.List) string { return limit(l.PostsAnHour()) }, true},
		{"posts_day", "a number of posts, or off", false,
			func(l *list.List, v string) error { return readLimit(&l.DayMost, v) },
			func(l list.List) string { return limit(l.PostsADay()) }, true},
		{keyEmergency, "on, which holds everything, or off", false,
			func(l *list.List, v string) error { return readOnOff(&l.Emergency, v) },
			func(l list.List) string { return onOff(l.Emergency) }, true},
		{"duty", "two or all", false,
			func(l *list.List, v string) error { l.Duty = list.Duty(v); return nil },
			func(l list.List) string { return string(l.DutyOf()) }, true},
		{"outcomes", "thread or daily", false,
			func(l *list.List, v string) error { l.Outcomes = list.Outcomes(v); return nil },
			func(l list.List) string { return string(l.OutcomesOf()) }, true},
		{"moderator_proof", "verified or dkim", false,
			func(l *list.List, v string) error { l.Proof = list.Proof(v); return nil },
			func(l list.List) string { return string(l.ProofOf()) }, true},
		{"digest_day", "monday or 06:30", false,
			func(l *list.List, v string) error { l.Digests.Day = strings.ToLower(v); return nil },
			func(l list.List) string { return strings.ToLower(l.DigestDay().String()) }, true},
		{"digest_time", "monday or 06:30", false,
			func(l *list.List, v string) error { l.Digests.Time = v; return nil },
			func(l list.List) string { h, m := l.DigestTime(); return fmt.Sprintf("%02d:%02d", h, m) }, true},
		{"digest_welcome", "on or off", false,
			func(l *list.List, v string) error { return readOnOff(&l.Digests.Welcome, v) },
			func(l list.List) string { return onOff(l.Digests.Welcome) }, true},
		{"digest_holiday", "usual, thin or pause: what becomes of digests in the school holidays", false,
			func(l *list.List, v string) error { l.Digests.Holiday = list.Holidays(strings.ToLower(v)); return nil },
			func(l list.List) string { return string(l.Digests.InHolidays()) }, true},
		{"ack", "on or off", false,
			func(l *list.List, v string) error { return readOnOff(&l.Ack, v) },
			func(l list.List) string { return onOff(l.Ack) }, true},
		{"join", "open, confirm or approve: what somebody who asks to join has to do", false,
			func(l *list.List, v string) error { l.Join = list.JoinPolicy(v); return nil },
			func(l list.List) string { return string(l.Joins()) }, true},
		{"terms", "a version of the rules that new members accept, such as 2026-09; or off", false,
			func(l *list.List, v string) error { l.Terms = unlessOff(v); return nil },
			func(l list.List) string { return cmp.Or(l.Terms, "off") }, true},
		{"html_mails", "on or off: buttons in the mails of the robot; a mail about the rules once a month", false,
			func(l *list.List, v string) error {
				on := false
				err := readOnOff(&on, v)
				l.TextOnly = !on
				return err
			},
			func(l list.List) string { return onOff(!l.TextOnly) }, true},
		{"rules_url", "the address of a page with the rules; or off", true,
			func(l *list.List, v string) error { l.RulesURL = unlessOff(v); return nil },
			func(l list.List) string { return cmp.Or(l.RulesURL, "off") }, true},
		{"rules_reminder", "on or off: buttons in the mails of the robot; a mail about the rules once a month", false,
			func(l *list.List, v string) error { return readOnOff(&l.RemindRules, v) },
			func(l list.List) string { return onOff(l.RemindRules) }, true},
	}
}

// keyEmergency is the setting that is more than a setting: what waits to be sent goes back to the moderators.
const keyEmergency = "emergency"

func readLimit(n *list.Limit, v string) error {
	if unlessOff(v) == "" {
		*n = list.Off
		return nil
	}
	read, err := strconv.Atoi(v)
	if err != nil || read < 1 || read > int(list.MaxLimit) {
		return fmt.Errorf("cannot read %q", v)
	}
	*n = list.Limit(read)
	return nil
}

func limit(n int) string {
	if n == 0 {
		return "off"
	}
	return strconv.Itoa(n)
}

// findSetting finds a setting by its key; subject-tag is read as subject_tag.
func findSetting(key string) (listSetting, error) {
	key = strings.ReplaceAll(strings.ToLower(key), "-", "_")
	var keys []string
	for _, s := range listSettings() {
		if s.key == key {
			return s, nil
		}
		keys = append(keys, s.key)
	}
	if near := nearest(key, keys); near != "" {
		return listSetting{}, usage("there is no setting %q; did you mean %s?", key, near)
	}
	return listSetting{}, usage("there is no setting %q; the settings are %s", key, strings.Join(keys, ", "))
}

// change sets one setting and checks the list as a whole.
func (s listSetting) change(l *list.List, value string) error {
	if err := s.set(l, strings.TrimSpace(value)); err != nil {
		return usage("%s: %w; it takes %s", s.key, err, s.values)
	}
	if err := l.Validate(); err != nil {
		return usage("%w", err)
	}
	return nil
}

// flag is the name of the setting as a flag of `list create`.
func (s listSetting) flag() string { return strings.ReplaceAll(s.key, "_", "-") }

// newList is a list with the settings that a new one begins with.
func newList(name, domain, title string, defaults config.Lists, now time.Time) list.List {
	l := list.List{Name: name, Domain: domain, Title: title, Created: now, Settings: list.Settings{
		ReplyTo:     list.ReplyToList,
		SendDelay:   time.Duration(defaults.SendDelay),
		AttachTotal: int64(defaults.AttachTotal),
		Footer:      defaults.Footer,
		NonMember:   list.NonMember(defaults.NonMember),
		Moderation:  list.Moderation{Ack: defaults.Ack},
		Joining:     list.Joining{Join: list.JoinPolicy(defaults.Join)},
	}}
	if defaults.SubjectTag {
		first, _, _ := strings.Cut(title, " ")
		l.SubjectTag = "[" + first + "]"
	}
	return l
}

// nearest returns the word that a mistaken one most likely meant, or "".
func nearest(word string, known []string) string {
	c := &cobra.Command{SuggestionsMinimumDistance: 3}
	for _, k := range known {
		c.AddCommand(&cobra.Command{Use: k, Run: func(*cobra.Command, []string) {}})
	}
	return strings.Join(c.SuggestionsFor(word), " or ")
}

func unlessOff(v string) string {
	if strings.EqualFold(v, "off") {
		return ""
	}
	return v
}

func readDuration(d *time.Duration, v string) error {
	if strings.EqualFold(v, "off") {
		v = "0"
	}
	var read config.Duration
	if err := read.UnmarshalText([]byte(v)); err != nil {
		return fmt.Errorf("cannot read %q", v)
	}
	*d = time.Duration(read)
	return nil
}

// readSize takes a plain number as bytes.
func readSize(n *int64, v string) error {
	if _, err := strconv.ParseInt(v, 10, 64); err == nil {
		v += " B"
	}
	var read config.Size
	if err := read.UnmarshalText([]byte(v)); err != nil {
		return fmt.Errorf("cannot read %q", v)
	}
	*n = int64(read)
	return nil
}

// readMonths takes years or months; off is 0.
func readMonths(n *int, v string) error {
	if unlessOff(v) == "" {
		*n = 0
		return nil
	}
	number, unit, _ := strings.Cut(strings.ToLower(v), " ")
	read, err := strconv.Atoi(number)
	unit = strings.TrimSuffix(strings.TrimSpace(unit), "s")
	if err != nil || read < 1 || unit != "year" && unit != "month" {
		return fmt.Errorf("cannot read %q", v)
	}
	if *n = read; unit == "year" {
		*n *= 12
	}
	return nil
}

// months is a number of months as it is set.
func months(n int) string {
	switch {
	case n == 0:
		return "off"
	case n%12 == 0:
		return plural(n/12, "year")
	}
	return plural(n, "month")
}

func sizeOrOff(n int64) string {
	if n == 0 {
		return "off"
	}
	return config.Size(n).String()
}

func readOnOff(b *bool, v string) error {
	switch strings.ToLower(v) {
	case "on", "yes", "true":
		*b = true
	case "off", "no", "false":
		*b = false
	default:
		return fmt.Errorf("cannot read %q", v)
	}
	return nil
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}
