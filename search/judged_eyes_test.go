package search

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/internal/discussions"
)

// eyesFiles are the files of testdata/judged that bring their own posts, each written by somebody who had not seen the vocabulary.
var eyesFiles = append([]string{"send-eyes.txt", "send-eyes2.txt"}, eyesLooks...)

// eyesLooks are the files of which only the first look counts: their figures are printed and nothing is demanded of them.
var eyesLooks = []string{"send-eyes3.txt", "send-eyes4.txt"}

// An eyesPost is a post that a file of eyesFiles brings for one of its searches.
type eyesPost struct {
	grade         int
	at            time.Time
	id            string
	subject, text string
}

func (p eyesPost) raw() []byte {
	return fmt.Appendf(nil, "From: Fresh Eyes <eyes@example.org>\r\nTo: forum@example.org\r\nDate: %s\r\nMessage-ID: %s\r\nSubject: %s\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s\r\n",
		p.at.Format(time.RFC1123Z), p.id, p.subject, strings.ReplaceAll(p.text, "\n", "\r\n"))
}

// An eyesSearch is a search in the words of one time, with posts in those of another.
type eyesSearch struct {
	judged
	apart    []string // what was typed and no answer says
	ordinary bool     // the words stand in the posts, so that nothing is apart
	posts    []eyesPost
}

func readEyes(t testing.TB, name string) (all []eyesSearch) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "judged", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		line := s.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		if q, ok := strings.CutPrefix(line, "query: "); ok {
			all = append(all, eyesSearch{judged: judged{query: q}})
			continue
		}
		if err := all[len(all)-1].readEyes(line, len(all)); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func (e *eyesSearch) readEyes(line string, n int) (err error) {
	if text, ok := strings.CutPrefix(line, "  "); ok && len(e.posts) > 0 {
		p := &e.posts[len(e.posts)-1]
		p.text += strings.TrimSpace(text) + "\n"
		return nil
	}
	if apart, ok := strings.CutPrefix(line, "apart: "); ok {
		if e.ordinary = apart == "nothing"; !e.ordinary {
			e.apart = strings.Split(apart, ", ")
		}
		return nil
	}
	if f := strings.SplitN(line, " ", 3); len(f) == 3 && len(f[0]) == 1 && len(f[1]) == len(time.DateOnly) {
		p := eyesPost{grade: int(f[0][0] - '0'), subject: f[2], id: fmt.Sprintf("<eyes-%d-%d@example.org>", n, len(e.posts))}
		p.at, err = time.Parse(time.DateOnly, f[1])
		e.posts = append(e.posts, p)
		return err
	}
	return e.read(line)
}

// eyesWords are the words of a text, one blank between them and at both ends.
func eyesWords(text string) string {
	return " " + strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), " ") + " "
}

// TestEyesAnswersInOtherWords holds the files to what they promise: no answer says what was typed.
func TestEyesAnswersInOtherWords(t *testing.T) {
	t.Parallel()
	for _, name := range eyesFiles {
		checkEyes(t, readEyes(t, name))
	}
}

func checkEyes(t *testing.T, all []eyesSearch) {
	t.Helper()
	for _, e := range all {
		if len(e.apart) == 0 && !e.ordinary || e.kind == "" || e.wants == "" {
			t.Errorf("%q lacks what is apart, a kind or a wish", e.query)
		}
		answers := 0
		for _, p := range e.posts {
			if p.grade < 2 {
				continue
			}
			answers++
			for _, word := range e.apart {
				if strings.Contains(eyesWords(p.subject+"\n"+p.text), eyesWords(word)) {
					t.Errorf("%q: the answer %q says %q", e.query, p.subject, word)
				}
			}
		}
		if answers < 2 || answers == len(e.posts) {
			t.Errorf("%q has %d answers and %d posts", e.query, answers, len(e.posts))
		}
	}
}

// An eyesMeasure is how well the searches of one file did, in one way.
type eyesMeasure struct {
	answers, found, page int     // answers; found at all; among the first 20 of the whole archive
	best, bestFound      int     // of the answers those with grade 3
	ndcg                 float64 // of the order of a search's own posts
	looksAbove           int     // look-alikes above an answer that was found
	missed               []string
	many                 []int // how much was found at all, by search
}

