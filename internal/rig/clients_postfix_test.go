package rig

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// A relay is a Postfix of its own, apart from the one of the machine, that
// gives all mail to the demo: a school's mail server.
type relay struct {
	dir  string
	port string
}

const relayMain = `compatibility_level = 3.6
queue_directory = DIR/queue
data_directory = DIR/data
maillog_file = DIR/log/maillog
maillog_file_prefixes = DIR/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.private.example
mydestination =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:DEMO
disable_dns_lookups = yes
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtp_connection_cache_on_demand = no
smtp_tls_security_level = none
notify_classes =
`

const relayMaster = `127.0.0.1:PORT inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
smtp unix - - n - - smtp
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`

// startRelay runs Postfix until the test ends.
func startRelay(t *testing.T, demoPort string) *relay {
	t.Helper()
	program := need(t, "/usr/sbin/postfix", "postfix")
	owner, err := user.Lookup("postfix")
	if err != nil || os.Getuid() != 0 {
		t.Skip("SKIPPED: NO REAL MTA RELAYED TO US: Postfix can only be started by root")
	}
	r := &relay{dir: shortDir(t), port: unusedPort(t)}
	if err := os.Chmod(r.dir, 0o755); err != nil { // Postfix's own user must get in
		t.Fatal(err)
	}
	for _, sub := range []string{"etc", "queue", "data", "log"} {
		if err := os.Mkdir(filepath.Join(r.dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	uid, _ := strconv.Atoi(owner.Uid) // always a number here
	if err := os.Chown(filepath.Join(r.dir, "data"), uid, -1); err != nil {
		t.Fatal(err)
	}
	etc := filepath.Join(r.dir, "etc")
	fill := strings.NewReplacer("DIR", r.dir, "DEMO", demoPort, "PORT", r.port)
	for name, text := range map[string]string{"main.cf": relayMain, "master.cf": relayMaster} {
		if err := os.WriteFile(filepath.Join(etc, name), []byte(fill.Replace(text)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// The directories of a queue are made by the check at each start.
	if out, err := exec.Command(program, "-c", etc, "check").CombinedOutput(); err != nil {
		t.Fatalf("check Postfix: %v\n%s", err, out)
	}
	r.run(t, etc)
	return r
}

// run starts Postfix's first process, which the others follow when it ends.
func (r *relay) run(t *testing.T, etc string) {
	t.Helper()
	folder, err := exec.Command("postconf", "-c", etc, "-h", "daemon_directory").Output()
	if err != nil {
		t.Fatal(err)
	}
	master := launch(t, exec.Command(filepath.Join(strings.TrimSpace(string(folder)), "master"), "-c", etc, "-s"))
	t.Cleanup(func() {
		_ = master.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		<-master.ended
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(r.dir, "log/maillog"))
			t.Logf("Postfix says:\n%s", log)
		}
	})
	eventually(t, "Postfix takes mail", func() bool {
		if !master.running() {
			t.Fatal("Postfix ended")
		}
		c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", r.port))
		if err != nil {
			return false
		}
		return c.Close() == nil
	})
}

var queuedAs = regexp.MustCompile(`queued as (\w+)`)

// send gives a letter to Postfix and returns what the demo then says to Postfix.
func (r *relay) send(t *testing.T, l letter) string {
	t.Helper()
	out := swaks(t, r.port, l)
	id := queuedAs.FindStringSubmatch(out)
	if id == nil {
		t.Fatalf("Postfix did not take the mail: %s", out)
	}
	status := regexp.MustCompile(fmt.Sprintf(`%s: to=<%s>.* status=\w+ \((?:host .* said: )?(\d.*)\)`, id[1], regexp.QuoteMeta(l.to)))
	var reply []string
	eventually(t, "Postfix is done with "+id[1], func() bool {
		log, err := os.ReadFile(filepath.Join(r.dir, "log/maillog"))
		if err != nil {
			t.Fatal(err)
		}
		reply = status.FindStringSubmatch(string(log))
		return reply != nil
	})
	return reply[1]
}

func unusedPort(t *testing.T) string {
	t.Helper()
	addr, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return port
}
