package store

import (
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// ReadZstd returns the unpacked bytes of a zstd file (RFC 8878). It takes at most about 128 MiB of memory, which is what
// files made with the program's --ultra need; one that needs more is an error.
func ReadZstd(r io.Reader) (io.ReadCloser, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("read zstd: %w", err)
	}
	return d.IOReadCloser(), nil
}
