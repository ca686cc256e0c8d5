package archive

import (
	"fmt"
	"strings"
	"testing"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/store"
)

// filed is a message with a text and so many files.
func filed(text string, files int) []byte {
	raw := "From: Priya Shah <priya@school.example>\nSubject: Pens\nMessage-ID: <filed@x>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" + text + "\n"
	for i := range files {
		raw += fmt.Sprintf("--b\nContent-Type: application/pdf; name=%d.pdf\nContent-Disposition: attachment\n\n%%PDF-%d\n", i, i)
	}
	return []byte(raw + "--b--\n")
}

func TestFactsOfAPost(t *testing.T) {
	for _, c := range []struct {
		name string
		raw  []byte
		want Facts
	}{
		{"a question", mail{id: "a@x", subject: "[SENCO] Pens", body: "Are reading pens allowed?"}.raw(), Facts{Asks: true, Words: 4}},
		{"the subject asks", mail{id: "a@x", subject: "Which pens?", body: "We start on Monday with them."}.raw(),
			Facts{Asks: true, Answers: true, Words: 6}},
		{"the subject of a reply does not", mail{id: "a@x", subject: "Re: Which pens?", body: "We start on Monday with them."}.raw(),
			Facts{Answers: true, Words: 6}},
		{"what is quoted does not count", mail{id: "a@x", subject: "Re: Pens", body: "Thank you!\n\nOn 22 November 2026 Tom <tom@x.example> wrote:\n> Are they allowed? See https://x.example/"}.raw(),
			Facts{Words: 2}},
		{"two files and a link", filed("The forms are here and at https://x.example/forms for all.", 2), Facts{Answers: true, Words: 9, Files: 2, Links: true}},
		{"more files than are counted", filed("Here.", 300), Facts{Words: 1, Files: 255}},
		{"more words than are counted", mail{id: "a@x", subject: "Re: long", body: strings.Repeat("word word word\n", 30000)}.raw(),
			Facts{Answers: true, Words: 65535}},
	} {
		c.want.Rules = FactsRules
		n := Describe(message.Parse(c.raw), "[SENCO]", noon)
		if n.Facts != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, n.Facts, c.want)
		}
		if again := FactsOf(n.Post, c.raw); again != c.want {
			t.Errorf("%s: again they are %+v, want %+v", c.name, again, c.want)
		}
	}
}

// factful imports a question with a file and returns it.
func factful(t *testing.T) (*store.DB, Post) {
	t.Helper()
	db, p := testdb.Open(t), Post{}
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		p, err = importOne(tx, "", filed("Are reading pens allowed? See https://x.example/pens", 1))
		return err
	})
	if want := (Facts{Rules: FactsRules, Asks: true, Words: 6, Files: 1, Links: true}); p.Facts != want {
		t.Fatalf("stored with %+v, want %+v", p.Facts, want)
	}
	return db, p
}

func TestFactsFollowTheWords(t *testing.T) {
	db, p := factful(t)
	less := filed("We have [removed] for all of them now.", 0)
	got, err := try(t, db, func(tx *store.Tx) (Post, error) { return Rewritten(tx, p.Number, less, "Pens", "Priya", noon) })
	if want := (Facts{Rules: FactsRules, Answers: true, Words: 8}); err != nil || got.Facts != want {
		t.Errorf("after a redaction %+v, %v, want %+v", got.Facts, err, want)
	}
	testdb.Update(t, db, func(tx *store.Tx) error {
		return Unname(tx, p.Number, filed("Which of them?", 1), FormerMember)
	})
	testdb.View(t, db, func(tx *store.Tx) error {
		got, err := Get(tx, p.Number)
		raw, _ := intake.Raw(tx, p.Intake)
		if want := (Facts{Rules: FactsRules, Asks: true, Words: 3, Files: 1}); got.Facts != want || !strings.Contains(string(raw), "Which of them?") {
			t.Errorf("without its writer %+v, want %+v", got.Facts, want)
		}
		return err
	})
	got, err = try(t, db, func(tx *store.Tx) (Post, error) { return Erase(tx, p.Number, noon) })
	if want := (Facts{Rules: FactsRules}); err != nil || got.Facts != want {
		t.Errorf("after erasure %+v, %v, want %+v", got.Facts, err, want)
	}
}

// TestARebuildFindsFactsThatAreNotKnown takes away what an older program did not store.
func TestARebuildFindsFactsThatAreNotKnown(t *testing.T) {
	db, p := factful(t)
	forget := func(rules uint8) {
		testdb.Update(t, db, func(tx *store.Tx) error {
			old := p
			old.Facts = Facts{Rules: rules}
			return posts.Put(tx, p.Number, old)
		})
	}
	for _, rules := range []uint8{0, FactsRules + 1} {
		forget(rules)
		if r := rebuildNow(t, db); r.Facts != 1 || r.Moved != 0 || r.Threads != 1 {
			t.Errorf("a rebuild found %+v", r)
		}
		testdb.View(t, db, func(tx *store.Tx) error {
			got, err := Get(tx, p.Number)
			if got.Facts != p.Facts {
				t.Errorf("got %+v, want %+v", got.Facts, p.Facts)
			}
			return err
		})
	}
	if r := rebuildNow(t, db); r.Facts != 0 || r.Threads != 0 {
		t.Errorf("a second one found %+v", r)
	}
}

func TestFactsOfAnOlderRowAreNotKnown(t *testing.T) {
	old, err := store.Compact[Post]().Parse([]byte(`{"number":1,"list":1,"state":"published","subject":"Pens"}`))
	if err != nil || old.Facts.Known() {
		t.Errorf("%+v, %v", old.Facts, err)
	}
	if !(Facts{Rules: FactsRules}).Known() {
		t.Error("the facts of a post that says nothing are not known")
	}
}
