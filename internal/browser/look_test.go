package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/chromedp/chromedp"
)

//go:embed testdata/look.js
var lookScript string

// A reading is what somebody chose under "Reading settings".
type reading map[string]string

var readings = []reading{
	{"size": "150", "spacing": "wide"}, {"paper": "white"}, {"paper": "blue"}, {"theme": "dark"}, {"paper": "cream"}, {"size": "150", "font": "arial", "paper": "blue"},
}

// A look is how closely a page is looked at.
type look struct {
	axe      string // the program
	lights   []light
	readings []reading
	page     bool // it is one of ours, and no mail
	closely  bool // in each reading, too, with the program
}

// see looks at the page that is open, and returns what is wrong by how it was looked at.
func (w *tab) see(l look) map[string][]string {
	w.t.Helper()
	wrong := map[string][]string{}
	note := func(how string, faults []string) {
		if len(faults) > 0 {
			wrong[how] = append(wrong[how], faults...)
		}
	}
	w.do(void(l.axe), void(lookScript))
	small := "look.small()"
	if !l.page {
		small = "[]" // mail programs have sizes of their own; axe looks at what is too near
	}
	quick := `[...look.wide(), ...` + small + `, ...look.pale()]`
	all := `(async () => JSON.stringify([...` + quick + `, ...await look.hurdles()]))()`
	for i, in := range l.lights {
		w.in(in)
		w.script(`look.unfold(` + js(i%2 == 1) + `)`) // what is folded has words, too
		note(in.String(), w.ask(all))
	}
	if l.page {
		note("shape", w.ask(`JSON.stringify(look.shape())`))
	}
	for _, r := range l.readings {
		w.in(light{390, r["paper"] == "white"})
		w.script(`look.settings(` + js(r) + `)`)
		if l.closely {
			note(js(r), w.ask(all))
		} else {
			note(js(r), w.ask(`JSON.stringify(`+quick+`)`))
		}
	}
	w.in(light{320, false})
	for _, r := range []reading{{}, {"size": "150"}, {"size": "150", "spacing": "wide"}} {
		w.script(`look.settings(` + js(r) + `)`)
		note("320 px "+js(r), w.ask(`JSON.stringify(look.wide())`))
	}
	w.script(`look.settings({}); look.spacing(true)`)
	note("320 px, spaced out", w.ask(`JSON.stringify(look.wide())`))
	w.script(`look.spacing(false)`)
	return wrong
}

// void is a script whose result does not matter.
func void(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(chromedp.Action[chromedp.Void](func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Evaluate[bool](script+"\n;true")(ctx, t)
		return chromedp.Void{}, err
	}))
}

// script runs a script of ours in the page.
func (w *tab) script(text string) {
	w.t.Helper()
	w.do(void(text))
}

// js writes a value as a script has it.
func js(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// report fails the test for what is wrong with a page.
func report(t *testing.T, page string, wrong map[string][]string) {
	t.Helper()
	for how, faults := range wrong {
		for _, f := range faults {
			t.Errorf("%s, %s: %s", page, how, f)
		}
	}
}
