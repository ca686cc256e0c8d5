package web

import "strconv"

// A plot is a picture of bars, drawn by the page's own SVG: it needs no script, and its colours are those of the style sheet. The
// same figures stand in a table beside it.
type plot struct {
	ID, Title, Desc string
	Bars            []plotBar
	Lines           []plotLine
	Labels          []plotLabel
}

// Places in a plot, in its own units: a telephone shows one as one pixel.
const (
	plotWidth  = 340
	plotLeft   = 44  // of it begin the bars
	plotTop    = 14  // the height of the greatest
	plotBottom = 118 // on which they stand
	plotLabels = 5   // at most
)

type plotBar struct{ X, Y, W, H int }

type plotLine struct {
	Y    int
	Text string
}

type plotLabel struct {
	X    int
	Text string
}

// plotOf draws numbers, each with a name, of which some are written under the bars.
func plotOf(id, title, desc string, values []int, names []string) plot {
	p := plot{ID: id, Title: title, Desc: desc}
	top := 1
	for _, v := range values {
		top = max(top, v)
	}
	top = round(top)
	for _, v := range []int{0, top / 2, top} {
		if v > 0 || len(p.Lines) == 0 {
			p.Lines = append(p.Lines, plotLine{Y: plotBottom - height(v, top), Text: thousands(v)})
		}
	}
	n := max(len(values), 1)
	every := (n + plotLabels - 1) / plotLabels
	for i, v := range values {
		from, to := plotLeft+i*(plotWidth-plotLeft)/n, plotLeft+(i+1)*(plotWidth-plotLeft)/n
		if h := height(v, top); h > 0 {
			p.Bars = append(p.Bars, plotBar{X: from, Y: plotBottom - h, W: max(1, to-from-1), H: h})
		}
		if i%every == 0 && i < len(names) {
			p.Labels = append(p.Labels, plotLabel{X: from, Text: names[i]})
		}
	}
	return p
}

// height is how high a bar is; something is always seen of what is not nothing.
func height(v, top int) int {
	if v <= 0 {
		return 0
	}
	return max(1, v*(plotBottom-plotTop)/top)
}

// round is the next number of one figure and noughts, or half of such a one.
func round(n int) int {
	unit := 1
	for n > unit*10 {
		unit *= 10
	}
	for _, m := range []int{1, 2, 4, 6, 8, 10} {
		if n <= unit*m {
			return unit * m
		}
	}
	return unit * 10
}

// share is a part as people say it: "85%".
func share(part, all int) string {
	if all == 0 {
		return "–"
	}
	return strconv.Itoa((part*100+all/2)/all) + "%"
}
