package document

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// maxDepth bounds the elements inside each other; a real file has some twenty.
const maxDepth = 400

// readWord reads a Word file (ECMA-376 part 1): the text, then headers, footers, notes and comments. What was deleted
// with changes tracked is in the file and so is read.
func readWord(p *paper, data []byte) error {
	z, err := unpack(data)
	if err != nil {
		return err
	}
	return z.each(p, officeWriter, "word/document.xml", "word/header*.xml", "word/footer*.xml", "word/footnotes.xml", "word/endnotes.xml",
		"word/comments.xml", "docProps/core.xml")
}

// readSlides reads a PowerPoint file: a section for each slide, then for its notes.
func readSlides(p *paper, data []byte) error {
	z, err := unpack(data)
	if err != nil {
		return err
	}
	for _, pattern := range []string{"ppt/slides/slide*.xml", "ppt/notesSlides/notesSlide*.xml", "ppt/comments/*.xml"} {
		for _, f := range z.named(pattern) {
			p.section("")
			if err := z.walk(f, officeWriter(p)); err != nil {
				return err
			}
		}
	}
	return z.each(p, officeWriter, "docProps/core.xml")
}

// readOpen reads an OpenDocument file: text, sheets or slides.
func readOpen(p *paper, data []byte) error {
	z, err := unpack(data)
	if err != nil {
		return err
	}
	for _, f := range z.named("META-INF/manifest.xml") {
		if encrypted(z, f) {
			return errors.New("it has a password")
		}
	}
	return z.each(p, openWriter, "content.xml", "styles.xml", "meta.xml")
}

// encrypted reports a manifest that names a way of encryption (OpenDocument 1.3 part 2 §4.8).
func encrypted(z *packed, f *zip.File) bool {
	found := false
	err := z.walk(f, func(t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "encryption-data" {
			found = true
			return io.EOF
		}
		return nil
	})
	return found || err != nil && err != io.EOF
}

// each writes the files of several names, one after the other, where they are there.
func (z *packed) each(p *paper, writer func(*paper) func(xml.Token) error, patterns ...string) error {
	for _, pattern := range patterns {
		for _, f := range z.named(pattern) {
			if err := z.walk(f, writer(p)); err != nil {
				return err
			}
			if err := p.write("\n"); err != nil {
				return err
			}
		}
	}
	return nil
}

// walk gives every token of an XML file to do. A document type is refused, since no office program writes one.
func (z *packed) walk(f *zip.File, do func(xml.Token) error) error {
	r, err := z.reader(f)
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	depth := 0
	for {
		t, err := d.Token()
		var broken *xml.SyntaxError
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errLarge):
			return errLarge
		case errors.As(err, &broken), err != nil:
			return errors.New("it is damaged")
		}
		switch t.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.Directive:
			return errors.New("it declares a document type, as no office program does")
		}
		if depth > maxDepth {
			return errors.New("it is nested deeper than any real document")
		}
		if err := do(t); err != nil {
			return err
		}
	}
}

// officeWriter writes what stands in Word and PowerPoint files: text, paragraphs as lines, rows of tables with tabs.
func officeWriter(p *paper) func(xml.Token) error {
	cells, silent, stops, inText := 0, 0, 0, false
	return func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "Fallback": // what the other half says again
				silent++
			case "tc":
				cells++
			case "t", "delText", "text", "title", "subject", "description", "keywords":
				inText = true
			case "tabs": // where tabs stop, not tabs
				stops++
			case "tab":
				if stops == 0 {
					return p.write("\t")
				}
			case "br", "cr":
				return p.write(paragraphEnd(cells))
			case "noBreakHyphen":
				return p.write("-")
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "Fallback":
				silent--
			case "tabs":
				stops--
			case "tc":
				cells--
				return p.write("\t")
			case "tr":
				return p.write("\n")
			case "t", "delText", "text":
				inText = false
			case "title", "subject", "description", "keywords":
				inText = false
				return p.write("\n")
			case "p":
				return p.write(paragraphEnd(cells))
			}
		case xml.CharData:
			if inText && silent == 0 {
				return p.write(string(t))
			}
		}
		return nil
	}
}

// paragraphEnd is what ends a paragraph: inside a cell a space, so that a row stays a line.
func paragraphEnd(cells int) string {
	if cells > 0 {
		return " "
	}
	return "\n"
}

// openWriter writes what stands in OpenDocument files.
func openWriter(p *paper) func(xml.Token) error {
	paragraphs, cells := 0, 0
	return func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "table":
				if name := attribute(t, "name"); name != "" && strings.Contains(t.Name.Space, "table") {
					p.section(name)
				}
			case "page":
				p.section("")
			case "table-cell", "covered-table-cell":
				cells++
				if n, err := strconv.Atoi(attribute(t, "number-columns-repeated")); err == nil && n > 1 && n <= 64 {
					return p.write(strings.Repeat("\t", n-1))
				}
			case "p", "h", "title", "subject", "description", "keyword":
				paragraphs++
			case "s", "tab":
				return p.write(map[string]string{"s": " ", "tab": "\t"}[t.Name.Local])
			case "line-break":
				return p.write(paragraphEnd(cells))
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "table-cell", "covered-table-cell":
				cells--
				return p.write("\t")
			case "table-row":
				return p.write("\n")
			case "p", "h", "title", "subject", "description", "keyword":
				paragraphs--
				return p.write(paragraphEnd(cells))
			}
		case xml.CharData:
			if paragraphs > 0 {
				return p.write(string(t))
			}
		}
		return nil
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
