package search

import (
	"time"

	"sencoforum/archive"
)

// Bounds of a query. What is beyond them is left out, and a note says so.
const (
	MaxText       = 200 // characters that are read
	MaxTerms      = 8   // terms, without words such as "the" that are in most posts
	MaxExpansions = 40  // expansions of all terms together
)

// A Query is what somebody asked for. Parse makes one of any text; nothing that people type is an error. All clauses and
// all filters must match. The zero Query asks for everything.
//
// Parse knows only how people write. Vocabulary.Expand adds what the words of special needs mean besides. The words of a
// query are as they were typed, in one case; stems and spellings are for the index.
type Query struct {
	Typed   string // what was typed, as far as it was read: valid UTF-8, one line
	Clauses []Clause
	Filter  Filter
	Sort    Sort
	Exact   bool   // only the words that were typed: nothing is expanded or corrected
	Notes   []Note // for the reader, in the order in which they came up
}

// A Clause is one condition. One of its terms must match; with Not none may. It has at least one term, and with Not
// exactly one.
type Clause struct {
	Not   bool
	Terms []Term
}

// A Term is what is looked for in a field.
type Term struct {
	Field Field
	// Words have letters or digits each, in small letters, without space or quotes. Hyphens, apostrophes, dots
	// and ampersands inside a word are as they were typed: sen-support, senco's, e.h.c.p, s&lt.
	Words []string
	// Phrase means that the words stand beside each other in this order. It is what quotes are for, and such a term has no
	// expansions. Without it all words must be there, anywhere in the field; these are one word, or those of an entry of
	// the vocabulary, and then it is good to find them together.
	Phrase bool
	// Common words are in most posts. A term of them alone must not match, nor lower what a post is worth, where the query
	// has other clauses.
	Common bool
	// Plus means that a plus stood behind the only word, as in SA+. Posts are looked for without it.
	Plus bool
	// Named means that several words are a name of the vocabulary together: where they stand apart they count less.
	Named bool
	// Vague means that the words mean a thing of the vocabulary only sometimes.
	Vague      bool
	Expansions []Expansion // also good, for less
}

// A Field is where a term is looked for.
type Field uint8

// The fields.
const (
	Any     Field = iota // own words, subject, author, names and words of files
	Quotes               // all that Any looks in, and words that were quoted
	Subject              // of the post
	From                 // name of the author
	Files                // names and words of files
)

// An Expansion is another way to say what a term says. A post with it matches the term.
type Expansion struct {
	Words  []string // as the words of a Term; they stand beside each other in this order
	Weight float64  // more than 0 and less than 1, where the typed words count 1
	Name   string   // as it is shown: "EHC plan"
	Entry  string   // name of the entry of the vocabulary from which it comes
	Why    Relation
	// Before, when it is not zero, is when people had stopped to write it: only posts from before then count. The word
	// "statement" means a plan in a post of 2010 and hardly ever in one of 2025.
	Before time.Time
}

// A Relation says what an expansion is to the words that were typed.
type Relation uint8

// The relations.
const (
	Synonym    Relation = iota // the same thing in other words
	Acronym                    // the letters for the words, or the words for the letters
	Historical                 // what it was called before, or is called since
	Related                    // near enough to be worth a look
)

// A Filter is what must be true of a post besides its words. The zero Filter lets everything pass.
type Filter struct {
	Lists    []string // names, in small letters; the post is on one of them; empty: on any
	NotLists []string
	// Topics are slugs (archive.Slug). Of each group the discussion has at least one.
	Topics    [][]string
	NotTopics []string
	// After is the first moment that counts, Before the first that does not; the zero time: no end. They are beginnings of
	// days in London. Before is never ahead of After: where they are equal no post can match.
	After, Before time.Time
	Is, IsNot     Fact // each of these
	// Posts, Threads and MessageIDs name posts; with any of these it is one of them all. IDs are without angle brackets.
	Posts      []archive.Number
	Threads    []archive.Number
	MessageIDs []string
}

// A Fact is something that is true of a post, or of its discussion as a whole. Several are joined by |.
type Fact uint16

// The facts.
const (
	HasFile Fact = 1 << iota // of the post
	HasLink                  // of the post
	IsQuestion
	IsAnswered
	IsUnanswered // a question without an answer, in a discussion that is not closed
	IsClosed
)

// A Sort is an order of answers.
type Sort uint8

// The orders.
const (
	Best Sort = iota
	Newest
	Oldest
)

// A Note is a sentence for the one who asked, in plain English: what was not understood or left out.
type Note struct {
	Kind NoteKind
	Text string // `I could not read the date "Easter".`
}

// A NoteKind is what a note is about, for those who show it in a place of its own.
type NoteKind uint8

// The kinds.
const (
	NoteIgnored NoteKind = iota // something was left out
	NoteDate                    // a date could not be read
	NoteTooLong                 // the text was cut
	NoteNothing                 // no post can match
)
