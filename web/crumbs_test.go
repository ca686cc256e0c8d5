package web

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	crumbsNav = regexp.MustCompile(`(?s)<nav class="crumbs" aria-label="Breadcrumb"><ol>(.*?)</ol></nav>`)
	crumbLink = regexp.MustCompile(`<li><a href="([^"]+)">([^<]+)</a></li>`)
)

// withoutCrumbs are the pages that are no place below the home page: that page itself and the search, which stand in the menu of every page;
// what answers a link of a mail or a sign-in; files, a mail of the demonstration, and what leads elsewhere.
var withoutCrumbs = []string{"/", "/in", "/in/{token}", "/code", leavePath + "{token...}", returnPath + "{token...}", "/m/{number}", "/m/{number}/raw", "/a/{number}/{name}",
	"/pipermail/{list}/{page...}", "/robots.txt", stylePath, hashedStyle, "/post/back", "/demo/mail/{mail}", "/search"}

// TestEveryPageHasBreadcrumbs asks for every page as an owner. Below the home page each says where it stands: from home, by pages that open for
// whoever reads it and have a name, to itself or the page above it.
func TestEveryPageHasBreadcrumbs(t *testing.T) {
	s, people := matrixSite(t, states["open"])
	owner := s.as(people["owner"])
	looked, opens := 0, map[string]bool{}
	for _, rt := range s.server.routes {
		if rt.method != "GET" {
			continue
		}
		path := example(rt.path)
		if rt.path == "/h/{name}" {
			path = "/h/size"
		}
		r, text := owner.ask("GET", path, "")
		if r.StatusCode != 200 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
			continue
		}
		nav := crumbsNav.FindStringSubmatch(text)
		if bare := slices.Contains(withoutCrumbs, rt.path); bare || nav == nil {
			if bare != (nav == nil) {
				t.Errorf("%s: breadcrumbs: %t", rt.path, nav != nil)
			}
			continue
		}
		looked++
		links := crumbLink.FindAllStringSubmatch(nav[1], -1)
		if len(links) < 2 || links[0][1] != "/" || links[0][2] != "Home" || strings.Count(nav[1], "<li>") != len(links) {
			t.Errorf("%s: %s", rt.path, nav[1])
			continue
		}
		for i, l := range links {
			to := html.UnescapeString(l[1])
			if _, known := opens[to]; !known {
				r, _ := owner.ask("GET", to, "")
				opens[to] = r.StatusCode < 400
			}
			if !opens[to] || strings.TrimSpace(l[2]) == "" {
				t.Errorf("%s: %q leads to %q, which does not open", rt.path, l[2], to)
			}
			if i > 0 && l[1] == links[i-1][1] {
				t.Errorf("%s: %q stands twice", rt.path, l[1])
			}
		}
	}
	if looked < 30 {
		t.Errorf("only %d pages", looked)
	}
}
