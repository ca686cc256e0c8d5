package web

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/search"
	"sencoforum/store"
)

// searching lets the members of a site search for what is in the archive by now.
func (s *site) searching() *site {
	s.t.Helper()
	log := slog.New(slog.DiscardHandler)
	x := search.Open(log, s.db, s.server.cfg.Overview, search.Config{Dir: filepath.Join(s.t.TempDir(), "search"), Now: func() time.Time { return s.now }})
	s.t.Cleanup(func() {
		if err := x.Close(); err != nil {
			s.t.Error(err)
		}
	})
	if err := x.Rebuild(context.Background(), func(int) {}); err != nil {
		s.t.Fatal(err)
	}
	words, err := search.LoadVocabulary(s.t.TempDir())
	if err != nil {
		s.t.Fatal(err)
	}
	s.index, s.server.cfg.Search = x, search.NewSearcher(x, words)
	s.server.routes = s.server.table()
	return s
}

// searchSite has a few discussions on two lists; Tom (1) reads both, Asha (2) the first.
func searchSite(t *testing.T) *site {
	s := newSite(t, nil)
	q := s.post(1, 1, "Views of parents at an annual review?", "Which form do you use for what parents say at the annual review?", "From: Priya N. <priya@school.example>")
	s.answer(1, 2, q, "We send the parents a form six weeks ahead, and the date is fixed by then. Half of them come back in the first week.\n\n> Which form do you use?", "From: Margaret O. <m@school.example>")
	s.post(1, 2, "Statement of a boy in Year 5", "His statement says 20 hours. Is that still right?", "Date: Mon, 2 Mar 2009 10:00:00 +0000")
	s.post(1, 1, "Coloured overlays", "Do overlays help? See https://overlays.example/ and tell me.", "Date: Mon, 2 Mar 2015 10:00:00 +0000")
	s.post(2, 1, "Budget for parents", "Heads only: the parents of the annual fair.")
	testdb.Update(t, s.db, func(tx *store.Tx) error {
		if _, _, err := archive.AddTopic(tx, archive.Topic{List: 1, Name: "Annual review"}); err != nil {
			return err
		}
		_, err := archive.Tag(tx, q, 1)
		return err
	})
	return s.searching()
}

// subjects are the discussions on a page of answers.
func subjects(page string) (all []string) {
	for _, m := range regexp.MustCompile(`<li><h3><a href="[^"]*">(.*?)</a></h3>`).FindAllStringSubmatch(page, -1) {
		all = append(all, html.UnescapeString(strings.NewReplacer("<mark>", "", "</mark>", "").Replace(m[1])))
	}
	return all
}

