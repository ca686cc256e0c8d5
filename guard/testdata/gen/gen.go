// Package gen makes the labelled posts of ../posts from the bodies beside it, which were written by hand. It makes the same posts
// each time. Labels are what was planted, so they are known before there is any rule. A test of package guard compares them
// with what is committed, and writes them anew with -update.
package gen

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

type plant struct {
	Kind  string `json:"kind"`
	Where string `json:"where"`
	Value string `json:"value"`
}

type file struct {
	Name string `json:"name"`
	Text string `json:"text,omitempty"`
	GPS  bool   `json:"gps,omitempty"`
}

type post struct {
	ID      string  `json:"id"`
	Subject string  `json:"subject"`
	Own     string  `json:"own"`
	Quoted  string  `json:"quoted"`
	Files   []file  `json:"files"`
	Plants  []plant `json:"plants"`
	Hint    bool    `json:"hint"`
}

type body struct{ subject, text string }

//go:embed ordinary*.txt
var written embed.FS

// bodies reads the texts by hand: "=== subject", then the words.
func bodies(names ...string) (all []body, err error) {
	for _, name := range names {
		raw, err := written.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for _, one := range strings.Split("\n"+string(raw), "\n=== ")[1:] {
			subject, text, _ := strings.Cut(one, "\n")
			all = append(all, body{subject, strings.TrimSpace(text)})
		}
	}
	return all, nil
}

// lines numbers posts and writes each as a line.
func lines(letter string, posts []post) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for i, p := range posts {
		p.ID = fmt.Sprintf("%s-%04d", letter, i+1)
		if p.Files == nil {
			p.Files = []file{}
		}
		if p.Plants == nil {
			p.Plants = []plant{}
		}
		if err := e.Encode(p); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// Files returns every file of posts by its name.
func Files() (map[string][]byte, error) {
	all, err := bodies("ordinary1.txt", "ordinary2.txt", "ordinary3.txt")
	if err != nil {
		return nil, err
	}
	w := &writer{r: rand.New(rand.NewPCG(2026, 11)), bodies: all}
	var ordinary []post
	for round := range 8 {
		for _, b := range all {
			ordinary = append(ordinary, w.ordinary(b, round))
		}
	}
	files := map[string][]byte{}
	for _, f := range []struct {
		name, letter string
		posts        []post
	}{{"ordinary.jsonl", "o", ordinary}, {"planted.jsonl", "p", w.plants()}, {"hints.jsonl", "h", w.hints()}} {
		if files[f.name], err = lines(f.letter, f.posts); err != nil {
			return nil, err
		}
	}
	return files, nil
}
