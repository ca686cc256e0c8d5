package main

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

var opensAt = regexp.MustCompile(`Open +(http\S+)/demo`)

// A demonstration begins with messages that wait for moderators, for different reasons, with a report, and with a lively week.
func TestADemonstrationBeginsWithSomethingToDo(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
	read, write := io.Pipe()
	ended := make(chan error, 1)
	o := demoOptions{smtp: "127.0.0.1:0", web: "127.0.0.1:0", members: 25, posts: 30, scene: true}
	go func() { ended <- demo(ctx, o, write); write.Close() }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	said := ""
	for b := make([]byte, 4096); !strings.Contains(said, "Ctrl-C stops the demo"); {
		n, err := read.Read(b)
		if said += string(b[:n]); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
	}
	go io.Copy(io.Discard, read)
	page := visitor(ctx, t, opensAt.FindStringSubmatch(said)[1])
	names := regexp.MustCompile(`value="([^"]+)"`).FindAllStringSubmatch(page("GET", "/demo", nil), -1)
	has := func(path string, all ...string) {
		t.Helper()
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for html := page("GET", path, nil); ; html = page("GET", path, nil) {
			missing := ""
			for _, want := range all {
				if !strings.Contains(strings.ToLower(html), strings.ToLower(want)) {
					missing = want
				}
			}
			if missing == "" {
				return
			}
			select {
			case <-ctx.Done():
				t.Fatalf("%s has no %q:\n%s", path, missing, html)
			case <-tick.C:
			}
		}
	}
	// the first one wrote some of the week
	page("POST", "/demo", url.Values{"person": {names[0][1]}})
	has("/demo/mail", "Thank you. Your message goes to 29 members")
	// the last one owns the list
	page("POST", "/demo", url.Values{"person": {names[len(names)-1][1]}})
	has("/mod", "3 messages to moderate", "not a member", "First", "May name a child")
	has("/demo/mail", "Reported - ")
	has("/", "Quiet corner in a busy classroom", "Training for lunchtime staff")
}

// visitor opens the pages of a demonstration, with one browser's cookies.
func visitor(ctx context.Context, t *testing.T, base string) func(method, path string, form url.Values) string {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: 5 * time.Minute}
	return func(method, path string, form url.Values) string {
		r, err := http.NewRequestWithContext(ctx, method, base+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}
