package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/incoming"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/store/storetest"
)

const forumAddress = "senco-forum@lists.example.org"

// The planted words. What is quoted stands in a reply as well.
const (
	plantedOwn     = "zanzibarwort"
	plantedSubject = "ultramarinefox"
	plantedFile    = "quincunxpupil"
	plantedQuoted  = "marzipanbridge"
)

// plantedPost is a post with words in subject, text, HTML and a file.
func plantedPost(from, id string) string {
	return fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: About the %s visit\r\nMessage-ID: <%s@x.example>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\nContent-Type: multipart/alternative; boundary=cc\r\n\r\n"+
		"--cc\r\nContent-Type: text/plain\r\n\r\nDear all, %s has come to us.\r\n"+
		"We saw the old %s over the river last week with the whole class.\r\n"+
		"--cc\r\nContent-Type: text/html\r\n\r\n<p>Dear all, <b>%s</b> has come to us.</p>\r\n--cc--\r\n"+
		"--bb\r\nContent-Type: text/csv; name=class.csv\r\nContent-Disposition: attachment; filename=class.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--bb--\r\n",
		from, forumAddress, plantedSubject, id, plantedOwn, plantedQuoted, plantedOwn,
		base64.StdEncoding.EncodeToString([]byte("name,year\r\n"+plantedFile+",4\r\n")))
}

func (w *town) send(from, to, raw string) {
	w.t.Helper()
	if err := smtp.SendMail(w.smtp, nil, from, []string{to}, []byte(raw)); err != nil {
		w.t.Fatal(err)
	}
}

// command gives the running server a command and returns what it says.
func (w *town) command(args ...string) string {
	w.t.Helper()
	var out bytes.Buffer
	got, err := ask(context.Background(), w.cfg.Data, request{Args: args}, &out, &out)
	if err != nil || got.code != exitOK || got.question != "" {
		w.t.Fatalf("%v: %v, %+v\n%s", args, err, got, &out)
	}
	return out.String()
}

// refused gives a command that must not be done, and returns what the server says.
func (w *town) refused(args ...string) string {
	w.t.Helper()
	var out bytes.Buffer
	got, err := ask(context.Background(), w.cfg.Data, request{Args: args}, &out, &out)
	if err != nil || got.code == exitOK && got.question == "" {
		w.t.Fatalf("%v was done: %v\n%s", args, err, &out)
	}
	return out.String() + got.question
}

// gated lets no further copy go until it is closed.
func (w *town) gated() chan struct{} {
	gate := make(chan struct{}, 1000)
	w.carrier.shut(gate)
	return gate
}

// postOf is the post with a Message-ID.
func (w *town) postOf(id string) (found archive.Post) {
	w.t.Helper()
	err := w.house.db.View(func(tx *store.Tx) error {
		for p, err := range archive.All(tx, 0) {
			if err != nil {
				return err
			}
			if p.MessageID == "<"+id+"@x.example>" {
				found = p
			}
		}
		return nil
	})
	if err != nil || found.Number == 0 {
		w.t.Fatalf("post %s: %+v, %v", id, found, err)
	}
	return found
}

