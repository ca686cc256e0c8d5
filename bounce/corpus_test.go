package bounce

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sencoforum/internal/corpora"
	"sencoforum/message"
)

var half = flag.String("half", "all", "which half of the bounces TestCorpus reads: developed, held or all")

// sample is a real bounce and what other readers say about it.
type sample struct {
	file, kind string
	recipients []string // sorted, in lower case
	detail     string
	held       bool // not looked at while the rules were written
	message    *message.Message
}

// samples reads the bounces; those without an expectation have the kind "unknown". Which half a sample is in depends on
// its bytes alone.
func samples(t testing.TB) []sample {
	dir := corpora.Dir(t, "bounces")
	expected := make(map[string][]string)
	for _, table := range corpora.Files(t, dir, "*.expected.tsv") {
		b, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(table), ".expected.tsv")
		for line := range strings.Lines(string(b)) {
			if cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t"); len(cells) >= 4 {
				expected[name+"/"+cells[0]] = cells
			}
		}
	}
	var all []sample
	for _, pattern := range []string{"*.txt", "*.eml"} {
		for _, path := range corpora.Files(t, dir, pattern) {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			name, _ := filepath.Rel(dir, path)
			s := sample{file: name, kind: "unknown", message: message.Parse(raw)}
			s.held = sha256.Sum256(raw)[0] >= 128
			if cells := expected[filepath.ToSlash(name)]; cells != nil {
				s.kind, s.detail = cells[1], cells[3]
				if cells[2] != "" {
					s.recipients = strings.Split(strings.ToLower(cells[2]), ",")
					slices.Sort(s.recipients)
				}
			}
			all = append(all, s)
		}
	}
	return all
}

// summary is a Report in the words of the tables.
func summary(r Report) (kind string, recipients []string) {
	permanent, temporary := 0, 0
	for _, rcpt := range r.Recipients {
		if !rcpt.Address.IsZero() {
			recipients = append(recipients, rcpt.Address.Key())
		}
		if rcpt.Permanent {
			permanent++
		} else {
			temporary++
		}
	}
	slices.Sort(recipients)
	switch {
	case r.Kind == Complaint || r.Kind == Feedback:
		return "feedback", recipients
	case r.Kind != Failure && r.Kind != Delayed:
		return r.Kind.String(), nil
	case len(recipients) == 0:
		return "none", nil
	case permanent > 0 && temporary > 0:
		return "mixed", recipients
	case temporary > 0:
		return "temporary", recipients
	}
	return "permanent", recipients
}

// TestCorpus compares Read with what other readers of bounces say: who was not reached, and whether for good.
func TestCorpus(t *testing.T) {
	type tally struct{ right, all int }
	var figures [2]tally
	classes := make(map[Class]int)
	var misses []string
	for _, s := range samples(t) {
		if *half == "developed" && s.held || *half == "held" && !s.held {
			continue
		}
		r := Read(s.message)
		kind, recipients := summary(r)
		for _, rcpt := range r.Recipients {
			if r.Kind == Failure || r.Kind == Delayed {
				classes[rcpt.Class]++
			}
		}
		if s.kind == "unknown" {
			continue
		}
		if (s.kind == "autoreply" || s.kind == "delivered" || s.kind == "feedback") && (r.Kind == Failure || r.Kind == Delayed) {
			t.Errorf("%s: %s is read as a %s", s.file, s.kind, r.Kind)
		}
		n := 0
		if s.held {
			n = 1
		}
		figures[n].all++
		if kind == s.kind && (slices.Equal(recipients, s.recipients) || s.kind == "autoreply") {
			figures[n].right++
			continue
		}
		misses = append(misses, fmt.Sprintf("%-34s peer: %s %v (%s)\n%36sours: %s %v %v", s.file, s.kind, s.recipients, s.detail, "", kind, recipients, classesOf(r)))
	}
	t.Logf("developed on: %d of %d, held back: %d of %d", figures[0].right, figures[0].all, figures[1].right, figures[1].all)
	t.Logf("classes: %v", classes)
	for _, miss := range misses {
		t.Log("miss: " + miss)
	}
	if right, all := figures[0].right+figures[1].right, figures[0].all+figures[1].all; right*100 < all*97 {
		t.Errorf("%d of %d right, want 97 %%", right, all)
	}
}

func classesOf(r Report) (all []string) {
	for _, rcpt := range r.Recipients {
		all = append(all, rcpt.Class.String()+" "+rcpt.Status)
	}
	return all
}