func TestSearchPage(t *testing.T) {
	s := searchSite(t)
	const views, boy, overlays, budget = "Views of parents at an annual review?", "Statement of a boy in Year 5", "Coloured overlays", "Budget for parents"
	for name, c := range map[string]struct {
		by    list.PersonID
		query string
		found []string
		says  []string
		never []string
	}{
		"a discussion is found by words of two messages": {2, "q=parents+form", []string{views},
			[]string{"1 discussion</h2>", "<mark>parents</mark>", "2 messages, 2 match", "Ask the forum"}, []string{"Filters on"}},
		"nobody finds what is on the list of others":    {2, "q=parents", []string{views}, nil, []string{budget, "Heads only", "HEADS"}},
		"who reads two lists finds both":                {1, "q=parents", []string{budget, views}, []string{"HEADS", `name="list"`}, nil},
		"and may narrow to one":                         {1, "q=parents&list=heads", []string{budget}, []string{"List: heads ✕"}, nil},
		"a quote is no find":                            {2, "q=which+form+week", []string{views}, []string{"1 discussion</h2>", "2 messages, 1 matches"}, nil},
		"other names are found, and said":               {2, "q=EHCP", []string{boy, views}, []string{"Also searched for: ", "Search only for my words", "people wrote “statement” where you wrote “EHCP”"}, nil},
		"but not where only the own words are wanted":   {2, "q=EHCP&only=my-words", nil, []string{"Searched for your words alone", `<a href="/search?q=EHCP">`, `name="only" value="my-words"`}, []string{"Also searched"}},
		"a year narrows, and stands above the count":    {2, "q=&when=2005-2009", []string{boy}, []string{"2005 to 2009 ✕", "1 filter on", `value="2005-2009" checked`, `value="2015-2019"> 2015 to 2019`, `value=""> Any time <span class="n"><span class="vh">, </span>3<`}, nil},
		"a topic narrows":                               {2, "topic=annual-review", []string{views}, []string{"Topic: Annual review ✕", "Clear all"}, nil},
		"a link narrows":                                {2, "has=link", []string{overlays}, []string{"With a link ✕"}, nil},
		"who wrote it narrows":                          {2, "from=margaret", []string{views}, []string{`<a href="/m/2">Go to this message<span class="vh"> by Margaret O.`, "Written by margaret ✕", `name="from" value="margaret"`}, nil},
		"what was typed can be taken away, too":         {2, "q=overlays+has:link", []string{overlays}, []string{`<a class="tag" href="/search?q=overlays">With a link ✕`}, nil},
		"the oldest first":                              {2, "sort=oldest", []string{boy, overlays, views}, []string{`<option value="oldest" selected>`}, nil},
		"nothing asked shows all, the newest first":     {2, "", []string{views, overlays, boy}, []string{"All 3 discussions", `<option value="newest" selected>`, "Search tips", "has:file"}, nil},
		"nothing found says what to do":                 {2, "q=zebra+crossing+giraffes", nil, []string{"<h2>Nothing found</h2>", "Try fewer words", "Not found? ", "mailto:senco-forum@lists.example.org?subject=zebra"}, nil},
		"what cannot be read is said":                   {2, "q=overlays&when=easterish", []string{overlays}, []string{"I could not read the date"}, nil},
		"a very long text is cut, and that is said":     {2, "q=overlays+" + strings.Repeat("x", 5000), nil, []string{"I looked at the first 200 characters"}, nil},
		"odd bytes are letters that nobody sees":        {2, "q=%ff%00over%e2%80%aelays%0a", []string{overlays}, nil, []string{"\u202e", "\xff"}},
		"a broken address is an empty one":              {2, "q=%zz", []string{views, overlays, boy}, nil, nil},
		"brackets and stars are no language":            {2, "q=" + url.QueryEscape(`+overlays* AND (title:"x`), nil, nil, nil},
		"some of the words are better than none":        {2, "q=overlays+weeks", []string{overlays, views}, []string{"Nothing has all of these words", "some of your words"}, nil},
		"the box keeps what was typed":                  {2, "q=" + url.QueryEscape(`"annual review" 'x'`), nil, []string{`value="&#34;annual review&#34; &#39;x&#39;"`}, nil},
		"no box in the header of this page":             {2, "q=x", nil, nil, []string{`id="tq"`}},
		"filters that are on stay in the form":          {2, "has=link&has=file&topic=annual-review", nil, []string{`value="link" checked`, `value="annual-review" checked`}, nil},
		"what there is no choice of is not in any link": {2, "evil=1&q=overlays", []string{overlays}, nil, []string{"evil"}},
	} {
		t.Run(name, func(t *testing.T) {
			page := s.as(c.by).get("/search?" + c.query)
			if c.found != nil {
				if diff := cmp.Diff(c.found, subjects(page)); diff != "" {
					t.Errorf("found (-want +got):\n%s", diff)
				}
			}
			for _, want := range c.says {
				if !strings.Contains(page, want) {
					t.Errorf("%q is missing:\n%s", want, page)
				}
			}
			for _, bad := range append(c.never, "<script", "style=", "ZgotmplZ", "<no value>") {
				if strings.Contains(page, bad) {
					t.Errorf("%q is there:\n%s", bad, page)
				}
			}
			if n := strings.Count(page, "<h1>"); n != 1 || !strings.Contains(page, "earch – SENCO-FORUM</title>") {
				t.Errorf("%d headings, or a title that is none:\n%s", n, page)
			}
		})
	}
}

