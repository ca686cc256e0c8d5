package notice

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"sencoforum/list"
	"sencoforum/message"
)

// The pieces of mails that those who look after a list may write in their own words.
const (
	TextWelcome  = "welcome"
	TextRules    = "rules"
	TextGoodbye  = "goodbye"
	TextDeclined = "declined"
	TextWaiting  = "waiting"
	TextAck      = "ack"
	TextDigest   = "digest"
	TextFooter   = "footer"
	TextReason   = "reason" // of a rejection without a reason; reason-names and the like of those with a word for it
)

// A Text is a piece of a mail that a list may have in its own words. All around it stays as it is: the words that may be answered,
// addresses, and what keeps people safe.
type Text struct {
	Name  string
	Where string // it stands, for people
	Usual string // what is said where the list says nothing else
	Lines int    // at most
	holds []string
	shown func(t To, words string) (Mail, error)
}

// Texts are all pieces, in the order in which they are listed.
//
// ceiling: flat table
func Texts() []Text {
	person := []string{"name", "list", "post", "owner"}
	reason := func(t To, words string) (Mail, error) {
		return Returned{Matter: Matter{Subject: "Part-time timetables", Text: "Has anyone ..."}, Reason: words}.Compose(t)
	}
	return []Text{
		{TextWelcome, "at the top of the mail to a new member", "You are in, and you are not alone: about {members} people read this. No question is too small.", 8,
			append([]string{"members"}, person...), func(t To, words string) (Mail, error) {
				return Welcome{Members: 1200, Mode: list.ModeQuestions, Days: 11, Held: true, Words: words}.Compose(t)
			}},
		{TextRules, "in the mail to a new member, below what it says about writing, and in that of each month (rules_reminder)", "", 4, person, func(t To, words string) (Mail, error) {
			return Welcome{Members: 1200, Mode: list.ModeEvery, Held: true, Rules: words}.Compose(t)
		}},
		{TextGoodbye, "in the mail to somebody who has left", "Thank you for having been with us.", 4, person, func(t To, words string) (Mail, error) {
			return Goodbye{Token: sampleToken, Days: 30, Words: words}.Compose(t)
		}},
		{TextDeclined, "in the mail to somebody who is not let in without a moderator's own reason", "Your request does not fit what this forum is for.", 4, person,
			func(t To, words string) (Mail, error) { return Declined(t, words) }},
		{TextWaiting, "in the mail to a writer whose message waits for moderators", "", 4, person[1:], func(t To, words string) (Mail, error) {
			return HeldBack{Subject: "Part-time timetables", Token: sampleToken, Words: words}.Compose(t)
		}},
		{TextAck, "in the mail to a writer whose message is taken", "", 3, person[1:], func(t To, words string) (Mail, error) {
			return Ack{Subject: "Part-time timetables", Token: sampleToken, Members: 1200, Due: t.Now.Add(5 * time.Minute), Words: words}.Compose(t)
		}},
		{TextDigest, "at the top of each weekly and daily email, the same for all readers", "", 3, []string{"list", "owner"}, nil},
		{TextFooter, "the last lines below each post, the same for all readers", "", 2, []string{"list"}, nil},
		{TextReason, "what a writer reads after: reject", "It does not fit the rules of the forum.", 6, person[1:], reason},
		{TextReason + "-names", "after: reject names", "Please take the name of the child out, and all else that shows who it is. Then send it again.", 6, person[1:], reason},
		{TextReason + "-advert", "after: reject advert", "We do not take advertising. If you think that members should know of this, write to us first.", 6, person[1:], reason},
		{TextReason + "-thanks", "after: reject thanks", "Thank you. We do not send messages to everyone that only say thanks; please write to the person alone.", 6, person[1:], reason},
		{TextReason + "-digest", "after: reject digest", "Your message had a whole digest, or very long quotes, below it. Please send it again without them.", 6, person[1:], reason},
	}
}

// sampleToken stands in for a token where a mail is only shown.
const sampleToken = "snc1_sample"

// FindText finds a piece by its name.
func FindText(name string) (Text, bool) {
	for _, x := range Texts() {
		if x.Name == name {
			return x, true
		}
	}
	return Text{}, false
}

// Reason is what a word of a moderator's that stands for a reason is called as a text: reason-names for names. It is TextReason
// for none, and empty for what is no such word.
func Reason(word string) string {
	name := strings.TrimSuffix(TextReason+"-"+strings.ToLower(strings.Trim(word, " .!\r\n")), "-")
	if _, ok := FindText(name); !ok {
		return ""
	}
	return name
}

