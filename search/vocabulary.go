package search

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A Vocabulary knows the words of special needs: letters that stand for words, other names of the same thing, and what it
// was called before. It is a file of entries that people write (docs/glossary.md). It does not change after it was read,
// so any number of goroutines may use it. The zero Vocabulary knows nothing.
type Vocabulary struct {
	entries []*Entry          // by name
	forms   map[string][]use  // by plainKey
	singles map[string][]use  // by singleKey, for plurals that are no form themselves
	endings map[string][]use  // by endingKey, for forms with other endings
	longest int               // words of the longest form
	words   map[string]bool   // that stand in a form, in the singular
	spelt   *Lexicon          // those that are long enough to be told from others when they are misspelt
	own     [sha256.Size]byte // of the forum's own file; zero: there was none
}

// An Entry is one thing with its names.
type Entry struct {
	Name  string   `json:"name"`            // as people say it: "EHC plan"
	Full  string   `json:"full,omitempty"`  // the words for the letters; empty: Name
	Short []string `json:"short,omitempty"` // letters that stand for it
	Also  []string `json:"also,omitempty"`  // other names for just this
	Kinds []string `json:"kinds,omitempty"` // narrower words that belong to it
	Loose []string `json:"loose,omitempty"` // words that mean it sometimes: who types them may mean it, but it is not looked for by them
	Was   []string `json:"was,omitempty"`   // names of entries that had this place before it
	Near  []string `json:"near,omitempty"`  // names of entries that are worth a look, too
	Not   []string `json:"not,omitempty"`   // words that look like this and are something else
	// From and Until are the years in which it was in use; 0: not known, or still.
	From   int    `json:"from,omitempty"`
	Until  int    `json:"until,omitempty"`
	Nation string `json:"nation,omitempty"` // where it is used when that is not everywhere: "Wales"
	Means  string `json:"means"`            // one sentence, or two, in plain English
	Line   int    `json:"line,omitempty"`   // where it stands in its file

	// later are the entries that name this one in Was.
	later []string
	// shipped is an entry that comes with the program.
	shipped bool
}

// Title is what the entry stands for, in words.
func (e *Entry) Title() string { return cmp.Or(e.Full, e.Name) }

// A use is an entry that a form of words may mean. Without an entry the words are something else that is no concern here.
type use struct {
	entry *Entry
	loose bool
	kind  bool // of the entry, and so are other words
	short bool
}

//go:embed vocabulary.txt
var shipped string

// Shipped returns the text of the vocabulary that comes with the program.
func Shipped() string { return shipped }

// VocabularyFile is the name of the file in the data directory with a forum's own entries.
const VocabularyFile = "vocabulary.txt"

// maxVocabulary bounds a file, in bytes.
const maxVocabulary = 1 << 20

// A Fault is one thing that is wrong with a file of entries.
type Fault struct {
	File    string // empty: a text that is no file
	Line    int    // 0: all of it
	Problem string // with the next step
}

// String is a fault as one line: "vocabulary.txt: line 12: nothing stands behind full:; write something, or take the line away".
func (f Fault) String() string {
	place := ""
	if f.File != "" {
		place = f.File + ": "
	}
	if f.Line > 0 {
		place += fmt.Sprintf("line %d: ", f.Line)
	}
	return place + f.Problem
}

// Faults are all of them, in the order of the lines, at most twenty.
type Faults []Fault

// Error names all, each on its line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// LoadVocabulary returns the vocabulary that comes with the program with the changes of a forum's own file in the data
// directory, if there is one. With an error, which is Faults, it is the one that comes with the program.
func LoadVocabulary(dir string) (*Vocabulary, error) {
	v, err := shippedVocabulary()
	if err != nil {
		return v, err
	}
	path := filepath.Join(dir, VocabularyFile)
	text, err := readVocabulary(path)
	if errors.Is(err, fs.ErrNotExist) {
		return v, nil
	}
	if err != nil {
		return v, Faults{{File: path, Problem: err.Error()}}
	}
	changed, err := v.With(text)
	var wrong Faults
	if errors.As(err, &wrong) {
		for i := range wrong {
			wrong[i].File = path
		}
	}
	if err != nil {
		return v, err
	}
	changed.own = sha256.Sum256([]byte(text))
	return changed, nil
}

// shippedVocabulary is the one that comes with the program. Nobody changes a vocabulary, so one serves all.
var shippedVocabulary = sync.OnceValues(func() (*Vocabulary, error) {
	v, err := ParseVocabulary(shipped)
	if err != nil {
		return &Vocabulary{}, fmt.Errorf("read the vocabulary of the program: %w", err)
	}
	for _, e := range v.entries {
		e.shipped = true
	}
	return v, nil
})

