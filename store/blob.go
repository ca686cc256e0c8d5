package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// MaxBlob is the most bytes that a Blob may unpack to. A longer one cannot be put.
const MaxBlob = MaxValue - 1024

// Blob is a large value, compressed with zstd where that helps. Its bytes are one byte of
// method, the unpacked size as a varint, and the content.
type Blob struct {
	stored []byte
	size   int
}

const (
	blobPlain = 0
	blobZstd  = 1
)

// The coders hold buffers but no state between calls, and may be used by many goroutines at once.
// They are shared because making one costs more than most messages.
var (
	encoder = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
		if err != nil {
			panic(err) // the options are constants
		}
		return e
	})
	decoder = sync.OnceValue(func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0),
			zstd.WithDecoderMaxMemory(MaxBlob), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			panic(err)
		}
		return d
	})
)

// NewBlob compresses raw, which it does not keep. It takes a while for a large message, so
// call it outside any transaction.
func NewBlob(raw []byte) Blob {
	head := binary.AppendUvarint([]byte{blobZstd}, uint64(len(raw)))
	stored := encoder().EncodeAll(raw, slices.Grow(head, len(raw)/2))
	if len(stored) >= len(head)+len(raw) {
		return plainBlob(raw)
	}
	return Blob{stored: slices.Clip(stored), size: len(raw)}
}

func plainBlob(raw []byte) Blob {
	b := binary.AppendUvarint([]byte{blobPlain}, uint64(len(raw)))
	return Blob{stored: append(b, raw...), size: len(raw)}
}

// Size returns the number of bytes when unpacked.
func (b Blob) Size() int { return b.size }

// Stored returns the number of bytes as it is stored.
func (b Blob) Stored() int { return len(b.stored) }

// Equal reports whether two blobs are stored as the same bytes. The same content may be stored as others.
func (b Blob) Equal(o Blob) bool { return bytes.Equal(b.stored, o.stored) }

// Bytes unpacks the blob into memory of its own. It never makes more than MaxBlob bytes, and
// the error wraps ErrDamaged when the content is not what Size says.
func (b Blob) Bytes() ([]byte, error) {
	if len(b.stored) == 0 {
		return nil, nil
	}
	method, content := b.stored[0], b.stored[1:]
	_, n := binary.Uvarint(content)
	content = content[n:]
	if method == blobPlain {
		return slices.Clone(content), nil
	}
	raw, err := decoder().DecodeAll(content, make([]byte, 0, b.size))
	if err != nil {
		return nil, fmt.Errorf("%w: unpack blob: %w", ErrDamaged, err)
	}
	if len(raw) != b.size {
		return nil, fmt.Errorf("%w: unpack blob: %d bytes, want %d", ErrDamaged, len(raw), b.size)
	}
	return raw, nil
}

// Blobs stores blobs.
func Blobs() ValueCodec[Blob] {
	return ValueCodec[Blob]{Append: appendBlob, Parse: parseBlob, plain: appendPlainBlob}
}

func appendBlob(b []byte, v Blob) ([]byte, error) {
	if v.size > MaxBlob {
		return b, fmt.Errorf("blob of %d bytes; %d are allowed", v.size, MaxBlob)
	}
	return append(b, v.stored...), nil
}

func appendPlainBlob(b []byte, v Blob) ([]byte, error) {
	if len(v.stored) > 0 && v.stored[0] != blobPlain {
		raw, err := v.Bytes()
		if err != nil {
			return b, err
		}
		v = plainBlob(raw)
	}
	return appendBlob(b, v)
}

func parseBlob(b []byte) (Blob, error) {
	if len(b) == 0 {
		return Blob{}, nil
	}
	size, n := binary.Uvarint(b[1:])
	if n <= 0 || size > MaxBlob {
		return Blob{}, fmt.Errorf("parse blob: size is unreadable or over %d", MaxBlob)
	}
	if b[0] != blobZstd && (b[0] != blobPlain || int(size) != len(b)-1-n) {
		return Blob{}, fmt.Errorf("parse blob: method %d with %d bytes for %d", b[0], len(b)-1-n, size)
	}
	return Blob{stored: b, size: int(size)}, nil
}
