package main

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
