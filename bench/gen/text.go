package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// vocabulary holds the long tail: derived words, misspellings and invented
// names, drawn by a Zipf law so that a search index over the archive has the
// shape of a real one (few terms everywhere, very many terms once or twice).
type vocabulary struct {
	rare []string
	zipf *rand.Zipf
}

const rareWords = 60000

func newVocabulary(seed uint64) *vocabulary {
	r := rand.New(rand.NewPCG(seed, 0xca9e))
	seen := make(map[string]bool, rareWords)
	v := &vocabulary{rare: make([]string, 0, rareWords)}
	stems := [][]string{nouns, verbs, adjectives}
	for len(v.rare) < rareWords {
		var w string
		stem := pick(r, stems[r.IntN(len(stems))])
		switch r.IntN(4) {
		case 0:
			w = stem + pick(r, suffixes)
		case 1:
			w = pick(r, prefixes) + stem + pick(r, suffixes)
		case 2:
			w = misspell(r, stem)
		default:
			w = invented(r)
		}
		w = strings.ToLower(w)
		if !seen[w] && len(w) > 2 {
			seen[w] = true
			v.rare = append(v.rare, w)
		}
	}
	v.zipf = rand.NewZipf(r, 1.08, 20, rareWords-1)
	return v
}

func (v *vocabulary) word() string { return v.rare[v.zipf.Uint64()] }

func misspell(r *rand.Rand, w string) string {
	if len(w) < 4 {
		return w + w[:1]
	}
	b := []byte(w)
	i := 1 + r.IntN(len(b)-2)
	switch r.IntN(3) {
	case 0:
		b[i], b[i+1] = b[i+1], b[i]
	case 1:
		b = append(b[:i], b[i+1:]...)
	default:
		b = append(b[:i+1], b[i:]...)
	}
	return string(b)
}

var onsets = list(`b br c ch cl d dr f fl g gr h j k l m n p ph pl qu r s sc sh sl st t th tr v w wh y z`)
var nuclei = list(`a e i o u ai ea ee ie oa oo ou`)
var codas = list(`ck d ft g k l ll m n nd ng p r rd s sk ss st t th x`)

func invented(r *rand.Rand) string {
	var b strings.Builder
	for n := 2 + r.IntN(2); n > 0; n-- {
		b.WriteString(pick(r, onsets))
		b.WriteString(pick(r, nuclei))
		if r.IntN(2) == 0 {
			b.WriteString(pick(r, codas))
		}
	}
	return b.String()
}

// writer makes the text of one message.
type writer struct {
	r     *rand.Rand
	vocab *vocabulary
	to    string // first name of the person being answered
	topic string
}

// fill expands a template.
func (w *writer) fill(t string) string {
	var b strings.Builder
	b.Grow(len(t) * 2)
	for i := 0; i < len(t); i++ {
		if t[i] != '%' || i+1 == len(t) {
			b.WriteByte(t[i])
			continue
		}
		i++
		w.expand(&b, t[i])
	}
	s := b.String()
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	return s
}

