package courier

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/queue"
)

// TestPostfix sends to Debian's Postfix: 200 mails over 2 connections, each tenth to nobody, with and without PIPELINING and
// TLS. Postfix accepts them into its queue and discards them; its log must tell the same story as our results.
func TestPostfix(t *testing.T) {
	pf := startPostfix(t)
	z := &zone{addrs: map[string][]netip.Addr{"mx.example.": addresses("127.0.0.1"), "mx.example": addresses("127.0.0.1")}}
	local := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for _, tc := range []struct {
		name string
		port int
		cfg  Config
	}{
		{"MX with required encryption", pf.pipelined, Config{}},
		{"MX without pipelining", pf.lockstep, Config{}},
		{"smarthost whose certificate is checked", pf.pipelined, Config{RootCAs: pf.trusted, Smarthost: &Smarthost{Host: "mx.example"}}},
		{"smarthost on this machine without TLS", pf.pipelined, Config{Smarthost: &Smarthost{Host: "127.0.0.1", TLS: "none"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := len(pf.sent(t))
			connects := strings.Count(pf.log(t), ": connect from ")
			tc.cfg.Hostname, tc.cfg.Resolver, tc.cfg.AllowPrivate = "forum.example", z, local
			tc.cfg.Dial = to(net.JoinHostPort("127.0.0.1", strconv.Itoa(tc.port)))
			src := newRows(mails(t, 200)...)
			if err := deliverAll(t, New(discard(), tc.cfg), "mx.example", src, 2); err != nil {
				t.Fatal(err)
			}
			ids := map[string]bool{}
			for row, r := range src.results {
				id, ok := strings.CutPrefix(r.Text, "Ok: queued as ")
				dead := row%10 == 0
				if dead != (r.Outcome == queue.Failed && r.Code == 550 && r.Enhanced == "5.1.1") || dead == ok {
					t.Errorf("row %d: %v %s", row, r.Outcome, r.Line())
				}
				if ok {
					ids[id] = true
				}
			}
			if len(ids) != 180 {
				t.Errorf("%d queue ids, want 180", len(ids))
			}
			pf.wait(t, before+180)
			if diff := cmp.Diff(ids, pf.sent(t)[before:].set()); diff != "" {
				t.Errorf("queue ids that Postfix handled (-ours +log):\n%s", diff)
			}
			if n := strings.Count(pf.log(t), ": connect from ") - connects; n != 2 {
				t.Errorf("%d connections, want 2", n)
			}
		})
	}
	if log := pf.log(t); strings.Contains(log, "improper command pipelining") || strings.Contains(log, "warning:") {
		t.Errorf("Postfix complains:\n%s", log)
	}
}

// postfix is a private Postfix, apart from the one of the machine.
type postfix struct {
	dir                 string
	pipelined, lockstep int // ports
	trusted             *x509.CertPool
}

type queueIDs []string

func (q queueIDs) set() map[string]bool {
	set := map[string]bool{}
	for _, id := range q {
		set[id] = true
	}
	return set
}

func (p *postfix) log(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "log/maillog"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var sentLine = regexp.MustCompile(`postfix/discard\[\d+\]: (\w+): to=<member\d+@school\.example>.* status=sent`)

// sent returns the queue ids of the mails that went through, in their order.
func (p *postfix) sent(t *testing.T) queueIDs {
	var ids queueIDs
	for _, m := range sentLine.FindAllStringSubmatch(p.log(t), -1) {
		ids = append(ids, m[1])
	}
	return ids
}

// wait gives Postfix a minute to work off its queue.
func (p *postfix) wait(t *testing.T, n int) {
	t.Helper()
	for range 1200 {
		if len(p.sent(t)) >= n {
			return
		}
		time.Sleep(50 * time.Millisecond) // another process's clock cannot be simulated
	}
	t.Fatalf("Postfix handled %d mails, want %d", len(p.sent(t)), n)
}

const postfixMain = `compatibility_level = 3.6
queue_directory = DIR/queue
data_directory = DIR/data
maillog_file = DIR/log/maillog
maillog_file_prefixes = DIR/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example
mydestination =
alias_maps =
alias_database =
relay_domains = school.example
relay_recipient_maps = regexp:{{/^member/ OK}}
relay_transport = discard:
smtpd_recipient_restrictions = permit
smtpd_tls_security_level = may
smtpd_tls_chain_files = DIR/etc/chain.pem
smtpd_tls_session_cache_database =
smtpd_forbid_unauth_pipelining = yes
`

const postfixMaster = `127.0.0.1:PIPELINED inet n - n - - smtpd
127.0.0.1:LOCKSTEP inet n - n - - smtpd
  -o smtpd_discard_ehlo_keywords=pipelining
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`

// startPostfix starts a Postfix with its own directories until the test ends.
func startPostfix(t *testing.T) *postfix {
	program := "/usr/sbin/postfix"
	owner, err := user.Lookup("postfix")
	if _, missing := os.Stat(program); missing != nil || err != nil || os.Getuid() != 0 {
		t.Skip("SKIPPED: NOT TESTED AGAINST POSTFIX: it is not installed, or this is not root")
	}
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // Postfix's own user must get in
		t.Fatal(err)
	}
	for _, sub := range []string{"etc", "queue", "data", "log"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	uid, _ := strconv.Atoi(owner.Uid)
	if err := os.Chown(filepath.Join(dir, "data"), uid, -1); err != nil {
		t.Fatal(err)
	}
	cert, trusted := certificate(t, "mx.example")
	free := freePorts(t, 2)
	p := &postfix{dir: dir, pipelined: free[0], lockstep: free[1], trusted: trusted}
	ports := strings.NewReplacer("PIPELINED", fmt.Sprint(p.pipelined), "LOCKSTEP", fmt.Sprint(p.lockstep))
	p.write(t, "main.cf", strings.ReplaceAll(postfixMain, "DIR", dir))
	p.write(t, "master.cf", ports.Replace(postfixMaster))
	p.write(t, "chain.pem", chain(t, cert))
	etc := filepath.Join(dir, "etc")
	if out, err := exec.Command(program, "-c", etc, "start").CombinedOutput(); err != nil {
		t.Fatalf("start Postfix: %v\n%s%s", err, out, p.log(t))
	}
	t.Cleanup(func() {
		if out, err := exec.Command(program, "-c", etc, "stop").CombinedOutput(); err != nil {
			t.Errorf("stop Postfix: %v\n%s", err, out)
		}
	})
	return p
}

func (p *postfix) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "etc", name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// chain writes key and certificate in one file.
func chain(t *testing.T, cert tls.Certificate) string {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})) +
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}))
}

// freePorts finds ports that nobody has, outside the range from which the kernel gives ports to connections and to other tests.
func freePorts(t *testing.T, n int) (all []int) {
	t.Helper()
	for range 1000 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000)))
		if err != nil {
			continue
		}
		defer l.Close() // not before the others are found
		if all = append(all, l.Addr().(*net.TCPAddr).Port); len(all) == n {
			return all
		}
	}
	t.Fatal("no port is free")
	return nil
}
