package message

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sencoforum/internal/corpora"
)

// allText gathers the text of every part, attached messages included, with
// white space made one.
func allText(m *Message, depth int) string {
	var b strings.Builder
	for _, p := range m.Walk() {
		switch {
		case p.isAttachedMessage() && depth < 10:
			b.WriteString(allText(p.Message(), depth+1) + " " + p.Text() + " ")
		case len(p.Parts) == 0:
			b.WriteString(p.Text() + " ")
			if p.Encoding == "x-uuencode" {
				b.WriteString(fixUTF8(string(p.Body)) + " ") // the other readers do not decode it
			}
		}
	}
	return oneSpace(b.String())
}

func oneSpace(s string) string { return strings.Join(strings.Fields(s), " ") }

// expectedPart is a node of the trees that came with the stalwart collection.
type expectedPart struct {
	Parts []expectedPart `json:"parts"`
	Body  json.RawMessage
}

// expectedTexts returns the texts of an expected tree.
func expectedTexts(t *testing.T, parts []expectedPart) (all []string) {
	t.Helper()
	for _, p := range parts {
		var body struct {
			Text, HTML *string // encoding/json matches without case
			Message    *expectedPart
		}
		if err := json.Unmarshal(p.Body, &body); err != nil {
			continue // a body that is a word or a list of bytes
		}
		for _, s := range []*string{body.Text, body.HTML} {
			if s != nil {
				all = append(all, *s)
			}
		}
		if body.Message != nil {
			all = append(all, expectedTexts(t, body.Message.Parts)...)
		}
	}
	return all
}

// tally counts how the texts of one collection were found.
type tally struct {
	name                             string
	files, expected, whole, inPieces int
}

// look searches one expected text, as a whole or else in its pieces.
func (c *tally) look(t *testing.T, file, text, got, headers string) {
	t.Helper()
	c.expected++
	if contains(got, text) {
		c.whole++
		return
	}
	for _, piece := range pieces(text) {
		if !contains(got, piece) && !contains(headers, piece) {
			t.Errorf("%s: lost %.300q\ngot %.600q", file, oneSpace(piece), got)
			return
		}
	}
	c.inPieces++
	t.Logf("%s: a text is there in pieces", file)
}

// contains compares with white space made one. A replacement character of the
// expected text stands for what its reader could not decode and we could.
func contains(got, want string) bool {
	want = oneSpace(want)
	if !strings.ContainsRune(want, '\ufffd') {
		return strings.Contains(got, want)
	}
	var expr strings.Builder
	for i, s := range strings.Split(want, "\ufffd") {
		if i > 0 {
			expr.WriteString(".{0,3}")
		}
		expr.WriteString(regexp.QuoteMeta(s))
	}
	return regexp.MustCompile(expr.String()).MatchString(got)
}

// pieces cuts a text at empty lines, and drops from each piece a delimiter line
// with its fields. Two kinds of files need it. In some of the malformed ones an
// inner multipart is never closed, or its header is torn, and the other reader
// keeps the delimiters and the parts behind them as text of one part, where we
// read the parts. And two files of mime4j are one message with two expected
// readings, of which one takes a stray line of the header for text; we join it to
// the field before it.
func pieces(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var all []string
	for piece := range strings.SplitSeq(text, "\n\n") {
		if i := strings.Index("\n"+piece, "\n--"); i >= 0 {
			piece = piece[:max(0, i-1)]
		}
		all = append(all, piece)
	}
	return all
}

// TestCorpusStalwart reads mails with an expected tree each: no text that the
// tree has may be lost.
func TestCorpusStalwart(t *testing.T) {
	c := tally{name: "stalwart"}
	for _, file := range corpora.Files(t, corpora.Dir(t, "mime/stalwart"), "*.eml") {
		var tree expectedPart
		if err := json.Unmarshal(readFile(t, strings.TrimSuffix(file, ".eml")+".json"), &tree); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		c.files++
		m := Parse(readFile(t, file))
		got := allText(m, 0)
		for _, text := range expectedTexts(t, tree.Parts) {
			c.look(t, file, text, got, allHeaders(m))
		}
	}
	c.report(t, 98)
}

// TestCorpusMime4j compares with the decoded bodies of james-mime4j.
func TestCorpusMime4j(t *testing.T) {
	c := tally{name: "mime4j"}
	for _, file := range corpora.Files(t, corpora.Dir(t, "mime/mime4j"), "*.msg") {
		c.files++
		texts, err := filepath.Glob(strings.TrimSuffix(file, ".msg") + "_decoded_*.txt")
		if err != nil {
			t.Fatal(err)
		}
		m := Parse(readFile(t, file))
		got := allText(m, 0)
		for _, text := range texts {
			c.look(t, text, decodeCharset(readFile(t, text), ""), got, allHeaders(m))
		}
	}
	c.report(t, 93)
}

// report logs the counts and fails where fewer than want of 100 were found whole.
func (c *tally) report(t *testing.T, want int) {
	t.Helper()
	t.Logf("%s: %d files, %d texts expected, %d found whole, %d in pieces, %d lost",
		c.name, c.files, c.expected, c.whole, c.inPieces, c.expected-c.whole-c.inPieces)
	share(t, c.name, c.whole, c.expected, want)
}

// TestCorpusWithoutExpectations reads what has no expected result: every message
// that has text must yield some. Those that have none are a file alone, or a
// header alone.
func TestCorpusWithoutExpectations(t *testing.T) {
	for name, limit := range map[string]int{"mime/enmime": 7, "mime/mikel": 3} {
		dir := corpora.Dir(t, name)
		files := append(filesOrNone(t, dir, "*.raw"), filesOrNone(t, dir, "*.eml")...)
		empty := 0
		for _, file := range files {
			m := Parse(readFile(t, file))
			if strings.TrimSpace(m.Text()) == "" {
				empty++
				t.Logf("%s: no text; files %v", file, m.Attachments())
			}
			checkTree(t, m)
		}
		t.Logf("%s: %d files, %d without text", name, len(files), empty)
		if len(files) == 0 || empty > limit {
			t.Errorf("%s: %d of %d files have no text, want at most %d", name, empty, len(files), limit)
		}
	}
}

func filesOrNone(t *testing.T, dir, pattern string) []string {
	t.Helper()
	var all []string
	for _, file := range corpora.Files(t, dir, "*") {
		if ok, _ := filepath.Match(pattern, filepath.Base(file)); ok {
			all = append(all, file)
		}
	}
	return all
}

// allHeaders gathers the text of every field.
func allHeaders(m *Message) string {
	var b strings.Builder
	for _, p := range m.Walk() {
		for _, f := range p.Header.Fields() {
			b.WriteString(decodeWords(f.Value) + " ")
		}
	}
	return oneSpace(b.String())
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
