package message

import (
	"strings"
	"testing"
)

// TestWordsOfHTML reads mails that have no plain text, in the manner of the programs that schools use.
func TestWordsOfHTML(t *testing.T) {
	for _, c := range []struct {
		name, page, own string
		rest            map[Kind]string // a piece of what each other kind holds
	}{
		{"Gmail on top",
			`<div dir="ltr">Twice a year.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Ar Llun am 8 dywedodd ` +
				`Priya:<br></div><blockquote class="gmail_quote">How often?</blockquote></div>`,
			"Twice a year.", map[Kind]string{Quoted: "How often?"}},
		{"Gmail with answers between",
			`<div class="gmail_quote"><div class="gmail_attr">On 5 Nov 2026 at 9:12, P &lt;p@x.example&gt; wrote:</div>` +
				`<blockquote>Who gives it?</blockquote><div>The TA.</div><blockquote>When?</blockquote><div>Fridays.</div></div>`,
			"The TA.\n\nFridays.", map[Kind]string{Quoted: "Who gives it?"}},
		{"Gmail signature", `<div>Yes.</div><div class="gmail_signature"><div>Jo</div><div>dog lover</div></div>`,
			"Yes.", map[Kind]string{Signature: "dog lover"}},
		{"Outlook on the web", `<div>Form 9.</div><div id="Signature"><p>Helen Marsh</p></div><div id="appendonsend"></div><hr>` +
			`<div id="divRplyFwdMsg"><font><b>From:</b> Ann</font></div><div>Which form?</div>`,
			"Form 9.", map[Kind]string{Signature: "Helen Marsh", Quoted: "Which form?"}},
		{"Outlook on a desk", `<p class="MsoNormal">Yes we can.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>From:</b> ` +
			`Ann Lee<br><b>Sent:</b> 3 March 2026 10:01<br><b>To:</b> All<br><b>Subject:</b> Form</p></div><p>Can you?</p>`,
			"Yes we can.", map[Kind]string{Quoted: "Can you?"}},
		{"Outlook for Mac of old", `<div>Done.</div><span id="OLK_SRC_BODY_SECTION"><div>From: Al</div><div>Is it done?</div></span>`,
			"Done.", map[Kind]string{Quoted: "Is it done?"}},
		{"Outlook for telephones", `<div>Ring me</div><div class="ms-outlook-mobile-signature">Get Outlook for iOS</div>` +
			`<div id="mail-editor-reference-message-container"><div>From: Jo</div><div>Nurture?</div></div>`,
			"Ring me", map[Kind]string{Signature: "Get Outlook", Quoted: "Nurture?"}},
		{"Apple", `<div>Lovely.</div><div><br><blockquote type="cite"><div>On 5 Nov 2026, at 09:12, S &lt;s@x.example&gt; wrote:</div>` +
			`<div>A trial first.</div></blockquote></div>`, "Lovely.", map[Kind]string{Quoted: "A trial first."}},
		{"Yahoo", `<div>Chewy tubes.</div><div class="yahoo_quoted"><div>Dydd Sul, Pat:</div><div>He bites.</div></div>`,
			"Chewy tubes.", map[Kind]string{Quoted: "He bites."}},
		{"Thunderbird", `<p>Agreed.</p><div class="moz-cite-prefix">Jo skribis:</div><blockquote type="cite">It is law.</blockquote>` +
			`<pre class="moz-signature">Al, wizard</pre>`, "Agreed.", map[Kind]string{Quoted: "It is law.", Signature: "wizard"}},
		{"a mark that Outlook has renamed", `<div>No.</div><div class="x_yahoo_quoted"><div>Ever?</div></div>`,
			"No.", map[Kind]string{Quoted: "Ever?"}},
		{"our footer", `<p>Fine.</p><div class="list-footer">Reply = everyone (12 people).<br>Leave</div>`,
			"Fine.", map[Kind]string{Footer: "Leave"}},
		{"a banner in a table", `<table><tr><td>CAUTION: This email originated from outside of the organisation.</td></tr></table><p>Hi all,</p>` +
			`<p>Where is it?</p>`, "Hi all,\n\nWhere is it?", map[Kind]string{Banner: "CAUTION"}},
		{"a mark around all says nothing", `<div class="gmail_signature">The whole letter</div>`, "The whole letter", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := textMail("text/html", c.page)
			w := m.Words()
			checkSegments(t, m.Text(), w.Segments)
			if w.Own != c.own {
				t.Errorf("own words %q, want %q", w.Own, c.own)
			}
			for kind, want := range c.rest {
				found := false
				for _, s := range w.Segments {
					found = found || s.Kind == kind && strings.Contains(s.Text, want)
				}
				if !found {
					t.Errorf("%q is not %v: %q", want, kind, w.Segments)
				}
			}
		})
	}
}

