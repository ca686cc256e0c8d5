package command

import (
	"slices"
	"strings"
)

// maxUnread is how many further commands are named.
const maxUnread = 10

// below looks at all that stands below a command which takes no free text: hedges and second thoughts are reasons to ask, and so
// is a second command for the same thing; other commands are named as not read.
func (r *reader) below(paras [][]string) {
	var seen []string // lines that are neither commands nor the end of the mail
	for i, p := range paras {
		lines := p
		if i == 0 {
			if h := r.hedged(p[0]); h != "" {
				r.ask(WhyHedge, h)
				return
			}
			lines = p[1:]
		}
		signed := false
		for _, l := range lines {
			if r.signsOff(l, signed) {
				signed = true
				continue
			}
			if got := r.line(l, nil); got.why == "" {
				if r.contradicts(got) {
					r.ask(WhyTwo, `"`+r.out.Word.Name+`" and "`+got.Name+`"`)
					return
				}
				if len(r.out.Unread) < maxUnread {
					r.out.Unread = append(r.out.Unread, l)
				}
				continue
			}
			if h := r.secondThought(l, i == 0); h != "" {
				r.ask(WhySecond, h)
				return
			}
			seen = append(seen, l)
		}
	}
	if r.shaky(seen) || r.At == Relay && len(seen) > 0 {
		r.ask(WhySecond, shorten(seen[0], 60))
	}
}

func (r *reader) ask(why Why, because string) {
	r.out.Why, r.out.Because = why, because
}

// hedged returns the hedge in the line of the command itself, in which everything is accounted for but signs and consumed words.
func (r *reader) hedged(line string) string {
	if slices.Contains([]Arg{Words, Until, PostAndWords, PostAndText, Topic, AddressName}, r.out.Word.Takes) && !strings.Contains(line, "?") || r.out.Word.Takes == Query {
		return ""
	}
	ts := tokens(line)
	if r.out.Word.Name == "never" || r.out.Word.Name == "help" {
		return ""
	}
	if r.out.Word.Takes == Which || r.out.Word.Takes == Address {
		if !strings.HasSuffix(line, "?") {
			return ""
		}
	}
	return hedgeBeside(r.out.Word.Name, ts)
}

// secondThought returns what in a later line makes the command uncertain. In the paragraph of the command every hedge counts, and
// for a decision everywhere. Further down, members write about other things; there only what takes the command back counts.
func (r *reader) secondThought(line string, same bool) string {
	ts := tokens(line)
	if same || r.out.Word.Decides {
		if h := hedgeIn(ts); h != "" {
			return h
		}
	}
	if r.out.Word.Decides {
		return wordIn(ts, changes)
	}
	if h := wordIn(ts, reversals); h != "" {
		return h
	}
	if r.out.Word.Takes == Until && wordIn(ts, map[string]bool{"from": true, "starting": true}) != "" {
		return "from"
	}
	return ""
}

// shaky reports a decision with a line right below it that is no sentence of its own: "Approve / With the name taken out".
func (r *reader) shaky(seen []string) bool {
	if !r.out.Word.Decides || len(seen) == 0 {
		return false
	}
	first := tokens(seen[0])
	if len(first) == 0 {
		return false
	}
	switch first[0].low {
	case "with", "and", "also", "plus", "to", "on", "for", "from", "just", "so", "then", "minus":
		return true
	}
	return startsLow(seen[0])
}

// modes are the words of which only one can be meant.
var modes = []string{"every", "questions", "daily", "weekly", "none", "leave", "join"}

// contradicts reports a further command that cannot be meant together with the one that was read.
func (r *reader) contradicts(got found) bool {
	have := r.out.Word
	switch {
	case have.Name == got.Name && r.out.Args.equal(got.args):
		return false
	case have.Decides && got.Decides:
		if len(r.out.Args.Numbers) == 0 || len(got.args.Numbers) == 0 {
			return true
		}
		return slices.ContainsFunc(got.args.Numbers, func(n int) bool { return slices.Contains(r.out.Args.Numbers, n) })
	case slices.Contains(modes, have.Name) && slices.Contains(modes, got.Name):
		return true
	case have.Name == got.Name:
		return have.Takes == Until || have.Takes == Address
	}
	return (have.Name == "pause" || have.Name == "resume") && (got.Name == "pause" || got.Name == "resume" || got.Name == "leave") ||
		have.Name == "leave" && got.Name == "pause"
}

func (a Args) equal(b Args) bool {
	return slices.Equal(a.Numbers, b.Numbers) && slices.Equal(a.Words, b.Words) && a.Number == b.Number && a.Post == b.Post &&
		a.Link == b.Link && strings.EqualFold(a.Address, b.Address) && a.Text == b.Text && a.Until.Equal(b.Until) && a.Mode == b.Mode
}
