package document

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"sencoforum/internal/long"
	"sencoforum/message"
)

func TestMain(m *testing.M) {
	// What no file may make the child do; the child is this program, so it has them too.
	readers["test/spin"] = func(p *paper, _ []byte) error {
		for {
			p.size++
		}
	}
	readers["test/sleep"] = func(*paper, []byte) error { time.Sleep(time.Hour); return nil }
	readers["test/balloon"] = func(p *paper, _ []byte) error {
		var all [][]byte
		for {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = 1
			}
			all = append(all, b)
			p.size += len(all)
		}
	}
	readers["test/panic"] = func(*paper, []byte) error { panic("x") }
	readers["test/write"] = func(p *paper, data []byte) error {
		signal.Ignore(syscall.SIGXFSZ)
		return p.write(fmt.Sprint(os.WriteFile(string(data), []byte("x"), 0o600)))
	}
	readers["test/inside"] = func(p *paper, _ []byte) error {
		open, err := os.ReadDir("/proc/self/fd")
		for _, f := range open {
			to, _ := os.Readlink("/proc/self/fd/" + f.Name())
			if strings.HasPrefix(to, "/") && to != "/dev/null" && !strings.HasPrefix(to, "/proc/") && !strings.HasPrefix(to, "/sys/fs/cgroup/") { // Go reads its share of the processor
				return p.write("open: " + to)
			}
		}
		return p.write(fmt.Sprint("environment ", os.Environ(), " ", err))
	}
	Begin()
	os.Exit(m.Run())
}

// extractCase is a file with a text that must come out of it.
type extractCase struct {
	name, file string
	data       []byte
	want       string
}

// ceiling: flat table
func extractCases(t *testing.T) []extractCase {
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return []extractCase{
		{"Word: paragraphs, breaks and tabs", "plan.docx",
			word(t, `<w:p><w:pPr><w:tabs><w:tab w:pos="9"/></w:tabs></w:pPr><w:r><w:t>EHCP for</w:t></w:r><w:r><w:tab/><w:t>Oliver</w:t></w:r></w:p><w:p><w:r><w:t>two</w:t><w:br/><w:t>lines</w:t></w:r></w:p>`),
			"EHCP for\tOliver\ntwo\nlines\n"},
		{"Word: a table has its rows and cells", "table.docx",
			word(t, `<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Name</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>DOB</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>Oliver</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>12/03/2014</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`),
			"Name \tDOB \t\nOliver \t12/03/2014 \t"},
		{"Word: headers, comments, deleted words and the title", "x.docx",
			word(t, `<w:p><w:del><w:r><w:delText>Marsh</w:delText></w:r></w:del></w:p>`, entry{"word/header1.xml", `<w:hdr xmlns:w="w"><w:p><w:r><w:t>head</w:t></w:r></w:p></w:hdr>`},
				entry{"word/comments.xml", `<w:comments xmlns:w="w"><w:p><w:r><w:t>note</w:t></w:r></w:p></w:comments>`},
				entry{"docProps/core.xml", `<c xmlns:dc="dc"><dc:title>EHCP Oliver</dc:title><dc:creator>Jane</dc:creator></c>`}),
			"Marsh\n\nhead\n\nnote\n\nEHCP Oliver\n"},
		{"PowerPoint: slides in the order of their numbers", "x.pptx",
			slides(t, "one", "two", "3", "4", "5", "6", "7", "8", "9", "ten"), "\f\none\n\f\ntwo\n"},
		{"OpenDocument text", "x.odt",
			openFile(t, "text", `<text:h>Plan</text:h><text:p>for<text:s/>Oliver<text:line-break/>Marsh</text:p>`), "Plan\nfor Oliver\nMarsh\n"},
		{"OpenDocument sheets", "x.ods",
			openFile(t, "spreadsheet", `<table:table table:name="Class 3"><table:table-row><table:table-cell><text:p>Oliver</text:p></table:table-cell><table:table-cell><text:p>Y3</text:p></table:table-cell></table:table-row></table:table>`),
			"\fClass 3\nOliver \tY3 \t\n"},
		{"PDF: lines from top to bottom, wide gaps as tabs", "x.pdf",
			pdfFile("300 700 12/03/2014", "72 680 second line", "72 700 Oliver Marsh"), "Oliver Marsh\t12/03/2014\nsecond line\n"},
		{"PDF: shifts between letters and between words", "x.pdf",
			pdfOf("BT /F1 12 Tf 72 700 Td [(Oli) -20 (ver) -400 (Marsh)] TJ 0 -14 Td (two) Tj T* 12 TL (three) ' ET", ""), "Oliver Marsh\ntwo\nthree\n"},
		{"PDF: what is kept and brought back, once too often", "x.pdf",
			pdfOf("q 1 0 0 1 0 300 cm BT /F1 10 Tf 72 100 Td (below) Tj ET Q BT /F1 10 Tf 72 500 Td (above) Tj ET Q Q", ""), "above\nbelow\n"},
		{"PDF: a form that draws itself, on a page two levels down", "x.pdf", pdfForm(), "in a form\n"},
		{"CSV", "x.csv", []byte("Name,DOB\r\nOliver,12/03/2014\r\n"), "Name,DOB\nOliver,12/03/2014\n"},
		{"a text of windows-1252", "x.txt", []byte("Zo\xeb \x96 plan"), "Zoë – plan"},
		{"a text of UTF-16", "x.txt", []byte("\xff\xfeO\x00l\x00i\x00"), "Oli"},
		{"the bytes decide, not the name", "x.txt", word(t, `<w:p><w:r><w:t>Oliver</w:t></w:r></w:p>`), "Oliver"},
		{"Excel: sheets, a hidden one, and a date as in Britain", "x.xlsx", workbook(t, "", func(f *excelize.File) {
			must(f.SetSheetRow("Sheet1", "A1", &[]any{"Name", "DOB"}))
			must(f.SetSheetRow("Sheet1", "A2", &[]any{"Oliver", time.Date(2014, 3, 12, 0, 0, 0, 0, time.UTC)}))
			style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
			must(err)
			must(f.SetCellStyle("Sheet1", "B2", "B2", style))
			_, err = f.NewSheet("Class 3")
			must(err)
			must(f.SetCellValue("Class 3", "C5", "Amelia"))
			must(f.SetSheetVisible("Class 3", false))
		}), "\fSheet1\nName\tDOB\nOliver\t12/03/2014\n\fClass 3\n\t\tAmelia\n"},
	}
}

