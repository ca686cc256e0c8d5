package store

import (
	"bytes"
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// Compact stores a struct as CBOR (RFC 8949, deterministic by its section 4.2.1), for rows of which there is one for each
// message or more: about a third of what JSON takes. What begins with '{' is a row that was written as JSON, and is read as one.
//
// Each field bears `cbor:"N,keyasint,omitempty"`, with omitzero for one that is a struct. N is from 1 to 255 and a promise for
// ever: no field changes its number or its type, and the number of one that is gone is not used again. A moment that is gone
// keeps its field, because others may say "the same as N". Numbers up to 23 take one byte. Numbers that V does not know are
// ignored.
//
// Fields are booleans, integers, texts, slices of these, structs of such fields, what has its own text or binary form, and
// moments, which keep their nanoseconds and their distance from UTC in minutes. Texts come back to the byte, also where they are
// no UTF-8. `store:"hex"` beside the number has a text in lower-case hexadecimal take half its bytes. Compact panics for a V
// that is otherwise, so that the program does not start.
func Compact[V any]() ValueCodec[V] {
	m := mirrorOf(reflect.TypeFor[V]())
	old := JSON[V]()
	return ValueCodec[V]{
		Append: func(b []byte, v V) ([]byte, error) {
			row := reflect.New(m.shape)
			if err := m.fold(row.Elem(), reflect.ValueOf(&v).Elem()); err != nil {
				return b, err
			}
			out := bytes.NewBuffer(b)
			err := compactModes().write.MarshalToBuffer(row.Interface(), out)
			return out.Bytes(), err
		},
		Parse: func(b []byte) (v V, err error) {
			if len(b) > 0 && b[0] == '{' {
				return old.Parse(b)
			}
			if rest, ok := m.quick(reflect.ValueOf(&v).Elem(), b); ok && len(rest) == 0 {
				return v, nil
			}
			var whole V
			err = m.read(reflect.ValueOf(&whole).Elem(), b)
			return whole, err
		},
	}
}

// read reads a value by the library, with all that it allows.
func (m *mirror) read(to reflect.Value, b []byte) error {
	row := reflect.New(m.shape)
	if err := compactModes().read.Unmarshal(b, row.Interface()); err != nil {
		return fmt.Errorf("parse value: %w", err)
	}
	return m.unfold(to, row.Elem())
}

// compactMost is how many elements a slice in a value may have.
const compactMost = 1 << 16

type modes struct {
	write cbor.UserBufferEncMode
	read  cbor.DecMode
}

var compactModes = sync.OnceValue(func() modes {
	write := cbor.CoreDetEncOptions()
	write.TextMarshaler = cbor.TextMarshalerTextString
	w, err := write.UserBufferEncMode()
	if err != nil {
		panic(err) // the options are constants
	}
	r, err := cbor.DecOptions{
		MaxNestedLevels: 8, MaxArrayElements: compactMost, MaxMapPairs: 512,
		IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden, UTF8: cbor.UTF8DecodeInvalid,
		TextUnmarshaler: cbor.TextUnmarshalerTextString,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return modes{w, r}
})

// mirror is a struct as it is written: the same fields with the same numbers, and moments and hexadecimal texts as bytes.
type mirror struct {
	shape  reflect.Type
	fields []mirrored
	at     [256]uint16 // the place in fields of a number, from 1
}

type mirrored struct {
	number       byte
	form         form
	inner        *mirror // of a struct
	text, binary bool    // it is read by means of its own
}

// form is how a field is written.
type form int

const (
	asIs form = iota
	asSlice
	asMoment
	asHex
	asStruct
)

func mirrorOf(t reflect.Type) *mirror {
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("store.Compact: %s is no struct", t))
	}
	m := &mirror{}
	var shape []reflect.StructField
	used := map[byte]string{}
	for i := range t.NumField() {
		f := t.Field(i)
		number := numberOf(t, f)
		if other, ok := used[number]; ok {
			panic(fmt.Sprintf("store.Compact: %s.%s has the number %d of %s", t, f.Name, number, other))
		}
		used[number] = f.Name
		to := mirrored{number: number, form: formOf(t, f)}
		as := f.Type
		switch to.form {
		case asMoment:
			as = reflect.TypeFor[[]byte]()
		case asHex:
			as = reflect.TypeFor[any]()
		case asStruct:
			to.inner = mirrorOf(f.Type)
			as = to.inner.shape
		}
		to.text, to.binary = unmarshals(f.Type)
		shape = append(shape, reflect.StructField{Name: f.Name, Type: as, Tag: f.Tag})
		m.fields = append(m.fields, to)
		m.at[number] = uint16(len(m.fields))
	}
	m.shape = reflect.StructOf(shape)
	return m
}

