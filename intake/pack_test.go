package intake

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sencoforum/store"
)

func TestAPackGivesItsMessagesBack(t *testing.T) {
	many := make([][]byte, PackMessages)
	for i := range many {
		many[i] = bytes.Repeat([]byte{byte(i)}, i)
	}
	for name, raws := range map[string][][]byte{
		"one":                    {[]byte("a")},
		"a place without bytes":  {[]byte("a"), nil, []byte("bc")},
		"none in the first":      {nil, []byte("bc")},
		"as many as are allowed": many,
		"as large as is allowed": {bytes.Repeat([]byte("x"), PackBytes-1), []byte("y")},
	} {
		t.Run(name, func(t *testing.T) {
			p := NewPack(raws)
			got, err := p.Raws()
			if diff := cmp.Diff(raws, got, cmpopts.EquateEmpty()); err != nil || diff != "" || p.Len() != len(raws) || !p.valid() {
				t.Errorf("%d places, valid %t, %v (-want +got):\n%s", p.Len(), p.valid(), err, diff)
			}
		})
	}
}

func TestWithoutLeavesNothingOfAMessage(t *testing.T) {
	raws := [][]byte{[]byte("the first"), []byte("zanzibarwort"), []byte("the last")}
	u, err := unpack(NewPack(raws).blob)
	if err != nil {
		t.Fatal(err)
	}
	p, empty := u.without(1)
	plain, err := p.blob.Bytes()
	if empty || err != nil || bytes.Contains(plain, raws[1]) {
		t.Errorf("empty %t, %v: %q", empty, err, plain)
	}
	left, err := unpack(p.blob)
	if diff := cmp.Diff([][]byte{raws[0], nil, raws[2]}, left.raws, cmpopts.EquateEmpty()); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if string(u.raws[1]) != string(raws[1]) {
		t.Error("the pack that others read was changed")
	}
	if p, _ = left.without(0); p.Len() != 3 {
		t.Errorf("%d places are left, want all", p.Len())
	}
	left, _ = unpack(p.blob)
	if _, empty = left.without(2); !empty {
		t.Error("the last bytes are out, and it is not empty")
	}
}

func TestWhatIsNoPackIsDamage(t *testing.T) {
	large := string(binaryUvarint(PackBytes + 1))
	for name, plain := range map[string]string{
		"nothing":                        "",
		"no place":                       "\x00",
		"too many places":                string(binaryUvarint(PackMessages+1)) + strings.Repeat("\x01", PackMessages+1) + strings.Repeat("a", PackMessages+1),
		"a number that does not end":     "\x80",
		"a length that is not there":     "\x02\x01",
		"a length that is too large":     "\x01" + large + strings.Repeat("a", PackBytes+1),
		"together too large":             "\x02" + string(binaryUvarint(PackBytes)) + "\x01" + strings.Repeat("a", PackBytes+1),
		"fewer bytes than the lengths":   "\x01\x02a",
		"more bytes than the lengths":    "\x01\x01ab",
		"places and no bytes in any":     "\x02\x00\x00",
		"a length beyond what is stored": "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a",
	} {
		if _, err := unpack(store.NewBlob([]byte(plain))); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
		}
	}
	bomb := store.NewBlob(make([]byte, 32<<20))
	if _, err := unpack(bomb); !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), "a pack of 33554432 bytes") {
		t.Errorf("a pack that unpacks to 32 MiB: %v, want ErrDamaged before it is unpacked", err)
	}
}

func binaryUvarint(n uint64) (b []byte) {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

func FuzzPack(f *testing.F) {
	f.Add([]byte("\x03\x01\x00\x02abc"))
	f.Add([]byte("\x01\x80\x80\x04"))
	f.Add([]byte("\x64" + strings.Repeat("\x01", 100) + strings.Repeat("m", 100)))
	f.Fuzz(func(t *testing.T, plain []byte) {
		raws, err := parsePack(plain)
		if err != nil {
			if !errors.Is(err, store.ErrDamaged) {
				t.Errorf("%v, want ErrDamaged", err)
			}
			return
		}
		p := NewPack(raws)
		again, err := p.Raws()
		if diff := cmp.Diff(raws, again, cmpopts.EquateEmpty()); err != nil || diff != "" || !p.valid() {
			t.Errorf("valid %t, %v (-want +got):\n%s", p.valid(), err, diff)
		}
	})
}

// BenchmarkPack makes and reads a pack of text that does not repeat itself much.
func BenchmarkPack(b *testing.B) {
	dice := rand.New(rand.NewPCG(1, 2))
	raws := make([][]byte, 20)
	for i := range raws {
		for len(raws[i]) < 3000 {
			raws[i] = append(raws[i], strings.Repeat(string(rune('a'+dice.IntN(26))), 1+dice.IntN(3))...)
		}
	}
	p := NewPack(raws)
	b.Run("make", func(b *testing.B) {
		for b.Loop() {
			NewPack(raws)
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := unpack(p.blob); err != nil {
				b.Fatal(err)
			}
		}
	})
}
