package command

import (
	"testing"
	"time"
)

func TestWhatWordsOfAListWouldDo(t *testing.T) {
	today := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"Croeso i bawb.": "",
		"Thank you for asking. We are here to help.": "",
		"We meet in May.\n\nYou get no more email.":  "",
		"Leave":                    "leave",
		"Join again":               "join",
		"Join us":                  "",
		"Search the archive first": "search",
		"Yes\nNew here":            "yes",
		"Pause until 2 September":  "pause",
		"help":                     "",
		"Approve":                  "", // it is no answer to what moderators decide about
		"Hello Jane\n\nWeekly.\n\nThat is what you do.": "weekly",
	} {
		if got := Acts(text, today); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
