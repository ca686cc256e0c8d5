package notice

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"sencoforum/list"
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

// A Text is a piece of a mail that a list may have in its own words, or stands around a whole mail. All else stays as it is: the
// words that may be answered, addresses, and what keeps people safe.
type Text struct {
	Name  string
	Where string // it stands, for people
	Usual string // what is said where the list says nothing else
	Lines int    // at most
	holds []string
	shown func(t To, words string) (Mail, error)
}

// Frame reports that the words stand around a whole mail, which says all that it always says.
func (x Text) Frame() bool { return strings.HasPrefix(x.Name, list.FramePrefix) }

// Texts are all of them: the pieces, and then the words around mails.
func Texts() []Text { return append(pieceTexts(), frameTexts()...) }

// pieceTexts are the pieces, in the order in which they are listed.
//
// ceiling: flat table
func pieceTexts() []Text {
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
	for _, h := range [][2]string{{"usual", "all that the email says without your words"}, {"name", "first name of the reader"}, {"list", "title of the list"}, {"members", "how many there are"},
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
	reader := jane(l, now)
	if words == "" {
		return "", append(faults, "it is empty")
	}
	filled := words
	if x.Frame() {
		faults = append(faults, x.frameFaults(words, reader)...)
	} else {
		filled = Filled(words, reader, 1200)
		faults = append(append(faults, lineFaults(words, x.Lines)...), Faults(filled)...)
	}
	if x.Name == TextDigest {
		return filled + "\n[then what is in the email]\n", faults
	}
	if x.shown == nil {
		return "-- \n[the lines that every post has]\n" + filled + "\n", faults
	}
	subject, preview, err := x.shownTo(reader, filled)
	if err != nil {
		return "", append(faults, err.Error())
	}
	if len(faults) == 0 && !x.Frame() {
		faults = x.tooLong(reader, filled)
	}
	return "Subject: " + subject + "\n\n" + preview, faults
}

// tooLong are the faults of a mail as a whole with a piece in it, without words around it.
func (x Text) tooLong(t To, words string) []string {
	t.List.Frames = nil
	_, text, err := x.shownTo(t, words)
	if err != nil {
		return []string{err.Error()}
	}
	return Faults(text)
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
		case slices.ContainsFunc(strings.Fields(line), marks):
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

// marks reports a word that makes a quote or a signature of a line that begins with it. A line may be broken before any word.
func marks(word string) bool {
	return strings.HasPrefix(word, ">") || strings.HasPrefix(word, "--") || strings.HasPrefix(word, "__")
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
		lines = append(lines, noneAlone(strings.Split(fill(line), "\n"))...)
	}
	return strings.Join(lines, "\n")
}

// noneAlone takes the word before along where a broken line would be a word alone that acts.
func noneAlone(lines []string) []string {
	for i := len(lines) - 1; i > 0; i-- {
		for wordAlone.MatchString(lines[i]) {
			at := strings.LastIndexByte(lines[i-1], ' ')
			if at < 0 {
				break
			}
			lines[i-1], lines[i] = lines[i-1][:at], lines[i-1][at+1:]+" "+lines[i]
		}
	}
	return lines
}
