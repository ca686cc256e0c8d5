package membership

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// A Field is one thing about a member that can be said by a word and a value.
type Field struct {
	Key    string // the word, which also heads its column in a CSV file
	Values string // what it takes, for people

	personal bool // belongs to the person, not to one membership
	closed   bool // Set does not change it: it has commands of its own
	read     func(m *Member, value string, now time.Time) error
	show     func(m Member) string
}

// Show writes the field of a member as Set reads it; empty for nothing.
func (f Field) Show(m Member) string { return f.show(m) }

// Settable reports whether Set changes the field; the others have commands of their own.
func (f Field) Settable() bool { return !f.closed }

// The keys that other files name.
const (
	keyAddress = "address"
	keyName    = "name"
	keyMode    = "mode"
	keyRole    = "role"
	keyPause   = "pause"
	keyLinked  = "linked"
	keyBackup  = "backup"
	keyWaiting = "waiting"
)

// Fields returns every field, in the order of the columns of a CSV file.
//
// ceiling: flat table
func Fields() []Field {
	return []Field{
		{Key: keyAddress, Values: "an email address", personal: true, read: readAddress,
			show: func(m Member) string { return m.Person.Address.String() }},
		{Key: keyName, Values: "a name without an address in it", personal: true, read: readName,
			show: func(m Member) string { return m.Person.Name }},
		{Key: keyMode, Values: "every, questions, daily, weekly or none", read: readMode,
			show: func(m Member) string { return string(m.Membership.Mode) }},
		{Key: keyRole, Values: "member, moderator, owner or auditor", closed: true, read: readRole,
			show: func(m Member) string { return string(m.Membership.Role) }},
		{Key: "joined", Values: "a date", closed: true, read: readJoined,
			show: func(m Member) string { return formatMoment(m.Membership.Joined) }},
		{Key: keyPause, Values: "a date such as 2 September 2027, or off", read: readPause,
			show: func(m Member) string { return formatMoment(m.Membership.PausedUntil) }},
		{Key: "own", Values: "on or off", read: onOff(func(m *Member, on bool) { m.Membership.NotOwn = !on }),
			show: func(m Member) string { return word(!m.Membership.NotOwn) }},
		{Key: "posting", Values: "on or off", read: onOff(func(m *Member, on bool) { m.Membership.NoPosting = !on }),
			show: func(m Member) string { return word(!m.Membership.NoPosting) }},
		{Key: "relay", Values: "on or off", read: onOff(func(m *Member, on bool) { m.Membership.NoRelay = !on }),
			show: func(m Member) string { return word(!m.Membership.NoRelay) }},
		{Key: "moderated", Values: "on or off", read: onOff(func(m *Member, on bool) { m.Membership.Moderated = on }),
			show: func(m Member) string { return word(m.Membership.Moderated) }},
		{Key: "duty", Values: "on or off", read: onOff(func(m *Member, on bool) { m.Membership.Duty = on }),
			show: func(m Member) string { return word(m.Membership.Duty) }},
		{Key: "ack", Values: "on or off", read: onOff(func(m *Member, on bool) { m.Membership.NoAck = !on }),
			show: func(m Member) string { return word(!m.Membership.NoAck) }},
		{Key: "holds", Values: "how many posts still wait for moderators, 0 for none", read: readHolds,
			show: func(m Member) string { return showHolds(m.Membership.Holds) }},
		{Key: "suspended", Values: "on or off", read: onOff(func(m *Member, on bool) { m.Membership.Suspended = on }),
			show: func(m Member) string { return word(m.Membership.Suspended) }},
		{Key: keyLinked, Values: "email addresses with spaces between, or off", personal: true, read: readLinked,
			show: func(m Member) string { return join(m.Person.Linked) }},
		{Key: keyWaiting, Values: "on or off: whether they get nothing before 'invite imported' tells them", read: onOff(func(m *Member, on bool) { m.Membership.Unmailed = on }),
			show: func(m Member) string { return word(m.Membership.Unmailed) }},
		{Key: keyBackup, Values: "a second email address, for when the first is dead, or off", personal: true, read: readBackup,
			show: func(m Member) string { return m.Person.Backup.String() }},
	}
}

// Set returns the member with one field changed. It changes nothing in the store: Save does. The error says what the
// field takes, or which fields there are.
func Set(m Member, key, value string, now time.Time) (Member, error) {
	key = strings.ToLower(key)
	i := slices.IndexFunc(Fields(), func(f Field) bool { return f.Key == key && !f.closed })
	if i < 0 {
		return m, fmt.Errorf("there is no setting %q of a member; the settings are %s", key, settable())
	}
	err := Fields()[i].set(&m, value, now)
	return m, err
}

func (f Field) set(m *Member, value string, now time.Time) error {
	m.Person.Linked = slices.Clone(m.Person.Linked)
	if err := f.read(m, strings.TrimSpace(value), now); err != nil {
		return fmt.Errorf("%s: %w", f.Key, err)
	}
	return nil
}

func settable() string {
	var keys []string
	for _, f := range Fields() {
		if !f.closed {
			keys = append(keys, f.Key)
		}
	}
	return strings.Join(keys, ", ")
}

func readAddress(m *Member, value string, _ time.Time) error {
	a, err := message.ParseAddress(value)
	if err != nil {
		return fmt.Errorf("%q: %w", value, err)
	}
	m.Person.Address = a
	m.Person.Linked = slices.DeleteFunc(m.Person.Linked, func(l message.Address) bool { return l.Key() == a.Key() })
	return nil
}

