package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"sencoforum/config"
	"sencoforum/courier"
	"sencoforum/internal/sample"
	"sencoforum/store"
)

// canaryHouse is the data of a house whose members, list, posts and replies bear words that no figure may show.
func canaryHouse(t *testing.T) config.Config {
	t.Helper()
	cfg := demoConfig(t.TempDir(), "127.0.0.1:0")
	lendKeys(t, cfg.Data)
	cfg.SMTP.MinFree = 1
	f := sample.Forum{Name: "canarylist", Domain: "canary-lists.example.org", Title: "Canary title", Tag: "[Canary]"}
	for i := range 5 {
		f.Members = append(f.Members, sample.Member{Name: "Canary Name", Address: fmt.Sprintf("canary%d@canary-school.example", i)})
	}
	if err := fillDemo(cfg, f, demoFill{}); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// local listens on a port of this machine.
func local(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// fetch asks the instruments for a path.
func fetch(t *testing.T, method, url string) (code int, body string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

// running is a server with instruments.
type running struct {
	url, mail string
	registry  *prometheus.Registry // the same figures once more
	stop      func()               // as SIGTERM
	end       chan error
}

// runInstruments runs a server over the data of cfg until the test ends.
func runInstruments(t *testing.T, cfg config.Config) running {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	door, port := local(t), local(t)
	ctx, cancel := context.WithCancel(t.Context())
	out := courier.NewCapture(log, filepath.Join(cfg.Data, "outbox"))
	r := running{
		url: "http://" + port.Addr().String(), mail: door.Addr().String(),
		registry: prometheus.NewPedanticRegistry(), stop: cancel, end: make(chan error, 1),
	}
	up := make(chan bool)
	ready := func(h *house) {
		if err := (instruments{house: h, others: []any{courier.New(log, courier.Config{})}}).register(r.registry, noon); err != nil {
			t.Error(err)
		}
		close(up)
	}
	go func() {
		r.end <- runServer(ctx, server{
			log: log, cfg: cfg, courier: out, certs: new(certificates), listeners: []net.Listener{door}, monitor: port, ready: ready,
		})
	}()
	t.Cleanup(func() { cancel(); r.ended(t) })
	select {
	case <-up:
	case err := <-r.end:
		r.end <- err
		t.FailNow()
	}
	return r
}

// ended waits for the server to end, and may be called again.
func (r running) ended(t *testing.T) {
	t.Helper()
	select {
	case err := <-r.end:
		if err != nil {
			t.Error(err)
		}
		r.end <- nil
	case <-time.After(time.Minute):
		t.Error("the server did not end")
	}
}

// awaitFigure waits until the figures have a line, and returns them all.
func (r running) awaitFigure(t *testing.T, line string) string {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		_, text := fetch(t, "GET", r.url+"/metrics")
		if strings.Contains(text, "\n"+line+"\n") {
			return text
		}
		if time.Now().After(end) {
			t.Fatalf("there is no figure %s:\n%s", line, text)
		}
	}
}

func TestFiguresOfARunningServer(t *testing.T) {
	r := runInstruments(t, canaryHouse(t))
	mail := "From: Canary Name <canary1@canary-school.example>\r\nTo: canarylist@canary-lists.example.org\r\n" +
		"Message-ID: <canary@canary-school.example>\r\nSubject: Canary subject\r\n\r\nCanary words\r\n"
	for _, to := range []string{"canarylist@canary-lists.example.org", "canarylist-owner@canary-lists.example.org"} {
		if err := smtp.SendMail(r.mail, nil, "canary1@canary-school.example", []string{to}, []byte(mail)); err != nil {
			t.Fatal(err)
		}
	}
	// Five members, and those of them who are moderators once more.
	r.awaitFigure(t, fmt.Sprintf(`sencoforum_queue_deliveries_total{outcome="delivered"} %d`, 5+demoModerators))
	text := r.awaitFigure(t, `sencoforum_intake_messages{state="done"} 1`)
	for _, line := range []string{
		`sencoforum_intake_accepted_total 2`,
		`sencoforum_intake_messages{state="handled"} 1`,
		`sencoforum_intake_unaccounted_messages 0`,
		`sencoforum_hold_items 0`,
		`sencoforum_hold_dropped_total 0`,
		`sencoforum_archive_posts_total 1`,
		`sencoforum_archive_waiting_posts 0`,
		`sencoforum_fanout_lag_changes 0`,
		`sencoforum_fanout_lag_seconds 0`,
		`sencoforum_queue_depth 0`,
		`sencoforum_queue_unsettled 0`,
		`sencoforum_queue_kind_rows{kind="post"} 0`,
		`sencoforum_queue_kind_rows{kind="people"} 0`,
		`sencoforum_store_failed 0`,
		`sencoforum_min_free_bytes 1`,
		fmt.Sprintf(`sencoforum_build_info{commit="%s",go="%s",schema="%d",version="%s"} 1`, thisBuild().Commit, thisBuild().Go, schema, version),
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("there is no figure %s", line)
		}
	}
	for _, name := range []string{"sencoforum_store_commits_total", "sencoforum_ready_timestamp_seconds", "process_start_time_seconds", "go_goroutines"} {
		if !strings.Contains(text, "\n"+name+" ") {
			t.Errorf("there is no figure %s", name)
		}
	}
	if i := strings.Index(strings.ToLower(text), "canary"); i >= 0 {
		t.Errorf("somebody's words are among the figures: %s", text[max(0, i-100):i+50])
	}
	if problems, err := testutil.GatherAndLint(r.registry); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	wantDocumented(t, r.registry)
}

// wantDocumented demands that the figures that the operator is told to watch are there.
func wantDocumented(t *testing.T, r *prometheus.Registry) {
	t.Helper()
	text, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`sencoforum_[a-z_]+`).FindAllString(string(text), -1)
	if len(named) < 20 {
		t.Errorf("the operator is told of %v only", named)
	}
	for _, name := range named {
		if n, err := testutil.GatherAndCount(r, name); n == 0 || err != nil {
			t.Errorf("docs/operating.md names %s, which is not there: %v", name, err)
		}
	}
}

