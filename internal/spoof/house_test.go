package spoof

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"sencoforum/archive"
	"sencoforum/incoming"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/mailauth"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/relay"
	"sencoforum/store"
	"sencoforum/token"
)

var noon = time.Now()

// zone is a name server of invented domains. Names are without a final dot.
type zone struct {
	txt   map[string][]string
	fails map[string]bool // names for which it does not answer
}

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if z.fails[name] {
		return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
	}
	if all, ok := z.txt[name]; ok {
		return all, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z zone) LookupMX(context.Context, string) ([]*net.MX, error) {
	return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
}

func (z zone) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z zone) LookupAddr(context.Context, string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
}

// house is a desk over a forum with two members, of whom Priya has two addresses and Asha moderates, and a zone.
type house struct {
	db   *store.DB
	desk *incoming.Desk
	keys *token.Keyring
	zone zone
	ids  int
}

// forget empties the name server.
func (h *house) forget() { h.zone.txt, h.zone.fails = map[string][]string{}, map[string]bool{} }

// newID is a Message-ID that no mail had before.
func (h *house) newID() string {
	h.ids++
	return fmt.Sprintf("<%d@sender.example>", h.ids)
}

const (
	priya = "priya@oakfield.example" // a member
	asha  = "asha@highcross.example" // a moderator
	eve   = "eve@evil.example"       // neither
	home  = "priya@home.example"     // Priya's other address
	post  = "senco-forum@lists.example.org"
)

// The hosts that send mail: each domain's own, and one of nobody's.
const (
	ownHost   = "192.0.2.10"
	otherHost = "198.51.100.66"
	filter    = "10.0.0.1" // ours, which is trusted
)

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{db: testdb.Open(t), zone: zone{txt: map[string][]string{}, fails: map[string]bool{}}}
	keys, err := token.Open(filepath.Join(t.TempDir(), "token.keys"))
	if err != nil {
		t.Fatal(err)
	}
	testdb.Update(t, h.db, func(tx *store.Tx) error {
		settings := list.DefaultSettings()
		settings.HourMost, settings.DayMost = list.Off, list.Off // one person writes all of a table
		l, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: settings})
		for i, role := range []list.Role{list.RoleMember, list.RoleModerator} {
			var p list.Person
			if err == nil {
				p = list.Person{Address: testdb.Address(t, []string{priya, asha}[i])}
				if i == 0 {
					p.Linked = []message.Address{testdb.Address(t, home)}
				}
				p, err = list.AddPerson(tx, p)
			}
			if err == nil {
				err = list.Join(tx, list.Membership{List: l.ID, Person: p.ID, Role: role, Mode: list.ModeEvery})
			}
		}
		return err
	})
	h.keys = keys
	now := func() time.Time { return noon }
	h.desk = incoming.New(slog.New(slog.DiscardHandler), h.db, keys, moderate.NewForwarder(h.db, keys, message.Address{}, now), incoming.Config{
		Hostname: "mail.example.org", MaxMessage: 15 << 20, Now: now, Verifier: mailauth.New(&h.zone, mailauth.Config{Now: now}),
		Trusted: []netip.Prefix{netip.MustParsePrefix(filter + "/32")}, Spam: mailauth.SpamPolicy{Fields: []string{"X-Spam-Flag"}},
		Host:  membership.Host{Keys: keys},
		Relay: relay.New(h.db, keys, now),
	})
	return h
}

// arrival is a mail as it comes in.
type arrival struct {
	client, helo, from, to string // of the envelope
	raw                    string
}

// receive returns what became of a mail: the state of its message, with the reason for which it is held, or code and case
// of the refusal.
func (h *house) receive(t testing.TB, a arrival) string {
	t.Helper()
	env := &message.Envelope{Client: netip.MustParseAddr(a.client), Helo: a.helo, Received: noon, To: testdb.Address(t, a.to), UTF8: true}
	if a.from != "" {
		env.From = testdb.Address(t, a.from)
	}
	err := h.desk.Receive(context.Background(), env, []byte(a.raw))
	if err := incoming.NewKeeper(h.desk).Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	var r *list.Refusal
	switch {
	case errors.As(err, &r):
		return fmt.Sprintf("%d %s", r.Code, r.Case)
	case err != nil:
		t.Fatal(err)
	}
	var s intake.Status
	var why string
	testdb.View(t, h.db, func(tx *store.Tx) (err error) {
		report, err := intake.Audit(tx)
		if err != nil {
			return err
		}
		if s, err = intake.StatusOf(tx, intake.ID(report.Accepted)); err != nil || s.State != intake.Held {
			return err
		}
		r, err := intake.Get(tx, intake.ID(report.Accepted))
		why = ": " + r.Reasons[0]
		return err
	})
	return string(s.State) + why
}

// posts names every post with its author.
func (h *house) posts(tx *store.Tx) string {
	var all []string
	for n := archive.Number(1); ; n++ {
		p, err := archive.Get(tx, n)
		if err != nil {
			return strings.Join(all, ", ")
		}
		all = append(all, fmt.Sprintf("%d of person %d", n, p.Author))
	}
}

var _, signingKey, _ = ed25519.GenerateKey(nil)

// publishKey lets a domain vouch for what signs with the selector "s".
func (h *house) publishKey(domain string) {
	h.zone.txt["s._domainkey."+domain] = []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(signingKey.Public().(ed25519.PublicKey))}
}

// sign signs a mail for a domain.
func sign(t testing.TB, raw, domain string) string {
	t.Helper()
	var out bytes.Buffer
	err := dkim.Sign(&out, strings.NewReader(raw), &dkim.SignOptions{
		Domain: domain, Selector: "s", Signer: crypto.Signer(signingKey), HeaderKeys: []string{"From", "Subject", "Date", "To", "Message-ID"},
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}
