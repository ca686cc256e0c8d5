package browser

import (
	"net/url"
	"strings"
	"testing"
)

// seed posts what an invented archive has not: long words, files, HTML, quotes, and what waits for moderators.
func (h *house) seed(t *testing.T) {
	t.Helper()
	m := h.role(t, "member")
	h.calm(t)
	c := h.client(t, m.Name)
	for path, form := range map[string]url.Values{
		"/settings":   {"list": {strings.Split(h.list, "@")[0]}, "mode": {"every"}, "own": {"1"}, "shown": {"1"}},
		"/m/1/report": {"text": {"It names a child."}},
	} {
		done, err := c.PostForm(h.base+path, form)
		if err != nil {
			t.Fatal(err)
		}
		done.Body.Close()
	}
	h.post(t, m.Address, h.list, mail(m.Address, h.list, "Formatting, files and "+strings.Repeat("unbrokenword", 8), "See https://www.example.org/"+strings.Repeat("a-long-address/", 12)+
		"\r\n\r\nOn Monday, Sam wrote:\r\n> "+strings.Repeat("w", 120)+"\r\n> and more\r\n\r\nThank you.\r\n\r\n-- \r\nPriya\r\nA school"))
	h.post(t, m.Address, h.list, formatted(m.Address, h.list))
	for _, raw := range [][]byte{formatted(outside, h.list), mail(outside, h.list, "May a parent ask?", strings.Repeat("A long question about reading. ", 200))} {
		h.post(t, outside, h.list, raw)
	}
	h.settled(t)
}

// outside is whoever is no member.
const outside = "stranger@elsewhere.example"

// formatted is a message with HTML and files.
func formatted(from, to string) []byte {
	return []byte(strings.ReplaceAll(`From: `+from+`
To: `+to+`
Subject: A table, a picture and two files
Message-ID: <formatted.`+from+`>
Date: Mon, 02 Nov 2026 09:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

Our provision map is attached.

--a
Content-Type: text/html; charset=utf-8

<h1>Provision</h1><p style="color:#eee;font-size:9px">Our <b>provision map</b> is <a href="https://www.example.org/">attached</a>.</p>
<table width="1200"><tr><th>Need</th><th>What</th></tr><tr><td>Reading</td><td>Paired reading, three times a week, with a very long sentence in it</td></tr></table>
<ul><li>one</li></ul><blockquote>quoted</blockquote><p><img src="https://tracker.example/pixel.gif" width=1 height=1><font color=yellow>yellow</font></p>
<pre>`+strings.Repeat("preformatted ", 30)+`</pre>
--a--
--m
Content-Type: text/plain; name="Provision map, autumn term, final version 3 (corrected) with-a-very-long-name.txt"
Content-Disposition: attachment; filename="Provision map, autumn term, final version 3 (corrected) with-a-very-long-name.txt"

Reading
--m
Content-Type: image/png; name="picture.png"
Content-Disposition: attachment; filename="picture.png"
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--m--
`, "\n", "\r\n"))
}