// TestWordsOfForward: the subject alone can say that what follows is forwarded.
func TestWordsOfForward(t *testing.T) {
	const body = "FYI.\n\nFrom: Dr Mensah\nSent: 2 May 2026\nTo: Jo\nSubject: memory\n\nShort steps.\n"
	for subject, want := range map[string]Kind{"Fw: memory": Forwarded, "[senco] FW: memory": Forwarded, "RE: memory": Quoted, "[senco] Re: memory": Quoted, "memory": Forwarded} {
		w := Parse([]byte("Subject: " + subject + "\n\n" + body)).Words()
		if last := w.Segments[len(w.Segments)-1].Kind; last != want || w.Own != "FYI." {
			t.Errorf("%s: the message below is %v, want %v; own %q", subject, last, want, w.Own)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add([]byte("Content-Type: text/html\n\n<div>a</div><div id=divRplyFwdMsg>b</div>c<blockquote>d"))
	f.Add([]byte("Content-Type: text/html\n\n<span class=gmail_attr>a<pre class=moz-signature>\u00a0b</span></span>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw)
		checkSegments(t, m.Text(), m.Words().Segments)
		if top := m.Reply(); !strings.Contains(m.Text(), top) {
			t.Errorf("the words on top %q are not in %q", top, m.Text())
		}
	})
}

// BenchmarkWords measures an ordinary answer in a school's manner.
func BenchmarkWords(b *testing.B) {
	mails := sampleMails(b, "words.txt")
	size := 0
	for _, m := range mails {
		size += len(m.text)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, m := range mails {
			Split(m.text)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(mails)), "µs/mail")
}

// TestSplitInLinearTime reads long texts of one kind of line; with quadratic steps they would take minutes.
func TestSplitInLinearTime(t *testing.T) {
	for _, line := range []string{
		"x:\n", "> wrote:\n", "On 3 May 2026 a@b.example wrote:\n", "From: a\n", "-----\n", "\n", "Kind regards\n", "-- \n", "Jo Smith\n",
		"intended recipient\n\n", "CAUTION: originated from outside\n", "to unsubscribe from this\n", "[EXTERNAL] a\n", "| a\n", "a\n\n",
		"To: a\n", "sent from my iphone\n", "On 2026\n",
	} {
		text := strings.Repeat(line, 1<<18/len(line))
		segments := Split("Hello\n" + text)
		checkSegments(t, "Hello\n"+text, segments)
	}
}

func TestSplitLongText(t *testing.T) {
	long := "Hello\n\n> " + strings.Repeat("quoted\n> ", maxSplitLines) + "the end"
	segments := Split(long)
	checkSegments(t, long, segments)
	if len(segments) != 2 || segments[1].Kind != Quoted || !strings.HasSuffix(segments[1].Text, "the end") {
		t.Errorf("%d segments; what is not judged is not of the kind before it", len(segments))
	}
	oneLine := strings.Repeat("word ", maxSplit/4)
	checkSegments(t, oneLine, Split(oneLine))
}
