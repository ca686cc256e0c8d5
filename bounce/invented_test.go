package bounce

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sencoforum/message"
)

// invented is a bounce that was written from memory in the manner of a server, with what it means by our rules. It was
// written down before Read had seen it.
type invented struct {
	name, want string
	message    *message.Message
}

// inventions reads testdata/invented: mails one after another, each under a line "#### name: expectation".
func inventions(t testing.TB) (all []invented) {
	t.Helper()
	files, err := filepath.Glob("testdata/invented/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no invented bounces: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split("\n"+string(text), "\n#### ")[1:] {
			title, mail, _ := strings.Cut(part, "\n")
			name, want, _ := strings.Cut(title, ": ")
			all = append(all, invented{name, want, message.Parse([]byte(mail + "\n"))})
		}
	}
	return all
}

// meaning is a report in the words of the expectations: "failure ADDRESS CLASS permanent; ...", "delayed ADDRESS" or a
// kind alone. The last word of a recipient is left out where the expectation leaves it out.
func meaning(r Report, want string) string {
	if r.Kind != Failure && r.Kind != Delayed {
		return r.Kind.String()
	}
	var people []string
	for _, rcpt := range r.Recipients {
		words := []string{rcpt.Address.String()}
		if r.Kind == Failure {
			words = append(words, rcpt.Class.String())
			if strings.Contains(want, "permanent") || strings.Contains(want, "temporary") {
				words = append(words, map[bool]string{true: "permanent", false: "temporary"}[rcpt.Permanent])
			}
		}
		people = append(people, strings.Join(words, " "))
	}
	slices.Sort(people)
	return fmt.Sprintf("%s %s", r.Kind, strings.Join(people, "; "))
}

// TestInvented measures Read on bounces that no rule was made from.
func TestInvented(t *testing.T) {
	all, right := inventions(t), 0
	for _, s := range all {
		got := meaning(Read(s.message), s.want)
		if got == s.want {
			right++
			continue
		}
		t.Logf("%s: %s, want %s", s.name, got, s.want)
		if strings.HasPrefix(got, "failure") && !strings.HasPrefix(s.want, "failure") {
			t.Errorf("%s: read as a failure", s.name)
		}
	}
	t.Logf("%d of %d right", right, len(all))
	if right*100 < len(all)*97 {
		t.Errorf("less than 97 of 100 right")
	}
}
