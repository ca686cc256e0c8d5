package store

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func TestReadZstd(t *testing.T) {
	want := strings.Repeat("many words ", 100_000)
	var packed bytes.Buffer
	w, err := zstd.NewWriter(&packed)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(want))
	w.Close()
	whole := packed.Bytes()
	for name, c := range map[string]struct {
		file []byte
		ok   bool
	}{"whole": {whole, true}, "cut off": {whole[:len(whole)-7], false}, "no zstd": {[]byte("From a@x.example"), false}} {
		r, err := ReadZstd(bytes.NewReader(c.file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if (err == nil && string(got) == want) != c.ok {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		r.Close()
	}
}
