package main

import (
	"errors"
	"log/slog"
	"net/smtp"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/bounce"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/relay"
	"sencoforum/store"
)

var (
	privateTo   = regexp.MustCompile(`Only to [A-Z][a-z]+:\r\n(senco-forum-author\+snc1_[0-9a-z]{32}@lists\.example\.org)\r\n`)
	privateFrom = regexp.MustCompile(`From: "?[^"<\n]+ via SENCO Forum"?\s+<(senco-forum-author\+snc1_[0-9a-z]{32}@lists\.example\.org)>`)
)

// only returns what a pattern finds in a mail.
func only(t *testing.T, p *regexp.Regexp, mail string) string {
	t.Helper()
	found := p.FindStringSubmatch(mail)
	if found == nil {
		t.Fatalf("no %s in\n%s", p, mail)
	}
	return found[1]
}

// names are the words of a member's address that nobody else should see.
func names(address string) []string {
	local, domain, _ := strings.Cut(address, "@")
	return []string{address, local + "@", domain}
}

// TestPrivateMessagesBetweenMembers is the story of a member who writes to the author of a post, and of the answer.
func TestPrivateMessagesBetweenMembers(t *testing.T) {
	const forum, members = "senco-forum@lists.example.org", 8
	w := newTown(t, members)
	people := sampleForum(members).Members
	author, reader, all := people[0].Address, people[5].Address, len(people)
	w.mail(author, forum, "post", "Who has a form for annual reviews?")
	sent := w.carrier.await(t, all)
	to := only(t, privateTo, copyFor(sent, reader, "annual reviews"))

	w.mail(reader, to, "first", "I have one, but it is not for everybody.")
	sent = w.carrier.await(t, all+1)
	first := copyFor(sent, author, "it is not for everybody")
	back := only(t, privateFrom, first)
	w.mail(author, back, "answer", "Thank you. May I see it?")
	sent = w.carrier.await(t, all+2)
	second := copyFor(sent, reader, "May I see it?")
	if again := only(t, privateFrom, second); again != to {
		t.Errorf("the author is answered at %s, not %s", again, to)
	}
	for _, mail := range []string{first, second} {
		if !strings.HasPrefix(mail, "DKIM-Signature: ") {
			t.Errorf("not signed:\n%s", mail)
		}
		for _, word := range append(names(author), names(reader)...) {
			if strings.Contains(mail, word) {
				t.Errorf("%q stands in\n%s", word, mail)
			}
		}
	}
	err := smtp.SendMail(w.smtp, nil, people[3].Address, []string{back}, []byte("From: "+people[3].Address+"\r\nMessage-ID: <x@x.example>\r\n\r\nMe too\r\n"))
	if err == nil || !strings.Contains(err.Error(), "SENCO Forum: this reply address no longer works") {
		t.Errorf("somebody else used the address that was lent to the author: %v", err)
	}
	w.end()
	if log := w.log.String(); strings.Contains(log, "snc1_") || strings.Contains(log, reader) || strings.Count(log, "msg=\"private message\"") != 2 {
		t.Errorf("log:\n%s", log)
	}
	w.nothingKept("it is not for everybody", "May I see it?")
}

// nothingKept demands of a server that has ended that its store holds none of these words, and that its books are right.
func (w *town) nothingKept(words ...string) {
	w.t.Helper()
	db, err := openStore(slog.New(slog.DiscardHandler), w.cfg.Data)
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *store.Tx) error {
		r, err := intake.Audit(tx)
		if err != nil || len(r.Faults) > 0 {
			w.t.Errorf("audit %+v, %v", r, err)
		}
		for id := range intake.ID(r.Accepted + 1) {
			raw, err := intake.Raw(tx, id)
			if err != nil && !errors.Is(err, intake.ErrNoMessage) {
				return err
			}
			for _, word := range words {
				if strings.Contains(string(raw), word) {
					w.t.Errorf("%q is kept in message %d", word, id)
				}
			}
		}
		return nil
	})
	if err != nil {
		w.t.Error(err)
	}
}

// sendPrivate puts a private message of person 1 to person 2 into the queue and returns its row.
func sendPrivate(tx *store.Tx, b *relay.Book) (row queue.Row, err error) {
	l, err := list.Get(tx, 1)
	if err != nil {
		return row, err
	}
	post, err := accept(tx, "<1@school.example>")
	if err != nil {
		return row, err
	}
	reader, err := list.GetPerson(tx, 2)
	if err != nil {
		return row, err
	}
	id, err := intake.Put(tx, intake.New{
		Record: intake.Record{Envelope: message.Envelope{Received: time.Now()}}, State: intake.Handled,
		Raw: store.NewBlob([]byte("From: a@b.example\r\nSubject: A form\r\n\r\nHello\r\n")),
	})
	if err != nil {
		return row, err
	}
	if err := b.Send(tx, relay.Letter{Message: id, From: 1, Way: relay.Way{List: l, Post: post, To: reader}}); err != nil {
		return row, err
	}
	for row, err = range queue.List(tx, queue.Filter{}) {
		if err != nil || row.Kind == relay.Kind {
			break
		}
	}
	return row, err
}

// An address that refuses a private message scores as one that refuses a post; the writer hears of it.
func TestARefusedPrivateMessageScores(t *testing.T) {
	cfg := demoConfig(t.TempDir(), "127.0.0.1:0")
	if _, err := fillOnce(cfg, sampleForum(5), demoFill{}); err != nil {
		t.Fatal(err)
	}
	lendKeys(t, cfg.Data)
	h, err := openHouse(slog.New(slog.DiscardHandler), cfg, &carrier{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.db.Close()
	states := store.NewTable("bounce.states", store.PairKey(store.Uint32Key[list.ID](), store.Uint32Key[list.PersonID]()), store.JSON[bounce.State]())
	letters := 0
	err = h.db.Update(func(tx *store.Tx) error {
		row, err := sendPrivate(tx, h.relay)
		if err != nil {
			return err
		}
		if err := h.lettersEnd(tx, row, queue.Result{Outcome: queue.Failed, Code: 550, Enhanced: "5.1.1", Text: "no such user"}); err != nil {
			return err
		}
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			if r.Kind == queue.LetterKind && r.Member == 1 {
				letters++
			}
		}
		s, _, err := states.Get(tx, store.Pair[list.ID, list.PersonID]{A: 1, B: 2})
		if s.Points != 1 {
			t.Errorf("the reader's address has %d points", s.Points)
		}
		return err
	})
	if err != nil || letters != 1 {
		t.Errorf("%d letters to the writer, %v", letters, err)
	}
}
