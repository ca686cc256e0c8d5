package rig

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A demo is "sencoforum demo", running, as a newcomer starts it.
type demo struct {
	*process
	binary, dir string
	port        string // where it takes mail
	members     map[string]string
	keys        map[string]string // name of a DNS record -> what "dkim list" says to publish there
	moderators  []string

	mu     sync.Mutex
	wanted map[string][]string // mark of a mail -> who must have one copy of it; guarded by mu
}

var takesMail = regexp.MustCompile(`Mail is taken on +127\.0\.0\.1:(\d+)`)

func startDemo(t *testing.T, binary string) *demo {
	t.Helper()
	d := &demo{binary: binary, dir: shortDir(t), members: map[string]string{}, wanted: map[string][]string{}}
	d.process = launch(t, exec.Command(binary, "demo", "--dir", d.dir, "--smtp", "127.0.0.1:0", "--web", "127.0.0.1:0", "--send-delay", "0s", "--members", "25", "--posts", "30", "--scene=false"))
	d.says(t, "Ctrl-C stops the demo.")
	d.port = takesMail.FindStringSubmatch(d.said.String())[1]
	var all []struct{ Address, Name, Role string }
	if err := json.Unmarshal(d.command(t, "member", "list", "--json"), &all); err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		d.members[m.Address] = m.Name
		if m.Role == "moderator" || m.Role == "owner" {
			d.moderators = append(d.moderators, m.Address)
		}
	}
	d.keys = d.published(t)
	if len(d.members) != 28 || len(d.moderators) != 3 {
		t.Fatalf("%d members and %d moderators, want 28 and 3", len(d.members), len(d.moderators))
	}
	return d
}

// published are the DNS records by which the demo's signatures are checked.
func (d *demo) published(t *testing.T) map[string]string {
	t.Helper()
	var keys []struct {
		Names  []string
		Record string
	}
	if err := json.Unmarshal(d.command(t, "dkim", "list", "--json"), &keys); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, k := range keys {
		for _, n := range k.Names {
			all[n] = k.Record
		}
	}
	return all
}

// command runs one of the operator's commands on the demo.
func (d *demo) command(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(d.binary, append([]string{"--data", d.dir}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", args, err, out)
	}
	return out
}

// want notes who must have exactly one copy of the mail with a mark.
func (d *demo) want(mark string, to []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted[mark] = to
}

// everyone is the address of each member.
func (d *demo) everyone() []string { return slices.Sorted(maps.Keys(d.members)) }

// copies waits until each address has a copy with the mark and returns it.
func (d *demo) copies(t *testing.T, mark string, to []string) map[string]string {
	t.Helper()
	found := map[string]string{}
	eventually(t, "everybody has a copy of "+mark, func() bool {
		for _, address := range to {
			for _, text := range d.box(t, address) {
				if strings.Contains(text, mark) {
					found[address] = text
				}
			}
		}
		return len(found) == len(to)
	})
	return found
}

// box reads the mail that came for an address.
func (d *demo) box(t *testing.T, address string) (mails []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(d.dir, "outbox", address, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, string(text))
	}
	return mails
}

// settled waits until nothing is on its way any more.
func (d *demo) settled(t *testing.T) {
	t.Helper()
	eventually(t, "all mail is out", func() bool {
		var a struct {
			Audit
			Queue struct{ Waiting, Aside int }
		}
		if err := json.Unmarshal(d.command(t, "audit", "--json"), &a); err != nil {
			t.Fatal(err)
		}
		if len(a.Faults) > 0 || a.Queue.Aside > 0 {
			t.Fatalf("the audit says: %+v", a)
		}
		return a.Queue.Waiting == 0 && a.Live["waiting"]+a.Live["expanding"]+a.Live["expanded"] == 0
	})
}

// account compares every file of every box with what is wanted: one copy for
// each who should have one, and nothing else.
func (d *demo) account(t *testing.T) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	boxes, err := os.ReadDir(filepath.Join(d.dir, "outbox"))
	if err != nil {
		t.Fatal(err)
	}
	count, all := map[string]map[string]int{}, 0
	for _, b := range boxes {
		for _, text := range d.box(t, b.Name()) {
			mark := d.markOf(text)
			if !slices.Contains(d.wanted[mark], b.Name()) {
				t.Errorf("nobody wanted this in the box of %s:\n%s", b.Name(), text)
				continue
			}
			if count[mark] == nil {
				count[mark] = map[string]int{}
			}
			count[mark][b.Name()]++
			all++
		}
	}
	for mark, to := range d.wanted {
		wrong := slices.DeleteFunc(slices.Clone(to), func(a string) bool { return count[mark][a] == 1 })
		if len(wrong) > 0 {
			t.Errorf("%s: %d of %d people have not one copy; %s has %d", strings.TrimSpace(mark), len(wrong), len(to), wrong[0], count[mark][wrong[0]])
		}
	}
	t.Logf("%d mails, %d copies", len(d.wanted), all)
}

// markOf returns the mark that a mail bears, or "" for one that nobody expects.
// The caller holds mu.
func (d *demo) markOf(text string) string {
	for mark := range d.wanted {
		if strings.Contains(text, mark) {
			return mark
		}
	}
	return ""
}

// stop ends the demo as Ctrl-C does.
func (d *demo) stop(t *testing.T) {
	t.Helper()
	begun := time.Now()
	d.signal(t, syscall.SIGINT)
	d.exits(t, 0)
	if took := time.Since(begun); took > drain {
		t.Errorf("it took %v to stop", took)
	}
}
