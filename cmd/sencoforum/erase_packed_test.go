package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/store"
	"sencoforum/store/storetest"
)

// packRows counts the packs in which imported messages stand, and the rows of those that stand alone.
func (w *town) packRows() (packs, alone int) {
	w.t.Helper()
	rows := func(table string) int {
		return w.count(func(tx *store.Tx) (n int, err error) {
			for _, err := range store.NewTable(table, store.Uint64Key[intake.ID](), store.Blobs()).All(tx) {
				if err != nil {
					return n, err
				}
				n++
			}
			return n, nil
		})
	}
	return rows("intake.packs"), rows("intake.raw")
}

// oldPlanted is an archive in which two messages have words that stand nowhere else. t3 is somebody's address here.
func oldPlanted(t3 string) string {
	var b strings.Builder
	w := archive.NewMboxWriter(&b)
	at := time.Date(2003, 5, 2, 9, 30, 0, 0, time.UTC)
	for id, words := range map[string]string{"erased": plantedOwn, "redacted": "We met Archibald Wimpole there"} {
		raw := fmt.Sprintf("From: t1@school.example\nDate: %s\nMessage-ID: <%s@x.example>\nSubject: Of the past\n\nWords: %s.\n",
			at.Format(time.RFC1123Z), id, words)
		if err := w.Write([]byte(raw), "", at); err != nil {
			panic(err)
		}
	}
	return strings.ReplaceAll(oldMbox(60), "t3@school.example", t3) + b.String()
}

// TestWhatIsErasedFromAPackIsInNoFile is the byte proof for an imported archive, of which many messages are compressed
// together: of what was erased, redacted, or about a person who is to be forgotten, nothing is left, and the others stay.
func TestWhatIsErasedFromAPackIsInNoFile(t *testing.T) {
	w := newTown(t, 3)
	leaver := sampleForum(3).Members[0].Address
	_, alone := w.packRows()
	if r := imported(t, w.cfg.Data, "", "mbox", fileOf(t, "old.mbox", oldPlanted(leaver))); r.New != 62 {
		t.Fatalf("%+v", r)
	}
	packs, after := w.packRows()
	if packs == 0 || after != alone {
		t.Fatalf("%d packs, and %d messages that stand alone; want %d", packs, after, alone)
	}
	words := []string{plantedOwn, "Wimpole", leaver}
	before := storetest.Search(t, w.cfg.Data, words...)
	if before[plantedOwn] == 0 || before["Wimpole"] == 0 || before[leaver] == 0 {
		t.Fatalf("before the erasure: %v; the proof shows nothing", before)
	}
	erased, redacted := w.postOf("erased"), w.postOf("redacted")
	was := w.command("export", "mbox")
	w.command("post", "erase", fmt.Sprint(erased.Number), "--yes")
	w.command("post", "redact", fmt.Sprint(redacted.Number), "Archibald Wimpole", "--yes")
	w.command("member", "forget", leaver, "--posts", "former", "--yes")
	hits := storetest.Search(t, w.cfg.Data, words...)
	for _, word := range words {
		if hits[word] != 0 {
			t.Errorf("%s is found %d times after it was taken out", word, hits[word])
		}
	}
	if again, stand := w.packRows(); again != packs || stand != alone+10 { // nine of the leaver's, one that was redacted
		t.Errorf("%d packs and %d messages that stand alone; want %d and %d", again, stand, packs, alone+10)
	}
	is := w.command("export", "mbox")
	for n := range 60 {
		text := fmt.Sprintf("here on, message %d.\n", n)
		if strings.Count(was, text) != 1 || strings.Count(is, text) != 1 {
			t.Errorf("message %d is there %d times, before %d times", n, strings.Count(is, text), strings.Count(was, text))
		}
	}
	if !strings.Contains(is, "Words: We met [removed on ") {
		t.Error("the redacted message is not there")
	}
	if said := w.command("audit"); !strings.Contains(said, "No faults") {
		t.Errorf("audit:\n%s", said)
	}
	w.end()
}