func TestExtract(t *testing.T) {
	for _, c := range extractCases(t) {
		t.Run(c.name, func(t *testing.T) {
			got, err := Extract(context.Background(), c.file, c.data)
			if err != nil {
				t.Fatal(err)
			}
			if got.Cut || !strings.Contains(got.String(), c.want) {
				t.Errorf("cut %v, got\n%q\nwant\n%q", got.Cut, got, c.want)
			}
		})
	}
}

// TestHostileFiles gives the child what would fell a server. Each has to end as an answer, in time, and the parent must not
// grow by it.
func TestHostileFiles(t *testing.T) {
	good := word(t, `<w:p><w:r><w:t>x</w:t></w:r></w:p>`)
	for _, c := range []struct {
		name, file string
		data       []byte
		want       string // of the reason
	}{
		{"a ZIP bomb", "x.docx", word(t, strings.Repeat(" ", 1<<30/16)), "unpacks to more than 20 MB"},
		{"a ZIP bomb that lies about its size", "x.docx", lying(t), "damaged"},
		{"deep XML", "x.docx", word(t, strings.Repeat("<w:p>", 200000)), "nested deeper"},
		{"billion laughs", "x.docx", pack(t, zip.Deflate, entry{"word/document.xml", `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>`}), "declares a document type"},
		{"cut short", "x.docx", good[:len(good)/2], "ZIP"},
		{"damaged inside", "x.docx", word(t, `<w:p><w:r></w:p>`), "damaged"},
		{"an Excel file with a password", "x.xlsx", workbook(t, "secret", func(*excelize.File) {}), "password"},
		{"a PDF with a password", "x.pdf", pdfOf("", `/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O (0123456789abcdef0123456789abcdef) /U (0123456789abcdef0123456789abcdef) >> /ID [(a) (b)]`), "password"},
		{"a PDF cut short", "x.pdf", pdfFile("1 1 x")[:200], "damaged"},
		{"a PDF of nothing but its head", "x.pdf", []byte("%PDF-1.4"), "damaged"},
		{"a PDF whose pages are their own parents", "x.pdf", []byte(strings.Replace(string(pdfFile("1 1 x")), "/Kids [3 0 R] /Count 1", "/Kids [2 0 R] /Count 9", 1)), ""},
		{"a PDF whose pages are their own parents, many times", "x.pdf", []byte(strings.Replace(string(pdfFile("1 1 x")), "/Kids [3 0 R]", "/Kids ["+strings.Repeat("2 0 R ", 20)+"]", 1)), ""},
		{"a scan", "x.pdf", pdfOf("", ""), "scan"},
		{"a picture", "x.png", []byte("\x89PNG\r\n\x1a\n"), "picture"},
		{"a ZIP file", "x.zip", pack(t, zip.Deflate, entry{"a.txt", "a"}), "ZIP"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := Extract(context.Background(), c.file, c.data)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, ErrNotRead) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want ErrNotRead with %q", err, c.want)
			}
			if took := time.Since(start); took > maxTime+time.Minute {
				t.Errorf("took %v", took)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
				t.Errorf("the parent took %d MB", grown>>20)
			}
		})
	}
	if got, err := Extract(context.Background(), "x.docx", good); err != nil || !strings.Contains(got.String(), "x") {
		t.Errorf("after them a good file gives %q, %v", got, err)
	}
}