func TestWhoAsksOtherwiseGetsNothing(t *testing.T) {
	r := runInstruments(t, canaryHouse(t))
	for _, c := range []struct {
		method, path string
		code         int
	}{
		{"GET", "/healthz", 200}, {"HEAD", "/healthz", 200}, {"GET", "/readyz", 200}, {"HEAD", "/metrics", 200},
		{"POST", "/metrics", 405}, {"DELETE", "/healthz", 405}, {"GET", "/", 404}, {"GET", "/debug/pprof/", 404},
	} {
		if code, _ := fetch(t, c.method, r.url+c.path); code != c.code {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, code, c.code)
		}
	}
	if code, words := fetch(t, "GET", r.url+"/readyz"); code != 200 || words != "ready\n" {
		t.Errorf("%d %s", code, words)
	}
	slow, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	if _, err := io.WriteString(slow, "GET /metrics HTTP/1.1\r\nX: "+strings.Repeat("x", 2*maxHeader)); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(slow); err != nil || !strings.Contains(string(got), " 431 ") {
		t.Errorf("a long header gets %q, %v", got, err)
	}
}

func TestAServerThatStopsSaysSoUntilItsDoorsAreShut(t *testing.T) {
	r := runInstruments(t, canaryHouse(t))
	mail, err := net.Dial("tcp", r.mail)
	if err != nil {
		t.Fatal(err)
	}
	defer mail.Close()
	// Somebody is in the middle of a message, which the server waits for.
	for _, line := range []string{"", "EHLO me\r\n", "MAIL FROM:<canary1@canary-school.example>\r\n", "RCPT TO:<canarylist@canary-lists.example.org>\r\n", "DATA\r\n"} {
		if _, err := io.WriteString(mail, line); err != nil {
			t.Fatal(err)
		}
		if _, err := mail.Read(make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
	}
	r.stop()
	if code, words := fetch(t, "GET", r.url+"/readyz"); code != 503 || words != "stopping\n" {
		t.Errorf("ready: %d %s", code, words)
	}
	if code, words := fetch(t, "GET", r.url+"/healthz"); code != 200 || words != "ok\n" {
		t.Errorf("health: %d %s", code, words)
	}
	mail.Close()
	r.ended(t)
}

func TestAFileThatWasCutOffIsNoHealth(t *testing.T) {
	cfg := canaryHouse(t)
	log := slog.New(slog.DiscardHandler)
	h, err := openHouse(log, cfg, courier.NewCapture(log, filepath.Join(cfg.Data, "outbox")))
	if err != nil {
		t.Fatal(err)
	}
	defer h.db.Close() // which may fail now
	port := local(t)
	stop := instruments{log: log, listener: port, house: h}.start(t.Context())
	defer stop()
	if err := os.Truncate(filepath.Join(cfg.Data, storeName), int64(2*os.Getpagesize())); err != nil { // all but its head
		t.Fatal(err)
	}
	h.db.View(func(tx *store.Tx) error {
		_, err := store.Counter("intake.accepted").Value(tx)
		return err
	})
	for _, path := range []string{"/healthz", "/readyz"} {
		if code, words := fetch(t, "GET", "http://"+port.Addr().String()+path); code != 503 || words != "store failed: the file cannot be read\n" {
			t.Errorf("%s: %d %s", path, code, words)
		}
	}
	// What is counted in memory is still there.
	if code, text := fetch(t, "GET", "http://"+port.Addr().String()+"/metrics"); code != 200 || !strings.Contains(text, "\nsencoforum_store_failed 1\n") {
		t.Errorf("%d %s", code, text)
	}
}

func TestNobodyAsksForFigures(t *testing.T) {
	l, err := listenMetrics(config.Metrics{})
	if l != nil || err != nil {
		t.Errorf("%v, %v", l, err)
	}
	instruments{}.start(t.Context())()
	taken := local(t)
	if _, err := listenMetrics(config.Metrics{Listen: taken.Addr().String()}); err == nil || !strings.Contains(err.Error(), "choose another port in metrics.listen") {
		t.Errorf("a port that is taken: %v", err)
	}
}
