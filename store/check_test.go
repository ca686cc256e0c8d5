package store

import (
	"strings"
	"testing"
)

// circle is an engine with a table whose scan goes round for ever, as in a damaged tree.
type circle struct{ Engine }

func (circle) Check(func(string)) error               { return nil }
func (circle) View(fn func(EngineTx) error) error     { return fn(circleTx{}) }
func (circleTx) Tables() ([]string, error)            { return []string{"words"}, nil }
func (circleTx) Scan(_ string, _ []byte, _ bool) Scan { return &circleScan{} }
func (s *circleScan) Key() []byte                     { return []byte{"abc"[s.steps%3]} }
func (s *circleScan) Value() (record []byte, _ error) {
	return sealed("words", string(s.Key()), "x"), nil
}
func (s *circleScan) Err() error { return nil }

type circleTx struct{ EngineTx }

type circleScan struct{ steps int }

func (s *circleScan) Next() bool {
	s.steps++
	return true
}

func TestCheckDoesNotGoRoundForEver(t *testing.T) {
	var problems []string
	if err := checkEngine(circle{}, func(p string) { problems = append(problems, p) }); err != nil {
		t.Fatal(err)
	}
	if len(problems) != 1 || !strings.Contains(problems[0], "out of order") {
		t.Errorf("problems %q, want one about the order", problems)
	}
}

func TestCheckReadsEveryChunk(t *testing.T) {
	db := openTest(t)
	if err := db.engine.Update(func(e EngineTx) error {
		for i := range 2*checkChunk + 10 {
			key := string(rune('a'+i/checkChunk)) + string(Uint32Key[uint32]().Append(nil, uint32(i)))
			if err := e.Put("words", []byte(key), sealed("words", key, "x")); err != nil {
				return err
			}
		}
		return e.Put("words", []byte("zz"), sealed("words", "zy", "x"))
	}); err != nil {
		t.Fatal(err)
	}
	if problems := problemsOf(t, db); len(problems) != 1 || !strings.Contains(problems[0], "words/7a7a") {
		t.Errorf("problems %q, want the last record alone", problems)
	}
	update(t, db, func(tx *Tx) error { return words.Delete(tx, "zz") })
}
