package moderate

import (
	"errors"
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
)

// mailOfAsha holds a message of hers and puts a letter to her into the queue.
func mailOfAsha(t *testing.T, db *store.DB, asha message.Address) {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) error {
		id, err := intake.Put(tx, intake.New{Record: intake.Record{Kind: "post", List: 1, Envelope: message.Envelope{From: asha, Received: noon}},
			Raw: store.NewBlob([]byte("From: asha@school.example\r\n\r\nheld\r\n")), State: intake.Held})
		if err != nil {
			return err
		}
		it, err := hold.Put(tx, hold.Item{Message: id, List: 1, Reason: hold.Unverified, From: asha, Author: 1, Key: "k", Since: noon, Until: noon})
		if err != nil {
			return err
		}
		if _, err := hold.Allow(tx, it, 1, noon); err != nil {
			return err
		}
		return queue.PutLetter(tx, queue.Letter{From: asha, To: asha, Header: []byte("To: asha@school.example\r\n"), Body: []byte("x\r\n"), Member: 1, Queued: noon})
	})
}

// wantNobody demands that nothing of her is left beside the posts.
func wantNobody(t *testing.T, tx *store.Tx, asha message.Address) {
	t.Helper()
	if _, err := list.FindPerson(tx, asha); !errors.Is(err, list.ErrNoPerson) {
		t.Errorf("the person: %v", err)
	}
	if _, err := list.GetPerson(tx, 1); !errors.Is(err, list.ErrNoPerson) {
		t.Errorf("the number: %v", err)
	}
	if n, err := list.Count(tx, 1); n != 0 || err != nil {
		t.Errorf("%d members, %v", n, err)
	}
	for it := range hold.All(tx) {
		t.Errorf("held: %+v", it)
	}
	for r := range queue.List(tx, queue.Filter{}) {
		t.Errorf("waits: %+v", r)
	}
}

func TestForgettingAPersonLeavesPostsAsTheyChose(t *testing.T) {
	for _, c := range []struct {
		posts PostsOf
		state archive.Visibility
		name  string
		from  string // field of the stored message
	}{
		{PostsNamed, archive.Published, "Priya", `From: Priya <former-member@forgotten.invalid>`},
		{PostsFormer, archive.Published, "former member", `From: former member <former-member@forgotten.invalid>`},
		{PostsErased, archive.Erased, "", ""},
	} {
		t.Run(string(c.posts), func(t *testing.T) {
			db, e, _ := archived(t, 1, 2)
			var told list.PersonID
			e.Elsewhere = func(_ *store.Tx, p list.PersonID) error { told = p; return nil }
			asha := testdb.Address(t, "asha@school.example")
			mailOfAsha(t, db, asha)
			done, err := e.Forget(By{Actor: "operator uid 0", Now: noon}, 1, c.posts)
			if err != nil || len(done.Posts) != 2 || done.Messages != 1 || told != 1 {
				t.Fatalf("%+v, %v, told %d", done, err, told)
			}
			err = db.View(func(tx *store.Tx) error {
				wantNobody(t, tx, asha)
				for p, err := range archive.All(tx, 0) {
					if err != nil || p.State != c.state || p.AuthorName != c.name || !p.From.IsZero() {
						t.Errorf("post %+v, %v", p, err)
					}
					if c.from == "" {
						continue
					}
					raw, err := intake.Raw(tx, p.Intake)
					if err != nil || !strings.Contains(string(raw), c.from) || strings.Contains(string(raw), "school.example") {
						t.Errorf("%v:\n%s", err, raw)
					}
				}
				chain, err := audit.Verify(tx)
				if err != nil || len(chain) > 0 {
					t.Errorf("the record of acts: %+v, %v", chain, err)
				}
				report, err := intake.Audit(tx)
				if len(report.Faults) > 0 {
					t.Error(report.Faults)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestASealedPostKeepsItsWriterFromBeingErased(t *testing.T) {
	db, e, _ := archived(t, 1)
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := archive.Hide(tx, 1, archive.Seal{Reason: "police", Until: noon.AddDate(1, 0, 0)}, noon)
		return err
	})
	if _, err := e.Forget(By{Actor: "operator uid 0", Now: noon}, 1, PostsErased); !errors.Is(err, archive.ErrSealed) {
		t.Errorf("%v, want ErrSealed", err)
	}
	if f, err := e.Forget(By{Actor: "operator uid 0", Now: noon}, 1, PostsFormer); err != nil || len(f.Sealed) != 1 {
		t.Errorf("%+v, %v", f, err)
	}
	if err := db.View(func(tx *store.Tx) error {
		p, r, _, err := Look(tx, 1)
		if p.AuthorName != "Priya" || p.From.IsZero() {
			t.Errorf("the sealed post lost its writer: %+v, %+v", p, r)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if err := e.Erase(By{Actor: "operator uid 0", Now: noon}, 1, Trace{}); !errors.Is(err, archive.ErrSealed) {
		t.Errorf("%v, want ErrSealed", err)
	}
	if all, _, err := e.ledger.entries(); err != nil || len(all) != 1 {
		t.Errorf("the ledger has %d acts, want the one that was done, %v", len(all), err)
	}
}

// BenchmarkTrace looks for the words of one post in a store of 2,000 messages; the figure in docs/privacy.md is from here.
func BenchmarkTrace(b *testing.B) {
	db := testdb.Open(b)
	body := strings.Repeat("We have a new pupil with a plan and would like to know how others have arranged the support in the mornings. ", 20)
	testdb.Update(b, db, func(tx *store.Tx) error {
		if _, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()}); err != nil {
			return err
		}
		for range 2000 {
			raw := []byte("From: Jo <jo@x.example>\r\nSubject: words\r\n\r\n" + body + "\r\n")
			id, err := intake.Put(tx, intake.New{Record: intake.Record{Kind: "post", List: 1, Envelope: message.Envelope{Received: noon}}, Raw: store.NewBlob(raw), State: intake.Done})
			if err != nil {
				return err
			}
			n := archive.Describe(message.Parse(raw), "", noon)
			n.List, n.Intake = 1, id
			if _, err = archive.Import(tx, n); err != nil {
				return err
			}
		}
		return nil
	})
	ledger, err := OpenLedger(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	e := NewEraser(db, nil, ledger)
	for b.Loop() {
		if _, t, err := e.Trace(1); err != nil || t.Read != 1999 {
			b.Fatalf("%d read, %v", t.Read, err)
		}
	}
	b.ReportMetric(float64(1999*b.N)/b.Elapsed().Seconds(), "messages/s")
}
