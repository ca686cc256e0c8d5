package courier

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/queue"
)

// A policy is kept host by host: a bad one is passed over, and gets nothing on the way (RFC 8461 §5.1).
func TestABadHostIsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ca := newAuthority(t)
		boxes, wires := map[string]*inbox{}, map[string]*pipes{}
		for at, cert := range map[string]*tls.Certificate{
			"203.0.113.1:25": nil, // the best
			"203.0.113.2:25": ca.issue(time.Now().Add(-time.Hour), "mx2.school.example"),
			"203.0.113.3:25": ca.issue(time.Now().Add(time.Hour), "mx3.school.example"),
			"203.0.113.4:25": ca.issue(time.Now().Add(time.Hour), "mx4.school.example"),
		} {
			boxes[at], wires[at] = &inbox{}, newPipes()
			boxes[at].serveOn(t, wires[at], cert, false)
		}
		z := &zone{txt: map[string][]string{townTXT: {"v=STSv1; id=1"}},
			mx: map[string][]*net.MX{"school.example.": mx(10, "mx1.school.example.", 20, "mx2.school.example.", 30, "mx3.school.example.", 40, "mx4.school.example.")},
			addrs: map[string][]netip.Addr{"mx1.school.example.": addresses("203.0.113.1"), "mx2.school.example.": addresses("203.0.113.2"),
				"mx3.school.example.": addresses("203.0.113.3"), "mx4.school.example.": addresses("203.0.113.4")}}
		var tried []string
		c := New(discard(), Config{Hostname: "forum.example", Resolver: z, RootCAs: ca.pool, TLS: Opportunistic,
			HTTPS: &policyHost{text: policy("enforce", week, "mx1.school.example", "mx2.school.example", "mx4.school.example")},
			Dial: func(ctx context.Context, n, at string) (net.Conn, error) {
				tried = append(tried, at)
				return wires[at].dial(ctx, n, at)
			}})
		x := sendOne(t, c, boxes["203.0.113.4:25"], new(bytes.Buffer))
		if diff := cmp.Diff([]string{"203.0.113.1:25", "203.0.113.2:25", "203.0.113.4:25"}, tried); diff != "" || !x.delivered || x.clear {
			t.Errorf("%+v, hosts tried (-want +got):\n%s", x.result, diff)
		}
		want := []string{"enforce/certificate-expired", "enforce/starttls-not-supported", "enforce/success", "enforce/validation-failure"}
		if diff := cmp.Diff(want, x.moved); diff != "" {
			t.Errorf("counters (-want +got):\n%s", diff)
		}
		for at, box := range boxes {
			if at != "203.0.113.4:25" && len(box.mails) > 0 {
				t.Errorf("%s has mail", at)
			}
		}
	})
}

// Two domains have one host, whose certificate nobody knows. What goes there for the one, unverified, opens no way for the
// other, not even by a TLS session that is taken up again; nor does it close that of the first.
func TestAnUnverifiedConnectionServesNoPolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cert, _ := certificate(t, "mx.provider.example")
		box, wires := &inbox{}, newPipes()
		box.serveOn(t, wires, &cert, false)
		z := &zone{txt: map[string][]string{"_mta-sts.strict.example.": {"v=STSv1; id=1"}},
			mx:    map[string][]*net.MX{"strict.example.": mx(10, "mx.provider.example."), "plain.example.": mx(10, "mx.provider.example.")},
			addrs: map[string][]netip.Addr{"mx.provider.example.": addresses("203.0.113.1")}}
		c := New(discard(), Config{Hostname: "forum.example", Resolver: z, RootCAs: newAuthority(t).pool, Dial: wires.dial,
			HTTPS: &policyHost{text: policy("enforce", week, "mx.provider.example")}})
		for i, domain := range []string{"plain.example", "strict.example", "plain.example", "strict.example"} {
			hop, err := c.Route(t.Context(), domain)
			if err != nil {
				t.Fatal(err)
			}
			src := newRows(queue.Outgoing{Row: 1, To: addr(t, "priya@"+domain), Body: []byte("Subject: hi\r\n\r\nhi\r\n")})
			err = c.Deliver(t.Context(), hop, src)
			src.check(t)
			if got, want := err == nil, domain == "plain.example"; got != want {
				t.Errorf("mail %d, for %s: %v", i, domain, err)
			}
			if err != nil && !strings.Contains(err.Error(), "MTA-STS") {
				t.Errorf("nobody reads why: %v", err)
			}
		}
		if _, ok := box.mails["priya@strict.example"]; ok || len(box.mails) != 1 {
			t.Errorf("mails for %v", box.mails)
		}
	})
}
