package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/archive"
	"sencoforum/config"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// TestAnOldArchiveComesIntoTheRunningServer: an import while the server takes mail, twice, and out and in again. Nobody is
// mailed for it, and the next post goes to the members as always.
func TestAnOldArchiveComesIntoTheRunningServer(t *testing.T) {
	const forum, n, before = "senco-forum@lists.example.org", 60, 2 // posts of the demonstration
	w := newTown(t, 3)
	people := sampleForum(3).Members
	file := fileOf(t, "old.mbox", strings.ReplaceAll(oldMbox(n), "t3@school.example", people[0].Address))
	if r := imported(t, w.cfg.Data, "", "mbox", "--dry-run", file); r.New != n || r.Written || r.Linked != 9 {
		t.Errorf("dry run: %+v", r)
	}
	r := imported(t, w.cfg.Data, "", "mbox", file)
	if r.New != n || r.Known != 0 || r.Linked != 9 || r.Messages != n || len(r.Skipped) != 0 || !r.Written {
		t.Errorf("first time: %+v", r)
	}
	if r := imported(t, w.cfg.Data, "", "mbox", file); r.New != 0 || r.Known != n {
		t.Errorf("second time: %+v", r)
	}
	out, code := command(t, w.cfg.Data, "", "audit")
	if code != exitOK || !strings.Contains(out, "No faults.") || !strings.Contains(out, "62 posts") || !strings.Contains(out, "\n0 emails wait") {
		t.Errorf("audit: %d, %s", code, out)
	}
	w.mail(people[0].Address, forum, "today", "The first post of today.")
	copies := w.carrier.await(t, len(people))
	if got := countCopies(copies, "The first post of today."); got != len(people) || len(copies) != len(people) {
		t.Errorf("%d copies, %d of them of today's post; want %d", len(copies), got, len(people))
	}
	nobodyReads(t, w, forum)
	again := filepath.Join(t.TempDir(), "again.mbox")
	if out, code := command(t, w.cfg.Data, "", "export", "mbox", "-o", again); code != exitOK || out != "Wrote 63 posts of senco-forum.\n" {
		t.Errorf("export: %d, %q", code, out)
	}
	if info, err := os.Stat(again); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of an export: %v, %v", info.Mode(), err)
	}
	if r := imported(t, w.cfg.Data, "", "mbox", again); r.New != 0 || r.Known != before+n+1 {
		t.Errorf("what was written out is not known again: %+v", r)
	}
	w.end()
	sameAgain(t, w.cfg.Data, again, before+n+1)
	if strings.Contains(w.log.String(), "snc1_") {
		t.Error("the log has a token")
	}
}

// nobodyReads fails where a page shows the archive to anybody.
func nobodyReads(t *testing.T, w *town, forum string) {
	t.Helper()
	web := strings.TrimSuffix(leaveURL(w.cfg), "/")
	for _, path := range []string{"", "/", "/archive", "/posts/1", "/1", "/" + forum} {
		res, err := http.Get(web + path)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(res.Body)
		res.Body.Close()
		welcome := strings.Trim(path, "/") == "" // the one page that is for everybody; it shows no post
		if err != nil || res.StatusCode == http.StatusOK && (!welcome || strings.Contains(string(page), "The first post of today.")) {
			t.Errorf("anybody can read %s (%v)", path, err)
		}
	}
}

// sameAgain imports what a forum wrote out into an empty one, and compares the two.
func sameAgain(t *testing.T, dir, file string, posts int) {
	t.Helper()
	var here, there []keptPost
	onStore(t, dir, func(db *store.DB) { here = keptPosts(t, db) })
	other := emptyForum(t)
	if r := imported(t, other, "", "mbox", file); r.New != posts {
		t.Errorf("into another forum: %+v", r)
	}
	onStore(t, other, func(db *store.DB) { there = keptPosts(t, db) })
	for i := range here {
		if here[i].Author != 0 { // the name that a member chose is not in the message
			here[i].Author, here[i].Name = 0, ""
		}
	}
	for i := range there {
		if there[i].Name == "Teacher 3" || there[i].Body == "" || !strings.HasSuffix(there[i].ID, "@school.example>") {
			there[i].Name = ""
		}
	}
	for _, all := range [][]keptPost{here, there} { // those of the demonstration came first here
		slices.SortFunc(all, func(a, b keptPost) int { return strings.Compare(a.ID, b.ID) })
	}
	if diff := cmp.Diff(here, there); diff != "" {
		t.Errorf("the archive (-) is not the same after it was written out and imported (+):\n%s", diff)
	}
}

