package message

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// withFile is a message with one attached file.
func withFile(name, kind string, data []byte) *Message {
	return Parse([]byte("From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nHello\r\n--x\r\n" +
		"Content-Type: " + kind + "; name=\"" + name + "\"\r\nContent-Disposition: attachment; filename=\"" + name + "\"\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(data) + "\r\n--x--\r\n"))
}

func packed(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, n := range names {
		if _, err := w.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFilesThatRun(t *testing.T) {
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)
	for _, c := range []struct {
		name, file, kind string
		data             []byte
		risky            bool
	}{
		{"a document", "plan.docx", "application/octet-stream", packed(t, "word/document.xml"), false},
		{"a document with macros under a harmless name", "plan.docx", "application/octet-stream", packed(t, "word/document.xml", "word/vbaProject.bin"), true},
		{"a workbook whose name says macros", "timetable.xlsm", "application/vnd.ms-excel", packed(t, "xl/workbook.xml"), true},
		{"an old document", "plan.doc", "application/msword", []byte(ole), false},
		{"an old document with macros", "plan.doc", "application/msword", []byte(ole + string(vbaStream)), true},
		{"a program under the name of a picture", "photo.jpg", "image/jpeg", []byte("MZ\x90\x00\x03" + strings.Repeat("\x00", 60)), true},
		{"a script", "read me.js", "text/plain", []byte("alert(1)"), true},
		{"a script whose name ends in a dot", "read me.js. ", "text/plain", []byte("alert(1)"), true},
		{"a shortcut", "plan.pdf.lnk", "application/pdf", []byte("L\x00\x00\x00\x01\x14\x02\x00"), true},
		{"a packed document", "plans.zip", "application/zip", packed(t, "plan.docx", "notes.txt"), false},
		{"a packed program", "plans.zip", "application/zip", packed(t, "plan.docx", "in/Setup.EXE"), true},
		{"a PDF", "plan.pdf", "application/pdf", []byte("%PDF-1.7"), false},
		{"a picture", "photo.png", "image/png", []byte("\x89PNG\r\n\x1a\n"), false},
		{"a calendar", "visit.ics", "text/calendar", []byte("BEGIN:VCALENDAR"), false},
		{"a text that begins like a program", "notes.txt", "text/plain", []byte("MZ is short for mezzanine"), false},
	} {
		want := "[]"
		got := withFile(c.file, c.kind, c.data).Risky()
		if c.risky {
			want = "one"
		}
		if (len(got) == 1) != c.risky {
			t.Errorf("%s: %s, want %s", c.name, fmt.Sprint(got), want)
		}
	}
}
