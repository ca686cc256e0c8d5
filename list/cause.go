package list

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Cause is one reason for which a person has to look at a post before it goes out. The words are stable: they stand in
// the store and in the mail log.
type Cause string

// The causes. The first four are asked of the author; the others of the moderators.
const (
	CausePupil        Cause = "pupil data"
	CausePrivate      Cause = "looks private"
	CauseCommand      Cause = "looks like a command" // the notes: the line, why it is not clear, and the words to offer
	CauseDigest       Cause = "quotes a digest"
	CauseEmergency    Cause = "emergency hold"
	CauseModerated    Cause = "member under moderation"
	CauseFirst        Cause = "first post"
	CauseRate         Cause = "many posts"
	CauseName         Cause = "look-alike name"
	CauseSpam         Cause = "spam"
	CauseAutomatic    Cause = "may be automatic"
	CauseNotAddressed Cause = "list not addressed"
	CauseAddresses    Cause = "many addresses"
	CauseRepeated     Cause = "repeated text"
	CauseEncrypted    Cause = "encrypted"
	CauseToken        Cause = "token in a signed part"
	CauseFile         Cause = "risky file"
	CauseClosed       Cause = "closed discussion"
	CauseThread       Cause = "discussion under moderation"
	CauseStranger     Cause = "not a member"
	CauseShared       Cause = "shared by a moderator" // a mail to the moderators; the notes: files that do not go with it
)

// AskedOfAuthor reports a cause about which the author is asked before anybody else.
func (c Cause) AskedOfAuthor() bool {
	return c == CausePupil || c == CausePrivate || c == CauseCommand || c == CauseDigest
}

// A Finding is a cause together with what was found. The notes are for the author and for moderators alone: they may hold
// words of the message, so they are never logged.
type Finding struct {
	Cause Cause    `json:"cause"`
	Notes []string `json:"notes,omitempty"`
}

// Causes are the causes of findings, in their order.
func Causes(all []Finding) []Cause {
	causes := make([]Cause, len(all))
	for i, f := range all {
		causes[i] = f.Cause
	}
	return causes
}

// Found reports whether a cause is among findings.
func Found(all []Finding, c Cause) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Cause == c })
}

// Without are the findings but those of the given causes.
func Without(all []Finding, causes ...Cause) []Finding {
	return slices.DeleteFunc(slices.Clone(all), func(f Finding) bool { return slices.Contains(causes, f.Cause) })
}

// Signs is what was found in a member's post, or around it, that a person may have to look at. The zero Signs are those of
// an ordinary post.
type Signs struct {
	InHour, InDay int      // posts that the author sent in the last hour and day, without this one
	Imported      bool     // an imported post is the author's
	AlikeName     bool     // the name that would be shown cannot be told from another member's, or from the list's own
	Automatic     []string // signs of a machine that are not certain
	NotAddressed  bool     // the list is in none of To, Cc, Resent-To and Resent-Cc
	Repeated      bool     // the author sent the same long text in the last days
	Encrypted     bool     // a part cannot be read
	SealedToken   bool     // a token of ours stands in a signed part
	Files         []string // names of files that run
	ClosedThread  bool     // it answers a discussion that takes no more posts
	WatchedThread bool     // it answers a discussion in which every post is read first
	Private       []string // why it looks as if it were meant for one person
	Pupil         []string // where it may name a child
}

// HoldAddresses is the number of addresses in To and Cc above which a post waits for moderators.
const HoldAddresses = 10

