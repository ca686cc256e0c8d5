package membership

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Mailman2 is a list of Mailman 2, as its config.pck or the output of config_list has it. Passwords are not among it.
type Mailman2 struct {
	Members    []Mailman2Member // in order of their addresses; config_list has none
	Owners     []string
	Moderators []string

	values *pickledDict
	unread []int // lines of config_list that could not be read
}

// Mailman2Member is a member of a list of Mailman 2.
type Mailman2Member struct {
	Address string // as the member wrote it
	Name    string
	Digest  bool
	Options Mailman2Options
	Status  Mailman2Status // of delivery
	Since   time.Time      // since when Status is so; zero where that is not known
}

// Mailman2Options are the bits of a member's options (Mailman/Defaults.py). A bit that is not here says nothing to us.
type Mailman2Options int64

// The options of a member.
const (
	MailmanNoMail      Mailman2Options = 1 << iota // before Mailman 2.1; later Status says it
	MailmanNotOwn                                  // no copies of own posts
	MailmanAcknowledge                             // a mail for each own post
	MailmanPlainDigest
	MailmanConceal // not in the roster
	MailmanNoReminder
	MailmanAllTopics // also posts that fit no topic
	MailmanModerate  // posts are held for the moderators
	MailmanNoDuplicates
)

// Mailman2Status says whether mail goes to a member and who stopped it (Mailman/MemberAdaptor.py).
type Mailman2Status int64

// The states of delivery.
const (
	MailmanEnabled Mailman2Status = iota
	MailmanUnknown
	MailmanByUser
	MailmanByAdmin
	MailmanByBounce
)

// ReadMailman2 reads a config.pck, or what config_list writes, of at most MaxFile bytes. Of a pickle no class is run.
func ReadMailman2(r io.Reader) (Mailman2, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err == nil && len(raw) > MaxFile {
		err = fmt.Errorf("it has more than %d MB", MaxFile>>20)
	}
	if err != nil {
		return Mailman2{}, fmt.Errorf("read list of Mailman 2: %w", err)
	}
	if looksPickled(raw) {
		return readConfigPickle(raw)
	}
	return readConfigList(decode(raw))
}

func readConfigPickle(raw []byte) (Mailman2, error) {
	v, err := unpickle(raw)
	if err != nil {
		return Mailman2{}, fmt.Errorf("read list of Mailman 2: %w", err)
	}
	values, ok := v.(*pickledDict)
	if !ok || values.get("members") == nil && values.get("user_options") == nil {
		return Mailman2{}, errors.New("read list of Mailman 2: this pickle has no members; the file is lists/NAME/config.pck in the directory of Mailman")
	}
	return newMailman2(values), nil
}

// newMailman2 gathers what the dicts of a list say of each member.
func newMailman2(values *pickledDict) Mailman2 {
	m := Mailman2{values: values, Owners: texts(values.get("owner")), Moderators: texts(values.get("moderator"))}
	for _, secret := range []string{"password", "mod_password", "post_password", "passwords"} {
		if i, ok := values.at[secret]; ok {
			values.values[i] = nil
		}
	}
	names, options, states := table(values, "usernames"), table(values, "user_options"), table(values, "delivery_status")
	all := map[string]Mailman2Member{}
	gather := func(key string, digest bool) {
		for address, written := range table(values, key) {
			one := Mailman2Member{Address: address, Name: textOf(names[address]), Digest: digest}
			if s := textOf(written); strings.EqualFold(s, address) {
				one.Address = s // as written, where that is not in small letters
			}
			n, _ := options[address].(int64)
			one.Options = Mailman2Options(n)
			one.Status, one.Since = deliveryStatus(states[address])
			all[address] = one
		}
	}
	gather("digest_members", true)
	gather("members", false)
	for _, address := range slices.Sorted(maps.Keys(all)) {
		m.Members = append(m.Members, all[address])
	}
	return m
}

// table is a dict by its keys that are text.
func table(values *pickledDict, key string) map[string]any {
	d, _ := values.get(key).(*pickledDict)
	if d == nil {
		return nil
	}
	all := make(map[string]any, len(d.keys))
	for i, k := range d.keys {
		if s, ok := k.(string); ok {
			all[legible(s)] = d.values[i]
		}
	}
	return all
}

// textOf is a value as text; empty for what is none.
func textOf(v any) string {
	s, _ := v.(string)
	return legible(s)
}

// texts are the texts of a list or tuple.
func texts(v any) []string {
	var all []string
	for _, item := range itemsOf(v) {
		if s := strings.TrimSpace(textOf(item)); s != "" {
			all = append(all, s)
		}
	}
	return all
}

