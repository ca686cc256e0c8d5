package message

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// alternative returns a mail of a plain text and HTML with a picture.
func alternative(plain, page string) []byte {
	return toWire("From: a@x.example\nContent-Type: multipart/alternative; boundary=a\n\n--a\n\n" + plain + "\n" +
		"--a\nContent-Type: multipart/related; boundary=r\n\n" +
		"--r\nContent-Type: text/html\n\n" + page + "\n" +
		"--r\nContent-Type: image/gif; name=plan.gif\nContent-ID: <plan>\nContent-Transfer-Encoding: base64\n\nR0lGODlh\n--r--\n--a--\n")
}

func mustOutgoing(t *testing.T, raw []byte, o BodyOptions) (Body, *Message) {
	t.Helper()
	body, err := Outgoing(Parse(raw), o)
	if err != nil {
		t.Fatal(err)
	}
	checkBody(t, body)
	return body, Parse(wholeMail(body))
}

func TestLongHTMLGivesWayToItsPlainText(t *testing.T) {
	page := strings.Repeat("<p>Hello</p>\n", maxHTML/13+1)
	o := BodyOptions{FooterText: footerMark, AttachTotal: -1, CleanHTML: true}
	body, got := mustOutgoing(t, alternative("Hello", page), o)
	if got.Root.Type != "text/plain" || !strings.HasPrefix(got.Text(), "Hello\n\n-- \n"+footerMark) {
		t.Errorf("%s %.200q", got.Root.Type, got.Text())
	}
	if diff := cmp.Diff(changedLongHTML.sentences(), body.Changes); diff != "" {
		t.Error(diff)
	}
	if len(body.Removed) != 1 || body.Removed[0].Name != "plan.gif" {
		t.Errorf("removed %+v", body.Removed)
	}
	_, got = mustOutgoing(t, alternative(" ", page), o)
	if text := got.Text(); strings.Count(text, "Hello") != maxHTML/13+1 || !strings.Contains(text, footerMark) {
		t.Errorf("without a plain text of its own: %.200q", text)
	}
}

func TestPhotosLoseTheirPlace(t *testing.T) {
	photo := withSegments(testJPEG(t), cameraExif(true, 6))
	mail := func(kind string) []byte {
		return append([]byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHi\r\n--b\r\nContent-Type: "+kind+
			"; name=\"a b.jpg\"\r\nContent-ID: <p>\r\nContent-Transfer-Encoding: base64\r\n\r\n"), string(encodeBase64(photo))+"--b--\r\n"...)
	}
	for _, kind := range []string{"image/jpeg", "image/png", "application/octet-stream"} {
		body, got := mustOutgoing(t, mail(kind), BodyOptions{FooterText: footerMark, AttachTotal: -1})
		part := got.Part(2)
		if !bytes.Equal(part.Content(), withSegments(testJPEG(t), exifWith(6))) || part.FileName != "a b.jpg" || part.Header.Get("Content-ID") != "<p>" {
			t.Errorf("%s: %d octets, %q", kind, len(part.Content()), part.Header.Fields())
		}
		if !slices.Equal(body.Changes, changedPhotos.sentences()) || !strings.Contains(got.Text(), changedPhotos.sentences()[0]) {
			t.Errorf("%s: %q %q", kind, body.Changes, got.Text())
		}
	}
	if _, got := mustOutgoing(t, mail("application/pdf"), BodyOptions{AttachTotal: -1}); !bytes.Equal(got.Part(2).Content(), photo) {
		t.Error("a file that is no picture was changed")
	}
}

// What no host would carry is encoded anew, though the signature suffers.
func TestSignedMailThatCannotTravel(t *testing.T) {
	long := strings.Repeat("x", 1200)
	raw := toWire("Content-Type: multipart/signed; boundary=b\n\n--b\n\n" + long + "\n--b\nContent-Type: application/pgp-signature\n\nabc\n--b--\n")
	body, got := mustOutgoing(t, raw, BodyOptions{FooterText: footerMark, CleanHTML: true})
	if !slices.Equal(body.Changes, changedSignature.sentences()) {
		t.Errorf("changes %q", body.Changes)
	}
	if strings.TrimSpace(got.Part(1).Text()) != long || strings.Contains(got.Text(), footerMark) {
		t.Errorf("%.80q", got.Text())
	}
}

