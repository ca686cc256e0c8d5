// Command query times searches with a program or on a web page, and prints percentiles over all of them and by kind of
// query as one line of JSON.
//
//	query -queries queries.tsv -dialect notmuch -- notmuch search --limit=50 -- '{}'
//	query -queries queries.tsv -dialect ours -cookie "$COOKIE" -url 'http://127.0.0.1:8025/search?q={}'
//
// A line of the file is a kind, a tab and a query in a neutral form: words, "a phrase", AND, OR, NOT, from:word,
// subject:word, date:YYYY..YYYY. The dialect says how a server wants it written. All queries are asked once before anything
// counts, and then in rounds, each in an order of its own, so that a slow moment of the machine does not fall on one of them.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"

	"sencoforum/bench/percent"
)

// config is what the flags say.
type config struct {
	queries, url, cookie string
	command              []string
	rewrite              func(string) string
	rounds               int
	pause                time.Duration
}

func main() {
	c, err := parse(os.Args[1:], os.Stderr)
	if err != nil {
		os.Exit(2)
	}
	if err := run(c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "query:", err)
		os.Exit(1)
	}
}

func parse(args []string, errOut io.Writer) (c config, err error) {
	f := flag.NewFlagSet("query", flag.ContinueOnError)
	f.SetOutput(errOut)
	dialect := f.String("dialect", "neutral", "neutral, notmuch (mu's as well) or ours")
	f.StringVar(&c.queries, "queries", "queries.tsv", "file of queries")
	f.StringVar(&c.url, "url", "", "page with {} for the query; otherwise the arguments are a command with {}")
	f.StringVar(&c.cookie, "cookie", "", "who is signed in, as browse -sign-in prints it")
	f.DurationVar(&c.pause, "pause", 0, "between two queries, for a server that lets a person ask only so often")
	f.IntVar(&c.rounds, "rounds", 5, "that count, after one that does not")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	c.command = f.Args()
	if c.rewrite = dialects[*dialect]; c.rewrite == nil {
		fmt.Fprintln(errOut, "query: no dialect", *dialect)
		return c, errors.New("no such dialect")
	}
	return c, nil
}

type report struct {
	All    percent.Of            `json:"all"`
	ByKind map[string]percent.Of `json:"by_kind"`
	Failed int                   `json:"failed"` // answers that are errors; none of them is timed
}

func run(c config, out io.Writer) error {
	b, err := os.ReadFile(c.queries)
	if err != nil {
		return err
	}
	queries := read(string(b))
	var all []time.Duration
	times := map[string][]time.Duration{}
	r := report{ByKind: map[string]percent.Of{}}
	order := rand.New(rand.NewPCG(1, 1))
	for round := range c.rounds + 1 {
		for _, i := range order.Perm(len(queries)) {
			time.Sleep(c.pause)
			start := time.Now()
			err := c.ask(c.rewrite(queries[i].text))
			took := time.Since(start)
			switch {
			case err != nil:
				r.Failed++
			case round > 0:
				all, times[queries[i].kind] = append(all, took), append(times[queries[i].kind], took)
			}
		}
	}
	r.All = percent.Sum(all)
	for kind, d := range times {
		r.ByKind[kind] = percent.Sum(d)
	}
	return json.NewEncoder(out).Encode(r)
}

// ask asks one query and reads the whole answer.
func (c config) ask(q string) error {
	if c.url == "" {
		args := make([]string, len(c.command))
		for i, a := range c.command {
			args[i] = strings.ReplaceAll(a, "{}", q)
		}
		return exec.Command(args[0], args[1:]...).Run()
	}
	req, err := http.NewRequest(http.MethodGet, strings.ReplaceAll(c.url, "{}", url.QueryEscape(q)), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Cookie", c.cookie)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode == http.StatusOK {
		return err
	}
	return errors.New(resp.Status)
}
