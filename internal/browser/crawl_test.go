package browser

import (
	"cmp"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sencoforum/web"
)

// A found is a page that somebody came to.
type found struct {
	path   string // with its query
	route  string // its line in the table of web
	status int
	kind   string // content type
	body   string
	from   string // the page with the link to it
}

// isPage reports whether a browser shows it.
func (f found) isPage() bool {
	return strings.HasPrefix(f.kind, "text/html") && f.route != "/demo/mail/{mail}" // somebody's mail as it is
}

var (
	linked = regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	inMail = regexp.MustCompile(`https?://[^\s<>"]+`)
)

// typed are addresses to which no link leads, or only that of a mail which has gone. What comes is a page, whoever asks.
var typed = []string{
	"/no-such-page", "/t/999999", "/code", "/u/nonsense", "/yes/nonsense", "/in/nonsense", "/robots.txt", "/style.css",
	"/pipermail/senco-forum/2015-May/000001.html", "/1999", "/2030/01", "/h/address", "/leave", "/post/back", "/feed/nonsense",
}

// maxAsked bounds how many addresses with a query are opened of one line of the table: a search has more than anybody can count.
const maxAsked = 25

// maxMet bounds how many addresses are opened of one line where not everything is asked for. The first pages come first.
const maxMet = 40

// crawl follows every link from the first page on, and those of the mails to somebody, as whoever the client is.
func (h *house) crawl(t *testing.T, c *http.Client, address string) map[string]found {
	t.Helper()
	met, asked, taken := map[string]found{}, map[string]int{}, map[string]int{}
	type step struct{ path, from string }
	todo := []step{{"/", "the start"}}
	for _, path := range typed {
		todo = append(todo, step{path, "typed"})
	}
	for _, m := range h.mails(t, address) {
		for _, link := range inMail.FindAllString(m.Text()+" "+m.Header.Text("List-Unsubscribe"), -1) {
			if path, ok := h.ours("/", link); ok {
				todo = append(todo, step{path, "a mail"})
			}
		}
	}
	for len(todo) > 0 {
		s := todo[0]
		todo = todo[1:]
		if _, ok := met[s.path]; ok {
			continue
		}
		route := routeOf(s.path)
		if strings.Contains(s.path, "?") {
			if asked[route]++; asked[route] > maxAsked {
				continue
			}
		}
		if taken[route]++; taken[route] > maxMet && !*full && !slices.Contains(typed, s.path) {
			continue
		}
		f := h.fetch(t, c, s.path)
		f.from = s.from
		met[s.path] = f
		for _, link := range linked.FindAllStringSubmatch(f.body, -1) {
			if path, ok := h.ours(s.path, html.UnescapeString(link[1])); ok {
				todo = append(todo, step{path, s.path})
			}
		}
	}
	return met
}

// ours returns the address of a link on a page below the base, or that it leads elsewhere.
func (h *house) ours(page, link string) (string, bool) {
	at, err := url.Parse(h.base + page)
	if err != nil {
		return "", false
	}
	to, err := at.Parse(link)
	if err != nil || !strings.HasPrefix(to.String(), h.base+"/") {
		return "", false
	}
	to.Fragment = ""
	return strings.TrimPrefix(to.String(), h.base), true
}

// fetch opens a page, and what it is redirected to.
func (h *house) fetch(t *testing.T, c *http.Client, path string) found {
	t.Helper()
	f := found{path: path, route: routeOf(path)}
	for at := h.base + path; at != ""; {
		answer, err := c.Get(at)
		if err != nil {
			t.Fatalf("open %s: %v", path, err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			t.Fatalf("read %s: %v", path, err)
		}
		f.status, f.kind, f.body = answer.StatusCode, answer.Header.Get("Content-Type"), string(body)
		at = ""
		if to, err := answer.Location(); err == nil {
			at = to.String()
		}
	}
	return f
}

// routes are the addresses of the table in web, as patterns, those without holes first.
var routes = func() (all []struct {
	path string
	is   *regexp.Regexp
}) {
	for _, path := range web.Addresses() {
		words := regexp.QuoteMeta(path)
		for _, hole := range [][2]string{{`\\\{year\\\}`, `\d{4}`}, {`\\\{month\\\}`, `\d{2}`}, {`\\\{\w+\\\.\\\.\\\.\\\}`, `.+`}, {`\\\{\w+\\\}`, `[^/]+`}} {
			words = regexp.MustCompile(hole[0]).ReplaceAllLiteralString(words, hole[1])
		}
		all = append(all, struct {
			path string
			is   *regexp.Regexp
		}{path, regexp.MustCompile("^" + words + "$")})
	}
	slices.SortStableFunc(all, func(a, b struct {
		path string
		is   *regexp.Regexp
	}) int {
		return cmp.Compare(strings.Count(a.path, "{"), strings.Count(b.path, "{"))
	})
	return all
}()

// routeOf is the line of the table to which an address belongs, or "" for none.
func routeOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	for _, r := range routes {
		if r.is.MatchString(path) {
			return r.path
		}
	}
	return ""
}

var element = regexp.MustCompile(`<(\w+)(?:[^>]*? class="([^"]*)")?(?:[^>]*? type="([^"]*)")?`)

// chosen are pages that between them have everything that is on any: of each line of the table those which have an element, by
// name and class, that the others of that line have not; at most so many.
func chosen(met map[string]found, most int) []found {
	pages := map[string][]found{}
	for _, f := range met {
		if f.isPage() {
			pages[f.route] = append(pages[f.route], f)
		}
	}
	var all []found
	for _, some := range pages {
		slices.SortFunc(some, func(a, b found) int {
			return cmp.Or(cmp.Compare(len(b.body), len(a.body)), cmp.Compare(a.path, b.path))
		})
		seen := map[string]bool{}
		taken := 0
		for _, f := range some {
			fresh := taken == 0
			for _, m := range element.FindAllString(f.body, -1) {
				fresh = fresh || !seen[m]
				seen[m] = true
			}
			if fresh && taken < most {
				taken++
				all = append(all, f)
			}
		}
	}
	slices.SortFunc(all, func(a, b found) int { return cmp.Compare(a.path, b.path) })
	return all
}
