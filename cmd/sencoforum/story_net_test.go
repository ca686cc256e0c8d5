package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/courier"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// country is a network in memory: mail hosts of domains, and a DNS that knows them.
type country struct {
	mu    sync.Mutex       // guards the rest
	hosts map[string]*sink // by domain; its mail host is mx.DOMAIN
	mute  bool             // the DNS does not answer
	gone  map[string]bool  // domains that are not in the DNS any more
}

// newCountry has a mail host for each of the domains.
func newCountry(domains ...string) *country {
	c := &country{hosts: map[string]*sink{}, gone: map[string]bool{}}
	for i, d := range domains {
		c.hosts[d] = &sink{address: netip.AddrFrom4([4]byte{198, 51, 100, byte(i + 1)}), copies: map[string]int{}}
	}
	return c
}

// look finds the domain of a name that is asked for. The error is that of a DNS that is mute, or does not know the name.
func (c *country) look(name, prefix string) (*sink, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	domain := strings.TrimPrefix(strings.TrimSuffix(name, "."), prefix)
	if c.mute {
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	}
	if h := c.hosts[domain]; h != nil && !c.gone[domain] {
		return h, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (c *country) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	if _, err := c.look(name, ""); err != nil {
		return nil, err
	}
	return []*net.MX{{Host: "mx." + name, Pref: 10}}, nil
}

func (c *country) LookupNetIP(_ context.Context, network, host string) ([]netip.Addr, error) {
	h, err := c.look(host, "mx.")
	if err == nil && (network == "ip6" || !strings.HasPrefix(host, "mx.")) {
		err = &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if err != nil {
		return nil, err
	}
	return []netip.Addr{h.address}, nil
}

func (c *country) LookupTXT(_ context.Context, name string) ([]string, error) {
	if _, err := c.look("none.invalid", ""); c.mute {
		return nil, err
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// dial connects to a mail host.
func (c *country) dial(_ context.Context, _, addr string) (net.Conn, error) {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.hosts {
		if h.address == at.Addr() && !h.is(off) {
			ours, theirs := net.Pipe()
			go h.serve(theirs)
			return ours, nil
		}
	}
	return nil, errors.New("connection refused")
}

func (c *country) setMute(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mute = on
}

func (c *country) setGone(domain string, on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone[domain] = on
}

// mood is how a mail host treats us.
type mood string

const (
	kind    mood = ""
	off     mood = "off" // no connection
	refuses mood = "550 5.7.1 We do not take mail from you"
	defers  mood = "451 4.7.1 Come back later"
)

// sink is one mail host. It keeps who got which subject, and when a subject came first.
type sink struct {
	address netip.Addr

	mu     sync.Mutex // guards the rest
	mood   mood
	enemy  string         // a recipient that it refuses always
	dead   string         // a recipient that it does not have
	copies map[string]int // by recipient and subject
	mails  []arrival
	tries  int // RCPTs that it did not take
}

// arrival is one mail that a sink took.
type arrival struct {
	at          time.Time
	to, subject string
	text        string
	faults      []string // of a mail of the server's own: what keeps it from being plain
}

func (s *sink) is(m mood) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mood == m
}

func (s *sink) set(m mood) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mood = m
}

// setAgainst makes it refuse one recipient.
func (s *sink) setAgainst(to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.enemy = to
}

// rcpt is the answer to a recipient, or nothing.
func (s *sink) rcpt(to string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if to == s.dead && to != "" {
		s.tries++
		return "550 5.1.1 No such user"
	}
	if to == s.enemy {
		s.tries++
		return string(refuses)
	}
	if s.mood == refuses || s.mood == defers {
		s.tries++
		return string(s.mood)
	}
	return ""
}

func (s *sink) take(to, text string) {
	m := message.Parse([]byte(text))
	a := arrival{at: time.Now(), to: to, subject: m.Header.Text("Subject"), text: text}
	if strings.HasPrefix(m.Header.Text("Auto-Submitted"), "auto-") && m.Header.Has("X-Loop") {
		a.faults = notice.Faults(m.Text())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.copies[to+" "+a.subject]++
	s.mails = append(s.mails, a)
}

// serve speaks SMTP without extensions, in lock-step.
func (s *sink) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	say := func(line string) { io.WriteString(conn, line+"\r\n") }
	say("220 mx.example")
	to := ""
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(line[:min(4, len(line))])
		switch verb {
		case "EHLO":
			say("250-mx.example\r\n250-8BITMIME\r\n250 SMTPUTF8")
		case "RCPT":
			to = line[strings.Index(line, "<")+1 : strings.Index(line, ">")]
			if no := s.rcpt(to); no != "" {
				say(no)
				continue
			}
			say("250 2.1.5 ok")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for line = ""; line != ".\r\n"; {
				text.WriteString(line)
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
			}
			s.take(to, text.String())
			say("250 2.0.0 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// story is a whole house in a country, with a list. Its time is that of a synctest bubble.
type story struct {
	t        *testing.T
	dir      string
	land     *country
	through  *courier.Smarthost // nil: straight to the hosts
	house    *house
	operator string
	dates    string // path of the holidays of England; empty: there are none
	stop     func()
	posts    int
	sent     int // mails by send
	subject  []string
}

// newStory makes a list whose members stand at each domain in the given number, the first of all a moderator.
func newStory(t *testing.T, dir string, people map[string]int, domains ...string) *story {
	s := &story{t: t, dir: dir, land: newCountry(append(domains, "host.example")...), operator: theOperator}
	s.start()
	t.Cleanup(s.plain)
	err := s.house.db.Update(func(tx *store.Tx) error {
		settings := list.DefaultSettings()
		settings.SendDelay = 0
		l, err := list.Create(tx, list.List{Name: "forum", Domain: "lists.example.org", Title: "The Forum", Created: time.Now(), Settings: settings})
		if err != nil {
			return err
		}
		role := list.RoleModerator
		for _, d := range domains {
			for i := range people[d] {
				p, err := list.AddPerson(tx, list.Person{Address: message.Address{Local: fmt.Sprintf("p%d", i), Domain: d}, Created: time.Now()})
				if err != nil {
					return err
				}
				if err := list.Join(tx, list.Membership{List: l.ID, Person: p.ID, Role: role, Mode: list.ModeEvery, Joined: time.Now()}); err != nil {
					return err
				}
				role = list.RoleMember
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain demands that every mail of the server's own that came anywhere can be read by somebody who is tired.
func (s *story) plain() {
	for _, h := range s.land.hosts {
		h.mu.Lock()
		for _, m := range h.mails {
			for _, fault := range m.faults {
				s.t.Errorf("to %s: %s: %s", m.to, m.subject, fault)
			}
		}
		h.mu.Unlock()
	}
}

// bubble runs a story in time of its own. What the store compresses with is made outside, because it outlives the bubble.
func bubble(t *testing.T, f func(t *testing.T, dir string)) {
	t.Helper()
	t.Parallel()
	if _, err := store.NewBlob([]byte(strings.Repeat("a mail ", 100))).Bytes(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) { f(t, dir) })
}

// start opens the house and lets it work.
func (s *story) start() {
	s.t.Helper()
	cfg := demoConfig(s.dir, "127.0.0.1:25")
	cfg.DKIM.Sign, cfg.Operator = false, s.operator
	if s.dates != "" {
		cfg.Calendar.Nation, cfg.Calendar.File = "england", s.dates
	}
	log := slog.New(slog.NewTextHandler(s.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	out := courier.New(log, courier.Config{Hostname: "lists.example.org", TLS: courier.Opportunistic,
		Resolver: s.land, Dial: s.land.dial, Smarthost: s.through})
	h, err := openHouse(log, cfg, out)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := h.startAudit(); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.run(ctx) }()
	s.house = h
	s.stop = func() {
		cancel()
		if err := errors.Join(<-ended, h.db.Close()); err != nil {
			s.t.Error(err)
		}
	}
}

// post is a post of the first member's, through the desk.
func (s *story) post() {
	s.t.Helper()
	s.posts++
	subject := fmt.Sprintf("Post %d", s.posts)
	from := message.Address{Local: "p0", Domain: "garden.example"}
	raw := fmt.Sprintf("From: %s\r\nTo: forum@lists.example.org\r\nSubject: %s\r\nMessage-ID: <%d@garden.example>\r\nDate: %s\r\n\r\nHello all.\r\n",
		from, subject, s.posts, time.Now().Format(time.RFC1123Z))
	env := &message.Envelope{Client: netip.MustParseAddr("127.0.0.1"), Helo: "x", From: from,
		To: message.Address{Local: "forum", Domain: "lists.example.org"}, Received: time.Now()}
	if err := s.house.desk.Receive(s.t.Context(), env, []byte(raw)); err != nil {
		s.t.Fatal(err)
	}
	s.subject = append(s.subject, subject)
}

// live posts each every for a time.
func (s *story) live(d, every time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		s.post()
		time.Sleep(min(every, time.Until(end)))
	}
	synctest.Wait()
}

// mails are those that came to an address with this in their subject.
func (s *story) mails(to, about string) (found []arrival) {
	_, domain, _ := strings.Cut(to, "@")
	h := s.land.hosts[domain]
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.mails {
		if m.to == to && strings.Contains(m.subject, about) {
			found = append(found, m)
		}
	}
	return found
}

// command is what a command prints in the running server.
func (s *story) command(args ...string) string {
	s.t.Helper()
	var out strings.Builder
	a := &admin{db: s.house.db, cfg: s.house.cfg, queue: s.house.queue, now: time.Now, actor: "test", out: &out, errOut: &out}
	if code := a.run(s.t.Context(), args); code != exitOK {
		s.t.Errorf("%v: exit code %d: %s", args, code, &out)
	}
	return out.String()
}

// complete demands that every member got every post so far exactly once, and that nobody is suspended or was asked by a probe.
func (s *story) complete(domains ...string) {
	s.t.Helper()
	wrong := 0
	err := s.house.db.View(func(tx *store.Tx) error {
		for m, err := range list.Members(tx, 1, 0) {
			if err != nil {
				return err
			}
			p, err := list.GetPerson(tx, m.Person)
			if err != nil {
				return err
			}
			if m.Suspended {
				s.t.Errorf("%s is suspended", p.Address)
			}
			if len(s.mails(p.Address.String(), "A test of your address")) > 0 {
				s.t.Errorf("%s was sent a probe", p.Address)
			}
			h := s.land.hosts[p.Address.Domain]
			for _, subject := range s.subject {
				h.mu.Lock()
				n := h.copies[p.Address.String()+" "+subject]
				h.mu.Unlock()
				if n != 1 {
					if wrong++; wrong < 10 {
						s.t.Errorf("%s got %q %d times", p.Address, subject, n)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		s.t.Error(err)
	}
	if wrong > 0 {
		s.t.Errorf("%d copies in all are missing or too many", wrong)
	}
}
