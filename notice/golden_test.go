package notice

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the wanted mails")

// golden compares a whole mail with testdata/NAME.txt, as a person reads it, and returns it, as it is and with LF line ends. A
// mail with a page beside its text is compared as the mail of its text alone; the page has to say the same.
func golden(t *testing.T, name string, compose func() (Mail, error)) (m Mail, got string) {
	t.Helper()
	m, err := compose()
	if err != nil {
		t.Fatal(err)
	}
	got = strings.ReplaceAll(string(m.Header)+string(m.Body), "\r\n", "\n")
	if text, htm, both := bothParts(got); both {
		got = text
		checkPage(t, name, text, htm)
	}
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("mail (-want +got):\n%s", diff)
	}
	return m, got
}
