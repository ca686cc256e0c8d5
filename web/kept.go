package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// What somebody sends whose session has ended is done by nobody, and is not lost: the page that answers is the same form again, with
// all that was in it. They sign in in a second window, come back and press its button. This is so for every form that is for
// somebody who is signed in, and for those that ask for a code of a moment ago.

// keptData is that form.
type keptData struct {
	Action string
	To     string      // where signing in leads
	Words  []keptWords // what was typed
	Fields [][2]string // all else
	Files  bool        // files came with it, which a page cannot hold
	Again  bool        // they are signed in, but not since a moment ago
}

// keptWords is a field in which something was typed.
type keptWords struct {
	Name, Label, Text string
	Rows              int
}

// typedFields are the fields of all forms in which people type, as the form shows them that comes back. Others are hidden in it: they
// are choices, and say for what it was.
var typedFields = []keptWords{
	{"subject", "Subject", "", 1}, {"text", "Your text", "", 10}, {"words", "Your words", "", 3}, {"reason", "Your words to the writer", "", 4},
	{"question", "Your question", "", 4}, {"name", "Name", "", 1}, {"address", "Address", "", 1}, {"pause", "Paused until", "", 1},
}

// typed is what came with a form that somebody who is signed in has to send; it reports false for one that has nothing in it.
func (v *visit) typed() (d keptData, ok bool) {
	if v.r.Method != http.MethodPost || v.rt.need == anybody {
		return d, false
	}
	form, came, err := v.written()
	if err != nil {
		return d, false
	}
	if v.rt.path == checkPath { // it is shown once more before it is sent
		form = maps.Clone(form)
		form.Del("do")
	}
	d = keptOf(form)
	d.Action, d.To, d.Files = v.s.pathOf(v.r), keptPath, len(came.files) > 0
	if q := v.r.URL.RawQuery; q != "" && len(q) < 300 {
		d.Action += "?" + q
	}
	return d, len(d.Words)+len(d.Fields) > 0
}

// keptOf are the fields of a form, in an order that is always the same.
func keptOf(form url.Values) (d keptData) {
	for _, w := range typedFields {
		if text := form.Get(w.Name); strings.TrimSpace(text) != "" && len(form[w.Name]) == 1 {
			w.Text = text
			d.Words = append(d.Words, w)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if slices.ContainsFunc(d.Words, func(w keptWords) bool { return w.Name == name }) {
			continue
		}
		for _, value := range form[name] {
			if value != "" {
				d.Fields = append(d.Fields, [2]string{name, value})
			}
		}
	}
	return d
}

// keep shows somebody what they typed, and how to go on with it.
func (v *visit) keep(d keptData) error {
	title := "Sign in again, and go on"
	if d.Again {
		title = "Sign in once more, and go on"
	}
	return v.show(http.StatusForbidden, "kept.html", v.shell(title), d)
}

// signInAgain lets a moderator sign in once more: some acts need a code that was typed a moment ago. What they typed is kept; where it
// was a button alone, they come back to its page.
func (v *visit) signInAgain(to string) error {
	if d, ok := v.typed(); ok && len(d.Words) > 0 {
		d.Again = true
		return v.keep(d)
	}
	return v.to(http.StatusSeeOther, "/in?"+url.Values{"again": {"1"}, "to": {to}}.Encode())
}

// signedInAgain is where somebody comes who signs in in a second window.
func signedInAgain(v *visit) error {
	return v.show(http.StatusOK, "sent.html", v.shell("You are signed in"), sentData{Title: "You are signed in", Back: "/", Texts: []string{
		"Now go back to the window or tab with your words, and press Go on. You can close this one."}})
}
