package storetest

import (
	"bytes"
	"encoding/base64"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// Search counts in how many places of every file below a directory each word stands: as it is, in base64 whatever stands
// before it, and inside every zstd frame that can be decoded, free pages of a store included.
func Search(t testing.TB, dir string, words ...string) map[string]int {
	t.Helper()
	hits := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		count(hits, b, words)
		for _, frame := range frames(b) {
			count(hits, frame, words)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return hits
}

func count(hits map[string]int, b []byte, words []string) {
	packed := bytes.ReplaceAll(b, []byte("\r\n"), nil)
	for _, w := range words {
		hits[w] += bytes.Count(b, []byte(w))
		for _, form := range inBase64(w) {
			hits[w] += bytes.Count(packed, form)
		}
	}
}

// inBase64 returns the letters that stand in any base64 text of which the word is a part: for each of the three places where
// it may begin in a group, without what depends on its neighbours.
func inBase64(w string) (forms [][]byte) {
	for shift := range 3 {
		b := base64.StdEncoding.EncodeToString(append(make([]byte, shift), w...))
		from := []int{0, 2, 3}[shift]
		to := (shift + len(w)) * 8 / 6
		forms = append(forms, []byte(b[from:to]))
	}
	return forms
}

var magic = []byte{0x28, 0xb5, 0x2f, 0xfd}

// frames decodes whatever begins like a zstd frame, as far as that goes.
func frames(b []byte) (all [][]byte) {
	for at := 0; ; at += len(magic) {
		i := bytes.Index(b[at:], magic)
		if i < 0 {
			return all
		}
		at += i
		d, err := zstd.NewReader(bytes.NewReader(b[at:]), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(io.LimitReader(d, 64<<20)) // what follows the frame ends it with an error
		d.Close()
		all = append(all, text)
	}
}
