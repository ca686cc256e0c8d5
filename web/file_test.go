package web

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

// withFiles is a message with files of these types and contents.
func withFiles(files [][3]string) (body, contentType string) {
	var b strings.Builder
	b.WriteString("--b\nContent-Type: text/plain\n\nSee the files.\n")
	for _, f := range files {
		b.WriteString("--b\nContent-Type: " + f[1] + "; name=\"" + f[0] + "\"\nContent-Disposition: attachment; filename=\"" + f[0] + "\"\nContent-Transfer-Encoding: base64\n\n" +
			base64.StdEncoding.EncodeToString([]byte(f[2])) + "\n")
	}
	return b.String() + "--b--", `Content-Type: multipart/mixed; boundary="b"`
}

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"

func TestWhatABrowserMayDoWithAFile(t *testing.T) {
	files := [][3]string{
		{"photo.png", "image/png", png}, {"page.html", "text/html", "<script>alert(1)</script>"}, {"drawing.svg", "image/svg+xml", "<svg onload='alert(1)'/>"},
		{"feed.xml", "text/xml", "<?xml version='1.0'?><a/>"}, {"list.pdf", "application/pdf", "%PDF-1.4"}, {"trick.png", "image/png", "<html><script>alert(1)</script>"},
		{"notes.txt", "text/plain", "some notes"}, {"photo.png", "image/png", png + "2"}, {"../../etc/passwd", "text/plain", "x"}, {"run.js", "text/javascript", "alert(1)"},
	}
	s := newSite(t, nil)
	body, kind := withFiles(files)
	s.post(1, 1, "Files", body, kind)
	tom := s.as(1)
	html := tom.get("/t/1")
	if strings.Count(html, `<li><a href="/a/1/`) != len(files) || !strings.Contains(html, "photo.png (picture, ") || strings.Contains(html, "/etc/") {
		t.Errorf("files:\n%s", html)
	}
	for name, want := range map[string][2]string{
		"photo.png": {"image/png", "inline; filename=photo.png"}, "2-photo.png": {"image/png", "inline; filename=photo.png"},
		"page.html": {"application/octet-stream", "attachment; filename=page.html"}, "drawing.svg": {"application/octet-stream", "attachment; filename=drawing.svg"},
		"feed.xml": {"application/octet-stream", "attachment; filename=feed.xml"}, "list.pdf": {"application/octet-stream", "attachment; filename=list.pdf"},
		"trick.png": {"application/octet-stream", "attachment; filename=trick.png"}, "notes.txt": {"application/octet-stream", "attachment; filename=notes.txt"},
		"run.js": {"application/octet-stream", "attachment; filename=run.js"},
	} {
		r, _ := tom.ask("GET", "/a/1/"+name, "")
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != want[0] || r.Header.Get("Content-Disposition") != want[1] ||
			r.Header.Get("Content-Security-Policy") != sealed || r.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(r.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: %d %v", name, r.StatusCode, r.Header)
		}
	}
	for _, path := range []string{"/a/1/other.png", "/a/1/", "/a/2/photo.png", "/a/1/3-photo.png", "/a/1/photo.png/x"} {
		if r, _ := tom.ask("GET", path, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
	if r, raw := tom.ask("GET", "/m/1/raw", ""); r.Header.Get("Content-Type") != "text/plain; charset=utf-8" || r.Header.Get("Content-Security-Policy") != sealed || !strings.Contains(raw, "Subject: Files") {
		t.Errorf("the bytes: %v", r.Header)
	}
}
