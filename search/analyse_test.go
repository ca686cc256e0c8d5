package search

import (
	"strings"
	"testing"
)

func TestWordsThatAreOneAreFoundByEachOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, words string }{
		{"endings of English", "review reviews reviewed reviewing"},
		{"British and American -our", "behaviour behavior behaviours Behaviors"},
		{"words with such a part", "misbehaviour misbehavior"},
		{"-ise and -ize", "organise organize organised organizing organiser organizers"},
		{"-isation and -ization", "organisation organization organisations"},
		{"-yse and -yze", "analyse analyze analysed analyzing"},
		{"-re and -er", "centre center centres"},
		{"programme", "programme program programmes"},
		{"licence", "licence license licences"},
		{"practice", "practice practise practising practiced"},
		{"a doubled l", "counselling counseling counselled"},
		{"a doubled l again", "labelled labeled labels"},
		{"paediatric", "paediatric pediatric"},
		{"judgement", "judgement judgment"},
		{"enrolment", "enrolment enrollment enrol enroll"},
		{"letters with dots", "E.H.C.P. EHCP ehcp e.h.c.p EHCPs"},
		{"a possessive", "SENCo SENCO's SENCos’ senco"},
		{"an apostrophe of any kind", "don't don’t dont donʼt"},
		{"case", "Dyslexia DYSLEXIA dyslexia"},
		{"letters of Welsh", "ŵyr wyr Wŷr wŷr"},
		{"accents", "café cafe CAFÉ"},
		{"an accent of its own", "cafe\u0301 café"},
		{"a joined letter", "ﬁdget fidget"},
		{"numbers with commas", "1,200 1200"},
	} {
		a := newAnalyser()
		want := ""
		for _, w := range strings.Fields(c.words) {
			var got []string
			for _, tok := range a.tokens(w, 10) {
				got = append(got, tok.term)
			}
			if have := strings.Join(got, " "); want == "" {
				want = have
			} else if have != want {
				t.Errorf("%s: %q is %q, and the first of them %q", c.name, w, have, want)
			}
		}
	}
}

func TestWordsThatAreTwoStayTwo(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{"SEN", "SEND"}, {"statement", "state"}, {"EP", "EPs1"}, {"2014", "2015"}, {"KS2", "KS3"}, {"special", "specialist"}} {
		a := newAnalyser()
		x, y := a.tokens(c[0], 1), a.tokens(c[1], 1)
		if len(x) != 1 || len(y) != 1 || x[0].term == y[0].term {
			t.Errorf("%q and %q are %v and %v", c[0], c[1], x, y)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"common words are places alone", "the plan of it", "plan@2"},
		{"common words in capitals are words", "our IT room", "it@2 room@3"},
		{"a hyphen makes parts and one word", "co-ordinator now", "co@1 ordin@2 coordin@1 now@3"},
		{"many hyphens make parts alone", "one-to-one-work-now", "one@1 one@3 work@4 now@5"},
		{"another hyphen", "SEN‑Support", "sen@1 support@2 sensupport@1"},
		{"addresses of pages fall apart", "www.gov.uk/send", "www@1 gov@2 uk@3 send@4"},
		{"decimals stay", "3.5 years", "3.5@1 year@2"},
		{"a sentence ends", "plan. Now", "plan@1 now@2"},
		{"the plural of letters", "TAs and LSAs", "ta@1 lsa@3"},
		{"rubbish is no word", strings.Repeat("x", 41) + " ok", "ok@2"},
		{"bytes that are no text", "a\xff\xfeplan\x00b", "plan@2 b@3"},
	} {
		var got []string
		for _, tok := range newAnalyser().tokens(c.text, 100) {
			got = append(got, tok.term+"@"+string(rune('0'+tok.pos)))
		}
		if have := strings.Join(got, " "); have != c.want {
			t.Errorf("%s: %q gives %q, want %q", c.name, c.text, have, c.want)
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, seed := range []string{"E.H.C.P. co-ordinator’s", "1,2.3-x", "ŵ\u0301'", "\xff-\xfe"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, tok := range newAnalyser().tokens(text, 1000) {
			if tok.start < 0 || tok.end > len(text) || tok.start >= tok.end {
				t.Fatalf("%q: token %+v is nowhere in the text", text, tok)
			}
			if tok.term == "" || tok.pos < last-joinedMost {
				t.Fatalf("%q: token %+v after place %d", text, tok, last)
			}
			last = tok.pos
		}
	})
}

func TestMarksFindTheWordsInAText(t *testing.T) {
	t.Parallel()
	var m marks
	c := compiler{analyser: newAnalyser()}
	m.add(c.sequence([]string{"reading", "pens"}), true)
	m.add(c.sequence([]string{"ehcp"}), false)
	text := "Reading-pens? A reading pen helps; reading does not. E.H.C.P.s do."
	var got []string
	for _, k := range m.in(c.analyser, text) {
		got = append(got, text[k.Start:k.End])
	}
	if have, want := strings.Join(got, "|"), "Reading-pens|reading pen"; !strings.HasPrefix(have, want) {
		t.Errorf("marked %q, want %q and perhaps the letters", have, want)
	}
}
