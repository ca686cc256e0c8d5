package command

import (
	"slices"
	"strings"
)

// canned are the reasons that stand for whole texts.
var canned = []string{"names", "advert", "thanks", "digest"}

// reason reads why a post goes back: the rest of the line and all lines up to the cut, without the closing of the mail.
func (r *reader) reason(got found, a attempt, rest []token, line string, below []string) found {
	got.free = "reason"
	polite := r.politeTail(rest)
	last := a.called[len(a.called)-1]
	if len(rest) == 1 && rest[0].low == "thanks" && len(r.unsigned(filled(below))) == 0 {
		if strings.TrimSpace(last.after) != "" && !strings.HasSuffix(last.after, ":") {
			return got.fail(WhyLeftOver, "thanks")
		}
		got.args.Text = "thanks"
		return got
	}
	if len(polite) == 1 && slices.Contains(canned, polite[0].low) && len(r.unsigned(filled(below))) == 0 {
		got.args.Text = polite[0].low
		return got
	}
	rest = r.afterObject(got, rest)
	if len(r.politeTail(rest)) == 0 {
		rest = nil
	}
	if len(rest) > 0 && unlike(rest[0].low) {
		return got.fail(WhyHedge, rest[0].raw)
	}
	if left := r.politeTail(rest); len(left) > 0 && !slices.ContainsFunc(left, func(t token) bool { return !r.about[t.low] }) {
		return got.fail(WhyLeftOver, raws(left))
	}
	lines := r.upToEnd(rest, line, below)
	for _, l := range filled(below) {
		if other := r.line(l, nil); other.why == "" && other.Decides {
			return got.fail(WhyTwo, `"`+got.Name+`" and "`+other.Name+`"`)
		}
	}
	got.args.Text = strings.Join(lines, "\n")
	return got
}

// unlike reports a word with which no reason begins, but a sentence that has not decided yet.
func unlike(low string) bool {
	switch low {
	case "or", "if", "unless", "maybe", "perhaps", "but", "and", "until", "instead", "rather":
		return true
	}
	return false
}

// afterObject leaves "it", "this post" and the like out where they are the object of the word and not a reason.
func (r *reader) afterObject(got found, rest []token) []token {
	n := r.fillers(got.via, got.With, rest)
	if n == 0 {
		return rest
	}
	if n == len(rest) || strings.ContainsAny(rest[n-1].after, ",.:;-–—") {
		return rest[n:]
	}
	switch rest[n].low {
	case "because", "as", "since", "please", "thanks":
		return rest[n:]
	}
	return rest
}

// upToEnd is the text from the first of rest on, with the lines below it, without the closing of the mail.
func (r *reader) upToEnd(rest []token, line string, below []string) []string {
	var lines []string
	if len(rest) > 0 {
		lines = append(lines, line[rest[0].from:])
	}
	return r.unsigned(append(lines, filled(below)...))
}

func filled(lines []string) (all []string) {
	for _, l := range lines {
		if l != "" {
			all = append(all, l)
		}
	}
	return all
}

// text reads a question or an announcement, which must not be empty.
func (r *reader) text(got found, rest []token, line string, below []string) found {
	got.free = "text"
	lines := r.upToEnd(rest, line, below)
	if len(lines) == 0 || len(r.politeTail(tokens(strings.Join(lines, " ")))) == 0 {
		return got.fail(WhyMissing, "")
	}
	if got.Name == "ask" && len(rest) > 0 {
		switch rest[0].low {
		case "her", "him", "them", "if", "whether", "or", "ellen", "first":
			return got.fail(WhyLeftOver, raws(rest))
		}
		if r.about[rest[0].low] {
			return got.fail(WhyLeftOver, raws(rest))
		}
	}
	got.args.Text = strings.Join(lines, "\n")
	return got
}

