package message

import (
	"testing"
	"time"
)

func TestReadDate(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"RFC 5322", "Tue, 01 Jul 2003 10:52:37 +0200", "2003-07-01T10:52:37+02:00"},
		{"no weekday, no seconds", "1 Jul 2003 10:52 -0330", "2003-07-01T10:52:00-03:30"},
		{"a comment", "Tue, 1 Jul 2003 10:52:37 +0200 (CEST)", "2003-07-01T10:52:37+02:00"},
		{"a nested comment", "Tue, 1 Jul 2003 ((tricky) comment) 10:52:37 GMT", "2003-07-01T10:52:37Z"},
		{"a year of two digits without zone", "21 Nov 97 09:55:06", "1997-11-21T09:55:06Z"},
		{"a year of two digits after 2000", "21 Nov 07 09:55:06 EST", "2007-11-21T09:55:06-05:00"},
		{"a year of three digits", "21 Nov 103 09:55:06", "2003-11-21T09:55:06Z"},
		{"the order of asctime", "Wed Jul  2 10:52:37 2003", "2003-07-02T10:52:37Z"},
		{"asctime with a zone", "Wed Jul  2 10:52:37 BST 2003", "2003-07-02T10:52:37+01:00"},
		{"ISO 8601", "2003-07-02T10:52:37Z", "2003-07-02T10:52:37Z"},
		{"ISO 8601 with an offset", "2003-07-02T10:52:37.123+01:00", "2003-07-02T10:52:37+01:00"},
		{"ISO 8601 with a space", "2003-07-02 10:52:37 +0100", "2003-07-02T10:52:37+01:00"},
		{"dashes", "2-Jul-2003 10:52:37", "2003-07-02T10:52:37Z"},
		{"days first, as in Britain", "2/9/2003 10:52", "2003-09-02T10:52:00Z"},
		{"an afternoon", "July 2, 2003 10:52:37 PM", "2003-07-02T22:52:37Z"},
		{"twelve at night", "Jul 2, 2003 12:05am", "2003-07-02T00:05:00Z"},
		{"a zone with its name", "2 Jul 2003 10:52:37 GMT+0100", "2003-07-02T10:52:37+01:00"},
		{"a zone with a colon", "2 Jul 2003 10:52:37 +01:00", "2003-07-02T10:52:37+01:00"},
		{"an impossible zone is UTC", "2 Jul 2003 10:52:37 +9900", "2003-07-02T10:52:37Z"},
		{"the end of a Received field", "from a by b with SMTP id 4 8; Wed, 2 Jul 2003 10:52:37 +0000", "2003-07-02T10:52:37Z"},
		{"a date alone", "2 Jul 2003", "2003-07-02T00:00:00Z"},
		{"a long month with a full stop", "2 Sept. 2003 10:52", "2003-09-02T10:52:00Z"},
		{"a leap second", "31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00Z"},
		{"no month", "Tue, 7 2026 19:14:51 +0000", ""},
		{"a month that is none", "Tue, 7 Bog 2026 19:14:51 +0000", ""},
		{"a day that is none", "Jul 2003 10:52", ""},
		{"a year that is none", "2 Jul 9999 10:52", ""},
		{"an hour that is none is midnight", "2 Jul 2003 99:52", "2003-07-02T00:00:00Z"},
		{"nothing", "", ""},
		{"words", "yesterday", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := readDate(c.in)
			if c.want == "" {
				if ok {
					t.Fatalf("readDate(%q) = %v", c.in, got)
				}
				return
			}
			if !ok || got.Format(time.RFC3339) != c.want {
				t.Errorf("readDate(%q) = %v, %v, want %s", c.in, got, ok, c.want)
			}
		})
	}
}

func TestDate(t *testing.T) {
	m := Parse([]byte("Date: whenever\r\nReceived: by x; Wed, 2 Jul 2003 10:52:37 +0000\r\nReceived: by y; 1 Jul 2003 10:52 +0000\r\n\r\n"))
	if got, ok := m.Date(); !ok || got.Day() != 2 {
		t.Errorf("Date = %v, %v, want that of the last host", got, ok)
	}
}