func measureEyes(all []eyesSearch, ids map[string]archive.Number, w way) (m eyesMeasure) {
	for _, e := range all {
		first, found := w.ask(e.query)
		m.many = append(m.many, len(first))
		at := func(p eyesPost) int { return slices.Index(first, ids[p.id]) }
		lastAnswer, gain, ideal := -1, 0.0, 0.0
		grades := []int{}
		for _, p := range e.posts {
			grades = append(grades, p.grade)
			if p.grade < 2 {
				continue
			}
			m.answers++
			m.best += p.grade / 3
			if i := at(p); found[ids[p.id]] {
				m.found++
				m.bestFound += p.grade / 3
				lastAnswer = max(lastAnswer, i)
				if i < 20 {
					m.page++
				}
			} else {
				m.missed = append(m.missed, fmt.Sprintf("%q: %s", e.query, p.subject))
			}
		}
		own := slices.Clone(e.posts)
		own = slices.DeleteFunc(own, func(p eyesPost) bool { return at(p) < 0 })
		slices.SortFunc(own, func(a, b eyesPost) int { return at(a) - at(b) })
		for i, p := range own {
			gain += gainOf(p.grade) / math.Log2(float64(i+2))
			if p.grade == 0 && at(p) < lastAnswer {
				m.looksAbove++
				m.missed = append(m.missed, fmt.Sprintf("%q: above an answer stands %s", e.query, p.subject))
			}
		}
		slices.SortFunc(grades, func(a, b int) int { return b - a })
		for i, g := range grades {
			ideal += gainOf(g) / math.Log2(float64(i+2))
		}
		m.ndcg += gain / ideal / float64(len(all))
	}
	slices.Sort(m.many)
	return m
}

func (m eyesMeasure) String() string {
	return fmt.Sprintf("recall %.3f (%d of %d; grade 3: %d of %d), %d among the first 20, nDCG of own posts %.3f, %d look-alikes above an answer; found in the median %d",
		float64(m.found)/float64(m.answers), m.found, m.answers, m.bestFound, m.best, m.page, m.ndcg, m.looksAbove, m.many[len(m.many)/2])
}

// TestJudgedSearchesOfFreshEyes looks for the posts of each file among all invented discussions. Searches in a word of another era are
// reported apart from those in another name of the same era, and both from ordinary ones.
func TestJudgedSearchesOfFreshEyes(t *testing.T) {
	t.Parallel()
	known, err := discussions.All()
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		known = known[:len(known)/8]
	}
	var items []archive.ImportItem
	for _, p := range discussions.Posts(known) {
		items = append(items, archive.ImportItem{Raw: p.Raw, Written: p.At})
	}
	for _, name := range eyesFiles {
		t.Run(name, func(t *testing.T) {
			judgeEyes(t, readEyes(t, name), slices.Clone(items), !slices.Contains(eyesLooks, name))
		})
	}
}

func judgeEyes(t *testing.T, all []eyesSearch, items []archive.ImportItem, demand bool) {
	s := newShelf(t)
	for _, e := range all {
		for _, p := range e.posts {
			items = append(items, archive.ImportItem{Raw: p.raw(), Written: p.at})
		}
	}
	slices.SortStableFunc(items, func(a, b archive.ImportItem) int { return a.Written.Compare(b.Written) })
	s.importAll(items)
	ids := s.threadsByID()
	for _, e := range all {
		for _, p := range e.posts {
			if ids[p.id] == 0 {
				t.Fatalf("the archive has no %s", p.subject)
			}
		}
	}
	ordinary := func(e eyesSearch) bool { return e.ordinary }
	otherEra := func(e eyesSearch) bool { return e.kind == "historical" }
	ways := []way{s.asked("vocabulary", s.searcher(shippedWords(t)))}
	if !testing.Short() { // only to compare
		ways = append(ways, s.plainBM25(), s.asked("no vocabulary", s.searcher(&Vocabulary{})))
	}
	for _, w := range ways {
		plain, renamed := eyesSplit(all, ordinary)
		historical, others := eyesSplit(renamed, otherEra)
		m := measureEyes(historical, ids, w)
		t.Logf("%s, words of another era (%d searches): %v", w.name, len(historical), m)
		missed := m.missed
		if demand && w.name == "vocabulary" && 100*m.found < 95*m.answers {
			t.Errorf("%d of %d answers in words of another era are found, want 95 %%", m.found, m.answers)
		}
		for _, c := range []struct {
			name string
			all  []eyesSearch
		}{{"other names", others}, {"ordinary", plain}} {
			if len(c.all) == 0 {
				continue
			}
			m = measureEyes(c.all, ids, w)
			t.Logf("%s, %s (%d searches): %v", w.name, c.name, len(c.all), m)
			missed = append(missed, m.missed...)
		}
		if w.name == "vocabulary" {
			t.Logf("missed:\n%s", strings.Join(missed, "\n"))
		}
	}
}

func eyesSplit(all []eyesSearch, in func(eyesSearch) bool) (yes, no []eyesSearch) {
	for _, e := range all {
		if in(e) {
			yes = append(yes, e)
		} else {
			no = append(no, e)
		}
	}
	return yes, no
}
