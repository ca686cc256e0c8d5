package queue

import "testing"

func TestWhatMeansTooFast(t *testing.T) {
	for _, tc := range []struct {
		code     int
		enhanced string
		text     string
		want     bool
	}{
		{421, "4.7.0", "[TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints", true},
		{421, "4.7.28", "Our system has detected an unusual rate of unsolicited mail", true},
		{421, "4.7.0", "Try again later, closing connection", true},
		{421, "", "Too many concurrent connections from your address", true},
		{421, "", "mx.example Service not available, closing transmission channel", false},
		{450, "", "4.7.650 The mail server has been temporarily rate limited", true},
		{451, "4.7.500", "Server busy. Please try again later", true},
		{451, "4.7.1", "Greylisted, please come back in 5 minutes", false},
		{452, "4.3.2", "Connection rate limit exceeded", true},
		{450, "4.2.1", "The user you are trying to contact is receiving mail at a rate that prevents delivery", false},
		{450, "4.1.1", "Too many unknown users", false},
		{452, "4.5.3", "Too many recipients", false},
		{452, "4.2.2", "Mailbox full", false},
		{452, "", "Storage limit exceeded", false},
		{451, "", "Please operate a separate server, migrate or narrate", false},
		{550, "5.7.1", "Too many messages, rate limit", false},
		{250, "", "too many", false},
		{0, "", "throttled", false},
	} {
		if got := Throttles(tc.code, tc.enhanced, tc.text); got != tc.want {
			t.Errorf("%d %s %s: %v, want %v", tc.code, tc.enhanced, tc.text, got, tc.want)
		}
	}
}
