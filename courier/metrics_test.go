package courier

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestConnectionsAreCountedByHowFarTheyCame(t *testing.T) {
	cert, trusted := certificate(t, "mail.example")
	_, stranger := certificate(t, "mail.example")
	z := &zone{addrs: map[string][]netip.Addr{"mail.example": addresses("203.0.113.1")}}
	smart := func(name, password string) *Smarthost {
		return &Smarthost{Host: name, User: "forum", Password: password}
	}
	for _, tc := range []struct {
		name  string
		cfg   Config
		noTLS bool
		want  string // the one counter that moves
	}{
		{name: "encrypted", cfg: Config{RootCAs: trusted, Smarthost: smart("mail.example", "secret")},
			want: `sencoforum_courier_connections_total{tls="yes"} 1`},
		{name: "in the clear", noTLS: true, cfg: Config{TLS: Opportunistic},
			want: `sencoforum_courier_connections_total{tls="no"} 1`},
		{name: "no such name", cfg: Config{Smarthost: smart("gone.example", "secret")},
			want: `sencoforum_courier_connection_failures_total{stage="dns"} 1`},
		{name: "nobody there", cfg: Config{Smarthost: smart("mail.example", "secret"),
			Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("refused") }},
			want: `sencoforum_courier_connection_failures_total{stage="connect"} 1`},
		{name: "a stranger's certificate", cfg: Config{RootCAs: stranger, Smarthost: smart("mail.example", "secret")},
			want: `sencoforum_courier_connection_failures_total{stage="tls"} 1`},
		{name: "a wrong password", cfg: Config{RootCAs: trusted, Smarthost: smart("mail.example", "wrong")},
			want: `sencoforum_courier_connection_failures_total{stage="login"} 1`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			box := &inbox{}
			at := box.serve(t, map[bool]*tls.Certificate{false: &cert}[tc.noTLS], false)
			tc.cfg.Hostname, tc.cfg.Resolver = "forum.example", z
			if tc.cfg.Dial == nil {
				tc.cfg.Dial = to(at)
			}
			if tc.cfg.Smarthost == nil {
				tc.cfg.Resolver = &zone{addrs: map[string][]netip.Addr{"mail.example.": addresses("203.0.113.1")}}
			}
			c := New(discard(), tc.cfg)
			r := prometheus.NewPedanticRegistry()
			if err := c.Register(r); err != nil {
				t.Fatal(err)
			}
			deliverAll(t, c, "mail.example", newRows(mails(t, 2)...), 1)
			wantOnly(t, r, "sencoforum_courier_conn", tc.want)
		})
	}
}

// wantOnly demands that of the counters whose names begin with prefix one alone has moved.
func wantOnly(t *testing.T, r *prometheus.Registry, prefix, want string) {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var moved []string
	for _, f := range families {
		for _, m := range f.Metric {
			if v := m.Counter.GetValue(); v != 0 && strings.HasPrefix(f.GetName(), prefix) {
				l := m.Label[0]
				moved = append(moved, f.GetName()+`{`+l.GetName()+`="`+l.GetValue()+`"} `+map[float64]string{1: "1", 2: "2"}[v])
			}
		}
	}
	if len(moved) != 1 || moved[0] != want {
		t.Errorf("moved: %v, want %s alone", moved, want)
	}
	if problems, err := testutil.GatherAndLint(r); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

func TestRoutesAreCounted(t *testing.T) {
	for domain, want := range map[string]string{
		"plain.example":  `sencoforum_courier_routes_total{result="found"} 1`,
		"null.example":   `sencoforum_courier_routes_total{result="failed"} 1`,
		"broken.example": `sencoforum_courier_routes_total{result="deferred"} 1`,
	} {
		c := New(discard(), Config{Resolver: testZone()})
		r := prometheus.NewPedanticRegistry()
		if err := c.Register(r); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second answer is remembered, but for a trouble of the DNS
			c.Route(t.Context(), domain)
			if domain == "broken.example" {
				break
			}
		}
		wantOnly(t, r, "sencoforum_courier_routes", want)
	}
}

func TestWhatWeBreakOffIsNoFailure(t *testing.T) {
	m := newMetrics()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m.connected(ctx, nil, &trouble{doing: "connect", err: context.Canceled})
	if n := testutil.ToFloat64(m.failures.WithLabelValues("connect")); n != 0 {
		t.Errorf("%v failures", n)
	}
	m.connected(t.Context(), nil, errors.New("something new"))
	if n := testutil.ToFloat64(m.failures.WithLabelValues(otherStage)); n != 1 {
		t.Errorf("%v other failures", n)
	}
}
