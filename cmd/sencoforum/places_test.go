package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"sencoforum/config"
)

func TestConnectionsOfBothWaysTogetherLeaveHalfOfTheDescriptors(t *testing.T) {
	mx := places{in: 200, out: 100, lookups: 64}
	proxies := places{in: 200, headers: 100, out: 100, lookups: 64}
	smart := places{in: 200, out: 20}
	tests := []struct {
		name   string
		want   places
		nofile uint64
		got    places
	}{
		{"plenty for all", mx, 20000, mx},
		{"an unlimited number", mx, 1<<64 - 1, mx},
		{"an unlimited number, and proxies", proxies, 1<<64 - 1, proxies},
		{"what the doors leave goes to the mail hosts", mx, 1024, places{in: 200, out: 100, lookups: 64}},
		{"mail that goes out has a third", mx, 256, places{in: 85, out: 28, lookups: 7}},
		{"headers are awaited with a third of the doors' part", proxies, 256, places{in: 57, headers: 28, out: 28, lookups: 7}},
		{"a smarthost needs no look-ups and takes no more than it wants", smart, 256, places{in: 107, out: 20}},
		{"twenty descriptors", mx, 20, places{in: 6, out: 1, lookups: 1}},
		{"twenty descriptors and a smarthost", smart, 20, places{in: 6, out: 3}},
		{"so few that one of each is too many", proxies, 4, places{in: 1, headers: 1, out: 1, lookups: 1}},
		{"none", mx, 0, places{in: 1, out: 1, lookups: 1}},
		{"the settings ask for less", places{in: 5, out: 2, lookups: 64}, 256, places{in: 5, out: 2, lookups: 60}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.want.within(tt.nofile)
			if got != tt.got {
				t.Errorf("got %+v, want %+v", got, tt.got)
			}
			if n := got.in + got.headers + got.out + lookupFiles*got.lookups; tt.nofile >= 20 && uint64(n) >= tt.nofile/2 {
				t.Errorf("%d of %d descriptors are for connections", n, tt.nofile)
			}
		})
	}
}

func TestPlacesAreWhatTheSettingsSay(t *testing.T) {
	tests := []struct {
		name string
		set  func(*config.Config)
		want places
	}{
		{"straight to the mail hosts", func(*config.Config) {}, places{in: 200, out: 100, lookups: 64}},
		{"behind a proxy", func(c *config.Config) { c.SMTP.ProxyFrom = []string{"192.0.2.1/32"} },
			places{in: 200, headers: 100, out: 100, lookups: 64}},
		{"through a smarthost", func(c *config.Config) { c.Delivery.Through = config.ThroughSmarthost },
			places{in: 200, out: 20}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := config.Default()
			tt.set(&cfg)
			if got := asked(cfg); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestFewerConnectionsThanSetAreTold(t *testing.T) {
	if descriptors() == 0 {
		t.Error("no descriptors at all")
	}
	out := new(bytes.Buffer)
	log := slog.New(slog.NewTextHandler(out, nil))
	fit(log, config.Default(), 1<<20)
	if out.Len() > 0 {
		t.Errorf("with plenty: %s", out)
	}
	fit(log, config.Default(), 256)
	if !strings.Contains(out.String(), "files=256 in=85 out=28") {
		t.Errorf("with few: %s", out)
	}
}

// TestASmallDiskTakesMail: the room that is kept free is a part of a small disk and not more than it has.
func TestASmallDiskTakesMail(t *testing.T) {
	const mib, gib = uint64(1 << 20), uint64(1 << 30)
	for name, test := range map[string]struct{ brought, disk, want uint64 }{
		"a large disk keeps three times what can come":     {3000 * mib, 1000 * gib, 9000 * mib},
		"a small one a tenth":                              {3000 * mib, 20 * gib, 2 * gib},
		"a tiny one 512 MiB":                               {3000 * mib, 2 * gib, 512 * mib},
		"a disk of unknown size what can come":             {3000 * mib, 0, 9000 * mib},
		"few connections 512 MiB":                          {10 * mib, 1000 * gib, 512 * mib},
		"few connections on a small disk the same 512 MiB": {10 * mib, 20 * gib, 512 * mib},
	} {
		if got := leastFree(test.brought, test.disk); got != test.want {
			t.Errorf("%s: %d MiB", name, got/mib)
		}
	}
}
