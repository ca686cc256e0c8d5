package message

import (
	"strings"
	"testing"
)

func TestSigns(t *testing.T) {
	for _, c := range []struct {
		name, subject, own string
		want               Signs
	}{
		{"nothing", "", "", Signs{}},
		{"a question", "Pens", "Are reading pens allowed?", Signs{Asks: true, Words: 4}},
		{"an answer with a link", "", "See the guide at https://jcq.example/pens?id=1 on page four.", Signs{Answers: true, Words: 8, Links: true}},
		{"a link without its scheme", "", "We use WWW.pens.example for ours here.", Signs{Answers: true, Words: 6, Links: true}},
		{"a scheme alone is no link", "", "Write http:// before it, not www. as we did.", Signs{Answers: true, Words: 9}},
		{"signs alone are no words", "", "- * ??? 3 …", Signs{Words: 1}},
		{"the subject asks", "Which pens?", "We start on Monday with them.", Signs{Asks: true, Answers: true, Words: 6}},
	} {
		if got := SignsOf(c.own, c.subject); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestSignsAreThoseOfTheirFunctions lets no second way of judging grow beside Asks and Answers.
func TestSignsAreThoseOfTheirFunctions(t *testing.T) {
	for _, file := range []string{"questions.tsv", "answers.tsv"} {
		for _, l := range labels(t, file) {
			got := SignsOf(l.text, l.subject)
			if got.Asks != Asks(l.text, l.subject) || got.Answers != Answers(l.text) || got.Words == 0 && hasLetters(l.text) {
				t.Errorf("%q: %+v", l.text, got)
			}
		}
	}
}

func TestFileCount(t *testing.T) {
	for _, c := range []struct {
		name string
		m    *Message
		want int
	}{
		{"text alone", textMail("text/plain", "Hello"), 0},
		{"the files of viewMail", Parse([]byte(viewMail)), len(Parse([]byte(viewMail)).View().Files)},
		{"what is in a winmail.dat", winmail("Hello", newTNEF().file("a.txt", []byte("a")).file("b.txt", []byte("b")).Bytes()), 2},
		{"a file alone", textMail("application/pdf", "%PDF"), 1},
	} {
		if got := c.m.FileCount(); got != c.want || got != len(c.m.View().Files) {
			t.Errorf("%s: %d, want %d; %d are shown", c.name, got, c.want, len(c.m.View().Files))
		}
	}
}

// BenchmarkSigns measures what storing a post costs beside reading it: own words and what they say.
func BenchmarkSigns(b *testing.B) {
	mails := sampleMails(b, "words.txt")
	raws := make([][]byte, len(mails))
	for i, m := range mails {
		raws[i] = []byte("Content-Type: text/plain; charset=utf-8\r\n\r\n" + strings.ReplaceAll(m.text, "\n", "\r\n"))
	}
	for b.Loop() {
		for _, raw := range raws {
			SignsOf(Parse(raw).Words().Own, "Pens")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(mails)), "µs/mail")
}
