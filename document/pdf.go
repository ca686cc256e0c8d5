package document

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/ledongthuc/pdf"
)

// maxPages bounds the pages of a PDF that are taken.
const maxPages = 300

// readPDF reads the pages of a PDF, a section each. A page that cannot be read is left out.
func readPDF(p *paper, data []byte) error {
	r, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
	switch {
	case err != nil && strings.Contains(err.Error(), "password"), bytes.Contains(data, []byte("/Encrypt")) && err != nil:
		return errors.New("it has a password")
	case err != nil:
		return errors.New("it is damaged")
	}
	empty, pages := true, r.NumPage()
	for n := 1; n <= pages && n <= maxPages; n++ {
		p.section("")
		lines, ok := pageLines(r, n)
		if !ok {
			p.full = true
		}
		for _, line := range lines {
			empty = empty && strings.TrimSpace(line) == ""
			if err := p.write(line + "\n"); err != nil {
				return err
			}
		}
	}
	p.full = p.full || pages > maxPages
	if empty && pages > 0 {
		return errors.New("it has no text; perhaps it is a scan, which is a picture")
	}
	return nil
}

// pageLines puts the pieces of a page into lines by where they stand. A wide gap is a tab, since a table is drawn so.
func pageLines(r *pdf.Reader, number int) (lines []string, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	pieces := r.Page(number).Content().Text
	pieces = slices.DeleteFunc(pieces, func(t pdf.Text) bool { return math.IsNaN(t.X+t.Y+t.W) || math.IsInf(t.X+t.Y+t.W, 0) })
	slices.SortStableFunc(pieces, func(a, b pdf.Text) int {
		switch {
		case a.Y > b.Y:
			return -1
		case a.Y < b.Y:
			return 1
		}
		return 0
	})
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && pieces[0].Y-pieces[n].Y < max(1, pieces[0].FontSize/3) {
			n++
		}
		lines = append(lines, pageLine(pieces[:n]))
		pieces = pieces[n:]
	}
	return lines, true
}

func pageLine(pieces []pdf.Text) string {
	slices.SortStableFunc(pieces, func(a, b pdf.Text) int {
		switch {
		case a.X < b.X:
			return -1
		case a.X > b.X:
			return 1
		}
		return 0
	})
	var b strings.Builder
	end := pieces[0].X
	for _, t := range pieces {
		size := max(1, t.FontSize)
		switch gap := t.X - end; {
		case gap > 1.5*size:
			b.WriteByte('\t')
		case gap > 0.2*size && !strings.HasPrefix(t.S, " ") && !strings.HasSuffix(b.String(), " "):
			b.WriteByte(' ')
		}
		b.WriteString(t.S)
		end = t.X + t.W
	}
	return b.String()
}