func TestHTMLWithoutVisibleWordsBecomesText(t *testing.T) {
	raw := toWire("Content-Type: text/html\n\n<noscript><p>The meeting is at ten.</p></noscript>")
	body, got := mustOutgoing(t, raw, BodyOptions{FooterText: footerMark, CleanHTML: true})
	if got.Root.Type != "text/plain" || !strings.Contains(got.Text(), "The meeting is at ten.") || !strings.Contains(got.Text(), footerMark) {
		t.Errorf("%s %q", got.Root.Type, got.Text())
	}
	if !slices.Equal(body.Changes, changedToText.sentences()) {
		t.Errorf("changes %q", body.Changes)
	}
}

func TestLastResortIsPlainText(t *testing.T) {
	m := Parse(alternative("Hello", "<p>Hello</p>"))
	c := copier{message: m, options: BodyOptions{FooterText: footerMark}}
	body := c.plainCopy()
	checkBody(t, body)
	got := Parse(wholeMail(body))
	want := "Hello\n\n-- \n" + footerMark + "\n" + strings.Join(wrap(changedToText.sentences()[0], noteWidth), "\n") + "\n"
	if diff := cmp.Diff(want, got.Text()); diff != "" || len(body.Removed) != 1 {
		t.Error(diff, body.Removed)
	}
}

func TestCharsetsThatAreNotLikeASCII(t *testing.T) {
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune("Grüße\n")) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for _, c := range []struct{ label, kind, content, want string }{
		{"utf-16", "plain", string(encodeBase64(wide)), "Grüße"},
		{"utf-7", "plain", string(encodeBase64([]byte("Gr+APwA3w-e+-1"))), "Grüße+1"},
		{"utf-16", "html", string(encodeBase64(wide)), "Grüße"},
		{"hz-gb-2312", "plain", string(encodeBase64([]byte("~{<:Ky2;~}"))), "己所不"},
		{"no-such-charset", "plain", string(encodeBase64([]byte("Gr\xfc\xdfe"))), "Grüße"},
	} {
		raw := toWire("Content-Type: text/" + c.kind + "; charset=" + c.label + "\nContent-Transfer-Encoding: base64\n\n" + c.content)
		_, got := mustOutgoing(t, raw, BodyOptions{FooterText: footerMark + " +1", CleanHTML: true})
		if name := got.Root.Params["charset"]; name != "utf-8" && c.label != "hz-gb-2312" {
			t.Errorf("%s: the copy is in %s", c.label, name)
		}
		if text := got.Text(); !strings.HasPrefix(text, c.want+"\n") || !strings.Contains(text, footerMark+" +1") {
			t.Errorf("%s: %q\n%s", c.label, text, got.Raw())
		}
	}
}

// A small file may still travel behind a large one that stays.
func TestFilesTravelWhileThereIsRoom(t *testing.T) {
	raw := "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHi\n"
	for _, size := range []int{400, 700, 500, 101, 100} {
		raw += "--b\nContent-Type: application/pdf; name=f.pdf\nContent-Transfer-Encoding: base64\n\n" + strings.ReplaceAll(string(encodeBase64(make([]byte, size))), "\r", "")
	}
	for _, c := range []struct {
		total int64
		want  []int64
	}{{1000, []int64{700, 101}}, {0, []int64{400, 700, 500, 101, 100}}, {-1, nil}, {1801, nil}, {1800, []int64{100}}} {
		body, _ := mustOutgoing(t, toWire(raw+"--b--\n"), BodyOptions{AttachTotal: c.total})
		var got []int64
		for _, f := range body.Removed {
			got = append(got, f.Size)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("total %d: removed %v, want %v", c.total, got, c.want)
		}
	}
}

func TestOutgoingOfNothing(t *testing.T) {
	for _, m := range []*Message{nil, {}} {
		if _, err := Outgoing(m, BodyOptions{}); err == nil {
			t.Error("a message that was not parsed gave a body")
		}
	}
	if body, _ := mustOutgoing(t, toWire("Content-Type: application/pdf\n\nPDF"), BodyOptions{}); string(body.Bytes) != "\r\n" || len(body.Removed) != 1 {
		t.Errorf("a mail of which nothing is left: %+v", body)
	}
	body, got := mustOutgoing(t, nil, BodyOptions{FooterText: footerMark})
	if !strings.Contains(got.Text(), footerMark) {
		t.Errorf("an empty mail: %q", body.Bytes)
	}
}
