package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/smtp"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"sencoforum/config"
	"sencoforum/internal/sample"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// carrier is a courier that keeps what it carries. With a gate it waits before each copy until one may go.
type carrier struct {
	mu     sync.Mutex // guards what follows
	copies []queue.Outgoing
	gate   chan struct{} // nil: nothing waits
	leave  func()        // ends the wait for the next copy; nil: nobody waited yet
	news   chan struct{}
}

func (*carrier) Route(context.Context, string) (queue.Hop, error) {
	return queue.Hop{Key: "test", Operator: "test", Limit: 1}, nil
}

func (c *carrier) Deliver(ctx context.Context, _ queue.Hop, src queue.Source) error {
	for {
		o, ok := c.next(ctx, src)
		if !ok {
			return nil
		}
		src.Settle(o.Row, queue.Result{Outcome: queue.Delivered, Code: 250})
		c.mu.Lock()
		c.copies = append(c.copies, o)
		c.mu.Unlock()
		c.news <- struct{}{}
	}
}

// next waits for the gate, where there is one, and for the next copy.
func (c *carrier) next(ctx context.Context, src queue.Source) (queue.Outgoing, bool) {
	waits, cancel := context.WithCancel(ctx)
	defer cancel()
	left := make(chan struct{})
	defer close(left)
	c.mu.Lock()
	gate := c.gate
	c.leave = func() { cancel(); <-left }
	c.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-waits.Done():
			return queue.Outgoing{}, false
		}
	}
	return src.Next(waits, true)
}

// shut lets no further copy go until the gate is closed, but one for each thing in it. A connection that waits for a copy ends, as it
// would take the next one past the gate.
func (c *carrier) shut(gate chan struct{}) {
	c.mu.Lock()
	c.gate = gate
	leave := c.leave
	c.mu.Unlock()
	if leave != nil {
		leave()
	}
}

// await waits for n copies in all and returns them.
func (c *carrier) await(t *testing.T, n int) []queue.Outgoing {
	t.Helper()
	for late := time.After(time.Minute); ; {
		c.mu.Lock()
		all := c.copies
		c.mu.Unlock()
		if len(all) >= n {
			return all
		}
		select {
		case <-c.news:
		case <-late:
			t.Fatalf("%d copies, want %d", len(all), n)
		}
	}
}

// town is a whole server in this process, with the invented forum of the demo.
type town struct {
	t        *testing.T
	carrier  *carrier
	cfg      config.Config
	smtp     string
	house    *house
	log      *bytes.Buffer // look at it when the server has ended
	end      func()
	reloaded chan struct{} // after SIGHUP
}

func newTown(t *testing.T, members int, changes ...func(*config.Config)) *town {
	t.Helper()
	mail, pages := local(t), local(t)
	w := &town{t: t, carrier: &carrier{news: make(chan struct{}, 1000)}, smtp: mail.Addr().String(), log: new(bytes.Buffer), reloaded: make(chan struct{}, 1)}
	w.cfg = demoConfig(t.TempDir(), w.smtp)
	w.cfg.Web.Listen = []string{pages.Addr().String()}
	for _, change := range changes {
		change(&w.cfg)
	}
	if _, err := fillOnce(w.cfg, sampleForum(members), demoFill{}); err != nil {
		t.Fatal(err)
	}
	lendKeys(t, w.cfg.Data)
	w.start(mail, pages)
	err := w.house.db.Update(func(tx *store.Tx) error { // one person writes all of a story
		l, err := list.Get(tx, 1)
		l.HourMost, l.DayMost = list.Off, list.Off
		return errors.Join(err, list.Save(tx, l))
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// start runs the server, for the first time or again.
func (w *town) start(mail, pages net.Listener) {
	t := w.t
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- runServer(ctx, server{
			log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})), cfg: w.cfg, courier: w.carrier,
			certs: new(certificates), listeners: []net.Listener{mail}, web: []net.Listener{pages}, ready: func(h *house) { w.house = h; close(ready) }, reload: w.reloadNow,
		})
	}()
	w.end = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(w.end)
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
}

