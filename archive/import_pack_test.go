package archive

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// packRows are the rows of the intake's packs, read here only to count them.
var packRows = store.NewTable("intake.packs", store.Uint64Key[intake.ID](), store.Blobs())

func packCount(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) error {
		for _, err := range packRows.All(tx) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n
}

// imported is a post as an import left it.
type imported struct {
	Post Post
	Raw  string
}

func importedPosts(t *testing.T, db *store.DB) (all []imported) {
	t.Helper()
	testdb.View(t, db, func(tx *store.Tx) error {
		for p, err := range All(tx, 1) {
			if err != nil {
				return err
			}
			raw, err := intake.Raw(tx, p.Intake)
			if err != nil {
				return err
			}
			all = append(all, imported{p, string(raw)})
		}
		report, err := intake.Audit(tx)
		if len(report.Faults) > 0 {
			t.Errorf("audit: %q", report.Faults)
		}
		return err
	})
	return all
}

// packImporter makes an importer into an empty list.
func packImporter(t *testing.T) *Importer {
	t.Helper()
	i := &Importer{DB: testdb.Open(t), Now: func() time.Time { return noon }, Run: NewImportRun()}
	testdb.Update(t, i.DB, func(tx *store.Tx) (err error) {
		i.List, err = list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example", Title: "Forum", Settings: list.DefaultSettings()})
		return err
	})
	return i
}

// packItem is a message; body is what its text says.
func packItem(n int, subject, body string) ImportItem {
	raw := fmt.Appendf(nil, "From: t%d@school.example\nMessage-ID: <%d@school.example>\nSubject: %s\n\n%s\n", n%5, n, subject, body)
	return ImportItem{Raw: raw, Written: noon.Add(time.Duration(n)*time.Hour).AddDate(-20, 0, 0)}
}

// packItems invents messages of all sizes: some that are too long for a pack, and some that come twice. Every third asks
// something and is answered by the next, which quotes it and names no Message-ID.
func packItems(dice *rand.Rand, n int) (items []ImportItem) {
	for len(items) < n {
		k := len(items)
		words := fmt.Sprintf("what do you do about matter %d of room %d in the %d week", k, k*7%31, k*3%17)
		body := words + "\n" + strings.Repeat(fmt.Sprintf("Line %d.\n", dice.IntN(1000)), dice.IntN(500))
		if dice.IntN(30) == 0 {
			body += strings.Repeat("x", intake.PackBytes)
		}
		items = append(items, packItem(k, "Help", body), packItem(k+1, "Help", "I need something else that nobody has named"),
			packItem(k+2, "Re: Help", "> "+words+"\nNothing."))
		for dice.IntN(5) == 0 {
			items = append(items, items[len(items)-1-dice.IntN(2)])
		}
	}
	return items
}

func TestTheArchiveIsTheSameWithAndWithoutPacks(t *testing.T) {
	items := packItems(rand.New(rand.NewPCG(3, 4)), 700)
	with, without := packImporter(t), packImporter(t)
	r, err := with.Batch(t.Context(), items)
	if err != nil || len(r.Skipped) > 0 || r.New+r.Known != len(items) || r.Known == 0 {
		t.Fatalf("%d messages: %+v, %v", len(items), r, err)
	}
	budget, single := budgetMost, ImportResult{}
	for n := range items {
		p := without.read(items[n:n+1], n)
		if err := without.put(t.Context(), p.units, &budget, &single); p.err != nil || err != nil {
			t.Fatal(p.err, err)
		}
	}
	if single.New != r.New || single.Known != r.Known {
		t.Errorf("%d new and %d known, one by one %d and %d", r.New, r.Known, single.New, single.Known)
	}
	got, want := importedPosts(t, with.DB), importedPosts(t, without.DB)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("not as without packs (-want +got):\n%.4000s", diff)
	}
	answered := 0
	for _, p := range got {
		if p.Post.Parent != 0 && strings.Contains(p.Raw, "\r\n> what do you do") {
			answered++
		}
	}
	if answered < r.New/4 {
		t.Errorf("only %d of %d posts found what they answer", answered, r.New)
	}
	if n := packCount(t, with.DB); n == 0 || n > r.New/4 || packCount(t, without.DB) != 0 {
		t.Errorf("%d packs of %d posts, and %d where messages came one by one", n, r.New, packCount(t, without.DB))
	}
	if again, err := with.Batch(t.Context(), items); err != nil || again.Known != len(items) {
		t.Errorf("once more: %+v, %v", again, err)
	}
}

