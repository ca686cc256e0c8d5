package message

import (
	"strings"
	"testing"
)

// textMail returns a message with this Content-Type and body.
func textMail(kind, body string) *Message {
	return Parse([]byte("Content-Type: " + kind + "\r\n\r\n" + strings.ReplaceAll(body, "\n", "\r\n")))
}

func TestText(t *testing.T) {
	alternative := "multipart/alternative; boundary=b"
	mixed := "multipart/mixed; boundary=b"
	for _, c := range []struct{ name, kind, body, want string }{
		{"plain text", "text/plain", "Hello\n", "Hello\n"},
		{"HTML alone is reduced", "text/html", "<p>Hello", "Hello\n"},
		{"of two forms the plain one is read", alternative, "--b\nContent-Type: text/html\n\n<p>H\n--b\n\nplain\n--b--", "plain"},
		{"an empty plain form is passed over", alternative, "--b\n\n \n--b\nContent-Type: text/html\n\n<p>H\n--b--", "H\n"},
		{"HTML inside a related part is found", alternative, "--b\nContent-Type: multipart/related; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>H\n--c--\n--b--", "H\n"},
		{"parts are read in their order", mixed, "--b\n\none\n--b\nContent-Type: text/html\n\n<p>two\n--b\n\nthree\n--b--", "one\n\ntwo\n\nthree"},
		{"a file is not read", mixed, "--b\n\none\n--b\nContent-Disposition: attachment\n\ntwo\n--b--", "one"},
		{"a lone text is read even as a file", "text/plain; name=a.txt", "Hello", "Hello"},
		{"an attached message is not read", mixed, "--b\n\none\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\ntwo\n--b--", "one"},
		{"a message that is nothing but a message is read", "message/rfc822", "Subject: x\n\nHello", "Hello"},
		{"a message without text has none", "image/png", "x", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := textMail(c.kind, c.body).Text(); got != c.want {
				t.Errorf("Text = %q, want %q", got, c.want)
			}
		})
	}
}

func TestCharsets(t *testing.T) {
	for _, c := range []struct{ name, kind, body, want string }{
		{"UTF-8", "text/plain; charset=utf-8", "Siân", "Siân"},
		{"a byte order mark goes", "text/plain; charset=utf-8", "\ufeffSiân", "Siân"},
		{"ISO-8859-1 means windows-1252", "text/plain; charset=iso-8859-1", "\x93Si\xe2n\x94", "“Siân”"},
		{"a misspelt charset", "text/plain; charset=iso8859-15", "\xa4", "€"},
		{"a charset of DOS", "text/plain; charset=cp850", "\x82", "é"},
		{"a charset of DOS with a dash", "text/plain; charset=CP-850", "\x82", "é"},
		{"a charset of Windows without a dash", "text/plain; charset=windows1251", "\xcf", "П"},
		{"a charset with quotes too many", `text/plain; charset="'utf-8'"`, "é", "é"},
		{"a charset that names itself", "text/plain; charset=charset=utf-8", "é", "é"},
		{"no charset, UTF-8", "text/plain", "é", "é"},
		{"no charset, windows-1252", "text/plain", "Si\xe2n \x96 \x80", "Siân – €"},
		{"us-ascii that is not", "text/plain; charset=us-ascii", "Si\xe2n", "Siân"},
		{"UTF-8 that is not", "text/plain; charset=utf-8", "Si\xe2n", "Siân"},
		{"UTF-8 with one bad byte keeps the rest", "text/plain; charset=utf-8", "é è à \xe2", "é è à â"},
		{"windows-1252 that is UTF-8 in one place", "text/plain", "\x93Si\xe2n\x94 \xc3\xa9", "“Siân” Ã©"},
		{"a charset that web pages may not have", "text/plain; charset=iso-2022-kr", "Hello", "Hello"},
		{"an unknown charset", "text/plain; charset=x-none", "Si\xe2n", "Siân"},
		{"UTF-7", "text/plain; charset=utf-7", "Si+AOI-n 1 +- 1", "Siân 1 + 1"},
		{"GB 2312 in HZ", "text/plain; charset=hz-gb-2312", "~{<:~}", "己"},
		{"a charset that a page names", "text/html", `<meta charset="windows-1251"><p>` + "\xcf", "П\n"},
		{"NUL goes and CR CR LF is one line end", "text/plain", "a\x00b\r\nc", "ab\nc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := textMail(c.kind, c.body).Text(); got != c.want {
				t.Errorf("Text = %q, want %q", got, c.want)
			}
		})
	}
	glued := Parse([]byte("Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8=\r\n-- \r\nA list's footer\r\n"))
	if got := glued.Text(); got != "Hello\n-- \nA list's footer\n" {
		t.Errorf("text with a footer glued on is %q", got)
	}
}

