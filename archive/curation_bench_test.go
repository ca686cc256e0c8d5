package archive

import (
	"fmt"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// BenchmarkCuration reads what a page of a thread and the first page of a topic with 5,000 threads need.
func BenchmarkCuration(b *testing.B) {
	const count = 5000
	var raws [][]byte
	for i := range count {
		raws = append(raws, mail{id: fmt.Sprint(i, "@x"), hours: i}.raw())
	}
	db := testdb.Open(b)
	importAll(b, db, "", raws)
	testdb.Update(b, db, func(tx *store.Tx) error {
		for _, name := range []string{"a", "b"} {
			topic, _, err := AddTopic(tx, Topic{List: 1, Name: name})
			for n := Number(1); err == nil && n <= count; n++ {
				_, err = Tag(tx, n, topic.ID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	for name, read := range map[string]func(tx *store.Tx) error{
		"thread": func(tx *store.Tx) error { _, err := Curated(tx, count/2); return err },
		"topic": func(tx *store.Tx) error {
			page, _, err := ByTopic(tx, Topic{ID: 1, List: 1}, TopicPlace{}, 50)
			if len(page) != 50 {
				b.Errorf("a page of %d", len(page))
			}
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				testdb.View(b, db, read)
			}
		})
	}
}
