package search

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"sencoforum/calendar"
)

// relationWeights are what expansions count by what they are. The words that were typed count 1.
var relationWeights = map[Relation]float64{Acronym: 0.8, Synonym: 0.7, Historical: 0.5, Related: 0.3}

// What lowers a weight.
const (
	looseFactor   = 0.5 // the typed words mean it only sometimes
	doubtFactor   = 0.5 // the other words have more meanings, or are an everyday word that mostly means this here
	furtherFactor = 0.8 // a name before the name before
)

// Letters that spell another word, by plainKey. Nobody who looks for SENDIST wants every "sent", so the everyday ones are understood and
// never looked for. Of the doubtful ones most are letters where teachers write to each other: there "salt" is mostly a therapist.
var (
	everyday = setOf("ace add app as beam lass odd pace sap sent")
	doubtful = setOf("aces cats dash fas mash salt seal")
)

// Bounds of what a term gets.
const (
	maxOfTerm  = 24
	maxOfEntry = 14 // of the entry that was typed, so that names of other times have a place
	maxOfOther = 6  // of each other entry
	maxSteps   = 3  // names before names before
	stillUsed  = 4  // years in which an old word is still written
)

// Expand returns the query with what the vocabulary knows besides. Words that are a name together become one term, the
// longest name first. Terms in quotes, negated ones, names of people and a query of exact words stay as they are.
func (v *Vocabulary) Expand(q Query) Query {
	if q.Exact || len(v.forms) == 0 {
		return q
	}
	var out []Clause
	for i := 0; i < len(q.Clauses); {
		c, n := v.joined(q.Clauses[i:])
		c.Terms = slices.Clone(c.Terms)
		for j := range c.Terms {
			if t := &c.Terms[j]; !c.Not && t.open() && n > 0 {
				words := v.plused(*t)
				t.Expansions, t.Vague = v.expansions(words), v.isVague(words)
			}
		}
		if n == 0 { // something else: its words stay apart and mean only themselves
			n = v.otherwise(q.Clauses[i:])
			out = append(out, q.Clauses[i:i+n]...)
		} else if !again(out, c) { // no name of the vocabulary, so the word says nothing new
			out = append(out, c)
		}
		i += n
	}
	q.Clauses = out
	var all []*Term
	for i := range q.Clauses {
		for j := range q.Clauses[i].Terms {
			all = append(all, &q.Clauses[i].Terms[j])
		}
	}
	shareOut(all)
	return q
}

// shareOut leaves each term its share of the expansions of the whole query. What one does not need is for the others.
func shareOut(terms []*Term) {
	slices.SortStableFunc(terms, func(a, b *Term) int { return cmp.Compare(len(a.Expansions), len(b.Expansions)) })
	room := MaxExpansions
	for i, t := range terms {
		t.Expansions = portion(t.Expansions, max(2, room/(len(terms)-i)))
		room -= len(t.Expansions)
	}
}

// isVague reports words that mean things only sometimes.
func (v *Vocabulary) isVague(words []string) bool {
	uses := v.uses(words)
	return len(uses) > 0 && !slices.ContainsFunc(uses, func(u use) bool { return !u.loose })
}

// ofOneEntry is the share of the places that names of one entry may take where there are too few.
const ofOneEntry = 0.7

// portion returns the best of the expansions, at most so many, in their order. Names of the thing itself leave places for those of other
// times, though each counts more.
func portion(all []Expansion, most int) []Expansion {
	if len(all) <= most {
		return all
	}
	of, left := map[string]int{}, most
	take := make([]bool, len(all))
	for _, within := range []int{max(1, int(ofOneEntry*float64(most))), most} {
		for i, e := range all {
			if !take[i] && left > 0 && of[e.Entry] < within {
				take[i] = true
				of[e.Entry]++
				left--
			}
		}
	}
	var kept []Expansion
	for i, e := range all {
		if take[i] {
			kept = append(kept, e)
		}
	}
	return kept
}

// plused returns the words of a term, with "plus" behind one that has the mark where that is a name: SA+ is another step than SA.
func (v *Vocabulary) plused(t Term) []string {
	if named := append(slices.Clone(t.Words), "plus"); t.Plus && len(v.uses(named)) > 0 {
		return named
	}
	return t.Words
}

// open reports whether other words than those of the term may be looked for.
func (t Term) open() bool { return !t.Phrase && !t.Common && t.Field != From }

// joined returns the clause with which some clauses begin, and how many of them it is: those whose words are a name
// together, else the first. It returns 0 when they begin with a name that is no concern here.
func (v *Vocabulary) joined(all []Clause) (Clause, int) {
	words, ends := run(all, v.longest)
	for n := len(ends); n > 0; n-- {
		uses := v.uses(words[:ends[n-1]])
		if len(uses) == 0 || n == 1 && all[0].Terms[0].Common {
			continue
		}
		if n > 1 && slices.ContainsFunc(uses, func(u use) bool { return u.entry == nil }) {
			return Clause{}, 0
		}
		t := all[0].Terms[0]
		t.Words, t.Common, t.Plus, t.Named = words[:ends[n-1]], false, t.Plus && n == 1, n > 1
		return Clause{Terms: []Term{t}}, n
	}
	return all[0], 1
}

