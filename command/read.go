package command

import (
	"strings"
	"time"

	"sencoforum/message"
)

// Request is a mail to be read, and what is known about it.
type Request struct {
	At        Place
	Moderator bool // its writer is a moderator of the list; at other places than RequestAddress the place says so

	Subject   string
	Text      string   // the writer's words above the first quote, as message.Reply gives them
	Automatic []string // the signs that a machine wrote it

	Today  time.Time // in the time zone of the list
	Lists  []string  // names by which the list may be called
	Names  []string  // the writer's names
	About  []string  // names of the person whom the question or notice is about
	Item   string    // the number of what waits, such as "8f3k"
	Items  int       // how many things a batch has
	Files  int       // how many files came with what waits
	Paused bool      // the member is paused
	Post   int       // the post or discussion that the mail answers, where an answer to the robot says which; 0: none
}

// Of fills in what a message says: its subject, its writer's words, the writer's names, and the signs of a machine.
func Of(m *message.Message, r Request) Request {
	r.Subject, r.Text = m.Subject(), m.Reply()
	r.Automatic = append(r.Automatic, m.Automatic()...)
	if from, ok := m.From(); ok && from.Name != "" {
		r.Names = append(r.Names, from.Name)
	}
	return r
}

// reader reads one mail.
type reader struct {
	Request
	names map[string]bool // the writer's, in lower case
	about map[string]bool
	out   Reading
}

// Read reads a mail. It never fails: what it does not understand is asked about, or passed on to the list. It takes time in
// proportion to the first 64 KiB of the text.
func Read(q Request) Reading {
	r := reader{Request: q, names: nameWords(q.Names), about: nameWords(q.About)}
	r.read()
	return r.out
}

func nameWords(names []string) map[string]bool {
	m := make(map[string]bool)
	for _, n := range names {
		for _, t := range tokens(plain(n)) {
			m[t.low] = true
		}
	}
	return m
}

func (r *reader) step(s ...string) { r.out.Steps = append(r.out.Steps, strings.Join(s, "")) }

func (r *reader) read() {
	if len(r.Automatic) > 0 {
		r.step("A machine wrote this (", strings.Join(r.Automatic, ", "), "): no answer at all.")
		r.out.Outcome, r.out.Why = Automatic, WhyMachine
		if r.At&toList != 0 {
			r.out.Outcome = Pass // the desk has its own rule for machines
		}
		return
	}
	paras := r.opened(paragraphs(plain(r.Text)))
	if r.At&toList != 0 {
		r.post(paras)
		return
	}
	if len(paras) == 0 {
		r.empty()
		return
	}
	if r.At&(decisions|RequestAddress|Robot) != 0 && holdsPassword(tokens(paras[0][0])) {
		r.step("It holds a password, as other list servers want one. It is not shown.")
		r.out.Outcome, r.out.Why = Ask, WhyPassword
		return
	}
	r.out.Read = shorten(paras[0][0], 200)
	r.step("The first line is: ", r.out.Read)
	if r.body(paras) || r.At != RequestAddress || !r.nothingFound() {
		return
	}
	if r.out.Why == WhyUnknown && r.fromSubject(paras) || r.oneSentence(paras) {
		return
	}
	r.handOver(paras)
}

// holdsPassword reports a line in which Mailman or Majordomo would expect a password: "Approved: x", "approve x subscribe …",
// "password x". It must not be quoted back, kept or logged.
func holdsPassword(ts []token) bool {
	if len(ts) < 2 {
		return false
	}
	switch ts[0].low {
	case "approved", "approve":
		return strings.HasSuffix(ts[0].after, ":") || len(ts) > 2 && isListCommand[ts[2].low] && !isListCommand[ts[1].low]
	case "password", "pw", "passwd":
		return true
	}
	return false
}

// isListCommand are the commands of Majordomo that an owner approves.
var isListCommand = map[string]bool{"subscribe": true, "unsubscribe": true, "who": true, "config": true, "newconfig": true, "writeconfig": true}

// nothingFound reports that the first line begins with no word.
func (r *reader) nothingFound() bool {
	return r.out.Why == WhyUnknown || r.out.Why == WhyLeftOver || r.out.Why == WhyOtherWho
}

// empty is a mail without own words; at the address for commands the subject may be one.
func (r *reader) empty() {
	r.step("There are no words of the writer's own.")
	if r.At == RequestAddress && r.fromSubject(nil) {
		return
	}
	if r.out.Why == "" || r.out.Why == WhyUnknown {
		r.out.Outcome, r.out.Why = Ask, WhyEmpty
	}
}

// opened leaves out empty lines, and greetings at the beginning.
func (r *reader) opened(paras [][]string) [][]string {
	for len(paras) > 0 {
		first := paras[0][0]
		ts := tokens(first)
		n := r.greeting(ts)
		switch {
		case isAdvert(ts), len(ts) == 0 && strings.Trim(first, "?! ") != "" || n > 0 && n == len(ts):
			r.step("Left out: ", first)
			paras[0] = paras[0][1:]
		case n > 0:
			r.step("Left out the greeting: ", first[:ts[n].from])
			paras[0][0] = first[ts[n].from:]
			return paras
		default:
			return paras
		}
		if len(paras[0]) == 0 {
			paras = paras[1:]
		}
	}
	return nil
}

// body reads the first line, together with the lines that go on with its sentence. It reports whether the outcome is certain.
func (r *reader) body(paras [][]string) bool {
	first := paras[0]
	got := r.line(first[0], rest(paras, 1))
	if n := r.goesOn(first); n > 1 && got.free == "" {
		whole := strings.Join(first[:n], " ")
		r.step("The sentence goes on: ", whole)
		if longer := r.line(whole, rest(paras, n)); longer.why == "" || got.why == "" {
			got, paras = longer, append([][]string{append([]string{whole}, first[n:]...)}, paras[1:]...)
		}
	}
	return r.settle(got, paras)
}