// words reads what is to be taken out: pieces in quotes, or all of a few words.
func (r *reader) words(got found, rest []token, line string) found {
	if len(rest) == 0 {
		return got.fail(WhyWords, "")
	}
	raw := line[rest[0].from:]
	quoted, outside := quotes(raw)
	left := r.politeTail(tokens(outside))
	switch {
	case len(quoted) > 0:
		for _, t := range left {
			if t.low != "and" && t.low != "&" {
				return got.fail(WhyLeftOver, raws(left))
			}
		}
		got.args.Words = quoted
		return got
	case len(left) == 0 || vague(left) || len(left) > 5 || len(left) > 2 && !allCapitals(left):
		return got.fail(WhyWords, raws(left))
	case strings.Contains(raw, `"`) || inPieces(left) || hedgeIn(left) != "" || slices.Contains(lows(left), "and"):
		return got.fail(WhyLeftOver, raws(left))
	}
	got.args.Words = []string{raws(left)}
	return got
}

// quotes returns the pieces in quotation marks, and what stands outside of them.
func quotes(raw string) (all []string, outside string) {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(raw, `"`)
		b.WriteString(before)
		if !ok {
			return all, b.String()
		}
		piece, behind, ok := strings.Cut(after, `"`)
		if !ok {
			b.WriteString(`"` + after)
			return all, b.String()
		}
		if piece = strings.TrimSpace(piece); piece != "" {
			all = append(all, piece)
		}
		b.WriteByte(' ')
		raw = behind
	}
}

// vague reports words that say what kind of thing is meant and not which.
func vague(ts []token) bool {
	switch ts[0].low {
	case "the", "his", "her", "their", "its", "it", "this", "that", "them", "him", "all", "every", "any", "my", "a", "an", "everything", "me",
		"these", "those", "some", "what", "line", "our", "your", "from", "for":
		return true
	}
	for _, t := range ts {
		switch strings.TrimSuffix(t.low, "'s") {
		case "name", "names", "surname", "attachment", "attachments", "file", "files", "child", "pupil", "words", "sentence", "paragraph", "line",
			"post", "message", "email", "all", "bit", "part", "reference", "references", "number", "date", "details", "initials", "photo", "picture",
			"image", "document", "link", "from", "in", "with", "then", "here", "there":
			return true
		}
	}
	return false
}

// inPieces reports a comma or the like between words.
func inPieces(ts []token) bool {
	return slices.ContainsFunc(ts[:len(ts)-1], func(t token) bool { return strings.ContainsAny(t.after, ",;:") })
}

// allCapitals reports words that all begin with a capital or a digit.
func allCapitals(ts []token) bool {
	return !slices.ContainsFunc(ts, func(t token) bool { return startsLow(t.raw) })
}

// query reads the words to look for.
func (r *reader) query(got found, rest []token, line string) found {
	for len(rest) > 0 {
		n := suffixOf(rest, politeEnds)
		if n == 0 {
			break
		}
		rest = rest[:len(rest)-n]
	}
	if len(rest) > 1 && rest[0].low == "for" {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return got.fail(WhyMissing, "")
	}
	switch rest[0].low {
	case "me", "out", "attached", "it", "a", "somebody", "someone":
		return got.fail(WhyLeftOver, raws(rest))
	}
	got.args.Text = line[rest[0].from:rest[len(rest)-1].to]
	return got
}

// ofPost reads the number of a post, and what the word takes behind it.
func (r *reader) ofPost(got found, rest []token, line string) found {
	if got.Takes == PerhapsPost {
		rest = r.strip(got, rest)
		if len(rest) == 0 {
			if r.At&(Post|OwnWord) != 0 {
				return got
			}
			if r.Post > 0 {
				got.args.Post = r.Post
				return got
			}
			return got.fail(WhyMissing, "")
		}
	}
	if len(rest) > 1 && (rest[0].low == "post" || rest[0].low == "number" || rest[0].low == "thread" || rest[0].low == "discussion") {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return got.fail(WhyMissing, "")
	}
	n, ok := postNumber(rest[0].low)
	if !ok {
		return got.fail(WhyLeftOver, raws(rest))
	}
	if strings.Contains(rest[0].after, "?") {
		return got.fail(WhyHedge, "?")
	}
	got.args.Post = n
	rest = rest[1:]
	switch got.Takes {
	case PostAndWords:
		return r.words(got, rest, line)
	case PostAndText:
		if quoted, outside := quotes(line[min(len(line), startOf(rest, line)):]); len(quoted) == 1 && len(r.politeTail(tokens(outside))) == 0 {
			got.args.Text = quoted[0]
			return got
		}
		rest = r.politeTail(rest)
		if len(rest) == 0 {
			return got.fail(WhyMissing, "")
		}
		if h := hedgeIn(rest); h != "" {
			return got.fail(WhyHedge, h)
		}
		got.args.Text = raws(rest)
		return got
	}
	if rest = r.politeTail(rest); len(rest) > 0 {
		return got.fail(WhyLeftOver, raws(rest))
	}
	return got
}