// otherwise is how many clauses are together a name that is no concern here.
func (v *Vocabulary) otherwise(all []Clause) int {
	words, ends := run(all, v.longest)
	for n := len(ends); n > 1; n-- {
		if len(v.uses(words[:ends[n-1]])) > 0 {
			return n
		}
	}
	return 1
}

// run returns the words with which clauses begin that may be a name together, and where the words of each end.
func run(all []Clause, longest int) (words []string, ends []int) {
	for _, c := range all {
		t := c.Terms[0]
		if c.Not || len(c.Terms) != 1 || t.Phrase || t.Field == From || t.Field != all[0].Terms[0].Field || len(words) >= longest {
			break
		}
		words = append(words, t.Words...)
		ends = append(ends, len(words))
	}
	return words, ends
}

// expansions returns what else words may be called, the best first.
func (v *Vocabulary) expansions(words []string) []Expansion {
	uses := v.uses(words)
	x := expander{v: v, typed: singleKey(words), at: map[string]int{}}
	typed := map[string]bool{} // names of entries that the words may mean
	for _, u := range uses {
		if u.entry == nil {
			return nil
		}
		x.factor = 1 / math.Sqrt(float64(len(uses)))
		if u.loose {
			x.factor *= looseFactor
		}
		x.entry, typed[u.entry.Name] = u.entry, true
		if everyday[x.typed] || doubtful[x.typed] {
			x.factor *= looseFactor
		}
		if u.kind {
			x.names(u.entry, Related, relationWeights[Related])
			x.near(u.entry, relationWeights[Related]*looseFactor)
			continue
		}
		x.own(u)
		x.history(u.entry, (*Entry).before, 1)
		x.history(u.entry, (*Entry).after, 1)
		for _, f := range u.entry.Kinds {
			x.add(u.entry, f, Related, relationWeights[Related], time.Time{})
		}
		x.near(u.entry, relationWeights[Related])
	}
	slices.SortStableFunc(x.all, func(a, b Expansion) int { return cmp.Compare(b.Weight, a.Weight) })
	return x.needed(typed)
}

func (e *Entry) before() []string { return e.Was }
func (e *Entry) after() []string  { return e.later }

// An expander gathers the expansions of one term.
type expander struct {
	v      *Vocabulary
	typed  string // singleKey of what was typed
	entry  *Entry // that it may mean
	factor float64
	all    []Expansion
	at     map[string]int // place in all by key
}

// own adds the other names of the same entry.
func (x *expander) own(u use) {
	e := u.entry
	for _, f := range e.Short {
		x.add(e, f, Acronym, relationWeights[Acronym], time.Time{})
	}
	why := Synonym
	if u.short {
		why = Acronym
	}
	for _, f := range slices.Concat([]string{e.Name, e.Title()}, e.Also) {
		x.add(e, f, why, relationWeights[why], time.Time{})
	}
}

// history adds the names that came before, or after, an entry.
func (x *expander) history(e *Entry, next func(*Entry) []string, step int) {
	if step > maxSteps {
		return
	}
	for _, name := range next(e) {
		if o := x.v.entry(name); o != nil {
			x.names(o, Historical, relationWeights[Historical]*math.Pow(furtherFactor, float64(step-1)))
			x.history(o, next, step+1)
		}
	}
}

// near adds the names of entries that are worth a look, too.
func (x *expander) near(e *Entry, weight float64) {
	for _, name := range e.Near {
		if o := x.v.entry(name); o != nil {
			x.names(o, Related, weight)
		}
	}
}

// names adds the names of another entry. A single word of old times means something else in newer posts, unless it is
// letters that stand for nothing else.
func (x *expander) names(e *Entry, why Relation, weight float64) {
	var before time.Time
	if e.Until != 0 {
		before = time.Date(e.Until+stillUsed, 1, 1, 0, 0, 0, 0, calendar.London())
	}
	for _, f := range slices.Concat([]string{e.Name}, e.Short, []string{e.Title()}, e.Also[:min(len(e.Also), 5)]) {
		k := formKey(f)
		if strings.Contains(k, " ") || slices.Contains(e.Short, f) && len(x.v.forms[k]) == 1 {
			x.add(e, f, why, weight, time.Time{})
			continue
		}
		x.add(e, f, why, weight, before)
	}
}

// add adds one name, or makes it count more.
func (x *expander) add(e *Entry, name string, why Relation, weight float64, before time.Time) {
	key := formKey(name)
	single := singleKey(wordsOf(name))
	if everyday[key] || common[key] || e == x.entry && single == x.typed {
		return
	}
	if strings.Contains(" "+single+" ", " "+x.typed+" ") { // a post with it has the typed words
		return
	}
	weight *= x.factor
	if len(x.v.forms[key]) > 1 || doubtful[key] {
		weight *= doubtFactor
	}
	if i, ok := x.at[key]; ok {
		if x.all[i].Weight >= weight {
			return
		}
		x.all[i] = Expansion{wordsOf(name), weight, name, e.Name, why, before}
		return
	}
	x.at[key] = len(x.all)
	x.all = append(x.all, Expansion{wordsOf(name), weight, name, e.Name, why, before})
}

