package notice

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/message"
)

// A Matter is what mails about one item show of it. What is of a stranger's making is made fit here.
type Matter struct {
	Code    string    // without #
	Kind    hold.Kind //
	Subject string    // of the message

	Writer   list.Person     // name as members would see it, and address
	Address  message.Address // in From
	Member   bool            // the writer is a member of the list
	Since    time.Time       // when they joined
	Verified bool            // the message really came from Address
	Said     bool            // the author was asked and wants it sent

	Findings []list.Finding
	Words    string    // of an applicant about themselves
	Left     time.Time // when they left, who want to come back
	Role     list.Role // that is to be given back
	Text     string    // of the message, as members would get it
	Files    []FileLine
	Changed  bool // a moderator took something out
}

// FileLine is a file of a held message as its notice lists it.
type FileLine struct {
	Name   string
	Kind   string
	Size   int64
	Begins string // its first lines, where it is a text
}

// OnPerson reports a matter that is about a person and not about a message.
func (m Matter) OnPerson() bool { return m.Kind == hold.Application || m.Kind == hold.Role }

// first is the writer's first name, or what stands for it.
func (m Matter) first() string {
	first, _, _ := strings.Cut(list.CleanName(m.Writer.Name), " ")
	if m.OnPerson() {
		return cmp.Or(shorten(first), "this person")
	}
	return cmp.Or(shorten(first), "the writer")
}

// full is the writer's name, or their address.
func (m Matter) full() string {
	return cmp.Or(shorten(list.CleanName(m.Writer.Name)), m.Address.String())
}

// quoted is the subject in quotes, with the code behind it.
func (m Matter) quoted() string {
	if m.OnPerson() {
		return m.full() + " #" + m.Code
	}
	return fmt.Sprintf("%q #%s", plainQuotes(cmp.Or(shorten(m.Subject), "(no subject)")), m.Code)
}

// Listed is the matter on one line of a list.
func (m Matter) Listed() string {
	return "  " + strings.TrimSpace(fmt.Sprintf("#%s  %s: %s", m.Code, m.full(), cmp.Or(shorten(m.Subject), "(no subject)")))
}

// Quoted is a text with a mark before each line, so that a copy of it is never taken for an answer.
func Quoted(text string) string { return strings.TrimRight(quote(text, 0), "\n") }

// plainQuotes keeps a subject from ending the quotes around it.
func plainQuotes(s string) string { return strings.NewReplacer("\"", "'", "\\", "/").Replace(s) }

// main is the cause that decides which words are offered: the gravest one.
func (m Matter) main() list.Cause {
	for _, c := range causes {
		if list.Found(m.Findings, c.cause) {
			return c.cause
		}
	}
	return ""
}

// causes are the causes from the gravest on, each as a subject begins with it and as a sentence ends with it.
var causes = []struct {
	cause    list.Cause
	subject  string
	sentence string // behind "Held because"; %s is the writer's first name
}{
	{list.CausePupil, "May name a child", "it may name a child"},
	{list.CauseFile, "Risky file", "a file in it can run programs"},
	{list.CauseSpam, "Looks like spam", "our spam filter marked it"},
	{list.CauseName, "Name like another's", "the name on it looks like that of somebody else here"},
	{list.CauseAutomatic, "May be automatic", "a machine may have written it"},
	{list.CauseEncrypted, "Encrypted", "a part of it cannot be read"},
	{list.CauseToken, "Personal link", "a signed part of it held a personal link of ours, which was taken out"},
	{list.CauseStranger, "Not a member", notMember},
	{list.CauseShared, "Shared", "a moderator shares an email that came to the moderators"},
	{list.CauseModerated, "Under moderation", "each of %s's messages is read first"},
	{list.CauseFirst, "First post", "it is %s's first post"},
	{list.CauseRate, "Many posts", "%s has sent many posts in a short time"},
	{list.CauseRepeated, "Sent before", "%s has sent the same text before"},
	{list.CauseClosed, "Closed discussion", "the discussion was closed"},
	{list.CauseThread, "Discussion under moderation", "every answer to this discussion is read first"},
	{list.CauseAddresses, "Many addresses", "it went to more than 10 addresses"},
	{list.CauseNotAddressed, "Not addressed to us", "our address is not in To or Cc"},
	{list.CausePrivate, "May be private", "it may be meant for one person"},
	{list.CauseCommand, "May be a command", "it may be a word for the robot"},
	{list.CauseDigest, "Quotes a digest", "it quotes a whole digest"},
	{list.CauseEmergency, "Everything waits", "everything new waits for now"},
}