func TestWrongAddressesOfSearches(t *testing.T) {
	s := searchSite(t)
	b := s.as(2)
	for name, c := range map[string]struct {
		method, path string
		want         int
	}{
		"a page that is no number":          {"GET", "/search?page=x", 404},
		"a page without its place":          {"GET", "/search?page=7", 404},
		"a huge page":                       {"GET", "/search?page=99999999999999999999-1.1", 404},
		"page 0":                            {"GET", "/search?page=0-1.1", 404},
		"the first page by its number":      {"GET", "/search?page=1", 200},
		"a place that is broken":            {"GET", "/search?page=2-%ff.x", 404},
		"a place behind all":                {"GET", "/search?q=overlays&sort=newest&page=9-1.1", 200},
		"only to be looked at":              {"HEAD", "/search?q=overlays", 200},
		"it takes no form":                  {"POST", "/search?q=overlays", 405},
		"nor anything else":                 {"DELETE", "/search", 405},
		"there is nothing below":            {"GET", "/search/overlays", 404},
		"a letter that is no letter":        {"GET", "/glossary?letter=%00", 404},
		"a letter that nothing begins with": {"GET", "/glossary?letter=%C3%98", 404},
		"a letter in small":                 {"GET", "/glossary?letter=e", 200},
	} {
		t.Run(name, func(t *testing.T) {
			r, page := b.ask(c.method, c.path, "")
			if r.StatusCode != c.want || c.want == 405 && r.Header.Get("Allow") != "GET, HEAD" || c.method == "GET" && !strings.Contains(page, "<h1>") {
				t.Errorf("%d %v\n%s", r.StatusCode, r.Header, page)
			}
		})
	}
	if _, page := b.ask("GET", "/search?q=overlays&sort=newest&page=9-1.1", ""); !strings.Contains(page, "There are no more.") || !strings.Contains(page, "First page") {
		t.Errorf("behind all:\n%s", page)
	}
}

// Whoever follows the links sees each discussion once.
func TestPagesOfASearchFollowEachOther(t *testing.T) {
	s := newSite(t, nil)
	for i := range 23 {
		s.post(1, 1, fmt.Sprintf("Hedgehog & <co> %d", i), "About one hedgehog.")
	}
	b := s.searching().as(2)
	for _, path := range []string{"/search?q=hedgehog", "/search?q=hedgehog&sort=oldest", "/search"} {
		seen, pages := map[string]bool{}, 0
		for ; path != ""; pages++ {
			page := b.get(path)
			for _, one := range subjects(page) {
				if seen[one] {
					t.Errorf("%s: %s comes twice", path, one)
				}
				seen[one] = true
			}
			path = ""
			if m := regexp.MustCompile(`<a href="([^"]*)">Next page</a>`).FindStringSubmatch(page); m != nil {
				path = html.UnescapeString(m[1])
			}
		}
		if len(seen) != 23 || pages != 3 {
			t.Errorf("%d discussions on %d pages", len(seen), pages)
		}
	}
	page := b.get("/search?q=hedgehgo&sort=oldest") // a slip is put right, openly
	if n := len(subjects(page)); n != 10 || !strings.Contains(page, `Showing results for <strong>hedgehog</strong>. <a href="/search?only=my-words&amp;q=hedgehgo&amp;sort=oldest">Search for “hedgehgo” instead</a>`) {
		t.Errorf("%d discussions by a slip:\n%s", n, page)
	}
	wants(t, page, `name="words" value="hedgehog"`, "new discussions about <strong>hedgehog</strong>")
	if page = b.get("/search?only=my-words&q=hedgehgo"); len(subjects(page)) != 0 || !strings.Contains(page, "<h2>Nothing found</h2>") {
		t.Errorf("the word as it was typed:\n%s", page)
	}
}

