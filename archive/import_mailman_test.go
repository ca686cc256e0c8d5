package archive

import (
	"bytes"
	"strings"
	"testing"

	"sencoforum/message"
)

const (
	rule = "_______________________________________________\n"
	foot = rule + "Senco-forum mailing list\nsenco-forum@lists.example\nhttp://lists.example/mailman/listinfo/senco-forum\n"
)

var mailman = Mailman{Post: message.Address{Local: "senco-forum", Domain: "lists.example"}}

func TestMailmansFooterIsTakenOff(t *testing.T) {
	mixed := func(foot string) string {
		return "From: a@x.example\nContent-Type: multipart/mixed; boundary=\"b1\"\n\n--b1\nContent-Type: text/plain\n\nWords.\n" +
			foot + "\n--b1--\n"
	}
	part := "\n--b1\nContent-Type: text/plain; charset=\"us-ascii\"\nMIME-Version: 1.0\nContent-Disposition: inline\n\n" + foot
	for name, c := range map[string]struct{ raw, want string }{
		"below the text":       {"From: a@x.example\n\nWords.\n" + foot, "From: a@x.example\n\nWords.\n"},
		"after blank lines":    {"From: a@x.example\n\nWords.\n\n\n" + foot + "\n", "From: a@x.example\n\nWords.\n"},
		"nothing else":         {"From: a@x.example\n\n" + foot, "From: a@x.example\n\n"},
		"a part of its own":    {mixed(part), mixed("")},
		"in the last part":     {mixed(foot), mixed("")},
		"of another list too":  {"From: a@x.example\n\nWords.\n" + foot + foot, "From: a@x.example\n\nWords.\n" + foot},
		"a signature's rule":   {"From: a@x.example\n\nWords.\n" + rule + "Ann\nRoom 5\n", ""},
		"quoted, words follow": {"From: a@x.example\n\n" + foot + "\nI agree.\n", ""},
		"one that is quoted":   {"From: a@x.example\n\nWords.\n> " + strings.ReplaceAll(foot, "\n", "\n> ") + "\n", ""},
		"no footer":            {"From: a@x.example\n\nWords.\n", ""},
		"a short rule":         {"From: a@x.example\n\nWords.\n_____\nmailing list\n", ""},
		"no body":              {"From: a@x.example\n", ""},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			raw, want := strings.ReplaceAll(c.raw, "\n", end), strings.ReplaceAll(c.want, "\n", end)
			if want == "" {
				want = raw
			}
			got, did := mailman.cutFooter([]byte(raw))
			if string(got) != want || did == (c.want == "") {
				t.Errorf("%s: %v\n%q, want\n%q", name, did, got, want)
			}
		}
	}
	own := Mailman{Footer: "_____\nThe forum's own words,\nin two lines"}
	got, did := own.cutFooter([]byte("From: a@x.example\n\nWords.\n" + rule + "The forum's own words, in\ntwo lines\n"))
	if !did || string(got) != "From: a@x.example\n\nWords.\n" {
		t.Errorf("the list's own footer: %v, %q", did, got)
	}
	own.Footer = "-- \nTo leave: write to a@x.example\n"
	got, did = own.cutFooter([]byte("From: a@x.example\n\nWords.\n-- \nTo leave: write to a@x.example\n"))
	if !did || string(got) != "From: a@x.example\n\nWords.\n" {
		t.Errorf("the list's own footer without a rule: %v, %q", did, got)
	}
	if got, did := own.cutFooter([]byte("From: a@x.example\n\nWords.\n-- \nAnn\n")); did {
		t.Errorf("a signature: %q", got)
	}
}

