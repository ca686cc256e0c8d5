package hold

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// What a member sent lately: how many posts, and which long texts. It is written with each post that is kept, so the rules
// about both cost two rows a post and no search.

const (
	hour = time.Hour
	day  = 24 * time.Hour

	longText   = 200              // characters of a text that may not be repeated
	sameWriter = 7 * day          // for how long the same author's is a repetition
	sameTime   = 10 * time.Minute // within which many of anybody's are an emergency
	sameMost   = 3                // how many of them are none
	saidMost   = 20               // senders that are kept of one text
)

// textKey finds a long text on a list by its digest; no text is stored.
type textKey = store.Pair[list.ID, string]

// sent is one sending of a text.
type sent struct {
	Person list.PersonID `json:"person"`
	At     int64         `json:"at"` // Unix seconds
}

var (
	posted   = store.NewTable("hold.posted", store.PairKey(store.Uint32Key[list.ID](), store.Uint32Key[list.PersonID]()), moments)
	texts    = store.NewTable("hold.texts", store.PairKey(store.Uint32Key[list.ID](), store.StringKey[string]()), store.JSON[[]sent]())
	textDays = store.NewTable("hold.textdays", store.PairKey(store.Uint32Key[uint32](), store.StringKey[string]()), store.Empty())
)

// Recent is what is known of a member's latest posts.
type Recent struct {
	InHour, InDay int  // posts in the hour and the day before
	Repeated      bool // the same long text of theirs came in the last 7 days
	Flood         bool // the same long text came more than 3 times in 10 minutes, whoever sent it
}

// Digest is by what a long text is known again, without regard to spaces and case; empty for one of fewer than 200
// characters.
func Digest(own string) string {
	text := strings.ToLower(strings.Join(strings.Fields(own), " "))
	if len([]rune(text)) < longText {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return string(sum[:16])
}

// Lately looks at what a member sent before a moment; digest is of the text of the post that came now.
func Lately(tx *store.Tx, l list.ID, p list.PersonID, digest string, now time.Time) (r Recent, err error) {
	times, _, err := posted.Get(tx, store.Pair[list.ID, list.PersonID]{A: l, B: p})
	if err != nil {
		return r, err
	}
	for _, t := range times {
		if t > now.Add(-day).Unix() {
			r.InDay++
		}
		if t > now.Add(-hour).Unix() {
			r.InHour++
		}
	}
	if digest == "" {
		return r, nil
	}
	all, _, err := texts.Get(tx, textKey{A: l, B: digest})
	soon := 0
	for _, s := range all {
		r.Repeated = r.Repeated || s.Person == p && s.At > now.Add(-sameWriter).Unix()
		if s.At > now.Add(-sameTime).Unix() {
			soon++
		}
	}
	r.Flood = soon >= sameMost
	return r, err
}

// Sent notes a post of a member that was kept. most is how many of the latest posts the list's limits ask about, 0 for none.
func Sent(tx *store.Tx, l list.ID, p list.PersonID, digest string, now time.Time, most int) error {
	if most > 0 {
		if err := post(tx, store.Pair[list.ID, list.PersonID]{A: l, B: p}, now, most); err != nil {
			return err
		}
	}
	if digest == "" {
		return nil
	}
	key := textKey{A: l, B: digest}
	all, _, err := texts.Get(tx, key)
	if err != nil {
		return err
	}
	all = append(all, sent{Person: p, At: now.Unix()})
	if err := texts.Put(tx, key, all[max(0, len(all)-saidMost):]); err != nil {
		return err
	}
	if err := textDays.Put(tx, textDay(now, key), struct{}{}); err != nil {
		return err
	}
	return tidyTexts(tx, now)
}

// post adds a moment to those of a member, of which the newest stand first.
func post(tx *store.Tx, k store.Pair[list.ID, list.PersonID], now time.Time, most int) error {
	times, _, err := posted.Get(tx, k)
	if err != nil {
		return err
	}
	kept := []int64{now.Unix()}
	for _, t := range times {
		if t > now.Add(-day).Unix() && len(kept) < most {
			kept = append(kept, t)
		}
	}
	return posted.Put(tx, k, kept)
}

// moments are Unix seconds, each but the first as how much it lies before the one ahead of it: one that was set back by a clock
// counts as the same second.
var moments = store.ValueCodec[[]int64]{
	Append: func(b []byte, all []int64) ([]byte, error) {
		for i, t := range all {
			if i > 0 {
				t = max(0, all[i-1]-t)
			}
			b = binary.AppendUvarint(b, uint64(t))
		}
		return b, nil
	},
	Parse: func(b []byte) (all []int64, err error) {
		for len(b) > 0 {
			n, size := binary.Uvarint(b)
			if size <= 0 || n > 1<<40 {
				return nil, errors.New("parse moments: not numbers")
			}
			t := int64(n)
			if len(all) > 0 {
				t = all[len(all)-1] - t
			}
			all, b = append(all, t), b[size:]
		}
		return all, nil
	},
}

func textDay(now time.Time, k textKey) store.Pair[uint32, string] {
	return store.Pair[uint32, string]{A: uint32(token.DayOf(now)), B: fmt.Sprintf("%d %s", k.A, k.B)}
}

// tidyTexts forgets some texts that are older than any rule asks for: more than one post adds.
func tidyTexts(tx *store.Tx, now time.Time) error {
	old := uint32(token.DayOf(now.Add(-sameWriter - day)))
	gone := 0
	for row, err := range textDays.All(tx) {
		if err != nil {
			return err
		}
		if row.Key.A >= old || gone == tidyMost {
			break
		}
		gone++
		if err := textDays.Delete(tx, row.Key); err != nil {
			return err
		}
		if err := tidyText(tx, row.Key.B, now); err != nil {
			return err
		}
	}
	return nil
}

// tidyText forgets a text unless it came again since.
func tidyText(tx *store.Tx, name string, now time.Time) error {
	var k textKey
	number, digest, _ := strings.Cut(name, " ")
	if _, err := fmt.Sscan(number, &k.A); err != nil {
		return nil
	}
	k.B = digest
	all, ok, err := texts.Get(tx, k)
	if err != nil || !ok || len(all) > 0 && all[len(all)-1].At > now.Add(-sameWriter-day).Unix() {
		return err
	}
	return texts.Delete(tx, k)
}

func forgetPosted(tx *store.Tx, p list.PersonID) error {
	for row, err := range posted.All(tx) {
		if err != nil {
			return err
		}
		if row.Key.B != p {
			continue
		}
		if err := posted.Delete(tx, row.Key); err != nil {
			return err
		}
	}
	return nil
}