// expand writes what one letter of a template stands for.
func (w *writer) expand(b *strings.Builder, letter byte) {
	switch letter {
	case 'T':
		if w.topic != "" && w.r.IntN(3) > 0 {
			b.WriteString(w.topic)
		} else {
			b.WriteString(pick(w.r, topics))
		}
	case 'N':
		b.WriteString(skewed(w.r, needs))
	case 'A':
		b.WriteString(skewed(w.r, agencies))
	case 'R':
		b.WriteString(skewed(w.r, resources))
	case 'n':
		if w.r.IntN(9) == 0 {
			b.WriteString(w.vocab.word())
		} else {
			b.WriteString(skewed(w.r, nouns))
		}
	case 'v':
		b.WriteString(skewed(w.r, verbs))
	case 'j':
		if w.r.IntN(9) == 0 {
			b.WriteString(w.vocab.word())
		} else {
			b.WriteString(skewed(w.r, adjectives))
		}
	case 'a':
		b.WriteString(skewed(w.r, adverbs))
	case 'x':
		b.WriteString(w.vocab.word())
	case 'd':
		fmt.Fprint(b, 2+int(math.Abs(w.r.NormFloat64()*14)))
	case 'Y':
		fmt.Fprint(b, 1+w.r.IntN(13))
	case 'D':
		b.WriteString(pick(w.r, weekdays))
	case 'C':
		b.WriteString(pick(w.r, childNames))
	case 'p':
		b.WriteString(pick(w.r, places))
	case 'S':
		b.WriteString(pick(w.r, schoolNames) + " " + pick(w.r, schoolKinds))
	case 'L':
		fmt.Fprintf(b, "http://%s/%s/%s-%d.html", pick(w.r, linkHosts), pick(w.r, nouns), pick(w.r, nouns), w.r.IntN(5000))
	case 'W':
		b.WriteString(w.to)
	default:
		b.WriteByte(letter)
	}
}

// skewed picks from a list with a Zipf-like preference for its beginning.
func skewed(r *rand.Rand, list []string) string {
	u := r.Float64()
	return list[int(u*u*float64(len(list)))]
}

// paragraphs gives the new text of a message, wrapped at about 72 columns.
func (w *writer) paragraphs(reply bool, at time.Time) []string {
	var lines []string
	add := func(s string) { lines = append(lines, wrap(s, 72)...) }
	if reply {
		add(w.fill(pick(w.r, replyStarts)))
	} else {
		add(pick(w.r, openings))
	}
	lines = append(lines, "")
	// Lengths are log-normal: most are short, a few are essays.
	sentences := int(math.Exp(w.r.NormFloat64()*0.75 + 1.45))
	sentences = max(1, min(sentences, 60))
	var para []string
	for i := 0; i < sentences; i++ {
		t := pick(w.r, statements)
		if !reply && i == 0 || w.r.IntN(5) == 0 {
			t = pick(w.r, questions)
		}
		para = append(para, w.typography(w.fill(t), at))
		if w.r.IntN(4) == 0 || i == sentences-1 {
			add(strings.Join(para, " "))
			lines = append(lines, "")
			para = para[:0]
		}
	}
	if w.r.IntN(40) == 0 { // a line that an mbox writer must escape
		add("From " + w.fill("the %n we have %a been told to %v the %n."))
		lines = append(lines, "")
	}
	if w.r.IntN(3) > 0 {
		add(pick(w.r, closings))
		lines = append(lines, "")
	}
	return lines
}

// typography turns plain quotes into the curly ones that word processors
// insert, as mail did more and more after 2000.
func (w *writer) typography(s string, at time.Time) string {
	if at.Year() < 1999 || w.r.IntN(3) > 0 {
		return s
	}
	s = strings.ReplaceAll(s, "'", "’")
	s = strings.Replace(s, " - ", " – ", 1)
	if w.r.IntN(6) == 0 {
		s += "…"
	}
	return s
}

func wrap(s string, width int) []string {
	var lines []string
	var b strings.Builder
	for _, word := range strings.Fields(s) {
		if b.Len() > 0 && b.Len()+1+len(word) > width {
			lines = append(lines, b.String())
			b.Reset()
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	if b.Len() > 0 {
		lines = append(lines, b.String())
	}
	return lines
}

func (w *writer) subject(at time.Time) string {
	s := w.topic
	if w.r.IntN(2) == 0 {
		tail := pick(w.r, subjectTails)
		tail = strings.ReplaceAll(tail, "%d", fmt.Sprint(1+w.r.IntN(9)))
		tail = strings.ReplaceAll(tail, "%y", fmt.Sprint(at.Year()))
		s += tail
	}
	switch w.r.IntN(12) {
	case 0:
		s = strings.ToLower(s)
	case 1:
		s = w.fill("%R and %N")
	case 2:
		s = w.fill("%x %n %x")
	}
	return s
}