// What strangers write is never markup: in the address, in a subject, in a name, in a text.
func TestNoMarkupComesThroughASearch(t *testing.T) {
	payloads := []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'onmouseover='alert(1)`, `javascript:alert(1)`, `<svg/onload=alert(1)>`,
		`{{.}}{{printf "x"}}`, `</title><script>x</script>`, `</details></form><form action=//evil.example>`, `<mark>x</mark>`, `&lt;script&gt;`,
		"\u202etpircs", `<abbr title="x" onclick=alert(1)>EHCP</abbr>`, `EHCP"><b>`,
	}
	s := newSite(t, nil)
	for i, p := range payloads {
		s.post(1, 1, "Needle "+p, "Needle EHCP "+p+" and SEMH "+p, fmt.Sprintf("From: %q <p%d@school.example>", "Needle "+p, i))
	}
	b := s.searching().as(2)
	quoted := regexp.MustCompile(`"[^"]*"`) // all other quote marks are escaped
	bad := regexp.MustCompile(`(?i)<(?:script|svg|img|b>)|<[^>]* on[a-z]+=|href="(?:javascript|//)|action="?//|\x{202e}|ZgotmplZ`)
	good := func(path, page string) {
		t.Helper()
		for _, s := range []string{quoted.ReplaceAllString(page, `""`), strings.Join(regexp.MustCompile(`(?:href|action)="[^"]*"`).FindAllString(page, -1), " ")} {
			if tags := strings.Join(regexp.MustCompile(`<[^>]*>|\x{202e}|ZgotmplZ|(?:href|action)="[^"]*"`).FindAllString(s, -1), " "); bad.MatchString(tags) {
				t.Errorf("%s: %s in\n%s", path, bad.FindString(tags), page)
			}
		}
	}
	for _, p := range payloads {
		q := url.QueryEscape(p)
		for _, path := range []string{"/search?q=needle+" + q, "/search?q=" + q, "/search?from=" + q, "/search?topic=" + q, "/search?when=" + q, "/search?list=" + q,
			"/search?q=needle&sort=" + q, "/search?has=" + q + "&is=" + q + "&only=" + q} {
			s.now = s.now.Add(time.Minute)
			good(path, b.get(path))
		}
	}
	for n := range payloads {
		path := fmt.Sprintf("/t/%d", n+1)
		good(path, b.get(path))
	}
}

// One person cannot keep the machine busy; another is not held up by them.
func TestSearchesAreBounded(t *testing.T) {
	s := searchSite(t)
	tom, asha := s.as(1), s.as(2)
	for range searchesAtOnce {
		tom.get("/search?q=overlays")
	}
	r, page := tom.ask("GET", "/search?q=overlays", "")
	if r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" || !strings.Contains(page, "Please wait a moment") {
		t.Errorf("%d\n%s", r.StatusCode, page)
	}
	asha.get("/search?q=overlays")
	s.now = s.now.Add(2 * time.Second)
	tom.get("/search?q=overlays")
	for range cap(s.server.finder.places) {
		s.server.finder.places <- struct{}{}
	}
	if _, err := s.server.finder.enter(context.Background(), time.Millisecond); err != errSearch {
		t.Errorf("one more than there are places: %v", err)
	}
}

func TestAPageOfAnswersIsSmall(t *testing.T) {
	s := newSite(t, nil)
	for i := range 40 {
		s.post(1, 1, fmt.Sprint("A subject about parents and reviews that is rather long ", i), strings.Repeat("Parents and their views of the annual review. ", 30), fmt.Sprintf("From: Person Number %d <p@school.example>", i))
	}
	s.searching()
	for _, path := range []string{"/search", "/search?q=parents+review", "/glossary", "/glossary?letter=S", "/t/3"} {
		if n := len(s.as(2).get(path)) + len(style); n > 60<<10 {
			t.Errorf("%s: %d bytes with its style", path, n)
		}
	}
}

