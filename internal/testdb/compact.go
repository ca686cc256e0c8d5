package testdb

import (
	"encoding"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"sencoforum/store"
)

// Compact holds a type that is stored by store.Compact to its promises: every field comes back, the bytes of a row of old
// (in hexadecimal) still say what they said (as JSON), and so does the row as it was before there were compact ones, which is
// that JSON. Whoever adds a field changes neither text.
func Compact[V any](t *testing.T, row, says string) {
	t.Helper()
	codec := store.Compact[V]()
	var full V
	fill(t, reflect.ValueOf(&full).Elem(), 1)
	b, err := codec.Append(nil, full)
	if err != nil {
		t.Fatal(err)
	}
	got, err := codec.Parse(b)
	if want, got := text(t, full), text(t, got); got != want || err != nil {
		t.Errorf("written as %x it comes back as\n%s, error %v, want\n%s", b, got, err, want)
	}
	old, err := hex.DecodeString(row)
	if err != nil {
		t.Fatal(err)
	}
	for name, stored := range map[string][]byte{"a row of old": old, "a row of JSON": []byte(says)} {
		v, err := codec.Parse(stored)
		if got := text(t, v); got != says || err != nil {
			t.Errorf("%s says\n%s, error %v, want\n%s\n(all fields at once are %x, which say %s)", name, got, err, says, b, text(t, full))
		}
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fill gives each field of a struct a value of its own that is not zero, and returns the next number.
func fill(t *testing.T, v reflect.Value, n int) int {
	t.Helper()
	for i := range v.NumField() {
		f := v.Field(i)
		n++
		switch own, _ := f.Addr().Interface().(encoding.TextUnmarshaler); {
		case f.Type() == reflect.TypeFor[time.Time]():
			at := time.Date(2026, 6, n%28+1, 9, 30, n, n, time.FixedZone("", n*60))
			f.Set(reflect.ValueOf(at))
		case own != nil:
			if own.UnmarshalText([]byte("192.0.2.1")) != nil && own.UnmarshalText([]byte("ann@school.example")) != nil {
				t.Fatalf("no example for a %s: add one here", f.Type())
			}
		case f.Kind() == reflect.Struct:
			n = fill(t, f, n)
		case f.Kind() == reflect.String:
			f.SetString(hex.EncodeToString([]byte{byte(n), 0xff}))
		case f.CanInt():
			f.SetInt(int64(n))
		case f.CanUint():
			f.SetUint(uint64(n))
		case f.Kind() == reflect.Bool:
			f.SetBool(true)
		case f.Type() == reflect.TypeFor[[]string]():
			f.Set(reflect.ValueOf([]string{"one", "two"}))
		}
		if f.IsZero() {
			t.Fatalf("%s.%s stays empty: add its type here", v.Type(), v.Type().Field(i).Name)
		}
	}
	return n
}
