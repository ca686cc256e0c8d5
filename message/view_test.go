package message

import (
	"crypto/sha256"
	"strings"
	"testing"
)

const viewMail = "Subject: Plan\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n" +
	"--m\r\nContent-Type: multipart/related; boundary=r\r\n\r\n" +
	"--r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n" +
	"--a\r\nContent-Type: text/plain\r\n\r\nHere is the plan.\r\n\r\n> Where is it?\r\n" +
	"--a\r\nContent-Type: text/html\r\n\r\n<p onclick=x()>Here is the plan.<img src=\"cid:logo@x\"><img src=\"https://track.example/1.png\">" +
	"<script>x()</script></p>\r\n--a--\r\n" +
	"--r\r\nContent-Type: application/octet-stream\r\nContent-ID: <logo@x>\r\n\r\n\x89PNG\r\n\x1a\n\r\n--r--\r\n" +
	"--m\r\nContent-Type: text/plain; name=\"../plan.pdf\"\r\nContent-Disposition: attachment\r\n\r\n%PDF-1.4\r\n" +
	"--m\r\nContent-Type: application/pdf; name=copy.pdf\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQ=\r\n" +
	"--m\r\nContent-Type: text/plain\r\n\r\n____________\r\nsenco-forum mailing list\r\nhttps://x.example/mailman/listinfo/senco\r\n--m--\r\n"

func TestView(t *testing.T) {
	m := Parse([]byte(viewMail))
	v := m.View()
	if v.Words.Own != "Here is the plan." {
		t.Errorf("own words %q", v.Words.Own)
	}
	checkSegments(t, m.Text(), v.Words.Segments)
	for _, want := range []string{"Here is the plan.", `src="cid:logo@x"`, "mailing list"} {
		if !strings.Contains(v.HTML, want) {
			t.Errorf("HTML lacks %q: %s", want, v.HTML)
		}
	}
	for _, never := range []string{"script", "onclick", "track.example", "x()"} {
		if strings.Contains(v.HTML, never) {
			t.Errorf("HTML has %q: %s", never, v.HTML)
		}
	}
	if len(v.Changes) != 2 {
		t.Errorf("changes %q, want pictures and parts that could run", v.Changes)
	}
	if len(v.Files) != 3 {
		t.Fatalf("files %v, want three", v.Files)
	}
	logo, plan, again := v.Files[0], v.Files[1], v.Files[2]
	if logo.Type != "image/png" || !logo.Inline || logo.Said != "application/octet-stream" {
		t.Errorf("the picture is %+v", logo)
	}
	if plan.Name != "plan.pdf" || plan.Type != "application/pdf" || plan.Said != "text/plain" || plan.Inline {
		t.Errorf("the plan is %+v", plan)
	}
	if plan.SHA256 != again.SHA256 || plan.SHA256 != sha256.Sum256([]byte("%PDF-1.4")) || plan.Size != 8 {
		t.Errorf("the same file twice: %x and %x", plan.SHA256, again.SHA256)
	}
	if content, ok := m.FileContent(again.Part, again.Inner); !ok || string(content) != "%PDF-1.4" {
		t.Errorf("content %q, %v", content, ok)
	}
	if _, ok := m.FileContent(1, 0); ok {
		t.Error("the text is a file")
	}
}

func TestViewOfText(t *testing.T) {
	for _, c := range []struct{ name, kind, body, want string }{
		{"plain text has no HTML", "text/plain", "Hello", ""},
		{"HTML alone", "text/html", "<p>Hello</p>", "<div><p>Hello</p></div>\n"},
		{"plain text beside HTML is shown with it", "multipart/mixed; boundary=b",
			"--b\n\na < b\n--b\nContent-Type: text/html\n\n<p>c</p>\n--b--", "<p>a &lt; b</p>\n<div><p>c</p></div>\n"},
		{"HTML that is too long is left to the text", "text/html", "<p>" + strings.Repeat("x", maxHTML) + "</p>", ""},
	} {
		if got := textMail(c.kind, c.body).View().HTML; got != c.want {
			t.Errorf("%s: %.200q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzView(f *testing.F) {
	f.Add([]byte(viewMail))
	f.Add(winmail("", newTNEF().file("a.html", []byte("<html>")).Bytes()).Raw())
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw)
		v := m.View()
		checkSegments(t, m.Text(), v.Words.Segments)
		if strings.Contains(strings.ToLower(v.HTML), "<script") {
			t.Errorf("HTML has a script: %q", v.HTML)
		}
		if n := m.FileCount(); n != len(v.Files) {
			t.Errorf("%d files are counted, %d shown", n, len(v.Files))
		}
		for _, file := range v.Files {
			content, ok := m.FileContent(file.Part, file.Inner)
			if !ok || int64(len(content)) != file.Size || file.Name == "" || file.Type == "" {
				t.Errorf("file %+v has %d octets, %v", file, len(content), ok)
			}
		}
	})
}
