package main

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sencoforum/archive"
	"sencoforum/internal/corpora"
	"sencoforum/internal/long"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
)

// TestTwistedWebIsImportedWithoutLoss: a real list of 18 years. Each message is a post, but for those that the archive has
// twice, and imported again nothing is new.
func TestTwistedWebIsImportedWithoutLoss(t *testing.T) {
	long.Test(t, "twenty years of a list, four times")
	const messages = 5374 // as its README says
	corpus := corpora.Dir(t, "archive-twisted-web")
	box := filepath.Join(corpus, "twisted-web.mbox.gz")
	want := messageIDs(t, unzipped(t, box))
	dir := emptyForum(t)
	dry := imported(t, dir, "", "mailman2", "--dry-run", box)
	r := imported(t, dir, "", "mailman2", box)
	if r.Messages != messages || r.New+r.Known != r.Messages || r.New != dry.New || len(r.Skipped) != 0 {
		t.Errorf("%d messages, %d new, %d known, %d left out; the dry run said %d new", r.Messages, r.New, r.Known, len(r.Skipped), dry.New)
	}
	if again := imported(t, dir, "", "mailman2", box); again.New != 0 || again.Known != r.Messages {
		t.Errorf("again: %d new, %d known", again.New, again.Known)
	}
	onStore(t, dir, func(db *store.DB) {
		all := keptPosts(t, db)
		missing(t, want, all)
		if len(all) != r.New {
			t.Errorf("%d posts, and %d were new", len(all), r.New)
		}
		t.Logf("%d messages, %d posts", r.Messages, len(all))
	})
}

// TestTheTagOfTwistedWebIsTakenOut: few of these messages have kept the footer by which a list's is known, and that is enough.
// What is left of the tag stands in the middle of a subject.
func TestTheTagOfTwistedWebIsTakenOut(t *testing.T) {
	long.Test(t, "twenty years of a list, three times")
	const tag = "[Twisted-web]"
	box := filepath.Join(corpora.Dir(t, "archive-twisted-web"), "twisted-web.mbox.gz")
	bear := 0 // in the header, as a line of it tells
	for _, m := range strings.Split("\n"+unzipped(t, box), "\n\nFrom ") {
		head, _, _ := strings.Cut(m, "\n\n")
		if strings.Contains(head, "\nSubject: "+tag) || strings.Contains(head, "\nSubject: Re: "+tag) {
			bear++
		}
	}
	dir := emptyForum(t)
	for _, none := range []string{"none", "[Other]"} {
		if r := imported(t, dir, "", "mbox", "--dry-run", "--tag", none, box); r.Tags != 0 {
			t.Errorf("--tag %s: %d tags go", none, r.Tags)
		}
	}
	r := imported(t, dir, "", "mbox", box)
	if r.Tag != tag || bear < 5000 || r.Tags < bear || r.Tags > r.Messages {
		t.Errorf("tag %q out of %d subjects; at least %d bear it", r.Tag, r.Tags, bear)
	}
	onStore(t, dir, func(db *store.DB) {
		left := 0
		for _, p := range keptPosts(t, db) {
			if !strings.Contains(strings.ToLower(p.Subject), strings.ToLower(tag)) {
				continue
			}
			if left++; strings.HasPrefix(p.Subject, tag) {
				t.Errorf("%s: %q", p.ID, p.Subject)
			}
		}
		t.Logf("%d of %d bear it (%d by their lines); %d have it in the middle", r.Tags, r.Messages, bear, left)
	})
}

// TestOldPagesLeadToTheirPosts: pipermail numbered the messages of this list as they came. The corpus has them by month, so
// they are first put back into the order in which Mailman's own mbox had them.
func TestOldPagesLeadToTheirPosts(t *testing.T) {
	long.Test(t, "twenty years of a list")
	corpus := corpora.Dir(t, "archive-twisted-web")
	numbers := map[string]string{}
	lines := bufio.NewScanner(strings.NewReader(unzipped(t, filepath.Join(corpus, "twisted-web.threads.tsv.gz"))))
	for lines.Scan() {
		row := strings.Split(lines.Text(), "\t")
		numbers["<"+row[0]+">"] = row[4]
	}
	places := map[int]archive.MboxMessage{}
	var others []archive.MboxMessage // a Message-ID that was used twice is in the list of pages once
	for m, err := range archive.ReadMbox(strings.NewReader(unzipped(t, filepath.Join(corpus, "twisted-web.mbox.gz"))), archive.Mboxo, 1<<20) {
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(numbers[idOf(string(m.Raw))])
		if _, taken := places[n]; taken || err != nil {
			others = append(others, m)
			continue
		}
		places[n] = m
	}
	var b strings.Builder
	w := archive.NewMboxWriter(&b)
	for n := range len(places) + len(others) {
		m, ok := places[n]
		if !ok {
			m, others = others[0], others[1:]
		}
		if err := w.Write(m.Raw, "", m.Postmark); err != nil {
			t.Fatal(err)
		}
	}
	dir := emptyForum(t)
	imported(t, dir, "", "mailman2", fileOf(t, "twisted-web.mbox", b.String()))
	onStore(t, dir, func(db *store.DB) {
		right, pages := oldPages(t, db, filepath.Join(corpus, "twisted-web.threads.tsv.gz"))
		t.Logf("%d of %d old pages lead to their post", right, pages)
		if right*1000 < pages*999 {
			t.Errorf("only %d of %d old pages lead to their post", right, pages)
		}
	})
}