// findings collects every reason to hold a post. It is pure.
func findings(s Submission) (all []Finding) {
	add := func(when bool, c Cause, notes ...string) {
		if when {
			all = append(all, Finding{Cause: c, Notes: notes})
		}
	}
	g := s.Signs
	add(len(g.Pupil) > 0, CausePupil, g.Pupil...)
	add(len(g.Private) > 0, CausePrivate, g.Private...)
	add(s.List.Emergency, CauseEmergency)
	if s.Author == nil {
		add(true, CauseStranger)
	} else {
		add(s.Author.Moderated, CauseModerated)
		add(s.Author.Holds > 0 && !g.Imported, CauseFirst)
	}
	add(over(g.InHour, s.List.PostsAnHour()) || over(g.InDay, s.List.PostsADay()), CauseRate)
	add(g.AlikeName, CauseName)
	add(s.Spam != "", CauseSpam, s.Spam)
	add(len(g.Automatic) > 0, CauseAutomatic, g.Automatic...)
	add(g.NotAddressed, CauseNotAddressed)
	add(s.Addresses > HoldAddresses, CauseAddresses)
	add(g.Repeated, CauseRepeated)
	add(g.Encrypted, CauseEncrypted)
	add(g.SealedToken, CauseToken)
	add(len(g.Files) > 0, CauseFile, g.Files...)
	add(g.ClosedThread, CauseClosed)
	add(g.WatchedThread, CauseThread)
	return all
}

// over reports whether one more than n is more than the most there may be; a most of 0 is no limit.
func over(n, most int) bool { return most > 0 && n >= most }

// LooksPrivate returns the words of an author's own text that people write to one person, in the order of our table. Text is
// what is left of a message without quotes, signature and disclaimer.
func LooksPrivate(own string) []string {
	var found []string
	text := strings.Join(strings.FieldsFunc(plainMarks.Replace(strings.ToLower(own)), func(r rune) bool {
		return unicode.IsSpace(r) || r == '-' || r == '\u2010' || r == '\u2011'
	}), " ")
	for _, p := range privatePhrases {
		if p.in(text) {
			found = append(found, p.words)
		}
	}
	return found
}

// privatePhrase is a run of words that says that a text is not for everybody, unless the words around it make it something
// else: grown in confidence, between us and the parents, don't share planning time.
type privatePhrase struct {
	words     string
	notAfter  []string // words before it with which it says nothing
	notBefore []string // words behind it with which it says nothing
	onlyWith  []string // words behind it without one of which it says nothing, but at the end of a clause
}

// what of a thing that is not to be shared.
var this = []string{"this", "it", "that", "these", "what", "with", "my", "beyond", "outside", "wider", "further"}

var privatePhrases = []privatePhrase{
	{words: "in confidence", notAfter: []string{
		"grown", "grow", "growing", "grows", "grew", "gain", "gained", "gaining", "gains", "increase", "increased", "increasing", "increases", "rise",
		"risen", "rising", "rose", "improve", "improved", "improvement", "improving", "develop", "developed", "developing", "build", "building", "boost",
		"lack", "lacks", "lacking", "low", "lower", "drop", "dropped", "loss", "difference", "huge", "up", "down",
	}},
	{words: "between us", notBefore: []string{"and", "the", "we", "as", "all"}},
	{words: "off list", notAfter: []string{"set", "took", "taken", "crossed", "ticked"}},
	{words: "just to you"},
	{words: "don't share", onlyWith: this}, {words: "dont share", onlyWith: this},
	{words: "please don't tell"}, {words: "please dont tell"},
}

// plainMarks makes apostrophes plain.
var plainMarks = strings.NewReplacer("\u2019", "'", "\u2018", "'", "\u00b4", "'", "`", "'")

// in reports whether a text in single spaces has the phrase, with no letter or digit that goes on.
func (p privatePhrase) in(text string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], p.words)
		if i < 0 {
			return false
		}
		at += i
		end := at + len(p.words)
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !isWordLetter(before) && !isWordLetter(after) && p.means(text[:at], text[end:]) {
			return true
		}
		at = end
	}
}

// means looks at the words around a phrase.
func (p privatePhrase) means(before, after string) bool {
	last := before[strings.LastIndexByte(strings.TrimRight(before, " "), ' ')+1:]
	if slices.Contains(p.notAfter, strings.TrimRight(last, " ")) {
		return false
	}
	next, inClause := strings.CutPrefix(after, " ")
	if !inClause { // a mark follows, or the end
		return true
	}
	next, _, _ = strings.Cut(next, " ")
	next = strings.TrimRight(next, ".,;:!?)")
	return !slices.Contains(p.notBefore, next) && (p.onlyWith == nil || slices.Contains(p.onlyWith, next))
}

func isWordLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' }
