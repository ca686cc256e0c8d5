package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"sencoforum/config"
	"sencoforum/courier"
)

// askingFiles is the number of descriptors from which on the few look-ups fit that only name the providers behind a
// smarthost.
const askingFiles = 256

// newCourier builds the way out: a smarthost, or straight to the hosts of each
// domain.
func newCourier(log *slog.Logger, cfg config.Config) (*courier.SMTP, error) {
	private, err := prefixes(cfg.Delivery.AllowPrivate)
	if err != nil {
		return nil, err
	}
	providers, err := mailProviders(cfg.Delivery.Providers)
	if err != nil {
		return nil, err
	}
	c := courier.Config{
		Hostname:     cfg.Hostname,
		TLS:          courier.Required,
		ClearDomains: cfg.Delivery.ClearTextDomains,
		AllowPrivate: private,
		Connections:  cfg.Delivery.Connections,
		Providers:    providers,
	}
	if cfg.Delivery.TLS == config.TLSOpportunistic {
		c.TLS = courier.Opportunistic
	}
	if cfg.Delivery.Through == config.ThroughSmarthost {
		password, err := cfg.Smarthost.Password()
		if err != nil {
			return nil, err
		}
		c.AskProviders = descriptors() >= askingFiles
		c.Smarthost = &courier.Smarthost{
			Host: cfg.Smarthost.Host, Port: cfg.Smarthost.Port, TLS: cfg.Smarthost.TLS,
			User: cfg.Smarthost.User, Password: password, Connections: cfg.Smarthost.Connections,
			PerMinute: cfg.Smarthost.PerMinute,
		}
	}
	return courier.New(log, c), nil
}

// mailProviders returns the table of mail providers, with the operator's own file before it where there is one. The
// error is a config.Faults when something is wrong with the file.
func mailProviders(path string) (*courier.Providers, error) {
	if path == "" {
		return courier.ShippedProviders(), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, config.Faults{{Key: "delivery.providers", Problem: err.Error(), Next: "put the file there, or remove the key"}}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, courier.MaxProvidersFile+1))
	if err != nil {
		return nil, config.Faults{{Key: "delivery.providers", Problem: err.Error(), Next: "name a file that can be read"}}
	}
	own, err := courier.ParseProviders(text)
	var wrong courier.ProviderFaults
	if errors.As(err, &wrong) {
		var faults config.Faults
		for _, w := range wrong {
			faults = append(faults, config.Fault{File: path, Line: w.Line, Problem: w.Problem, Next: w.Next})
		}
		return nil, faults
	}
	if err != nil {
		return nil, err
	}
	return own.Before(courier.ShippedProviders()), nil
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
