package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"testing"

	"sencoforum/bench/smtpsink"
)

func TestParse(t *testing.T) {
	c, err := parse([]string{"-listen", "unix:/x", "-tempfail", "0.5", "-lmtp", "-pipelining=false"}, io.Discard)
	want := config{listen: "unix:/x", sink: smtpsink.Options{LMTP: true, MaxRcpt: 1000, Seed: 1, TempFail: 0.5, TempFailTimes: 1}}
	if err != nil || c != want {
		t.Errorf("got %+v, %v", c, err)
	}
	if _, err := parse([]string{"-no-such-flag"}, io.Discard); err == nil {
		t.Error("an unknown flag is no error")
	}
}

func TestHandler(t *testing.T) {
	s := smtpsink.New(smtpsink.Default())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go s.Serve(l)
	if err := smtp.SendMail(l.Addr().String(), nil, "a@x.example", []string{"b@x.example"}, []byte("Subject: x\r\n")); err != nil {
		t.Fatal(err)
	}
	h := handler(s)
	for _, c := range []struct {
		name, method, path string
		status             int
		deliveries         int64
	}{
		{"the statistics", "GET", "/stats", http.StatusOK, 1},
		{"what has come need not be waited for", "GET", "/wait?deliveries=1&timeout=10s", http.StatusOK, 1},
		{"what does not come is told after the time", "GET", "/wait?deliveries=2&timeout=1ms", http.StatusGatewayTimeout, 1},
		{"a wait without a number", "GET", "/wait?timeout=1s", http.StatusBadRequest, -1},
		{"a reset", "POST", "/reset", http.StatusOK, -1},
		{"after the reset", "GET", "/stats", http.StatusOK, 0},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.status {
			t.Errorf("%s: status %d", c.name, w.Code)
		}
		var got smtpsink.Stats
		if c.deliveries >= 0 && (json.Unmarshal(w.Body.Bytes(), &got) != nil || got.Deliveries != c.deliveries) {
			t.Errorf("%s: got %s", c.name, w.Body)
		}
	}
}
