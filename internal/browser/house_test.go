package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/smtp"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"sencoforum/message"
)

// patience is how long a test waits for another process, on a busy machine.
const patience = 90 * time.Second

// A house is a demonstration, running, as a newcomer starts it.
type house struct {
	binary, dir string
	base        string // address of its pages, without the last /
	smtp        string
	list        string // the posting address
	members     []member
}

type member struct{ Address, Name, Role string }

// said are the lines of the demonstration that say where it is.
var said = map[string]*regexp.Regexp{
	"base": regexp.MustCompile(`Open +(http\S+)/demo`), "smtp": regexp.MustCompile(`Mail is taken on +(\S+)`), "list": regexp.MustCompile(`Write to +(\S+)`),
}

// open starts a house, which ends with the test.
func open(t *testing.T, more ...string) *house {
	t.Helper()
	h := &house{binary: build(t), dir: t.TempDir()}
	if err := os.Chmod(h.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"demo", "--dir", h.dir, "--smtp", "127.0.0.1:0", "--web", "127.0.0.1:0", "--send-delay", "0s", "--scene=false"}, more...)
	cmd := exec.Command(h.binary, args...)
	var problem strings.Builder
	cmd.Stderr = &problem
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	found := map[string]string{}
	lines := bufio.NewScanner(out)
	for !strings.Contains(lines.Text(), "Ctrl-C stops the demo") {
		if !lines.Scan() {
			t.Fatalf("the demonstration ended: %v %s", lines.Err(), problem.String())
		}
		for name, words := range said {
			if m := words.FindStringSubmatch(lines.Text()); m != nil {
				found[name] = m[1]
			}
		}
	}
	go io.Copy(io.Discard, out)
	h.base, h.smtp, h.list = found["base"], found["smtp"], found["list"]
	if err := json.Unmarshal(h.command(t, "member", "list", "--json"), &h.members); err != nil {
		t.Fatal(err)
	}
	return h
}

// command runs one of the operator's commands.
func (h *house) command(t *testing.T, args ...string) []byte {
	t.Helper()
	var problem strings.Builder
	cmd := exec.Command(h.binary, append([]string{"--data", h.dir}, args...)...)
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", args, err, out, problem.String())
	}
	return out
}

// role returns the first of a role whom a visitor may be with one click.
func (h *house) role(t *testing.T, role string) member {
	t.Helper()
	return h.people(t, role)[0]
}

// people are those of a role whom a visitor may be with one click.
func (h *house) people(t *testing.T, role string) (all []member) {
	t.Helper()
	offered := h.fetch(t, http.DefaultClient, "/demo").body
	for _, m := range h.members {
		if m.Role == role && strings.Contains(offered, `value="`+m.Name+`"`) {
			all = append(all, m)
		}
	}
	if all == nil {
		t.Fatalf("nobody is %s", role)
	}
	return all
}

// client returns what opens pages without a browser, signed in as somebody, or as a visitor where the name is empty. It
// follows no redirects.
func (h *house) client(t *testing.T, name string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if name == "" {
		return c
	}
	answer, err := c.PostForm(h.base+"/demo", url.Values{"person": {name}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %s", name, answer.Status)
	}
	return c
}

// post hands a message in by SMTP.
func (h *house) post(t *testing.T, from, to string, raw []byte) {
	t.Helper()
	if err := smtp.SendMail(h.smtp, nil, from, []string{to}, raw); err != nil {
		t.Fatalf("post: %v", err)
	}
}

// mails are the captured mails to an address.
func (h *house) mails(t *testing.T, address string) (all []*message.Message) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(h.dir, "outbox", address, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, message.Parse(raw))
	}
	return all
}

// settled waits until nothing is on its way any more.
func (h *house) settled(t *testing.T) {
	t.Helper()
	eventually(t, "all mail is out", func() bool {
		var a struct {
			Faults []string
			Live   map[string]int
			Queue  struct{ Waiting int }
		}
		if err := json.Unmarshal(h.command(t, "audit", "--json"), &a); err != nil {
			t.Fatal(err)
		}
		if len(a.Faults) > 0 {
			t.Fatalf("the audit says: %v", a.Faults)
		}
		return a.Queue.Waiting == 0 && a.Live["waiting"]+a.Live["expanding"]+a.Live["expanded"] == 0
	})
}

// eventually waits for something that another process does.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !is(); {
		if time.Now().After(end) {
			t.Fatalf("waited %v in vain until %s", patience, what)
		}
		time.Sleep(50 * time.Millisecond) // another process's clock cannot be simulated
	}
}

// mail writes a message of plain text.
func mail(from, to, subject, body string) []byte {
	return fmt.Appendf(nil, "From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%d.%d@browser.example>\r\nDate: %s\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
		from, to, subject, time.Now().UnixNano(), len(body), time.Now().Format(time.RFC1123Z), body)
}
