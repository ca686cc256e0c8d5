package browser

import (
	"cmp"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// roles are the sorts of people, those who see most first; "" is a visitor.
var roles = []string{"owner", "moderator", "auditor", "member", ""}

// everybody crawls the house as each sort of person.
func (h *house) everybody(t *testing.T) map[string]map[string]found {
	t.Helper()
	all := map[string]map[string]found{}
	for _, role := range roles {
		var who member
		if role != "" {
			who = h.role(t, role)
		}
		all[role] = h.crawl(t, h.client(t, who.Name), who.Address)
	}
	return all
}

// TestBrowserLinks follows every link as everybody.
func TestBrowserLinks(t *testing.T) {
	h := open(t, "--posts", "200")
	h.seed(t)
	met := map[string]bool{}
	for role, all := range h.everybody(t) {
		t.Logf("%q met %d pages", role, len(all))
		for path, f := range all {
			met[f.route] = true
			if role == "" && f.status == http.StatusForbidden {
				continue // it asks to sign in
			}
			if f.status != http.StatusOK && !(slices.Contains(typed, path) && f.status < 500) {
				t.Errorf("%q: %s: status %d; the link is on %s", role, path, f.status, f.from)
			}
			weigh(t, f)
		}
	}
	for _, r := range routes {
		if !met[r.path] {
			t.Errorf("no link leads to %s", r.path)
		}
	}
}

// Limits of weight, in octets.
const (
	maxPage   = 60_000
	maxThread = 200_000
	maxStyle  = 16_000
)

var styleLink = regexp.MustCompile(`<link rel="stylesheet"`)

// weigh fails the test for a page that is too heavy.
func weigh(t *testing.T, f found) {
	t.Helper()
	limit := maxPage - maxStyle
	switch {
	case strings.HasPrefix(f.kind, "text/css"):
		limit = maxStyle
	case !f.isPage():
		return
	case f.route == "/t/{number}", f.route == "/demo/mail":
		limit = maxThread - maxStyle
	}
	if len(f.body) > limit {
		t.Errorf("%s has %d octets, more than %d", f.path, len(f.body), limit)
	}
	if n := len(styleLink.FindAllString(f.body, -1)); f.isPage() && n != 1 {
		t.Errorf("%s has %d style sheets", f.path, n)
	}
}

// TestBrowserPages looks at every sort of page as everybody, two at once.
func TestBrowserPages(t *testing.T) {
	l := look{axe: axe(t), page: true, lights: lights[1:3], readings: readings[:1]}
	most := 1
	if *full {
		l.lights, l.readings, l.closely, most = lights, readings, true, 6
	}
	chromium(t)
	h := open(t, "--posts", "200")
	h.seed(t)
	looked, seen := 0, map[string]bool{}
	all := h.everybody(t)
	for _, role := range roles {
		var who member
		if role != "" {
			who = h.role(t, role)
		}
		var todo [2][]found
		for _, f := range chosen(all[role], most) {
			kind := f.route + " " + strings.Join(elements(f.body), " ")
			if !*full && seen[kind] {
				continue
			}
			seen[kind] = true
			todo[looked%2] = append(todo[looked%2], f)
			looked++
		}
		c := h.client(t, who.Name)
		for _, some := range todo {
			t.Run(cmp.Or(role, "visitor"), func(t *testing.T) {
				t.Parallel()
				w := newTab(t, h.base)
				w.as(c)
				for _, f := range some {
					w.inspect(role, f, l)
				}
			})
		}
	}
	t.Logf("%d pages", looked)
}

// inspect opens a page and looks at it, or takes its picture.
func (w *tab) inspect(role string, f found, l look) {
	w.t.Helper()
	w.open(f.path)
	faults, asked := w.taken()
	if len(asked) > 3 {
		faults = append(faults, "it asks for more than 3 things: "+strings.Join(asked, " "))
	}
	name := role + " " + f.path
	report(w.t, name, map[string][]string{"loading": faults})
	if *shots != "" {
		w.shoot(role, strings.Replace(f.route+"$", "/$", "home", 1))
		return
	}
	report(w.t, name, w.see(l))
	w.taken()
}

// elements are the sorts of elements that a page has.
func elements(body string) []string {
	seen := map[string]bool{}
	for _, m := range element.FindAllString(body, -1) {
		seen[m] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// shoot writes pictures of the page that is open.
func (w *tab) shoot(role, name string) {
	w.t.Helper()
	w.do(void(lookScript))
	if err := os.MkdirAll(*shots, 0o755); err != nil {
		w.t.Fatal(err)
	}
	name = strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(name, "-"), "-")
	role, name = cmp.Or(role, "visitor"), cmp.Or(name, "no-page")
	for _, in := range lights {
		w.in(in)
		w.script(`look.unfold(false)`)
		picture, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
		if err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(*shots, strings.Join([]string{name, role, in.String()}, "-")+".png"), picture, 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
}
