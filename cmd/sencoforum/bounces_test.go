package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sencoforum/bounce"
	"sencoforum/courier"
	"sencoforum/internal/dnszone"
	"sencoforum/list"
	"sencoforum/store"
)

// A server with a calendar counts no dead address in the holidays of its nation; its own file of dates counts instead of
// the typical ones.
func TestTheHouseKeepsSchoolHolidays(t *testing.T) {
	today := time.Now().AddDate(0, 0, -1).Format(time.DateOnly) + " " + time.Now().AddDate(0, 0, 1).Format(time.DateOnly)
	for name, c := range map[string]struct {
		nation, dates string
		frozen, fault bool
	}{
		"no calendar":          {},
		"a holiday today":      {"england", "england " + today, true, false},
		"of another nation":    {"england", "wales " + today, false, false},
		"a file with a fault":  {"england", "england today", false, true},
		"a calendar that ends": {"scotland", "", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := canaryHouse(t)
			cfg.Calendar.Nation = c.nation
			if c.nation != "" {
				cfg.Calendar.File = filepath.Join(t.TempDir(), "dates.txt")
				if err := os.WriteFile(cfg.Calendar.File, []byte(c.dates), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			h, err := openHouse(slog.New(slog.NewTextHandler(io.Discard, nil)), cfg, &carrier{})
			if c.fault {
				if err == nil || !strings.Contains(err.Error(), "line 1") {
					t.Fatalf("it starts, %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer h.db.Close()
			got := h.bounces.Frozen != nil && h.bounces.Frozen(time.Now())
			if got != c.frozen {
				t.Errorf("frozen %v", got)
			}
		})
	}
}

// lines is a log whose lines are read one by one.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

// The house asks the DNS about what a mail host called unknown, and acts on the answer after a restart as well.
func TestTheHouseAsksTheDNSAboutUnknownDomains(t *testing.T) {
	cfg := canaryHouse(t)
	h, err := openHouse(slog.New(slog.DiscardHandler), cfg, &carrier{})
	if err != nil {
		t.Fatal(err)
	}
	err = h.db.Update(func(tx *store.Tx) error {
		l, err := list.Find(tx, "canarylist")
		if err == nil {
			_, err = h.bounces.Note(tx, bounce.Refusal{List: l.ID, Person: 1, Class: bounce.NoDomain, Words: "550 5.1.2"})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	log := make(lines, 1000)
	if h, err = openHouse(slog.New(slog.NewTextHandler(log, nil)), cfg, &carrier{}); err != nil {
		t.Fatal(err)
	}
	defer h.db.Close()
	zone, err := dnszone.Parse("")
	if err != nil {
		t.Fatal(err)
	}
	h.dns = zone
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.run(ctx) }()
	for late := time.After(time.Minute); ; {
		select {
		case line := <-log:
			if !strings.Contains(line, "called unknown") {
				continue
			}
			if !strings.Contains(line, "gone=true") {
				t.Errorf("the DNS knows nothing of it, and the house says: %s", line)
			}
		case <-late:
			t.Error("nobody asked the DNS")
		}
		break
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// Domains of one provider count together, by the names that the courier knows.
func TestTheHouseCountsRefusalsByProvider(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	h, err := openHouse(log, canaryHouse(t), courier.New(log, courier.Config{}))
	if err != nil {
		t.Fatal(err)
	}
	defer h.db.Close()
	if got := h.bounces.Provider; got == nil || got("btinternet.com") != got("talk21.com") || got("btinternet.com") == got("school.example") {
		t.Error("the bounces do not know who is BT")
	}
}