// plantTraces puts everything into the house in which security's proof finds words of a post: a quoting reply, a returned
// copy, a held copy with its question in the queue, one that was put aside, and another post with the same file.
func (w *town) plantTraces(writer, replier string, copies []queue.Outgoing) {
	t := w.t
	t.Helper()
	w.send(replier, forumAddress, fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: Re: something else\r\nMessage-ID: <reply@x.example>\r\nIn-Reply-To: <planted@x.example>\r\n\r\n"+
		"Thank you.\r\n\r\n> We saw the old %s over the river last\r\n> week with the whole class.\r\n", replier, forumAddress, plantedQuoted))
	back := copies[0].From.String()
	w.send("", back, "From: MAILER-DAEMON@mx.example\r\nTo: "+back+"\r\nSubject: Undelivered: "+plantedSubject+"\r\nMessage-ID: <dsn@mx.example>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/report; report-type=delivery-status; boundary=dd\r\n\r\n--dd\r\n\r\nIt failed.\r\n--dd\r\nContent-Type: message/delivery-status\r\n\r\n"+
		"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; "+copies[0].To.String()+"\r\nAction: failed\r\nStatus: 5.7.1\r\n"+
		"Diagnostic-Code: smtp; 550 5.7.1 we do not like "+plantedOwn+"\r\n\r\n--dd\r\nContent-Type: message/rfc822\r\n\r\nSubject: "+plantedSubject+"\r\n\r\n"+plantedOwn+"\r\n--dd--\r\n")
	h := w.house
	stranger := incoming.New(h.log, h.db, h.keys, moderate.NewForwarder(h.db, h.keys, message.Address{}, time.Now), incoming.Config{
		Hostname: "localhost", Host: h.host, MaxMessage: 1 << 20, MaxQueue: 1000, Now: time.Now})
	to, err := message.ParseAddress(forumAddress)
	if err != nil {
		t.Fatal(err)
	}
	from, err := message.ParseAddress(writer)
	if err != nil {
		t.Fatal(err)
	}
	env := &message.Envelope{Client: netip.MustParseAddr("192.0.2.9"), Helo: "x.example", From: from, To: to, Received: time.Now()}
	held := strings.Replace(plantedPost(writer, "planted"), "<planted@", "<heldcopy@", 1)
	if err := stranger.Receive(t.Context(), env, []byte(held)); err != nil {
		t.Fatal(err)
	}
	aside := plantedPost(writer, "planted")
	err = h.db.Update(func(tx *store.Tx) error {
		id, err := intake.Put(tx, intake.New{Record: intake.Record{Kind: string(list.KindOwner), List: 1, MessageID: "<planted@x.example>", Envelope: *env},
			Raw: store.NewBlob([]byte(aside)), State: intake.Handled})
		if err != nil {
			return err
		}
		return intake.Move(tx, id, intake.Status{State: intake.Shunted, Since: time.Now(), Reason: "nobody to pass it on to"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *town) count(what func(tx *store.Tx) (int, error)) (n int) {
	w.t.Helper()
	if err := w.house.db.View(func(tx *store.Tx) (err error) { n, err = what(tx); return err }); err != nil {
		w.t.Fatal(err)
	}
	return n
}

func heldItems(tx *store.Tx) (n int, err error) {
	for _, err := range hold.All(tx) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func letters(tx *store.Tx) (n int, err error) {
	for r, err := range queue.List(tx, queue.Filter{}) {
		if err != nil {
			return n, err
		}
		if r.Kind == queue.LetterKind {
			n++
		}
	}
	return n, nil
}

// plantAll sends the planted post to everybody, leaves its traces, and holds back all further copies until the gate is closed.
func (w *town) plantAll(writer, replier string, all int) (gate chan struct{}, words []string) {
	t := w.t
	t.Helper()
	gate = w.gated()
	for range all {
		gate <- struct{}{}
	}
	w.send(writer, forumAddress, plantedPost(writer, "planted"))
	copies := w.carrier.await(t, all)
	w.plantTraces(writer, replier, copies)
	words = []string{plantedOwn, plantedSubject, plantedFile, plantedQuoted}
	for _, word := range words {
		if n := storetest.Search(t, w.cfg.Data, word)[word]; n == 0 {
			t.Fatalf("%s is not there before the erasure: the proof shows nothing", word)
		}
	}
	if n, m := w.count(heldItems), w.count(letters); n != 1 || m != 1 {
		t.Fatalf("%d items are held and %d letters wait, want one of each", n, m)
	}
	return gate, words
}

// TestAnErasedPostIsInNoFile is the byte proof: of a post that left traces everywhere nothing is left in any file of the
// data directory, but for the reply that quotes it, until somebody decides about that.
func TestAnErasedPostIsInNoFile(t *testing.T) {
	const members = 6
	w := newTown(t, members)
	people := sampleForum(members).Members
	writer, replier, all := people[0].Address, people[1].Address, len(people)
	gate, words := w.plantAll(writer, replier, all)
	post, reply := w.postOf("planted"), w.postOf("reply")

	said := w.refused("post", "erase", fmt.Sprint(post.Number))
	if !strings.Contains(said, "for good?") || !strings.Contains(said, fmt.Sprintf("post %d repeats 14 of its words, one after the other", reply.Number)) {
		t.Errorf("it asks\n%s", said)
	}
	began := time.Now()
	said = w.command("post", "erase", fmt.Sprint(post.Number), "--yes")
	t.Logf("erased in %s:\n%s", time.Since(began).Round(time.Millisecond), said)
	for _, want := range []string{"3 copies of it", "1 mail that waits", "written anew", fmt.Sprintf("post %d repeats 14 of its words, one after the other", reply.Number)} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	hits := storetest.Search(t, w.cfg.Data, words...)
	if hits[plantedOwn]+hits[plantedSubject]+hits[plantedFile] != 0 || hits[plantedQuoted] == 0 {
		t.Errorf("found after the erasure: %v; want the quoted word alone", hits)
	}
	if n, m := w.count(heldItems), w.count(letters); n != 0 || m != 0 {
		t.Errorf("%d items are held and %d letters wait, want none", n, m)
	}
	// The moderator decides about the reply.
	said = w.command("post", "redact", fmt.Sprint(reply.Number), "the old "+plantedQuoted, "--yes")
	if hits := storetest.Search(t, w.cfg.Data, words...); hits[plantedQuoted] != 0 {
		t.Errorf("found after the redaction: %v\n%s", hits, said)
	}
	shown := w.command("post", "show", fmt.Sprint(reply.Number))
	if !strings.Contains(shown, "We saw [removed on ") {
		t.Errorf("the reply is\n%s", shown)
	}
	w.wantTombstone(post, reply)
	close(gate)
	w.end()
	if hits := storetest.Search(t, w.cfg.Data, words...); hits[plantedFile] != 0 {
		t.Errorf("found after the end: %v", hits)
	}
	if log := w.log.String(); strings.Contains(log, plantedOwn) || strings.Contains(log, plantedSubject) {
		t.Error("the log names it")
	}
}

// wantTombstone demands that the thread keeps its shape, and that the same message does not come in again.
func (w *town) wantTombstone(post, reply archive.Post) {
	t, writer := w.t, post.From.String()
	t.Helper()
	tomb := w.postOf("planted")
	if tomb.State != archive.Erased || !strings.HasPrefix(tomb.Subject, "[post erased on ") || reply.Parent != tomb.Number || reply.Thread != tomb.Number {
		t.Errorf("tombstone %+v, reply %+v", tomb, reply)
	}
	before := w.count(func(tx *store.Tx) (int, error) { n, err := archive.LastSeq(tx); return int(n), err })
	w.send(writer, forumAddress, plantedPost(writer, "planted"))
	if after := w.count(func(tx *store.Tx) (int, error) { n, err := archive.LastSeq(tx); return int(n), err }); after != before {
		t.Error("the same message was taken again")
	}
	err := w.house.db.Update(func(tx *store.Tx) error {
		n := archive.Describe(message.Parse([]byte(plantedPost(writer, "planted"))), "", noon)
		n.List = post.List
		_, err := archive.Import(tx, n)
		return err
	})
	if !errors.Is(err, archive.ErrErased) {
		t.Errorf("an import of it: %v, want ErrErased", err)
	}
	if said := w.command("audit"); !strings.Contains(said, "No faults") {
		t.Errorf("audit:\n%s", said)
	}
}

// actFour posts four times, copies the store, and then erases, redacts, hides and forgets. It returns the copy from before.
func (w *town) actFour(writer, leaver string, all int) (older string) {
	t := w.t
	t.Helper()
	simple := func(from, id, words string) {
		w.send(from, forumAddress, fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s@x.example>\r\n\r\n%s\r\n", from, forumAddress, id, id, words))
	}
	w.send(writer, forumAddress, plantedPost(writer, "erased"))
	simple(writer, "redacted", "We met Archibald Wimpole there, and archibald\r\nwimpole saw us.")
	simple(writer, "hidden", "This is to be hidden.")
	simple(leaver, "theirs", "I do not want to be known.")
	w.carrier.await(t, 4*all)
	older = filepath.Join(t.TempDir(), "older.db")
	if err := w.house.db.Backup(older); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"post", "erase", fmt.Sprint(w.postOf("erased").Number), "--yes"},
		{"post", "redact", fmt.Sprint(w.postOf("redacted").Number), "Archibald Wimpole", "--yes"},
		{"post", "remove", fmt.Sprint(w.postOf("hidden").Number), "--hold", "asked for by the LADO", "--until", time.Now().AddDate(1, 0, 0).Format("2006-01-02"), "--yes"},
		{"member", "forget", leaver, "--posts", "former", "--yes"},
	} {
		w.command(args...)
	}
	w.refused("post", "erase", fmt.Sprint(w.postOf("hidden").Number), "--yes")
	return older
}

// TestTheLedgerIsAppliedToAnOlderStore puts a copy of the store back that knows nothing of an erasure, a redaction, a removal
// and a person who wanted to be forgotten: before a port opens they are done again.
func TestTheLedgerIsAppliedToAnOlderStore(t *testing.T) {
	const members = 6
	w := newTown(t, members)
	people := sampleForum(members).Members
	writer, leaver, all := people[0].Address, people[2].Address, len(people)
	older := w.actFour(writer, leaver, all)
	words := []string{plantedOwn, plantedSubject, plantedFile, "Wimpole", "wimpole", leaver}
	gone := func(when string) {
		t.Helper()
		hits := storetest.Search(t, w.cfg.Data, words...)
		for _, word := range words {
			if hits[word] != 0 {
				t.Errorf("%s: %d times %s", when, hits[word], word)
			}
		}
	}
	gone("after the acts")
	w.end()

	text, err := os.ReadFile(older)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.cfg.Data, storeName), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if n := storetest.Search(t, w.cfg.Data, leaver)[leaver]; n == 0 {
		t.Fatal("the older store does not know who wanted to be forgotten")
	}
	w.start(local(t), local(t))
	gone("after the older store was put back")
	if p := w.postOf("erased"); p.State != archive.Erased {
		t.Errorf("the erased post is %s", p.State)
	}
	if p := w.postOf("hidden"); p.State != archive.Hidden || !p.IsSealed(time.Now()) {
		t.Errorf("the hidden post is %s, sealed until %s", p.State, p.Sealed)
	}
	if p := w.postOf("theirs"); p.AuthorName != archive.FormerMember || !p.From.IsZero() || p.State != archive.Published {
		t.Errorf("the post of who was forgotten: %+v", p)
	}
	if shown := w.command("post", "show", fmt.Sprint(w.postOf("redacted").Number)); strings.Count(shown, "[removed on ") != 2 {
		t.Errorf("the redacted post:\n%s", shown)
	}
	if said := w.command("audit"); !strings.Contains(said, "No faults") {
		t.Errorf("audit:\n%s", said)
	}
	acts := w.house.eraser
	if again, err := acts.Apply(); err != nil || again.Acts != 0 || len(again.Faults) != 0 {
		t.Errorf("applied once more: %+v, %v; want nothing to do", again, err)
	}
	w.end()
	if log := w.log.String(); !strings.Contains(log, "acts=4") {
		t.Error("the log does not say that four acts were done again")
	}
	ledger, err := os.ReadFile(filepath.Join(w.cfg.Data, "erasures.log"))
	if err != nil || strings.Contains(string(ledger), "LADO") || strings.Contains(string(ledger), "@") {
		t.Errorf("the ledger names somebody: %v\n%s", err, ledger)
	}
}

// TestAHiddenPostIsNotSentOn hides a post while its copies wait, shows it again, and redacts another on its way.
func TestAHiddenPostIsNotSentOn(t *testing.T) {
	const members = 6
	w := newTown(t, members)
	people := sampleForum(members).Members
	writer, all := people[0].Address, len(people)
	gate := w.gated()
	gate <- struct{}{}
	w.send(writer, forumAddress, plantedPost(writer, "planted"))
	w.carrier.await(t, 1)
	post := w.postOf("planted")
	w.command("post", "remove", fmt.Sprint(post.Number), "--yes")
	if said := w.refused("post", "restore", "9999", "--yes"); !strings.Contains(said, "there is no post 9999") {
		t.Error(said)
	}
	w.mail(writer, forumAddress, "second", "The name is Archibald Wimpole.")
	second := w.postOf("second")
	w.command("post", "redact", fmt.Sprint(second.Number), "archibald WIMPOLE", "--yes")
	close(gate)
	copies := w.carrier.await(t, 1+all)
	first, redacted := 0, 0
	for _, o := range copies {
		if strings.Contains(string(o.Body), plantedQuoted) {
			first++
		}
		if strings.Contains(string(o.Body), "The name is [removed on ") {
			redacted++
		}
		if strings.Contains(string(o.Body), "Wimpole") {
			t.Errorf("a copy with the words went to %s", o.To)
		}
	}
	if first != 1 || redacted != all {
		t.Errorf("%d copies of the hidden post, want the one that had gone; %d redacted, want %d", first, redacted, all)
	}
	w.command("post", "restore", fmt.Sprint(post.Number), "--yes")
	if p := w.postOf("planted"); p.State != archive.Published || p.Revision != 3 {
		t.Errorf("restored: %+v", p)
	}
	if said := w.command("audit"); !strings.Contains(said, "No faults") {
		t.Errorf("audit:\n%s", said)
	}
}

// TestWhoHasACopyIsAskedToDeleteIt recalls a post of which one copy had gone.
func TestWhoHasACopyIsAskedToDeleteIt(t *testing.T) {
	const members = 6
	w := newTown(t, members)
	writer := sampleForum(members).Members[0].Address
	gate := w.gated()
	gate <- struct{}{}
	w.send(writer, forumAddress, plantedPost(writer, "planted"))
	had := w.carrier.await(t, 1)[0].To
	post := fmt.Sprint(w.postOf("planted").Number)
	if said := w.refused("post", "recall", post, "--yes"); !strings.Contains(said, "sencoforum post remove "+post) {
		t.Error(said)
	}
	w.command("post", "remove", post, "--yes")
	settled, stop := w.house.db.Watch("queue.batches")
	defer stop()
	close(gate)
	n := uint64(w.postOf("planted").Number)
	for w.count(func(tx *store.Tx) (int, error) { c, err := queue.Tally(tx, n); return c.Open, err }) > 0 {
		<-settled
	}
	if said := w.refused("post", "recall", post); !strings.Contains(said, "Ask 1 person by mail") {
		t.Error(said)
	}
	w.command("post", "recall", post, "--yes")
	out := w.carrier.await(t, 2)[1]
	mail := string(out.Header) + string(out.Body)
	if out.To != had || !strings.Contains(mail, "Please delete one email") || !strings.Contains(mail, "In-Reply-To: <planted@x.example>") {
		t.Errorf("to %s, want %s:\n%s", out.To, had, mail)
	}
	for _, word := range []string{plantedOwn, plantedSubject, plantedQuoted, writer} {
		if strings.Contains(mail, word) && word != had.String() {
			t.Errorf("it names %s", word)
		}
	}
	if said := w.refused("post", "recall", post, "--yes"); !strings.Contains(said, "were asked on") {
		t.Error(said)
	}
	if said := w.command("post", "show", post); !strings.Contains(said, "recalled") {
		t.Error(said)
	}
}
