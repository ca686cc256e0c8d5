package main

import (
	"archive/zip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/store"
)

// TestWhatIsGivenOutAboutOnePerson: all that is theirs, from the time before they were a member as well, and nothing about
// anybody else.
func TestWhatIsGivenOutAboutOnePerson(t *testing.T) {
	dir := emptyForum(t)
	const ann, bob = "t1@school.example", "t2@school.example"
	for _, args := range [][]string{
		{"member", "add", ann}, {"member", "add", bob}, {"member", "set", ann, "name", "Ann Other"}, {"member", "set", bob, "name", "Bob Builder"},
	} {
		if out, code := command(t, dir, "", args...); code != exitOK {
			t.Fatalf("%q: %s", args, out)
		}
	}
	imported(t, dir, oldMbox(21), "mbox", "-")
	to := filepath.Join(t.TempDir(), "ann")
	if out, code := command(t, dir, "", "export", "member", ann, "-o", to); code != exitOK || out != "Wrote what is known of t1@school.example, with 3 posts.\n" {
		t.Fatalf("exit code %d: %s", code, out)
	}
	text := fileText(t, filepath.Join(to, "member.json")) + fileText(t, filepath.Join(to, "posts.mbox"))
	for _, word := range []string{"Ann Other", ann, "message 1.", "message 8.", "message 15.", "member add", "senco-forum@lists.example.org"} {
		if !strings.Contains(text, word) {
			t.Errorf("%q is missing", word)
		}
	}
	for _, word := range []string{"Bob", bob, "t3@", "message 2.", "message 3.", `"person": 2`} {
		if strings.Contains(text, word) {
			t.Errorf("%q is about somebody else", word)
		}
	}
	var v personView
	if err := json.Unmarshal([]byte(fileText(t, filepath.Join(to, "member.json"))), &v); err != nil || len(v.Posts) != 3 || len(v.Memberships) != 1 {
		t.Errorf("%+v, %v", v, err)
	}
	for _, name := range []string{to, filepath.Join(to, "member.json"), filepath.Join(to, "posts.mbox")} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if out, code := command(t, dir, "", "export", "member", ann, "-o", to); code != exitUsage || !strings.Contains(out, "is there already") {
		t.Errorf("a second time: exit code %d: %s", code, out)
	}
	// Somebody who wrote only before this forum was here has no number, and gets their posts.
	packed := filepath.Join(t.TempDir(), "old.zip")
	if out, code := command(t, dir, "", "export", "member", "T5@school.example", "-o", packed); code != exitOK || !strings.Contains(out, "with 3 posts") {
		t.Errorf("exit code %d: %s", code, out)
	}
	if got := zipText(t, packed, "posts.mbox"); !strings.Contains(got, "message 5.") || strings.Contains(got, "message 1.") {
		t.Errorf("their posts: %s", got)
	}
	nobody := filepath.Join(t.TempDir(), "nobody.zip")
	if out, code := command(t, dir, "", "export", "member", "nobody@school.example", "-o", nobody); code != exitUsage || !strings.Contains(out, "nothing is stored") {
		t.Errorf("nobody: exit code %d: %s", code, out)
	}
	if _, err := os.Stat(nobody); err == nil {
		t.Error("an export that failed left a file")
	}
	onStore(t, dir, func(db *store.DB) { noted(t, db, "member export", 1) })
}

// noted fails when the record has no such act, done to this person.
func noted(t *testing.T, db *store.DB, action string, person uint32) {
	t.Helper()
	err := db.View(func(tx *store.Tx) error {
		for e, err := range audit.All(tx) {
			if err != nil || e.Action == action && e.Person == person {
				return err
			}
		}
		t.Errorf("the record has no %q", action)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestPartsOfTheArchiveAreGivenOut: one discussion, one year, and not what members do not see.
func TestPartsOfTheArchiveAreGivenOut(t *testing.T) {
	dir := emptyForum(t)
	imported(t, dir, oldMbox(9)+strings.ReplaceAll(strings.ReplaceAll(oldMbox(2), "2003", "2004"), "@school.example>", "@later.example>"), "mbox", "-")
	for _, c := range []struct {
		args []string
		want int
	}{
		{nil, 11}, {[]string{"--year", "2004"}, 2}, {[]string{"--year", "1999"}, 0}, {[]string{"--thread", "3"}, 3}, {[]string{"--list", "senco-forum"}, 11},
	} {
		out, code := command(t, dir, "", append([]string{"export", "mbox"}, c.args...)...)
		if n := strings.Count("\n"+out, "\nFrom "); code != exitOK || n != c.want {
			t.Errorf("%q: exit code %d, %d posts, want %d", c.args, code, n, c.want)
		}
	}
	if out, code := command(t, dir, "", "export", "mbox", "--thread", "999"); code != exitUsage {
		t.Errorf("no such thread: exit code %d: %s", code, out)
	}
	onStore(t, dir, func(db *store.DB) {
		noted(t, db, "archive export", 0)
		err := db.Update(func(tx *store.Tx) error {
			_, err := archive.Accept(tx, archive.NewPost{Post: archive.Post{List: 1, Intake: 1, MessageID: "<waits@x>", Until: time.Now().Add(time.Hour)}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	file := filepath.Join(t.TempDir(), "all.mbox")
	out, code := command(t, dir, "", "export", "mbox", "-o", file)
	if code != exitOK || out != "Wrote 11 posts of senco-forum. 1 post that members do not see stayed out.\n" {
		t.Errorf("exit code %d: %s", code, out)
	}
	if out, code := command(t, dir, "", "export", "mbox", "-o", file); code != exitUsage || !strings.Contains(out, "nothing is ever written over") {
		t.Errorf("over a file: exit code %d: %s", code, out)
	}
}

func fileText(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func zipText(t *testing.T, file, name string) string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
