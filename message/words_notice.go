package message

import "strings"

// cutTag cuts "[EXTERNAL]" off the first words of a message.
func cutTag(line string) (tag, rest string, ok bool) {
	bare := strings.TrimLeft(line, " \t")
	if !strings.HasPrefix(bare, "[") {
		return "", "", false
	}
	end := strings.IndexByte(bare, ']')
	if end < 0 || end > 40 || !isBannerTag(asciiLower(bare[:end+1])) || strings.TrimSpace(bare[end+1:]) == "" {
		return "", "", false
	}
	n := len(line) - len(bare) + end + 1
	return line[:n], line[n:], true
}

// isBannerTag reports a line that is nothing but a warning word, whatever is drawn around it.
func isBannerTag(low string) bool {
	if len(low) > 80 {
		return false
	}
	return bannerTags[strings.Trim(low, "[]*<>{}()-=:!#_ .")]
}

// maxBannerLines bounds one warning.
const maxBannerLines = 8

// banners decides the warnings above the first own words, and paragraphs elsewhere that are nothing else.
func (s *splitter) banners() {
	top := true
	for i := 0; i < len(s.lines); i++ {
		l := &s.lines[i]
		if !l.free() || l.depth > 0 {
			continue
		}
		switch {
		case top && isBannerTag(l.low):
			s.mark(i, i+1, Banner)
		case top && isRule(l.bare) && s.bannerSoon(i):
			s.mark(i, i+1, Banner)
		case s.found&noticeBanner != 0 && (top || s.startsParagraph(i)) && s.bannerAt(i):
			end := s.bannerEnd(i)
			s.mark(i, end, Banner)
			i = end - 1
		default:
			top = false
		}
	}
}

func (s *splitter) bannerSoon(i int) bool {
	next := s.next(i+1, 2)
	return next >= 0 && (isBannerTag(s.lines[next].low) || s.found&noticeBanner != 0 && s.bannerAt(next))
}

// bannerAt reports a warning in line i or, where a sentence goes on, in the two after it. A question is none.
func (s *splitter) bannerAt(i int) bool {
	joined := ""
	for j := i; j < len(s.lines) && j < i+3 && s.lines[j].free(); j++ {
		joined += s.lines[j].low + " "
	}
	head := s.lines[i].low
	if hasAny(head, bannerPhrases) {
		return !strings.HasSuffix(head, "?")
	}
	starts := hasPrefixOf(strings.TrimLeft(head, "[*! "), []string{
		"caution", "warning", "external", "rhybudd", "this message", "this email", "this e-mail", "attention", "some people",
		"you don", "be careful", "daeth",
	})
	return starts && hasAny(joined, bannerPhrases)
}

// bannerEnd goes on to the end of the paragraph, or to where the letter begins.
func (s *splitter) bannerEnd(i int) int {
	end := i + 1
	for end < len(s.lines) && end < i+maxBannerLines && s.lines[end].free() && !isGreeting(s.lines[end].low) {
		end++
	}
	if next := s.next(end, 1); next >= 0 && isRule(s.lines[next].bare) {
		end = next + 1
	}
	return end
}

// startsParagraph reports a line with nothing, or nothing undecided, before it.
func (s *splitter) startsParagraph(i int) bool { return i == 0 || !s.lines[i-1].free() }

// isGreeting reports the line with which a letter begins.
func isGreeting(low string) bool {
	if len(low) >= 60 {
		return false
	}
	for _, g := range greetings {
		if rest, ok := strings.CutPrefix(low, g); ok && (rest == "" || strings.IndexByte(" ,!.-", rest[0]) >= 0) {
			return true
		}
	}
	return false
}

// Bounds of what a list or a scanner adds: lines down from its first, and lines up to the rule above it.
const (
	maxFooterLines = 16
	maxFooterRule  = 4
)

// footers decides what lists and virus scanners have added. It begins at the rule above the first line that is known.
func (s *splitter) footers() {
	if s.found&(noticeList|noticeScanner) == 0 {
		return
	}
	for i := 0; i < len(s.lines); i++ {
		l := &s.lines[i]
		if !l.free() || noticeMatcher().in(l.low)&(noticeList|noticeScanner) == 0 {
			continue
		}
		from, ruled := s.footerStart(i)
		if !ruled && (s.countFree(i+1, len(s.lines), maxFooterLines/2) > maxFooterLines/2 || strings.HasSuffix(l.low, "?") || asksOf(l.low)) {
			continue
		}
		end := s.footerEnd(i)
		s.mark(from, end, Footer)
		i = end - 1
	}
}

