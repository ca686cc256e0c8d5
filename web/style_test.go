package web

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssClass   = regexp.MustCompile(`\.([a-zA-Z][a-zA-Z0-9_-]*)`)
	htmlClass  = regexp.MustCompile(`class="((?:[^"{]|\{\{[^}]*\}\})*)"`)
	templated  = regexp.MustCompile(`\{\{[^}]*\}\}`)
	codeText   = regexp.MustCompile(`"([a-z][a-z0-9 -]*)"`)
)

// Every class for which the style sheet has a rule stands in a page: as it is, as what the code puts into a template, or as the
// beginning of what a template completes, such as the depths of an outline.
func TestEveryRuleIsForAPage(t *testing.T) {
	used, begun := map[string]bool{}, []string{}
	pages, err := filepath.Glob("pages/*.html")
	if err != nil || len(pages) < 30 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, name := range append(pages, "prose.go") {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range htmlClass.FindAllStringSubmatch(string(b), -1) {
			for _, class := range strings.Fields(templated.ReplaceAllString(m[1], " {} ")) {
				used[class] = true
			}
			for _, m := range regexp.MustCompile(`([a-z]+)\{\{\.`).FindAllStringSubmatch(m[1], -1) {
				begun = append(begun, m[1])
			}
		}
		if strings.HasSuffix(name, ".go") {
			for _, m := range codeText.FindAllStringSubmatch(string(b), -1) {
				for _, class := range strings.Fields(m[1]) {
					used[class] = true
				}
			}
		}
	}
	rules := 0
	for _, m := range cssClass.FindAllStringSubmatch(cssComment.ReplaceAllString(string(style), ""), -1) {
		rules++
		found := used[m[1]]
		for _, b := range begun {
			found = found || strings.TrimRight(m[1], "0123456789") == b
		}
		if !found {
			t.Errorf("no page has the class %s", m[1])
		}
	}
	if rules < 100 {
		t.Errorf("only %d rules were looked at", rules)
	}
}
