package message

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawPart draws a part of a mail, with its header: a leaf, or a container.
func drawPart(t *rapid.T, depth int, label string) string {
	if depth < 3 && rapid.IntRange(0, 2).Draw(t, label+" container") == 0 {
		kind := rapid.SampledFrom([]string{"mixed", "alternative", "related", "report"}).Draw(t, label+" kind")
		boundary := "b" + strings.ReplaceAll(label, ".", "_")
		out := fmt.Sprintf("Content-Type: multipart/%s; boundary=%q\r\n\r\npreamble\r\n", kind, boundary)
		for i := range rapid.IntRange(1, 3).Draw(t, label+" parts") {
			out += "--" + boundary + "\r\n" + drawPart(t, depth+1, fmt.Sprintf("%s.%d", label, i)) + "\r\n"
		}
		return out + "--" + boundary + "--\r\n"
	}
	kind := rapid.SampledFrom([]string{
		"text/plain", "text/plain; charset=utf-8", "text/plain; charset=iso-8859-1; format=flowed", "text/html; charset=utf-8",
		"application/pdf; name=a.pdf", "image/jpeg", "image/png", "message/rfc822", "text/csv; name=b.csv", "text/calendar",
	}).Draw(t, label+" type")
	return "Content-Type: " + kind + "\r\n" + drawContent(t, kind, label)
}

// drawContent draws a transfer encoding and content that fits it.
func drawContent(t *rapid.T, kind, label string) string {
	content := rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, label+" content")
	if strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "message/") {
		content = []byte(rapid.StringMatching(`([a-z<>&é.-]{0,12}[ \n]){0,12}`).Draw(t, label+" text"))
		content = crlf(content)
	}
	switch encoding := rapid.SampledFrom([]string{"base64", "quoted-printable", "8bit"}).Draw(t, label+" encoding"); {
	case encoding == "base64" || !hasOnlyLines(content):
		return "Content-Transfer-Encoding: base64\r\n\r\n" + string(encodeBase64(content))
	case encoding == "8bit" || strings.HasPrefix(kind, "message/"):
		return "Content-Transfer-Encoding: 8bit\r\n\r\n" + string(content)
	}
	return "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + string(encodeQuoted(content))
}

// hasOnlyLines reports content that needs no transfer encoding for its line ends.
func hasOnlyLines(b []byte) bool {
	return !bytes.ContainsAny(bytes.ReplaceAll(b, []byte("\r\n"), nil), "\x00\r\n")
}

// filesOf returns the contents of the files of a message in their order, those
// left out that the copy had to do without.
func filesOf(m *Message, without []Attachment) (all []string) {
	for _, f := range m.Attachments() {
		if !slices.Contains(without, f) {
			all = append(all, string(m.Part(f.Part).Content()))
		}
	}
	return all
}

// Whatever the tree: the footer is there, every file that travels is the same
// to the last octet, and the files stay within their room.
func TestOutgoingAnyTree(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		raw := []byte("From: a@x.example\r\n" + drawPart(rt, 0, "p"))
		o := BodyOptions{FooterText: footerMark, CleanHTML: true, AttachTotal: rapid.Int64Range(-1, 150).Draw(rt, "total")}
		before, after := checkOutgoing(t, raw, o)
		if t.Failed() {
			rt.Fatalf("mail:\n%s", raw)
		}
		if len(before.Root.Parts) == 0 && strings.HasPrefix(before.Root.Type, "text/") {
			return // a lone text of any kind is no file, until it stands beside the footer
		}
		body, err := Outgoing(before, o)
		if err != nil {
			rt.Fatal(err)
		}
		want, got := filesOf(before, body.Removed), filesOf(after, nil)
		if !slices.Equal(want, got) {
			rt.Fatalf("files %q became %q\n%s\n--\n%s", want, got, raw, wholeMail(body))
		}
		total := 0
		for _, content := range got {
			total += len(content)
		}
		if o.AttachTotal >= 0 && int64(total) > o.AttachTotal {
			rt.Fatalf("%d octets of files, %d allowed", total, o.AttachTotal)
		}
	})
}
