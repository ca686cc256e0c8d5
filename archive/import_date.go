package archive

import (
	"slices"
	"time"
)

// ImportDates are the moments that an old message names.
type ImportDates struct {
	Date     time.Time // of its Date field; zero when that is missing or cannot be read
	Postmark time.Time // of the From_ line or of the file; zero for none
	Received time.Time // of the newest Received field; zero for none
}

// DateFrom says where the date of an imported post comes from.
type DateFrom uint8

// The sources of a date, the best first.
const (
	DateOwn      DateFrom = iota // its Date field
	DateRepaired                 // the postmark or a Received field, because Date is absurd or missing
	DateOfOther                  // the message beside it in the archive: it has none of its own
)

// Bounds of a date that is believed.
var (
	dateFirst = time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC) // a clock that was never set stands on the first
	dateAhead = 24 * time.Hour                              // a clock that is a little fast, or in another zone
	dateApart = 40 * 366 * 24 * time.Hour                   // from the postmarks of the messages beside it
)

// decideDates chooses a date for each message of an archive, which are in their order there: its Date field, else the
// postmark, else Received, else the date of the message before it, or of the next that has one.
func decideDates(all []ImportDates, now time.Time) ([]time.Time, []DateFrom) {
	written, from := make([]time.Time, len(all)), make([]DateFrom, len(all))
	before, after := time.Time{}, followingPostmarks(all, now)
	for i, d := range all {
		written[i], from[i] = decideDate(d, now, before, after[i])
		if sane(d.Postmark, now) {
			before = d.Postmark
		}
	}
	last := time.Time{}
	for i := range written {
		if written[i].IsZero() {
			written[i] = last
		}
		last = written[i]
	}
	for i, w := range slices.Backward(written) {
		if w.IsZero() {
			written[i] = last
		}
		last = written[i]
	}
	for i, w := range written {
		if w.IsZero() { // none in the whole archive has a date
			written[i] = now
		}
	}
	return written, from
}

// followingPostmarks returns for each message the postmark of the next one that has one.
func followingPostmarks(all []ImportDates, now time.Time) []time.Time {
	out, next := make([]time.Time, len(all)), time.Time{}
	for i, d := range slices.Backward(all) {
		out[i] = next
		if sane(d.Postmark, now) {
			next = d.Postmark
		}
	}
	return out
}

func decideDate(d ImportDates, now, before, after time.Time) (time.Time, DateFrom) {
	if sane(d.Date, now) && !farFrom(d.Date, before, after) {
		return d.Date, DateOwn
	}
	for _, t := range []time.Time{d.Postmark, d.Received} {
		if sane(t, now) {
			return t, DateRepaired
		}
	}
	return time.Time{}, DateOfOther
}

// sane reports a moment at which mail may have been written.
func sane(t, now time.Time) bool { return !t.Before(dateFirst) && !t.After(now.Add(dateAhead)) }

// farFrom reports that a date is far from both postmarks beside it, as far as there are any.
func farFrom(t, before, after time.Time) bool {
	some := false
	for _, mark := range []time.Time{before, after} {
		if mark.IsZero() {
			continue
		}
		if t.Sub(mark).Abs() <= dateApart {
			return false
		}
		some = true
	}
	return some
}
