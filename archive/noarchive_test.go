package archive

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

func TestWhoWantsToBeInNoArchive(t *testing.T) {
	for field, want := range map[string]bool{
		"X-No-Archive: yes": true, "X-No-Archive: no": true, "X-No-Archive:": true, "x-no-archive: Yes": true,
		"X-Archive: no": true, "X-Archive:  NO ": true, "X-Archive: yes": false, "X-Archive: nowhere": false, "X-Mailer: no": false,
	} {
		m := message.Parse([]byte("From: Jo <jo@x.example>\r\n" + field + "\r\n\r\nwords\r\n"))
		p := Describe(m, "", noon).Post
		if p.NoArchive != want {
			t.Errorf("%s: %t, want %t", field, p.NoArchive, want)
		}
		if p.State = Published; p.Shown() == want {
			t.Errorf("%s: published, and shown %t", field, p.Shown())
		}
	}
	for _, s := range []Visibility{Waiting, Hidden, Withdrawn, Erased} {
		if (Post{State: s}).Shown() {
			t.Errorf("a post that is %s is shown", s)
		}
	}
}

func TestAnExportHasNoPostThatIsNotToBeArchived(t *testing.T) {
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for _, field := range []string{"X-Mailer: x", "X-No-Archive: yes"} {
			raw := []byte("From: Jo <jo@x.example>\r\n" + field + "\r\nMessage-ID: <" + field[:5] + "@x>\r\n\r\nwords\r\n")
			id, err := intake.Put(tx, intake.New{State: intake.Waiting, Raw: store.NewBlob(raw)})
			if err != nil {
				return err
			}
			n := Describe(message.Parse(raw), "", noon)
			n.List, n.Intake = 1, id
			p, err := Accept(tx, n)
			if err != nil {
				return err
			}
			if _, err := Publish(tx, p.Number, noon, 1); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range []struct {
		export Export
		want   Exported
	}{{Export{}, Exported{Posts: 1, Unseen: 1}}, {Export{All: true}, Exported{Posts: 2}}} {
		var out bytes.Buffer
		got, err := c.export.Write(t.Context(), db, &out)
		if err != nil || got != c.want || strings.Contains(out.String(), "X-No-Archive") != c.export.All {
			t.Errorf("export %+v: %+v, %v:\n%s", c.export, got, err, out.String())
		}
	}
}

func TestAnImportLeavesOutWhatIsNotToBeArchived(t *testing.T) {
	db := testdb.Open(t)
	i := Importer{DB: db, List: list.List{ID: 1, Name: "forum", Domain: "x.example"}, Now: func() time.Time { return noon }, Run: NewImportRun()}
	r, err := i.Batch(t.Context(), []ImportItem{
		{Raw: []byte("From: Jo <jo@x.example>\nMessage-ID: <1@x>\n\nwords\n"), Written: noon},
		{Raw: []byte("From: Jo <jo@x.example>\nMessage-ID: <2@x>\nX-Archive: no\n\nwords\n"), Written: noon},
	})
	if err != nil || r.New != 1 || len(r.Skipped) != 1 || r.Skipped[0].Item != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}