// asksOf reports a line in which a person asks for something, such as to be taken off a list, in the words that lists use too.
func asksOf(low string) bool {
	low = strings.TrimLeft(low, " \u200b\u200e\u200f\ufeff")
	return hasPrefixOf(low, []string{"i ", "i'd ", "i’d ", "i'm ", "i’m ", "im ", "please ", "pls ", "can ", "could ", "would ", "hi ", "hello ", "kindly ", "we ", "how "}) &&
		!hasPrefixOf(low, []string{"please do not", "please don", "please visit", "please go", "please click", "please see"}) ||
		hasPrefixOf(low, []string{"unsubscribe from this group", "unsubscribe from this list", "remove me"})
}

// footerStart looks for the rule above line i; without one, it is the paragraph of which all lines are short.
func (s *splitter) footerStart(i int) (from int, ruled bool) {
	used := 0
	for j := i; j >= 0 && used <= maxFooterRule; j-- {
		l := &s.lines[j]
		if l.blank() {
			continue
		}
		if l.decided {
			break
		}
		if isRule(l.bare) || isDashes(l.bare) || l.bare == "---" || isNextPart(l.low) {
			return j, true
		}
		used++
	}
	return i, false
}

// isNextPart reports the line that Mailman 2 leaves where a part of a message was, in its archives.
func isNextPart(low string) bool {
	return strings.HasPrefix(low, "---") && strings.Contains(low, "- next part -")
}

// footerEnd goes on to the end of the free lines, but not far. A note about a part ends with its paragraph.
func (s *splitter) footerEnd(i int) int {
	end, used := i, 0
	if strings.Contains(s.lines[i].low, "attachment was scrubbed") {
		for end < len(s.lines) && s.lines[end].free() {
			end++
		}
		return end
	}
	for ; end < len(s.lines) && used < maxFooterLines; end++ {
		l := &s.lines[end]
		if l.blank() {
			continue
		}
		if l.decided || used > 0 && isGreeting(l.low) {
			break
		}
		used++
	}
	return end
}

// disclaimers decides paragraphs of confidentiality, company and data protection. From the first one that is certain,
// all that is left of the same run of own words goes too, where words stand above it.
func (s *splitter) disclaimers() {
	if s.found&(noticeDisclaimer|noticeHint) == 0 {
		return
	}
	for from, end := range s.runs() {
		s.disclaimersIn(from, end)
	}
}

// runs yields the stretches of lines about which nothing is decided.
func (s *splitter) runs() func(func(from, end int) bool) {
	return func(yield func(from, end int) bool) {
		for i := 0; i < len(s.lines); {
			if s.lines[i].decided {
				i++
				continue
			}
			end := i
			for end < len(s.lines) && !s.lines[end].decided {
				end++
			}
			if !yield(i, end) {
				return
			}
			i = end
		}
	}
}

func (s *splitter) disclaimersIn(from, end int) {
	closed := false // a line that ends the letter was seen
	for i := from; i < end; {
		if !s.lines[i].free() {
			i++
			continue
		}
		last := i
		for last < end && s.lines[last].free() {
			last++
		}
		if s.isDisclaimer(i, last, end, closed) {
			stop := end
			if !s.ownBefore(i) {
				stop = last
			}
			s.mark(s.aboveHeader(i), stop, Disclaimer)
			i = stop
			continue
		}
		for ; i < last; i++ {
			closed = closed || isClosing(s.lines[i].low)
		}
	}
}

// isDisclaimer judges the paragraph of the lines from i up to last in a run up to end.
func (s *splitter) isDisclaimer(i, last, end int, closed bool) bool {
	var b strings.Builder
	for ; i < last; i++ {
		b.WriteString(s.lines[i].low)
		b.WriteByte(' ')
	}
	text := b.String()
	found := noticeMatcher().in(text)
	switch {
	case found&(noticeDisclaimer|noticeHint) == 0 || strings.Contains(text, "?"):
		return false
	case found&noticeDisclaimer != 0:
		return true
	}
	hints := 0
	for _, p := range disclaimerHints {
		if strings.Contains(text, p) {
			hints++
		}
	}
	if hints == 0 || s.countFree(last, end, 6) > 6 || strings.HasPrefix(text, "i ") || strings.Contains(text, " i ") {
		return false
	}
	return hints >= 2 || closed && len(text) > 40
}

// countFree counts the free lines from i up to end, and stops counting above limit.
func (s *splitter) countFree(i, end, limit int) (n int) {
	for ; i < end && n <= limit; i++ {
		if s.lines[i].free() {
			n++
		}
	}
	return n
}
