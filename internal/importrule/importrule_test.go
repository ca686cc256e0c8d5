package importrule

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheHouseIsBuiltToPlan(t *testing.T) {
	packages := list(t)
	if len(packages) < 5 {
		t.Fatalf("go list names only %d packages", len(packages))
	}
	for _, wrong := range Check(packages) {
		t.Error(wrong)
	}
}

// list returns the packages of the module.
func list(t *testing.T) []Package {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = "../.."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.String())
	}
	var packages []Package
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p Package
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		p    Package
		want []string
	}{
		{"the command uses every room", Package{ImportPath: "sencoforum/cmd/sencoforum", Imports: []string{
			"fmt", "net/http", "sencoforum/config", "sencoforum/smtpd", "sencoforum/store", "sencoforum/internal/sample", "github.com/spf13/cobra",
		}}, nil},
		{"config is for the command only", Package{ImportPath: "sencoforum/watch", Imports: []string{"sencoforum/config"}},
			[]string{"sencoforum/watch imports sencoforum/config: watch may not use config"}},
		{"a book uses no follower", Package{ImportPath: "sencoforum/archive", Imports: []string{"sencoforum/fanout"}},
			[]string{"sencoforum/archive imports sencoforum/fanout: archive may not use fanout"}},
		{"a room of the third row uses no other", Package{ImportPath: "sencoforum/moderate", Imports: []string{"sencoforum/bounce"}},
			[]string{"sencoforum/moderate imports sencoforum/bounce: moderate may not use bounce"}},
		{"the desk uses what stands below it", Package{ImportPath: "sencoforum/incoming", Imports: []string{
			"sencoforum/command", "sencoforum/moderate", "sencoforum/token",
		}}, nil},
		{"command does not use incoming", Package{ImportPath: "sencoforum/command", Imports: []string{"sencoforum/incoming"}},
			[]string{"sencoforum/command imports sencoforum/incoming: command may not use incoming"}},
		{"the door sees no desk", Package{ImportPath: "sencoforum/smtpd", Imports: []string{"sencoforum/incoming", "sencoforum/list"}},
			[]string{"sencoforum/smtpd imports sencoforum/incoming: smtpd may not use incoming"}},
		{"a leaf uses no leaf", Package{ImportPath: "sencoforum/token", Imports: []string{"sencoforum/store"}},
			[]string{"sencoforum/token imports sencoforum/store: token may not use store"}},
		{"nothing shipped uses a tool", Package{ImportPath: "sencoforum/message", Imports: []string{"sencoforum/internal/corpora"}},
			[]string{"sencoforum/message imports sencoforum/internal/corpora: message may not use internal"}},
		{"every room may place a failpoint", Package{ImportPath: "sencoforum/store", Imports: []string{"sencoforum/internal/failpoint"}}, nil},
		{"a failpoint uses no room", Package{ImportPath: "sencoforum/internal/failpoint", Imports: []string{"sencoforum/store"}},
			[]string{"sencoforum/internal/failpoint imports sencoforum/store: internal/failpoint may not use store"}},
		{"what lies beside the failpoints is no failpoint", Package{ImportPath: "sencoforum/store", Imports: []string{"sencoforum/internal/failpoints"}},
			[]string{"sencoforum/store imports sencoforum/internal/failpoints: store may not use internal"}},
		{"a tool uses everything", Package{ImportPath: "sencoforum/internal/story", Imports: []string{
			"sencoforum/incoming", "sencoforum/config", "github.com/google/go-cmp/cmp",
		}}, nil},
		{"a folder within a room", Package{ImportPath: "sencoforum/store/storetest", Imports: []string{
			"sencoforum/store", "pgregory.net/rapid",
		}}, nil},
		{"a room without a line", Package{ImportPath: "sencoforum/util", Imports: []string{"fmt"}},
			[]string{`sencoforum/util: the room "util" has no line in the table of internal/importrule`}},
		{"another's library", Package{ImportPath: "sencoforum/queue", Imports: []string{"go.etcd.io/bbolt/errors"}},
			[]string{"sencoforum/queue imports go.etcd.io/bbolt/errors, which belongs to store"}},
		{"a library of several owners", Package{ImportPath: "sencoforum/courier", Imports: []string{
			"github.com/emersion/go-smtp", "github.com/prometheus/client_golang/prometheus",
		}}, nil},
		{"a part of a module that nobody owns", Package{ImportPath: "sencoforum/message", Imports: []string{"golang.org/x/net/http2"}},
			[]string{"sencoforum/message imports golang.org/x/net/http2, which has no owner in internal/importrule"}},
		{"a longer name is another library", Package{ImportPath: "sencoforum/store", Imports: []string{"go.etcd.io/bboltier"}},
			[]string{"sencoforum/store imports go.etcd.io/bboltier, which has no owner in internal/importrule"}},
		{"a test library in what is shipped", Package{ImportPath: "sencoforum/list", Imports: []string{"go.uber.org/goleak"}},
			[]string{"sencoforum/list imports go.uber.org/goleak, which is for tests only"}},
		{"tests may import upwards", Package{ImportPath: "sencoforum/list", TestImports: []string{"sencoforum/incoming", "go.uber.org/goleak"}}, nil},
		{"tests use no unknown library", Package{ImportPath: "sencoforum/list", XTestImports: []string{"github.com/stretchr/testify"}},
			[]string{"sencoforum/list imports github.com/stretchr/testify, which has no owner in internal/importrule"}},
	} {
		if diff := cmp.Diff(c.want, Check([]Package{c.p})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestTheTableOnlyPointsDown(t *testing.T) {
	rows := map[string]int{"internal": apart}
	for _, r := range table {
		if _, twice := rows[r.name]; twice {
			t.Errorf("%s stands twice in the table", r.name)
		}
		rows[r.name] = r.row
	}
	// These stand in the plan beside what they use, in the same row.
	sideways := []string{"incoming command", "notice list", "notice archive", "notice hold", "archive intake",
		"archive list", "draft list", "hold intake", "hold list", "document message"}
	for _, r := range table {
		if r.row >= 0 && r.down >= r.row {
			t.Errorf("%s may use its own row", r.name)
		}
		for _, name := range r.also {
			row, known := rows[name]
			if !known || row >= r.row && !slices.Contains(sideways, r.name+" "+name) {
				t.Errorf("%s may use %s, which is not below it", r.name, name)
			}
		}
	}
	for _, lib := range libraries {
		for _, owner := range lib.owners {
			if _, known := rows[owner]; !known && owner != "*" {
				t.Errorf("%s belongs to %s, which is no room", lib.prefix, owner)
			}
		}
	}
}