// Holders are the names that may stand in braces in this text, each with what it is.
func (x Text) Holders() (all [][2]string) {
	for _, h := range [][2]string{{"name", "first name of the reader"}, {"list", "title of the list"}, {"members", "how many there are"},
		{"post", "address for posts"}, {"owner", "address of the moderators"}} {
		if slices.Contains(x.holds, h[0]) {
			all = append(all, h)
		}
	}
	return all
}

var holderForm = regexp.MustCompile(`\{([^{}\n]*)\}|[{}]`)

// Check returns the faults of words for this text in words for people, and how the mail looks with them to somebody called Jane.
func (x Text) Check(l list.List, words string, now time.Time) (preview string, faults []string) {
	words = Tidy(words)
	for _, h := range holderForm.FindAllStringSubmatch(words, -1) {
		if !slices.Contains(x.holds, h[1]) {
			faults = append(faults, fmt.Sprintf("%s cannot stand in it; what can: %s", h[0], x.holderList()))
		}
	}
	faults = append(faults, lineFaults(words, x.Lines)...)
	jane := To{List: l, Person: list.Person{Name: "Jane Smith", Address: message.Address{Local: "jane", Domain: "school.example"}}, ID: "sample", Now: now}
	if words == "" {
		return "", append(faults, "it is empty")
	}
	filled := Filled(words, jane, 1200)
	faults = append(faults, Faults(filled)...)
	if x.Name == TextDigest {
		return filled + "\n[then what is in the email]\n", faults
	}
	if x.shown == nil {
		return "-- \n[the lines that every post has]\n" + filled + "\n", faults
	}
	jane.textOnly = true
	m, err := x.shown(jane, filled)
	if err != nil {
		return "", append(faults, err.Error())
	}
	read := message.Parse(append(slices.Clone(m.Header), m.Body...))
	preview = strings.ReplaceAll(read.Text(), "\r\n", "\n")
	if len(faults) == 0 {
		faults = Faults(preview) // as a whole it may be too long
	}
	return "Subject: " + read.Subject() + "\n\n" + preview, faults
}

func (x Text) holderList() string {
	var all []string
	for _, h := range x.Holders() {
		all = append(all, "{"+h[0]+"}")
	}
	return strings.Join(all, " ")
}

// lineFaults looks for lines that would be read as something else where a mail is quoted or answered.
func lineFaults(words string, most int) (all []string) {
	n := 0
	for line := range strings.Lines(words) {
		n++
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, ">"), strings.HasPrefix(line, "--"), strings.HasPrefix(line, "__"):
			all = append(all, fmt.Sprintf("a line begins as a quote or a signature does: %s", line))
		case wordAlone.MatchString(line):
			all = append(all, fmt.Sprintf("a line is a word alone that acts when it is answered: %s", line))
		case strings.Contains(line, "snc1_"):
			all = append(all, "it has a personal link")
		}
	}
	if n > most {
		all = append(all, fmt.Sprintf("it has %d lines; the most is %d", n, most))
	}
	return all
}

// wordAlone are the words that do something when they are the first line of an answer.
var wordAlone = regexp.MustCompile(`(?i)^(approve|trust|reject|discard|undo|hold|yes|ok|no|remove attachments|stop|recall|erase|release|close|share|ask|cancel|` +
	`everyone|send anyway|join|never|leave|resume|weekly|daily|every|none|questions|pause|mute|unmute|follow|report|status|help)[ .]*$`)

// Tidy is a text as it is kept: LF line ends, no empty lines at its ends, nothing that hides or turns letters around.
func Tidy(words string) string {
	words = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if unicode.In(r, unicode.Cc, unicode.Cf) {
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(words, ""), "\r\n", "\n"))
	lines := strings.Split(strings.Trim(words, "\n\t "), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(strings.ReplaceAll(l, "\t", " "), " ")
	}
	return strings.Join(lines, "\n")
}

// Filled is a text with what stands for its placeholders, in lines that fit. What is in braces and unknown stays as it is.
func Filled(words string, t To, members int) string {
	if words == "" {
		return ""
	}
	first := strings.TrimPrefix(strings.TrimPrefix(greeting(t.Person), "Hello"), " ")
	if first == "" {
		first = "colleague"
	}
	words = strings.NewReplacer("{name}", first, "{list}", t.List.Title, "{members}", about(members),
		"{post}", t.List.Post().String(), "{owner}", t.List.Service("owner").String()).Replace(words)
	var lines []string
	for line := range strings.SplitSeq(words, "\n") {
		lines = append(lines, fill(line))
	}
	return strings.Join(lines, "\n")
}
