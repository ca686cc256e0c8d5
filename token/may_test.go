package token

import (
	"strings"
	"testing"
)

func TestMayKnowsPlainMail(t *testing.T) {
	for _, raw := range []string{
		"", "s", "sn", "snc", "Dear all, the science of SNC 2 classes-based, s=20nothing.\r\n",
		"Subject: parents&nbsp;and clubs\r\n\r\n<p class=MsoNormal>Has<b> nobody</b></p> s",
		"don&#39;t &#34;s&#8217;n&#160;&#130;&#1150;", "We are\nbeginning to see\nbegin",
	} {
		if May([]byte(raw)) {
			t.Errorf("%q may hold a token", raw)
		}
	}
	const tok = "snc1_0123456789abcdefghjkmnpqrstvwxyz"
	for _, raw := range []string{
		tok, "x" + strings.ToUpper(tok), "<b>s</b><span style=a>n</span>c<i>1</i>_0123", "s&shy;nc1_", "=73nc1=5F", "s%6Ec1", "s=\r\nn=\r\nc1_",
		"Content-Transfer-Encoding: BASE64\r\n\r\nc25jMV8", "=?utf-8?B?c25jMV8=?=", "s\r\n> > nc1_", "s\u200bnc1", "s=E2=80=8Bn%20%0Dc&zwnj;1", "s&#173;nc1_", "&#115;nc1", "s&#110;c1_", "s&amp;#110;c1_", "&#37;73nc1", "&#000115;nc1", "&#115nc1", "&#x73;nc1", "s&#39;nc1_", "Mime\nbegin 644 file\n", "\r\nbegin=20644 file", "s<a " + strings.Repeat("x", 300) + ">nc1_",
	} {
		if !May([]byte(raw)) {
			t.Errorf("%q holds none", raw)
		}
	}
}

func FuzzMay(f *testing.F) {
	f.Add("snc1_0123456789abcdefghjkmnpqrstvwxyz")
	f.Add("&#115;nc1&lowbar;0123456789abcdefghjkmnpqrst\u00advwxyz")
	f.Add("%2573-6E%6331-5F0123456789abcdefghjkmnpqrstvwxyz")
	f.Fuzz(func(t *testing.T, text string) {
		if Redact(text, "[removed]") != text && !May([]byte(text)) {
			t.Errorf("%q holds a token, and May says no", text)
		}
	})
}
