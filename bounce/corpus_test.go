package bounce

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/corpora"
	"sencoforum/message"
)

var half = flag.String("half", "all", "which half of the bounces TestCorpus reads: developed, held or all")

// sample is a real bounce and what other readers say about it.
type sample struct {
	file, kind string
	recipients []string // sorted, in lower case
	detail     string
	table      bool // the expectation is the peer's own, not only what its program prints
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
				s.kind, s.detail, s.table = cells[1], cells[3], strings.HasPrefix(cells[len(cells)-1], "table")
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

// summary is a Report in the words of the tables. Where the peer names the address that a mail was passed on to, so
// does the summary.
func summary(r Report, peer []string) (kind string, recipients []string) {
	permanent, temporary := 0, 0
	for _, rcpt := range r.Recipients {
		switch {
		case rcpt.Address.IsZero():
			continue
		case slices.Contains(peer, rcpt.Final.Key()) && slices.Contains(peer, rcpt.Address.Key()):
			recipients = append(recipients, rcpt.Address.Key(), rcpt.Final.Key())
		case slices.Contains(peer, rcpt.Final.Key()):
			recipients = append(recipients, rcpt.Final.Key())
		default:
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

// ours returns why a peer is not followed, where a rule of ours says so, or "".
func ours(s sample, r Report) string {
	switch {
	case isReceipt(s.message):
		return "a receipt (RFC 8098) is no bounce"
	case r.Kind == None && originOf(s.message) == person:
		return "no mail host wrote it"
	case r.Kind == Delayed && s.kind == "permanent":
		return "a warning: the mail is still being tried"
	case s.kind == "permanent" && slices.ContainsFunc(r.Recipients, func(rcpt Recipient) bool {
		return strings.HasPrefix(rcpt.Status,
			"4.")
	}):
		return "the status 4.x.x is temporary, also where the host gave up"
	case s.kind == "feedback" && len(s.recipients) == 1 && strings.HasSuffix(s.recipients[0], ".invalid"):
		return "it names nobody, and the peer puts a name of its own"
	}
	return ""
}

// figures count the samples of one half.
type figures struct{ right, byRule, all int }

func (f figures) String() string {
	return fmt.Sprintf("%d of %d as the peer, %d more by a rule of ours", f.right, f.all, f.byRule)
}

// TestCorpus compares Read with what other readers of bounces say: who was not reached, and whether for good.
func TestCorpus(t *testing.T) {
	var developed, held, output figures
	for _, s := range samples(t) {
		if *half == "developed" && s.held || *half == "held" && !s.held {
			continue
		}
		r := Read(s.message)
		Keep(s.message)
		kind, recipients := summary(r, s.recipients)
		if (s.kind == "autoreply" || s.kind == "delivered" || s.kind == "feedback") && (r.Kind == Failure || r.Kind == Delayed) {
			t.Errorf("%s: %s is read as a %s", s.file, s.kind, r.Kind)
		}
		f := &developed
		switch {
		case s.kind == "unknown":
			continue
		case !s.table:
			f = &output
		case s.held:
			f = &held
		}
		f.all++
		if kind == s.kind && (slices.Equal(recipients, s.recipients) || s.kind == "autoreply") {
			f.right++
			continue
		}
		why := ours(s, r)
		if why != "" {
			f.byRule++
		}
		t.Logf("%s: peer %s %v (%s), ours %s %v %v %s", s.file, s.kind, s.recipients, s.detail, kind, recipients, classesOf(r), why)
	}
	t.Logf("half that was developed on: %s", developed)
	t.Logf("half that was held back:    %s", held)
	t.Logf("what the peer only prints:  %s", output)
	if all := developed.all + held.all; (developed.right+developed.byRule+held.right+held.byRule)*100 < all*97 {
		t.Errorf("less than 97 of 100 right")
	}
}

func classesOf(r Report) (all []string) {
	for _, rcpt := range r.Recipients {
		all = append(all, rcpt.Class.String()+" "+rcpt.Status)
	}
	return all
}

// TestCorpusLineEnds: a sample says the same with the line ends of the wire as with those of a file.
func TestCorpusLineEnds(t *testing.T) {
	for _, s := range samples(t) {
		raw := bytes.ReplaceAll(s.message.Raw(), []byte("\r\n"), []byte("\n"))
		file := Read(message.Parse(raw))
		wire := Read(message.Parse(bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))))
		if diff := cmp.Diff(file, wire); diff != "" {
			t.Errorf("%s (-file +wire):\n%s", s.file, diff)
		}
	}
}
