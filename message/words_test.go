package message

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// checkSegments holds what Split promises of every text.
func checkSegments(t testing.TB, text string, segments []Segment) {
	t.Helper()
	var all strings.Builder
	for i, s := range segments {
		all.WriteString(s.Text)
		if s.Text == "" || i > 0 && s.Kind == segments[i-1].Kind {
			t.Errorf("segment %d is empty or of the kind of the one before: %v", i, segments)
		}
	}
	if all.String() != text {
		t.Errorf("the segments of %q are %q", text, all.String())
	}
	if hasLetters(text) && !hasLetters(OwnWords(segments)) {
		t.Errorf("no own words are left of %q", text)
	}
}

// sampleMail is a text with the kind that each line should have.
type sampleMail struct {
	name  string
	text  string
	kinds []Kind
}

var sampleKinds = map[byte]Kind{
	'o': Own, 'q': Quoted, 's': Signature, 'd': Disclaimer, 'b': Banner, 'l': Footer, 'f': Forwarded,
}

func sampleMails(t testing.TB, file string) (all []sampleMail) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		name, isName := strings.CutPrefix(line, "== ")
		switch {
		case line[0] == '#':
		case isName:
			all = append(all, sampleMail{name: strings.TrimSpace(name)})
		default:
			kind, ok := sampleKinds[line[0]]
			if !ok {
				t.Fatalf("no kind of line: %q", line)
			}
			m := &all[len(all)-1]
			m.text += strings.TrimPrefix(line[1:], " ")
			m.kinds = append(m.kinds, kind)
		}
	}
	return all
}

// lineKinds returns the kind of every line of a text that is split at lines.
func lineKinds(segments []Segment) (kinds []Kind) {
	for _, s := range segments {
		for line := range strings.Lines(s.Text) {
			kinds = append(kinds, s.Kind)
			_ = line
		}
	}
	return kinds
}

// TestSplitMailsOfSchools reads the invented mails, which were labelled before there was a rule.
func TestSplitMailsOfSchools(t *testing.T) {
	compareKinds(t, "words.txt", 60)
}

func TestSplitMoreMailsOfSchools(t *testing.T) { compareKinds(t, "words_held.txt", 20) }

func compareKinds(t *testing.T, file string, atLeast int) {
	t.Helper()
	lines, right, mails, whole := 0, 0, 0, 0
	for _, m := range sampleMails(t, file) {
		mails++
		segments := Split(m.text)
		checkSegments(t, m.text, segments)
		got, wrong := lineKinds(segments), 0
		for i, line := range slices.Collect(strings.Lines(m.text)) {
			if strings.TrimSpace(line) == "" {
				continue
			}
			lines++
			if got[i] == m.kinds[i] {
				right++
				continue
			}
			wrong++
			t.Errorf("%s: %v is taken for %v: %q", m.name, m.kinds[i], got[i], line)
		}
		if wrong == 0 {
			whole++
		}
	}
	t.Logf("%s: %d of %d mails whole, %d of %d lines", file, whole, mails, right, lines)
	if mails < atLeast {
		t.Errorf("%d mails, want at least %d", mails, atLeast)
	}
}

func FuzzSplit(f *testing.F) {
	for _, m := range sampleMails(f, "words.txt") {
		f.Add(m.text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkSegments(t, text, Split(text)) })
}