func startOf(rest []token, line string) int {
	if len(rest) == 0 {
		return len(line)
	}
	return rest[0].from
}

// mode reads a delivery mode behind join. Behind the list's name LISTSERV wanted a person's name, which says nothing new.
func (r *reader) mode(got found, a attempt, rest []token) found {
	rest = r.strip(got, rest)
	if m := modeOf(rest); m != "" {
		got.args.Mode = m
		return got
	}
	if len(rest) == 0 || a.listNamed && len(rest) <= 4 && r.allNames(rest) {
		return got
	}
	if h := hedgeIn(rest); h != "" {
		return got.fail(WhyHedge, h)
	}
	return got.fail(WhyLeftOver, raws(rest))
}

// modeOf returns the delivery mode that words name and nothing else, or "".
func modeOf(ts []token) string {
	byFirst, _ := spellings()
	if len(ts) == 0 {
		return ""
	}
	for _, s := range byFirst[ts[0].low] {
		if s.word.At&Join != 0 && s.word.Takes == Nothing && slices.Contains(modes, s.word.Name) && len(s.phrase) == len(ts) && phraseAt(ts, s.phrase) {
			return s.word.Name
		}
	}
	return ""
}

// person reads the name of the one whom the question named.
func (r *reader) person(got found, rest []token) found {
	for len(rest) > 0 && !r.about[rest[len(rest)-1].low] {
		cut := r.politeTail(rest)
		if len(cut) == len(rest) {
			break
		}
		rest = cut
	}
	if len(rest) == 0 {
		return got.fail(WhyMissing, "")
	}
	for _, t := range rest {
		if !r.about[t.low] {
			return got.fail(WhyOtherWho, t.raw)
		}
	}
	return got
}

// aboutSelf reads what stands behind and below the yes of somebody who joins: a mode on a line of its own, and the rest as it is.
func (r *reader) aboutSelf(got found, a attempt, rest []token, line string, below []string) found {
	got.free = "about"
	if len(a.called) > 0 && strings.Contains(a.called[len(a.called)-1].after, "?") {
		return got.fail(WhyHedge, "?")
	}
	for n := prefixOf(rest, politeEnds); n > 0; n = prefixOf(rest, politeEnds) {
		if strings.Contains(rest[n-1].after, "?") {
			return got.fail(WhyHedge, "?")
		}
		rest = rest[n:]
	}
	if len(rest) > 0 && (unlike(rest[0].low) || rest[0].low == "not") {
		return got.fail(WhyHedge, rest[0].raw)
	}
	var text []string
	for _, l := range r.upToEnd(r.politeTail(rest), line, below) {
		ts := r.politeTail(tokens(l))
		m := modeOf(ts)
		switch {
		case m != "" && got.args.Mode != "" && m != got.args.Mode:
			return got.fail(WhyTwo, `"`+got.args.Mode+`" and "`+m+`"`)
		case m != "":
			got.args.Mode = m
		case len(ts) == 1 && (ts[0].low == "never" || ts[0].low == "no"):
			return got.fail(WhyTwo, `"yes" and "`+ts[0].low+`"`)
		default:
			text = append(text, l)
		}
	}
	got.args.Text = strings.Join(text, "\n")
	return got
}

// topic reads the word about which somebody wants help.
func (r *reader) topic(got found, rest []token) found {
	rest = r.politeTail(rest)
	if n := prefixOf(rest, phrases("me")); n > 0 && n == len(rest) {
		return got
	}
	if len(rest) == 0 {
		return got
	}
	if len(rest) <= 2 && isCommandWord(rest[0].low) && len(rest[0].low) > 2 {
		got.args.Text = joined(rest)
		return got
	}
	return got.fail(WhyLeftOver, raws(rest))
}