// mail sends a message to an address of the list.
func (w *town) mail(from, to, id, body string) {
	w.t.Helper()
	text := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s@x.example>\r\n\r\n%s\r\n", from, to, id, id, body)
	if err := smtp.SendMail(w.smtp, nil, from, []string{to}, []byte(text)); err != nil {
		w.t.Fatal(err)
	}
}

// copyFor is the copy with this word in it that went to somebody, or none.
func copyFor(all []queue.Outgoing, to, word string) (text string) {
	for _, o := range all {
		if s := string(o.Header) + string(o.Body); o.To.String() == to && strings.Contains(s, word) {
			text = s
		}
	}
	return text
}

var (
	leaveLink = regexp.MustCompile(`List-Unsubscribe: <(http://127\.0\.0\.1:\d+/u/snc1_[0-9a-z]{32})>`)
	backTo    = regexp.MustCompile(`senco-forum-confirm\+snc1_[0-9a-z]{32}@lists\.example\.org`)
)

func post(t *testing.T, link string) string {
	t.Helper()
	r, err := http.Post(link, "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%d, %v\n%s", r.StatusCode, err, b)
	}
	return string(b)
}

// TestOneClickStopsTheCopiesThatWait is the story of somebody who leaves while a post is on its way, and comes back.
func TestOneClickStopsTheCopiesThatWait(t *testing.T) {
	const forum, members = "senco-forum@lists.example.org", 12
	w := newTown(t, members)
	people := sampleForum(members).Members
	writer, all := people[0].Address, len(people)
	w.mail(writer, forum, "first", "The first post.")
	w.carrier.await(t, all)

	// Of the second post a third may go, and then nothing for a while.
	gate := make(chan struct{}, all)
	w.carrier.shut(gate)
	w.mail(writer, forum, "second", "The second post.")
	for range all / 3 {
		gate <- struct{}{}
	}
	copies := w.carrier.await(t, all+all/3)
	leaver := people[all-1-demoModerators].Address // copies go in the order of people
	if copyFor(copies, leaver, "The second post.") != "" {
		t.Fatal("the second post has gone to everybody")
	}
	link := leaveLink.FindStringSubmatch(copyFor(copies, leaver, "The first post."))
	if link == nil {
		t.Fatalf("no link in the copy for %s:\n%s", leaver, copyFor(copies, leaver, "The first post."))
	}
	if page := post(t, link[1]); !strings.Contains(page, "You have left SENCO Forum") {
		t.Errorf("page:\n%s", page)
	}
	close(gate)
	copies = w.carrier.await(t, 2*all) // without the copy that was dropped, and with the goodbye
	if got := copyFor(copies, leaver, "The second post."); got != "" {
		t.Errorf("who had left got:\n%s", got)
	}
	goodbye := copyFor(copies, leaver, "You get no more forum email.")
	if !strings.HasPrefix(goodbye, "DKIM-Signature: ") || strings.Contains(goodbye, "\nList-Unsubscribe: ") {
		t.Errorf("the goodbye:\n%s", goodbye)
	}

	// One word brings them back, and the third post comes again.
	w.mail(leaver, backTo.FindString(goodbye), "answer", "Join!\r\n\r\n> A mistake? Reply: join")
	copies = w.carrier.await(t, 2*all+1)
	if copyFor(copies, leaver, "You are back in SENCO Forum.") == "" {
		t.Error("nobody told them that they are back")
	}
	w.mail(writer, forum, "third", "The third post.")
	copies = w.carrier.await(t, 3*all+1)
	if copyFor(copies, leaver, "The third post.") == "" || copyFor(copies, leaver, "The second post.") != "" {
		t.Error("who came back got the post of the time between, or not the one after it")
	}
	w.end()
	if strings.Contains(w.log.String(), "snc1_") || !strings.Contains(w.log.String(), "came back") {
		t.Errorf("log:\n%s", w.log)
	}
}

func sampleForum(members int) sample.Forum { return sample.New(members, 2, noon) }
