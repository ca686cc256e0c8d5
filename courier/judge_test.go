package courier

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/queue"
)

// said makes a reply.
func said(line string) reply {
	if line == "" {
		return reply{}
	}
	r, err := read(line + "\r\n")
	if err != nil {
		panic(err)
	}
	return r
}

func TestJudge(t *testing.T) {
	const ok, no, go354 = "250 Ok", "503 5.5.1 Bad sequence", "354 Go on"
	for _, tc := range []struct {
		name             string
		mail, rcpt, data string
		want             ruling
	}{
		{"all accepted", ok, ok, go354, ruling{move: sendBody, at: data}},
		{"recipient will be forwarded", ok, "251 Will forward", go354, ruling{move: sendBody, at: data}},
		{"recipient refused, DATA refused", ok, "550 5.1.1 No", no, ruling{skip, rcpt, queue.Failed, false, true}},
		{"recipient refused, DATA accepted", ok, "550 5.1.1 No", go354, ruling{sendDot, rcpt, queue.Failed, false, true}},
		{"recipient refused in lock-step", ok, "450 4.2.1 Busy", "", ruling{skip, rcpt, queue.Deferred, false, true}},
		{"recipient's mailbox is full, by 552", ok, "552 5.2.2 Full", no, ruling{skip, rcpt, queue.Failed, false, true}},
		{"recipient refused for policy", ok, "550 5.7.1 Blocked", no, ruling{skip, rcpt, queue.Failed, false, true}},
		{"recipient needs a log-in", ok, "530 5.7.0 Log in", no, ruling{leave, rcpt, queue.Deferred, true, true}},
		{"recipient answered 354", ok, go354, go354, ruling{leave, rcpt, queue.Deferred, true, true}},
		{"sender refused, recipient too", "450 4.1.8 No", no, no, ruling{skip, mail, queue.Deferred, false, false}},
		{"sender refused, DATA accepted without recipient", "450 4.1.8 No", no, go354, ruling{sendDot, mail, queue.Deferred, false, false}},
		{"sender refused, recipient and DATA accepted", "450 4.1.8 No", ok, go354, ruling{leave, mail, queue.Deferred, false, false}},
		{"DATA refused for good", ok, ok, "554 5.6.0 No", ruling{skip, data, queue.Failed, false, true}},
		{"DATA refused for now", ok, ok, "451 4.3.0 No", ruling{skip, data, queue.Deferred, false, true}},
		{"DATA answered 250", ok, ok, ok, ruling{leave, data, queue.Deferred, true, true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := judge(answers{mail: said(tc.mail), rcpt: said(tc.rcpt), data: said(tc.data)})
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(ruling{})); diff != "" {
				t.Errorf("ruling (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMeaning(t *testing.T) {
	for _, tc := range []struct {
		at    verb
		reply string
		want  string
	}{
		{end, "250 2.0.0 Queued", "delivered"},
		{end, "251 Odd but positive", "delivered"},
		{end, "354 Still here", "deferred, hop"},
		{end, "421 4.3.2 Closing", "deferred, hop"},
		{end, "450 4.7.1 Wait", "deferred"},
		{end, "452 4.3.1 Full", "deferred"},
		{end, "550 5.7.1 Spam", "failed"},
		{end, "552 5.3.4 Too large", "failed"},
		{end, "554 No", "failed"},
		{end, "500 What", "deferred, hop"},
		{end, "503 What", "deferred, hop"},
		{mail, "450 4.1.8 Sender domain", "deferred"},
		{mail, "451 4.7.1 Too many", "deferred, hop"},
		{mail, "452 4.3.1 Full", "deferred, hop"},
		{mail, "452 Full", "deferred"},
		{mail, "501 5.1.7 Bad sender", "deferred"},
		{mail, "501 Bad sender", "deferred"},
		{mail, "553 5.1.8 Sender domain", "deferred"},
		{mail, "555 5.5.4 Unknown parameter", "deferred"},
		{mail, "530 5.7.0 STARTTLS first", "deferred, hop"},
		{mail, "550 5.7.1 Blocked", "deferred, hop"},
		{mail, "550 No", "deferred, hop"},
		{mail, "554 5.7.1 Blocked", "deferred, hop"},
		{mail, "552 5.3.4 Too large", "failed"},
		{mail, "552 5.2.3 Too large", "failed"},
		{mail, "552 Too large", "failed"},
		{mail, "550 5.6.7 International", "failed"},
		{rcpt, "550 No such user", "failed"},
		{rcpt, "553 5.1.3 Bad address", "failed"},
		{rcpt, "501 5.1.3 Bad address", "failed"},
		{rcpt, "450 4.7.1 Greylisted", "deferred"},
		{rcpt, "452 4.3.1 Full", "deferred"},
		{rcpt, "503 5.5.1 Sender first", "deferred, hop"},
	} {
		t.Run(fmt.Sprintf("%s to %v", tc.reply, tc.at), func(t *testing.T) {
			outcome, hop := meaning(tc.at, said(tc.reply))
			got := outcome.String()
			if hop {
				got += ", hop"
			}
			if got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}
