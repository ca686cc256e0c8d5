package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sencoforum/config"
)

// TestLostKeysAreTold: a new forum has none and says nothing; one that has sent mail says which were lost, once.
func TestLostKeysAreTold(t *testing.T) {
	cfg := config.Default()
	cfg.Data = emptyForum(t)
	start := func() string {
		t.Helper()
		var log bytes.Buffer
		h, err := openHouse(slog.New(slog.NewTextHandler(&log, nil)), cfg, &carrier{})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.db.Close(); err != nil {
			t.Fatal(err)
		}
		return log.String()
	}
	if said := start(); strings.Contains(said, "lost") {
		t.Errorf("a new forum says: %s", said)
	}
	if out, code := command(t, cfg.Data, "", "moderator", "add", "ann@school.example"); code != exitOK {
		t.Fatal(out)
	}
	if said := start(); strings.Contains(said, "lost") {
		t.Errorf("with all keys: %s", said)
	}
	if err := os.Remove(filepath.Join(cfg.Data, "token.keys")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(cfg.Data, "dkim")); err != nil {
		t.Fatal(err)
	}
	if said := start(); !strings.Contains(said, "token keys are lost") || !strings.Contains(said, "DKIM) are lost") {
		t.Errorf("without keys: %s", said)
	}
	if said := start(); strings.Contains(said, "lost") {
		t.Errorf("a second time: %s", said)
	}
}
