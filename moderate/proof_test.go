package moderate

import (
	"path/filepath"
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/store/storetest"
)

// plantBooks stores a post that says so, a held copy, a report that returned it, and a letter that names its subject.
func plantBooks(t *testing.T, db *store.DB, said string) {
	t.Helper()
	raw := []byte("From: Priya <priya@school.example>\r\nSubject: About the zanzibarwort\r\nMessage-ID: <a@x>\r\n\r\n" + said + ".\r\n" + strings.Repeat("More lines of it.\r\n", 30))
	put := func(tx *store.Tx, kind string, s intake.State, raw []byte) (intake.ID, error) {
		m := message.Parse(raw)
		return intake.Put(tx, intake.New{Record: intake.Record{Kind: kind, List: 1, MessageID: m.MessageID(), Envelope: message.Envelope{Received: noon}}, Raw: store.NewBlob(raw), State: s})
	}
	err := db.Update(func(tx *store.Tx) error {
		if _, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()}); err != nil {
			return err
		}
		id, err := put(tx, "post", intake.Done, raw)
		if err != nil {
			return err
		}
		n := archive.Describe(message.Parse(raw), "", noon)
		n.List, n.Intake = 1, id
		if _, err := archive.Import(tx, n); err != nil {
			return err
		}
		if id, err = put(tx, "post", intake.Held, raw); err != nil {
			return err
		}
		if _, err := hold.Put(tx, hold.Item{Message: id, List: 1, Reason: hold.Unverified, From: n.From, Key: "k", Since: noon, Until: noon}); err != nil {
			return err
		}
		if _, err = put(tx, string(list.KindBounces), intake.Handled, []byte("Subject: Undelivered\r\n\r\n"+said+"\r\n")); err != nil {
			return err
		}
		return queue.PutLetter(tx, queue.Letter{From: n.From, To: n.From, Header: []byte("Subject: Did you write about the zanzibarwort?\r\n"), Body: []byte("x\r\n"), Queued: noon})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNothingIsLeftWithOrWithoutCompression is the byte proof of the books alone, for a store that compresses and one that
// does not. The whole server is in cmd/sencoforum.
func TestNothingIsLeftWithOrWithoutCompression(t *testing.T) {
	const word, said = "zanzibarwort", "We all saw the great zanzibarwort on the hill behind the school yesterday"
	for name, compress := range map[string]bool{"compressed": true, "plain": false} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			o := store.DefaultOptions()
			o.Compress = compress
			db := storetest.OpenFile(t, filepath.Join(dir, "forum.db"), o)
			plantBooks(t, db, said)
			before := storetest.Search(t, dir, word)[word]
			ledger, err := OpenLedger(dir)
			if err != nil {
				t.Fatal(err)
			}
			e := NewEraser(db, nil, ledger)
			_, trace, err := e.Trace(1)
			if err != nil || len(trace.Copies) != 2 || len(trace.Letters) != 1 || len(trace.Quotes) != 0 {
				t.Errorf("trace %+v, %v", trace, err)
			}
			if err := e.Erase(By{Actor: "operator uid 0", Now: noon}, 1, trace); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Compact(); err != nil {
				t.Fatal(err)
			}
			if after := storetest.Search(t, dir, word)[word]; before == 0 || after != 0 {
				t.Errorf("%d times before the erasure, %d after it", before, after)
			}
		})
	}
}