func readVocabulary(path string) (string, error) {
	f, err := os.Open(path)
	var text []byte
	if err == nil {
		defer f.Close()
		text, err = io.ReadAll(io.LimitReader(f, maxVocabulary+1))
	}
	var cause *fs.PathError // names the file, and so do we
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", err
	case errors.As(err, &cause):
		return "", fmt.Errorf("%w; put a file there that the server's user can read", cause.Err)
	case err == nil && len(text) > maxVocabulary:
		err = errors.New("it has more than 1 MiB; take entries away")
	}
	return string(text), err
}

// ParseVocabulary reads a whole vocabulary. An error names all wrong lines, at most 20.
func ParseVocabulary(text string) (*Vocabulary, error) { return (&Vocabulary{}).With(text) }

// Same reports that two vocabularies were made of the same file of a forum.
func (v *Vocabulary) Same(o *Vocabulary) bool { return v.own == o.own }

// Own is how many entries are those of the forum's own file.
func (v *Vocabulary) Own() (n int) {
	for _, e := range v.entries {
		if !e.shipped {
			n++
		}
	}
	return n
}

// With returns the vocabulary with the entries of a text: one with the name of an entry that is there takes its place, and
// one with "remove: yes" takes it away. An error is Faults.
func (v *Vocabulary) With(text string) (*Vocabulary, error) {
	entries, err := parseEntries(text)
	if err != nil {
		return nil, err
	}
	all := map[string]*Entry{}
	for _, e := range v.entries {
		all[formKey(e.Name)] = e
	}
	gone := map[string]int{}
	var wrong faults
	for _, e := range entries {
		key := formKey(e.Name)
		if e.Means == removed {
			if all[key] == nil {
				wrong.add(e.Line, "there is no entry %q that could be taken away; correct its name, or take these lines away", e.Name)
			}
			gone[key] = e.Line
			delete(all, key)
			continue
		}
		all[key] = e
	}
	return newVocabulary(slices.Collect(maps.Values(all)), gone, wrong)
}

// newVocabulary joins entries to a vocabulary. gone are the lines that took away others, by formKey; wrong is what is known to be
// wrong already.
func newVocabulary(entries []*Entry, gone map[string]int, wrong faults) (*Vocabulary, error) {
	v := &Vocabulary{forms: map[string][]use{}, singles: map[string][]use{}, endings: map[string][]use{}, words: map[string]bool{}}
	byName := map[string]*Entry{}
	for _, e := range entries {
		e := *e
		e.later = nil
		byName[formKey(e.Name)] = &e
		v.entries = append(v.entries, &e)
	}
	slices.SortFunc(v.entries, func(a, b *Entry) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	})
	for _, e := range v.entries {
		for _, name := range slices.Concat(e.Was, e.Near) {
			switch {
			case byName[formKey(name)] != nil:
			case e.shipped: // its line is none of this file
				wrong.add(gone[formKey(name)], "the entry %q, which comes with the program, names %q; write an entry %q without it, too", e.Name, name, e.Name)
			default:
				wrong.add(e.Line, "the entry %q names %q, which is no entry; write one, or take the name away", e.Name, name)
			}
		}
		for _, name := range e.Was {
			if was := byName[formKey(name)]; was != nil {
				was.later = append(was.later, e.Name)
			}
		}
		v.addForms(e)
	}
	for _, forms := range []map[string][]use{v.forms, v.singles, v.endings} {
		for k, uses := range forms { // what is an entry is one, whatever another says
			if slices.ContainsFunc(uses, func(u use) bool { return u.entry != nil }) {
				forms[k] = slices.DeleteFunc(uses, func(u use) bool { return u.entry == nil })
			}
		}
	}
	v.spelt = NewLexicon(func(yield func(string, int) bool) {
		for w := range v.words {
			if len(w) >= shortestTerm && !yield(w, often) {
				return
			}
		}
	})
	return v, wrong.err()
}

// shortestTerm is how many letters a word of the vocabulary has at least that a misspelt one is corrected to where no post has it.
const shortestTerm = 7

