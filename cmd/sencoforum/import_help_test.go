package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/config"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
)

// command runs a command line over a data directory, as somebody at a shell, and returns what it prints.
func command(t *testing.T, dir string, in string, args ...string) (out string, code int) {
	t.Helper()
	var b, problem bytes.Buffer
	o := &rootOptions{now: time.Now, in: strings.NewReader(in), out: &b, errOut: &problem}
	code = run(t.Context(), append([]string{"--data", dir}, args...), o)
	return b.String() + problem.String(), code
}

// imported runs an import with --json and returns its report.
func imported(t *testing.T, dir string, in string, args ...string) (r importReport) {
	t.Helper()
	out, code := command(t, dir, in, append([]string{"import", "--json"}, args...)...)
	if code != exitOK {
		t.Fatalf("%q: exit code %d: %s", args, code, out)
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%q: %v: %s", args, err, out)
	}
	return r
}

// emptyForum makes a data directory with one list and no server.
func emptyForum(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sf") // a short name, because of the control socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	onStore(t, dir, func(db *store.DB) {
		err := db.Update(func(tx *store.Tx) error {
			_, err := list.Create(tx, newList("senco-forum", "lists.example.org", "SENCO Forum", config.Default().Lists, noon))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	return dir
}

// onStore opens the store of a directory for a moment.
func onStore(t *testing.T, dir string, do func(*store.DB)) {
	t.Helper()
	db, err := openStore(slog.New(slog.DiscardHandler), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	do(db)
}

// keptPost is what an import must give again.
type keptPost struct {
	ID, Parent, Root, Subject, Name, Body string
	Written                               time.Time
	Author                                list.PersonID
}

// keptPosts reads all posts in the order of their numbers, and fails for one that is not as an import leaves it.
func keptPosts(t *testing.T, db *store.DB) (all []keptPost) {
	t.Helper()
	err := db.View(func(tx *store.Tx) error {
		ids := map[archive.Number]string{}
		for p, err := range archive.All(tx, 1) {
			if err != nil {
				return err
			}
			ids[p.Number] = p.MessageID
			raw, err := intake.Raw(tx, p.Intake)
			if err != nil {
				return err
			}
			status, err := intake.StatusOf(tx, p.Intake)
			if err != nil || p.Imported && (status.State != intake.Done || p.State != archive.Published) {
				t.Errorf("post %d is %s and %s, %v", p.Number, status.State, p.State, err)
			}
			_, body := message.ReadHeader(raw)
			all = append(all, keptPost{
				ID: p.MessageID, Parent: ids[p.Parent], Root: ids[p.Thread], Subject: p.Subject, Name: p.AuthorName,
				Body: string(body), Written: p.Written.UTC().Truncate(time.Second), Author: p.Author,
			})
		}
		report, err := intake.Audit(tx)
		if err != nil || len(report.Faults) > 0 {
			t.Errorf("audit: %q, %v", report.Faults, err)
		}
		if n, err := queue.Depth(tx); n != 0 || err != nil {
			t.Errorf("%d emails wait, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// oldMbox invents an archive: n messages in discussions of three, two of which are in wrong order in the file.
func oldMbox(n int) string {
	var b strings.Builder
	w := archive.NewMboxWriter(&b)
	for i := range n {
		at := time.Date(2003, 5, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(i^1) * time.Hour)
		var m strings.Builder
		fmt.Fprintf(&m, "From: Teacher %d <t%d@school.example>\nDate: %s\nMessage-ID: <%d@school.example>\n", i%7, i%7, at.Format(time.RFC1123Z), i)
		if up := i - i%3; up != i {
			fmt.Fprintf(&m, "References: <%d@school.example>\n", up)
		}
		fmt.Fprintf(&m, "Subject: Re: Timetables %d\n\nFrom here on, message %d.\n>From there as well.\n", i/3, i)
		if err := w.Write([]byte(m.String()), "", at); err != nil {
			panic(err)
		}
	}
	return b.String()
}

// fileOf writes a file for a command.
func fileOf(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// background is a context that a test can end.
func background(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}
