package bounce

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/internal/dnszone"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// asked is a DNS that counts the questions for mail hosts.
type asked struct {
	*dnszone.Zone
	count atomic.Int32
}

func (a *asked) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	a.count.Add(1)
	return a.Zone.LookupMX(ctx, name)
}

func zone(t testing.TB, text string) *asked {
	t.Helper()
	z, err := dnszone.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return &asked{Zone: z}
}

// pending counts the refusals that wait for the DNS.
func (d *desk) pending(t testing.TB) (n int) {
	t.Helper()
	testdb.View(t, d.db, func(tx *store.Tx) error {
		for _, err := range checks.All(tx) {
			if err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n
}

func TestAnUnknownDomainScoresOnlyIfTheDNSAgrees(t *testing.T) {
	for name, c := range map[string]struct {
		zone   string
		points int
	}{
		"nothing is there":           {"other.example. 60 IN A 192.0.2.1", 1},
		"only a text":                {`school.example. 60 IN TXT "v=spf1 -all"`, 1},
		"a mail host":                {"school.example. 60 IN MX 10 mx.school.example.", 0},
		"an address":                 {"school.example. 60 IN A 192.0.2.1", 0},
		"an IPv6 address":            {"school.example. 60 IN AAAA 2001:db8::1", 0},
		"no answer about mail hosts": {"$FAIL school.example. MX", 0},
		"no answer about addresses":  {"$FAIL school.example. A", 0},
		"none about IPv6":            {"$FAIL school.example. AAAA", 0},
		"another name":               {"school.example. 60 IN CNAME cloud.example.\ncloud.example. 60 IN A 192.0.2.1", 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, 3)
			for range 2 {
				if got := d.note(t, Refusal{Person: 2, Class: NoDomain}); got != Nothing {
					t.Errorf("before anybody asked: %s", got)
				}
			}
			if d.points(t, 2) != 0 || d.pending(t) != 1 {
				t.Fatalf("%d points and %d pending", d.points(t, 2), d.pending(t))
			}
			if _, err := NewChecker(testLog(), d.db, d.Book, zone(t, c.zone)).step(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := d.points(t, 2); got != c.points || d.pending(t) != 0 {
				t.Errorf("%d points, want %d; %d pending", got, c.points, d.pending(t))
			}
		})
	}
}

// fixedMX is a DNS with the same mail hosts for every domain, and no addresses.
type fixedMX []*net.MX

func (f fixedMX) LookupMX(context.Context, string) ([]*net.MX, error) { return f, nil }

func (fixedMX) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func TestADomainThatTakesNoMailIsGone(t *testing.T) {
	if !isGone(t.Context(), fixedMX{{Host: "."}}, "school.example") {
		t.Error("a null MX (RFC 7505) is a mail host")
	}
	if isGone(t.Context(), fixedMX{{Host: "gone.example."}}, "school.example") {
		t.Error("a mail host that has no address may have one tomorrow")
	}
	if isGone(t.Context(), zone(t, ""), "[192.0.2.1]") {
		t.Error("an address literal is looked up")
	}
}

// A domain that stays away for three days brings a probe, and the probe ends delivery; the checker is another one each day,
// as after a restart.
func TestAGoneDomainIsSuspendedLikeADeadAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, 3)
		run := func(z *asked) {
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- NewChecker(testLog(), d.db, d.Book, z).Run(ctx) }()
			time.Sleep(2 * checkAfter)
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		for d.day = range 3 {
			d.note(t, Refusal{Person: 2, Class: NoDomain})
			d.note(t, Refusal{Person: 3, Class: NoDomain})
			z := zone(t, "")
			if run(z); z.count.Load() != 1 {
				t.Errorf("%d questions about one domain", z.count.Load())
			}
		}
		subjects, _ := d.letters(t)
		if len(subjects) != 2 || d.member(t, 2).Suspended {
			t.Fatalf("after three days: %q", subjects)
		}
		d.note(t, Refusal{Person: 2, Class: NoDomain})
		d.note(t, Refusal{Person: 2, Class: NoDomain, Probe: true})
		d.note(t, Refusal{Person: 3, Class: NoDomain, Probe: true})
		testdb.Update(t, d.db, func(tx *store.Tx) error { // who has a new address meanwhile
			p, err := list.GetPerson(tx, 3)
			if err != nil {
				return err
			}
			p.Address = testdb.Address(t, "new@other.example")
			return list.SavePerson(tx, p)
		})
		run(zone(t, ""))
		if !d.member(t, 2).Suspended || d.member(t, 3).Suspended {
			t.Errorf("suspended: %v, and %v who has moved", d.member(t, 2).Suspended, d.member(t, 3).Suspended)
		}
	})
}

func TestNothingIsAskedWhileNothingScores(t *testing.T) {
	d := newDesk(t, 3)
	d.note(t, Refusal{Person: 2, Class: NoDomain, Broken: true})
	d.Frozen = func(time.Time) bool { return true }
	d.note(t, Refusal{Person: 2, Class: NoDomain})
	if d.pending(t) != 0 {
		t.Error("a refusal waits that will not score")
	}
}
