package command

import (
	"testing"

	"sencoforum/message"
)

// A report ends with the word keep. What people write about a post that they find harmless is asked about.
func TestAReportIsEndedWithKeepAlone(t *testing.T) {
	for said, want := range map[string]string{
		"keep": "keep", "Keep.": "keep", "Keep it please": "keep", "keep the post": "keep", "KEEP\n\nSent from my iPhone": "keep",
		"keep an eye on her": "", "keep?": "", "I would keep it": "", "keep or stop, I do not know": "", "Leave it": "", "stop": "stop",
	} {
		raw := "From: a@school.example\r\nTo: x@lists.example.org\r\nSubject: Re: Reported\r\n\r\n" + said + "\r\n"
		got := ""
		if r := Read(Of(message.Parse([]byte(raw)), request(t, "mod-report"))); done(r) {
			got = r.Word.Name
		}
		if got != want {
			t.Errorf("%q does %q, want %q", said, got, want)
		}
	}
	raw := "From: a@school.example\r\nTo: x@lists.example.org\r\nSubject: Re: First post\r\n\r\nkeep\r\n"
	for _, place := range []string{"mod", "mod-guard", "mod-stopped", "request-mod", "owner"} {
		if r := Read(Of(message.Parse([]byte(raw)), request(t, place))); done(r) {
			t.Errorf("keep at %s does %q", place, r.Word.Name)
		}
	}
}
