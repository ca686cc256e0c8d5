package store

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

type (
	flavour string
	amount  uint16

	// cake has every kind of field that a compact value may have.
	cake struct {
		Number  uint64     `json:"number" cbor:"1,keyasint,omitempty"`
		Flavour flavour    `json:"flavour" cbor:"2,keyasint,omitempty"`
		Eggs    amount     `json:"eggs" cbor:"3,keyasint,omitempty"`
		Below   int        `json:"below" cbor:"4,keyasint,omitempty"`
		Vegan   bool       `json:"vegan" cbor:"5,keyasint,omitempty"`
		Layers  []string   `json:"layers" cbor:"6,keyasint,omitempty"`
		Prices  []amount   `json:"prices" cbor:"7,keyasint,omitempty"`
		Sum     flavour    `json:"sum" cbor:"8,keyasint,omitempty" store:"hex"`
		Oven    oven       `json:"oven" cbor:"9,keyasint,omitzero"`
		From    netip.Addr `json:"from" cbor:"10,keyasint,omitzero"`
		Baked   time.Time  `json:"baked" cbor:"11,keyasint,omitempty"`
		Cut     time.Time  `json:"cut" cbor:"200,keyasint,omitempty"`
		Eaten   time.Time  `json:"eaten" cbor:"13,keyasint,omitempty"`
	}
	oven struct {
		Hot   int       `json:"hot" cbor:"1,keyasint,omitempty"`
		Since time.Time `json:"since" cbor:"2,keyasint,omitempty"`
	}
)

var bst = time.FixedZone("", 3600)

// someMoment draws times that repeat, that have zones and nanoseconds, and none.
var someMoment = rapid.Custom(func(t *rapid.T) time.Time {
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		return time.Time{}
	case 1:
		return time.Unix(int64(rapid.IntRange(-1, 1).Draw(t, "near")), 0).UTC()
	}
	at := time.Unix(rapid.Int64Range(-1<<39, 1<<39-1).Draw(t, "seconds"), rapid.SampledFrom([]int64{0, 1, 999_999_999, 5_000}).Draw(t, "nanos")).UTC()
	if east := rapid.SampledFrom([]int{0, 60, -210, 1439, -1439}).Draw(t, "zone"); east != 0 {
		at = at.In(time.FixedZone("", east*60))
	}
	return at
})

var someCake = rapid.Custom(func(t *rapid.T) cake {
	text := rapid.OneOf(someText, rapid.String())
	c := cake{
		Number: rapid.Uint64().Draw(t, "number"), Flavour: flavour(text.Draw(t, "flavour")), Eggs: amount(rapid.Uint16().Draw(t, "eggs")),
		Below: rapid.Int().Draw(t, "below"), Vegan: rapid.Bool().Draw(t, "vegan"),
		Sum:   flavour(rapid.OneOf(text, rapid.StringMatching(`([0-9a-f][0-9a-f]){0,40}`), rapid.StringMatching(`[0-9a-fA-F]{1,9}`)).Draw(t, "sum")),
		Oven:  oven{Hot: rapid.Int().Draw(t, "hot"), Since: someMoment.Draw(t, "since")},
		Baked: someMoment.Draw(t, "baked"), Cut: someMoment.Draw(t, "cut"), Eaten: someMoment.Draw(t, "eaten"),
	}
	if n := rapid.SliceOfN(text, 0, 3).Draw(t, "layers"); len(n) > 0 {
		c.Layers = n
	}
	if rapid.Bool().Draw(t, "priced") {
		c.Prices = []amount{0, 65535}
	}
	if rapid.Bool().Draw(t, "known") {
		c.From = rapid.SampledFrom([]netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("fe80::1%eth0")}).Draw(t, "from")
	}
	return c
})

// sameCake compares moments with their distance from UTC.
var sameCake = cmp.Options{
	cmp.Comparer(func(a, b time.Time) bool {
		return a.Equal(b) && a.Format(time.RFC3339Nano) == b.Format(time.RFC3339Nano) && a.IsZero() == b.IsZero()
	}),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
}

func TestCompactValuesComeBackAsTheyWere(t *testing.T) {
	codec := Compact[cake]()
	rapid.Check(t, func(t *rapid.T) {
		want := someCake.Draw(t, "cake")
		b, err := codec.Append([]byte("head"), want)
		if err != nil || !bytes.HasPrefix(b, []byte("head")) {
			t.Fatalf("append: %q, error %v", b, err)
		}
		got, err := codec.Parse(b[4:])
		if diff := cmp.Diff(want, got, sameCake); diff != "" || err != nil {
			t.Fatalf("%x, error %v: %s", b[4:], err, diff)
		}
		if again, err := codec.Append([]byte("head"), got); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("written again it is %x, was %x, error %v", again, b, err)
		}
	})
}

