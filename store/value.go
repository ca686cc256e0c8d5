package store

import (
	"encoding/json"
	"fmt"
)

// ValueCodec turns a value into bytes and back. Append appends to b. Parse owns b and may keep it.
type ValueCodec[V any] struct {
	Append func(b []byte, v V) ([]byte, error)
	Parse  func(b []byte) (V, error)

	plain func(b []byte, v V) ([]byte, error) // Append for a store that does not compress; nil: the same
}

// JSON stores a value as encoding/json writes it. Fields that V does not know are ignored.
func JSON[V any]() ValueCodec[V] {
	return ValueCodec[V]{
		Append: func(b []byte, v V) ([]byte, error) {
			text, err := json.Marshal(v)
			return append(b, text...), err
		},
		Parse: func(b []byte) (v V, err error) {
			err = json.Unmarshal(b, &v)
			return v, err
		},
	}
}

// Bytes stores bytes as they are.
func Bytes() ValueCodec[[]byte] {
	return ValueCodec[[]byte]{
		Append: func(b []byte, v []byte) ([]byte, error) { return append(b, v...), nil },
		Parse:  func(b []byte) ([]byte, error) { return b, nil },
	}
}

// Text stores a string.
func Text() ValueCodec[string] {
	return ValueCodec[string]{
		Append: func(b []byte, v string) ([]byte, error) { return append(b, v...), nil },
		Parse:  func(b []byte) (string, error) { return string(b), nil },
	}
}

// Empty stores nothing: the key says it all.
func Empty() ValueCodec[struct{}] {
	return ValueCodec[struct{}]{
		Append: func(b []byte, _ struct{}) ([]byte, error) { return b, nil },
		Parse: func(b []byte) (struct{}, error) {
			if len(b) != 0 {
				return struct{}{}, fmt.Errorf("parse value: %d bytes, want none", len(b))
			}
			return struct{}{}, nil
		},
	}
}
