package web

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// A role is somebody in the matrix, by what they are in the first list.
type role struct {
	name  string
	in    list.Role // in the first list; empty: not on it
	other bool      // on the second list
	wrote bool      // the post of the address
}

var roles = []role{
	{name: "visitor"}, {name: "member of another list", other: true}, {name: "former member"}, {name: "member", in: list.RoleMember},
	{name: "writer", in: list.RoleMember, wrote: true}, {name: "moderator", in: list.RoleModerator}, {name: "owner", in: list.RoleOwner}, {name: "auditor", in: list.RoleAuditor},
}

// states are what may be changed about the first list.
var states = map[string]func(*list.List){
	"open": func(*list.List) {}, "closed": func(l *list.List) { l.Closed = true }, "emergency": func(l *list.List) { l.Emergency = true },
}

// may is what the table must let somebody do with an address of the first list.
func (r role) may(n need) bool {
	switch n {
	case signedIn:
		return r.in != "" || r.other
	case readsIt:
		return r.in != ""
	case ownsIt:
		return r.in.Moderates() || r.wrote
	case moderates:
		return r.in.Moderates()
	case audits:
		return r.in.Moderates() || r.in == list.RoleAuditor
	}
	return true
}

// matrixSite has everybody of the matrix, and a post with a file in each list. What stands in them is secret.
func matrixSite(t *testing.T, change func(*list.List)) (s *site, people map[string]list.PersonID) {
	s = newSite(t, func(c *Config) {
		c.Demo, c.Desk = nobody{}, (&deskLog{says: Outlook{Fate: fateGoes}}).desk()
		c.Data = func(context.Context, io.Writer, list.PersonID) error { return nil }
	})
	people = map[string]list.PersonID{}
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		if err != nil {
			return err
		}
		change(&l)
		if err := list.Save(tx, l); err != nil {
			return err
		}
		for _, of := range []list.ID{1, 2} {
			if _, _, err := archive.AddTopic(tx, archive.Topic{List: of, Name: fmt.Sprint("Subject ", of)}); err != nil {
				return err
			}
			if _, _, err := archive.CreateCollection(tx, archive.Collection{List: of, Title: fmt.Sprint("Subject ", of), Intro: fmt.Sprint(map[list.ID]string{1: "Secret", 2: "Open"}[of], " words")}); err != nil {
				return err
			}
		}
		for i, r := range roles[1:] {
			p, err := list.AddPerson(tx, list.Person{Name: r.name, Address: testdb.Address(t, fmt.Sprintf("r%d@school.example", i))})
			if err != nil {
				return err
			}
			people[r.name] = p.ID
			for of, as := range map[list.ID]list.Role{1: r.in, 2: map[bool]list.Role{true: list.RoleMember}[r.other]} {
				if as == "" {
					continue
				}
				if err := list.Join(tx, list.Membership{List: of, Person: p.ID, Role: as, Mode: list.ModeEvery}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	file := "Content-Type: text/plain; name=\"file-1.txt\"\r\nContent-Disposition: attachment; filename=\"file-1.txt\""
	s.post(1, people["writer"], "Secretsubject", "--b\nContent-Type: text/html\n\n<p>Secretwords <b>for</b> members.</p>\n--b\n"+strings.ReplaceAll(file, "\r\n", "\n")+"\n\nSecretcontent\n--b--", `Content-Type: multipart/mixed; boundary="b"`)
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		c, err := archive.FindCollection(tx, 1, "subject-1")
		if err != nil {
			return err
		}
		if _, _, err := archive.PutEntry(tx, c, archive.Entry{Thread: 1, Summary: "Secretsummary"}); err != nil {
			return err
		}
		_, err = archive.Tag(tx, 1, 1)
		return err
	})
	s.reported(1, people["member"], "Secretreport")
	s.digest()
	s.held(heldMail{by: people["member"], subject: "Secretitem", body: "Secretwait"})
	return s.searching(), people
}

type nobody struct{}

func (nobody) People() []DemoPerson                                         { return nil }
func (nobody) Mails(message.Address) ([][]byte, error)                      { return [][]byte{[]byte(htmlMail)}, nil }
func (nobody) Digest(context.Context, list.List, list.Person) (bool, error) { return true, nil }

const htmlMail = "Subject: Weekly\r\nContent-Type: text/html\r\n\r\n<p style=\"color:red\">A week</p>"

// example fills in the pieces of an address with what is in the first list.
func example(path string) string {
	return strings.NewReplacer("{number}", "1", "{name}", map[bool]string{true: "file-1.txt", false: "subject-1"}[strings.HasPrefix(path, "/a/")],
		"{person}", "2", "{kind}", "weekly", "{day}", "2026-11-23", "{mail}", demoName([]byte(htmlMail)), "{item}", hold.Number(1).Code(), "{report}", "2", "{year}", "2026", "{month}", "11", "{token...}", "x", "{token}", "x", "{list}", "senco-forum", "{page...}", "2026-November/date.html").Replace(path)
}

// TestWhoMayOpenWhat asks for every route of the table as everybody, in every state of a list. The matrix has no exceptions:
// a route that is not in it does not exist.
func TestWhoMayOpenWhat(t *testing.T) {
	for state, change := range states {
		s, people := matrixSite(t, change)
		if len(s.server.routes) < 40 {
			t.Fatalf("only %d routes", len(s.server.routes))
		}
		browsers := map[string]*browser{}
		for _, rt := range s.server.routes {
			path := example(rt.path)
			if rt.path == "/h/{name}" {
				path = "/h/size"
			}
			visitors, _ := s.browser().ask(rt.method, path, "")
			for _, r := range roles {
				if browsers[r.name] == nil || rt.method == "POST" { // which may sign out
					browsers[r.name] = s.as(people[r.name])
				}
				answer, html := browsers[r.name].ask(rt.method, path, "")
				if rt.method == "POST" {
					delete(browsers, r.name)
				}
				what := fmt.Sprintf("%s, %s: %s %s: %d", state, r.name, rt.method, path, answer.StatusCode)
				signed := r.in != "" || r.other
				switch secret := strings.Contains(html, "Secret"); {
				case answer.StatusCode >= 500 || answer.StatusCode == http.StatusMethodNotAllowed:
					t.Error(what)
				case !r.may(rt.need) && (secret || answer.StatusCode < 400):
					t.Errorf("%s, though they may not\n%s", what, html)
				case !r.may(rt.need) && !signed && (answer.StatusCode != http.StatusForbidden || answer.StatusCode != visitors.StatusCode || !strings.Contains(html, "Sign in to read the archive")):
					t.Errorf("%s, want the page for visitors", what)
				case !r.may(rt.need) && signed && answer.StatusCode != http.StatusNotFound:
					t.Errorf("%s, want 404", what)
				case r.in == "" && secret:
					t.Errorf("%s shows what is in the list", what)
				case r.may(rt.need) && (answer.StatusCode == http.StatusForbidden || rt.need >= readsIt && answer.StatusCode >= 400):
					t.Errorf("%s, though they may\n%s", what, html)
				}
			}
		}
	}
}

// Opening every page changes nothing that is stored, whoever opens it and however often.
func TestOpeningPagesChangesNothing(t *testing.T) {
	s, people := matrixSite(t, states["open"])
	var all []*browser
	for _, r := range roles {
		all = append(all, s.as(people[r.name]))
	}
	before := s.db.Stats()
	for _, rt := range s.server.routes {
		for _, b := range all {
			if rt.method == "GET" {
				b.ask("GET", example(rt.path), "")
				b.ask("HEAD", example(rt.path), "")
			}
		}
	}
	if after := s.db.Stats(); after.Transactions != before.Transactions {
		t.Errorf("%d transactions", after.Transactions-before.Transactions)
	}
}

// A visitor learns nothing from what is there: the page is the same, to the byte, but for the address itself.
func TestVisitorsCannotTellWhatIsThere(t *testing.T) {
	s, _ := matrixSite(t, states["open"])
	for _, pair := range [][2]string{{"/t/1", "/t/9"}, {"/m/1", "/m/9"}, {"/a/1/file-1.txt", "/a/9/file-1.txt"}, {"/topic/subject-1", "/topic/subject-9"}, {"/collection/subject-1", "/collection/subject-9"}, {"/m/1/raw", "/m/9/raw"}, {"/digest/senco-forum/weekly/2026-11-23", "/digest/no-forum/weekly/2026-11-30"}} {
		a, there := s.browser().ask("GET", pair[0], "")
		b, not := s.browser().ask("GET", pair[1], "")
		if a.StatusCode != b.StatusCode || strings.ReplaceAll(there, pair[0], pair[1]) != not {
			t.Errorf("%s can be told from %s", pair[0], pair[1])
		}
	}
}

// Every POST from a page of another site is refused, whoever is signed in.
func TestNoOtherSiteSendsAForm(t *testing.T) {
	s, people := matrixSite(t, states["open"])
	posts := 0
	for _, rt := range s.server.routes {
		if rt.method != "POST" {
			continue
		}
		posts++
		for _, head := range []map[string]string{{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}} {
			b := s.as(people["owner"])
			b.head = head
			if r, _ := b.ask("POST", example(rt.path), ""); r.StatusCode != http.StatusForbidden || len(r.Cookies()) > 0 {
				t.Errorf("%s, %v: %d", rt.path, head, r.StatusCode)
			}
		}
	}
	if posts < 9 {
		t.Errorf("only %d", posts)
	}
}

// readers are the functions of the archive that the pages may use: those that take who reads, and those that give out nothing
// that anybody wrote.
var readers = []string{
	"ReadPost", "ReadText", "ReadThread", "StartTitles", "Overview", "Query", "Cursor", "Number", "Post", "Discussion", "Summary", "Collection", "Title",
	"Month", "RemovedError", "Topic", "TopicID", "Topics", "FindTopic", "ReadCollections", "ReadCollection", "ErrNoCollection", "Entry", "ActiveMonth", "Waits", "CountByTopic", "Curated", "Era", "OldURL", "ByBegun", "ByLatest",
	"ErrNoPost", "ErrNoThread", "ErrNoTopic", "ErrRemoved", "ErrManyPinned", "Summarize", "Solve", "NotAskerError", "Published", "Hidden", "Waiting",
}

// TestPagesReadThroughReaders holds the promise that the archive gives out nothing without a reader: the pages use no other
// function of it, and of the intake only an error.
func TestPagesReadThroughReaders(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		b, err := fs.ReadFile(os.DirFS("."), name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, b, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			switch x, _ := sel.X.(*ast.Ident); {
			case x == nil:
			case x.Name == "archive" && !slices.Contains(readers, sel.Sel.Name):
				t.Errorf("%s uses archive.%s, which takes no reader", name, sel.Sel.Name)
			case x.Name == "intake" && sel.Sel.Name != "ErrNoMessage":
				t.Errorf("%s uses intake.%s", name, sel.Sel.Name)
			case sel.Sel.Name == "List" && x.Name == "Overview":
				t.Errorf("%s lists without a reader", name)
			}
			return true
		})
		if strings.Contains(string(b), "Overview.List(") || strings.Contains(string(b), "Overview.Get(") {
			t.Errorf("%s lists discussions without a reader", name)
		}
	}
}
