package notice

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/list"
	"sencoforum/message"
)

// framesAround are words around mails, as lists would have them.
var framesAround = map[kind]string{
	kindWelcome:     "Croeso i {list}, {name}.\nMae pob cwestiwn yn iawn yma.\n\n{usual}\n\nSchool news this term:\nhttps://forum.example.org/news",
	kindReturned:    "{usual}\n\nDo you want to talk about it? Ring the SEND helpline of your council.\nQuestions about the forum go to {owner}",
	kindConfirmJoin: "This forum is kept going by people who work in schools, in their own time.\n\n{usual}",
	kindGoodbye:     "{usual}\n\nThe door stays open, {name}.",
}

func TestMailsWithAListsOwnWordsAround(t *testing.T) {
	for k, own := range framesAround {
		x, ok := FindText(k.name())
		if !ok {
			t.Fatalf("no text %s", k.name())
		}
		preview, faults := x.Check(forum, own, morning)
		if len(faults) > 0 {
			t.Errorf("%s: %q\n%s", k, faults, preview)
		}
		golden(t, "own-mail-"+string(k), func() (Mail, error) { return x.shown(toJane(), Tidy(own)) })
	}
}

// Where a list has nothing around a mail, the mail is as it always was, to the last octet, and so it is with words that became
// faulty since they were kept: whoever gets it can answer it.
func TestFaultyWordsAroundAMailAreLeftOut(t *testing.T) {
	n := Goodbye{Token: aToken, Days: 30}
	usually, err := n.Compose(toJane())
	if err != nil {
		t.Fatal(err)
	}
	for name, words := range map[string]string{
		"none":                              "",
		"our own words are lost":            "Goodbye, {name}.",
		"they stand there twice":            "{usual}\nGoodbye.\n{usual}",
		"they stand in a sentence":          "This is {usual} and no more.",
		"a word alone that acts":            "{usual}\n\njoin",
		"a name that makes one":             "{name}\n\n{usual}",
		"a line that quotes":                "> so\n{usual}",
		"a line that begins a signature":    "{usual}\n-- \nThe team",
		"a token":                           "{usual}\nhttps://lists.example.org/yes/" + aToken,
		"nothing but what is always there ": "{usual}",
	} {
		to := toJane()
		to.List.Frames = list.FramesOf(map[string]string{kindGoodbye.name(): words})
		if name == "a name that makes one" {
			to.Person.Name = "Join"
			if got, err := n.Compose(to); err != nil || strings.Contains(string(got.Body), "\nJoin\r\n") {
				t.Errorf("%s: %v\n%s", name, err, got.Body)
			}
			continue
		}
		got, err := n.Compose(to)
		if err != nil || string(got.Header)+string(got.Body) != string(usually.Header)+string(usually.Body) {
			t.Errorf("%s: %v\n%s", name, err, got.Body)
		}
	}
}

func TestWordsThatNoListCanHaveAroundAMail(t *testing.T) {
	for name, c := range map[string]struct{ words, want string }{
		"no place for the usual words":              {"Goodbye, {name}.", "{usual} has to stand in it once, on a line alone"},
		"two places":                                {"{usual}\nSo it is.\n{usual}", "{usual} has to stand in it once"},
		"a place within a sentence":                 {"We say {usual} here.", "{usual} has to stand in it once"},
		"nothing else":                              {"{usual}\n", "no words of your own around {usual}"},
		"how many there are":                        {"We are {members}.\n{usual}", "{members} cannot stand in it; what can: {usual} {name} {list} {post} {owner}"},
		"too many lines":                            {"a\nb\nc\nd\n{usual}\ne\nf\ng\nh\ni", "lines; the most is 8"},
		"one line that is broken into many":         {"{usual}\n" + strings.Repeat("We are here for all of you. ", 30), "lines; the most is 8"},
		"a word alone":                              {"{usual}\nleave", "a word alone that acts"},
		"a signature":                               {"{usual}\n-- \nThe team", "begins as a quote or a signature does"},
		"a quote that a broken line may begin":      {"{usual}\nAll is well here, and so it is, and so it will be > or not.", "begins as a quote"},
		"what to answer":                            {"{usual}\nTo stay with us, reply: join", `it says "reply"`},
		"that one can answer":                       {"{usual}\nWe read all replies.", `it says "replies"`},
		"a token":                                   {"{usual}\nhttps://forum.example.org/yes/snc1_0", "a personal link"},
		"a hard sentence":                           {"{usual}\nModerators evaluate applications individually.", "it reads at grade"},
		"a banned word":                             {"It is pending.\n{usual}", `it says "pending"`},
		"a hard sentence that the usual words hide": {"{usual}\n\nThe professional association recommends individual consideration.", "it reads at grade"},
	} {
		x, _ := FindText(kindGoodbye.name())
		if _, faults := x.Check(forum, c.words, morning); !strings.Contains(strings.Join(faults, "\n"), c.want) {
			t.Errorf("%s: %q, want %q", name, faults, c.want)
		}
	}
}

