package document

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/ledongthuc/pdf"
)

// Bounds of a PDF.
const (
	maxPages  = 300
	maxLevels = 20   // of the tree of its pages
	maxNodes  = 2000 // of that tree
)

// readPDF reads the pages of a PDF, a section each. A page that cannot be read is left out.
func readPDF(p *paper, data []byte) error {
	r, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
	switch {
	case err != nil && (strings.Contains(err.Error(), "password") || bytes.Contains(data, []byte("/Encrypt"))):
		return errors.New("it has a password")
	case err != nil:
		return errors.New("it is damaged")
	}
	var tree pageTree
	tree.below(r.Trailer().Key("Root").Key("Pages"), 0)
	pages := tree.pages
	p.full = tree.cut
	empty := true
	for _, page := range pages {
		p.section("")
		pieces, ok := pieces(page)
		p.full = p.full || !ok
		for _, line := range lines(pieces) {
			empty = empty && strings.TrimSpace(line) == ""
			if err := p.write(line + "\n"); err != nil {
				return err
			}
		}
	}
	switch {
	case len(pages) == 0:
		return errors.New("it is damaged")
	case empty:
		return errors.New("it has no text; perhaps it is a scan, which is a picture")
	}
	return nil
}

// pageTree gathers the pages of a file in their order (ISO 32000-1, 7.7.3).
type pageTree struct {
	pages []pdf.Value
	nodes int
	cut   bool // there are more pages
}

func (t *pageTree) below(node pdf.Value, level int) {
	if t.nodes++; level > maxLevels || t.nodes > maxNodes || len(t.pages) >= maxPages {
		t.cut = true
		return
	}
	kids := node.Key("Kids")
	if kids.Kind() != pdf.Array {
		if node.Kind() == pdf.Dict {
			t.pages = append(t.pages, node)
		}
		return
	}
	for i := 0; i < kids.Len() && !t.cut; i++ {
		t.below(kids.Index(i), level+1)
	}
}

// piece is a text that is drawn at once.
type piece struct {
	x, y, width, size float64
	text              string
}

// lines puts pieces into lines by where they stand. A wide gap is a tab, since a table is drawn so.
func lines(pieces []piece) []string {
	pieces = slices.DeleteFunc(pieces, func(p piece) bool {
		sum := p.x + p.y + p.width + p.size
		return math.IsNaN(sum) || math.IsInf(sum, 0) || p.text == ""
	})
	slices.SortStableFunc(pieces, func(a, b piece) int { return compare(b.y, a.y) })
	var all []string
	for len(pieces) > 0 {
		n := 1
		for n < len(pieces) && pieces[0].y-pieces[n].y < max(1, pieces[0].size/3) {
			n++
		}
		all = append(all, line(pieces[:n]))
		pieces = pieces[n:]
	}
	return all
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func line(pieces []piece) string {
	slices.SortStableFunc(pieces, func(a, b piece) int { return compare(a.x, b.x) })
	var b strings.Builder
	end := pieces[0].x
	for _, p := range pieces {
		size := max(1, p.size)
		switch gap := p.x - end; {
		case gap > size:
			b.WriteByte('\t')
		case gap > 0.15*size && !strings.HasPrefix(p.text, " ") && !strings.HasSuffix(b.String(), " "):
			b.WriteByte(' ')
		}
		b.WriteString(p.text)
		end = max(end, p.x+p.width)
	}
	return b.String()
}
