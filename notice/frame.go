package notice

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// UsualMail stands in a list's own words around a mail for all that the mail says without them.
const UsualMail = "{usual}"

// Around begins what is said of where words around a mail stand.
const Around = "around: "

// mostFrame is how many lines a list's own words around a mail have at most.
const mostFrame = 8

// name is what the words around a kind of mail are called as a text.
func (k kind) name() string { return list.FramePrefix + string(k) }

// frameTexts are the texts around mails, one for each kind.
func frameTexts() (all []Text) {
	for _, a := range kinds() {
		all = append(all, Text{
			Name: a.kind.name(), Where: Around + a.mail, Lines: mostFrame,
			holds: []string{"usual", "name", "list", "post", "owner"},
			shown: func(t To, words string) (Mail, error) {
				t.List.Frames = list.FramesOf(map[string]string{a.kind.name(): words})
				return a.sample(t)
			},
		})
	}
	return all
}

// framed is the text of a mail with a list's own words around it. Where these would hide it, or be read as an order, they are left
// out: nobody may be stranded by them. What stands below a line of hyphens, such as a message that goes back, stays the last.
func framed(t To, k kind, text string) string {
	words := t.List.Frames.Of(k.name())
	if k == ours || words == "" {
		return text
	}
	before, after, ok := aroundUsual(words)
	before, after = Filled(before, t, 0), Filled(after, t, 0)
	if !ok || len(lineFaults(before+"\n"+after, 2*mostFrame)) > 0 {
		return text
	}
	quoted := ""
	if at := strings.Index(text, "\n----------"); at >= 0 {
		text, quoted = text[:at], text[at:]
	}
	return paragraphs(before, text, after, quoted)
}

// aroundUsual takes words apart where the usual ones stand: once, on a line alone.
func aroundUsual(words string) (before, after string, ok bool) {
	lines := strings.Split(words, "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.TrimSpace(l) == UsualMail })
	if at < 0 {
		return "", "", false
	}
	before, after = Tidy(strings.Join(lines[:at], "\n")), Tidy(strings.Join(lines[at+1:], "\n"))
	return before, after, before+after != "" && !strings.Contains(before+after, UsualMail)
}

// replyForm is how a text tells people what to answer. That is for our own words to say, as they know what is done then.
var replyForm = regexp.MustCompile(`(?i)\brepl(?:y|ies|ied|ying)\b`)

// frameFaults are the faults of words around a mail, but those of placeholders.
func (x Text) frameFaults(words string, jane To) (all []string) {
	before, after, ok := aroundUsual(words)
	switch {
	case strings.TrimSpace(words) == UsualMail:
		return []string{"there are no words of your own around " + UsualMail}
	case !ok:
		return []string{UsualMail + " has to stand in it once, on a line alone: there goes what the email always says"}
	}
	own := Tidy(Filled(before, jane, 0) + "\n" + Filled(after, jane, 0))
	all = append(lineFaults(own, x.Lines), Faults(own)...)
	if said := replyForm.FindString(own); said != "" {
		all = append(all, fmt.Sprintf("it says %q: only the usual words can tell what to answer; for questions give {owner}", said))
	}
	return all
}

// shownTo is a mail as it is read, with its subject on top.
func (x Text) shownTo(t To, words string) (string, string, error) {
	t.textOnly = true
	m, err := x.shown(t, words)
	if err != nil {
		return "", "", err
	}
	read := message.Parse(append(m.Header[:len(m.Header):len(m.Header)], m.Body...))
	return read.Subject(), strings.ReplaceAll(read.Text(), "\r\n", "\n"), nil
}

// jane is the reader of a mail that is only shown.
func jane(l list.List, now time.Time) To {
	return To{List: l, Person: list.Person{Name: "Jane Smith", Address: message.Address{Local: "jane", Domain: "school.example"}}, ID: "sample", Now: now}
}
