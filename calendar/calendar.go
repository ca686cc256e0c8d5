// Package calendar knows the time zone of Britain and when British schools are on holiday.
//
// It looks at no clock. A Calendar does not change after it was read, so several goroutines may
// ask it at once.
package calendar

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// Nation is a part of the United Kingdom with school holidays of its own, as the file of dates names it.
type Nation string

// The nations.
const (
	England         Nation = "england"
	Wales           Nation = "wales"
	Scotland        Nation = "scotland"
	NorthernIreland Nation = "northern-ireland"
)

// Nations returns all of them.
func Nations() []Nation { return []Nation{England, Wales, Scotland, NorthernIreland} }

// typical is the file of dates that everybody has who names no other.
//
//go:embed holidays.txt
var typical string

// Typical returns that file, to begin one of one's own with.
func Typical() string { return typical }

// Calendar is what a file of dates says. The zero Calendar has no holidays.
type Calendar struct {
	holidays map[Nation][]span
}

// span is from one calendar day to another; both count.
type span struct{ first, last date }

// date is a calendar day without a place, as YYYYMMDD.
type date int

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date(y*10000 + int(m)*100 + d)
}

// Bounds of a file of dates.
const (
	maxFile = 1 << 20 // bytes
	maxSpan = 100 * 24 * time.Hour
)

// Load reads the file of dates at path; the typical dates where path is empty. An error names the line.
func Load(path string) (Calendar, error) {
	if path == "" {
		return Parse(typical)
	}
	f, err := os.Open(path)
	if err != nil {
		return Calendar{}, fmt.Errorf("read school holidays: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = errors.New("more than 1 MiB, so no file of dates")
	}
	if err != nil {
		return Calendar{}, fmt.Errorf("read school holidays %s: %w", path, err)
	}
	c, err := Parse(string(text))
	if err != nil {
		return c, fmt.Errorf("read school holidays %s: %w", path, err)
	}
	return c, nil
}

// Parse reads a text with a holiday in each line: nation, first day, last day, and a name that is not looked at. A day
// is YYYY-MM-DD (RFC 3339). Empty lines, and what stands behind a #, do not count. A holiday has at most 100 days.
func Parse(text string) (Calendar, error) {
	c := Calendar{holidays: make(map[Nation][]span)}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		nation, s, err := holiday(words)
		if err != nil {
			return Calendar{}, fmt.Errorf("line %d: %w", n, err)
		}
		c.holidays[nation] = append(c.holidays[nation], s)
	}
	return c, nil
}

// holiday reads the words of one line.
func holiday(words []string) (Nation, span, error) {
	nation := Nation(strings.ToLower(words[0]))
	if !slices.Contains(Nations(), nation) {
		return "", span{}, fmt.Errorf("%q is no nation; write england, wales, scotland or northern-ireland", words[0])
	}
	if len(words) < 3 {
		return "", span{}, errors.New("a day is missing; write the nation, the first day and the last")
	}
	var days [2]time.Time
	for i, word := range words[1:3] {
		var err error
		if days[i], err = time.Parse(time.DateOnly, word); err != nil {
			return "", span{}, fmt.Errorf("%q is no day; write it as 2026-12-19", word)
		}
	}
	switch long := days[1].Sub(days[0]); {
	case long < 0:
		return "", span{}, errors.New("the last day is before the first")
	case long > maxSpan:
		return "", span{}, errors.New("that is more than 100 days")
	}
	return nation, span{dateOf(days[0]), dateOf(days[1])}, nil
}

// Holiday reports whether the schools of a nation are on holiday at a time, by the day that it is in Britain then.
// Weekends in term are no holiday.
func (c Calendar) Holiday(at time.Time, n Nation) bool {
	day := dateOf(at.In(London()))
	return slices.ContainsFunc(c.holidays[n], func(s span) bool { return s.first <= day && day <= s.last })
}

// Ends reports whether the calendar of a nation has no holiday that is still to come, and has to be written on.
func (c Calendar) Ends(at time.Time, n Nation) bool {
	day := dateOf(at.In(London()))
	return !slices.ContainsFunc(c.holidays[n], func(s span) bool { return s.first > day })
}
