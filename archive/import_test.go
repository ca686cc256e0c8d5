package archive

import (
	"testing"
	"time"
)

// day is noon of a day in UTC.
func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 12, 0, 0, 0, time.UTC) }

func TestDatesOfOldMessages(t *testing.T) {
	now := day(2026, 11, 27)
	mark := day(2003, 5, 1)
	for name, c := range map[string]struct {
		of     ImportDates
		want   time.Time
		reason DateFrom
	}{
		"its own":                           {ImportDates{Date: day(2003, 4, 30), Postmark: mark}, day(2003, 4, 30), DateOwn},
		"a clock that was never set":        {ImportDates{Date: time.Unix(0, 0), Postmark: mark}, mark, DateRepaired},
		"before there was mail":             {ImportDates{Date: day(1903, 1, 1), Postmark: mark}, mark, DateRepaired},
		"the future":                        {ImportDates{Date: day(2036, 1, 1), Postmark: mark}, mark, DateRepaired},
		"a clock that is a little fast":     {ImportDates{Date: now.Add(time.Hour), Postmark: now}, now.Add(time.Hour), DateOwn},
		"none, but a postmark":              {ImportDates{Postmark: mark}, mark, DateRepaired},
		"none, but Received":                {ImportDates{Received: mark}, mark, DateRepaired},
		"a postmark from the future, too":   {ImportDates{Postmark: day(2040, 1, 1), Received: mark}, mark, DateRepaired},
		"nothing at all: the one before it": {ImportDates{}, day(2003, 4, 1), DateOfOther},
	} {
		before := ImportDates{Date: day(2003, 4, 1), Postmark: day(2003, 4, 1)}
		written, from := decideDates([]ImportDates{before, c.of}, now)
		if !written[1].Equal(c.want) || from[1] != c.reason {
			t.Errorf("%s: %s by %d, want %s by %d", name, written[1], from[1], c.want, c.reason)
		}
	}
}

func TestADateFarFromItsNeighbours(t *testing.T) {
	now := day(2026, 11, 27)
	at := func(y int) ImportDates { return ImportDates{Date: day(y, 1, 1), Postmark: day(y, 1, 2)} }
	odd := ImportDates{Date: day(1971, 1, 1), Postmark: day(2015, 6, 1)}
	written, from := decideDates([]ImportDates{at(2015), odd, at(2015)}, now)
	if !written[1].Equal(odd.Postmark) || from[1] != DateRepaired {
		t.Errorf("1971 between posts of 2015: %s by %d", written[1], from[1])
	}
	written, from = decideDates([]ImportDates{at(1995), odd, at(2015)}, now)
	if !written[1].Equal(odd.Date) || from[1] != DateOwn {
		t.Errorf("1971 beside a post of 1995: %s by %d", written[1], from[1])
	}
	written, _ = decideDates([]ImportDates{{}, at(2015)}, now)
	if !written[0].Equal(day(2015, 1, 1)) {
		t.Errorf("the first has no date, and takes that of the next: %s", written[0])
	}
	written, _ = decideDates([]ImportDates{{}}, now)
	if !written[0].Equal(now) {
		t.Errorf("none has a date: %s", written[0])
	}
}

func TestThePlanOrdersAndCounts(t *testing.T) {
	const mbox = "From a@x.example Sat Jan  3 01:05:34 2004\nFrom: a@x.example\nDate: Sat, 3 Jan 2004 01:05:34 +0000\n" +
		"Message-ID: <late@x>\nReferences: <gone@x> <early@x>\n\nlate\n\n" +
		"From b@x.example Fri Jan  2 01:05:34 2004\nFrom: b@x.example\nDate: Mon, 1 Sep 2003 01:05:34 +0000\n" +
		"Message-ID: <early@x>\nIn-Reply-To: <elsewhere@x>\n\nearly\n\n" +
		"From c@x.example Fri Jan  2 01:05:34 2004\nFrom: c@x.example\nDate: Thu, 1 Jan 1970 00:00:00 +0000\n\n" +
		">From here on no Message-ID\n\n"
	p := planOf(t, mbox)
	var got []string
	for i, err := range p.Items() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, i.Written.Format("2006-01-02 ")+string(i.Raw[len(i.Raw)-6:]))
	}
	want := []string{"2003-09-01 early\n", "2004-01-02 ge-ID\n", "2004-01-03 \nlate\n"}
	for n := range want {
		if len(got) != len(want) || got[n] != want[n] {
			t.Fatalf("%q, want %q", got, want)
		}
	}
	if p.Messages != 3 || p.Repaired != 1 || p.Undated != 0 || p.Broken != 1 || p.WithoutID != 1 {
		t.Errorf("%+v", p)
	}
	if g := p.Gaps(); len(g) != 3 || g[0] != "2003-10" || g[2] != "2003-12" {
		t.Errorf("gaps %q", g)
	}
}

func TestOldPagesAreNumberedInTheOrderOfTheFile(t *testing.T) {
	if got := oldPage(day(2003, 12, 11), 12); got != "2003-December/000012.html" {
		t.Error(got)
	}
}
