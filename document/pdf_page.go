package document

import (
	"math"

	"github.com/ledongthuc/pdf"
)

// Bounds of a page.
const (
	maxPieces = 100_000
	maxForms  = 4 // drawings inside each other
	maxSaved  = 200
)

// matrix is the six numbers of a transformation (ISO 32000-1, 8.3.3).
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// times is the transformation that does m first and then n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// font is what is needed of a font to read text and to know how wide it is.
type font struct {
	code   pdf.TextEncoding
	first  int       // code of the first of widths
	widths []float64 // in thousandths of the size
	wide   bool      // codes have two octets
	usual  float64   // width of what widths does not have
	by     map[int]float64
}

// drawing reads the operators of a page or of a form on it (ISO 32000-1, 9.4).
type drawing struct {
	resources pdf.Value
	fonts     map[string]*font
	level     int
	out       *[]piece

	state state
	saved []state
}

// state is what q keeps and Q brings back.
type state struct {
	ctm, text, line           matrix
	font                      *font
	size, gap, wordGap, scale float64
	leading, rise             float64
}

// pieces returns the texts of a page. ok is false where some of it could not be read.
func pieces(page pdf.Value) (all []piece, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	d := drawing{resources: pdf.Page{V: page}.Resources(), fonts: map[string]*font{}, out: &all}
	d.state = state{ctm: identity, text: identity, line: identity, scale: 1}
	if content := page.Key("Contents"); !content.IsNull() {
		pdf.Interpret(content, d.operator)
	}
	return all, len(all) < maxPieces
}

// operator does what one operator says. Those that only paint do nothing.
//
// ceiling: flat table
func (d *drawing) operator(stack *pdf.Stack, op string) {
	args := make([]pdf.Value, stack.Len())
	for i := len(args) - 1; i >= 0; i-- {
		args[i] = stack.Pop()
	}
	n := func(i int) float64 {
		if i < len(args) {
			return args[i].Float64()
		}
		return 0
	}
	s := &d.state
	switch op {
	case "q":
		if len(d.saved) < maxSaved {
			d.saved = append(d.saved, d.state)
		}
	case "Q":
		if last := len(d.saved) - 1; last >= 0 {
			d.state, d.saved = d.saved[last], d.saved[:last]
		}
	case "cm":
		s.ctm = matrix{n(0), n(1), n(2), n(3), n(4), n(5)}.times(s.ctm)
	case "BT":
		s.text, s.line = identity, identity
	case "Tc":
		s.gap = n(0)
	case "Tw":
		s.wordGap = n(0)
	case "Tz":
		s.scale = n(0) / 100
	case "TL":
		s.leading = n(0)
	case "Ts":
		s.rise = n(0)
	case "Tf":
		if len(args) == 2 {
			s.font, s.size = d.font(args[0].Name()), n(1)
		}
	case "Td":
		s.move(n(0), n(1))
	case "TD":
		s.leading = -n(1)
		s.move(n(0), n(1))
	case "Tm":
		s.line = matrix{n(0), n(1), n(2), n(3), n(4), n(5)}
		s.text = s.line
	case "T*":
		s.move(0, -s.leading)
	case "Tj":
		d.showAll(args)
	case "'":
		s.move(0, -s.leading)
		d.showAll(args)
	case "\"":
		s.wordGap, s.gap = n(0), n(1)
		s.move(0, -s.leading)
		d.showAll(args[min(2, len(args)):])
	case "TJ":
		if len(args) == 1 {
			d.showArray(args[0])
		}
	case "Do":
		if len(args) == 1 {
			d.form(d.resources.Key("XObject").Key(args[0].Name()))
		}
	}
}

func (s *state) move(x, y float64) {
	s.line = matrix{1, 0, 0, 1, x, y}.times(s.line)
	s.text = s.line
}

func (s *state) forward(x float64) { s.text = matrix{1, 0, 0, 1, x, 0}.times(s.text) }

func (d *drawing) showAll(args []pdf.Value) {
	for _, a := range args {
		if a.Kind() == pdf.String {
			d.show(a.RawString())
		}
	}
}

