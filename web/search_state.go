package web

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"sencoforum/search"
)

// A wish is what the address of a search page says: what was typed, and what was chosen beside it. Each wish has an address
// of its own.
type wish struct {
	raw   string              // what was typed
	typed string              // of it, what is read
	also  map[string][]string // by the names of wishNames
}

// wishNames are what may be chosen beside the words, and of how many values each.
var wishNames = map[string]int{
	"when": 1, "topic": search.MaxTerms, "list": 1, "has": search.MaxTerms, "is": search.MaxTerms, "from": 1, "sort": 1, "only": 1, "per": 1,
}

// perMany is the value of per for long pages.
var perMany = strconv.Itoa(search.PageMost)

// wishLength bounds one value, in characters.
const wishLength = 100

// wish reads the address. Whatever stands in it, something is looked for.
func (v *visit) wish() wish {
	q := v.r.URL.Query()
	w := wish{raw: q.Get("q"), also: map[string][]string{}}
	typed := search.Parse(w.raw, v.now)
	w.typed = typed.Typed
	for name, most := range wishNames {
		for _, value := range q[name] {
			if value = oneValue(value); value != "" && len(w.also[name]) < most && !slices.Contains(w.also[name], value) {
				w.also[name] = append(w.also[name], value)
			}
		}
	}
	if w.first("per") != perMany {
		delete(w.also, "per")
	}
	if w.first("sort") == "best" && typed.Sort == search.Best {
		delete(w.also, "sort")
	}
	return w
}

// oneValue is a value in one line of letters that can be seen.
func oneValue(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(s[:min(len(s), 8*wishLength)], " "))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > wishLength {
		s = strings.TrimSpace(string(runes[:wishLength]))
	}
	return s
}

func (w wish) first(name string) string {
	if all := w.also[name]; len(all) > 0 {
		return all[0]
	}
	return ""
}

// per is how many discussions a page of it has.
func (w wish) per() int {
	if w.first("per") == perMany {
		return search.PageMost
	}
	return searchPer
}

func (w wish) has(name, value string) bool { return slices.Contains(w.also[name], value) }

// with is the wish with one value for a name.
func (w wish) with(name, value string) wish {
	w.also = maps.Clone(w.also)
	w.also[name] = []string{value}
	return w
}

// without is the wish without a value, or without all of a name.
func (w wish) without(name string, values ...string) wish {
	w.also = maps.Clone(w.also)
	w.also[name] = slices.DeleteFunc(slices.Clone(w.also[name]), func(v string) bool { return len(values) == 0 || slices.Contains(values, v) })
	return w
}

// saying is the wish with other words.
func (w wish) saying(typed string) wish {
	w.typed = typed
	return w
}

// path is the address of a page of it. The first page is empty.
func (w wish) path(page string) string {
	q := url.Values{}
	if w.typed != "" {
		q.Set("q", w.typed)
	}
	for name := range wishNames {
		for _, v := range w.also[name] {
			q.Add(name, v)
		}
	}
	if page != "" {
		q.Set("page", page)
	}
	if len(q) == 0 {
		return "/search"
	}
	return "/search?" + q.Encode()
}

// form is the wish for the search.
func (w wish) form() search.Form { return search.Form{Typed: w.raw, Also: w.also} }

// A sheet is a page of answers: its number, and behind what it begins.
type sheet struct {
	number int
	after  search.Place
}

// sheetMost is the highest number of a page.
const sheetMost = 100_000

// sheet reads ?page=NUMBER-PLACE, which a page before wrote.
func (v *visit) sheet() (sheet, error) {
	s := v.query("page")
	if s == "" || s == "1" {
		return sheet{number: 1}, nil
	}
	number, place, _ := strings.Cut(s, "-")
	n, err := strconv.Atoi(number)
	after := search.ReadPlace(place)
	if err != nil || n < 2 || n > sheetMost || after == (search.Place{}) {
		return sheet{}, errNoPage
	}
	return sheet{n, after}, nil
}

// next is the text of the page behind it, which begins behind a place.
func (s sheet) next(p search.Place) string {
	if p == (search.Place{}) || s.number >= sheetMost {
		return ""
	}
	return fmt.Sprintf("%d-%s", s.number+1, p)
}
