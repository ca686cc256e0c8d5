package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// backedUp writes a backup of a data directory and returns its file.
func backedUp(t *testing.T, dir string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "forum.tar")
	if out, code := command(t, dir, "", "backup", "-o", file); code != exitOK || !strings.Contains(out, "1 list, ") || !strings.Contains(out, "Wrote "+file) {
		t.Fatalf("exit code %d: %s", code, out)
	}
	return file
}

// TestAForumComesBackFromItsBackup: members, posts, keys and record; the next number is one that was never given out.
func TestAForumComesBackFromItsBackup(t *testing.T) {
	dir := emptyForum(t)
	if out, code := command(t, dir, "", "member", "add", "ann@school.example"); code != exitOK {
		t.Fatal(out)
	}
	imported(t, dir, oldMbox(5), "mbox", "-")
	if out, _ := command(t, dir, "", "doctor"); !strings.Contains(out, "None was ever made") {
		t.Errorf("the doctor does not miss a backup: %s", out)
	}
	file := backedUp(t, dir)
	if out, _ := command(t, dir, "", "doctor"); strings.Contains(out, "None was ever made") || !strings.Contains(out, "The last one was made on") {
		t.Errorf("the doctor does not see the backup: %s", out)
	}
	if out, code := command(t, dir, "", "restore", file); code != exitUsage || !strings.Contains(out, "holds something already") || !strings.Contains(out, "--erasures "+dir+".old") {
		t.Errorf("over a forum: exit code %d: %s", code, out)
	}
	again := filepath.Join(t.TempDir(), "data")
	out, code := command(t, again, "", "restore", file)
	if code != exitOK || !strings.Contains(out, "1 membership") || !strings.Contains(out, "does not run any more") {
		t.Fatalf("exit code %d: %s", code, out)
	}
	if !strings.Contains(out, "no settings file in the backup") || strings.Contains(out, "was there and stays") {
		t.Errorf("nobody has settings here, and it says: %s", out)
	}
	for _, words := range []string{"member list", "verify", "audit verify", "export mbox"} {
		if out, code := command(t, again, "", strings.Fields(words)...); code != exitOK {
			t.Errorf("%s: exit code %d: %s", words, code, out)
		}
	}
	if out, _ := command(t, again, "", "member", "add", "bob@school.example", "--json"); strings.Contains(out, "fault") {
		t.Error(out)
	}
	onStore(t, again, func(db *store.DB) {
		err := db.View(func(tx *store.Tx) error {
			for n := archive.Number(1); n <= 5; n++ {
				if _, err := archive.Get(tx, n); err != nil {
					t.Error(err)
				}
			}
			var last list.PersonID
			for p, err := range list.People(tx) {
				if err != nil {
					return err
				}
				last = p.ID
			}
			if last < 1000 {
				t.Errorf("a new member has number %d, which one who was lost may have had", last)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestABackupThatIsNoneLeavesNothing: neither a directory nor settings.
func TestABackupThatIsNoneLeavesNothing(t *testing.T) {
	whole, err := os.ReadFile(backedUp(t, emptyForum(t)))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	out, code := command(t, dir, string(whole[:len(whole)/2]), "restore", "-")
	if code == exitOK || !strings.Contains(out, "breaks off") || !strings.Contains(out, "nothing was left behind") {
		t.Errorf("exit code %d: %s", code, out)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the directory is there")
	}
	if out, code := command(t, dir, string(whole), "restore", "--dry-run", "-"); code != exitOK || !strings.Contains(out, "is whole") || !strings.Contains(out, "Nothing was written") {
		t.Errorf("dry run: exit code %d: %s", code, out)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a dry run made the directory")
	}
}

// TestOldBackupsGo: the newest stay, and nothing that is not a backup of ours is touched.
func TestOldBackupsGo(t *testing.T) {
	dir, to := emptyForum(t), t.TempDir()
	for _, name := range []string{"sencoforum-20260101-020000.tar", "sencoforum-20260102-020000.tar", "sencoforum-20260103-020000.tar", "sencoforum-notes.tar", "holiday.tar"} {
		if err := os.WriteFile(filepath.Join(to, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, code := command(t, dir, "", "backup", "--into", to, "--keep", "2"); code != exitOK || strings.Count(out, "Removed") != 2 {
		t.Errorf("exit code %d: %s", code, out)
	}
	left, _ := filepath.Glob(filepath.Join(to, "*"))
	names := strings.Join(left, " ")
	if len(left) != 4 || !strings.Contains(names, "notes") || !strings.Contains(names, "holiday") || !strings.Contains(names, "20260103") {
		t.Errorf("left: %s", names)
	}
	for _, words := range []string{"backup", "backup -o x --into y", "backup -o x --keep 3", "backup --into /no/such/place"} {
		if out, code := command(t, dir, "", strings.Fields(words)...); code != exitUsage {
			t.Errorf("%s: exit code %d: %s", words, code, out)
		}
	}
}

// TestWhatWasErasedSinceTheBackupStaysErased: --erasures takes the newer ledger, and no other.
func TestWhatWasErasedSinceTheBackupStaysErased(t *testing.T) {
	dir := emptyForum(t)
	imported(t, dir, oldMbox(5), "mbox", "-")
	file := backedUp(t, dir)
	if out, code := command(t, dir, "", "--yes", "post", "erase", "2"); code != exitOK {
		t.Fatalf("exit code %d: %s", code, out)
	}
	again := filepath.Join(t.TempDir(), "data")
	if out, code := command(t, again, "", "restore", "--erasures", dir, file); code != exitOK {
		t.Fatalf("exit code %d: %s", code, out)
	}
	for _, name := range []string{"erasures.log", "erasures.key"} {
		if fileText(t, filepath.Join(again, name)) != fileText(t, filepath.Join(dir, name)) {
			t.Errorf("%s is not the newer one", name)
		}
	}
	newer := backedUp(t, dir)
	third := filepath.Join(t.TempDir(), "data")
	if out, code := command(t, third, "", "restore", "--erasures", emptyForum(t), newer); code != exitUsage || !strings.Contains(out, "of another forum") {
		t.Errorf("with another forum's ledger: exit code %d: %s", code, out)
	}
}

// TestABackupIsMadeByTheServer: the store is the server's, and the file is written by whoever gave the command.
func TestABackupIsMadeByTheServer(t *testing.T) {
	dir, ctx := emptyForum(t), t.Context()
	l, err := listenControl(filepath.Join(dir, controlName))
	if err != nil {
		t.Fatal(err)
	}
	onStore(t, dir, func(db *store.DB) {
		ctx, cancel := context.WithCancel(ctx)
		end := make(chan error)
		go func() {
			end <- serveControl(ctx, l, func(uid int, in io.Reader, out, errOut io.Writer) *admin {
				a := (&control{db: db}).newAdmin(uid, in, out, errOut)
				a.cfg.Data = dir
				return a
			})
		}()
		file := backedUp(t, dir)
		cancel()
		if err := <-end; err != nil {
			t.Error(err)
		}
		again := filepath.Join(t.TempDir(), "data")
		if out, code := command(t, again, "", "restore", file); code != exitOK {
			t.Errorf("exit code %d: %s", code, out)
		}
	})
}
