package command

import (
	"regexp"
	"strings"

	"sencoforum/message"
)

// try reads what stands behind a word.
func (r *reader) try(a attempt, line string, below []string) found {
	w := *a.word
	got := found{Word: w, via: joined(a.called)}
	if len(a.called) > 0 && strings.Contains(a.called[len(a.called)-1].after, "?") && r.At&toList == 0 && w.Takes != Query && w.Name != "help" {
		return got.fail(WhyHedge, "?")
	}
	switch {
	case w.Name == "trust" && r.At == HeldGuard:
		return got.fail(WhyPlace, "trust")
	case w.Name == "approve" && r.At&(HeldGuard|HeldSpam) != 0 && shortYes[got.via]:
		got.offer = []string{"approve", "discard"}
		return got.fail(WhyPlace, got.via)
	case w.Name == "remove attachments" && r.Files == 0:
		return got.fail(WhyPlace, "remove attachments")
	case w.Name == "every" && r.Paused && got.via == "set mail":
		got.Word = *find("resume", r.At)
	}
	rest := a.rest
	if r.At == Batch && w.Decides && w.Name != "undo" && w.Name != allOfBatch {
		if got.args.Numbers, rest = r.numbers(rest); len(got.args.Numbers) == 0 {
			return got.fail(WhyNumber, "")
		}
		for _, n := range got.args.Numbers {
			if n < 1 || n > r.Items {
				return got.fail(WhyNumber, "")
			}
		}
	}
	rest = r.dropItem(rest)
	return r.take(got, a, rest, line, below)
}

// shortYes can answer the reason for which a post is held ("Looks like spam") as well as approve it.
var shortYes = map[string]bool{"yes": true, "y": true, "ok": true, "okay": true}

func (f found) fail(why Why, because string) found {
	f.why, f.because = why, because
	return f
}

// take reads what a word takes from the words behind it.
func (r *reader) take(got found, a attempt, rest []token, line string, below []string) found {
	switch got.Takes {
	case Nothing:
		return r.nothing(got, rest)
	case Reason:
		return r.reason(got, a, rest, line, below)
	case Text:
		return r.text(got, rest, line, below)
	case Words:
		return r.words(got, rest, line)
	case Until:
		return r.until(got, rest)
	case Query:
		return r.query(got, rest, line)
	case Which:
		return r.which(got, rest)
	case Address, AddressName, AddressDomain:
		return r.address(got, rest)
	case OnePost, PerhapsPost, PostAndWords, PostAndText:
		return r.ofPost(got, rest, line)
	case PerhapsMode:
		return r.mode(got, a, rest)
	case Person:
		return r.person(got, rest)
	case About:
		return r.aboutSelf(got, a, rest, line, below)
	case Topic:
		return r.topic(got, rest)
	}
	return got.fail(WhyLeftOver, joined(rest))
}

// strip leaves out what says nothing more: thanks and names at the end, and what the word allows at the beginning.
func (r *reader) strip(got found, rest []token) []token {
	for range 4 {
		before := len(rest)
		rest = r.politeTail(rest)
		if len(rest) == 1 && rest[0].raw == "👍" {
			rest = nil
		}
		rest = rest[r.fillers(got.via, got.With, rest):]
		for len(rest) > 0 && r.At&decisions != 0 && got.Decides && r.about[rest[0].low] {
			rest = rest[1:]
		}
		if n := suffixOf(rest, phrases("now")); n > 0 && r.At&toList == 0 {
			rest = rest[:len(rest)-n]
		}
		if len(rest) == before {
			break
		}
	}
	return rest
}

// fillers returns how many words at the beginning of rest are one of the phrases that a word allows, or name the list.
func (r *reader) fillers(via string, allowed []string, rest []token) int {
	best := 0
	for _, p := range allowed {
		words := strings.Fields(p)
		if (p == "me" || p == "us") && (via == "leave" || via == "join" || r.At&toList != 0) || // "Please leave me", "Join us"
			r.At&toList != 0 && (p == "the group" || p == "this group" || p == "it" || p == "this" || p == "that" || p == "now") {
			continue
		}
		if len(words) > best && phraseAt(rest, words) {
			best = len(words)
		}
	}
	if len(allowed) == 0 {
		return 0
	}
	for _, name := range r.Lists {
		words := strings.Fields(strings.ToLower(name))
		for _, before := range [][]string{nil, {"from"}, {"the"}, {"from", "the"}} {
			if p := append(append([]string(nil), before...), words...); len(p) > best && phraseAt(rest, p) {
				best = len(p)
			}
		}
	}
	return best
}

func (r *reader) nothing(got found, rest []token) found {
	if got.Name == "approve" && strings.Contains("ok okay distribute", got.via) && r.isCode(rest) {
		return got
	}
	rest = r.strip(got, rest)
	if len(rest) == 0 {
		return got
	}
	if wantsWordsOut(rest) && r.At&heldPost != 0 {
		got.offer = []string{`redact "WORDS"`, "reject names", "approve"}
		return got.fail(WhyWords, joined(rest))
	}
	if h := hedgeIn(rest); h != "" {
		return got.fail(WhyHedge, h)
	}
	return got.fail(WhyLeftOver, joined(rest))
}