// numberOf returns the number of a field. It panics for a field without one.
func numberOf(t reflect.Type, f reflect.StructField) byte {
	tag := strings.Split(f.Tag.Get("cbor"), ",")
	n, err := strconv.ParseUint(tag[0], 10, 8)
	omits := len(tag) == 3 && (tag[2] == "omitempty" || tag[2] == "omitzero")
	if err != nil || n == 0 || !omits || tag[1] != "keyasint" || !f.IsExported() || f.Anonymous {
		panic(fmt.Sprintf("store.Compact: give %s.%s a number that no other field ever had, as in `cbor:\"N,keyasint,omitempty\"`", t, f.Name))
	}
	return byte(n)
}

// formOf says how a field is written. It panics for a type that does not come back as it was.
func formOf(t reflect.Type, f reflect.StructField) form {
	to := reflect.PointerTo(f.Type)
	own := to.Implements(reflect.TypeFor[encoding.TextMarshaler]()) && to.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) ||
		to.Implements(reflect.TypeFor[encoding.BinaryMarshaler]()) && to.Implements(reflect.TypeFor[encoding.BinaryUnmarshaler]())
	switch {
	case f.Type == reflect.TypeFor[time.Time]():
		return asMoment
	case f.Tag.Get("store") == "hex" && f.Type.Kind() == reflect.String:
		return asHex
	case f.Tag.Get("store") != "":
		// a word that means nothing here
	case own || isScalar(f.Type.Kind()):
		return asIs
	case f.Type.Kind() == reflect.Slice && isScalar(f.Type.Elem().Kind()):
		return asSlice
	case f.Type.Kind() == reflect.Struct:
		return asStruct
	}
	panic(fmt.Sprintf("store.Compact: %s.%s is a %s with the tag %q, which cannot be stored", t, f.Name, f.Type, f.Tag))
}

func isScalar(k reflect.Kind) bool {
	return k >= reflect.Bool && k <= reflect.Uint64 || k == reflect.String
}

// fold copies a value into its mirror.
func (m *mirror) fold(to, from reflect.Value) error {
	var times moments
	for i, f := range m.fields {
		var err error
		switch f.form {
		case asStruct:
			err = f.inner.fold(to.Field(i), from.Field(i))
		case asMoment:
			var b []byte
			b, err = times.fold(f.number, *momentAt(from.Field(i)))
			to.Field(i).SetBytes(b)
		case asHex:
			if s := from.Field(i).String(); s != "" {
				to.Field(i).Set(reflect.ValueOf(foldHex(s)))
			}
		case asSlice:
			if n := from.Field(i).Len(); n > compactMost {
				err = fmt.Errorf("%d elements; %d are allowed", n, compactMost)
			}
			fallthrough
		default:
			to.Field(i).Set(from.Field(i))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", m.shape.Field(i).Name, err)
		}
	}
	return nil
}

// unfold copies a mirror into a value.
func (m *mirror) unfold(to, from reflect.Value) error {
	var times moments
	for i, f := range m.fields {
		var err error
		switch f.form {
		case asStruct:
			err = f.inner.unfold(to.Field(i), from.Field(i))
		case asMoment:
			err = times.unfold(f.number, from.Field(i).Bytes(), momentAt(to.Field(i)))
		case asHex:
			var s string
			s, err = unfoldHex(from.Field(i).Interface())
			to.Field(i).SetString(s)
		default:
			to.Field(i).Set(from.Field(i))
		}
		if err != nil {
			return fmt.Errorf("parse value: %s: %w", m.shape.Field(i).Name, err)
		}
	}
	return times.settle()
}

func momentAt(v reflect.Value) *time.Time { return v.Addr().Interface().(*time.Time) }
