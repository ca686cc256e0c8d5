package message

import (
	"encoding/json"
	"strings"
	"testing"

	"sencoforum/internal/corpora"
)

// expectedTree writes the tree of the stalwart collection as "(T(TB)E)": a multipart in brackets, T a text, E a message,
// B another file; the texts come in the same order.
func expectedTree(t *testing.T, parts []expectedPart, n int, texts *[]string) string {
	t.Helper()
	var body struct {
		Multipart  []int
		Text, HTML *string
		Message    *json.RawMessage
	}
	if n >= len(parts) || json.Unmarshal(parts[n].Body, &body) != nil {
		return "B"
	}
	for _, s := range []*string{body.Text, body.HTML} {
		if s != nil {
			*texts = append(*texts, *s)
			return "T"
		}
	}
	switch {
	case body.Message != nil:
		return "E"
	case body.Multipart == nil:
		return "B"
	}
	var b strings.Builder
	for _, child := range body.Multipart {
		b.WriteString(expectedTree(t, parts, child, texts))
	}
	return "(" + b.String() + ")"
}

// ownTree writes our tree in the same way.
func ownTree(p *Part, texts *[]string) string {
	switch {
	case len(p.Parts) > 0:
		var b strings.Builder
		for _, child := range p.Parts {
			b.WriteString(ownTree(child, texts))
		}
		return "(" + b.String() + ")"
	case p.isAttachedMessage():
		return "E"
	case strings.HasPrefix(p.Type, "text/"):
		*texts = append(*texts, p.Text())
		return "T"
	}
	return "B"
}

// TestCorpusTrees counts the mails whose tree is the expected one, and of those the texts that are the same letter by
// letter but for white space. Where they differ neither is wrong: most of these mails are malformed on purpose, and what
// counts is that no text is lost (TestCorpusStalwart).
func TestCorpusTrees(t *testing.T) {
	files, trees, texts, same := 0, 0, 0, 0
	for _, file := range corpora.Files(t, corpora.Dir(t, "mime/stalwart"), "*.eml") {
		var tree expectedPart
		if err := json.Unmarshal(readFile(t, strings.TrimSuffix(file, ".eml")+".json"), &tree); err != nil {
			t.Fatal(err)
		}
		files++
		var want, got []string
		wantTree, gotTree := expectedTree(t, tree.Parts, 0, &want), ownTree(Parse(readFile(t, file)).Root, &got)
		if wantTree != gotTree {
			t.Logf("%s: tree %.100s, expected %.100s", file, gotTree, wantTree)
			continue
		}
		trees++
		for i := range want {
			texts++
			if oneSpace(want[i]) == oneSpace(got[i]) {
				same++
			} else {
				t.Logf("%s: text %.100q, expected %.100q", file, oneSpace(got[i]), oneSpace(want[i]))
			}
		}
	}
	share(t, "stalwart trees", trees, files, 85)
	share(t, "stalwart texts of equal trees", same, texts, 90)
}
