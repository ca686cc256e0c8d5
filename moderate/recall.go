package moderate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// A Recaller asks the members who have a copy of a post to delete it: mail that was delivered cannot be called back.
type Recaller struct {
	db   *store.DB
	keys *token.Keyring
	web  string
	now  func() time.Time
}

// NewRecaller returns a recaller. web is the base address of the archive, empty while there is none.
func NewRecaller(db *store.DB, keys *token.Keyring, web string, now func() time.Time) *Recaller {
	return &Recaller{db: db, keys: keys, web: web, now: now}
}

// recalled is the content of a queue row.
type recalled struct {
	Post archive.Number `json:"post"`
}

// recallBatch is how many members one transaction asks.
const recallBatch = 500

// Recall puts a mail for each member to whom a copy of the post was delivered, also those who have left since, and returns how
// many. Members with lower numbers than the last who was asked are not asked again, so one that a crash interrupted goes on
// where it stopped, and a second one does nothing; but for a post that was shown again in between, when everybody is asked. It returns archive.ErrShown, wrapped, for a post that members can see as it
// was sent.
func (r *Recaller) Recall(by By, n archive.Number) (asked int, err error) {
	for more := true; more; {
		var put int
		err = r.db.Update(func(tx *store.Tx) (err error) {
			put, more, err = r.some(tx, by, n)
			return err
		})
		if err != nil {
			return asked, err
		}
		asked += put
	}
	return asked, nil
}

// some asks the next members, and says how many and whether there are more.
func (r *Recaller) some(tx *store.Tx, by By, n archive.Number) (asked int, more bool, err error) {
	people, last, err := reached(tx, n)
	if err != nil {
		return 0, false, err
	}
	p, err := archive.Recall(tx, n, last, by.Now)
	if err != nil {
		return 0, false, err
	}
	for _, who := range people {
		ok, err := r.put(tx, p.Number, who)
		if err != nil {
			return 0, false, err
		}
		if ok {
			asked++
		}
	}
	if more = len(people) == recallBatch; asked == 0 {
		return 0, more, nil
	}
	return asked, more, by.record(tx, audit.Entry{
		Action: "post recall", List: uint32(p.List), Items: []uint64{uint64(n)}, Detail: fmt.Sprintf("%d people asked", asked),
	})
}

// Waiting returns how many members have a copy of the post and were not asked yet. The errors are those of Recall.
func (r *Recaller) Waiting(n archive.Number) (people int, err error) {
	err = r.db.View(func(tx *store.Tx) error {
		p, err := archive.Get(tx, n)
		if err == nil {
			err = p.MayRecall()
		}
		if err != nil {
			return err
		}
		for o, err := range queue.Outcomes(tx, uint64(n)) {
			if err != nil {
				return err
			}
			if o.Outcome == queue.Delivered && o.Member > p.RecalledTo {
				people++
			}
		}
		return nil
	})
	return people, err
}

// reached returns the next members who have a copy of a post and were not asked, and the highest number among them.
func reached(tx *store.Tx, n archive.Number) (some []list.PersonID, last uint32, err error) {
	p, err := archive.Get(tx, n)
	if err != nil {
		return nil, 0, err
	}
	for o, err := range queue.Outcomes(tx, uint64(n)) {
		if err != nil {
			return nil, 0, err
		}
		if o.Outcome != queue.Delivered || o.Member <= p.RecalledTo {
			continue
		}
		if some, last = append(some, list.PersonID(o.Member)), o.Member; len(some) == recallBatch {
			break
		}
	}
	return some, last, nil
}

// put puts the mail for one person; ok is false for one who was forgotten.
func (r *Recaller) put(tx *store.Tx, n archive.Number, who list.PersonID) (ok bool, err error) {
	p, err := list.GetPerson(tx, who)
	if errors.Is(err, list.ErrNoPerson) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	content, err := json.Marshal(recalled{Post: n})
	if err != nil {
		return false, err
	}
	return true, queue.Put(tx, queue.Row{
		Kind: RecallKind, Member: uint32(who), Domain: p.Address.Domain, Payload: content, Priority: queue.Normal, Queued: r.now(),
	})
}

// Render composes the mail of one row, from the post and the address of today.
func (r *Recaller) Render(_ context.Context, row queue.Row) (queue.Outgoing, error) {
	var c recalled
	if err := json.Unmarshal(row.Payload, &c); err != nil {
		return queue.Outgoing{}, fmt.Errorf("row of a recall: %w", err)
	}
	t := notice.To{ID: fmt.Sprintf("recall.%d.%d", c.Post, row.Member), Now: r.now()}
	var p archive.Post
	err := r.db.View(func(tx *store.Tx) (err error) {
		if p, err = archive.Get(tx, c.Post); err != nil {
			return err
		}
		if t.List, err = list.Get(tx, p.List); err != nil {
			return err
		}
		t.Person, err = list.GetPerson(tx, list.PersonID(row.Member))
		return err
	})
	if errors.Is(err, list.ErrNoPerson) {
		return queue.Outgoing{}, queue.ErrDropped
	}
	if err != nil {
		return queue.Outgoing{}, err
	}
	about := notice.Recall{Written: p.Written.In(calendar.London())}
	if t.About = p.MessageID; r.web != "" && t.List.Footer {
		about.Link = fmt.Sprintf("%s/m/%d", strings.TrimRight(r.web, "/"), p.Number)
	}
	m, err := about.Compose(t)
	if err != nil {
		return queue.Outgoing{}, err
	}
	from := t.List.ReturnAddress(r.keys, t.Person.ID, 0, r.now())
	return queue.Outgoing{Row: row.ID, From: from, To: t.Person.Address, Header: m.Header, Body: m.Body, UTF8: !t.Person.Address.ASCII()}, nil
}
