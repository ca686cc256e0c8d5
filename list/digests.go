package list

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"sencoforum/store"
)

// Digests are what an owner may change about the emails of a day or a week. The zero one is what a list begins with.
type Digests struct {
	Day     string   `json:"digest_day,omitempty"`     // on which the weekly one goes; DigestDay reads it
	Time    string   `json:"digest_time,omitempty"`    // of the day at which both go, such as 06:30; DigestTime reads it
	Welcome bool     `json:"digest_welcome,omitempty"` // they say how many members have joined
	Holiday Holidays `json:"digest_holiday,omitempty"` // what becomes of them in the school holidays; InHolidays reads it
	Term    bool     `json:"digest_term,omitempty"`    // of older rows: InHolidays takes it for HolidaysPause
}

// Holidays is what becomes of digests in the school holidays. What is left out of one stands in the next.
type Holidays string

// The ways.
const (
	HolidaysUsual Holidays = "usual" // they go as in term
	HolidaysThin  Holidays = "thin"  // the weekly one each fortnight, the daily one each week
	HolidaysPause Holidays = "pause" // none
)

// InHolidays is what becomes of digests in the school holidays: they go as usual unless the list says otherwise.
func (d Digests) InHolidays() Holidays {
	if d.Holiday == "" && d.Term {
		return HolidaysPause
	}
	return cmp.Or(d.Holiday, HolidaysUsual)
}

// DigestDay is the day on which the weekly email goes: Monday unless the list says otherwise.
func (d Digests) DigestDay() time.Weekday {
	day, _ := weekdayOf(cmp.Or(d.Day, "monday"))
	return day
}

// DigestTime is when the daily and the weekly email go, on the clock of the lists: 06:30 unless the list says otherwise.
func (d Digests) DigestTime() (hour, minute int) {
	at, err := time.Parse("15:04", cmp.Or(d.Time, "06:30"))
	if err != nil {
		return 6, 30
	}
	return at.Hour(), at.Minute()
}

func weekdayOf(name string) (time.Weekday, bool) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(day.String(), name) {
			return day, true
		}
	}
	return time.Monday, false
}

func (d Digests) validate() error {
	if _, ok := weekdayOf(cmp.Or(d.Day, "monday")); !ok {
		return fmt.Errorf("digest_day is %q; use a day of the week, such as monday", d.Day)
	}
	if _, err := time.Parse("15:04", cmp.Or(d.Time, "06:30")); err != nil {
		return fmt.Errorf("digest_time is %q; write it like 06:30", d.Time)
	}
	switch h := d.InHolidays(); h {
	case HolidaysUsual, HolidaysThin, HolidaysPause:
	default:
		return fmt.Errorf("digest_holiday is %q; use usual, thin or pause", h)
	}
	return nil
}

// Digested reports a mode in which posts come together, in one email a day or a week.
func (m DeliveryMode) Digested() bool { return m == ModeDaily || m == ModeWeekly }

// ListsTable is the name to watch for lists whose settings have changed.
const ListsTable = "list.lists"

// LastDigestsTable is the name to watch for members who are owed one last digest.
const LastDigestsTable = "list.lastdigests"

var lastDigests = store.NewTable(LastDigestsTable, store.PairKey(store.Uint32Key[ID](), store.Uint32Key[PersonID]()), store.JSON[DeliveryMode]())

// owes notes that a member who had digests, and gets posts sooner from now on, is owed what has come since the last one.
// Who wants no mail any more, or gets the same posts later, is owed nothing.
func owes(tx *store.Tx, was, is Membership) error {
	key := memberKey(is.List, is.Person)
	sooner := is.Mode == ModeEvery || is.Mode == ModeQuestions || was.Mode == ModeWeekly && is.Mode == ModeDaily
	switch {
	case was.Mode == is.Mode:
		return nil
	case !was.Mode.Digested() || !sooner:
		return lastDigests.Delete(tx, key)
	}
	return lastDigests.Put(tx, key, was.Mode)
}

// An Owed is a member who is owed one last digest of a mode that they had.
type Owed struct {
	List   ID
	Person PersonID
	Mode   DeliveryMode
}

// LastDigests returns at most most of the members who are owed a last digest.
func LastDigests(tx *store.Tx, most int) (all []Owed, err error) {
	for row, err := range lastDigests.All(tx) {
		if err != nil {
			return nil, err
		}
		if len(all) == most {
			break
		}
		all = append(all, Owed{List: row.Key.A, Person: row.Key.B, Mode: row.Value})
	}
	return all, nil
}

// PaidLastDigest forgets that a last digest is owed.
func PaidLastDigest(tx *store.Tx, o Owed) error {
	return lastDigests.Delete(tx, memberKey(o.List, o.Person))
}
