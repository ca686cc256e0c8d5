package main

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"strings"
)

// forms are the ways on which a member passes on a copy with its header, a link out of it, or one token. Each is a header,
// without From, To and Message-ID, and a body.
func forms(copied, link, tok string) map[string][2]string {
	quoted := "> " + strings.ReplaceAll(copied, "\r\n", "\r\n> ")
	page := "<html><body><p>Look: <a href=\"" + link + "\">here</a></p></body></html>"
	at := strings.Index(link, tok)
	half := link[:at+20] + "%s" + link[at+20:]
	all := map[string][2]string{
		"pasted": {"", copied}, "pasted as a quote": {"", quoted}, "pasted between words": {"", "Dear all,\r\n\r\n" + copied + "\r\nJane"},
		"a link": {"", "Look: " + link}, "a link in brackets": {"", "<" + link + ">"}, "a token alone": {"", tok}, "two in a row": {"", tok + tok},
		"upper case": {"", strings.ToUpper(link)}, "percent": {"", strings.ReplaceAll(link, "_", "%5F")},
		"percent, twice":     {"", strings.ReplaceAll(link, "_", "%255F")},
		"percent, all of it": {"", percentAll(tok)},
		"a safe link":        {"", "https://safe.example/?url=" + url.QueryEscape(link) + "&data=05"},
		"a link defended":    {"", "https://defend.example/v2/url?u=" + strings.NewReplacer("_", "-5F", "/", "_", ":", "-3A").Replace(link) + "&d=D"},
		"flowed":             textForm("text/plain; format=flowed", "7bit", fmt.Sprintf(half, " \r\n")),
		"flowed, quoted":     textForm("text/plain; format=flowed", "7bit", "> "+fmt.Sprintf(half, " \r\n> ")),
		"flowed with delsp":  textForm("text/plain; format=flowed; delsp=yes", "7bit", fmt.Sprintf(half, " \r\n")),
		"flowed in QP":       textForm("text/plain; format=flowed", "quoted-printable", fmt.Sprintf(half, "=20\r\n")),
		"wrapped":            {"", fmt.Sprintf(half, "\r\n")},
		"wrapped in a quote": {"", "> > " + fmt.Sprintf(half, "\r\n> > ")},
		"quoted-printable":   textForm("text/plain; charset=utf-8", "quoted-printable", "caf=C3=A9 "+strings.ReplaceAll(link, "_", "=5F")),
		"QP, broken":         textForm("text/plain; charset=utf-8", "quoted-printable", "caf=C3=A9 "+fmt.Sprintf(half, "=\r\n")),
		"QP, broken often":   textForm("text/plain", "quoted-printable", strings.Join(strings.Split(tok, ""), "=\r\n")),
		"base64":             textForm("text/plain; charset=utf-8", "base64", base64Lines(copied)),
		"base64, latin 1":    textForm("text/plain; charset=iso-8859-1", "base64", base64Lines("caf\xe9 "+copied)),
		"UTF-16":             textForm("text/plain; charset=utf-16le", "base64", base64Lines(wide(link))),
		"UTF-7":              textForm("text/plain; charset=utf-7", "7bit", strings.ReplaceAll(link, "_", "+AF8-")),
		"no-break spaces":    textForm("text/plain; charset=utf-8", "8bit", fmt.Sprintf(half, "\u200b")),
		"soft hyphens":       textForm("text/plain; charset=utf-8", "8bit", fmt.Sprintf(half, "\u00ad")),
		"HTML":               textForm("text/html", "7bit", page),
		"HTML in base64":     textForm("text/html; charset=utf-8", "base64", base64Lines(page)),
		"HTML in QP":         textForm("text/html; charset=utf-8", "quoted-printable", strings.NewReplacer("=", "=3D", "snc1", "snc=\r\n1").Replace(page)),
		"HTML, references":   textForm("text/html", "7bit", strings.ReplaceAll(page, "_", "&#95;")),
		"HTML, a named one":  textForm("text/html", "7bit", strings.ReplaceAll(page, "_", "&lowbar;")),
		"HTML, in its text":  textForm("text/html", "7bit", "<pre>"+copied+"</pre>"),
		"HTML, tags inside":  textForm("text/html", "7bit", "<p>"+fmt.Sprintf(half, "<wbr>")+"</p>"),
		"HTML, a comment":    textForm("text/html", "7bit", "<p>x</p><!-- "+link+" -->"),
	}
	maps.Copy(all, partForms(copied, link, tok, page, half))
	return all
}

