package membership

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestDatesAreReadAsInBritain(t *testing.T) {
	for said, want := range map[string]string{
		"2/9/2027":                      "2027-09-02",
		"2/9/27":                        "2027-09-02",
		"2.9.2027":                      "2027-09-02",
		"2027-09-02":                    "2027-09-02",
		"2 September 2027":              "2027-09-02",
		"  2  Sep 2027 ":                "2027-09-02",
		"Thursday 2 September 2027":     "2027-09-02",
		"Thursday, 2 September 2027":    "2027-09-02",
		"2/9":                           "2027-09-02",
		"2 September":                   "2027-09-02",
		"23 November":                   "2026-11-23",
		"22 November":                   "2027-11-22", // today has begun
		"21/11":                         "2027-11-21",
		"29 February":                   "2028-02-29",
		"30 February":                   "",
		"31/4/2027":                     "",
		"9/23/2027":                     "",
		"Easter":                        "",
		"":                              "",
		"2 September 2027 and for ever": "",
	} {
		got, err := ParseDate(said, noon)
		if (err != nil) != (want == "") {
			t.Errorf("%q: %v, want %q", said, err, want)
			continue
		}
		if err != nil {
			continue
		}
		if got.Format(time.DateOnly) != want || got.Hour() != 0 {
			t.Errorf("%q is read as %s, want %s", said, got, want)
		}
		if _, offset := got.Zone(); got.Month() == time.September && offset != 3600 {
			t.Errorf("%q: %s is not in British summer time", said, got)
		}
	}
}

func TestMomentsAreReadAsTheyAreWritten(t *testing.T) {
	at := time.Date(2019, 7, 1, 13, 4, 5, 678, time.UTC)
	got, err := parseMoment(formatMoment(at), noon)
	if err != nil || !got.Equal(at.Truncate(time.Second)) {
		t.Errorf("%s is read as %s, %v", formatMoment(at), got, err)
	}
	if formatMoment(time.Time{}) != "" {
		t.Error("no time is not empty")
	}
	got, err = parseMoment("2019-07-01 14:04:05", noon)
	if err != nil || !got.Equal(at.Truncate(time.Second)) {
		t.Errorf("London time is read as %s, %v", got, err)
	}
}
