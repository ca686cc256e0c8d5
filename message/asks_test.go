package message

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sencoforum/internal/corpora"
)

// labelled is a text with what a reader said about it.
type labelled struct {
	yes           bool
	source        string
	subject, text string
	held          bool // not looked at while the rules were written
}

// labels reads a table of testdata. Texts that are named by their Message-ID are looked up in the archives; without them
// they are left out.
func labels(t *testing.T, name string) (all []labelled) {
	t.Helper()
	real := realMails(t)
	for line := range strings.Lines(string(readFile(t, filepath.Join("testdata", name)))) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(cells) != 4 {
			continue
		}
		label, held := strings.CutPrefix(cells[0], "h")
		l := labelled{held: held, yes: label == "1", source: cells[1], subject: cells[2], text: strings.ReplaceAll(cells[3], `\n`, "\n")}
		if l.source != "own" {
			m := real[cells[2]]
			if m == nil {
				continue
			}
			l.subject, l.text = m.Subject(), m.Words().Own
		}
		all = append(all, l)
	}
	return all
}

// realMails returns the messages of the archives by their Message-ID, or nothing where there are none.
func realMails(t *testing.T) map[string]*Message {
	t.Helper()
	all := make(map[string]*Message)
	t.Run("archives", func(t *testing.T) { // skipped where they are absent, and the rest is not
		file, err := os.Open(filepath.Join(corpora.Dir(t, "archive-twisted-web"), "twisted-web.mbox.gz"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close() //nolint:errcheck // only read
		unzipped, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		mbox, err := io.ReadAll(unzipped)
		if err != nil {
			t.Fatal(err)
		}
		add := func(raw []byte) {
			m := Parse(raw)
			if id := strings.Trim(strings.TrimSpace(m.Header.Get("Message-ID")), "<>"); all[id] == nil {
				all[id] = m
			}
		}
		for _, raw := range bytes.Split(mbox, []byte("\n\nFrom ")) {
			if _, rest, ok := bytes.Cut(raw, []byte("\n")); ok {
				add(rest)
			}
		}
		walk := func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				add(readFile(t, path))
			}
			return err
		}
		if err := filepath.WalkDir(corpora.Dir(t, "archive-notmuch"), walk); err != nil {
			t.Fatal(err)
		}
	})
	return all
}

// judged counts what a rule said of labelled texts.
type judged struct{ hits, wrong, missed, rest int }

func (j *judged) add(label, said bool) {
	switch {
	case label && said:
		j.hits++
	case said:
		j.wrong++
	case label:
		j.missed++
	default:
		j.rest++
	}
}

func (j judged) report(t *testing.T, name string) (precision, recall int) {
	t.Helper()
	precision, recall = 100*j.hits/max(1, j.hits+j.wrong), 100*j.hits/max(1, j.hits+j.missed)
	t.Logf("%s: %d texts, precision %d %% (%d of %d), recall %d %% (%d of %d)", name, j.hits+j.wrong+j.missed+j.rest,
		precision, j.hits, j.hits+j.wrong, recall, j.hits, j.hits+j.missed)
	return precision, recall
}

// measure judges each label in one of its sets, and fails where all together fall below the bounds in hundredths.
func measure(t *testing.T, table string, rule func(labelled) bool, precision, recall int) {
	t.Helper()
	sets := make(map[string]*judged)
	for _, l := range labels(t, table) {
		said := rule(l)
		name := "developed"
		if l.held {
			name = "held"
		}
		for _, set := range []string{"all", name, l.source} {
			if sets[set] == nil {
				sets[set] = new(judged)
			}
			sets[set].add(l.yes, said)
		}
		if said != l.yes && !l.held {
			t.Logf("%v is wrong: %q %.150q", said, l.subject, l.text)
		}
	}
	for _, set := range []string{"developed", "held", "own", "archive-twisted-web", "archive-notmuch"} {
		if sets[set] != nil {
			sets[set].report(t, table+" "+set)
		}
	}
	if p, r := sets["all"].report(t, table+" all"); p < precision || r < recall {
		t.Errorf("%s: precision %d and recall %d, want %d and %d", table, p, r, precision, recall)
	}
}

func TestAsksMeasured(t *testing.T) {
	measure(t, "questions.tsv", func(l labelled) bool { return Asks(l.text, l.subject) }, 94, 93)
}

func TestAnswersMeasured(t *testing.T) {
	measure(t, "answers.tsv", func(l labelled) bool { return Answers(l.text) }, 80, 90)
}

func TestAsks(t *testing.T) {
	for _, c := range []struct {
		name, subject, own string
		want               bool
	}{
		{"a question mark at the end of a sentence", "Pens", "Are pens allowed?", true},
		{"a question mark inside a link is none", "Link", "Read https://x.example/a?b=1 tonight.", false},
		{"a link that ends in a question mark is none", "Link", "Read https://x.example/a? It is good.", false},
		{"a phrase of asking without a mark", "Pens", "Grateful for any ideas about pens.", true},
		{"the subject alone asks", "Which pens?", "We start on Monday.", true},
		{"a typographic apostrophe is one", "Pens", "I don’t know how the pens are charged.", true},
		{"an offer is no question", "Pens", "Would anyone like our old pens?", false},
		{"an announcement is no question", "Newsletter 4", "What is dyscalculia? Read it inside.", false},
		{"nothing asks nothing", "", "", false},
	} {
		if got := Asks(c.own, c.subject); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name, own string
		want      bool
	}{
		{"a few words that say something", "Hi Jo\n\nForm 9, not form 8.\n\nSue", true},
		{"advice as a question", "Have you tried the hospital school?", true},
		{"thanks and no more", "Thank you so much, this is really helpful.\nJo", false},
		{"thanks and then an answer", "Thanks for asking. We use the GL one and like it.", true},
		{"wishing to have the same", "Me too please! I would love a copy of it.", false},
		{"a question back", "Which year group is the child in?", false},
		{"a program in a person's name", "I am out of the office until Monday and shall read your message then.", false},
		{"names and greetings alone", "Hi Sue\nKind regards\nJo", false},
	} {
		if got := Answers(c.own); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func FuzzAsks(f *testing.F) {
	f.Add("Are pens allowed?", "Pens")
	f.Add("https://x.example/?a?", "??")
	f.Fuzz(func(_ *testing.T, own, subject string) {
		Asks(own, subject)
		Answers(own)
	})
}
