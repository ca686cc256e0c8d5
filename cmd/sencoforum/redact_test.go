package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"sencoforum/intake"
	"sencoforum/internal/readings"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// TestForwardedCopies is the story of a member who passes a copy of theirs on, to the list and to its owners, in every way
// that mail programs know. What gives a right in it reaches nobody, and is not in the store.
func TestForwardedCopies(t *testing.T) {
	const forum, members = "senco-forum@lists.example.org", 3
	w := newTown(t, members)
	people := sampleForum(members).Members
	writer, reader, all := people[0].Address, people[1].Address, len(people)
	w.mail(writer, forum, "first", "The first post.")
	copied, secrets := w.copyWithSecrets(w.carrier.await(t, all), reader)
	link := only(t, leaveLink, copied)
	tried := forms(strings.ReplaceAll(copied, "\r\n.", "\r\n ."), link, secrets[0])
	posts := all
	for name, form := range tried {
		for _, to := range []string{forum, "senco-forum-owner@lists.example.org"} {
			head := fmt.Sprintf("From: %s\r\nTo: %s\r\nMessage-ID: <%d@x.example>\r\n", reader, to, posts)
			if !strings.HasPrefix(form[0], "Subject:") {
				head += "Subject: " + strings.ReplaceAll(name, "%", "") + "\r\n"
			}
			if err := smtp.SendMail(w.smtp, nil, reader, []string{to}, []byte(head+form[0]+"\r\n"+form[1]+"\r\n")); err != nil {
				t.Fatalf("%s to %s: %v", name, to, err)
			}
			if posts += all; to != forum {
				posts -= all - demoModerators
			}
		}
	}
	posts -= 8 // two forms are held, and moderators are not told of that at night
	sent := w.carrier.await(t, posts)[all:]
	for _, o := range sent {
		leaks(t, "a mail to "+o.To.String(), o.Body, secrets) // the header before it is that of the reader of this copy
	}
	r, err := http.Post(link[:strings.Index(link, secrets[0])]+"%5Blink%20removed%5D", "application/x-www-form-urlencoded", strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil || r.StatusCode == http.StatusOK {
		t.Errorf("what is left of the link was answered with %v, %v", r.Status, err)
	}
	r.Body.Close()
	w.mail(writer, forum, "last", "The last post.")
	for n := all + len(sent) + 1; copyFor(w.carrier.await(t, n), reader, "The last post.") == ""; n++ { // it fails where no more comes
	}
	w.end()
	w.signatures(sent)
	w.storeLeaks(len(tried)*2+2, secrets)
}

// copyWithSecrets is the copy of one reader as their program has it, with what gives a right in it: first the token of the
// one-click link.
func (w *town) copyWithSecrets(sent []queue.Outgoing, reader string) (copied string, secrets []string) {
	w.t.Helper()
	for _, o := range sent {
		if o.To.String() != reader {
			continue
		}
		copied = "Return-Path: <" + o.From.String() + ">\r\nDelivered-To: " + reader + "\r\n" + string(o.Header) + string(o.Body)
		link := only(w.t, leaveLink, copied)
		secrets = append(secrets, link[len(link)-token.Length:])
		for _, s := range token.Find("<" + o.From.String() + ">" + string(o.Header)) {
			secrets = append(secrets, ("<" + o.From.String() + ">" + string(o.Header))[s.Start:s.End])
		}
	}
	if len(secrets) != 4 {
		w.t.Fatalf("%d secrets in\n%s", len(secrets), copied)
	}
	return copied, secrets
}

// leaks demands that no reading of a message holds one of these tokens, in whatever disguise.
func leaks(t *testing.T, what string, raw []byte, secrets []string) {
	t.Helper()
	for _, text := range readings.Of(message.Parse(raw)) {
		for _, s := range secrets {
			if strings.Contains(strings.ToLower(text), s) || strings.Contains(readings.Squeezed(text), s) {
				t.Errorf("%s holds %s:\n%s", what, s, raw)
				return
			}
		}
	}
}

// signatures demands that every mail is signed as it left.
func (w *town) signatures(sent []queue.Outgoing) {
	w.t.Helper()
	keys, err := openDKIM(w.cfg.Data, time.Now())
	if err != nil {
		w.t.Fatal(err)
	}
	records := map[string]string{}
	for _, k := range keys.All() {
		records[k.RecordName("lists.example.org")] = k.Record()
	}
	for _, o := range sent {
		found, err := dkim.VerifyWithOptions(strings.NewReader(string(o.Header)+string(o.Body)), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
			if record, ok := records[name]; ok {
				return []string{record}, nil
			}
			return nil, errors.New("no record " + name)
		}})
		if err != nil || len(found) != 1 || found[0].Err != nil {
			w.t.Errorf("signatures %+v, %v of\n%s%s", found, err, o.Header, o.Body)
		}
	}
}

// storeLeaks demands of a server that has ended that it stored so many messages, none with a token of these.
func (w *town) storeLeaks(messages int, secrets []string) {
	w.t.Helper()
	db, err := openStore(slog.New(slog.DiscardHandler), w.cfg.Data)
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *store.Tx) error {
		r, err := intake.Audit(tx)
		if err != nil {
			return err
		}
		looked := 0
		for id := intake.ID(1); id <= intake.ID(r.Accepted); id++ {
			raw, err := intake.Raw(tx, id)
			if errors.Is(err, intake.ErrNoMessage) {
				continue
			} else if err != nil {
				return err
			}
			looked++
			leaks(w.t, fmt.Sprintf("message %d", id), raw, secrets)
		}
		if looked < messages {
			w.t.Errorf("%d messages are stored, want %d", looked, messages)
		}
		return nil
	})
	if err != nil {
		w.t.Error(err)
	}
}
