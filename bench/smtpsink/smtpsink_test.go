package smtpsink

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// talk plays a dialogue with a sink: each line of C is sent, and the replies are gathered.
func talk(t *testing.T, s *Server, lines ...string) []string {
	t.Helper()
	ours, theirs := net.Pipe()
	defer ours.Close()
	ours.SetDeadline(time.Now().Add(10 * time.Second))
	s.counts.connected()
	go s.answer(theirs)
	go io.WriteString(ours, strings.Join(lines, "\r\n")+"\r\n")
	var replies []string
	for in := bufio.NewScanner(ours); in.Scan(); {
		replies = append(replies, in.Text())
	}
	return replies
}

// post is a transaction with a message of two lines, the second dot-stuffed.
func post(from string, rcpts ...string) []string {
	lines := []string{"MAIL FROM:<" + from + ">"}
	for _, r := range rcpts {
		lines = append(lines, "RCPT TO:<"+r+">")
	}
	return append(lines, "DATA", "Subject: x", "..", ".")
}

func TestDialogue(t *testing.T) {
	lmtp := Default()
	lmtp.LMTP = true
	few := Default()
	few.MaxRcpt = 1
	for _, c := range []struct {
		name string
		o    Options
		say  []string
		want []string
	}{
		{"SMTP answers once for all recipients", Default(), post("a@x.example", "b@x.example", "c@x.example"),
			[]string{"250 2.1.0 ok", "250 2.1.5 ok", "250 2.1.5 ok", "354 go ahead", "250 2.0.0 ok"}},
		{"LMTP answers for each recipient", lmtp, post("a@x.example", "b@x.example", "c@x.example"),
			[]string{"250 2.1.0 ok", "250 2.1.5 ok", "250 2.1.5 ok", "354 go ahead", "250 2.0.0 ok", "250 2.0.0 ok"}},
		{"too many recipients are for later", few, post("a@x.example", "b@x.example", "c@x.example"),
			[]string{"250 2.1.0 ok", "250 2.1.5 ok", "452 4.5.3 too many recipients", "354 go ahead", "250 2.0.0 ok"}},
		{"no data without a recipient", Default(), []string{"MAIL FROM:<>", "DATA"}, []string{"250 2.1.0 ok", "503 5.5.1 no valid recipients"}},
		{"a new transaction forgets the last", Default(), []string{"RCPT TO:<b@x.example>", "RSET", "DATA"},
			[]string{"250 2.1.5 ok", "250 2.0.0 ok", "503 5.5.1 no valid recipients"}},
		{"what it does not know", Default(), []string{"VRFY b"}, []string{"500 5.5.2 unknown command"}},
	} {
		want := append([]string{"220 sink.example ready"}, append(c.want, "221 2.0.0 bye")...)
		if diff := cmp.Diff(want, talk(t, New(c.o), append(c.say, "QUIT")...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestPipeliningIsOfferedUnlessItIsOff(t *testing.T) {
	for _, offered := range []bool{true, false} {
		o := Default()
		o.Pipelining = offered
		if got := strings.Contains(strings.Join(talk(t, New(o), "EHLO x", "QUIT"), " "), "250-PIPELINING"); got != offered {
			t.Errorf("offered %v, want %v", got, offered)
		}
	}
}

func TestWhatIsCounted(t *testing.T) {
	s := New(Default())
	var lines []string
	for _, p := range [][]string{post("one@x.example", "a@x.example", "b@x.example"), post("two@x.example", "a@x.example"), post("two@x.example", "c@x.example")} {
		lines = append(lines, p...)
	}
	before := unix(time.Now().UnixNano())
	talk(t, s, append(lines, "QUIT")...)
	got := s.Stats()
	if got.FirstConnection < before || got.FirstDelivery < got.FirstConnection || got.LastDelivery < got.FirstDelivery {
		t.Errorf("times out of order: %+v, begun %f", got, before)
	}
	got.FirstConnection, got.FirstDelivery, got.LastDelivery = 0, 0, 0
	got.Open = 0 // the session may still be ending
	want := Stats{Connections: 1, MaxOpen: 1, Transactions: 3, Deliveries: 4, UniqueRcpts: 3, UniqueSenders: 2, MaxRcpts: 2, Bytes: 3 * 16}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s.Reset()
	if got := s.Stats(); got.Deliveries+got.Connections+got.Bytes != 0 || got.UniqueRcpts+got.UniqueSenders != 0 || got.LastDelivery != 0 {
		t.Errorf("after a reset: %+v", got)
	}
}

// The shares must be near what was asked for, and the same for everybody with the same seed.
func TestShares(t *testing.T) {
	const n = 20000
	for _, p := range []float64{0, 0.01, 0.05, 0.5, 1} {
		hit, other := 0, 0
		for i := range n {
			a := fmt.Sprintf("member%d@school%d.example", i, i%40)
			if share(p, 1, a) {
				hit++
			}
			if share(p, 1, a) != share(p, 2, a) {
				other++
			}
		}
		if got := float64(hit) / n; math.Abs(got-p) > 0.01 || p == 0 && hit > 0 {
			t.Errorf("share %v: got %v", p, got)
		}
		if (p == 0.5) != (other > n/4) {
			t.Errorf("share %v: another seed changes %d of %d", p, other, n)
		}
	}
}

func TestTemporaryFailuresEndAfterSoManyAttempts(t *testing.T) {
	o := Default()
	o.TempFail, o.TempFailTimes = 1, 2
	s := New(o)
	lines := []string{"MAIL FROM:<>", "RCPT TO:<a@x.example>", "RCPT TO:<a@x.example>", "RCPT TO:<b@x.example>", "RCPT TO:<a@x.example>", "QUIT"}
	got := talk(t, s, lines...)[2:6]
	want := []string{"451 4.2.1 try again later", "451 4.2.1 try again later", "451 4.2.1 try again later", "250 2.1.5 ok"}
	if diff := cmp.Diff(want, got); diff != "" || s.Stats().TempFailed != 3 {
		t.Errorf("%d failures; (-want +got):\n%s", s.Stats().TempFailed, diff)
	}
}

func TestPermanentFailuresStay(t *testing.T) {
	o := Default()
	o.PermFail, o.TempFail = 1, 1
	s := New(o)
	if got := talk(t, s, "MAIL FROM:<>", "RCPT TO:<a@x.example>", "RCPT TO:<a@x.example>", "QUIT")[3]; got != "550 5.1.1 no such user" || s.Stats().PermFailed != 2 {
		t.Errorf("got %q, %d failures", got, s.Stats().PermFailed)
	}
}

func TestACutConnectionDeliversNothing(t *testing.T) {
	o := Default()
	o.Drop = 1
	s := New(o)
	got := talk(t, s, append(post("a@x.example", "b@x.example"), "QUIT")...)
	if last := got[len(got)-1]; last != "354 go ahead" || s.Stats().Dropped != 1 || s.Stats().Deliveries != 0 {
		t.Errorf("last reply %q, %+v", last, s.Stats())
	}
}

func TestASavedMessageHasItsEnvelopeAndLosesItsDots(t *testing.T) {
	o := Default()
	o.Save = t.TempDir()
	talk(t, New(o), append(post("a@x.example", "b@x.example"), "QUIT")...)
	got, err := os.ReadFile(filepath.Join(o.Save, "00000001.eml"))
	if want := "X-Envelope-From: <a@x.example>\r\nX-Envelope-To: <b@x.example>\r\nSubject: x\r\n.\r\n"; err != nil || string(got) != want {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestWait(t *testing.T) {
	s := New(Default())
	talk(t, s, append(post("a@x.example", "b@x.example"), "QUIT")...)
	if !s.Wait(t.Context(), 1) {
		t.Error("one delivery came and was not seen")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if s.Wait(ctx, 2) {
		t.Error("a second delivery was seen that never came")
	}
}

func TestServeTurnsAwayWhatIsTooMuch(t *testing.T) {
	o := Default()
	o.MaxConns = 1
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- New(o).Serve(l) }()
	var got []string
	for range 2 {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(10 * time.Second))
		line, _ := bufio.NewReader(c).ReadString('\n')
		got = append(got, line)
	}
	if diff := cmp.Diff([]string{"220 sink.example ready\r\n", "421 4.3.2 too many connections\r\n"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	l.Close()
	if err := <-ended; err != nil {
		t.Errorf("closing the listener: %v", err)
	}
}
