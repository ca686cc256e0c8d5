package main

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTargetsAreReadFromTheListOfTheGoCommand(t *testing.T) {
	out := "?   \tsencoforum\t[no test files]\nFuzzA\nFuzzB\nok  \tsencoforum/message\t0.01s\nok  \tsencoforum/list\t0.01s\nFuzzC\nok  \tsencoforum/store\t0.02s\n"
	for _, c := range []struct {
		name, only string
		want       []target
	}{
		{"all of them, each with its package", "", []target{{"sencoforum/message", "FuzzA"}, {"sencoforum/message", "FuzzB"}, {"sencoforum/store", "FuzzC"}}},
		{"one package only", "^sencoforum/store", []target{{"sencoforum/store", "FuzzC"}}},
		{"one target only", `\.FuzzB$`, []target{{"sencoforum/message", "FuzzB"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, parse(out, regexp.MustCompile(c.only)), cmp.AllowUnexported(target{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhatStrangersReachFirstIsFuzzedLonger(t *testing.T) {
	for name, want := range map[string]bool{
		"sencoforum/smtpd.FuzzSession": true, "sencoforum/message.FuzzScan": true, "sencoforum/message.FuzzAddress": true,
		"sencoforum/config.FuzzParse": true, "sencoforum/membership.FuzzReadCSV": true, "sencoforum/cmd/sencoforum.FuzzReceive": true,
		"sencoforum/message.FuzzRTF": false, "sencoforum/search.FuzzParse": false, "sencoforum/token.FuzzParse": false,
	} {
		if front.MatchString(name) != want {
			t.Errorf("%s: want %v", name, want)
		}
	}
}

func TestEachTargetHasItsDay(t *testing.T) {
	all := []target{{"sencoforum/smtpd", "FuzzSession"}, {"sencoforum/web", "FuzzA"}, {"sencoforum/web", "FuzzB"}, {"sencoforum/web", "FuzzC"}, {"sencoforum/web", "FuzzD"}}
	day := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	ran := map[target]int{}
	for i := range 3 {
		for _, x := range ofToday(all, 3, day.AddDate(0, 0, i)) {
			ran[x]++
		}
	}
	for i, x := range all {
		if want := map[bool]int{true: 3, false: 1}[i == 0]; ran[x] != want {
			t.Errorf("%s.%s ran %d times in three days", x.pkg, x.name, ran[x])
		}
	}
	if got := ofToday(all, 1, day); len(got) != len(all) {
		t.Errorf("in one day %d ran", len(got))
	}
}

func TestARunThatOnlyCameToItsEndIsNoFailure(t *testing.T) {
	end := "fuzz: elapsed: 20s, execs: 282232 (0/sec), new interesting: 26 (total: 66)\n--- FAIL: FuzzA (20.22s)\n    context deadline exceeded\nFAIL\n"
	for _, c := range []struct {
		name, out string
		want      bool
	}{
		{"the deadline alone", end, true},
		{"a failing input", "--- FAIL: FuzzA (0.03s)\n    a_test.go:7: lost\n    Failing input written to testdata/fuzz/FuzzA/12\nFAIL\n", false},
		{"a deadline within a test", "--- FAIL: FuzzA (0.03s)\n    a_test.go:7: context deadline exceeded\n    Failing input written to testdata/fuzz/FuzzA/12\n", false},
		{"a crash at the end", end + "panic: no\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := onlyTimeUp([]byte(c.out)); got != c.want {
				t.Error(got)
			}
		})
	}
}