// The bytes are a promise: this row was written by the first program that could.
func TestCompactValuesOfOldAreRead(t *testing.T) {
	codec := Compact[cake]()
	baked := time.Date(2026, 7, 1, 9, 30, 0, 0, bst)
	want := cake{
		Number: 77, Flavour: "plum", Eggs: 3, Below: -5, Vegan: true, Layers: []string{"a", ""}, Prices: []amount{1, 300}, Sum: "00ff",
		Oven: oven{Hot: 180, Since: baked.Add(time.Nanosecond).UTC()}, From: netip.MustParseAddr("192.0.2.1"), Baked: baked, Cut: baked,
		Eaten: time.Unix(-1, 0).UTC(),
	}
	const stored = "ad" + "01184d" + "0264706c756d" + "0303" + "0424" + "05f5" + "0682616160" + "07820119012c" + "084200ff" +
		"09a20118b40249006a44d00800000001" + "0a44c0000201" + "0b47006a44d008003c" + "0d45ffffffffff" + "18c8410b"
	b, err := codec.Append(nil, want)
	if got := hex.EncodeToString(b); got != stored || err != nil {
		t.Errorf("written as\n%s, error %v, want\n%s", got, err, stored)
	}
	raw, err := hex.DecodeString(stored)
	if err != nil {
		t.Fatal(err)
	}
	got, err := codec.Parse(raw)
	if diff := cmp.Diff(want, got, sameCake); diff != "" || err != nil {
		t.Errorf("error %v: %s", err, diff)
	}
}