func TestImportWithoutAServer(t *testing.T) {
	const n = 30
	text := oldMbox(n)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(text))
	z.Close()
	var want []keptPost
	for name, run := range map[string]func(dir string) importReport{
		"a file":         func(dir string) importReport { return imported(t, dir, "", "mbox", fileOf(t, "a.mbox", text)) },
		"standard input": func(dir string) importReport { return imported(t, dir, text, "mbox", "-") },
		"packed": func(dir string) importReport {
			return imported(t, dir, "", "mbox", "--list", "senco-forum", fileOf(t, "a.gz", packed.String()))
		},
		"packed, standard input": func(dir string) importReport { return imported(t, dir, packed.String(), "mbox", "-") },
		"packed by zstd": func(dir string) importReport {
			return imported(t, dir, "", "mbox", "--format", "mboxrd", "testdata/old.mbox.zst") // of the same text
		},
		"a maildir": func(dir string) importReport { return imported(t, dir, "", "maildir", maildirOf(t, text)) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := emptyForum(t)
			if r := run(dir); r.New != n || r.Messages != n {
				t.Errorf("%+v", r)
			}
			onStore(t, dir, func(db *store.DB) {
				got := keptPosts(t, db)
				if want == nil {
					want = got
				}
				if diff := cmp.Diff(want, got); len(got) != n || diff != "" {
					t.Errorf("%d posts; not as from another source:\n%s", len(got), diff)
				}
			})
			left, err := filepath.Glob(filepath.Join(dir, ".import*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %q, %v", left, err)
			}
		})
	}
}

