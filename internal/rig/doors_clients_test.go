package rig

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// swaksLMTP sends a letter by LMTP with swaks and returns the reply. where is
// --socket and a path, or --server and an address with a port.
func swaksLMTP(t *testing.T, l letter, where ...string) string {
	t.Helper()
	args := append([]string{"--protocol", "LMTP", "--helo", "mta.private.example", "--from", l.from, "--to", l.to,
		"--data", "@" + write(t, "letter", l.bytes())}, where...)
	out, err := local(need(t, "swaks", "swaks"), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("swaks: %v\n%s", err, out)
	}
	last := ""
	for _, r := range replies.FindAllStringSubmatch(string(out), -1) {
		if !strings.HasPrefix(r[2], "221 ") {
			last = r[2]
		}
	}
	return last
}

// postfix runs a Postfix that hands all mail over by LMTP on the Unix socket.
func (d *doorRig) postfix(t *testing.T) *relay {
	t.Helper()
	r := startRelay(t, "25")
	etc := filepath.Join(r.dir, "etc")
	rewrite := func(name, from, to string) {
		text, err := os.ReadFile(filepath.Join(etc, name))
		if err != nil || !strings.Contains(string(text), from) {
			t.Fatalf("%s without %s: %v", name, from, err)
		}
		if err := os.WriteFile(filepath.Join(etc, name), []byte(strings.Replace(string(text), from, to, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// A line that says again what another one says is a warning, and as many of
	// them as Postfix has processes block its log.
	rewrite("main.cf", "relayhost = [127.0.0.1]:25\n", "default_transport = lmtp:unix:"+d.socket+"\nlmtp_destination_recipient_limit = 1\n")
	rewrite("master.cf", "smtp unix - - n - - smtp\n", "lmtp unix - - n - - lmtp\n")
	if out, err := exec.Command("postfix", "-c", etc, "reload").CombinedOutput(); err != nil {
		t.Fatalf("reload Postfix: %v\n%s", err, out)
	}
	return r
}
