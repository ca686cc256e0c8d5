package guard

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"sencoforum/internal/worked"
)

// TestNumbersHoweverTheyAreWritten makes up numbers and cuts them by any of the signs that people and programs use.
func TestNumbersHoweverTheyAreWritten(t *testing.T) {
	gaps := []string{"", " ", "-", "\u00a0", "\u2009", "\u2011", " – ", "\u200b", ".", "\u00ad"}
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[2-9][0-9]{11}`).Draw(t, "digits")
		sum := 0
		for i := range digits {
			sum += (i + 2) * int(digits[i]-'0')
		}
		gap := rapid.SampledFrom(gaps).Draw(t, "gap")
		text := "Look: " + strings.Join([]string{pupilLetters[sum%23 : sum%23+1], digits[:3], digits[3:7], digits[7:9], digits[9:]}, gap)
		if rapid.Bool().Draw(t, "wide") {
			text = strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r - '0' + '０'
				}
				return r
			}, text)
		}
		found := Look(Input{Own: text}, Allow{})
		if len(found) != 1 || found[0].Kind != UPN || found[0].Start != len("Look: ") || found[0].End != len(text) {
			t.Fatalf("%q: found %v", text, found)
		}
		if wrong := text[:6] + string(pupilLetters[(sum+1)%23]) + text[7:]; Holds(Look(Input{Own: wrong}, Allow{})) {
			t.Fatalf("%q holds with a wrong check letter", wrong)
		}
	})
}

// TestNothingIsSaidAloud looks for planted values in everything that a log could print.
func TestNothingIsSaidAloud(t *testing.T) {
	for _, p := range readCorpus(t, "posts") {
		for _, f := range Look(p.input(), DefaultAllow()) {
			said := fmt.Sprintf("%s %v %+v", f, f, f.Where)
			for _, plant := range p.Plants {
				if strings.Contains(said, plant.Value) {
					t.Fatalf("%s: a finding says what it found", p.ID)
				}
			}
		}
	}
}

func FuzzLook(f *testing.F) {
	f.Add("UPN B801200005001", "EHCP for Oliver Marsh", "Name\tDOB\nOliver Marsh\t12/03/2014\n")
	f.Add("d.o.b. 1.2.14", "Marsh, Oliver, O'Connor ‘’", "a,b,c\n\"x\",\"\",\n\f\f\n")
	f.Add("NHS 943 476 5919", "\xff\xfe ﷺ ½ ²", "|\t;;;,,,\n12.\n")
	f.Fuzz(func(t *testing.T, subject, own, text string) {
		in := Input{Subject: subject, Own: own, Quoted: text, Files: []File{{Name: own, Text: text, Read: true}}, Today: corpusDay}
		before := Finding{}
		for _, f := range Look(in, DefaultAllow()) {
			of := map[Part]string{Subject: subject, Own: own, Quoted: text, FileName: own, FileText: text}[f.Where.Part]
			if f.Start < 0 || f.End < f.Start || f.End > len(of) {
				t.Fatalf("%v: from %d to %d of %d octets", f, f.Start, f.End, len(of))
			}
			if utf8.ValidString(of) && !utf8.ValidString(of[f.Start:f.End]) {
				t.Fatalf("%v cuts a character", f)
			}
			if f.Where.Part == before.Where.Part && f.Start < before.Start {
				t.Fatalf("%v stands before %v", f, before)
			}
			before = f
		}
		Mask(own, In(Look(in, DefaultAllow()), Own, 0))
	})
}

// TestLongText makes sure that text which invites a rule to look again and again costs no more than its length.
func TestLongText(t *testing.T) {
	size := MaxText / 8
	if testing.Short() {
		size = MaxText / 32
	}
	for _, piece := range []string{"a", "EHCP for ", "Oliver ", "Marsh, ", "Oliver Marsh, ", "1 2 3 4 5 6 7 8 9 ", "12/03/2014 ", "DOB ", "Name\t", "Oliver\tY4\n",
		"Oliver's ", "EHCP EHCP, ", "Year 4 ", "B80120000500 ", "9434765919 ", "d.o.b. ", "((((", "\n", "\f", "é", "https://a/", "B801200005001\t", "O-", "\"", "Oliver-", "van "} {
		text := strings.Repeat(piece, size/len(piece))
		start := worked.Time(t)
		Look(Input{Own: text, Files: []File{{Name: text, Text: text, Read: true}}, Today: corpusDay}, DefaultAllow())
		if took := worked.Time(t) - start; took > 10*time.Second {
			t.Errorf("%q repeated takes %v", piece, took)
		} else {
			t.Logf("%-16q %v", piece, took.Round(time.Millisecond))
		}
	}
}

func BenchmarkLook3KB(b *testing.B) {
	in := Input{Subject: "Re: Part-time timetables", Today: corpusDay}
	const paragraph = "We had the same last year. What helped was a one-page agreement with the parents, signed each half term, with the reason, the " +
		"review date and what the next step looks like. Ring Jane Holt on 0113 496 0123 before 12 March 2026; she has an annual review of " +
		"a Year 4 boy on that day. The EHCP for a child in Year 5 took 31 weeks, order number 4012345678.\n\n"
	in.Own = strings.Repeat(paragraph, 1+3072/len(paragraph))[:3072]
	allow := DefaultAllow()
	Look(in, allow)
	b.SetBytes(int64(len(in.Own)))
	b.ReportAllocs()
	for b.Loop() {
		Look(in, allow)
	}
}