// needed leaves out what stands within another expansion's reach: a post with the longer name has the shorter one. The shorter takes
// the place of the longer, so that the bounds leave room for names that lead elsewhere.
func (x *expander) needed(typed map[string]bool) []Expansion {
	var kept []Expansion
	of, done := map[string]int{}, map[string]bool{}
	for _, e := range x.all {
		e = x.shortest(e)
		key := " " + singleKey(e.Words) + " "
		within := func(o Expansion) bool { return strings.Contains(key, " "+singleKey(o.Words)+" ") && o.Before.IsZero() }
		most := maxOfOther
		if typed[e.Entry] {
			most = maxOfEntry
		}
		if !done[key] && len(kept) < maxOfTerm && of[e.Entry] < most && !slices.ContainsFunc(kept, within) {
			kept = append(kept, e)
			of[e.Entry]++
			done[key] = true
		}
	}
	return kept
}

// shortest returns the shortest expansion of the same entry that every post with this one has, too, and that counts as much.
func (x *expander) shortest(e Expansion) Expansion {
	best := e
	for _, o := range x.all {
		key := " " + singleKey(best.Words) + " "
		if o.Entry == e.Entry && o.Weight >= e.Weight && o.Before.IsZero() && len(o.Words) < len(best.Words) && strings.Contains(key, " "+singleKey(o.Words)+" ") {
			best = o
		}
	}
	if e.Name == e.Entry {
		best.Name = e.Name // it is shown by its whole name
	}
	return best
}

// maxShown bounds the names that are shown.
const maxShown = 5

// AlsoFor returns what an expanded query looks for besides, to be shown: one name of each thing, at most five, the best
// first. It is empty when nothing was added.
func (q Query) AlsoFor() []string {
	var best []Expansion
	for _, c := range q.Clauses {
		for _, t := range c.Terms {
			best = append(best, shown(t.Expansions)...)
		}
	}
	slices.SortStableFunc(best, func(a, b Expansion) int { return cmp.Compare(b.Weight, a.Weight) })
	var names []string
	for _, e := range best {
		if len(names) < maxShown && !slices.Contains(names, e.Name) {
			names = append(names, e.Name)
		}
	}
	return names
}

// Why returns sentences on the words of another time that an expanded query looks for: what was called something else, and
// since when.
func (v *Vocabulary) Why(q Query) []string {
	var all []string
	for _, c := range q.Clauses {
		for _, t := range c.Terms {
			for _, e := range shown(t.Expansions) {
				o := v.entry(e.Entry)
				if e.Why != Historical || o == nil || len(all) >= maxShown {
					continue
				}
				typed := v.written(t.Words)
				switch {
				case o.Until != 0:
					all = append(all, fmt.Sprintf("Until %d people wrote “%s” where you wrote “%s”.", o.Until, o.Name, typed))
				case o.From != 0 && v.isLater(o, t.Words):
					all = append(all, fmt.Sprintf("Since %d people write “%s” for “%s”%s.", o.From, o.Name, typed, in(o.Nation)))
				}
			}
		}
	}
	return all
}

// isLater reports whether an entry took the place of what words mean, perhaps with others between.
func (v *Vocabulary) isLater(e *Entry, words []string) bool {
	meant := v.uses(words)
	all := e.Was
	for range maxSteps {
		var before []string
		for _, name := range all {
			if slices.ContainsFunc(meant, func(u use) bool { return u.entry != nil && formKey(u.entry.Name) == formKey(name) }) {
				return true
			}
			if o := v.entry(name); o != nil {
				before = append(before, o.Was...)
			}
		}
		all = before
	}
	return false
}

// written returns words as the vocabulary writes them: SEMH for semh.
func (v *Vocabulary) written(words []string) string {
	key := plainKey(words)
	for _, u := range v.uses(words) {
		if u.entry == nil {
			continue
		}
		for _, f := range slices.Concat(u.entry.Short, []string{u.entry.Name, u.entry.Title()}, u.entry.Also, u.entry.Kinds) {
			if formKey(f) == key {
				return f
			}
		}
	}
	return strings.Join(words, " ")
}

// in names the nation of an entry behind what is said of it.
func in(nation string) string {
	if nation == "" || strings.Contains(nation, ";") {
		return ""
	}
	return " in " + nation
}

// shown returns one expansion of each entry: its name where that was not typed.
func shown(all []Expansion) []Expansion {
	var best []Expansion
	for _, e := range all {
		i := slices.IndexFunc(best, func(b Expansion) bool { return b.Entry == e.Entry })
		switch {
		case i < 0:
			best = append(best, e)
		case e.Name == e.Entry:
			best[i].Name = e.Name
		}
	}
	return best
}
