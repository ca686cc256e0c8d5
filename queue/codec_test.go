package queue

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func exampleRow() Row {
	at := time.Date(2026, 11, 22, 17, 5, 0, 123e6, time.UTC)
	return Row{
		Kind: "post", Batch: 4711, Member: 1<<32 - 1, Domain: "school.example", Payload: []byte{0, 1, 255},
		Priority: Bulk, Queued: at, Next: at.Add(time.Hour),
	}
}

func exampleTry() try {
	return try{Attempts: 9, Next: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), LastReply: "mx: 451 später", Shunted: "render: no", Dropped: true}
}

func TestRowRoundTrip(t *testing.T) {
	for _, want := range []Row{exampleRow(), {Kind: "k", Domain: "d", Queued: exampleRow().Queued}} {
		b, err := appendRow(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseRow(b)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v, (-want +got):\n%s", err, diff)
		}
	}
}

func TestTryRoundTrip(t *testing.T) {
	for _, want := range []try{exampleTry(), {}} {
		b, err := appendTry(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseTry(b)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v, (-want +got):\n%s", err, diff)
		}
	}
}

// The bytes on disk: whoever changes them must raise the version and go on reading these.
func TestRowOnDisk(t *testing.T) {
	b, _ := appendRow(nil, exampleRow())
	want, err := hex.DecodeString("010204706f73740e7363686f6f6c2e6578616d706c65e724ffffffff0f" + "dbbddfa1a034" + "db9abba3a034" + "0001ff")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, want) {
		t.Errorf("got  %x\nwant %x", b, want)
	}
}

func TestCodecRefusesWhatItDidNotWrite(t *testing.T) {
	row, _ := appendRow(nil, exampleRow())
	for n := range len(row) - len(exampleRow().Payload) {
		if _, err := parseRow(row[:n]); err == nil {
			t.Errorf("a row cut after %d bytes was read", n)
		}
	}
	tr, _ := appendTry(nil, exampleTry())
	for n := range len(tr) {
		if _, err := parseTry(tr[:n]); err == nil {
			t.Errorf("a try cut after %d bytes was read", n)
		}
	}
	row[0] = 2
	if _, err := parseRow(row); err == nil {
		t.Error("a row of an unknown version was read")
	}
}

func FuzzRow(f *testing.F) {
	b, _ := appendRow(nil, exampleRow())
	f.Add(b)
	f.Add([]byte("\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01post"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseRow(b)
		if err != nil {
			return
		}
		again, err := appendRow(nil, r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseRow(again)
		if diff := cmp.Diff(r, got); diff != "" || err != nil {
			t.Errorf("%v, (-want +got):\n%s", err, diff)
		}
	})
}

func FuzzTry(f *testing.F) {
	b, _ := appendTry(nil, exampleTry())
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseTry(b)
		if err != nil {
			return
		}
		again, _ := appendTry(nil, r)
		got, err := parseTry(again)
		if diff := cmp.Diff(r, got); diff != "" || err != nil {
			t.Errorf("%v, (-want +got):\n%s", err, diff)
		}
	})
}
