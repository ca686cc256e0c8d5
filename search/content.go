package search

import (
	"context"
	"fmt"
	"strings"

	"sencoforum/archive"
	"sencoforum/message"
)

// Bounds of what is read of a post's files.
const (
	filesMost    = 10      // of one post
	fileBytes    = 4 << 20 // of a file that is looked into
	fileText     = 64 << 10
	subjectWords = 100
	nameWords    = 20
)

// FileText returns the text of a file that came with a post, or an error where it cannot be read.
type FileText func(ctx context.Context, name string, data []byte) (string, error)

// content makes the document of a post from its message. A panic over it is an error.
func (a *analyser) content(ctx context.Context, p archive.Post, raw []byte, read FileText) (d *document, err error) {
	defer func() {
		if r := recover(); r != nil {
			d, err = nil, fmt.Errorf("panic: %v", r)
		}
	}()
	m := message.Parse(raw)
	words := m.Words()
	names, texts := filesOf(ctx, m, read)
	own := a.tokens(words.Own, maxOwn)
	subject := a.tokens(p.Subject, subjectWords)
	author := a.tokens(p.AuthorName, nameWords)
	named := a.tokens(names, nameWords*filesMost)

	d = newDocument(p.Number)
	d.add(fieldWord, append(append([]token{}, own...), subject...))
	d.add(fieldAny, apart(own, subject, author, named))
	d.add(fieldSubject, subject)
	d.add(fieldFrom, author)
	d.add(fieldFiles, apart(named, a.tokens(texts, maxFiled)))
	d.add(fieldQuoted, a.tokens(quotedOf(words), maxQuoted))
	return d, nil
}

// apart joins the tokens of several texts, with places between them.
func apart(texts ...[]token) []token {
	var all []token
	at := 0
	for _, tokens := range texts {
		for _, t := range tokens {
			t.pos += at
			all = append(all, t)
		}
		if len(tokens) > 0 {
			at = all[len(all)-1].pos + gap
		}
	}
	return all
}

// quotedOf is what a message holds of others' words.
func quotedOf(w message.Words) string {
	var b strings.Builder
	for _, s := range w.Segments {
		if s.Kind == message.Quoted || s.Kind == message.Forwarded {
			b.WriteString(s.Text)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// filesOf returns the names of a message's files and their text, as far as it can be read.
func filesOf(ctx context.Context, m *message.Message, read FileText) (names, texts string) {
	if m.FileCount() == 0 {
		return "", ""
	}
	var n, t strings.Builder
	for i, f := range m.View().Files {
		if i == filesMost {
			break
		}
		n.WriteString(f.Name + "\n")
		if read == nil || f.Size > fileBytes || strings.HasPrefix(f.Type, "image/") {
			continue
		}
		data, ok := m.FileContent(f.Part, f.Inner)
		if !ok {
			continue
		}
		text, err := read(ctx, f.Name, data)
		if err != nil {
			continue // what cannot be read is found by its name
		}
		t.WriteString(text[:min(len(text), fileText)] + "\n")
	}
	return n.String(), t.String()
}
