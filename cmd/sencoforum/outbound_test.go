package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sencoforum/config"
	"sencoforum/courier"
)

// mailWorld is the DNS and the policy host of one domain that wants its mail encrypted and verified (MTA-STS).
type mailWorld struct {
	blocked bool // somebody keeps us from the TXT record and from HTTPS
	asked   atomic.Int32
	enough  func(asked int32) // nil: nobody counts
}

func (w *mailWorld) LookupTXT(context.Context, string) ([]string, error) {
	if w.blocked {
		return nil, errors.New("no answer")
	}
	return []string{"v=STSv1; id=1"}, nil
}

func (w *mailWorld) LookupMX(context.Context, string) ([]*net.MX, error) {
	return []*net.MX{{Host: "mx.school.example.", Pref: 10}}, nil
}

func (w *mailWorld) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("203.0.113.1")}, nil
}

func (w *mailWorld) RoundTrip(*http.Request) (*http.Response, error) {
	if n := w.asked.Add(1); w.enough != nil {
		w.enough(n)
	}
	if w.blocked {
		return nil, errors.New("no answer")
	}
	text := "version: STSv1\nmode: enforce\nmx: *.school.example\nmax_age: 604800\n"
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader(text))}, nil
}

// A server that starts again knows which domains forbade mail over connections that nobody verified, and asks them anew
// when a day has passed.
func TestTheHouseKeepsPoliciesOfMailDomains(t *testing.T) {
	cfg := canaryHouse(t)
	log := slog.New(slog.DiscardHandler)
	w := &mailWorld{}
	live := func(later time.Duration, want string, fetches int32) { // until so many were asked for in all, and no more for a while
		t.Helper()
		c := courier.New(log, courier.Config{Resolver: w, HTTPS: w, Now: func() time.Time { return time.Now().Add(later) }})
		h, err := openHouse(log, cfg, c)
		if err != nil {
			t.Fatal(err)
		}
		defer h.db.Close()
		hop, err := c.Route(t.Context(), "school.example")
		if err != nil || hop.Key != want {
			t.Errorf("after %v: hop %q, %v, want %q", later, hop.Key, err, want)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		end := sync.OnceFunc(func() { time.AfterFunc(100*time.Millisecond, cancel) })
		if w.enough = func(n int32) {
			if n >= fetches {
				end()
			}
		}; w.asked.Load() >= fetches {
			end()
		}
		if err := h.run(ctx); err != nil {
			t.Error(err)
		}
		if got := w.asked.Load(); got != fetches {
			t.Errorf("after %v: %d fetches, want %d", later, got, fetches)
		}
	}
	live(0, "mx-verified:mx.school.example", 1)
	w.blocked = true
	live(time.Hour, "mx-verified:mx.school.example", 1)
	live(6*24*time.Hour, "mx-verified:mx.school.example", 3) // for the route, and of the house's own accord
	live(8*24*time.Hour, "mx:mx.school.example", 3)
}

// The operator's file of providers, the pace of the mail service and the warm-up arrive where they are obeyed.
func TestSettingsOfPaceAreWired(t *testing.T) {
	cfg := canaryHouse(t)
	cfg.Delivery.Providers = filepath.Join(t.TempDir(), "providers.txt")
	if err := os.WriteFile(cfg.Delivery.Providers, []byte("[Our trust]\ndomain = *.trust.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Delivery.Through, cfg.Delivery.WarmUp = config.ThroughMX, config.WarmUpOn
	log := slog.New(slog.DiscardHandler)
	c, err := newCourier(log, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.ProviderOf("school.trust.example") + ", " + c.ProviderOf("sky.com"); got != "Our trust, Sky" {
		t.Errorf("providers %s", got)
	}
	h := house{log: log, cfg: cfg}
	if q := h.queueConfig(); !q.WarmUp || !slices.Contains(q.Operators, "Microsoft 365") || slices.Contains(q.Operators, "Our trust") {
		t.Errorf("%+v", q)
	}

	h.cfg.Delivery.Through = config.ThroughSmarthost
	h.cfg.Smarthost.Host, h.cfg.Smarthost.PerMinute = "mail.example", 30
	if h.queueConfig().WarmUp {
		t.Error("a mail service is warmed up")
	}
	if c, err = newCourier(log, h.cfg); err != nil {
		t.Fatal(err)
	}
	if hop, err := c.Route(t.Context(), "sky.com"); err != nil || hop.PerMinute != 30 || hop.Provider != "Sky" {
		t.Errorf("%+v, %v", hop, err)
	}
}