// surprises are what may happen to a message between being packed and being stored.
var surprises = map[string]struct {
	before func(t *testing.T, i *Importer, items []ImportItem) // is done before the messages are packed
	happen func(t *testing.T, i *Importer, items []ImportItem)
	want   ImportResult
	gone   []int // items of which no post is made
	packs  int
}{
	"nothing": {want: ImportResult{New: 10}, packs: 1},
	"one has come meanwhile": {
		happen: func(t *testing.T, i *Importer, items []ImportItem) {
			if r, err := i.Batch(t.Context(), items[4:5]); err != nil || r.New != 1 {
				t.Fatal(r, err)
			}
		},
		want: ImportResult{New: 9, Known: 1},
	},
	"one was erased meanwhile": {
		happen: func(t *testing.T, i *Importer, _ []ImportItem) {
			s := intake.NewSecret()
			testdb.Update(t, i.DB, func(tx *store.Tx) error {
				if err := intake.SetSecret(tx, s); err != nil {
					return err
				}
				return intake.Block(tx, intake.GoneOf(s, uint32(i.List.ID), "<4@school.example>", ""), "", 1, true)
			})
		},
		want: ImportResult{New: 9, Skipped: []ImportSkipped{{4, "it was erased here"}}}, gone: []int{4},
	},
	"one cannot be stored": {
		before: func(_ *testing.T, _ *Importer, items []ImportItem) {
			items[4].OldURL = strings.Repeat("x", store.MaxKey)
		},
		want: ImportResult{New: 9, Skipped: []ImportSkipped{{4, "it could not be stored: "}}}, gone: []int{4},
	},
	"one comes twice": {
		before: func(_ *testing.T, _ *Importer, items []ImportItem) { items[5] = items[4] },
		want:   ImportResult{New: 9, Known: 1}, gone: []int{5}, packs: 1,
	},
	"one comes twice and cannot be stored the first time": {
		before: func(_ *testing.T, _ *Importer, items []ImportItem) {
			items[5] = items[4]
			items[4].OldURL = strings.Repeat("x", store.MaxKey)
		},
		want: ImportResult{New: 9, Skipped: []ImportSkipped{{4, "it could not be stored: "}}}, gone: []int{4},
	},
	"one is too long for a pack": {
		before: func(_ *testing.T, _ *Importer, items []ImportItem) {
			items[4] = packItem(4, "Long", strings.Repeat("x", intake.PackBytes))
		},
		want: ImportResult{New: 10}, packs: 2,
	},
}

func TestAMessageOfAPackThatIsNotNewAfterAll(t *testing.T) {
	for name, c := range surprises {
		t.Run(name, func(t *testing.T) {
			i := packImporter(t)
			var items []ImportItem
			for n := range 10 {
				items = append(items, packItem(n, fmt.Sprint("Matter ", n), fmt.Sprint("Words of ", n)))
			}
			if c.before != nil {
				c.before(t, i, items)
			}
			ready := i.read(items, 0)
			if c.happen != nil {
				c.happen(t, i, items)
			}
			var got ImportResult
			budget := budgetMost
			if err := i.put(t.Context(), ready.units, &budget, &got); ready.err != nil || err != nil {
				t.Fatal(ready.err, err)
			}
			for n := range got.Skipped {
				got.Skipped[n].Reason, _, _ = strings.Cut(got.Skipped[n].Reason, "put into")
			}
			got.Longest = 0
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
			var texts, want []string
			for n, item := range items {
				if !slices.Contains(c.gone, n) {
					want = append(want, string(canonical(item.Raw)))
				}
			}
			for _, p := range importedPosts(t, i.DB) {
				texts = append(texts, p.Raw)
			}
			if name == "one has come meanwhile" {
				want = slices.Concat(want[4:5], want[:4], want[5:])
			}
			if diff := cmp.Diff(want, texts); diff != "" {
				t.Errorf("posts (-want +got):\n%s", diff)
			}
			if n := packCount(t, i.DB); n != c.packs {
				t.Errorf("%d packs, want %d", n, c.packs)
			}
		})
	}
}

func TestUnitsCoverAPieceInOrder(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		all, raws := make([]prepared, dice.IntN(2*piece)), [][]byte{}
		for n := range all {
			all[n] = prepared{item: n, key: intake.Key(fmt.Sprint(dice.IntN(100))), known: dice.IntN(9) == 0}
			if dice.IntN(9) == 0 {
				all[n].reason = "it is none"
			}
			raws = append(raws, bytes.Repeat([]byte{byte('a' + n%26)}, []int{0, 1, 300, 4000, 30000, intake.PackBytes, intake.PackBytes + 1}[dice.IntN(7)]))
		}
		next := 0
		for _, u := range pack(all, raws) {
			inPack, err := [][]byte{}, error(nil)
			if u.pack.Len() > 0 {
				inPack, err = u.pack.Raws()
			}
			if err != nil || len(u.all) == 0 || len(inPack) == 1 || len(inPack) > unitPlaces {
				t.Fatalf("a unit of %d messages, %d in its pack: %v", len(u.all), len(inPack), err)
			}
			for _, p := range u.all {
				if p.item != next {
					t.Fatalf("message %d comes after %d", p.item, next-1)
				}
				switch {
				case p.place:
					if !bytes.Equal(inPack[0], raws[next]) || p.blob.Size() > 0 {
						t.Fatalf("message %d has the bytes of another, or its own as well", next)
					}
					inPack = inPack[1:]
				case p.reason == "" && !p.known && p.blob.Size() != len(raws[next]):
					t.Fatalf("message %d is nowhere", next)
				case len(raws[next]) > intake.PackBytes && len(u.all) > 1:
					t.Fatalf("a long message shares a transaction with %d", len(u.all)-1)
				}
				next++
			}
			if len(inPack) > 0 {
				t.Fatal("the pack has more than its unit")
			}
		}
		if next != len(all) {
			t.Fatalf("%d of %d messages are in units", next, len(all))
		}
	}
}