// addForms makes the words of an entry known.
func (v *Vocabulary) addForms(e *Entry) {
	add := func(u use, forms ...string) {
		for _, f := range forms {
			words := wordsOf(f)
			addUse(v.forms, plainKey(words), u)
			addUse(v.singles, singleKey(words), u)
			if key := endingKey(words); key != "" && !u.short {
				addUse(v.endings, key, u)
			}
			parts := strings.Fields(singleKey(words))
			v.longest = max(v.longest, len(parts)+putIn)
			for _, w := range parts {
				v.words[w] = true
			}
		}
	}
	add(use{entry: e, short: true}, e.Short...)
	add(use{entry: e}, e.Name, e.Title())
	add(use{entry: e}, e.Also...)
	add(use{entry: e, kind: true}, e.Kinds...)
	add(use{entry: e, loose: true}, e.Loose...)
	add(use{}, e.Not...)
}

// addUse adds what a form may mean. Of an entry the first use counts.
func addUse(to map[string][]use, key string, u use) {
	if !slices.ContainsFunc(to[key], func(o use) bool { return o.entry == u.entry }) {
		to[key] = append(to[key], u)
	}
}

// uses returns what words together may mean.
func (v *Vocabulary) uses(words []string) []use {
	if u := v.forms[plainKey(words)]; len(u) > 0 {
		return u
	}
	if u := v.singles[singleKey(words)]; len(u) > 0 {
		return u
	}
	if key := endingKey(words); key != "" {
		return v.endings[key]
	}
	return nil
}

// Entries returns all entries by their names, for a page of them. They are not to be changed.
func (v *Vocabulary) Entries() []*Entry { return v.entries }

// Vocabulary returns the words that the searcher knows now.
func (s *Searcher) Vocabulary() *Vocabulary { return s.words.Load() }

// Use gives the searcher other words. A search that has begun ends with those that it began with.
func (s *Searcher) Use(words *Vocabulary) {
	s.words.Store(words)
	s.index.expect(words.names())
}

// names are all names of things, as words, each once.
func (v *Vocabulary) names() (all [][]string) {
	done := map[string]bool{}
	for _, e := range v.entries {
		for _, name := range slices.Concat([]string{e.Name, e.Title()}, e.Short, e.Also, e.Kinds) {
			if words := wordsOf(name); len(words) > 0 && !done[strings.Join(words, " ")] {
				done[strings.Join(words, " ")] = true
				all = append(all, words)
			}
		}
	}
	return all
}

// Lookup returns the entries that a word or some words may mean, those that they always mean first.
func (v *Vocabulary) Lookup(words string) []*Entry {
	var sure, perhaps []*Entry
	for _, u := range v.uses(wordsOf(words)) {
		switch {
		case u.entry == nil:
		case u.loose, u.kind:
			perhaps = append(perhaps, u.entry)
		default:
			sure = append(sure, u.entry)
		}
	}
	return append(sure, perhaps...)
}

// Knows reports whether a single word stands in the vocabulary, alone or within a name. Such a word is never taken for a
// wrong spelling.
func (v *Vocabulary) Knows(word string) bool { return v.words[singleKey(wordsOf(word))] }

// entry returns an entry by its name.
func (v *Vocabulary) entry(name string) *Entry {
	for _, u := range v.forms[plainKey(wordsOf(name))] {
		if u.entry != nil && formKey(u.entry.Name) == formKey(name) {
			return u.entry
		}
	}
	return nil
}

// formKey is a name in the one way in which names are compared.
func formKey(s string) string { return plainKey(wordsOf(s)) }

// plainKey is words without what makes no difference to a name: capital letters, dots, apostrophes, hyphens and American
// spelling.
func plainKey(words []string) string { return keyOf(words, plainWord) }

// singleKey is the same in the singular.
func singleKey(words []string) string {
	return keyOf(words, func(w string) string { return singular(plainWord(w)) })
}

func keyOf(words []string, fold func(string) string) string {
	var out []string
	for _, w := range words {
		for part := range strings.SplitSeq(w, "-") {
			if part = fold(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return strings.Join(out, " ")
}

var noMarks = strings.NewReplacer(".", "", "'", "")

func plainWord(w string) string {
	w = noMarks.Replace(strings.TrimSuffix(w, "'s"))
	switch {
	case strings.HasPrefix(w, "behavior"):
		return "behaviour" + w[len("behavior"):]
	case w == "program":
		return "programme"
	case w == "center":
		return "centre"
	}
	return w
}

// singular takes the ending of a plural away, and of some words that look like one; that does no harm.
func singular(w string) string {
	switch {
	case len(w) > 4 && strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case len(w) > 2 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is"):
		return w[:len(w)-1]
	}
	return w
}