// partForms are the forms in which a token stands in a part, or in the header.
func partForms(copied, link, tok, page, half string) map[string][2]string {
	hello := [2]string{"", "See below."}
	return map[string][2]string{
		"both forms":          {"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=a\r\n", "--a\r\n\r\n" + link + "\r\n--a\r\nContent-Type: text/html\r\n\r\n" + page + "\r\n--a--"},
		"attached":            mixedForm(hello, attachedForm(copied)),
		"attached alone":      attachedForm(copied),
		"attached, encoded":   mixedForm(hello, [2]string{"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n", base64Lines(copied)}),
		"attached, base64 in": mixedForm(hello, attachedForm("Subject: Fwd\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64Lines(copied))),
		"attached twice deep": mixedForm(hello, attachedForm("Subject: Fwd\r\nContent-Type: message/rfc822\r\n\r\n"+copied)),
		"an .eml file":        mixedForm(hello, [2]string{"Content-Type: application/octet-stream; name=post.eml\r\nContent-Transfer-Encoding: base64\r\n", base64Lines(copied)}),
		"a text file":         mixedForm(hello, [2]string{"Content-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment\r\n", "1," + link}),
		"headers alone":       mixedForm(hello, [2]string{"Content-Type: text/rfc822-headers\r\n", copied}),
		"a digest":            {"MIME-Version: 1.0\r\nContent-Type: multipart/digest; boundary=d\r\n", "--d\r\n\r\n" + copied + "\r\n--d--"},
		"an invitation":       mixedForm(hello, [2]string{"Content-Type: text/calendar\r\n", "BEGIN:VCALENDAR\r\nURL:" + fmt.Sprintf(half, "\r\n ") + "\r\nEND:VCALENDAR"}),
		"the name of a file":  mixedForm(hello, [2]string{"Content-Type: a/b; name=\"" + tok + ".txt\"\r\n", "x"}),
		"a name in pieces":    mixedForm(hello, [2]string{"Content-Type: a/b; name*0=" + tok[:9] + "; name*1=" + tok[9:] + "\r\n", "x"}),
		"before the parts":    {mixedForm(hello)[0], link + "\r\n" + mixedForm(hello)[1]},
		"behind the parts":    {mixedForm(hello)[0], mixedForm(hello)[1] + "\r\n" + link},
		"the subject":         {"Subject: " + link + "\r\n", "x"},
		"the subject, base64": {"Subject: =?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte(tok)) + "?=\r\n", "x"},
		"the subject, pieces": {"Subject: =?utf-8?q?" + tok[:9] + "?=\r\n =?utf-8?q?" + tok[9:] + "?=\r\n", "x"},
		"Cc":                  {"Cc: <senco-forum-confirm+" + tok + "@lists.example.org>\r\n", "x"},
		"In-Reply-To":         {"In-Reply-To: <" + tok + "@x.example>\r\nReferences: <" + tok + "@x.example>\r\n", "x"},
		"Thread-Topic":        {"Thread-Topic: " + tok + "\r\nThread-Index: " + tok + "\r\n", "x"},
		"redirected": {"List-Unsubscribe: <" + link + ">\r\nFeedback-ID: " + tok + ":1:post:senco-forum\r\nReturn-Path: <senco-forum-bounces+" +
			tok + "@lists.example.org>\r\nAuthentication-Results: mx.example; spf=pass smtp.mailfrom=senco-forum-bounces+" + tok + "@lists.example.org\r\n", "x"},
	}
}

// textForm is a body of one part.
func textForm(kind, encoding, body string) [2]string {
	return [2]string{"Content-Type: " + kind + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n", body}
}

func mixedForm(parts ...[2]string) [2]string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("--b\r\n" + p[0] + "\r\n" + p[1] + "\r\n")
	}
	return [2]string{"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n", b.String() + "--b--"}
}

func attachedForm(mail string) [2]string { return [2]string{"Content-Type: message/rfc822\r\n", mail} }

func base64Lines(s string) (lines string) {
	for s = base64.StdEncoding.EncodeToString([]byte(s)); len(s) > 76; s = s[76:] {
		lines += s[:76] + "\r\n"
	}
	return lines + s
}

func percentAll(s string) (out string) {
	for i := range len(s) {
		out += fmt.Sprintf("%%%02X", s[i])
	}
	return out
}

// wide is ASCII in UTF-16, little end first.
func wide(s string) (out string) {
	for i := range len(s) {
		out += s[i:i+1] + "\x00"
	}
	return out
}