func readBackup(m *Member, value string, _ time.Time) error {
	if strings.EqualFold(value, "off") {
		m.Person.Backup = message.Address{}
		return nil
	}
	a, err := message.ParseAddress(value)
	if err != nil {
		return fmt.Errorf("%q: %w", value, err)
	}
	m.Person.Backup = a
	return nil
}

func readName(m *Member, value string, _ time.Time) error {
	name := list.CleanName(value)
	if name == "" && value != "" && value != "off" {
		return fmt.Errorf("%q is not fit to be shown; write a name without an address in it", value)
	}
	if value == "off" {
		name = ""
	}
	m.Person.Name = name
	return nil
}

// modes are the words for the delivery modes, with those of other list servers.
var modes = map[string]list.DeliveryMode{
	"every": list.ModeEvery, "regular": list.ModeEvery, "each": list.ModeEvery, "mail": list.ModeEvery,
	"nodigest": list.ModeEvery, "all": list.ModeEvery,
	"questions": list.ModeQuestions,
	"daily":     list.ModeDaily,
	"weekly":    list.ModeWeekly, "digest": list.ModeWeekly, "digests": list.ModeWeekly, "mime": list.ModeWeekly,
	"mime_digests": list.ModeWeekly, "plain": list.ModeWeekly, "plaintext_digests": list.ModeWeekly,
	"summary": list.ModeWeekly, "summary_digests": list.ModeWeekly,
	"none": list.ModeNone, "nomail": list.ModeNone,
}

func readMode(m *Member, value string, _ time.Time) error {
	mode, ok := modes[strings.ToLower(value)]
	if !ok {
		return fmt.Errorf("%q is no delivery mode; use every, questions, daily, weekly or none", value)
	}
	m.Membership.Mode = mode
	return nil
}

func readRole(m *Member, value string, _ time.Time) error {
	r := list.Role(strings.ToLower(value))
	if r != list.RoleMember && r != list.RoleModerator && r != list.RoleOwner && r != list.RoleAuditor {
		return fmt.Errorf("%q is no role; use member, moderator, owner or auditor", value)
	}
	m.Membership.Role = r
	return nil
}

// readJoined leaves a time alone that the value only says less exactly.
func readJoined(m *Member, value string, now time.Time) error {
	t, err := parseMoment(value, now)
	if err != nil {
		return err
	}
	if t.After(now) {
		return fmt.Errorf("%q lies in the future", value)
	}
	if !same(m.Membership.Joined, t) {
		m.Membership.Joined = t
	}
	return nil
}

// errPassed says that the end of a pause has passed already.
var errPassed = errors.New("has passed")

func readPause(m *Member, value string, now time.Time) error {
	if strings.EqualFold(value, "off") {
		m.Membership.PausedUntil = time.Time{}
		return nil
	}
	t, err := parseMoment(value, now)
	if err != nil {
		return err
	}
	if same(m.Membership.PausedUntil, t) {
		return nil
	}
	if !t.After(now) {
		return fmt.Errorf("%q %w; write a day that comes, or off", value, errPassed)
	}
	m.Membership.PausedUntil = t
	return nil
}

// same reports whether a value says what is stored already: to the second, or to the day where it names only a day.
func same(stored, said time.Time) bool {
	if stored.IsZero() {
		return false
	}
	if stored.Truncate(time.Second).Equal(said.Truncate(time.Second)) {
		return true
	}
	in := stored.In(said.Location())
	day := time.Date(in.Year(), in.Month(), in.Day(), 0, 0, 0, 0, said.Location())
	return said.Equal(day)
}

func onOff(set func(*Member, bool)) func(*Member, string, time.Time) error {
	return func(m *Member, value string, _ time.Time) error {
		switch strings.ToLower(value) {
		case "on", "yes", "y", "true", "1":
			set(m, true)
		case "off", "no", "n", "false", "0":
			set(m, false)
		default:
			return fmt.Errorf("%q: write on or off", value)
		}
		return nil
	}
}

func word(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func readHolds(m *Member, value string, _ time.Time) error {
	n, err := strconv.Atoi(strings.TrimSpace(value))
	if strings.EqualFold(value, "off") {
		n, err = 0, nil
	}
	if err != nil || n < 0 || n > int(list.MaxLimit) {
		return fmt.Errorf("%q: write a number of posts, or 0", value)
	}
	m.Membership.Holds = n
	return nil
}

// showHolds leaves nothing where nothing waits, as in most rows.
func showHolds(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// maxLinked bounds the other addresses of one person.
const maxLinked = 20

func readLinked(m *Member, value string, _ time.Time) error {
	var linked []message.Address
	if strings.EqualFold(strings.TrimSpace(value), "off") {
		value = ""
	}
	for _, s := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
		a, err := message.ParseAddress(s)
		if err != nil {
			return fmt.Errorf("%q: %w", s, err)
		}
		if a.Key() != m.Person.Address.Key() {
			linked = append(linked, a)
		}
	}
	if len(linked) > maxLinked {
		return errors.New("too many addresses for one person")
	}
	m.Person.Linked = linked
	return nil
}

func join(all []message.Address) string {
	words := make([]string, len(all))
	for i, a := range all {
		words[i] = a.String()
	}
	return strings.Join(words, " ")
}
