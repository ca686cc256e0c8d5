package main

import (
	"os"
	"path/filepath"
	"testing"

	"sencoforum/config"
)

// Whoever tries the demonstration at night gets the mails of moderators at once; on a real server they sleep.
func TestADemonstrationIsNeverQuiet(t *testing.T) {
	cfg := config.Default()
	cfg.Data = t.TempDir()
	if h, err := hoursOf(cfg); err != nil || h.NeverQuiet {
		t.Errorf("a real server: %v, %v", h.NeverQuiet, err)
	}
	if err := os.WriteFile(filepath.Join(cfg.Data, demoMark), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if h, err := hoursOf(cfg); err != nil || !h.NeverQuiet {
		t.Errorf("a demonstration: %v, %v", h.NeverQuiet, err)
	}
}