func TestAuthorsAreGivenBack(t *testing.T) {
	const via = "From: Ann Other via Senco-forum <senco-forum@lists.example>\n"
	for name, c := range map[string]struct{ header, want string }{
		"by Reply-To":               {via + "Reply-To: Ann Other <ann@x.example>\n", "From: Ann Other <ann@x.example>"},
		"by a bare Reply-To":        {via + "Reply-To: ann@x.example\n", "From: Ann Other <ann@x.example>"},
		"by the original":           {via + "Reply-To: senco-forum@lists.example\nX-Original-From: \"Ann\" <ann@x.example>\n", "From: \"Ann\" <ann@x.example>"},
		"by the same name in Cc":    {via + "Cc: Bob <bob@x.example>, Ann Other <ann@x.example>\n", "From: Ann Other <ann@x.example>"},
		"folded":                    {"From: Ann Other via\n Senco-forum <senco-forum@lists.example>\nReply-To: ann@x.example\n", "From: Ann Other <ann@x.example>"},
		"two in Reply-To":           {via + "Reply-To: ann@x.example, bob@x.example\n", ""},
		"only the list":             {via + "Reply-To: senco-forum@lists.example\n", ""},
		"somebody else in Cc":       {via + "Cc: Bob <bob@x.example>\n", ""},
		"another address than ours": {"From: Ann via Senco-forum <other@lists.example>\nReply-To: ann@x.example\n", ""},
		"not via":                   {"From: Ann <senco-forum@lists.example>\nReply-To: ann@x.example\n", ""},
	} {
		raw := c.header + "Subject: s\n\nFrom: in the body\n"
		got, did := mailman.undoVia([]byte(raw))
		if c.want == "" {
			if did || string(got) != raw {
				t.Errorf("%s: %q", name, got)
			}
			continue
		}
		if !did || !strings.HasPrefix(string(got), c.want+"\n") || !strings.HasSuffix(string(got), "Subject: s\n\nFrom: in the body\n") {
			t.Errorf("%s: %v\n%q", name, did, got)
		}
	}
}

func TestPipermailsAddresses(t *testing.T) {
	for raw, want := range map[string]string{
		"From: ann at x.example (Ann)\nSubject: a at b.example\n\nFrom: c at d.example\n": "From: ann@x.example (Ann)\nSubject: a at b.example\n\nFrom: c at d.example\n",
		"From: ann@x.example\n\n":               "From: ann@x.example\n\n",
		"From: Ann at home <ann@x.example>\n\n": "From: Ann at home <ann@x.example>\n\n",
		"Subject: s\n\n":                        "Subject: s\n\n",
	} {
		if got := FromPipermail([]byte(raw)); string(got) != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestCanonicalFormIsThatOfMail(t *testing.T) {
	for raw, want := range map[string]string{
		"a\nb\n": "a\r\nb\r\n", "a\r\nb": "a\r\nb\r\n", "a\rb\r": "a\r\nb\r\n", "a\r\r\n": "a\r\n", "": "", "a\n\nb\n\n": "a\r\n\r\nb\r\n\r\n",
	} {
		if got := canonical([]byte(raw)); string(got) != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func FuzzMailmanFix(f *testing.F) {
	for _, s := range []string{
		"From: a@x.example\n\nWords.\n" + foot, "From: A via B <senco-forum@lists.example>\nReply-To: c@x.example\n\nWords.\n",
		"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nWords\n--b\nA: b\n\n" + foot + "--b--\n", foot, "\n" + foot, "From",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		got, did := mailman.Fix(raw)
		if !bytes.Equal(before, raw) {
			t.Fatal("the message itself was changed")
		}
		if !did.Footer && !did.Via && !bytes.Equal(got, raw) {
			t.Fatalf("changed, and nothing is said of it: %q", got)
		}
		if did.Footer && !did.Via && len(got) > len(raw)+2 {
			t.Fatalf("longer without its footer: %q", got)
		}
		FromPipermail(raw)
	})
}

// FuzzCanonical: what was written out is the same again when it comes in.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{"A: b\n\nFrom c\n>From d\n", "A: b\r\n\r\nx\r\r\n", "A: b\r\rx", "\n\n", "x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		once := canonical(raw)
		if twice := canonical(once); !bytes.Equal(once, twice) {
			t.Fatalf("%q, then %q", once, twice)
		}
	})
}

func FuzzReadImportBatch(f *testing.F) {
	var b ImportBatch
	for _, raw := range []string{"A: b\n\nc\n", ""} {
		if ok, err := b.Add(ImportItem{Raw: []byte(raw), Written: day(2003, 5, 1), OldURL: "2003-May/000001.html"}); !ok || err != nil {
			f.Fatal(ok, err)
		}
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, raw []byte) {
		items, err := ReadImportBatch(raw)
		if err != nil {
			return
		}
		sum := 0
		for _, i := range items {
			sum += len(i.Raw)
		}
		if sum > len(raw) {
			t.Fatalf("%d bytes of messages out of %d", sum, len(raw))
		}
	})
}