// oldPages looks every page of a pipermail archive up, and counts those that lead to the message that stood there.
func oldPages(t *testing.T, db *store.DB, pages string) (right, all int) {
	t.Helper()
	lines := bufio.NewScanner(strings.NewReader(unzipped(t, pages)))
	for lines.Scan() {
		row := strings.Split(lines.Text(), "\t")
		all++
		err := db.View(func(tx *store.Tx) error {
			n, err := archive.OldURL(tx, list.ID(1), fmt.Sprintf("%s/%s.html", row[3], row[4]))
			if errors.Is(err, archive.ErrNoPost) {
				t.Logf("no post for page %s/%s", row[3], row[4])
				return nil
			}
			if err != nil {
				return err
			}
			p, err := archive.Get(tx, n)
			if p.MessageID == "<"+row[0]+">" {
				right++
			} else {
				t.Logf("page %s/%s is %s, not %s", row[3], row[4], p.MessageID, row[0])
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return right, all
}

func TestNotmuchsCorporaAreImportedWithoutLoss(t *testing.T) {
	corpus := corpora.Dir(t, "archive-notmuch")
	dir, maildir := emptyForum(t), t.TempDir()
	for _, below := range []string{"cur", "new"} {
		if err := os.Mkdir(filepath.Join(maildir, below), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var want []string
	for n, file := range corpora.Files(t, corpus, "*") {
		if strings.HasPrefix(filepath.Base(file), "README") {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, idOf(string(raw)))
		if err := os.WriteFile(filepath.Join(maildir, "cur", fmt.Sprintf("%d.x:2,", n)), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := imported(t, dir, "", "maildir", maildir)
	if r.Messages != len(want) || r.New+r.Known != r.Messages {
		t.Errorf("%d files: %+v", len(want), r)
	}
	if again := imported(t, dir, "", "maildir", maildir); again.New != 0 || again.Known != r.Messages {
		t.Errorf("again: %+v", again)
	}
	onStore(t, dir, func(db *store.DB) {
		all := keptPosts(t, db)
		missing(t, want, all)
		t.Logf("%d messages, %d posts, %d dates repaired", r.Messages, len(all), r.Repaired)
	})
}

// missing fails for every Message-ID that is no post. The empty one stands for none.
func missing(t *testing.T, want []string, all []keptPost) {
	t.Helper()
	have := map[string]bool{"": true}
	for _, p := range all {
		have[p.ID] = true
	}
	for _, id := range want {
		if broken, _, _ := strings.Cut(id, " "); !have[id] && !have[broken+">"] { // one has no end
			t.Errorf("lost: %s", id)
		}
	}
}

// messageIDs reads the Message-IDs of an mbox by its lines alone. Three bodies have a line that begins with "From ", so there
// are three more than messages.
func messageIDs(t *testing.T, text string) (all []string) {
	t.Helper()
	for _, m := range strings.Split("\n"+text, "\n\nFrom ") {
		if m != "\n" {
			all = append(all, idOf(m))
		}
	}
	return all
}

// idOf finds a Message-ID in the way that takes the least knowledge.
func idOf(m string) string {
	head, _, _ := strings.Cut(strings.ReplaceAll(m, "\r\n", "\n"), "\n\n")
	for line := range strings.Lines(strings.NewReplacer("\n ", " ", "\n\t", " ").Replace(head)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && strings.EqualFold(name, "Message-ID") {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func unzipped(t *testing.T, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTheOldListsSettingsTellItsAddressAndFooter: a config.pck as Mailman wrote it.
func TestTheOldListsSettingsTellItsAddressAndFooter(t *testing.T) {
	config := filepath.Join(corpora.Dir(t, "migration"), "mailman2", "config.pck")
	f, err := os.Open(config)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	old, err := membership.ReadMailman2(f)
	if err != nil || old.Post() == "" || old.Footer() == "" {
		t.Fatalf("post %q, footer %q, %v", old.Post(), old.Footer(), err)
	}
	text := "From x@school.example Thu May  1 09:00:00 2003\nFrom: Ann Other via Old <" + old.Post() + ">\nReply-To: ann@school.example\n" +
		"Subject: Re: " + old.SubjectTag() + " Words\n" +
		"Date: Thu, 1 May 2003 09:00:00 +0000\nMessage-ID: <1@x>\n\nWords.\n" + old.Footer() + "\n\n"
	dir := emptyForum(t)
	if r := imported(t, dir, "", "mailman2", "--list-config", config, fileOf(t, "old.mbox", text)); r.New != 1 || r.Footers != 1 || r.Via != 1 || r.Tags != 1 || r.Tag != "[Test]" {
		t.Errorf("%+v", r)
	}
	onStore(t, dir, func(db *store.DB) {
		if all := keptPosts(t, db); all[0].Body != "Words.\r\n" || all[0].Name != "Ann Other" || all[0].Subject != "Words" {
			t.Errorf("%+v", all)
		}
	})
	if out, code := command(t, dir, "", "import", "mailman2", "--list-config", fileOf(t, "no.pck", "no pickle"), fileOf(t, "old.mbox", text)); code != exitUsage {
		t.Errorf("no config.pck: exit code %d: %s", code, out)
	}
}