func TestFlowed(t *testing.T) {
	for _, c := range []struct{ name, kind, body, want string }{
		{"lines that end in a space go on", "format=flowed", "one \ntwo\nthree\n", "one two\nthree\n"},
		{"with delsp the space goes", "format=flowed; delsp=yes", "one \ntwo", "onetwo"},
		{"with delsp the space goes inside a quote too", "format=flowed; delsp=yes", ">> a \n>> b\n> c", ">> ab\n> c"},
		{"a stuffed space goes", "format=flowed", " From here\n >no quote", "From here\n>no quote"},
		{"quotes are put together by depth", "format=flowed", "> a \n> b\n>> c \nd", "> a b\n>> c \nd"},
		{"a signature is no paragraph", "format=flowed", "text \n-- \nJane", "text \n-- \nJane"},
		{"fixed text stays", "format=fixed", "one \ntwo", "one \ntwo"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := textMail("text/plain; "+c.kind, c.body).Text(); got != c.want {
				t.Errorf("Text = %q, want %q", got, c.want)
			}
		})
	}
}

func TestReduceHTML(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"paragraphs are lines with a space between", "<p>One<p>Two</p>", "One\n\nTwo\n"},
		{"white space is one space", "a \n\t b&nbsp;c", "a b c\n"},
		{"words of inline elements stay together", "<b>a</b>b <i>c</i>", "ab c\n"},
		{"breaks are lines", "a<br>b<br/><br>c", "a\nb\n\nc\n"},
		{"cells have a space between", "<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>", "a b\nc\n"},
		{"items have a dash", "<ul><li>a<li>b</ul>c", "- a\n- b\nc\n"},
		{"a quote is marked", "a<blockquote>b<br>c<blockquote>d</blockquote></blockquote>e", "a\n> b\n> c\n>> d\ne\n"},
		{"scripts, styles and titles are not shown", "<title>t</title><style>x{}</style><script>if(a<b)</script>y", "y\n"},
		{"comments are not shown", "a<!-- b --><!--[if mso]>c<![endif]-->d", "ad\n"},
		{"entities are letters", "&lt;p&gt; &eacute; &#8211;", "<p> é –\n"},
		{"the address of a link follows its text", `<p><a href="https://x.org/a">here</a></p><p>z`, "here <https://x.org/a>\n\nz\n"},
		{"a link that shows its address has it once", `<a href="https://x.org">https://x.org</a>`, "https://x.org\n"},
		{"an address of mail", `<a href="mailto:a@x.org?subject=x">Jane</a>`, "Jane <a@x.org>\n"},
		{"a script for an address is left out", `<a href="javascript:x()">here</a>`, "here\n"},
		{"a stray end tag hides nothing", "</style></head></a></blockquote></pre>text", "text\n"},
		{"a picture shows its text", `<img alt="Logo" src=x>`, "Logo\n"},
		{"preformatted lines stay", "<pre>a\n  b</pre>c", "a\n  b\nc\n"},
		{"an angle bracket that opens nothing stays", "1 < 2 and x<y", "1 < 2 and x\n"},
		{"nothing is nothing", "<p> </p>", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := reduceHTML(c.in); got != c.want {
				t.Errorf("reduceHTML(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}
