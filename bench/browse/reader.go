package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"sencoforum/bench/percent"
)

// A reader is a member who is signed in. It keeps cookies itself, as a jar gives those that are for HTTPS to no proxy's other side.
type reader struct {
	client  *http.Client
	url     string
	mu      sync.Mutex
	cookies map[string]string
}

// cookie is what the reader sends.
func (r *reader) cookie() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []string
	for _, name := range slices.Sorted(maps.Keys(r.cookies)) {
		all = append(all, name+"="+r.cookies[name])
	}
	return strings.Join(all, "; ")
}

// codeWait is how long the code by mail may take.
const codeWait = 30 * time.Second

var code = regexp.MustCompile(`(?m)^Subject: (\d{3}) (\d{3}) is your`)

// signIn asks for a code for an address, reads it in the mail and signs in with it.
func signIn(c config, address string) (*reader, error) {
	r := &reader{client: &http.Client{Timeout: time.Minute}, url: strings.TrimSuffix(c.url, "/"), cookies: map[string]string{}}
	r.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	asked := time.Now()
	if _, err := r.post("/in", url.Values{"email": {address}}); err != nil {
		return nil, err
	}
	digits, err := codeOf(c.mail, address, asked)
	if err != nil {
		return nil, err
	}
	if _, err := r.post("/code", url.Values{"code": {digits}}); err != nil {
		return nil, err
	}
	if page, err := r.get("/settings"); err != nil || !strings.Contains(page, "<h1") {
		return nil, fmt.Errorf("the code did not sign %s in: %w", address, err)
	}
	return r, nil
}

// codeOf waits for a mail with a code for an address in a folder.
func codeOf(dir, address string, since time.Time) (string, error) {
	for end := time.Now().Add(codeWait); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if got, err := codeIn(dir, address, since); err != nil || got != "" {
			return got, err
		}
	}
	return "", errors.New("no code came by mail")
}

// codeIn is the code in a mail to an address that came since, or nothing.
func codeIn(dir, address string, since time.Time) (string, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return "", err
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil || info.ModTime().Before(since.Add(-time.Second)) {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		if m := code.FindStringSubmatch(string(b)); m != nil && strings.Contains(string(b), address) {
			return m[1] + m[2], nil
		}
	}
	return "", nil
}

func (r *reader) post(path string, form url.Values) (string, error) {
	req, err := http.NewRequest(http.MethodPost, r.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.do(req)
}

// get asks for a page, and for the one to which it leads.
func (r *reader) get(path string) (string, error) {
	req, err := http.NewRequest(http.MethodGet, r.url+path, nil)
	if err != nil {
		return "", err
	}
	return r.do(req)
}

// do reads an answer whole; what is neither a page nor leads to one is an error.
func (r *reader) do(req *http.Request) (string, error) {
	req.Header.Set("Cookie", r.cookie())
	resp, err := r.client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	r.mu.Lock()
	for _, k := range resp.Cookies() {
		r.cookies[k.Name] = k.Value
	}
	r.mu.Unlock()
	switch to := resp.Header.Get("Location"); {
	case err != nil:
	case resp.StatusCode == http.StatusOK:
	case resp.StatusCode < 300 || resp.StatusCode > 399:
		err = errors.New(req.URL.Path + ": " + resp.Status)
	case req.Method == http.MethodGet && to != "":
		return r.get(to)
	}
	return string(b), err
}

// pages are the paths of each kind of page.
type pages map[string][]string

var (
	years   = regexp.MustCompile(`href="[^"]*(/\d{4})"`)
	months  = regexp.MustCompile(`href="[^"]*(/\d{4}/\d{2})"`)
	threads = regexp.MustCompile(`href="[^"]*(/t/\d+)"`)
)

// someMonths is from how many months discussions are taken.
const someMonths = 60

var words = []string{"dyslexia", "EHCP", "annual review", "exam access", "autism exclusion", "statement", "from:patel dyslexia", "reading age", "Lexia OR Nessy"}

// plan collects pages from all years.
func (r *reader) plan() (pages, error) {
	p := pages{"home": {"/"}}
	for _, w := range words {
		p["search"] = append(p["search"], "/search?q="+url.QueryEscape(w))
	}
	home, err := r.get("/")
	if err != nil {
		return nil, err
	}
	order := rand.New(rand.NewPCG(1, 1))
	for _, y := range found(years, home) {
		year, err := r.get(y)
		if err != nil {
			return nil, err
		}
		p["month"] = append(p["month"], found(months, year)...)
	}
	order.Shuffle(len(p["month"]), func(i, j int) { p["month"][i], p["month"][j] = p["month"][j], p["month"][i] })
	for _, m := range p["month"][:min(someMonths, len(p["month"]))] {
		month, err := r.get(m)
		if err != nil {
			return nil, err
		}
		p["discussion"] = append(p["discussion"], found(threads, month)...)
	}
	if len(p["month"]) == 0 || len(p["discussion"]) == 0 {
		return nil, errors.New("the archive has no discussions")
	}
	return p, nil
}

// found are the paths that a page leads to, each once.
func found(what *regexp.Regexp, page string) (all []string) {
	seen := map[string]bool{}
	for _, m := range what.FindAllStringSubmatch(page, -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			all = append(all, m[1])
		}
	}
	return all
}

// turn is what kind of page comes when.
var turn = []string{"discussion", "home", "discussion", "search", "discussion", "discussion", "month", "discussion", "home", "discussion"}

type report struct {
	Rate   float64               `json:"rate"`
	ByKind map[string]percent.Of `json:"by_kind"`
	Failed int                   `json:"failed"`
	First  string                `json:"first,omitempty"` // of the failures
}

// walk asks for n pages, at a rate, and times each from when it was due. Readers take turns.
func walk(readers []*reader, p pages, rate float64, n int) report {
	rep := report{Rate: rate, ByKind: map[string]percent.Of{}}
	times := map[string][]time.Duration{}
	var mu sync.Mutex
	var all sync.WaitGroup
	order := rand.New(rand.NewPCG(2, 2))
	start := time.Now()
	for i := range n {
		due := start.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		kind := turn[i%len(turn)]
		path, r := p[kind][order.IntN(len(p[kind]))], readers[i/len(turn)%len(readers)]
		time.Sleep(time.Until(due))
		all.Go(func() {
			_, err := r.get(path)
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				if rep.Failed++; rep.First == "" {
					rep.First = err.Error()
				}
				return
			}
			times[kind] = append(times[kind], took)
		})
	}
	all.Wait()
	for kind, d := range times {
		rep.ByKind[kind] = percent.Sum(d)
	}
	return rep
}
