package membership

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"sencoforum/list"
)

// readGroupsIO reads members as JSON: an array of objects, an object in each line, or an object that holds the array, as
// groups.io and the REST interface of Mailman 3 write them. Of objects in lines a broken one is a fault of its own.
func readGroupsIO(text string) (File, error) {
	f := File{}
	head := strings.TrimLeft(text, " \t\n")
	if !strings.HasPrefix(head, "[") {
		if f, ok := jsonLines(text); ok {
			return f, nil
		}
	}
	d := json.NewDecoder(strings.NewReader(text))
	if strings.HasPrefix(head, "{") {
		if err := toArray(d); err != nil {
			return f, jsonError(text, d, err)
		}
	}
	if _, err := d.Token(); err != nil { // the beginning of the array
		return f, jsonError(text, d, err)
	}
	line := lineCounter{text: text}
	for d.More() {
		if len(f.Lines) == maxLines {
			return f, errMany
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return f, jsonError(text, d, err)
		}
		f.addJSON(line.at(int(d.InputOffset())-len(raw)), raw)
	}
	if _, err := d.Token(); err != nil {
		return f, jsonError(text, d, err)
	}
	return f, nil
}

// jsonLines reads an object in each line; ok is false where the first is none whole, so that the text is one object.
func jsonLines(text string) (f File, ok bool) {
	number := 0
	for l := range strings.Lines(text) {
		number++
		l = strings.TrimSpace(l)
		if l == "" {
			continue
		}
		valid := json.Valid([]byte(l))
		if len(f.Lines) == 0 && (!valid || toArray(json.NewDecoder(strings.NewReader(l))) == nil) {
			return f, false
		}
		if !valid {
			f.Lines = append(f.Lines, faulty(number, l, "this line is no JSON"))
			continue
		}
		f.addJSON(number, json.RawMessage(l))
	}
	return f, len(f.Lines) > 0
}

// toArray goes to the array of an object that holds the members; the next token is its beginning.
func toArray(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		switch key {
		case "entries", "members", "data":
			return nil
		}
		var skipped json.RawMessage
		if err := d.Decode(&skipped); err != nil {
			return err
		}
	}
	return errors.New("no array of members in it")
}

func jsonError(text string, d *json.Decoder, err error) error {
	at := int(d.InputOffset())
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		at, err = len(text), errors.New("it ends too soon")
	case errors.As(err, &syntax):
		at = int(syntax.Offset)
	}
	line := lineCounter{text: text}
	return fmt.Errorf("read members: line %d is no JSON: %w", line.at(at), err)
}

// lineCounter says in which line an offset lies; offsets are asked for in their order.
type lineCounter struct {
	text         string
	counted, end int
}

func (c *lineCounter) at(offset int) int {
	offset = min(max(offset, c.counted), len(c.text))
	c.end += strings.Count(c.text[c.counted:offset], "\n")
	c.counted = offset
	return c.end + 1
}

// addJSON reads one object. Keys are as groups.io and Mailman 3 write them.
func (f *File) addJSON(number int, raw json.RawMessage) {
	if n := len(f.Lines); n > 0 && f.Lines[n-1].Number >= number {
		number = f.Lines[n-1].Number + 1 // several in one line: counted on, so that each has a number of its own
	}
	var said map[string]any
	if err := json.Unmarshal(raw, &said); err != nil {
		f.Lines = append(f.Lines, faulty(number, string(raw), "this is no object with a member in it"))
		return
	}
	is := func(keys ...string) string {
		for _, k := range keys {
			if s, ok := said[k].(string); ok && s != "" {
				return s
			}
		}
		return ""
	}
	l := newLine(number, is("email", "email_address", "address"), is("full_name", "display_name", "name"))
	if l.Cells[keyAddress] == "" {
		f.Lines = append(f.Lines, faulty(number, string(raw), "no address: its key is email"))
		return
	}
	l.jsonDelivery(strings.ToLower(is("email_delivery", "delivery_mode")), is("message_selection"))
	l.jsonStatus(strings.ToLower(is("delivery_status", "user_status")))
	l.Was = officialRole(is("mod_status", "role"))
	if posts := strings.ToLower(is("post_status", "posting_permissions", "moderation_action")); strings.Contains(posts, "moderat") || posts == "hold" {
		l.remark(wasModerated)
	} else if strings.Contains(posts, "not_allowed") || posts == "reject" || posts == "discard" {
		l.Cells["posting"] = "off"
	}
	if joined := is("joined", "subscribed", "created"); joined != "" {
		l.Cells["joined"] = joined
	}
	f.Lines = append(f.Lines, l)
}

// jsonDelivery reads how posts came. Digests and summaries of groups.io come each day.
func (l *Line) jsonDelivery(delivery, selection string) {
	mode := list.DeliveryMode("")
	word := strings.TrimPrefix(delivery, "email_delivery_")
	switch word {
	case "individual", "single", "each", "regular":
		mode = list.ModeEvery
		if strings.Contains(selection, "first") {
			mode = list.ModeQuestions
		} else if strings.Contains(selection, "follow") {
			l.remark("got only discussions that they followed there, which cannot be kept")
		}
	case "digest", "summary", "html_digest", "plain_digest", "daily", "daily_digest", "daily_summary":
		mode = list.ModeDaily
	case "mime_digests", "plaintext_digests", "summary_digests":
		mode = list.ModeWeekly
	case "none", "no_email":
		mode = list.ModeNone
	case "special", "announcements":
		mode = list.ModeNone
		l.remark("got only special notices there, which cannot be kept")
	case "":
		return
	default:
		l.remark("delivery %s is not known", unknownWord(word))
		return
	}
	l.Cells[keyMode] = string(mode)
}

// jsonStatus reads whether mail was stopped, and by whom.
func (l *Line) jsonStatus(status string) {
	switch {
	case strings.Contains(status, "bounc"):
		l.Cells["suspended"] = "on"
		l.remark(wasSuspended)
	case strings.HasPrefix(status, "by_"), status == "unknown":
		l.Cells[keyMode] = string(list.ModeNone)
		l.remark(wasStopped)
	}
}

// officialRole reads the words for who runs a list; empty for everybody else.
func officialRole(word string) list.Role {
	word = strings.ToLower(word)
	switch {
	case strings.HasSuffix(word, "owner"):
		return list.RoleOwner
	case strings.HasSuffix(word, "moderator"), word == "manager":
		return list.RoleModerator
	}
	return ""
}
