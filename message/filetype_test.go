package message

import (
	"archive/zip"
	"bytes"
	"testing"
)

// zipOf makes a ZIP file with these names; the first may be stored as it is, with content.
func zipOf(t testing.TB, mimetype string, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if mimetype != "" {
		f, err := w.CreateHeader(&zip.FileHeader{Name: "mimetype", Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(mimetype)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTrueType(t *testing.T) {
	const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	for _, c := range []struct{ name, data, said, file, want string }{
		{"a PDF that says to be octets", "%PDF-1.7 ", "application/octet-stream", "plan", "application/pdf"},
		{"a program that says to be a picture", "MZ\x90\x00\x03", "image/png", "cat.png", "application/x-msdownload"},
		{"a picture that is none", "hello\x00", "image/png", "cat.png", "application/octet-stream"},
		{"a photo", "\xff\xd8\xff\xe0", "application/octet-stream", "a", "image/jpeg"},
		{"HTML that says to be plain", "  <HTML><script>", "text/plain", "a.txt", "text/html"},
		{"HTML that says to be a picture", "<!DOCTYPE html>", "image/jpeg", "a.jpg", "text/html"},
		{"a drawing that can run", `<?xml version="1.0"?><svg onload="x">`, "image/png", "a.png", "image/svg+xml"},
		{"a table by its name", "a,b\n1,2\n", "application/octet-stream", "pupils.csv", "text/csv"},
		{"plain text", "MZ is how it begins", "text/plain", "a.txt", "text/plain"},
		{"Word", string(zipOf(t, "", "[Content_Types].xml", "word/document.xml")), "application/octet-stream", "a.bin", docx},
		{"Word with macros that says to have none", string(zipOf(t, "", "word/document.xml", "word/vbaProject.bin")), docx, "a.docx",
			"application/vnd.ms-word.document.macroenabled.12"},
		{"Excel", string(zipOf(t, "", "xl/workbook.xml")), "", "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"OpenDocument", string(zipOf(t, "application/vnd.oasis.opendocument.text", "content.xml")), "", "a", "application/vnd.oasis.opendocument.text"},
		{"a ZIP file that is torn", "PK\x03\x04torn", "", "a", "application/zip"},
		{"old Word", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/octet-stream", "A.DOC", "application/msword"},
		{"old Office of an unknown kind", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "image/gif", "a.gif", "application/x-ole-storage"},
		{"an appointment", "BEGIN:VCALENDAR\r\n", "application/octet-stream", "a", "text/calendar"},
		{"a picture of an iPhone", "\x00\x00\x00\x18ftypheic", "image/jpeg", "a.jpg", "image/heic"},
		{"a sound that is said to be one and unknown to us", "\x01\x02\x03", "audio/amr", "a.amr", "audio/amr"},
		{"nothing", "", "", "", "application/octet-stream"},
	} {
		if got := TrueType([]byte(c.data), c.said, c.file); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func FuzzTrueType(f *testing.F) {
	f.Add(zipOf(f, "application/vnd.oasis.opendocument.text", "word/a"), "text/plain", "a.txt")
	f.Add([]byte("BM\x00\x00\x00\x00\x00\x00\x00\x00"), "image/bmp", "")
	f.Fuzz(func(t *testing.T, data []byte, said, name string) {
		if TrueType(data, said, name) == "" {
			t.Error("a file without a type")
		}
	})
}
