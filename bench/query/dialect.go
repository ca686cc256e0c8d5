package main

import (
	"regexp"
	"strings"
)

type query struct{ kind, text string }

// read reads the queries of a file.
func read(file string) (all []query) {
	for line := range strings.Lines(file) {
		kind, text, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		if ok && !strings.HasPrefix(kind, "#") {
			all = append(all, query{kind, text})
		}
	}
	return all
}

var years = regexp.MustCompile(`date:(\d{4})\.\.(\d{4})`)

// dialects write a query as a server wants it.
var dialects = map[string]func(string) string{
	"neutral": func(q string) string { return q },
	"notmuch": func(q string) string { return years.ReplaceAllString(q, "date:$1-01-01..$2-12-31") },
	"ours": func(q string) string {
		q = strings.ReplaceAll(years.ReplaceAllString(q, "year:$1-$2"), " NOT ", " -")
		return strings.ReplaceAll(q, " AND ", " ")
	},
}
