package store

import (
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"reflect"

	"github.com/fxamacker/cbor/v2"
)

// The forms of CBOR that Compact writes (RFC 8949 §3).
const (
	cborUint  = 0
	cborBytes = 2
	cborText  = 3
	cborMap   = 5
	cborOther = 7
	cborFalse = 20
	cborTrue  = 21
)

// quick reads a value as Compact writes it, straight into its fields, in a third of the time that the library takes with its
// mirror. It reports false for whatever else may stand there, be it right or wrong, and the library is to be asked then; what it
// has set in to by that time counts for nothing.
func (m *mirror) quick(to reflect.Value, b []byte) (rest []byte, ok bool) {
	kind, pairs, b, ok := cborHead(b)
	if !ok || kind != cborMap || pairs > uint64(len(m.fields)) {
		return nil, false
	}
	var times moments
	last := uint64(0)
	for range pairs {
		var number uint64
		if kind, number, b, ok = cborHead(b); !ok || kind != cborUint || number <= last || number >= uint64(len(m.at)) || m.at[number] == 0 {
			return nil, false
		}
		last = number
		i := int(m.at[number]) - 1
		if b, ok = m.fields[i].quick(to.Field(i), b, &times); !ok {
			return nil, false
		}
	}
	return b, times.settle() == nil
}

// quick reads one field.
func (f *mirrored) quick(to reflect.Value, b []byte, times *moments) (rest []byte, ok bool) {
	if f.form == asStruct {
		return f.inner.quick(to, b)
	}
	kind, n, rest, ok := cborHead(b)
	if !ok || f.form == asSlice || f.form == asIs && f.binary {
		return nil, false
	}
	var content []byte
	if kind == cborBytes || kind == cborText {
		if n > uint64(len(rest)) {
			return nil, false
		}
		content, rest = rest[:n], rest[n:]
	}
	switch {
	case f.form == asMoment && kind == cborBytes:
		return rest, times.unfold(f.number, content, momentAt(to)) == nil
	case f.form == asHex && kind == cborBytes:
		to.SetString(hex.EncodeToString(content))
	case f.form == asHex && kind == cborText:
		to.SetString(string(content))
	case f.form != asIs:
		return nil, false
	case f.text && kind == cborText:
		return rest, to.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText(content) == nil
	case f.text:
		return nil, false
	case to.Kind() == reflect.String && kind == cborText:
		to.SetString(string(content))
	case to.Kind() == reflect.Bool && kind == cborOther && (n == cborFalse || n == cborTrue):
		to.SetBool(n == cborTrue)
	case to.CanUint() && kind == cborUint && !to.OverflowUint(n):
		to.SetUint(n)
	case to.CanInt() && kind == cborUint && n < 1<<63 && !to.OverflowInt(int64(n)):
		to.SetInt(int64(n))
	default:
		return nil, false
	}
	return rest, true
}

// cborHead reads the kind of an item and the number in its head, which is its value or its length, in the shortest form.
func cborHead(b []byte) (kind byte, n uint64, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, 0, nil, false
	}
	kind, n, rest = b[0]>>5, uint64(b[0]&31), b[1:]
	if n < 24 {
		return kind, n, rest, true
	}
	size := 1 << (n - 24)
	if n > 27 || kind == cborOther || len(rest) < size {
		return 0, 0, nil, false
	}
	switch size {
	case 1:
		n = uint64(rest[0])
	case 2:
		n = uint64(binary.BigEndian.Uint16(rest))
	case 4:
		n = uint64(binary.BigEndian.Uint32(rest))
	default:
		n = binary.BigEndian.Uint64(rest)
	}
	return kind, n, rest[size:], true
}

// unmarshals says by which means of its own a type is read.
func unmarshals(t reflect.Type) (text, binary bool) {
	to := reflect.PointerTo(t)
	return to.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()),
		to.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]()) || to.Implements(reflect.TypeFor[cbor.Unmarshaler]())
}
