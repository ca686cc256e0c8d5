package search

import (
	"encoding/binary"

	index "github.com/blevesearch/bleve_index_api"

	"sencoforum/archive"
)

// The fields of a post in the index. Any has its own words, its subject, its author's name and the names of its files, far
// enough from each other that no phrase reaches across.
const (
	fieldAny     = "a"
	fieldSubject = "s"
	fieldFrom    = "n"
	fieldFiles   = "f" // names and words of files
	fieldQuoted  = "q" // words that were quoted
	fieldWord    = "w" // words before they were stemmed, for spelling
)

// options say what is kept of each field. Positions are for phrases.
var options = map[string]index.FieldIndexingOptions{
	fieldAny:     index.IndexField | index.IncludeTermVectors,
	fieldSubject: index.IndexField | index.IncludeTermVectors,
	fieldFrom:    index.IndexField | index.SkipFreqNorm,
	fieldFiles:   index.IndexField | index.IncludeTermVectors,
	fieldQuoted:  index.IndexField | index.SkipFreqNorm,
	fieldWord:    index.IndexField | index.SkipFreqNorm,
}

// gap is how many places are left between texts in one field.
const gap = 100

// docID is the name of a post in the index.
func docID(n archive.Number) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(n)))
}

// numberOf reads a docID; 0 for anything else.
func numberOf(id []byte) archive.Number {
	if len(id) != 4 {
		return 0
	}
	return archive.Number(binary.BigEndian.Uint32(id))
}

// A document is a post as the index takes it, analysed already: the library's own goroutines have nothing to do that could
// panic.
type document struct {
	id     string
	fields []index.Field
	size   int
	total  map[string]int // tokens by field
}

func newDocument(n archive.Number) *document {
	return &document{id: docID(n), total: map[string]int{}}
}

// add puts tokens into a field, once for each field.
func (d *document) add(name string, tokens []token) {
	if len(tokens) == 0 {
		return
	}
	f := &field{name: name, length: len(tokens), freqs: make(index.TokenFrequencies, len(tokens))}
	vectors := options[name].IncludeTermVectors()
	for i := range tokens {
		t := &tokens[i]
		key := t.term
		if name == fieldWord {
			key = t.word
		}
		f.count(key, t.pos, vectors)
		d.size += 16
	}
	d.total[name] = len(tokens)
	d.fields = append(d.fields, f)
}

// ID and the other methods are what the library asks of a document.
func (d *document) ID() string                                 { return d.id }
func (d *document) Size() int                                  { return d.size }
func (d *document) HasComposite() bool                         { return false }
func (d *document) NumPlainTextBytes() uint64                  { return uint64(d.size) }
func (d *document) StoredFieldsBytes() uint64                  { return 0 }
func (d *document) Indexed() bool                              { return false }
func (d *document) VisitComposite(index.CompositeFieldVisitor) {}
func (d *document) AddIDField()                                { d.fields = append(d.fields, idField(d.id)) }
func (d *document) VisitFields(visit index.FieldVisitor) {
	for _, f := range d.fields {
		visit(f)
	}
}

// A field is what one field of a post holds.
type field struct {
	name    string
	value   []byte
	options index.FieldIndexingOptions // of the field for the ID; else by name
	length  int
	freqs   index.TokenFrequencies
}

// idField is the field by which the library finds a post again.
func idField(id string) *field {
	f := &field{name: "_id", value: []byte(id), options: index.IndexField | index.StoreField, length: 1, freqs: index.TokenFrequencies{}}
	f.count(id, 1, false)
	return f
}

func (f *field) count(term string, pos int, vectors bool) {
	tf := f.freqs[term]
	if tf == nil {
		tf = &index.TokenFreq{Term: []byte(term)}
		f.freqs[term] = tf
	}
	tf.SetFrequency(tf.Frequency() + 1)
	if vectors {
		tf.Locations = append(tf.Locations, &index.TokenLocation{Field: f.name, Position: pos})
	}
}

// Name and the other methods are what the library asks of a field.
func (f *field) Name() string                                     { return f.name }
func (f *field) Value() []byte                                    { return f.value }
func (f *field) ArrayPositions() []uint64                         { return nil }
func (f *field) EncodedFieldType() byte                           { return 't' }
func (f *field) Analyze()                                         {}
func (f *field) AnalyzedLength() int                              { return f.length }
func (f *field) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.freqs }
func (f *field) NumPlainTextBytes() uint64                        { return 0 }
func (f *field) Options() index.FieldIndexingOptions {
	if f.options != 0 {
		return f.options
	}
	return options[f.name]
}
