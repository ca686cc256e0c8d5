package command

import (
	"slices"
	"strings"

	"sencoforum/message"
)

// replyWords are done when they are all that a member writes to the list.
var replyWords = []string{"mute", "follow", "weekly", "daily", "every", "questions", "pause", "leave", "report", "stop", "solved", notSolved}

// Bounds of mail to the list that can be a command sent there by mistake.
const (
	maxPostWords = 6  // without thanks and names
	maxBelow     = 30 // words below a line that only asks to be taken off
)

// post reads mail to the list. Nearly all of it is what it should be; only mail that is a command and nothing else is not sent on.
func (r *reader) post(paras [][]string) {
	r.out.Outcome = Pass
	if len(paras) == 0 {
		r.postSubject()
		return
	}
	all := append([]string(nil), rest(paras, 0)...)
	lines := r.unsigned(filled(all))
	if len(lines) == 0 {
		r.step("There is nothing but thanks and names: an ordinary post.")
		return
	}
	first := lines[0]
	r.out.Read = shorten(first, 200)
	r.step("The first line is: ", r.out.Read)
	got := r.line(first, nil)
	if len(lines) > 1 {
		if got.why == "" && isStrong(got) && wordCount(lines[1:]) <= maxBelow {
			r.stopped(got, WhySecond, shorten(lines[1], 60))
			return
		}
		if n := r.goesOn(lines); n != len(lines) {
			r.step("More stands below it: an ordinary post.")
			return
		}
		first = strings.Join(lines, " ")
		got = r.line(first, nil)
	}
	r.postLine(got, first)
}

// postSubject reads the subject of a message without any words, where its writer has written it: it bears no reply mark.
func (r *reader) postSubject() {
	stem, reply := message.Stem(r.Subject, "")
	if reply || strings.TrimSpace(stem) == "" {
		r.step("There are no words: an ordinary post.")
		return
	}
	r.out.Read = shorten(stem, 200)
	r.step("There are no words; the subject is: ", r.out.Read)
	stem = plain(stem)
	r.postLine(r.line(stem, nil), stem)
}

// postLine decides about mail that is one sentence.
func (r *reader) postLine(got found, line string) {
	ts := r.politeTail(tokens(line))
	switch {
	case got.why == "" && len(ts) <= maxPostWords+prefixPolite(ts):
		if hedgeBeside(got.Name, tokens(line)) != "" && !isStrong(got) && got.Takes != Until {
			r.step("It hedges: an ordinary post.")
			return
		}
		r.postCommand(got, line)
	case got.why == WhyMissing && got.Takes == PerhapsPost && len(ts) <= maxPostWords:
		r.stopped(got, WhyMissing, got.Name)
	case got.why == WhyDate && len(ts) <= maxPostWords && dateLike(got.because):
		r.stopped(got, WhyDate, got.because)
	case aboutLeaving(ts) && len(ts) <= maxPostWords+4:
		r.stopped(got, WhyCommand, shorten(line, 60))
	default:
		r.step("It is more than a command: an ordinary post.")
	}
}

// prefixPolite is how many polite words stand before a command. They do not count as its words.
func prefixPolite(ts []token) (n int) {
	for n < len(ts) {
		m := prefixOf(ts[n:], politeStarts)
		if m == 0 {
			break
		}
		n += m
	}
	return n
}

// postCommand does what can be done from the list, and asks about the rest.
func (r *reader) postCommand(got found, line string) {
	h := hedgeBeside(got.Name, tokens(line))
	lone := got.via == "stop" || got.via == "remove"
	switch {
	case h != "" && got.Takes != Until:
		r.stopped(got, WhyHedge, h)
	case strings.Contains(line, "?"):
		r.stopped(got, WhyHedge, "?")
	case lone && got.Name == "leave":
		got.offer = []string{"mute", "leave", "report"}
		r.stopped(got, WhyCommand, got.via)
	case !slices.Contains(replyWords, got.Name):
		r.stopped(got, WhyCommand, got.Name)
	default:
		r.out.Outcome, r.out.Word, r.out.Args = Done, got.Word, got.args
		r.step("It is a command and nothing else, so it is not sent on: ", r.out.Line())
	}
}

// stopped asks the writer instead of sending the mail on.
func (r *reader) stopped(got found, why Why, because string) {
	r.out.Outcome, r.out.Word, r.out.Why, r.out.Because, r.out.Offer = Ask, got.Word, why, because, got.offer
	r.step("It looks like a command and is not sent on: ", r.out.Sentence())
}

// isStrong reports a command to leave in words that stand in nothing else.
func isStrong(got found) bool {
	return got.Name == "leave" && got.via != "leave" && got.via != "stop" && got.via != "remove" && got.via != "sign off"
}

// dateLike reports something that was meant as a day: a name or a number.
func dateLike(s string) bool {
	ts := tokens(s)
	return len(ts) > 0 && len(ts) <= 3 && (!startsLow(ts[0].raw) || strings.ContainsAny(s, "0123456789"))
}

func wordCount(lines []string) (n int) {
	for _, l := range lines {
		n += len(tokens(l))
	}
	return n
}

// leavingWords are all words of short mails about being on the list or not.
var leavingWords = wordSet(`me us my on off of from the this your list forum mailing group email emails not don't dont do please pls now stop take
	leave remove unsubscribe unsuscribe unsubscribed unsub signoff subscribe thanks thank you can could i want to would like am how keep it be
	sending getting all any more no these`)

// aboutLeaving reports a short text that has no other words, and is about the list.
func aboutLeaving(ts []token) bool {
	sure, act, object := false, false, false
	for _, t := range ts {
		if !leavingWords[t.low] {
			return false
		}
		switch t.low {
		case "unsubscribe", "unsuscribe", "unsubscribed", "unsub", "signoff":
			sure = true
		case "leave", "take", "remove", "stop":
			act = true
		case "list", "forum", "group", "mailing", "emails":
			object = true
		}
	}
	return sure || act && object
}