// The pages ask the search as whoever reads, and in no other way.
func TestPagesSearchAsReaders(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if x, _ := ast.Unparen(selX(sel)).(*ast.Ident); ok && x != nil && x.Name == "search" && strings.HasPrefix(sel.Sel.Name, "ReaderOf") {
				t.Errorf("%s uses search.%s", name, sel.Sel.Name)
			}
			return true
		})
	}
}

func selX(s *ast.SelectorExpr) ast.Expr {
	if s == nil {
		return nil
	}
	return s.X
}

// FuzzSearch opens the page with any address, as a member of one list.
func FuzzSearch(f *testing.F) {
	s := newSite(f, nil)
	s.post(1, 1, "Overlays", "Do coloured overlays help?")
	s.post(2, 1, "Confidential question", "The text of a post.")
	asha := s.searching().as(2)
	for _, q := range []string{"q=overlays", "q=confidential&list=heads", "when=2009&topic=x&has=file&is=answered&from=x&sort=oldest&only=my-words&page=2-1.1", "q=%22a+-b+OR+c+from:x+after:2009", "%"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		asha.s.t = t
		s.now = s.now.Add(time.Minute)
		r, page := asha.askRaw(query)
		if r.StatusCode >= 500 || strings.Contains(page, "Confidential question</a>") || strings.Contains(page, "text of a post") || strings.Contains(page, "HEADS") {
			t.Errorf("%q: %d\n%s", query, r.StatusCode, page)
		}
	})
}

// askRaw asks for the page with any bytes behind the question mark.
func (b *browser) askRaw(query string) (*http.Response, string) {
	r := httptest.NewRequest("GET", "/search", nil)
	r.URL.RawQuery, r.RemoteAddr = query, "127.0.0.1:4711"
	for k, v := range b.cookies {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	b.s.server.server.Handler.ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

// While the index is made anew the page says so, and answers.
func TestASearchWhileTheIndexIsMadeAnew(t *testing.T) {
	s := newSite(t, nil)
	s.post(1, 1, "Overlays", "Do coloured overlays help?")
	x := search.Open(slog.New(slog.DiscardHandler), s.db, s.server.cfg.Overview, search.Config{Dir: filepath.Join(t.TempDir(), "search"), Now: time.Now})
	defer x.Close()
	s.server.cfg.Search = search.NewSearcher(x, &search.Vocabulary{})
	s.server.routes = s.server.table()
	page := s.as(2).get("/search?q=overlays")
	if !strings.Contains(page, "is being rebuilt: 0%") || len(subjects(page)) != 0 {
		t.Errorf("page:\n%s", page)
	}
	if page = s.as(2).get("/t/1"); !strings.Contains(page, "coloured") {
		t.Errorf("the discussion:\n%s", page)
	}
}

func TestALongPageOfAnswersStaysLong(t *testing.T) {
	s := newSite(t, nil)
	for i := range 25 {
		s.post(1, 1, fmt.Sprint("Pens ", i), "Which pens do you use?")
	}
	tom := s.searching().as(1)
	short := tom.get("/search?q=pens")
	if n := strings.Count(short, "<li><h3>"); n != searchPer || !strings.Contains(short, `<a href="/search?per=50&amp;q=pens">50 on a page</a>`) {
		t.Errorf("%d discussions on a page, or no way to more:\n%s", n, short)
	}
	long := tom.get("/search?q=pens&per=50")
	if n := strings.Count(long, "<li><h3>"); n != 25 {
		t.Errorf("%d discussions on a long page, want 25", n)
	}
	for _, want := range []string{`<input type="hidden" name="per" value="50">`, `<a href="/search?q=pens">10 on a page</a>`, "per=50"} {
		if !strings.Contains(long, want) {
			t.Errorf("no %s on a long page", want)
		}
	}
	if n := strings.Count(tom.get("/search?q=pens&per=5000"), "<li><h3>"); n != searchPer {
		t.Errorf("%d discussions where 5,000 were asked for", n)
	}
}