// maildirOf writes the messages of an mbox as a maildir.
func maildirOf(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for _, below := range []string{"cur", "new", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, below), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for m, err := range archive.ReadMbox(strings.NewReader(text), archive.MboxAuto, 1<<20) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		name := filepath.Join(dir, []string{"cur", "new"}[n%2], strings.Repeat("1", n)+".M1P1.host:2,S")
		if err := os.WriteFile(name, m.Raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestImportThatIsInterruptedGoesOn(t *testing.T) {
	const n = 4000
	file := fileOf(t, "a.mbox", oldMbox(n))
	whole, cut := emptyForum(t), emptyForum(t)
	imported(t, whole, "", "mbox", file)
	ctx, cancel := background(t)
	var out bytes.Buffer
	o := process()
	o.in, o.out, o.errOut = strings.NewReader(""), &out, &out
	args := []string{"--data", cut, "import", "mbox", file}
	o.batchDone = func(done int) {
		if done > n/5 { // more batches are under way
			cancel()
		}
	}
	if code := run(ctx, args, o); code != exitFailed || !strings.Contains(out.String(), "of this run are in: run the same import again for the rest") {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
	r := imported(t, cut, "", "mbox", file)
	if r.Known < n/4 || r.New < n/4 || r.New+r.Known != n {
		t.Errorf("the rest: %+v", r)
	}
	var a, b []keptPost
	onStore(t, whole, func(db *store.DB) { a = keptPosts(t, db) })
	onStore(t, cut, func(db *store.DB) { b = keptPosts(t, db) })
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("not as if it had not been interrupted:\n%s", diff)
	}
}

func TestWhatCannotBeImportedIsTold(t *testing.T) {
	dir := emptyForum(t)
	long := "From a@x.example Thu May  1 09:00:00 2003\nFrom: a@x.example\nMessage-ID: <long@x>\n\n" + strings.Repeat("x", 5<<20) + "\n\n"
	text := oldMbox(3) + long + oldMbox(3) // and three twice
	r := imported(t, dir, text, "mbox", "-")
	if r.Messages != 7 || r.New != 3 || r.Known != 3 || len(r.Skipped) != 1 {
		t.Fatalf("%+v", r)
	}
	if s := r.Skipped[0]; !strings.HasPrefix(s.Where, "-, byte ") || s.Reason != "the message has a line that is too long" {
		t.Errorf("%+v", s)
	}
	for _, args := range [][]string{
		{"import", "mbox", "/nowhere"}, {"import", "mbox", "--format", "mbx", "-"}, {"import", "mbox", "--list", "other", "-"},
		{"import", "maildir", dir}, {"import", "mailman2", dir}, {"import", "mbox"},
	} {
		if out, code := command(t, dir, text, args...); code != exitUsage {
			t.Errorf("%q: exit code %d: %s", args, code, out)
		}
	}
	if out, code := command(t, dir, "Dear list,\n", "import", "mbox", "-"); code != exitFailed || !strings.Contains(out, "no mbox file") {
		t.Errorf("no mbox: exit code %d: %s", code, out)
	}
	for text, words := range map[string]string{
		"PK\x03\x04\x14\x00zip\n":           "unpack it",
		"<!DOCTYPE HTML>\n":                 "monthly texts",
		"Received: from a\nSubject: b\n\nc": "import maildir",
		"Dear list,\n":                      "nothing of it was imported",
	} {
		if out, code := command(t, dir, text, "import", "mbox", "-"); code != exitFailed || !strings.Contains(out, words) || strings.Contains(out, "for the rest") {
			t.Errorf("%q: exit code %d: %s", text, code, out)
		}
	}
	if out, code := command(t, dir, "", "import", "mbox", "-"); code != exitOK || out != "There is no message in it. Is it the right file?\n" {
		t.Errorf("an empty file: exit code %d: %s", code, out)
	}
}

// TestAnImportLeavesRoomForMail: it may not fill the disk that arriving mail needs.
func TestAnImportLeavesRoomForMail(t *testing.T) {
	w := newTown(t, 1, func(c *config.Config) { c.SMTP.MinFree = 1 << 60 })
	out, code := command(t, w.cfg.Data, oldMbox(3), "import", "mbox", "-")
	if code != exitFailed || !strings.Contains(out, "arriving mail needs") {
		t.Errorf("exit code %d: %s", code, out)
	}
	if r := imported(t, w.cfg.Data, oldMbox(3), "mbox", "--dry-run", "-"); r.New != 3 {
		t.Errorf("a dry run needs no room: %+v", r)
	}
}

// TestWhatWasErasedDoesNotComeBack: neither by an import nor in an export.
func TestWhatWasErasedDoesNotComeBack(t *testing.T) {
	dir := emptyForum(t)
	imported(t, dir, oldMbox(9), "mbox", "-")
	if out, code := command(t, dir, "", "--yes", "post", "erase", "4"); code != exitOK {
		t.Fatalf("exit code %d: %s", code, out)
	}
	for _, more := range [][]string{{"--dry-run"}, nil} {
		r := imported(t, dir, oldMbox(9), append([]string{"mbox", "-"}, more...)...)
		if r.New != 0 || r.Known != 8 || len(r.Skipped) != 1 || r.Skipped[0].Reason != "it was erased here" {
			t.Errorf("%q: %+v", more, r)
		}
	}
	if out, _ := command(t, dir, "", "export", "mbox"); strings.Count("\n"+out, "\nFrom ") != 8 || strings.Contains(out, "message 2.") {
		t.Errorf("export: %s", out)
	}
}

// TestMailmansArchive: footers go, authors come back, old pages are known.
func TestMailmansArchive(t *testing.T) {
	dir := emptyForum(t)
	const rule = "_______________________________________________\n"
	const foot = rule + "Senco-forum mailing list\nSenco-forum@lists.example.org\nhttps://lists.example.org/mailman/listinfo/senco-forum\n"
	text := "From ann@school.example Thu May  1 09:00:00 2003\nFrom: Ann via Senco-forum <senco-forum@lists.example.org>\n" +
		"Reply-To: Ann Other <ann@school.example>\nDate: Thu, 1 May 2003 09:00:00 +0000\nMessage-ID: <1@x>\n\nWords.\n" + foot +
		"\nFrom b@school.example Fri May  2 09:00:00 2003\nFrom: b@school.example\nDate: Fri, 2 May 2003 09:00:00 +0000\nMessage-ID: <2@x>\n" +
		"References: <1@x>\n\n" + rule + "My own line.\n"
	box := filepath.Join(t.TempDir(), "senco-forum.mbox")
	if err := os.Mkdir(box, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(box, "senco-forum.mbox"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := imported(t, dir, "", "mailman2", box); r.New != 2 || r.Footers != 1 || r.Via != 1 {
		t.Errorf("%+v", r)
	}
	onStore(t, dir, func(db *store.DB) {
		all := keptPosts(t, db)
		if all[0].Body != "Words.\r\n" || all[0].Name != "Ann Other" || !strings.HasPrefix(all[1].Body, "____") {
			t.Errorf("%+v", all)
		}
		err := db.View(func(tx *store.Tx) error {
			n, err := archive.OldURL(tx, list.ID(1), "2003-May/000001.html")
			if n != 2 {
				t.Errorf("page 1 is post %d", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestTheTagThatIsNamedIsTakenOut(t *testing.T) {
	text := "From ann@school.example Thu May  1 09:00:00 2003\nFrom: ann@school.example\nDate: Thu, 1 May 2003 09:00:00 +0000\n" +
		"Message-ID: <1@x>\nSubject: Re: [Old] Matter\n\nWords.\n\n"
	dir := emptyForum(t)
	box := fileOf(t, "old.mbox", text)
	if r := imported(t, dir, "", "mbox", "--dry-run", box); r.Tags != 0 || r.Tag != "" {
		t.Errorf("one message tells no tag: %+v", r)
	}
	out, code := command(t, dir, "", "import", "mbox", "--tag", "[old]", "--dry-run", box)
	if code != exitOK || !strings.Contains(out, "[old], which the old list put before subjects") {
		t.Errorf("exit code %d: %s", code, out)
	}
	if r := imported(t, dir, "", "mbox", "--tag", "[old]", box); r.Tags != 1 || r.New != 1 {
		t.Errorf("%+v", r)
	}
	onStore(t, dir, func(db *store.DB) {
		if all := keptPosts(t, db); all[0].Subject != "Matter" {
			t.Errorf("%+v", all)
		}
	})
	for _, bad := range []string{"", " ", strings.Repeat("x", 101), "a\nb"} {
		if out, code := command(t, dir, "", "import", "mbox", "--tag", bad, box); code != exitUsage {
			t.Errorf("--tag %q: exit code %d: %s", bad, code, out)
		}
	}
}

// TestAPostThatLostATokenIsKnownAgain: the key of a post that held a token of ours is that of what came; what is written out,
// and what its writer sent, are that post still.
func TestAPostThatLostATokenIsKnownAgain(t *testing.T) {
	const members, before = 3, 2 // posts of the demonstration
	w := newTown(t, members)
	people := sampleForum(members).Members
	writer, all := people[0].Address, len(people)
	sent := ""
	for n, id := range []string{"Message-ID: <lost@x.example>\r\n", ""} {
		raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %d\r\nDate: Thu, 26 Nov 2026 09:00:00 +0000\r\n%s\r\nTo leave: https://x.example/u/%s or not.\r\n",
			writer, forumAddress, n, id, token.Random())
		sent += "From x Thu Nov 26 09:00:00 2026\n" + strings.ReplaceAll(raw, "\r\n", "\n") + "\n"
		w.send(writer, forumAddress, raw)
	}
	w.carrier.await(t, 2*all)
	again := filepath.Join(t.TempDir(), "again.mbox")
	if out, code := command(t, w.cfg.Data, "", "export", "mbox", "-o", again); code != exitOK {
		t.Fatalf("export: %s", out)
	}
	text, err := os.ReadFile(again)
	if err != nil || strings.Contains(string(text), "snc1_") || strings.Count(string(text), "[link removed]") != 2 {
		t.Errorf("written out, %v:\n%s", err, text)
	}
	if r := imported(t, w.cfg.Data, "", "mbox", "--dry-run", again); r.New != 0 || r.Known != before+2 {
		t.Errorf("a dry run of what was written out: %+v", r)
	}
	if r := imported(t, w.cfg.Data, "", "mbox", again); r.New != 0 || r.Known != before+2 {
		t.Errorf("what was written out: %+v", r)
	}
	with, _, _ := strings.Cut(sent, "From x Thu Nov 26 09:00:00 2026\nFrom: "+writer+"\nTo: "+forumAddress+"\nSubject: 1")
	if r := imported(t, w.cfg.Data, "", "mbox", fileOf(t, "sent.mbox", with)); r.New != 0 || r.Known != 1 {
		t.Errorf("what its writer kept: %+v", r)
	}
	other := strings.Replace(with, "or not", "or stay", 1)
	if r := imported(t, w.cfg.Data, "", "mbox", fileOf(t, "other.mbox", other)); r.New != 1 || r.Known != 0 {
		t.Errorf("another message with its Message-ID: %+v", r)
	}
	into := emptyForum(t)
	if r := imported(t, into, "", "mbox", again); r.New != before+2 {
		t.Errorf("into another store: %+v", r)
	}
	if r := imported(t, into, "", "mbox", again); r.New != 0 {
		t.Errorf("into another store, again: %+v", r)
	}
	w.end()
}
