// Package discussions invents some 2,000 discussions of SENCOs over thirty years, in the words of their years, about which
// it is known what each is about. Searches are judged on them (search/testdata/judged/README.md).
//
// What they are about stands in situations/*.txt: a line "key | years | count", then subjects (S:), first posts (Q:) and
// answers (A:). Each situation comes up count times in its years. What stands in braces is replaced by the words of the
// year (words.go). Posts also mention in passing what they are not about. The same call gives the same discussions.
package discussions

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Domain is where all invented people have their addresses, and List the posting address of their list.
const (
	Domain = "forum.example"
	List   = "senco-forum@" + Domain
)

// A Discussion is one thread, in the order of its posts.
type Discussion struct {
	Key   string          // of its situation
	Posts []Post          // the first began it
	Names map[string]bool // what is named in it, by the names in braces
}

// A Post is one message of a discussion.
type Post struct {
	Author string
	At     time.Time
	ID     string // Message-ID with its angle brackets
	Raw    []byte
}

// Begun is when the discussion was begun.
func (d Discussion) Begun() time.Time { return d.Posts[0].At }

// Wrote reports whether somebody of this name wrote in the discussion.
func (d Discussion) Wrote(name string) bool {
	return slices.ContainsFunc(d.Posts, func(p Post) bool { return p.Author == name })
}

// All returns the discussions in the order in which they were begun.
func All() ([]Discussion, error) {
	situations, err := readSituations()
	if err != nil {
		return nil, err
	}
	var all []Discussion
	for _, s := range situations {
		for i := range s.count {
			all = append(all, s.discussion(i))
		}
	}
	slices.SortStableFunc(all, func(a, b Discussion) int { return a.Begun().Compare(b.Begun()) })
	return all, nil
}

// Posts returns the posts of discussions in the order of their time.
func Posts(all []Discussion) []Post {
	var posts []Post
	for _, d := range all {
		posts = append(posts, d.Posts...)
	}
	slices.SortStableFunc(posts, func(a, b Post) int { return a.At.Compare(b.At) })
	return posts
}

// Keys returns the keys of all situations.
func Keys() ([]string, error) {
	situations, err := readSituations()
	var keys []string
	for _, s := range situations {
		keys = append(keys, s.key)
	}
	return keys, err
}

//go:embed situations/*.txt
var files embed.FS

type situation struct {
	key                         string
	from, to, count             int
	subjects, openings, answers []string
}

func readSituations() ([]situation, error) {
	names, err := fs.Glob(files, "situations/*.txt")
	if err != nil {
		return nil, err
	}
	var all []situation
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for i, line := range strings.Split(string(text), "\n") {
			if all, err = readLine(all, line); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
			}
		}
	}
	return all, nil
}

func readLine(all []situation, line string) ([]situation, error) {
	kind, text, _ := strings.Cut(line, ": ")
	switch {
	case line == "" || line[0] == '#':
		return all, nil
	case len(kind) > 1:
		s, err := readHead(line)
		return append(all, s), err
	case len(all) == 0:
		return nil, fmt.Errorf("%q stands before the first situation", line)
	}
	s := &all[len(all)-1]
	switch kind {
	case "S":
		s.subjects = append(s.subjects, text)
	case "Q":
		s.openings = append(s.openings, text)
	case "A":
		s.answers = append(s.answers, text)
	default:
		return nil, fmt.Errorf("no kind of line: %q", kind)
	}
	return all, nil
}

// rare is the count up to which a situation comes up exactly as often as it says; others do 1.8 times as often.
const rare = 2

func readHead(line string) (s situation, err error) {
	parts := strings.Split(line, " | ")
	if len(parts) != 3 {
		return s, fmt.Errorf("want key | years | count: %q", line)
	}
	from, to, ok := strings.Cut(parts[1], "-")
	s.key = parts[0]
	s.from, err = strconv.Atoi(from)
	if err == nil && ok {
		s.to, err = strconv.Atoi(to)
	}
	if err == nil {
		s.count, err = strconv.Atoi(parts[2])
	}
	if s.count > rare {
		s.count = s.count * 9 / 5
	}
	return s, err
}