// lying is a bomb whose directory names a small size.
func lying(t *testing.T) []byte {
	bomb := string(word(t, strings.Repeat(" ", 30<<20)))
	size := uint32(len(wordHead) + 30<<20 + len("</w:body></w:document>"))
	le := string([]byte{byte(size), byte(size >> 8), byte(size >> 16), byte(size >> 24)})
	if !strings.Contains(bomb, le) {
		t.Fatal("the size does not stand in the file")
	}
	return []byte(strings.ReplaceAll(bomb, le, "\x10\x27\x00\x00"))
}

// TestManyRows: an Excel file with a million rows is read until the text is full.
func TestManyRows(t *testing.T) {
	long.Test(t, "a million rows")
	var b strings.Builder
	b.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	for range 1_000_000 {
		b.WriteString(`<row><c/></row>`)
	}
	b.WriteString(`</sheetData></worksheet>`)
	got, err := Extract(context.Background(), "x.xlsx", sheetFile(t, b.String()))
	if err != nil && !errors.Is(err, ErrNotRead) {
		t.Fatal(err)
	}
	t.Logf("%d octets, cut %v, %v", len(got.String()), got.Cut, err)
	b.Reset()
	b.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	for range 20_000 {
		b.WriteString(`<row><c t="inlineStr"><is><t>` + "Oliver Marsh was here, and here, and here, and then he was there" + `</t></is></c></row>`)
	}
	b.WriteString(`</sheetData></worksheet>`)
	got, err = read("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheetFile(t, b.String())) // here, whatever else the machine does
	if err != nil || !got.Cut || len(got.String()) < MaxText/2 || len(got.String()) > MaxText+100 {
		t.Errorf("%d octets, cut %v, %v; want as much as is taken", len(got.String()), got.Cut, err)
	}
}

// sheetFile makes an Excel file out of the XML of its sheet.
func sheetFile(t *testing.T, sheet string) []byte {
	return pack(t, zip.Deflate,
		entry{"[Content_Types].xml", `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
		entry{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		entry{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		entry{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
		entry{"xl/worksheets/sheet1.xml", sheet})
}

// TestLimitsOfTheChild makes the child do what the limits are against.
func TestLimitsOfTheChild(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("NOT RUN: only Linux has these limits")
	}
	secret, err := os.Open(os.Args[0]) // a descriptor that the child must not have
	if err != nil {
		t.Fatal(err)
	}
	defer secret.Close()
	target := filepath.Join(t.TempDir(), "written")
	for kind, want := range map[string]string{
		"test/spin":    "of the processor",
		"test/sleep":   "longer than 1s",
		"test/balloon": "256 MB of memory",
		"test/panic":   "damaged",
		"test/write":   "file too large",
		"test/inside":  "environment [] <nil>",
	} {
		t.Run(kind, func(t *testing.T) {
			if raceDetector && kind == "test/balloon" {
				t.Skip("NOT RUN: the race detector needs more memory than a child may have")
			}
			within := 5 * time.Minute // a machine that is very busy reaches maxTime before the limit that is looked at
			if kind == "test/sleep" {
				within = time.Second
			}
			text, err := run(context.Background(), kind, []byte(target), within)
			if got := fmt.Sprint(text, err); !strings.Contains(got, want) {
				t.Errorf("got %s, want %q", got, want)
			}
		})
	}
	if b, err := os.ReadFile(target); err == nil && len(b) > 0 {
		t.Error("the child wrote a file")
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Extract(ctx, "x.docx", word(t, "")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

func TestTextGoesBothWays(t *testing.T) {
	for _, text := range []Text{{}, {Sections: []Section{{Text: "a\nb"}}}, {Sections: []Section{{"S", "a\n"}, {"", "b\n"}}}} {
		if got := parse(text.String()); got.String() != text.String() || len(got.Sections) != len(text.Sections) {
			t.Errorf("%+v becomes %+v", text, got)
		}
	}
}

// FuzzRead gives strangers' bytes to the readers that are ours, in this process.
func FuzzRead(f *testing.F) {
	f.Add(word(f, `<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Name</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`))
	f.Add(slides(f, "one", "two"))
	f.Add(openFile(f, "text", `<text:p>x</text:p>`))
	f.Add([]byte("Zo\xeb, \xff\xfe"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range []string{"wordprocessingml.document", "presentationml.presentation"} {
			checkText(t, "application/vnd.openxmlformats-officedocument."+kind, data)
		}
		checkText(t, "application/vnd.oasis.opendocument.text", data)
		if s := plain(data).String(); len(s) > MaxText {
			t.Fatalf("%d octets of plain text", len(s))
		}
		message.TrueType(data, "", "x.docx")
	})
}

func checkText(t *testing.T, kind string, data []byte) {
	text, err := read(kind, data)
	if err != nil && strings.Contains(err.Error(), "reader cannot take") {
		t.Fatalf("%s: a reader of ours panics", kind)
	}
	if s := text.String(); len(s) > MaxText+64 || strings.Contains(s, "\x00") {
		t.Fatalf("%s: %d octets", kind, len(s))
	}
}