// showArray shows texts with shifts between them, in thousandths of the size.
func (d *drawing) showArray(v pdf.Value) {
	for i := range v.Len() {
		if x := v.Index(i); x.Kind() == pdf.String {
			d.show(x.RawString())
		} else {
			d.state.forward(-x.Float64() / 1000 * d.state.size * d.state.scale)
		}
	}
}

// show takes one text and moves on by its width. Texts that touch become one piece.
func (d *drawing) show(raw string) {
	s := &d.state
	if s.font == nil || len(*d.out) >= maxPieces {
		return
	}
	text := s.font.code.Decode(raw)
	width, codes, spaces := s.font.width(raw)
	at := s.text.times(s.ctm)
	x := at[4] + s.rise*at[2]
	y := at[5] + s.rise*at[3]
	advance := (width/1000*s.size + float64(codes)*s.gap + float64(spaces)*s.wordGap) * s.scale
	scaled := math.Hypot(at[0], at[1])
	size := math.Abs(s.size) * math.Hypot(at[2], at[3])
	s.forward(advance)
	if last := len(*d.out) - 1; last >= 0 {
		if p := &(*d.out)[last]; p.y == y && p.size == size && math.Abs(p.x+p.width-x) < 0.1*size {
			p.text += text
			p.width = x + advance*scaled - p.x
			return
		}
	}
	*d.out = append(*d.out, piece{x: x, y: y, width: advance * scaled, size: size, text: text})
}

// form reads a drawing that is used in another one.
func (d *drawing) form(v pdf.Value) {
	if v.Kind() != pdf.Stream || v.Key("Subtype").Name() != "Form" || d.level >= maxForms {
		return
	}
	inner := drawing{resources: v.Key("Resources"), fonts: map[string]*font{}, level: d.level + 1, out: d.out, state: d.state}
	if inner.resources.IsNull() {
		inner.resources = d.resources
	}
	if m := v.Key("Matrix"); m.Len() == 6 {
		var to matrix
		for i := range to {
			to[i] = m.Index(i).Float64()
		}
		inner.state.ctm = to.times(inner.state.ctm)
	}
	pdf.Interpret(v, inner.operator)
}

// font returns a font of the page. Each is read once.
func (d *drawing) font(name string) *font {
	if f, ok := d.fonts[name]; ok {
		return f
	}
	v := d.resources.Key("Font").Key(name)
	known := pdf.Font{V: v}
	f := &font{code: known.Encoder(), first: known.FirstChar(), widths: known.Widths(), usual: 500}
	if v.Key("Subtype").Name() == "Type0" {
		f.wide = true
		f.descendant(v.Key("DescendantFonts").Index(0))
	} else if v.Key("Subtype").Name() == "Type3" {
		f.widths, f.usual = nil, 500 // in units of its own
	}
	d.fonts[name] = f
	return f
}

// descendant reads the widths of a font of two octets (ISO 32000-1, 9.7.4.3).
func (f *font) descendant(v pdf.Value) {
	f.usual, f.by = 1000, map[int]float64{}
	if w := v.Key("DW"); !w.IsNull() {
		f.usual = w.Float64()
	}
	w := v.Key("W")
	for i := 0; i+1 < w.Len(); {
		from, next := int(w.Index(i).Float64()), w.Index(i+1)
		if next.Kind() == pdf.Array {
			for k := range next.Len() {
				f.by[from+k] = next.Index(k).Float64()
			}
			i += 2
			continue
		}
		for c := from; c <= int(next.Float64()) && c-from < 1<<16; c++ {
			f.by[c] = w.Index(i + 2).Float64()
		}
		i += 3
	}
}

// width returns how wide a text is, in thousandths of the size, and how many codes and how many spaces it has.
func (f *font) width(raw string) (sum float64, codes, spaces int) {
	if f.wide {
		for i := 0; i+1 < len(raw); i += 2 {
			w, ok := f.by[int(raw[i])<<8|int(raw[i+1])]
			if !ok {
				w = f.usual
			}
			sum += w
			codes++
		}
		return sum, codes, 0
	}
	for i := range len(raw) {
		w := f.usual
		if at := int(raw[i]) - f.first; at >= 0 && at < len(f.widths) {
			w = f.widths[at]
		}
		sum += w
		codes++
		if raw[i] == ' ' {
			spaces++
		}
	}
	return sum, codes, spaces
}
