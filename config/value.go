package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes, written as a whole number and a unit: "15 MiB", "2 MB", "512 KiB". MB counts in
// thousands, MiB in 1,024s. Case and the space do not matter.
type Size int64

// units of Size, in the order in which String tries them.
var units = []struct {
	name  string
	bytes int64
}{
	{"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"kB", 1e3}, {"B", 1},
}

// UnmarshalText reads a size; see Size. Its errors say what is wrong, "; " and the next step.
func (s *Size) UnmarshalText(text []byte) error {
	number, unit := split(strings.TrimSpace(string(text)))
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return errors.New(`is no size; write one such as "15 MiB"`)
	}
	for _, u := range units {
		if !strings.EqualFold(u.name, strings.TrimSpace(unit)) {
			continue
		}
		if n > math.MaxInt64/u.bytes {
			return errors.New("is beyond every bound; write a smaller size")
		}
		*s = Size(n * u.bytes)
		return nil
	}
	return errors.New(`is a size without a known unit; write B, kB, KiB, MB, MiB, GB or GiB behind the number`)
}

// String returns the size in the largest unit in which it is whole, as UnmarshalText reads it.
func (s Size) String() string {
	for _, u := range units {
		if s != 0 && int64(s)%u.bytes == 0 {
			return fmt.Sprintf("%d %s", int64(s)/u.bytes, u.name)
		}
	}
	return "0 B"
}

// Duration is a length of time, written as whole numbers with units: "5 days", "120h", "1h30m", "90 seconds", "0".
type Duration time.Duration

// UnmarshalText reads a duration; see Duration. Its errors say what is wrong, "; " and the next step.
func (d *Duration) UnmarshalText(text []byte) error {
	rest := strings.TrimSpace(string(text))
	if rest == "0" {
		*d = 0
		return nil
	}
	fault := errors.New(`is no length of time; write one such as "5 days", "2h" or "1h30m"`)
	if rest == "" {
		return fault
	}
	var sum time.Duration
	for rest != "" {
		number, after := split(rest)
		word, next := letters(strings.TrimLeft(after, " "))
		n, err := strconv.ParseInt(number, 10, 64)
		unit := unitOfTime(word)
		if err != nil || unit == 0 {
			return fault
		}
		if n > int64((math.MaxInt64-sum)/unit) {
			return errors.New("is beyond every bound; write a shorter time")
		}
		sum += time.Duration(n) * unit
		rest = strings.TrimLeft(next, " ")
	}
	*d = Duration(sum)
	return nil
}

// String returns the duration in days where it is whole days, else as "1h30m", in the form that UnmarshalText reads.
// Parts of a second are cut off.
func (d Duration) String() string {
	const day = 24 * time.Hour
	t := time.Duration(d).Truncate(time.Second)
	switch {
	case t == 0:
		return "0"
	case t == day:
		return "1 day"
	case t%day == 0:
		return fmt.Sprintf("%d days", t/day)
	}
	s := t.String() // such as 1h30m0s
	if t%time.Minute == 0 {
		s = strings.TrimSuffix(s, "0s")
	}
	if t%time.Hour == 0 {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func unitOfTime(word string) time.Duration {
	switch strings.ToLower(word) {
	case "s", "sec", "second", "seconds":
		return time.Second
	case "m", "min", "minute", "minutes":
		return time.Minute
	case "h", "hour", "hours":
		return time.Hour
	case "d", "day", "days":
		return 24 * time.Hour
	case "w", "week", "weeks":
		return 7 * 24 * time.Hour
	}
	return 0
}

// split cuts a text behind its leading digits.
func split(s string) (digits, rest string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// letters cuts a text behind its leading letters.
func letters(s string) (word, rest string) {
	i := 0
	for i < len(s) && (s[i]|0x20) >= 'a' && (s[i]|0x20) <= 'z' {
		i++
	}
	return s[:i], s[i:]
}
