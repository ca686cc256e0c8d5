package archive

import (
	"fmt"
	"iter"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// A Saying is a plain text that moderators wrote about discussions. Erasing a post does not change it; who looks for words
// that must go looks here too.
type Saying struct {
	Kind   string    // "topic", "collection", "summary" or "legal era"
	Slug   string    // of the topic or the collection
	Thread Number    // of a summary; else 0
	Before time.Time // the end of an era; else zero
	Text   string    // with the slug, which keeps words of the first name
}

// Sayings yields all that the moderators of a list wrote: names of topics, titles and introductions of collections,
// summaries of their discussions, and the sentences of legal eras.
func Sayings(tx *store.Tx, l list.ID) iter.Seq2[Saying, error] {
	return func(yield func(Saying, error) bool) {
		for _, read := range []func(*store.Tx, list.ID) ([]Saying, error){topicSayings, collectionSayings, eraSayings} {
			all, err := read(tx, l)
			if err != nil {
				yield(Saying{}, fmt.Errorf("read what moderators wrote: %w", err))
				return
			}
			for _, s := range all {
				if !yield(s, nil) {
					return
				}
			}
		}
	}
}

func topicSayings(tx *store.Tx, l list.ID) (said []Saying, err error) {
	all, err := Topics(tx, l)
	for _, t := range all {
		said = append(said, Saying{Kind: "topic", Slug: t.Slug, Text: t.Name + "\n" + t.Slug})
	}
	return said, err
}

func collectionSayings(tx *store.Tx, l list.ID) (said []Saying, err error) {
	all, err := Collections(tx, l)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		said = append(said, Saying{Kind: "collection", Slug: c.Slug, Text: c.Title + "\n" + c.Slug + "\n" + c.Intro})
		in, err := Entries(tx, c.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range in {
			said = append(said, Saying{Kind: "summary", Slug: c.Slug, Thread: e.Thread, Text: e.Summary})
		}
	}
	return said, nil
}

func eraSayings(tx *store.Tx, l list.ID) (said []Saying, err error) {
	all, err := Eras(tx, l)
	for _, e := range all {
		said = append(said, Saying{Kind: "legal era", Before: e.Before, Text: e.Sentence})
	}
	return said, err
}
