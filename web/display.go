package web

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// display is how somebody wants pages to look. It is kept in a cookie that says nothing else, for a year, and works without
// signing in.
type display struct{ Size, Spacing, Paper, Theme, Font string }

const displayCookie = "display"

// A choice is a thing about the look of pages, with what it may be; the first is the usual.
type choice struct {
	Name, Legend string
	Options      []option
}

type option struct {
	Value, Text string
	Chosen      bool
}

// choices are in the order of their values in the cookie.
func choices() []choice {
	return []choice{
		{"size", "Text size", []option{{Value: "100", Text: "100%"}, {Value: "125", Text: "125%"}, {Value: "150", Text: "150%"}}},
		{"spacing", "Spacing", []option{{Value: "normal", Text: "Normal"}, {Value: "wide", Text: "Wide"}}},
		{"paper", "Paper", []option{{Value: "auto", Text: "Cream, or dark where your device is set to dark"}, {Value: "cream", Text: "Cream"},
			{Value: "white", Text: "White"}, {Value: "blue", Text: "Pale blue"}, {Value: "dark", Text: "Dark"}}},
		{"font", "Letters", []option{{Value: "verdana", Text: "Verdana"}, {Value: "arial", Text: "Arial"},
			{Value: "opendyslexic", Text: "OpenDyslexic, if it is installed on your device"}}},
	}
}

// chosen are the values that the browser's cookie holds, or the usual ones.
func (v *visit) chosen() []string {
	var parts []string
	if c, err := v.r.Cookie(displayCookie); err == nil && len(c.Value) < 100 {
		parts = strings.Split(c.Value, ".")
	}
	var all []string
	for i, c := range choices() {
		value := c.Options[0].Value
		if i < len(parts) && slices.ContainsFunc(c.Options, func(o option) bool { return o.Value == parts[i] }) {
			value = parts[i]
		}
		all = append(all, value)
	}
	return all
}

func (v *visit) display() display {
	c := v.chosen()
	other := func(value, usual string) string {
		if value == usual {
			return ""
		}
		return value
	}
	d := display{Size: other(c[0], "100"), Spacing: other(c[1], "normal"), Paper: other(c[2], "auto"), Font: other(c[3], "verdana")}
	if d.Paper == "dark" {
		d.Paper, d.Theme = "", "dark"
	}
	return d
}

type displayData struct {
	Saved   bool
	Choices []choice
}

func displayPage(v *visit) error {
	d := displayData{Saved: v.query("saved") != "", Choices: choices()}
	now := v.chosen()
	for i := range d.Choices {
		for j := range d.Choices[i].Options {
			o := &d.Choices[i].Options[j]
			o.Chosen = o.Value == now[i]
		}
	}
	return v.show(http.StatusOK, "display.html", v.shell("Reading settings", link{Path: "/display", Text: "Reading settings"}), d)
}

// changeDisplay keeps what was chosen in the browser; a value that is none of ours is the usual one.
func changeDisplay(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	var all []string
	for _, c := range choices() {
		value := c.Options[0].Value
		if got := form.Get(c.Name); slices.ContainsFunc(c.Options, func(o option) bool { return o.Value == got }) {
			value = got
		}
		all = append(all, value)
	}
	http.SetCookie(v.w, &http.Cookie{
		Name: displayCookie, Value: strings.Join(all, "."), Path: v.s.cfg.Path + "/", MaxAge: int(365 * 24 * time.Hour / time.Second),
		HttpOnly: true, Secure: v.s.cfg.HTTPS, SameSite: http.SameSiteLaxMode,
	})
	return v.to(http.StatusSeeOther, "/display?saved=1")
}