func itemsOf(v any) []any {
	switch v := v.(type) {
	case *pickledList:
		return v.items
	case *pickledTuple:
		return v.items
	case *pickledSet:
		return v.items
	}
	return nil
}

// deliveryStatus reads (status, seconds since 1970); a list that was never changed since Mailman 2.0 has none.
func deliveryStatus(v any) (Mailman2Status, time.Time) {
	pair := itemsOf(v)
	if len(pair) == 0 {
		n, _ := v.(int64)
		return Mailman2Status(n), time.Time{}
	}
	n, _ := pair[0].(int64)
	if len(pair) == 1 {
		return Mailman2Status(n), time.Time{}
	}
	return Mailman2Status(n), moments(pair[1])
}

// moments reads seconds since 1970, between then and the year 2100; anything else is the zero time.
func moments(v any) time.Time {
	seconds := float(v)
	if seconds < 1 || seconds > 4102444800 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}

// float is a number, or 0.
func float(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		if math.IsNaN(v) {
			return 0
		}
		return v
	case *big.Int:
		f, _ := v.Float64()
		return f
	case bool:
		if v {
			return 1
		}
	}
	return 0
}

// Text is a setting of the list that is text, such as "real_name", "host_name" or "msg_footer"; empty for what is none.
func (m Mailman2) Text(key string) string { return textOf(m.values.get(key)) }

// Number is a setting of the list that is a number or a truth.
func (m Mailman2) Number(key string) float64 { return float(m.values.get(key)) }

func (m Mailman2) has(key string) bool {
	if m.values == nil {
		return false
	}
	_, ok := m.values.at[key]
	return ok
}

// Post is the address to which members wrote; empty where the settings do not say.
func (m Mailman2) Post() string {
	name, host := m.Text("real_name"), m.Text("host_name")
	if name == "" || host == "" {
		return ""
	}
	return strings.ToLower(name) + "@" + host
}

// maxUnread is how many lines of an output of config_list may be none: more, and it is some other file.
const maxUnread = 20

// readConfigList reads the output of config_list, which is a program of assignments: NAME = LITERAL. It is not run.
// A statement that is none of these is passed over up to the end of its line.
func readConfigList(text string) (Mailman2, error) {
	values := &pickledDict{}
	p := &pythonText{in: text}
	var unread []int
	line, counted := 1, 0
	for p.at < len(p.in) && len(unread) <= maxUnread {
		line += strings.Count(p.in[counted:p.at], "\n")
		counted = p.at
		rest := p.in[p.at:]
		switch {
		case rest[0] == '\n':
			p.at++
			continue
		case rest[0] == '#' || strings.TrimLeft(rest, " \t") == "":
			p.skipLine()
			continue
		}
		if err := p.assignment(values); err != nil {
			unread = append(unread, line)
			p.at = counted
			p.skipLine()
		}
	}
	if len(values.keys) == 0 || len(unread) > maxUnread {
		return Mailman2{}, errors.New("read list of Mailman 2: this is neither a config.pck nor the output of config_list")
	}
	m := newMailman2(values)
	m.unread = unread
	return m, nil
}

// assignment reads one statement with its line end.
func (p *pythonText) assignment(values *pickledDict) error {
	line, _, _ := strings.Cut(p.in[p.at:min(len(p.in), p.at+200)], "\n")
	name, _, ok := strings.Cut(line, "=")
	key := strings.TrimSpace(name)
	if !ok || key == "" || len(key) > 100 || strings.Trim(strings.ToLower(key), "abcdefghijklmnopqrstuvwxyz0123456789_.") != "" {
		return errors.New("no assignment")
	}
	p.at += len(name) + 1
	v, err := p.literal(0)
	if err != nil {
		return err
	}
	p.space(false)
	if p.at < len(p.in) && p.in[p.at] == '#' {
		p.skipLine()
	}
	if p.at < len(p.in) && p.in[p.at] != '\n' {
		return errors.New("more than one value")
	}
	values.set(strings.TrimPrefix(key, "mlist."), v)
	return nil
}

// looksLikeConfigList reports whether a text begins as the output of config_list does.
func looksLikeConfigList(text string) bool {
	head := text[:min(len(text), 4096)]
	for l := range strings.Lines(head) {
		l = strings.TrimSpace(l)
		key, value, ok := strings.Cut(l, " = ")
		switch {
		case strings.HasPrefix(l, "##") && strings.HasSuffix(l, "mailing list configuration settings"):
			return true
		case l == "" || strings.HasPrefix(l, "#"):
			continue
		}
		return ok && value != "" && strings.Trim(strings.ToLower(key), "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
	}
	return false
}

// title is what members called the list: the terse description, or its name.
func (m Mailman2) title() string {
	return cmp.Or(strings.TrimSpace(m.Text("description")), m.Text("real_name"))
}
