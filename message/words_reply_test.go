package message

import (
	"strings"
	"testing"
)

// TestReply holds what a writer put on top of a reply. Each case was read wrongly once, or is what the others must not break.
func TestReply(t *testing.T) {
	const quoted = "From: SENCO Forum <a@lists.example.org>\nSent: 27 November 2026 09:02\nTo: Asha Patel\nSubject: Waiting\n\nReply approve\n"
	for _, c := range []struct{ name, text, want string }{
		{"words above a header", "approve\n\n" + quoted, "approve"},
		{"nothing above a header", quoted, ""},
		{"nothing above a quote", "On 27 Nov 2026, at 09:02, SENCO Forum wrote:\n\n> Reply approve\n", ""},
		{"nothing above an attribution without marks", "On 27 Nov 2026, at 09:02, SENCO Forum <a@lists.example.org> wrote:\n\nReply approve\n", ""},
		{"words below a quote do not count", "> Reply approve\n\nleave\n", ""},
		{"nothing above a forwarded message", "---------- Forwarded message ----------\nFrom: a@b.example\n\napprove\n", ""},
		{"a warning above", "[EXTERNAL] approve\n\n" + quoted, "approve"},
		{"a telephone with a no-break space", "approve\n\u00a0\nSent from my\u00a0Huawei phone\n\n" + quoted, "approve"},
		{"leaving in the words of a footer", "I would like to unsubscribe from this group\n\nSent from my iPhone\n", "I would like to unsubscribe from this group"},
		{"a footer is still one", "Fine by me.\n\nTo unsubscribe from this group, send an email to x@lists.example.org\n", "Fine by me."},
		{"one word above a block", "YES!\n\nAsha Patel\nSENCO, Oakfield Primary School\nTel: 0113 496 0123\n", "YES!"},
		{"the writer's name and position", "approve\n\nAsha Patel\nSENCO\n\nThis email is confidential.\n\n" + quoted, "approve"},
		{"a position as the answer", "yes\nnew SENCO in Leeds\n\nAsha Patel\nSENCO, Oakfield Primary School\nTel: 0113 496 0123\n", "yes\nnew SENCO in Leeds"},
		{"a position as the answer, apart", "Yes\n\nnew SENCO in a primary school in Leeds\n", "Yes\n\nnew SENCO in a primary school in Leeds"},
		{"a position as the answer, below a sentence", "Yes please\n\nNew SENCO in a primary school in Leeds\n", "Yes please\n\nNew SENCO in a primary school in Leeds"},
		{"a position as the answer, with a mode", "yes\nSENCO, special school, Hull\nevery\n", "yes\nSENCO, special school, Hull\nevery"},
		{"TA is a position and not a thank-you", "yes\nTA, hope to train as a SENCO\ndaily\n\nAsha Patel\nSENCO\nTel: 0113 496 0123\n", "yes\nTA, hope to train as a SENCO\ndaily"},
		{"school and county as the answer", "Yes\n\nALNCo, Ysgol Gymraeg, Ceredigion\n", "Yes\n\nALNCo, Ysgol Gymraeg, Ceredigion"},
		{"school and county above a signature", "Yes\n\nALNCo, Ysgol Gymraeg, Ceredigion\n\nMr D Okafor\nSENDCo\n", "Yes\n\nALNCo, Ysgol Gymraeg, Ceredigion"},
		{"a greeting in the line of the answer", "Hi, approve please\n\nMrs Asha Patel\nSENCO\nTel: 01632 960 123\n\n> x\n", "Hi, approve please"},
		{"a quote that goes on behind its attribution", "approve\n\nSent from Yahoo Mail on Android \n \n  On Fri, 27 Nov 2026 at 8:41, SENCO Forum<a@lists.example.org> wrote:   Held because\nreply approve\n", "approve"},
		{"a title, another name and a position", "approve\n\n\nMr D Okafor\nSENDCo\n\nThis email and any attachments are confidential.\n", "approve"},
		{"a name between stars", "approve\n\n*Mrs Asha Patel*\nSENCO and Designated Safeguarding Lead\nTel: 01632 960 123\n\n> x\n", "approve"},
		{"an excuse for typing", "approve\n\nSorry for typos - Sent from a mobile between lessons!\n\n> x\n", "approve"},
		{"a picture alone", "👍\n\nNaomi Adeyemi\nInclusion Lead\n\nFollow us on X!\n\n" + quoted, "👍"},
		{"one word below a greeting", "Good morning\n\nApprove\n\nNaomi Adeyemi\nInclusion Lead\n\nFollow us on X!\n\n" + quoted, "Good morning\n\nApprove"},
		{"only a disclaimer", "This email and any attachments are confidential.\n", ""},
	} {
		raw := "From: Asha Patel <asha@school.example>\nSubject: Re: Waiting\nContent-Type: text/plain; charset=utf-8\n\n" + c.text
		if got := Parse([]byte(strings.ReplaceAll(raw, "\n", "\r\n"))).Reply(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestReplyOfHTML is for marks that stand around all that there is: nothing was written above them.
func TestReplyOfHTML(t *testing.T) {
	for _, c := range []struct{ name, html, want string }{
		{"words above", `<div>approve</div><div class="yahoo_quoted">Reply leave</div>`, "approve"},
		{"nothing above", `<div class="yahoo_quoted">Reply leave</div>`, ""},
	} {
		if got := Parse([]byte("From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + c.html)).Reply(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestNameInALetter is for the words that are shown: who is recommended is no signature.
func TestNameInALetter(t *testing.T) {
	const text = "Ask this person:\n\nJane Smith\nSENCO\n"
	if got := OwnWords(Split(text)); got != strings.TrimSpace(text) {
		t.Errorf("own words: %q", got)
	}
}
