package courier

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"sencoforum/queue"
)

// TestDialogues plays each file of testdata/dialogues. Its parts:
//
//	config    words: required (else encryption where offered), verified (as in a domain's policy), testing (encryption
//	          where offered, and warnings count as errors), smarthost (without TLS, with a user), cancel=N
//	          (the context ends when row N is settled), hosts=N (so many MX hosts, default 1)
//	rows      the mails: ROW SENDER RECIPIENT [later] [utf8] [8bit] [size=N] [body=QUOTED]; later means that it is not
//	          ready without waiting
//	dialogue  what happens on the wire. C: is a line that must come, S: one that the peer says. Lines C: without
//	          another line between them must come in one single write. "close" ends the connection, "stall" waits
//	          without a word, "next" waits for a new connection, "refuse" refuses one, "--" parts two writes
//	results   what came of the rows, the error of Deliver, what was logged as an error, and the time it took if any
//
// They run in simulated time. The peer is a pipe: one write by us is one read by it.
func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no dialogues", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			part := map[string]string{}
			for _, f := range ar.Files {
				part[f.Name] = string(f.Data)
			}
			var got string
			synctest.Test(t, func(t *testing.T) { got = play(t, part) })
			if *update {
				ar.Files = slices.DeleteFunc(ar.Files, func(f txtar.File) bool { return f.Name == "results" })
				ar.Files = append(ar.Files, txtar.File{Name: "results", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(part["results"], got); diff != "" && !*update {
				t.Errorf("results (-want +got):\n%s", diff)
			}
		})
	}
}

// play runs one dialogue and returns its results.
func play(t *testing.T, part map[string]string) string {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	src, order := parseRows(t, part["rows"])
	var log bytes.Buffer
	cfg := Config{Hostname: "forum.example", Resolver: &zone{addrs: hosts}}
	level := slog.LevelError
	key := protection{level: offered}.key([][]string{{"mx.example"}})
	for _, word := range strings.Fields(part["config"]) {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "required", "verified":
			key = protection{level: map[string]security{"required": required, "verified": verified}[name]}.key([][]string{{"mx.example"}})
		case "testing":
			key = protection{level: offered, testing: true}.key([][]string{{"mx.example"}})
			level = slog.LevelWarn
		case "smarthost":
			cfg.Smarthost = &Smarthost{Host: "127.0.0.1", Port: 25, TLS: "none", User: "forum", Password: "secret", Mechanism: value}
			key = cfg.Smarthost.key()
		case "cancel":
			src.onDone = func(row queue.RowID, _ queue.Result) {
				if fmt.Sprint(row) == value {
					cancel()
				}
			}
		case "hosts":
			key += ">mx2.example"
		default:
			t.Fatalf("config: unknown word %q", word)
		}
	}
	p := newPeer(t, part["dialogue"])
	cfg.Dial = p.dial
	start := time.Now()
	err := New(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level, ReplaceAttr: untimed})), cfg).
		Deliver(ctx, queue.Hop{Key: key}, src)
	p.finish()
	src.check(t)
	var got strings.Builder
	for _, row := range order {
		if r, ok := src.results[row]; ok {
			fmt.Fprintf(&got, "%d %s %s\n", row, r.Outcome, r.Line())
		}
	}
	if err != nil {
		fmt.Fprintf(&got, "error: %v\n", err)
	}
	if log.Len() > 0 {
		for line := range strings.Lines(log.String()) {
			fmt.Fprintf(&got, "log: %s", line)
		}
	}
	if took := time.Since(start); took > 0 {
		fmt.Fprintf(&got, "took: %v\n", took)
	}
	if strings.Contains(got.String(), "secret") {
		t.Error("the password is in what people see")
	}
	return got.String()
}

