// Command gen writes the labelled posts of ../posts from the bodies beside it, which were written by hand:
//
//	go run ./guard/testdata/gen
//
// The same program writes the same posts. Labels are what was planted, so they are known before there is any rule.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
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

// here is the folder of this program.
func here() string {
	_, name, _, _ := runtime.Caller(0)
	return filepath.Dir(name)
}

// bodies reads the texts by hand: "=== subject", then the words.
func bodies(names ...string) []body {
	var all []body
	for _, name := range names {
		raw, err := os.ReadFile(filepath.Join(here(), name))
		if err != nil {
			log.Fatal(err)
		}
		for _, one := range strings.Split("\n"+string(raw), "\n=== ")[1:] {
			subject, text, _ := strings.Cut(one, "\n")
			all = append(all, body{subject, strings.TrimSpace(text)})
		}
	}
	return all
}

func write(name string, posts []post) {
	f, err := os.Create(filepath.Join(here(), "..", "posts", name))
	if err != nil {
		log.Fatal(err)
	}
	w := bufio.NewWriter(f)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for i := range posts {
		if posts[i].Files == nil {
			posts[i].Files = []file{}
		}
		if posts[i].Plants == nil {
			posts[i].Plants = []plant{}
		}
		if err := e.Encode(posts[i]); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(name, len(posts))
}

func main() {
	all := bodies("ordinary1.txt", "ordinary2.txt", "ordinary3.txt")
	w := &writer{r: rand.New(rand.NewPCG(2026, 11)), bodies: all}
	var ordinary []post
	for round := range 8 {
		for i, b := range all {
			p := w.ordinary(b, round)
			p.ID = fmt.Sprintf("o-%04d", round*len(all)+i+1)
			ordinary = append(ordinary, p)
		}
	}
	write("ordinary.jsonl", ordinary)
	planted := w.plants()
	for i := range planted {
		planted[i].ID = fmt.Sprintf("p-%04d", i+1)
	}
	write("planted.jsonl", planted)
	hints := w.hints()
	for i := range hints {
		hints[i].ID = fmt.Sprintf("h-%04d", i+1)
	}
	write("hints.jsonl", hints)
}
