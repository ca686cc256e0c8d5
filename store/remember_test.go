package store

import (
	"errors"
	"strconv"
	"testing"
)

func TestRememberParsesTheSameBytesOnce(t *testing.T) {
	parsed := 0
	c := Remember(ValueCodec[int]{Parse: func(b []byte) (int, error) {
		parsed++
		return strconv.Atoi(string(b))
	}})
	for _, s := range []string{"12", "12", "12", "13", "13"} {
		if n, err := c.Parse([]byte(s)); err != nil || strconv.Itoa(n) != s {
			t.Errorf("%q was read as %d, %v", s, n, err)
		}
	}
	if parsed != 2 {
		t.Errorf("parsed %d times", parsed)
	}
}

func TestRememberNeverGivesOutAnotherValue(t *testing.T) {
	c := Remember(Text())
	for i := range 1000 { // many more than there are slots
		s := strconv.Itoa(i % 97)
		if got, err := c.Parse([]byte(s)); err != nil || got != s {
			t.Fatalf("%q was read as %q, %v", s, got, err)
		}
	}
}

func TestRememberForgetsWhatCouldNotBeParsed(t *testing.T) {
	fail := errors.New("no")
	c := Remember(ValueCodec[int]{Parse: func([]byte) (int, error) { return 7, fail }})
	for range 2 {
		if _, err := c.Parse([]byte("x")); !errors.Is(err, fail) {
			t.Error(err)
		}
	}
}
