package config

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSize(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Size
		shown      string
	}{
		{"units in 1,024s", "15 MiB", 15 << 20, "15 MiB"},
		{"units in thousands", "2 MB", 2e6, "2 MB"},
		{"no space, other case", "512kib", 512 << 10, "512 KiB"},
		{"a larger unit fits", "1024 KiB", 1 << 20, "1 MiB"},
		{"bytes", "1000001 B", 1000001, "1000001 B"},
		{"nought", "0 MB", 0, "0 B"},
		{"the largest", "8589934591 GiB", 8589934591 << 30, "8589934591 GiB"},
	} {
		var got Size
		if err := got.UnmarshalText([]byte(c.text)); err != nil || got != c.want || got.String() != c.shown {
			t.Errorf("%s: %q is %d (%s), %v, want %d (%s)", c.name, c.text, got, got, err, c.want, c.shown)
		}
	}
	for _, text := range []string{"", "15", "MiB", "-1 MB", "1.5 MB", "15 MiBs", "15 MiB x", "8589934592 GiB", "99999999999999999999 B"} {
		got := Size(7)
		if err := got.UnmarshalText([]byte(text)); err == nil || got != 7 {
			t.Errorf("%q is read as %d, %v", text, got, err)
		}
	}
}

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       time.Duration
		shown      string
	}{
		{"days in words", "5 days", 120 * time.Hour, "5 days"},
		{"hours that are days", "120h", 120 * time.Hour, "5 days"},
		{"one day", "1d", 24 * time.Hour, "1 day"},
		{"minutes", "5m", 5 * time.Minute, "5m"},
		{"several units", "1 hour 30 min", 90 * time.Minute, "1h30m"},
		{"seconds", "90 seconds", 90 * time.Second, "1m30s"},
		{"hours and seconds", "2h5s", 2*time.Hour + 5*time.Second, "2h0m5s"},
		{"weeks", "2 weeks", 14 * 24 * time.Hour, "14 days"},
		{"whole hours", "36h", 36 * time.Hour, "36h"},
		{"nought without a unit", "0", 0, "0"},
		{"nought with one", "0s", 0, "0"},
	} {
		var got Duration
		if err := got.UnmarshalText([]byte(c.text)); err != nil || time.Duration(got) != c.want || got.String() != c.shown {
			t.Errorf("%s: %q is %s, %v, want %s (%s)", c.name, c.text, got, err, c.want, c.shown)
		}
	}
	for _, text := range []string{"", "5", "days", "-5m", "1.5h", "5 moons", "5m 3", "5ms", "106752 days", "9999999999999999999 s"} {
		got := Duration(7)
		if err := got.UnmarshalText([]byte(text)); err == nil || got != 7 {
			t.Errorf("%q is read as %d, %v", text, got, err)
		}
	}
}

func TestWhatIsShownReadsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := Size(rapid.Int64Min(0).Draw(t, "size"))
		var s Size
		if err := s.UnmarshalText([]byte(size.String())); err != nil || s != size {
			t.Fatalf("%d is shown as %q and read as %d, %v", size, size, s, err)
		}
		length := Duration(time.Duration(rapid.Int64Range(0, 1<<33).Draw(t, "seconds")) * time.Second)
		var d Duration
		if err := d.UnmarshalText([]byte(length.String())); err != nil || d != length {
			t.Fatalf("%d is shown as %q and read as %d, %v", length, length, d, err)
		}
	})
}
