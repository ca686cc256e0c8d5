package web

import (
	"html/template"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/message"
	"sencoforum/search"
)

func TestGlossary(t *testing.T) {
	s := newSite(t, nil).searching()
	page := s.browser().get("/glossary") // for visitors, too
	for _, want := range []string{`<a href="/glossary?letter=E#w-EHC-plan">EHC plan (EHCP)</a>`, `<h2>S</h2>`, `<a href="/glossary?letter=S">S</a>`} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing:\n%s", want, page)
		}
	}
	page = s.browser().get("/glossary?letter=e")
	for _, want := range []string{`<h2 id="w-EHC-plan">EHC plan (EHCP)</h2>`, "education, health and care plan.", "Used since 2014. England.", `href="/glossary?letter=S&amp;part=3#w-statement">statement</a>`, `<strong aria-current="page">E</strong>`} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing:\n%s", want, page)
		}
	}
	if strings.Contains(page, "/search") {
		t.Errorf("visitors are sent to the search:\n%s", page)
	}
	if page = s.as(2).get("/glossary?letter=e"); !strings.Contains(page, `<a href="/search?q=EHC+plan">Find EHC plan (EHCP) in the archive</a>`) && !strings.Contains(page, `<a href="/search?q=EHC&#43;plan">Find EHC plan (EHCP) in the archive</a>`) {
		t.Errorf("members are not:\n%s", page)
	}
	if page = s.browser().get("/help"); strings.Count(page, `href="/glossary"`) != 2 {
		t.Errorf("help and the foot lead to it:\n%s", page)
	}
	for _, one := range newSite(t, nil).server.routes { // without a search there is none
		if one.path == "/glossary" || one.path == "/search" {
			t.Errorf("%s is there", one.path)
		}
	}
}

// A letter with many words has several pages, each light enough for a phone, and every word stands where the links to it lead.
func TestGlossaryPages(t *testing.T) {
	s := newSite(t, nil).searching()
	member := s.as(2)
	g := newGlossary("", s.server.cfg.Search.Vocabulary().Entries())
	at := map[string]string{}
	for letter, parts := range g.parts {
		for i := range parts {
			at[g.page(letter, i)] = member.get(g.page(letter, i))
		}
	}
	at["/glossary"] = member.get("/glossary")
	for path, page := range at {
		if len(page) > 44_000 {
			t.Errorf("%s has %d octets", path, len(page))
		}
	}
	for name, link := range g.where {
		path, _, _ := strings.Cut(link, "#")
		if !strings.Contains(at[path], `<h2 id="`+template.HTMLEscapeString(entryID(name))+`">`) {
			t.Errorf("%s is not at %s", name, link)
		}
	}
	if page := at["/glossary?letter=S"]; !strings.Contains(page, "page 1 of 3") || !strings.Contains(page, `<a href="/glossary?letter=S&amp;part=2">Page 2</a>`) {
		t.Errorf("the first page of S does not lead to the second:\n%s", page)
	}
	for _, none := range []string{"/glossary?letter=S&part=0", "/glossary?letter=S&part=99", "/glossary?letter=S&part=two", "/glossary?letter=SE"} {
		if res, _ := member.ask("GET", none, ""); res.StatusCode != 404 {
			t.Errorf("%s: %s", none, res.Status)
		}
	}
}

func TestAbbreviationsAreExplained(t *testing.T) {
	words, err := search.LoadVocabulary(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	const ehcp, semh = `<abbr title="education, health and care plan">EHCP</abbr>`, `<abbr title="social, emotional and mental health">SEMH</abbr>`
	for name, c := range map[string]struct{ text, want string }{
		"the first of each is":                  {"An EHCP, and another EHCP.\nSEMH", "<p>An " + ehcp + ", and another EHCP.<br>" + semh + "</p>\n"},
		"letters in small are words":            {"ta for the ehcp", "<p>ta for the ehcp</p>\n"},
		"what every member knows is not":        {"The SENCO and SEND", "<p>The SENCO and SEND</p>\n"},
		"nothing in an address of the web is":   {"https://x.example/EHCP", `<p><a href="https://x.example/EHCP" rel="noreferrer nofollow ugc">https://x.example/EHCP</a></p>` + "\n"},
		"nor in one of mail":                    {"EHCP@school.example", "<p>EHCP@school.example</p>\n"},
		"nor in one without a scheme":           {"www.EHCP.example", "<p>www.EHCP.example</p>\n"},
		"markup beside it stays text":           {`<b>EHCP</b>"`, "<p>&lt;b&gt;" + ehcp + "&lt;/b&gt;&#34;</p>\n"},
		"an abbreviation in an attribute is no": {`<i title="EHCP">`, "<p>&lt;i title=&#34;" + ehcp + "&#34;&gt;</p>\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, string(prose(c.text, explaining(words)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	all := piecesOf(message.Words{Segments: message.Split("No letters.\n\nOn Friday Priya wrote:\n> An EHCP\n\n-- \nJane\nSEMH lead\n")}, false, explaining(words))
	for _, p := range all {
		if strings.Contains(string(p.HTML), "<abbr") {
			t.Errorf("what is not the writer's own is explained: %s", p.HTML)
		}
	}
	var many strings.Builder
	for _, e := range words.Entries() {
		if len(e.Short) > 0 {
			many.WriteString(e.Short[0] + " ")
		}
	}
	if n := strings.Count(string(prose(many.String(), explaining(words))), "<abbr"); n != abbreviationsMost {
		t.Errorf("%d are explained", n)
	}
}

// FuzzExplaining writes any text with abbreviations explained: nothing of it but those is markup.
func FuzzExplaining(f *testing.F) {
	words, err := search.LoadVocabulary(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"An EHCP", `"EHCP'`, "EHCP<script>", "SEN & EHCP&SALT", "\xffEHCP\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := explaining(words)(text)
		var back strings.Builder // without what was added
		for rest := got; rest != ""; {
			before, after, ok := strings.Cut(rest, `<abbr title="`)
			back.WriteString(before)
			if !ok {
				break
			}
			_, after, _ = strings.Cut(after, `">`)
			inside, after, _ := strings.Cut(after, "</abbr>")
			back.WriteString(inside)
			rest = after
		}
		if back.String() != template.HTMLEscapeString(text) {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}
