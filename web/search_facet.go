package web

import (
	"slices"

	"sencoforum/search"
)

// facetsData is what may be chosen beside the words, with how many discussions each choice leaves.
type facetsData struct {
	Choices []choiceData
	From    string
	Authors []link // whoever wrote most, with the page of theirs
	On      int    // how many are chosen
}

// choiceData is what may be chosen of one kind: one value (radio), or several (checkbox).
type choiceData struct {
	Legend, Type, Name string
	Options            []optionData
}

// optionData is one choice.
type optionData struct {
	Value, Text string
	On          bool
	Count       string // of discussions; empty: not known
}

// authorsMost is how many names are offered.
const authorsMost = 5

// facets are the choices beside some answers.
func (v *visit) facets(w wish, got search.Answers, any anyTime) (d facetsData) {
	f := got.Facets
	for _, c := range []struct {
		legend, name, any string
		facets            []search.Facet
	}{
		{"When", "when", "Any time", any.years}, {"Topic", "topic", "", f.Topics}, {"Contains", "has", "", f.Has}, {"Answers", "is", "", f.Is},
		{"List", "list", "All lists", f.Lists},
	} {
		out := choiceData{Legend: c.legend, Type: "checkbox", Name: c.name, Options: options(w, c.name, c.facets)}
		if len(out.Options) == 0 || c.name == "list" && len(v.lists) < 2 {
			continue
		}
		if c.any != "" {
			all := optionData{Text: c.any, On: w.first(c.name) == ""}
			switch {
			case c.name == "when":
				all.Count = thousands(any.discussions)
			case all.On:
				all.Count = thousands(got.Discussions)
			}
			out.Type, out.Options = "radio", append([]optionData{all}, out.Options...)
		}
		d.Choices = append(d.Choices, out)
	}
	d.From = w.first("from")
	for _, a := range f.Authors[:min(len(f.Authors), authorsMost)] {
		if d.From == "" {
			d.Authors = append(d.Authors, link{Path: v.s.cfg.Path + w.with("from", a.Value).path(""), Text: a.Name + " (" + thousands(a.Count) + ")"})
		}
	}
	for _, name := range []string{"when", "topic", "has", "is", "list", "from"} {
		d.On += len(w.also[name])
	}
	return d
}

// options are what there is to choose of a name, and what was chosen although nothing is left of it.
func options(w wish, name string, all []search.Facet) (out []optionData) {
	for _, f := range all {
		out = append(out, optionData{Value: f.Value, Text: f.Name, On: w.has(name, f.Value), Count: thousands(f.Count)})
	}
	for _, value := range w.also[name] {
		if !slices.ContainsFunc(out, func(o optionData) bool { return o.Value == value }) {
			out = append(out, optionData{Value: value, Text: value, On: true})
		}
	}
	return out
}

// sorts are the orders.
func sorts(by search.Sort) []optionData {
	return []optionData{
		{Value: "best", Text: "Best match", On: by == search.Best}, {Value: "newest", Text: "Newest first", On: by == search.Newest},
		{Value: "oldest", Text: "Oldest first", On: by == search.Oldest},
	}
}
