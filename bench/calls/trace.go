package main

import (
	"bufio"
	"io"
	"math"
	"path"
	"strconv"
	"strings"
)

// sum is of the calls of one kind on one file.
type sum struct {
	Calls   int     `json:"calls"`
	Seconds float64 `json:"seconds"`
}

// add reads the output of strace. Lines that are no calls, such as signals and exits, are passed over.
func add(r io.Reader, from, to float64) (map[string]sum, error) {
	sums := map[string]sum{}
	open := map[string]string{} // thread to what it has begun in the span, where strace wrote the end on another line
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		thread, at, text, ok := split(lines.Text())
		if !ok {
			continue
		}
		name := open[thread]
		if !strings.HasPrefix(text, "<... ") {
			delete(open, thread)
			if name, ok = callOf(text); !ok || at < from || at > to {
				continue
			}
			s := sums[name]
			s.Calls++
			sums[name] = s
		}
		if strings.HasSuffix(text, "<unfinished ...>") {
			open[thread] = name
			continue
		}
		if name == "" {
			continue
		}
		s := sums[name]
		s.Seconds += took(text)
		sums[name] = s
	}
	for name, s := range sums {
		s.Seconds = math.Round(s.Seconds*1e6) / 1e6
		sums[name] = s
	}
	return sums, lines.Err()
}

// split takes a line apart: the thread, the time, and the rest.
func split(line string) (thread string, at float64, text string, ok bool) {
	f := strings.Fields(line)
	if len(f) < 3 {
		return "", 0, "", false
	}
	at, err := strconv.ParseFloat(f[1], 64)
	if err != nil {
		return "", 0, "", false
	}
	return f[0], at, strings.Join(f[2:], " "), true
}

// callOf returns the name of a call and of the file it is made on: "fsync forum.db" of "fsync(7</data/forum.db>) = 0".
func callOf(text string) (string, bool) {
	name, args, ok := strings.Cut(text, "(")
	if !ok || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_0123456789") != "" {
		return "", false
	}
	file, ok := strings.CutPrefix(strings.TrimLeft(args, "0123456789"), "<")
	if !ok {
		return name, true
	}
	file, _, _ = strings.Cut(file, ">")
	return name + " " + path.Base(file), true
}

// took returns the time at the end of a line, as "<0.000123>".
func took(text string) float64 {
	i := strings.LastIndexByte(text, '<')
	if i < 0 {
		return 0
	}
	seconds, err := strconv.ParseFloat(strings.TrimSuffix(text[i+1:], ">"), 64)
	if err != nil {
		return 0
	}
	return seconds
}
