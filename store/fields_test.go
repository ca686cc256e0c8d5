package store

import (
	"encoding/binary"
	"testing"
	"time"
)

func TestFieldsAreReadAsTheyWereWritten(t *testing.T) {
	at := time.Date(2026, 11, 22, 17, 5, 0, 123e6, time.UTC)
	b := AppendFlags([]byte{7}, true, false, true)
	b = AppendTime(AppendTime(AppendText(binary.AppendUvarint(b, 1<<40), "später"), at), time.Time{})
	b = append(b, "rest"...)
	f := ReadFields(b, 7)
	var one, two, three bool
	f.Flags(&one, &two, &three)
	if !one || two || !three {
		t.Errorf("flags %v %v %v", one, two, three)
	}
	if n, s := f.Number(), f.Text(); n != 1<<40 || s != "später" {
		t.Errorf("number %d, text %q", n, s)
	}
	if a, none := f.Time(), f.Time(); !a.Equal(at) || !none.IsZero() {
		t.Errorf("times %s and %s", a, none)
	}
	if f.Err() != nil || string(f.Rest()) != "rest" {
		t.Errorf("%v, rest %q", f.Err(), f.Rest())
	}
}

func TestFieldsThatAreNotThereAreAnError(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		read func(*Fields)
	}{
		{"nothing at all", nil, func(*Fields) {}},
		{"another version", []byte{2}, func(*Fields) {}},
		{"no octet", []byte{1}, func(f *Fields) { f.Octet() }},
		{"half a number", []byte{1, 0x80}, func(f *Fields) { f.Number() }},
		{"a text that is longer than the value", []byte{1, 9, 'x'}, func(f *Fields) { f.Text() }},
		{"a field after an error", []byte{1, 9, 'x'}, func(f *Fields) { f.Text(); f.Number() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := ReadFields(c.b, 1)
			if c.read(f); f.Err() == nil {
				t.Error("no error")
			}
		})
	}
}
