package message

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/corpora"
)

// headerCase is one field with the value that another reader found in it.
type headerCase[T any] struct {
	Header   string
	Expected T
}

func headerCases[T any](t *testing.T, name string) []headerCase[T] {
	t.Helper()
	file := filepath.Join(corpora.Dir(t, "mime/stalwart/headers"), name)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []headerCase[T]
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return cases
}

// firstValue reads text as the value of a field, up to where the next field begins.
func firstValue(text string) string {
	h, _ := ReadHeader([]byte("Field: " + text + "\n"))
	return h.Get("Field")
}

// share logs a count and fails below want of 100.
func share(t *testing.T, what string, found, all, want int) {
	t.Helper()
	t.Logf("%s: %d of %d", what, found, all)
	if found*100 < want*all {
		t.Errorf("%s: %d of %d is less than %d %%", what, found, all, want)
	}
}

// TestCorpusUnstructured: the other reader puts a space between plain text and an
// encoded word that touches it; we add nothing.
func TestCorpusUnstructured(t *testing.T) {
	cases := headerCases[string](t, "unstructured.json")
	found := 0
	for _, c := range cases {
		if got := oneSpace(cleanLine(decodeWords(firstValue(c.Header)))); got == oneSpace(c.Expected) {
			found++
		} else {
			t.Logf("%q: got %q, want %q", c.Header, got, c.Expected)
		}
	}
	share(t, "unstructured", found, len(cases), 86)
}

// TestCorpusAddress: names that the reader of the collection builds from several
// comments, and the unreadable "addresses" of List fields, are left out.
func TestCorpusAddress(t *testing.T) {
	type mailbox struct{ Name, Address string }
	type expected struct {
		List  []mailbox
		Group []struct{ Addresses []mailbox }
	}
	all, found := 0, 0
	for _, c := range headerCases[expected](t, "address.json") {
		want := c.Expected.List
		for _, g := range c.Expected.Group {
			want = append(want, g.Addresses...)
		}
		got := make(map[string]bool)
		for _, mb := range readMailboxes(firstValue(c.Header)) {
			got[mb.Address.Key()] = true
			got[mb.Name+" "+mb.Address.Key()] = true
		}
		for _, w := range want {
			a := readSpec(w.Address)
			if a.IsZero() || strings.Contains(c.Header, "mailto:") {
				continue
			}
			all += 2
			if got[a.Key()] {
				found++
			}
			if name := strings.TrimSpace(w.Name); name == "" || got[name+" "+a.Key()] {
				found++
			} else {
				t.Logf("%q: want %q %q, got %v", c.Header, name, w.Address, got)
			}
		}
	}
	share(t, "names and addresses", found, all, 90)
}

func TestCorpusDate(t *testing.T) {
	type expected struct {
		Year, Month, Day, Hour, Minute, Second int
		Before                                 bool `json:"tz_before_gmt"`
		TZHour                                 int  `json:"tz_hour"`
		TZMinute                               int  `json:"tz_minute"`
	}
	cases := headerCases[*expected](t, "date.json")
	found := 0
	for _, c := range cases {
		got, ok := readDate(firstValue(c.Header))
		if c.Expected == nil {
			if !ok {
				found++
			}
			continue
		}
		e := *c.Expected
		zone := (e.TZHour*60 + e.TZMinute) * 60
		if e.Before {
			zone = -zone
		}
		want := time.Date(e.Year, time.Month(e.Month), e.Day, e.Hour, e.Minute, e.Second, 0, time.FixedZone("", zone))
		if ok && got.Equal(want) {
			found++
		} else {
			t.Logf("%q: got %v %v, want %v", c.Header, got, ok, want)
		}
	}
	share(t, "dates", found, len(cases), 95) // "4 8 15 16 23 42" is no date to us
}

func TestCorpusID(t *testing.T) {
	cases := headerCases[[]string](t, "id.json")
	found := 0
	for _, c := range cases {
		var want []string
		for _, id := range c.Expected {
			want = append(want, "<"+strings.Join(strings.Fields(id), "")+">")
		}
		if got := readIDs(firstValue(c.Header)); fmt.Sprint(got) == fmt.Sprint(want) {
			found++
		} else {
			t.Logf("%q: got %q, want %q", c.Header, got, want)
		}
	}
	share(t, "message ids", found, len(cases), 100)
}

// TestCorpusContentType compares types that have both halves, and parameters.
// Spaces between encoded words go in quotes too, where the other reader keeps them.
func TestCorpusContentType(t *testing.T) {
	type expected struct {
		Type    string      `json:"c_type"`
		Subtype string      `json:"c_subtype"`
		Params  [][2]string `json:"attributes"`
	}
	all, found := 0, 0
	for _, c := range headerCases[*expected](t, "content_type.json") {
		if c.Expected == nil {
			continue
		}
		kind, params := parseParams(firstValue(c.Header))
		if c.Expected.Subtype != "" {
			all++
			if kind == strings.ToLower(c.Expected.Type+"/"+c.Expected.Subtype) {
				found++
			} else {
				t.Logf("%q: got %q", c.Header, kind)
			}
		}
		for _, p := range c.Expected.Params {
			if strings.HasSuffix(p[0], "-language") || strings.TrimSpace(p[1]) == "" {
				continue // we do not keep the language
			}
			all++
			if oneSpace(params[p[0]]) == oneSpace(p[1]) {
				found++
			} else {
				t.Logf("%q: parameter %s is %q, want %q", c.Header, p[0], params[p[0]], p[1])
			}
		}
	}
	share(t, "types and parameters", found, all, 98)
}
