package smtpd

import (
	"bytes"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// TestLog looks for what the log must not have, and for what it must.
func TestLog(t *testing.T) {
	r := onLoopback(t, config())
	c := r.connect(t).greet()
	c.say("MAIL FROM:<head.teacher@school.test>", "250 ")
	c.say("RCPT TO:<parent@elsewhere.test>", "550 ")
	c.say("RCPT TO:<forum+snc1_secrettoken@lists.test>", "250 ")
	c.say("DATA", "354 ")
	c.say("Subject: about a child\r\n\r\ntext of the post\r\n.", "250 ")
	c.open()
	c.say("DATA", "354 ")
	c.say("a\nb\r\n.", "550 ")
	c.ended()
	c = r.connect(t).greet()
	c.say("head.teacher@school.test", "501 ")
	c.say("MAIL FROM:<fault@school.test>", "451 ")
	c.say("QUIT", "221 ")
	c.ended()
	if err := shutdown(r.server, time.Second); err != nil {
		t.Fatal(err)
	}
	log := r.log.String()
	for _, secret := range []string{"head.teacher", "school.test", "parent@", "token", "about a child", "text of", "relay.test"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	for _, want := range []string{
		`msg="message received" client=127.0.0.1 tls=false to=forum+@lists.test size=44 code=250`,
		`msg="message refused" client=127.0.0.1 tls=false to=@elsewhere.test size=0 code=550 case=forbidden`,
		`to=forum@lists.test size=5 code=550 case=bare-lf`,
		`level=ERROR msg="mail could not be taken" during=MAIL err="open /var/lib/forum/secret.db`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	if t.Failed() {
		t.Log(log)
	}
}

func TestAddressesInTheLog(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "forum@lists.test": "forum@lists.test", "forum-bounces+snc1_x+y@lists.test": "forum-bounces+@lists.test",
	} {
		a, _ := message.ParseAddress(in)
		if got := ours(a); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestTurnedAwayLogIsThin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := new(bytes.Buffer)
		log := slog.New(slog.NewTextHandler(out, nil))
		away := newTurned("connections turned away", slog.LevelInfo)
		r := &list.Refusal{Code: 421, Case: "too-many"}
		note := func() { away.note(log, netip.MustParseAddr("192.0.2.1"), refusedFor(r)...) }
		for range 1000 {
			note()
		}
		time.Sleep(time.Second)
		note()
		got := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(got) != 2 || !strings.HasSuffix(got[1], "client=192.0.2.1 code=421 case=too-many count=1000") {
			t.Errorf("got %q", got)
		}
	})
}

func TestLibraryLog(t *testing.T) {
	out := new(bytes.Buffer)
	l := libraryLog{slog.New(slog.NewTextHandler(out, nil))}
	l.Printf("error handling %v: %s", "x", "y")
	l.Println("z")
	if out.Len() != 0 {
		t.Errorf("got %s", out)
	}
	l.Printf("panic serving %v: %v\n%s", "x", "y", "stack")
	if !strings.Contains(out.String(), "level=ERROR") {
		t.Errorf("got %s", out)
	}
}
