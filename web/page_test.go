package web

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// everyPage is the text of each page that a browser can come to see.
func everyPage(t *testing.T) map[string]string {
	s := newSite(t, nil)
	all := map[string]string{
		"leave": text(t, s.ask("GET", "/u/"+s.link(1, 1), "")), "left": text(t, s.ask("POST", "/u/"+s.link(1, 1), "")),
		"come back": text(t, s.ask("GET", "/yes/"+s.back(), "")), "back": text(t, s.ask("POST", "/yes/"+s.back(), "")),
		"nothing": text(t, s.ask("GET", "/nothing", "")),
	}
	for i, f := range failures {
		all[fmt.Sprint("failure ", i)] = text(t, s.failing(f.err))
	}
	all["broken"] = text(t, s.failing(errBroken))
	return all
}

// TestEachPageIsReadByEverybody looks by rule at what a checker for WCAG 2.2 asks of so small a page.
func TestEachPageIsReadByEverybody(t *testing.T) {
	for name, html := range everyPage(t) {
		for what, want := range map[string]string{
			"a language": `<html lang="en-GB">`, "a size for telephones": `content="width=device-width, initial-scale=1"`,
			"a way past the head": `<a class="skip" href="#main">`, "a main part": `<main id="main" tabindex="-1">`, "no robots": `content="noindex, nofollow"`,
		} {
			if strings.Count(html, want) != 1 {
				t.Errorf("%s: %s\n%s", name, what, html)
			}
		}
		title := regexp.MustCompile(`<title>(.+)</title>`).FindStringSubmatch(html)
		head := regexp.MustCompile(`<h1>(.+)</h1>`).FindAllStringSubmatch(html, -1)
		if title == nil || len(head) != 1 || !strings.HasPrefix(title[1], head[0][1]) || strings.Count(title[1], "SENCO-FORUM") > 1 {
			t.Errorf("%s: title %q, headings %q", name, title, head)
		}
		for _, bad := range []string{"<script", "style=", " on", "http://", "https://", "<img", "javascript", "<no value>", "ZgotmplZ"} {
			if at := strings.Index(html, bad); at >= 0 && (bad != " on" || regexp.MustCompile(` on[a-z]+=`).MatchString(html)) {
				t.Errorf("%s has %q:\n%s", name, bad, html)
			}
		}
		if n := strings.Count(html, "<button"); n > 1 || n != strings.Count(html, `<form method="post">`) {
			t.Errorf("%s: %d buttons", name, n)
		}
		if len(html)+len(style) > 60<<10 {
			t.Errorf("%s: %d bytes with its style", name, len(html)+len(style))
		}
	}
}

// A list's title is text and never markup, whoever chose it.
func TestATitleIsEscaped(t *testing.T) {
	s := newSite(t, nil)
	if got := text(t, s.shown(page{Brand: `<b>&"x`, Title: "<script>"})); strings.Contains(got, "<b>") || strings.Contains(got, "<script>") {
		t.Errorf("page:\n%s", got)
	}
}

func TestAPageThatIsNotThereLeadsOn(t *testing.T) {
	s := newSite(t, nil)
	tom, visitor := s.as(1), s.as(0)
	for path, want := range map[string]string{"/nosuch": "Page not found", "/m/99999": "Page not found", "/topic/none": "Page not found"} {
		_, html := tom.ask("GET", path, "")
		for _, part := range []string{"<h1>" + want, `<a class="brand" href="/">`, `<nav class="main"`, `<a href="/settings">My settings</a>`, "Sign out"} {
			if !strings.Contains(html, part) {
				t.Errorf("%s for a member: no %q in:\n%s", path, part, html)
			}
		}
	}
	if _, html := visitor.ask("GET", "/nosuch", ""); !strings.Contains(html, `<a class="brand" href="/">`) || strings.Contains(html, "My settings") {
		t.Errorf("for a visitor:\n%s", html)
	}
	_, theirs := tom.ask("GET", "/yes/none", "")
	_, others := visitor.ask("GET", "/yes/none", "")
	if theirs != others || !strings.Contains(others, `<a href="/join">Ask to join</a>`) {
		t.Errorf("a link of a mail: %s\n%s", theirs, others)
	}
}