// rest are the lines after the first n of the first paragraph; an empty line stands between paragraphs.
func rest(paras [][]string, n int) []string {
	lines := append([]string(nil), paras[0][n:]...)
	for _, p := range paras[1:] {
		lines = append(append(lines, ""), p...)
	}
	return lines
}

// maxWrapped is over how many lines a sentence is read that a mail program has broken.
const maxWrapped = 3

// goesOn returns over how many lines the first sentence of a paragraph goes.
func (r *reader) goesOn(lines []string) int {
	n := 1
	for n < len(lines) && n < maxWrapped && !strings.ContainsAny(lines[n-1][len(lines[n-1])-1:], ".!?:") &&
		startsLow(lines[n]) && !r.signsOff(lines[n], false) && !r.isCommand(lines[n]) {
		n++
	}
	return n
}

// isCommand reports a line that is a command and nothing else.
func (r *reader) isCommand(line string) bool { return r.line(line, nil).why == "" }

// settle makes the outcome of what was found, after a look at all that stands below it.
func (r *reader) settle(got found, paras [][]string) bool {
	r.out.Word, r.out.Args, r.out.Why, r.out.Because, r.out.Near, r.out.Offer = got.Word, got.args, got.why, got.because, got.near, got.offer
	if got.why == "" && got.free == "" {
		r.below(paras)
	}
	if r.out.Why != "" {
		r.out.Outcome = Ask
		r.step("Nothing is done: ", r.out.Sentence())
		r.handOver(paras)
		return false
	}
	r.out.Outcome = Done
	r.step("This is: ", r.out.Line())
	return true
}

// maxRobotWords is how many words without a command a robot answers itself.
const maxRobotWords = 8

// handOver says that people should read what is long and no command.
func (r *reader) handOver(paras [][]string) {
	if r.At&(decisions|Owner|toList) != 0 || r.out.Why == WhyHedge && r.out.Word.Name != "" {
		return
	}
	n := 0
	for _, p := range paras {
		for _, l := range p {
			n += len(tokens(l))
		}
	}
	if r.out.HandOver = n > maxRobotWords; r.out.HandOver {
		r.step("It has more than 8 words and no command: people should read it.")
	}
}

// fromSubject reads the subject, without "Re:" and the list's tag, where the body has no command and nothing in it hedges.
func (r *reader) fromSubject(paras [][]string) bool {
	stem, reply := message.Stem(r.Subject, "")
	if reply && !r.onlySignsOff(paras) {
		return false // its writer has not written it
	}
	if strings.HasPrefix(stem, "[") {
		if _, after, ok := strings.Cut(stem, "]"); ok {
			stem, _ = message.Stem(strings.TrimSpace(after), "")
		}
	}
	stem = plain(stem)
	if strings.TrimSpace(stem) == "" {
		return false
	}
	got := r.line(strings.ReplaceAll(stem, "\n", " "), nil)
	if got.why != "" || got.Word.Name == "help" && !r.onlySignsOff(paras) {
		return false
	}
	for _, p := range paras {
		for _, l := range p {
			if h := hedgeIn(tokens(l)); h != "" {
				r.step("The subject is a command, but below it stands ", h, ".")
				return false
			}
		}
	}
	r.step("The body has no command; the subject is: ", stem)
	r.out.Outcome, r.out.Word, r.out.Args, r.out.Why, r.out.Because, r.out.Near = Done, got.Word, got.args, "", "", nil
	r.out.Read = shorten(stem, 200)
	r.step("This is: ", r.out.Line())
	return true
}

// onlySignsOff reports a body of thanks and a signature.
func (r *reader) onlySignsOff(paras [][]string) bool {
	var all []string
	for _, p := range paras {
		all = append(all, p...)
	}
	return len(r.unsigned(all)) == 0
}

// Bounds of the short mail in which one sentence may be read: "I have retired. Please take me off this list."
const (
	maxSentences     = 4
	maxSentenceWords = 40
)

// oneSentence reads a short mail of which exactly one sentence asks to leave and nothing hedges.
func (r *reader) oneSentence(paras [][]string) bool {
	var all []string
	for _, p := range paras {
		all = append(all, p...)
	}
	var found *found
	n, words := 0, 0
	for _, s := range sentences(strings.Join(r.unsigned(all), " ")) {
		ts := tokens(s)
		words += len(ts)
		if n++; n > maxSentences || words > maxSentenceWords || coreHedge(ts) {
			return false
		}
		switch got := r.line(s, nil); {
		case got.why == "" && (got.Name != "leave" || found != nil):
			return false
		case got.why == "":
			found = &got
			r.out.Read = shorten(s, 200)
		case got.Name != "" && got.Name != "leave" && got.why != WhyLeftOver:
			return false
		}
	}
	if found == nil {
		return false
	}
	r.step("One sentence of a short mail asks for it and nothing hedges: ", r.out.Read)
	r.out.Outcome, r.out.Word, r.out.Args, r.out.Why, r.out.Because, r.out.Near, r.out.HandOver = Done, found.Word, found.args, "", "", nil, false
	return true
}

// sentences cuts a text behind ".", "!" and "?" that a space follows.
func sentences(text string) []string {
	var all []string
	begin := 0
	for i := 0; i+1 < len(text); i++ {
		if strings.IndexByte(".!?", text[i]) >= 0 && text[i+1] == ' ' {
			all = append(all, strings.TrimSpace(text[begin:i+1]))
			begin = i + 1
		}
	}
	if s := strings.TrimSpace(text[begin:]); s != "" {
		all = append(all, s)
	}
	return all
}
