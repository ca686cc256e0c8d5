package membership

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sencoforum/internal/testdb"
	"sencoforum/store"
)

// TestCapsHoldWhateverComes draws requests from a few networks for a few addresses, with pauses between, and looks at each
// window of the mails that went.
func TestCapsHoldWhateverComes(t *testing.T) {
	house := t
	rapid.Check(t, func(t *rapid.T) {
		w := newTown(house)
		inHour := map[int][]time.Time{}
		n := rapid.IntRange(1, 5).Draw(t, "bursts")
		for range n {
			w.now = w.now.Add(time.Duration(rapid.IntRange(0, 10).Draw(t, "pause")*rapid.SampledFrom([]int{1, 60, 3600, 36000}).Draw(t, "times")) * time.Second)
			network := rapid.IntRange(1, 5).Draw(t, "network")
			asks := rapid.SliceOfN(rapid.IntRange(0, 40), 1, 15).Draw(t, "addresses")
			testdb.Update(w.t, w.db, func(tx *store.Tx) error {
				for _, i := range asks {
					r := Request{List: w.forum.ID, Purpose: ToJoin, Address: testdb.Address(w.t, fmt.Sprintf("p%d@school.example", i))}
					err := Ask(tx, By{Now: w.now}, r, netip.AddrFrom4([4]byte{192, 0, byte(network), 1}))
					if err == nil {
						inHour[network] = append(inHour[network], w.now)
					} else if !errors.Is(err, ErrCrowded) {
						return err
					}
				}
				return nil
			})
			w.keep()
		}
		for network, all := range inHour {
			if most := busiest(all, time.Hour); most > fromNetwork {
				t.Fatalf("network %d: %d in an hour", network, most)
			}
		}
		w.checkCaps(t, 0)
	})
}

// times are when mails were put, by recipient.
func (w *town) times() (all []sentMail) {
	for _, l := range w.letters() {
		to, _, _ := strings.Cut(l, "\n")
		_, after, _ := strings.Cut(l, "\nDate: ")
		date, _, _ := strings.Cut(after, "\r\n")
		at, err := time.Parse(time.RFC1123Z, date)
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, sentMail{to, at})
	}
	return all
}

type sentMail struct {
	to string
	at time.Time
}

// checkCaps looks at the mails from the given one on.
func (w *town) checkCaps(t interface{ Fatalf(string, ...any) }, from int) {
	var all []time.Time
	each := map[string][]time.Time{}
	for _, m := range w.times()[from:] {
		all = append(all, m.at)
		each[m.to] = append(each[m.to], m.at)
	}
	if most := busiest(all, time.Hour); most > mailsAnHour {
		t.Fatalf("%d mails in an hour", most)
	}
	for to, times := range each {
		if a, b := busiest(times, 24*time.Hour), busiest(times, month); a > mailsADay || b > mailsAMonth {
			t.Fatalf("%s got %d in a day and %d in a month", to, a, b)
		}
	}
}

// busiest is the greatest number of moments in any window.
func busiest(all []time.Time, d time.Duration) (most int) {
	for i := range all {
		n := 0
		for _, o := range all[i:] {
			if o.Sub(all[i]) < d {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// TestOneAddressADay: somebody names an address every day; its owner gets three mails in 30 days.
func TestOneAddressADay(t *testing.T) {
	w := newTown(t)
	for range 45 {
		for range 2 {
			w.askToJoin("jane@school.example")
			w.keep()
		}
		w.now = w.now.Add(24 * time.Hour)
	}
	w.checkCaps(t, 0)
	if n := len(w.told()); n != 6 { // days 1 to 3 and 31 to 33
		t.Errorf("%d mails", n)
	}
}

// TestAQuietNetworkGoesBeforeABusyOne: who asks once does not wait behind the tenth request of another network.
func TestAQuietNetworkGoesBeforeABusyOne(t *testing.T) {
	w := newTown(t)
	for i := range 90 {
		a := testdb.Address(t, fmt.Sprintf("p%d@spam.example", i))
		if err := w.ask(Request{Purpose: ToJoin, Address: a}, netip.AddrFrom4([4]byte{10, 0, byte(i / 10), 1})); err != nil {
			t.Fatal(err)
		}
	}
	w.askToJoin("jane@school.example")
	w.keep()
	told := w.told()
	if n := len(told); n != mailsAnHour {
		t.Errorf("%d mails", n)
	}
	if !slices.ContainsFunc(told[:10], func(s string) bool { return strings.HasPrefix(s, "jane@") }) {
		t.Errorf("jane waits behind: %q", told[:10])
	}
}

func TestTooManyRequestsThatWaitAreGivenUp(t *testing.T) {
	w := newTown(t)
	testdb.Update(t, w.db, func(tx *store.Tx) error {
		for i := range maxRequests + 100 {
			r := Request{List: w.forum.ID, Purpose: ToJoin, Address: testdb.Address(t, fmt.Sprintf("p%d@spam.example", i))}
			if err := Ask(tx, By{Now: w.now}, r, netip.AddrFrom4([4]byte{10, byte(i / 10 / 256), byte(i / 10 % 256), 1})); err != nil {
				return err
			}
		}
		n, err := requestsWait.Value(tx)
		dropped, err2 := RequestsDropped.Value(tx)
		if n != maxRequests || dropped != 100 {
			t.Errorf("%d wait, %d were given up", n, dropped)
		}
		return errors.Join(err, err2)
	})
	w.askToJoin("jane@school.example") // the first of her network: there is room for her
	for range 3 {
		w.keep()
		w.now = w.now.Add(time.Hour)
	}
	if !slices.Contains(w.told(), "jane@school.example: Join senco-forum? Please reply yes") {
		t.Errorf("jane got nothing: %q", w.told())
	}
}
