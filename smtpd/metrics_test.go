package smtpd

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// TestMetrics counts what a few sessions did.
func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(t, 3)
		registry := prometheus.NewPedanticRegistry()
		if err := c.server.Register(registry); err != nil {
			t.Fatal(err)
		}
		severalSessions(t, c)
		if err := testutil.GatherAndCompare(registry, strings.NewReader(figures),
			"sencoforum_smtp_connections", "sencoforum_smtp_connections_total", "sencoforum_smtp_messages_total", "sencoforum_smtp_received_bytes_total"); err != nil {
			t.Error(err)
		}
		if n, err := testutil.GatherAndCount(registry, "sencoforum_smtp_receive_seconds"); n != 1 || err != nil {
			t.Errorf("%d histograms, %v", n, err)
		}
		problems, err := testutil.GatherAndLint(registry)
		if err != nil || len(problems) > 0 {
			t.Errorf("lint: %v, %v", problems, err)
		}
		if err := c.server.Register(registry); err == nil {
			t.Error("the same figures were registered twice")
		}
	})
}

// severalSessions is what becomes of connections and messages, of each kind.
func severalSessions(t *testing.T, c crowd) {
	s := c.from(t, "203.0.113.1").greet()
	for _, m := range []struct{ to, answer string }{{"forum", "250"}, {"data-nobody", "550"}, {"data-full", "452"}, {"data-fault", "451"}} {
		s.say("MAIL FROM:<>", "250 ")
		s.say("RCPT TO:<"+m.to+"@lists.test>", "250 ")
		s.say("DATA", "354 ")
		s.say("12345678\r\n.", m.answer)
	}
	s.say("MAIL FROM:<>", "250 ")
	s.say("RCPT TO:<nobody@lists.test>", "550 ") // is no message
	l := c.overLMTP(t).greet().open()
	l.say("RCPT TO:<forum@lists.test>", "250 ")
	l.send("BDAT 6 LAST\r\n1234\r\n")
	l.want("250 ")
	l.want("250 ") // is one message
	c.from(t, "203.0.113.2").greet()
	c.from(t, "203.0.113.3").want(noPlace)
	proxy := c.from(t, proxyAddress)
	proxy.send("x")
	proxy.conn.Close()
	time.Sleep(time.Second)
	c.from(t, "203.0.113.3").greet()
	time.Sleep(hurry) // the displaced one goes
	synctest.Wait()
}

const figures = `
# HELP sencoforum_smtp_connections Mail connections open now.
# TYPE sencoforum_smtp_connections gauge
sencoforum_smtp_connections{protocol="lmtp"} 1
sencoforum_smtp_connections{protocol="smtp"} 2
# HELP sencoforum_smtp_connections_total Mail connections taken, turned away before the greeting, and taken but displaced by a newcomer.
# TYPE sencoforum_smtp_connections_total counter
sencoforum_smtp_connections_total{result="displaced"} 1
sencoforum_smtp_connections_total{result="taken"} 4
sencoforum_smtp_connections_total{result="turned_away"} 2
# HELP sencoforum_smtp_messages_total Messages that were answered after their text.
# TYPE sencoforum_smtp_messages_total counter
sencoforum_smtp_messages_total{answer="accepted",protocol="lmtp"} 1
sencoforum_smtp_messages_total{answer="accepted",protocol="smtp"} 1
sencoforum_smtp_messages_total{answer="deferred",protocol="lmtp"} 0
sencoforum_smtp_messages_total{answer="deferred",protocol="smtp"} 2
sencoforum_smtp_messages_total{answer="refused",protocol="lmtp"} 0
sencoforum_smtp_messages_total{answer="refused",protocol="smtp"} 1
# HELP sencoforum_smtp_received_bytes_total Bytes of messages that came in, whatever the answer.
# TYPE sencoforum_smtp_received_bytes_total counter
sencoforum_smtp_received_bytes_total{protocol="lmtp"} 6
sencoforum_smtp_received_bytes_total{protocol="smtp"} 52
`
