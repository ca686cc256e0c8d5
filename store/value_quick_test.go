package store

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// agree reports what the quick reader makes of bytes, where it takes them, against the library.
func agree(t interface{ Fatalf(string, ...any) }, m *mirror, b []byte) (took bool) {
	var quick, slow cake
	rest, ok := m.quick(reflect.ValueOf(&quick).Elem(), b)
	if !ok || len(rest) > 0 {
		return false
	}
	if err := m.read(reflect.ValueOf(&slow).Elem(), b); err != nil {
		t.Fatalf("%x is read as %+v, and the library says %v", b, quick, err)
	}
	if diff := cmp.Diff(slow, quick, sameCake); diff != "" {
		t.Fatalf("%x (-library +quick):\n%s", b, diff)
	}
	return true
}

func TestTheQuickReaderAndTheLibraryAgree(t *testing.T) {
	m, codec := mirrorOf(reflect.TypeFor[cake]()), Compact[cake]()
	rapid.Check(t, func(t *rapid.T) {
		c := someCake.Draw(t, "cake")
		plain := rapid.Bool().Draw(t, "plain")
		if plain {
			c.Layers, c.Prices, c.From = nil, nil, cake{}.From
			c.Below, c.Oven.Hot = max(c.Below, 0), max(c.Oven.Hot, 0)
		}
		b, err := codec.Append(nil, c)
		if err != nil {
			t.Fatal(err)
		}
		if took := agree(t, m, b); plain && !took {
			t.Fatalf("%x of %+v was not read quickly", b, c)
		}
		if len(b) > 0 {
			at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
			b[at] = rapid.Byte().Draw(t, "octet")
			agree(t, m, b)
			agree(t, m, b[:at])
		}
	})
}