// isCode reports the code that LISTSERV asks moderators to send back, perhaps behind the list's name.
func (r *reader) isCode(rest []token) bool {
	if len(rest) == 2 {
		for _, name := range r.Lists {
			if strings.EqualFold(name, rest[0].low) {
				rest = rest[1:]
				break
			}
		}
	}
	return len(rest) == 1 && len(rest[0].raw) >= 6 && len(rest[0].raw) <= 16 && strings.Trim(rest[0].low, "0123456789abcdef") == "" &&
		strings.ContainsAny(rest[0].low, "0123456789")
}

// dropItem leaves out the number of what waits.
func (r *reader) dropItem(rest []token) []token {
	if r.Item != "" && len(rest) > 0 && strings.EqualFold(strings.TrimPrefix(rest[0].low, "#"), r.Item) {
		return rest[1:]
	}
	return rest
}

// numbers reads "1 3", "1, 3", "1 and 3", "number 2", "#2" from the beginning of words.
func (r *reader) numbers(rest []token) (all []int, left []token) {
	for len(rest) > 0 {
		switch rest[0].low {
		case "number", "numbers", "no", "nos", "item", "items", "and", "&":
			if len(rest) < 2 || !isNumber(rest[1].low) {
				return all, rest
			}
			rest = rest[1:]
			continue
		}
		for part := range strings.SplitSeq(rest[0].low, ",") {
			if !isNumber(part) {
				return all, rest
			}
			n, _ := number(strings.TrimPrefix(part, "#"))
			all = append(all, n)
		}
		if strings.ContainsAny(rest[0].after, "?") {
			return nil, rest
		}
		rest = rest[1:]
	}
	return all, rest
}

func isNumber(s string) bool {
	_, ok := number(strings.TrimPrefix(s, "#"))
	return ok
}

// until reads a day, a length of time, or neither.
func (r *reader) until(got found, rest []token) found {
	rest = r.strip(got, rest)
	words := lows(rest)
	if len(words) == 0 {
		return got
	}
	switch words[0] {
	case "until", "till", "til", "'til", "to", "through":
		day, ok := date(words[1:], r.Today)
		if !ok {
			return got.fail(WhyDate, raws(rest[1:]))
		}
		got.args.Until = day
		return got
	case "for":
		day, ok := length(words[1:], r.Today)
		if !ok {
			return got.fail(WhyDate, raws(rest[1:]))
		}
		got.args.Until = day
		return got
	}
	if day, ok := date(words, r.Today); ok {
		got.args.Until = day
		return got
	}
	if day, ok := length(words, r.Today); ok {
		got.args.Until = day
		return got
	}
	if h := hedgeIn(rest); h != "" {
		return got.fail(WhyHedge, h)
	}
	return got.fail(WhyLeftOver, joined(rest))
}

func lows(ts []token) (all []string) {
	for _, t := range ts {
		all = append(all, t.low)
	}
	return all
}

func raws(ts []token) string {
	var all []string
	for _, t := range ts {
		all = append(all, t.raw)
	}
	return strings.Join(all, " ")
}

// which reads a number in a list, a post or a link.
func (r *reader) which(got found, rest []token) found {
	rest = r.politeTail(rest)
	if len(rest) > 1 && (rest[0].low == "number" || rest[0].low == "no" || rest[0].low == "post") {
		rest = rest[1:]
	}
	switch {
	case len(rest) == 0:
		return got.fail(WhyMissing, "")
	case len(rest) > 1:
		return got.fail(WhyLeftOver, joined(rest))
	}
	word := rest[0].low
	n, ok := postNumber(word)
	switch {
	case ok && len(word) <= 2:
		got.args.Number = n
	case ok:
		got.args.Post = n
	case strings.HasPrefix(word, "https://") || strings.HasPrefix(word, "http://"):
		got.args.Link = rest[0].raw
	case word == "thread" || word == "index" || word == "last":
		got.args.Text = word
	default:
		return got.fail(WhyLeftOver, joined(rest))
	}
	return got
}

// postNumber reads "#48213" and "48213".
func postNumber(word string) (n int, ok bool) {
	word = strings.TrimPrefix(word, "#")
	if word == "" || len(word) > 9 || strings.Trim(word, "0123456789") != "" {
		return 0, false
	}
	for _, c := range word {
		n = 10*n + int(c-'0')
	}
	return n, n > 0
}

// domainForm is a mail domain as people write it.
var domainForm = regexp.MustCompile(`^@?((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})$`)

// address reads one address, and perhaps a name behind it.
func (r *reader) address(got found, rest []token) found {
	rest = r.politeTail(rest)
	for len(rest) > 0 && (rest[0].low == "to" || rest[0].low == "is" || rest[0].low == "new" || rest[0].low == "member" || rest[0].low == "mailto") {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return got.fail(WhyMissing, "")
	}
	if m := domainForm.FindStringSubmatch(rest[0].low); got.Takes == AddressDomain && m != nil {
		if got.args.Address = "@" + m[1]; len(rest) > 1 {
			return got.fail(WhyLeftOver, joined(rest[1:]))
		}
		return got
	}
	a, err := message.ParseAddress(strings.TrimPrefix(rest[0].raw, "mailto:"))
	if err != nil || !strings.Contains(rest[0].raw, "@") {
		return got.fail(WhyMissing, joined(rest))
	}
	got.args.Address = a.String()
	rest = rest[1:]
	if got.Takes == AddressName && len(rest) > 0 && len(rest) <= 4 && hedgeIn(rest) == "" && !strings.Contains(joined(rest), "@") {
		got.args.Name = raws(rest)
		return got
	}
	if len(rest) > 0 {
		return got.fail(WhyLeftOver, joined(rest))
	}
	return got
}