// A line is never broken so that a word stands alone on it that acts, where one before it can come along.
func TestABrokenLineIsNoWordAlone(t *testing.T) {
	x := strings.Repeat("x", 76)
	for words, want := range map[string]string{
		x[:70] + " so leave.":         x[:70] + "\nso leave.",
		x[:68] + " so we send anyway": x[:68] + " so\nwe send anyway",
		x[:68] + " so we leave now":   x[:68] + " so we\nleave now",
		x[:74] + " leave":             x[:74] + "\nleave",
	} {
		if got := Filled(words, toJane(), 0); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Whatever stands around a mail and whatever its reader is called, all that the mail always says is there, in its order.
func FuzzWordsAroundAMail(f *testing.F) {
	f.Add("Croeso, {name}.\n\n{usual}\n\nHwyl fawr.", "Jane Smith")
	f.Add("{usual}\r\n-- \r\n{name}", "leave")
	f.Add("{name} {list}\n {usual} \n> {owner}{post}", "\u202e{usual}\x00")
	f.Fuzz(func(t *testing.T, words, name string) {
		to := toJane()
		to.Person.Name = name
		n := Returned{Matter: parts(), Reason: "Please leave the name out."}
		usually, err := n.Compose(to)
		if err != nil {
			t.Fatal(err)
		}
		to.List.Frames = list.FramesOf(map[string]string{kindReturned.name(): Tidy(words)})
		got, err := n.Compose(to)
		if err != nil || string(got.Header) != string(usually.Header) && !strings.Contains(string(got.Header), "\r\nContent-Transfer-Encoding: ") {
			t.Fatalf("%v\n%s", err, got.Header)
		}
		text := func(m Mail) string { return message.Parse(slices.Concat(m.Header, m.Body)).Text() }
		rest := text(got)
		for line := range strings.Lines(text(usually)) {
			_, after, found := strings.Cut("\n"+rest, "\n"+line)
			if !found {
				t.Fatalf("%q is lost in\n%s", line, text(got))
			}
			rest = after
		}
		if rest != "" {
			t.Errorf("below what goes back: %q", rest)
		}
	})
}

// Each mail to a person has its kind, and only that one: its sample has the words around that kind, once, and none of another's.
func TestEveryKindHasItsMail(t *testing.T) {
	const mark = "These words are the list's own."
	names := map[kind]bool{}
	for _, a := range kinds() {
		if names[a.kind] || a.kind == ours {
			t.Errorf("%q stands there twice", a.kind)
		}
		names[a.kind] = true
		others := map[string]string{}
		for _, o := range kinds() {
			if o.kind != a.kind {
				others[o.kind.name()] = "Of another mail: {list}.\n{usual}"
			}
		}
		x, _ := FindText(a.kind.name())
		to := toJane()
		to.List.Frames = list.FramesOf(others)
		usually, err := a.sample(to)
		if err != nil || strings.Contains(string(usually.Body), "Of another mail") {
			t.Errorf("%s: %v\n%s", a.kind, err, usually.Body)
		}
		for _, words := range []string{mark + "\n\n{usual}", "{usual}\n\n" + mark} {
			preview, faults := x.Check(forum, words, morning)
			if len(faults) > 0 || strings.Count(preview, mark) != 1 || len(preview) < len(mark)+60 {
				t.Errorf("%s: %q\n%s", a.kind, faults, preview)
			}
		}
	}
}

// TestNoMailToAPersonLacksAKind reads the code: whatever composes a mail names a kind of the table, but what is ours; and there is no
// other way to compose one than those that are listed.
func TestNoMailToAPersonLacksAKind(t *testing.T) {
	toModerators := []string{"To.moderators", "HeldHelp.Compose", "ManyLeft.Compose", ".WithoutModerator", "Report.ToModerator", "Bounce.ToModerator",
		"Bounce.ComplaintToModerator", "Bounce.Alarm", "Bounce.compose"}
	ends := []string{"finishBoth", "Round.compose", "ReportAlarm.compose", "To.compose", "ForPeople.Compose", "Bounce.compose", "Provider.compose", "WasThisYou.Compose", "Certificate.Compose"}
	used, composed := map[string]bool{}, 0
	eachCall(t, func(in, called string, args []ast.Expr) {
		switch called {
		case "compose", "robotAt":
			first, is := args[0].(*ast.Ident)
			if !is { // of a Round or a Provider, which go to moderators
				return
			}
			composed++
			if first.Name == "ours" && !slices.Contains(toModerators, in) {
				t.Errorf("%s composes a mail that no list can have words around", in)
			}
		case "finish", "finishBoth":
			if !slices.Contains(ends, in) {
				t.Errorf("%s composes a mail by a way of its own", in)
			}
		}
	}, used, codeFiles(t)...)
	tabled := map[string]bool{}
	eachCall(t, nil, tabled, "kinds.go")
	if diff := cmp.Diff(tabled, used); diff != "" || composed < 50 || len(kinds()) != len(tabled) {
		t.Errorf("%d mails are composed; kinds in the table and used (-table +used):\n%s", composed, diff)
	}
}

// codeFiles are those of this package but the table of kinds.
func codeFiles(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, "_test.go") || name == "kinds.go" })
}

var kindForm = regexp.MustCompile(`^kind[A-Z]\w+$`)

// eachCall goes over the calls in files of this package, with the function that each stands in, and notes which kinds are named.
func eachCall(t *testing.T, visit func(in, called string, args []ast.Expr), named map[string]bool, files ...string) {
	t.Helper()
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, is := d.(*ast.FuncDecl)
			if !is {
				continue
			}
			in := funcName(f)
			ast.Inspect(f, func(n ast.Node) bool {
				switch x := n.(type) {
				case *ast.Ident:
					if kindForm.MatchString(x.Name) {
						named[x.Name] = true
					}
				case *ast.CallExpr:
					if called := lastName(x.Fun); visit != nil && len(x.Args) > 0 {
						visit(in, called, x.Args)
					}
				}
				return true
			})
		}
	}
}

// funcName is a function as this test names it: Type.Name, or a name after a point.
func funcName(f *ast.FuncDecl) string {
	of := "."
	if f.Recv != nil {
		if id, is := f.Recv.List[0].Type.(*ast.Ident); is {
			of = id.Name + "."
		}
	}
	if of == "." && !ast.IsExported(f.Name.Name) {
		of = ""
	}
	return of + f.Name.Name
}

func lastName(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}