// notMember goes on behind the writer's whole name, as who they are is not said a second time.
const notMember = " is not a member"

// because says why the item waits, every reason, in one sentence. Notes are shown for those causes where they are words of
// the message or names of files.
func (m Matter) because() string {
	var all []string
	for _, c := range causes {
		i := slices.IndexFunc(m.Findings, func(f list.Finding) bool { return f.Cause == c.cause })
		if i < 0 {
			continue
		}
		s := c.sentence
		if s == notMember {
			s = cmp.Or(shorten(list.CleanName(m.Writer.Name)), m.first()) + s
		}
		if strings.Contains(s, "%s") {
			s = fmt.Sprintf(s, m.first())
		}
		switch c.cause {
		case list.CausePupil, list.CauseFile, list.CausePrivate:
			if notes := shortNotes(m.Findings[i].Notes); notes != "" {
				s += " (" + notes + ")"
			}
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return "Held for a moderator."
	}
	if len(all) == 1 {
		return "Held because " + all[0] + "."
	}
	return "Held because " + strings.Join(all[:len(all)-1], ", ") + ", and " + all[len(all)-1] + "."
}

// mostNotes is how many notes of one reason a mail shows.
const mostNotes = 3

func shortNotes(notes []string) string {
	var all []string
	for i, n := range notes {
		if i == mostNotes {
			all = append(all, fmt.Sprintf("and %d more", len(notes)-i))
			break
		}
		all = append(all, shorten(n))
	}
	return strings.Join(all, ", ")
}

// about says who wrote it, since when they are here, how much they wrote, and whether it really came from them.
func (m Matter) about() string {
	var s string
	switch {
	case !m.Member && list.Found(m.Findings, list.CauseStranger):
		return m.came() + "."
	case !m.Member:
		s = m.full() + notMember
	case m.Since.IsZero():
		s = m.full() + ": member"
	default:
		s = m.full() + ": member since " + m.Since.Format("January 2006")
	}
	return s + "; " + lower(m.came()) + "."
}

// came says how it is known whom the message is from.
func (m Matter) came() string {
	if m.Verified {
		return "This email really came from " + m.Address.String()
	}
	return "The writer told us at " + m.Address.String() + " that this email is theirs"
}

// Held is the mail to a moderator about an item that waits.
type Held struct {
	Matter
	Token string
	Told  []string // first names of all who were told, this reader too
	Again bool     // this moderator was told before: the item was changed, or they asked for a fresh link
	Web   string   // base address of the pages, empty while there are none
}

// Compose returns the mail.
func (n Held) Compose(to To) (Mail, error) {
	return to.moderators(n.subject(), n.Token, n.text())
}

func (n Held) subject() string {
	switch {
	case n.Kind == hold.Role:
		return "Still " + aRole(n.Role) + "? - " + n.quoted()
	case n.Kind == hold.Application && !n.Left.IsZero():
		return "Wants to come back - " + n.quoted()
	case n.Kind == hold.Application:
		return "Wants to join - " + n.quoted()
	}
	first := "Held"
	for _, c := range causes {
		if c.cause == n.main() {
			first = c.subject
		}
	}
	return first + " - " + n.full() + ": " + n.quoted()
}

// text is the body: why, who, what to answer, and the message as members would get it.
func (n Held) text() string {
	went := n.went()
	if n.Kind == hold.Application {
		went = "The address is confirmed. " + went
	}
	top := n.why() + "\n" + fill(went)
	if n.Changed {
		top = n.looked() + "\n\n" + top
	}
	out := paragraphs(top, "Reply with one line:", columns(n.words()), n.files(), n.shown())
	out += "\nAll words: reply help."
	if n.Web != "" {
		out += " On the web: " + strings.TrimRight(n.Web, "/") + "/mod/" + n.Code
	}
	return out + "\n"
}

// looked says that something was taken out, and what was found in what is left.
func (n Held) looked() string {
	return fill(strings.TrimSpace("Words or files were taken out; below is what is left. Nobody has it yet. " + n.LookedAgain()))
}

// LookedAgain says what was found in what is left of a message of which something was taken out: empty where it never was thought
// to name a child.
func (n Held) LookedAgain() string {
	for _, f := range n.Findings {
		switch {
		case f.Cause != list.CausePupil:
		case len(f.Notes) == 0:
			return "I looked again, and found nothing more that may name a child."
		default:
			return "I looked again: it may still name a child."
		}
	}
	return ""
}

func (n Held) why() string {
	if n.OnPerson() {
		return n.person()
	}
	s := n.because()
	if n.Said {
		s += " " + capital(n.first()) + " was asked and wants it sent."
	}
	return fill(s + " " + n.about())
}

// asks says who is decided about, and what stands before what they wrote.
func (n Held) asks() (first, wrote string) {
	who := fmt.Sprintf("%s <%s> wants to join", n.full(), n.Address)
	if n.full() == n.Address.String() {
		who = n.full() + " wants to join"
	}
	first, wrote = who+" and wrote:", "They wrote:"
	switch {
	case n.Kind == hold.Role:
		first = fmt.Sprintf("%s was %s and has a new address: %s. Both addresses said yes. For safety %s is only a member until one of you "+
			"has made sure that it is them, best by telephone.", n.full(), aRole(n.Role), n.Address, n.first())
	case !n.Left.IsZero():
		first = fmt.Sprintf("%s left on %s and asks to come back.", strings.TrimSuffix(who, " wants to join"), day(n.Left))
	case strings.TrimSpace(n.Words) == "":
		first = who + " and wrote nothing about themselves."
	default:
		wrote = ""
	}
	return first, wrote
}

// person says who is decided about, and what they wrote.
func (n Held) person() string {
	first, wrote := n.asks()
	if strings.TrimSpace(n.Words) == "" {
		return fill(first) + "\n"
	}
	if wrote != "" {
		first += " " + wrote
	}
	return fill(first) + "\n\n" + strings.TrimRight(quote(n.Words, 10), "\n") + "\n"
}

// went says who was told, so that two do not do the same work.
func (n Held) went() string {
	var others []string
	for _, t := range n.Told {
		if t != "" {
			others = append(others, shorten(t))
		}
	}
	switch len(others) {
	case 0, 1:
		return "Nobody else has seen it."
	case 2:
		return "It went to " + others[0] + " and " + others[1] + "; the first answer counts."
	}
	if len(others) > 6 {
		return fmt.Sprintf("It went to %d moderators; the first answer counts.", len(others))
	}
	return "It went to " + strings.Join(others[:len(others)-1], ", ") + " and " + others[len(others)-1] + "; the first answer counts."
}

// words are what may be answered, in the order in which it is offered for this reason.
func (n Held) words() [][2]string {
	reject := [2]string{"reject REASON", "send it back to " + n.first() + " with your reason"}
	approve := [2]string{"approve", "send it to everyone"}
	ask, no := [2]string{"ask QUESTION", "send " + n.first() + " your question; the answer comes here"}, [2]string{"reject REASON", "say no, with your reason"}
	discard := [2]string{"discard", "throw it away; " + n.first() + " is not told; kept 30 days"}
	if n.Kind == hold.Application {
		return [][2]string{
			{"approve", "let " + n.first() + " in; the first post is read first"},
			{"approve and trust", "let " + n.first() + " in; no post is held"},
			ask, no,
			{"discard", "do nothing; " + n.first() + " is not told"},
		}
	}
	if n.Kind == hold.Role {
		return [][2]string{{"approve", "it is " + n.first() + ", and " + aRole(n.Role) + " again (signed email)"}, ask, no}
	}
	switch n.main() {
	case list.CausePupil:
		w := [][2]string{{"redact \"WORDS\"", "take these words out; I show you the result"}}
		if len(n.Files) > 0 {
			w = append(w, [2]string{"remove attachments", "take the files out; I show you the result"})
		}
		return append(w, reject, [2]string{"approve", "send it to everyone as it is"})
	case list.CauseFirst:
		return [][2]string{approve, {"trust", "send it, and do not hold " + n.first() + " again"}, reject}
	case list.CauseSpam, list.CauseAutomatic:
		w := [][2]string{discard, approve}
		if n.main() == list.CauseSpam {
			return append(w, [2]string{"reject advert", "send it back: \"we do not take advertising\""})
		}
		return append(w, reject)
	}
	w := [][2]string{approve}
	if n.main() == list.CauseFile {
		w = [][2]string{{"remove attachments", "take the files out; I show you the result"}, approve}
	}
	return append(w, reject, discard)
}

// files lists what is attached. Nothing of it is sent along.
func (n Held) files() string {
	if len(n.Files) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, not attached here:\n", count(len(n.Files), "file"))
	for i, f := range n.Files {
		if i == 5 {
			fmt.Fprintf(&b, "and %d more\n", len(n.Files)-i)
			break
		}
		fmt.Fprintf(&b, "%s, %s, %d KB\n", shorten(f.Name), wordForKind(f.Kind), (f.Size+1023)/1024)
		if f.Begins != "" {
			b.WriteString(quote(f.Begins, 3))
		}
	}
	return b.String()
}

// wordForKind is what people call a kind of file.
func wordForKind(kind string) string {
	for _, k := range []struct{ part, word string }{
		{"macroenabled", "Office file with macros"}, {"wordprocessingml", "Word"}, {"msword", "Word"}, {"opendocument.text", "text document"},
		{"spreadsheet", "spreadsheet"}, {"ms-excel", "spreadsheet"}, {"presentation", "slides"}, {"ms-powerpoint", "slides"}, {"application/pdf", "PDF"},
		{"image/", "picture"}, {"audio/", "sound"}, {"video/", "film"}, {"text/calendar", "calendar entry"}, {"text/csv", "table"}, {"text/", "text"},
		{"zip", "packed files"}, {"x-msdownload", "program"}, {"x-executable", "program"},
	} {
		if strings.Contains(kind, k.part) {
			return k.word
		}
	}
	return shorten(kind)
}

// mostShown bounds the text of a held message in a mail, in bytes: the whole is in the store.
const mostShown = 12 << 10

// shown is the message as members would get it, every line of it quoted, so that a copy of it can never be taken for an answer.
func (n Held) shown() string {
	if n.OnPerson() {
		return ""
	}
	return "---------- the message, as members would get it ----------\n" + quote(cmp.Or(shorten(n.Subject), "(no subject)")+"\n\n"+n.Text, 0) +
		"---------- end of message --------------------------------"
}

// moderators writes a mail of the moderators' address to one of them, in the thread of an item.
func (t To) moderators(subject, token, text string) (Mail, error) {
	t.asOwner = true
	var answer message.Mailbox
	if token != "" {
		answer = message.Mailbox{Name: t.List.Title + " moderators", Address: t.List.Service("mod")}
		answer.Address.Local += "+" + token
	}
	return t.compose(ours, subject, answer, text)
}

// HeldForOperator tells who runs the server of an item where the list has no moderator.
type HeldForOperator struct{ Matter }

// Compose returns the mail.
func (n HeldForOperator) Compose(to To) (Mail, error) {
	h := Held{Matter: n.Matter}
	commands := "sencoforum held show " + n.Code + "\nsencoforum held approve " + n.Code + "\nsencoforum held reject " + n.Code + " REASON\nsencoforum held discard " + n.Code
	return to.moderators(h.subject(), "", paragraphs(h.why(), fill(to.List.Title+" has no moderator, so you have to decide. On the server:"), commands,
		"Better: sencoforum moderator add --list "+to.List.Name+" ADDRESS", h.files(), h.shown()))
}
