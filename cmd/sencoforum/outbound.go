package main

import (
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"sencoforum/config"
	"sencoforum/courier"
)

// newCourier builds the way out: a smarthost, or straight to the hosts of each
// domain.
func newCourier(log *slog.Logger, cfg config.Config) (*courier.SMTP, error) {
	private, err := prefixes(cfg.Delivery.AllowPrivate)
	if err != nil {
		return nil, err
	}
	c := courier.Config{
		Hostname:     cfg.Hostname,
		TLS:          courier.Required,
		ClearDomains: cfg.Delivery.ClearTextDomains,
		AllowPrivate: private,
		Connections:  cfg.Delivery.Connections,
	}
	if cfg.Delivery.TLS == config.TLSOpportunistic {
		c.TLS = courier.Opportunistic
	}
	if cfg.Delivery.Through == config.ThroughSmarthost {
		password, err := cfg.Smarthost.Password()
		if err != nil {
			return nil, err
		}
		c.Smarthost = &courier.Smarthost{
			Host: cfg.Smarthost.Host, Port: cfg.Smarthost.Port, TLS: cfg.Smarthost.TLS,
			User: cfg.Smarthost.User, Password: password, Connections: cfg.Smarthost.Connections,
		}
	}
	return courier.New(log, c), nil
}

// newLog returns the log that every part writes to.
func newLog(cfg config.Log, level *slog.LevelVar, w io.Writer) *slog.Logger {
	level.Set(logLevel(cfg.Level))
	o := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// logLevel reads a level that config has checked.
func logLevel(word string) slog.Level {
	var l slog.Level
	if err := l.UnmarshalText([]byte(word)); err != nil {
		return slog.LevelInfo
	}
	return l
}

// checkDirectory makes the data directory, or refuses one that others can
// read: it holds what members wrote about children. The control socket of a
// server that was killed holds nothing, and may have been left before it got
// its mode; the next one replaces it.
func checkDirectory(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 && info.Mode().Type()&(fs.ModeSymlink|fs.ModeSocket) == 0 {
			return fmt.Errorf("%s can be read by others (mode %04o); put that right with: chmod go-rwx %s", path, info.Mode().Perm(), path)
		}
		if d.IsDir() && path != dir {
			return fs.SkipDir
		}
		return nil
	})
}