// untimed leaves the time out of a line.
func untimed(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

var hosts = map[string][]netip.Addr{
	"mx.example.":  addresses("203.0.113.1"),
	"mx2.example.": addresses("203.0.113.2"),
}

func parseRows(t *testing.T, text string) (*rows, []queue.RowID) {
	src := newRows()
	var order []queue.RowID
	for line := range strings.Lines(text) {
		var o queue.Outgoing
		words := strings.Fields(line)
		n, err := strconv.Atoi(words[0])
		if err != nil {
			t.Fatalf("rows: %q", line)
		}
		o.Row = queue.RowID(n)
		o.From, o.To = addr(t, strings.Trim(words[1], "<>")), addr(t, words[2])
		o.Header = fmt.Appendf(nil, "Subject: %d\r\n", n)
		o.Body = []byte("\r\nHello\r\n")
		for _, word := range words[3:] {
			name, value, _ := strings.Cut(word, "=")
			switch name {
			case "later":
				src.later[o.Row] = true
			case "utf8":
				o.UTF8 = true
			case "8bit":
				o.EightBit = true
			case "size":
				size, _ := strconv.Atoi(value)
				o.Body = bytes.Repeat([]byte("x"), size-len(o.Header))
			case "body":
				body, err := strconv.Unquote(value)
				if err != nil {
					t.Fatalf("rows: %q", line)
				}
				o.Body = []byte(body)
			default:
				t.Fatalf("rows: unknown word %q", word)
			}
		}
		src.todo = append(src.todo, o)
		order = append(order, o.Row)
	}
	return src, order
}

// peer plays the other side of a dialogue.
type peer struct {
	t     *testing.T
	calls [][]string // what is said on each connection
	used  int
	done  chan struct{}
	open  int
}

func newPeer(t *testing.T, dialogue string) *peer {
	p := &peer{t: t, calls: [][]string{nil}, done: make(chan struct{}, 100)}
	for line := range strings.Lines(dialogue) {
		line = strings.TrimSuffix(line, "\n")
		switch last := len(p.calls) - 1; {
		case line == "next":
			p.calls = append(p.calls, nil)
		case line != "":
			p.calls[last] = append(p.calls[last], line)
		}
	}
	return p
}

func (p *peer) dial(context.Context, string, string) (net.Conn, error) {
	if p.used == len(p.calls) {
		p.t.Error("one connection too many")
		return nil, errors.New("connection refused")
	}
	call := p.calls[p.used]
	p.used++
	if slices.Equal(call, []string{"refuse"}) {
		return nil, errors.New("connection refused")
	}
	ours, theirs := net.Pipe()
	p.open++
	go func() {
		defer func() { p.done <- struct{}{} }()
		defer theirs.Close()
		if err := converse(theirs, call); err != nil {
			p.t.Error(err)
		}
	}()
	return ours, nil
}

// finish waits for the end of the conversations.
func (p *peer) finish() {
	for range p.open {
		<-p.done
	}
	if p.used != len(p.calls) {
		p.t.Errorf("%d connections, want %d", p.used, len(p.calls))
	}
}

// converse plays one connection.
func converse(conn net.Conn, call []string) error {
	for i := 0; i < len(call); {
		switch line := call[i]; {
		case line == "close":
			return nil
		case line == "stall":
			if n, err := conn.Read(make([]byte, 1)); n > 0 {
				return errors.New("more came while the peer stalled")
			} else if err != io.EOF {
				return err
			}
			return nil
		case line == "--":
			i++
		case strings.HasPrefix(line, "S:"):
			n := run(call[i:], "S:")
			if _, err := conn.Write(wireText(call[i : i+n])); err != nil {
				return fmt.Errorf("say %q: %w", call[i], err)
			}
			i += n
		case strings.HasPrefix(line, "C:"):
			n := run(call[i:], "C:")
			buf := make([]byte, 1<<20)
			got, err := conn.Read(buf)
			if err != nil {
				return fmt.Errorf("wait for %q: %w", call[i], err)
			}
			if diff := cmp.Diff(string(wireText(call[i:i+n])), string(buf[:got])); diff != "" {
				return fmt.Errorf("one write (-want +got):\n%s", diff)
			}
			i += n
		default:
			return fmt.Errorf("dialogue: %q", line)
		}
	}
	if n, err := conn.Read(make([]byte, 100)); n > 0 || err != io.EOF {
		return fmt.Errorf("at the end of the dialogue: %d bytes, %v", n, err)
	}
	return nil
}

// run counts the lines at the start of call with a prefix.
func run(call []string, prefix string) int {
	n := 0
	for n < len(call) && strings.HasPrefix(call[n], prefix) {
		n++
	}
	return n
}

func wireText(lines []string) []byte {
	var b []byte
	for _, line := range lines {
		b = append(append(b, strings.TrimPrefix(line[2:], " ")...), "\r\n"...)
	}
	return b
}
