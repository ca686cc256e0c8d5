package rig

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"sencoforum/store"
)

// A rotSample is a data directory as the real server left it: posts with files, members, copies that went out, wait,
// were put off, refused and dropped, mail for people, and a record of what operators did.
type rotSample struct {
	srv    *Server
	posts  []AuditPost
	file   []byte // of the store, as far as it is used
	schema int
	size   int64 // of the store's file
	page   int
	backup string // of the same moment, made by the store

	scratch string // for damaged copies

	tables  []string
	records map[rotKey]string // everything that is in the store
}

// rotKey names a record.
type rotKey struct{ table, key string }

// rotStates are tables that only fill when mail does not simply go out.
var rotStates = []string{
	"archive.waiting", "audit.entries", "intake.raw", "list.moderators", "queue.failures", "queue.outcomes", "queue.rows", "queue.tries",
}

func newRotSample(t *testing.T) *rotSample {
	t.Helper()
	s := &rotSample{scratch: t.TempDir()}
	s.fill(t)
	path := filepath.Join(s.srv.Dir, diskStore)
	db, err := store.Open(path, s.options())
	if err != nil {
		t.Fatal(err)
	}
	s.backup = filepath.Join(shortDir(t), "backup")
	if err := errors.Join(db.Backup(s.backup), db.Close()); err != nil {
		t.Fatal(err)
	}
	if s.file, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	s.size, s.page = int64(len(s.file)), os.Getpagesize()
	s.file = s.file[:pagesInUse(s.file, s.page)*s.page]
	s.learn(t, path)
	for _, table := range rotStates {
		if !hasTable(s.records, table) {
			t.Errorf("the sample has nothing in %s", table)
		}
	}
	return s
}

func hasTable(records map[rotKey]string, table string) bool {
	for k := range records {
		if k.table == table {
			return true
		}
	}
	return false
}

// fill lets a server work, with a mail host that takes everything and then with one that does not.
func (s *rotSample) fill(t *testing.T) {
	t.Helper()
	j := NewJournal()
	sink, err := NewSink(j)
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	srv, to, err := NewServer(t.Context(), Setup{
		Binary: build(t), Dir: shortDir(t), SinkPort: sink.Port(), Unsettled: 64, Recipients: 48, Log: os.Stderr, SMTP: `min_free = "1 MiB"`,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.End)
	s.srv = srv
	if err := json.Unmarshal(s.command(t, "version", "--json"), &struct{ Schema *int }{&s.schema}); err != nil {
		t.Fatal(err)
	}
	s.start(t)
	s.post(t, to, 0, 24)
	if _, err := srv.Settled(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	s.mail(t, to[0], "rig-owner@lists.example.org", rotPost(900, 10)) // nobody is there to read it
	s.operate(t, to)
	s.stop(t)
	sink.Close()

	host := newMoodyHost(t, sink.Port())
	s.start(t)
	s.post(t, to, 24, 28)
	s.mail(t, to[1], "rig-owner@lists.example.org", rotPost(901, 10))
	host.asked(t, 4*(len(to)-1))
	s.dropOne(t)
	s.command(t, "list", "set", "rig", "send_delay", "15m")
	s.post(t, to, 28, 31)
	a, err := srv.Audit(t.Context())
	if err != nil || len(a.Faults) > 0 {
		t.Fatalf("the audit of the sample: %v, %q", err, a.Faults)
	}
	s.posts = a.Posts
	s.stop(t)
}

// operate does what operators do.
func (s *rotSample) operate(t *testing.T, to []string) {
	t.Helper()
	for i, address := range to[:4] {
		s.command(t, "member", "set", address, "name", fmt.Sprintf("Teacher %d", i))
	}
	s.command(t, "member", "remove", to[13], "--yes")
	s.command(t, "moderator", "add", to[3])
	s.command(t, "list", "set", "rig", "title", "Rig of the damaged")
}

// dropOne takes one copy out of the queue.
func (s *rotSample) dropOne(t *testing.T) {
	t.Helper()
	var rows []struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(s.command(t, "queue", "list", "--json"), &rows); err != nil || len(rows) == 0 {
		t.Fatalf("the queue of the sample has %d rows: %v", len(rows), err)
	}
	s.command(t, "queue", "drop", rows[0].ID, "--yes")
}

func (s *rotSample) start(t *testing.T) {
	t.Helper()
	if err := s.srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (s *rotSample) stop(t *testing.T) {
	t.Helper()
	if err := s.srv.Stop(); err != nil {
		t.Fatal(err)
	}
}

func (s *rotSample) command(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := s.srv.Command(t.Context(), args...)
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return out
}

// post sends posts of members, each with a file of another size.
func (s *rotSample) post(t *testing.T, to []string, from, until int) {
	t.Helper()
	for n := from; n < until; n++ {
		s.mail(t, to[n%12], List, rotPost(n, 300+n*n*60))
	}
}

func (s *rotSample) mail(t *testing.T, from, to, text string) {
	t.Helper()
	text = strings.Replace(text, "FROM", from, 1)
	if err := smtp.SendMail(s.srv.Addr, nil, from, []string{to}, []byte(text)); err != nil {
		t.Fatalf("mail to %s: %v", to, err)
	}
}

// rotPost is a message with a file of n bytes that do not compress.
func rotPost(id, n int) string {
	noise := make([]byte, n)
	rand.NewChaCha8([32]byte{byte(id)}).Read(noise)
	file := base64.StdEncoding.EncodeToString(noise)
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: FROM\r\nTo: <%s>\r\nSubject: timetable %d\r\nMessage-ID: <rot%d@sender.example>\r\nMIME-Version: 1.0\r\n", List, id, id)
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nOurs is with this.\r\n")
	fmt.Fprintf(&b, "end of <rot%d@sender.example>\r\n--b\r\n", id)
	fmt.Fprintf(&b, "Content-Type: application/pdf; name=t.pdf\r\nContent-Disposition: attachment; filename=t.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	for ; len(file) > 76; file = file[76:] {
		b.WriteString(file[:76] + "\r\n")
	}
	b.WriteString(file + "\r\n--b--\r\n")
	return b.String()
}

// A moodyHost takes every third member's copy, puts one off and refuses one for good.
type moodyHost struct{ recipients atomic.Int64 }

func newMoodyHost(t *testing.T, port int) *moodyHost {
	t.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	h := &moodyHost{}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go h.session(c)
		}
	}()
	return h
}

// session answers without extensions, so commands come one by one. The last character of a name decides.
func (h *moodyHost) session(c net.Conn) {
	defer c.Close()
	in := bufio.NewScanner(c)
	fmt.Fprint(c, "220 moody.example\r\n")
	for data := false; in.Scan(); {
		line := in.Text()
		if data && line != "." {
			continue
		}
		answer := "250 ok"
		if name, _, is := strings.Cut(line, "@"); is && strings.HasPrefix(line, "RCPT") {
			h.recipients.Add(1)
			answer = []string{"250 ok", "451 4.2.2 come back", "550 5.1.1 nobody"}[name[len(name)-1]%3]
		}
		if data = line == "DATA"; data {
			answer = "354 go on"
		}
		fmt.Fprintf(c, "%s\r\n", answer)
	}
}

// asked waits until so many recipients were named.
func (h *moodyHost) asked(t *testing.T, n int) {
	t.Helper()
	if !cameTrue(patience, func() bool { return int(h.recipients.Load()) >= n }) {
		t.Fatalf("%d recipients were tried, want %d", h.recipients.Load(), n)
	}
}
