package notice

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestEverySentenceIsInAWantedMail demands of every piece of text in this package that some wanted mail shows it, so that no
// mail and no variant of one is left out of the tests that read all of them.
func TestEverySentenceIsInAWantedMail(t *testing.T) {
	var shown strings.Builder
	for _, m := range everyMail(t) {
		shown.WriteString(plainly(m.subject) + "\n" + plainly(m.text) + "\n")
	}
	all := strings.ToLower(shown.String())
	pieces := 0
	for _, s := range sentences(t, ".") {
		pieces++
		if !strings.Contains(all, strings.ToLower(s.words)) {
			t.Errorf("%s: no wanted mail shows %q: add one to the tests of mails", s.at, s.words)
		}
	}
	if pieces < 200 {
		t.Errorf("only %d pieces of text were found", pieces)
	}
}

// otherwise are files whose words are no mails: what is said of a text to whoever writes one, and the frame of pages. TestTexts reads
// the usual texts.
var otherwise = map[string]bool{"english.go": true, "frame.go": true, "page_about.go": true, "kinds.go": true, "html.go": true, "texts.go": true}

// sentence is a piece of a text in the code, as plainly leaves it.
type sentence struct{ at, words string }

// fewest is how many words a piece of text has that is looked for.
const fewest = 4

// sentences are the pieces of text in the code of a package: those of string literals, between what is filled in.
func sentences(t *testing.T, dir string) (all []sentence) {
	t.Helper()
	files := token.NewFileSet()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || otherwise[filepath.Base(name)] {
			continue
		}
		file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, is := n.(*ast.CallExpr); is && isError(call) {
				return false
			}
			lit, is := n.(*ast.BasicLit)
			if !is || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			for _, piece := range filledIn.Split(text, -1) {
				if words := plainly(piece); len(strings.Fields(words)) >= fewest && !notOfMails.MatchString(words) {
					all = append(all, sentence{files.Position(lit.Pos()).String(), words})
				}
			}
			return true
		})
	}
	return all
}

var (
	filledIn   = regexp.MustCompile(`%[-+ 0-9.*]*[a-z]|\n\n`)
	notOfMails = regexp.MustCompile(`^sencoforum |^\[cut|Content-Type|Monday 2`) // commands, marks of what is cut, fields, forms of dates
)

// isError reports a call that makes an error, which no mail shows.
func isError(call *ast.CallExpr) bool {
	f, is := call.Fun.(*ast.SelectorExpr)
	if !is {
		return false
	}
	pkg, is := f.X.(*ast.Ident)
	return is && (pkg.Name == "fmt" && f.Sel.Name == "Errorf" || pkg.Name == "errors" || pkg.Name == "regexp")
}

// plainly is a text without line ends, marks of quotes and of ends of pieces, so that where lines are broken does not matter.
func plainly(text string) string {
	return strings.Trim(strings.Join(strings.Fields(text), " "), ` "'.,:;()<`)
}