func TestOneMomentInTwoZonesStaysInBoth(t *testing.T) {
	at := time.Date(2026, 7, 1, 9, 30, 0, 0, bst)
	want := cake{Baked: at, Cut: at.UTC(), Eaten: at}
	b, err := Compact[cake]().Append(nil, want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Compact[cake]().Parse(b)
	if diff := cmp.Diff(want, got, sameCake); diff != "" || err != nil {
		t.Errorf("error %v: %s", err, diff)
	}
}

func TestCompactReadsWhatWasJSON(t *testing.T) {
	baked := time.Date(2026, 7, 1, 9, 30, 0, 7, bst)
	want := cake{Number: 9, Flavour: "plum", Layers: []string{"x"}, Sum: "00ff", From: netip.MustParseAddr("::1"), Baked: baked, Oven: oven{Since: baked}}
	b, err := JSON[cake]().Append(nil, want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Compact[cake]().Parse(b)
	if diff := cmp.Diff(want, got, sameCake); diff != "" || err != nil {
		t.Errorf("error %v: %s", err, diff)
	}
}

// A later program has more fields, and may have them in another order.
func TestCompactIgnoresNumbersThatItDoesNotKnow(t *testing.T) {
	type after struct {
		Cut    time.Time `cbor:"200,keyasint,omitempty"`
		Baked  time.Time `cbor:"11,keyasint,omitempty"`
		Number uint64    `cbor:"1,keyasint,omitempty"`
		More   []string  `cbor:"100,keyasint,omitempty"`
		Deep   inner     `cbor:"101,keyasint,omitzero"`
	}
	at := time.Unix(1e9, 1).UTC()
	b, err := Compact[after]().Append(nil, after{Number: 4, More: []string{"y"}, Deep: inner{1}, Cut: at, Baked: at.Add(1)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := Compact[cake]().Parse(b)
	if diff := cmp.Diff(cake{Number: 4, Cut: at, Baked: at.Add(1)}, got, sameCake); diff != "" || err != nil {
		t.Errorf("error %v: %s", err, diff)
	}
	if b, err = Compact[cake]().Append(nil, cake{Baked: at, Cut: at}); err != nil {
		t.Fatal(err)
	}
	if got, err := Compact[after]().Parse(b); err != nil || !got.Cut.Equal(at) || !got.Baked.Equal(at) {
		t.Errorf("the order of fields has changed: %+v, error %v", got, err)
	}
}

type inner struct {
	N int `cbor:"1,keyasint,omitempty"`
}

func TestCompactRefusesWhatWouldNotComeBack(t *testing.T) {
	far := time.Date(40000, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]cake{
		"a moment too far away":     {Baked: far},
		"one within a struct":       {Oven: oven{Since: far}},
		"a zone that no clock has":  {Baked: time.Unix(1, 0).In(time.FixedZone("", 24*3600))},
		"a slice that is too long":  {Layers: make([]string, compactMost+1)},
		"one of numbers that is so": {Prices: make([]amount, compactMost+1)},
	} {
		if b, err := Compact[cake]().Append(nil, c); err == nil {
			t.Errorf("%s: %d bytes", name, len(b))
		}
	}
	most := cake{Layers: make([]string, compactMost)}
	b, err := Compact[cake]().Append(nil, most)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Compact[cake]().Parse(b); err != nil || len(got.Layers) != compactMost {
		t.Errorf("the longest slice: %d elements, error %v", len(got.Layers), err)
	}
}

type (
	twice struct {
		A int `cbor:"1,keyasint,omitempty"`
		B int `cbor:"1,keyasint,omitempty"`
	}
	// These have one field, and a tag that says what the name says of it.
	fieldNone[T any] struct{ A T }
	fieldName[T any] struct {
		A T `cbor:"a,omitempty"`
	}
	fieldStays[T any] struct {
		A T `cbor:"1,keyasint"`
	}
	fieldZero[T any] struct {
		A T `cbor:"0,keyasint,omitempty"`
	}
	fieldLarge[T any] struct {
		A T `cbor:"256,keyasint,omitempty"`
	}
	fieldHidden[T any] struct {
		a T `cbor:"1,keyasint,omitempty"`
	}
	fieldOne[T any] struct {
		A T `cbor:"1,keyasint,omitempty"`
	}
	fieldHex[T any] struct {
		A T `cbor:"1,keyasint,omitempty" store:"hex"`
	}
)

func TestCompactWantsANumberForEachField(t *testing.T) {
	_ = fieldHidden[int]{}.a
	for name, make := range map[string]func(){
		"no number":         func() { Compact[fieldNone[int]]() },
		"a name":            func() { Compact[fieldName[int]]() },
		"no omission":       func() { Compact[fieldStays[int]]() },
		"zero":              func() { Compact[fieldZero[int]]() },
		"over 255":          func() { Compact[fieldLarge[int]]() },
		"not exported":      func() { Compact[fieldHidden[int]]() },
		"a map":             func() { Compact[fieldOne[map[string]int]]() },
		"a pointer":         func() { Compact[fieldOne[*int]]() },
		"a fraction":        func() { Compact[fieldOne[float64]]() },
		"a slice of times":  func() { Compact[fieldOne[[]time.Time]]() },
		"a slice of cakes":  func() { Compact[fieldOne[[]cake]]() },
		"a number as hex":   func() { Compact[fieldHex[int]]() },
		"no struct":         func() { Compact[int]() },
		"used twice":        func() { Compact[twice]() },
		"used twice within": func() { Compact[fieldOne[twice]]() },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.HasPrefix(said, "store.Compact: ") {
					t.Errorf("it says %q", said)
				}
			}()
			make()
		})
	}
	Compact[fieldOne[int]]() // and this is how it is meant
}

func TestMomentsThatAreNone(t *testing.T) {
	for name, b := range map[string]string{
		"two bytes":                  "a10b420000",
		"six bytes":                  "a10b46000000000000",
		"thirteen bytes":             "a10b4d00000000000000000000000000",
		"a second of nanoseconds":    "a10b4900000000013b9aca00",
		"a day from UTC":             "a10b47000000000105a0",
		"that of a field without":    "a10b410d",
		"that of itself":             "a10b410b",
		"that of one which says so":  "a20b410d0d410b",
		"a number where bytes stand": "a10b01",
		"a map as hexadecimal":       "a108a0",
	} {
		raw, err := hex.DecodeString(b)
		if err != nil {
			t.Fatal(name, err)
		}
		if got, err := Compact[cake]().Parse(raw); err == nil || !strings.HasPrefix(err.Error(), "parse value: ") {
			t.Errorf("%s: %+v, error %v", name, got, err)
		} else if strings.Contains(name, "that of") && !errors.Is(err, errMoment) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzCompact(f *testing.F) {
	codec := Compact[cake]()
	for _, c := range []cake{{}, {Number: 1, Flavour: "\xff", Sum: "ab", Baked: time.Unix(5, 5).UTC(), Cut: time.Unix(5, 5).UTC(), Layers: []string{"x"}, From: netip.MustParseAddr("::1")}} {
		b, err := codec.Append(nil, c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"number":7,"baked":"2026-07-01T09:30:00+01:00"}`))
	f.Add([]byte("a10b410d"))
	m := mirrorOf(reflect.TypeFor[cake]())
	f.Fuzz(func(t *testing.T, b []byte) {
		agree(t, m, b)
		v, err := codec.Parse(b)
		if err != nil || len(b) > 0 && b[0] == '{' {
			return
		}
		one, err := codec.Append(nil, v)
		if err != nil {
			t.Fatalf("%+v was read and cannot be written: %v", v, err)
		}
		again, err := codec.Parse(one)
		if err != nil {
			t.Fatalf("%x was written and cannot be read: %v", one, err)
		}
		if two, err := codec.Append(nil, again); err != nil || !bytes.Equal(one, two) {
			t.Errorf("%x, then %x, error %v", one, two, err)
		}
	})
}

func BenchmarkCompact(b *testing.B) {
	at := time.Unix(1e9, 1).UTC()
	v := cake{Number: 7, Flavour: "a subject of some length", Sum: "00ff", Baked: at, Cut: at.Add(1), Eaten: at, Oven: oven{Since: at}}
	for name, codec := range map[string]ValueCodec[cake]{"compact": Compact[cake](), "json": JSON[cake]()} {
		row, err := codec.Append(nil, v)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("append "+name, func(b *testing.B) {
			b.ReportMetric(float64(len(row)), "bytes")
			for b.Loop() {
				if _, err := codec.Append(newRecord(), v); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("parse "+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := codec.Parse(row); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
