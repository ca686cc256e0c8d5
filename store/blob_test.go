package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(b)
	return b
}

func TestBlobsComeBack(t *testing.T) {
	text := []byte(strings.Repeat("Dear colleagues, ", 500))
	for _, c := range []struct {
		name   string
		raw    []byte
		method byte
	}{
		{"nothing", nil, blobPlain},
		{"one byte", []byte{7}, blobPlain},
		{"text is compressed", text, blobZstd},
		{"noise is kept as it is", noise(5000), blobPlain},
		{"a large message", bytes.Repeat(noise(1<<16), 240), blobZstd},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := NewBlob(c.raw)
			got, err := b.Bytes()
			if err != nil || !bytes.Equal(got, c.raw) || b.Size() != len(c.raw) || b.stored[0] != c.method {
				t.Errorf("%d bytes come back, size %d, method %d, error %v; want %d and method %d",
					len(got), b.Size(), b.stored[0], err, len(c.raw), c.method)
			}
			if len(got) > 0 {
				got[0]++
				if again, _ := b.Bytes(); !bytes.Equal(again, c.raw) {
					t.Error("what Bytes returned is not the caller's own")
				}
			}
		})
	}
	if got, err := (Blob{}).Bytes(); got != nil || err != nil {
		t.Errorf("the zero Blob: %q %v, want nothing", got, err)
	}
}

func TestBlobsAreEqualWhenTheirStoredBytesAre(t *testing.T) {
	text := []byte(strings.Repeat("Dear colleagues, ", 500))
	a, b := NewBlob(text), NewBlob(text)
	if !a.Equal(b) || a.Stored() != len(a.stored) || a.Stored() >= a.Size() {
		t.Errorf("the same text is not equal, or has %d bytes stored of %d", a.Stored(), a.Size())
	}
	for name, other := range map[string]Blob{"another text": NewBlob(text[1:]), "the same, plain": plainBlob(text), "none": {}} {
		if a.Equal(other) || other.Equal(a) {
			t.Errorf("%s is equal", name)
		}
	}
}

func TestBlobsAreStoredPlainWithoutCompress(t *testing.T) {
	raw := []byte(strings.Repeat("Dear colleagues, ", 500))
	for _, compress := range []bool{true, false} {
		db := openAt(t, t.TempDir()+"/store.db", Options{Compress: compress})
		blob := NewBlob(raw)
		update(t, db, func(tx *Tx) error { return blobs.Put(tx, 1, blob) })
		view(t, db, func(tx *Tx) error {
			b, _, err := blobs.Get(tx, 1)
			got, unpackErr := b.Bytes()
			if err != nil || unpackErr != nil || !bytes.Equal(got, raw) || (b.stored[0] == blobZstd) != compress {
				t.Errorf("compress %v: method %d, errors %v %v", compress, b.stored[0], err, unpackErr)
			}
			return nil
		})
	}
}

func TestABlobCannotUnpackToMoreThanItSays(t *testing.T) {
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bomb := enc.EncodeAll(make([]byte, MaxBlob+1<<20), nil)
	for _, claimed := range []int{10, MaxBlob} {
		b, err := parseBlob(append(binary.AppendUvarint([]byte{blobZstd}, uint64(claimed)), bomb...))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Bytes(); !errors.Is(err, ErrDamaged) {
			t.Errorf("a bomb that claims %d bytes: %v, want ErrDamaged", claimed, err)
		}
	}
	short := binary.AppendUvarint([]byte{blobZstd}, 50)
	if b, err := parseBlob(enc.EncodeAll(make([]byte, 100), short)); err != nil {
		t.Error(err)
	} else if _, err := b.Bytes(); !errors.Is(err, ErrDamaged) {
		t.Errorf("100 bytes that claim to be 50: %v, want ErrDamaged", err)
	}
	if _, err := parseBlob(binary.AppendUvarint([]byte{blobZstd}, MaxBlob+1)); err == nil {
		t.Error("a claim over MaxBlob was taken")
	}
}

func TestABlobThatIsTooLargeCannotBePut(t *testing.T) {
	db := openTest(t)
	err := db.Update(func(tx *Tx) error { return blobs.Put(tx, 1, NewBlob(make([]byte, MaxBlob+1))) })
	if err == nil || !strings.Contains(err.Error(), "put into blobs: blob of") {
		t.Errorf("error %v, want one that says what is too large", err)
	}
}

func FuzzBlob(f *testing.F) {
	f.Add(NewBlob([]byte(strings.Repeat("text ", 100))).stored)
	f.Add(NewBlob(noise(100)).stored)
	f.Add([]byte{blobZstd, 0xff, 0xff, 0xff, 0xff, 0x01, 0})
	f.Fuzz(func(t *testing.T, stored []byte) {
		b, err := parseBlob(stored)
		if err != nil {
			return
		}
		raw, err := b.Bytes()
		if err == nil && len(raw) != b.Size() {
			t.Errorf("%d bytes, size says %d", len(raw), b.Size())
		}
	})
}
