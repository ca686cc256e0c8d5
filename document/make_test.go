package document

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// entry is a file inside a packed file.
type entry struct{ name, text string }

// pack makes a ZIP file.
func pack(t testing.TB, method uint16, files ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		to, err := w.CreateHeader(&zip.FileHeader{Name: f.name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const wordHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`

// word makes a Word file out of the inside of its body.
func word(t testing.TB, body string, more ...entry) []byte {
	t.Helper()
	return pack(t, zip.Deflate, append([]entry{{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", wordHead + body + "</w:body></w:document>"}}, more...)...)
}

func slides(t testing.TB, texts ...string) []byte {
	t.Helper()
	files := []entry{{"[Content_Types].xml", "<Types/>"}}
	for i, text := range texts {
		files = append(files, entry{fmt.Sprintf("ppt/slides/slide%d.xml", i+1), `<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>` + text + `</a:t></a:r></a:p></p:sld>`})
	}
	return pack(t, zip.Deflate, files...)
}

// openFile makes an OpenDocument file of a type.
func openFile(t testing.TB, kind, body string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range []entry{{"mimetype", "application/vnd.oasis.opendocument." + kind}, {"META-INF/manifest.xml", "<manifest/>"},
		{"content.xml", `<office:document-content xmlns:office="office" xmlns:text="text" xmlns:table="table" xmlns:draw="draw">` + body + `</office:document-content>`}} {
		to, err := w.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// workbook makes an Excel file; password may be empty.
func workbook(t testing.TB, password string, fill func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b, excelize.Options{Password: password}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pdfFile makes a PDF with one page of text in Helvetica. Each piece is "x y words".
func pdfFile(pieces ...string) []byte {
	var content strings.Builder
	for _, p := range pieces {
		var x, y int
		fmt.Sscan(p, &x, &y)
		words := strings.SplitN(p, " ", 3)[2]
		fmt.Fprintf(&content, "BT /F1 12 Tf %d %d Td (%s) Tj ET\n", x, y, words)
	}
	return pdfOf(content.String(), "")
}

// pdfOf makes a PDF with one page of drawing commands, and more entries of its trailer.
func pdfOf(content, trailer string) []byte {
	widths := strings.Repeat("556 ", 224)
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 255 /Widths [" + widths + "] >>",
	}
	return pdfObjects(trailer, objects...)
}

// pdfForm makes a PDF whose page shows a form, which shows itself.
func pdfForm() []byte {
	const content = "/X1 Do"
	const form = "BT /F1 12 Tf 72 700 Td (in a form) Tj ET /X1 Do"
	const resources = "/Resources << /Font << /F1 6 0 R >> /XObject << /X1 7 0 R >> >>"
	return pdfObjects("",
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 "+resources+" >>", "<< /Type /Pages /Kids [4 0 R] /Count 1 /Parent 2 0 R >>",
		"<< /Type /Page /Parent 3 0 R /Contents 5 0 R >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		fmt.Sprintf("<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] %s /Length %d >>\nstream\n%s\nendstream", resources, len(form), form))
}

func pdfObjects(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, xref)
	return b.Bytes()
}
