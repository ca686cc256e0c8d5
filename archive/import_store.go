package archive

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// An Importer stores old messages as posts of a list. It belongs to one goroutine, and reads the messages of a batch beside it.
type Importer struct {
	DB    *store.DB
	List  list.List
	Now   func() time.Time
	Dry   bool                                      // only look what is known
	Clean func(m *message.Message) *message.Message // takes out what must not be stored, such as tokens; nil: nothing

	Run  *ImportRun // of which the batches are
	Part int        // the number of the next batch in it
}

// ImportResult is what became of the messages of a batch.
type ImportResult struct {
	New     int             `json:"new"`
	Known   int             `json:"known"`
	Linked  int             `json:"linked"`  // new ones whose author is a person here
	Charset int             `json:"charset"` // new ones with text that is not in the charset it says
	Skipped []ImportSkipped `json:"skipped,omitempty"`
	Longest time.Duration   `json:"longest"`        // that nobody else could write
	Keys    []string        `json:"keys,omitempty"` // of a dry run: what tells the new ones apart
}

// ImportSkipped is a message that cannot be stored.
type ImportSkipped struct {
	Item   int    `json:"item"` // in the batch, from 0
	Reason string `json:"reason"`
}

// Add adds the figures of another batch.
func (r *ImportResult) Add(o ImportResult) {
	r.New, r.Known, r.Linked, r.Charset = r.New+o.New, r.Known+o.Known, r.Linked+o.Linked, r.Charset+o.Charset
	r.Skipped = append(r.Skipped, o.Skipped...)
	r.Longest = max(r.Longest, o.Longest)
}

// piece is how many messages are read by one worker before they are stored.
const piece = 100

// prepared is a message that is ready to be stored.
type prepared struct {
	item    int
	reason  string // why it cannot be stored; empty if it can
	known   bool
	at      intake.ID // the message as which it is known
	id      intake.ID // as which it is stored, once the transaction has ended well
	linked  bool      // of a dry run
	charset bool
	key     intake.Key
	record  intake.Record
	place   bool       // it has one in the pack of its unit
	blob    store.Blob // its bytes, where no pack has them
	post    NewPost
	oldURL  string
	heard   map[saying]phrases // what messages say that it may answer
}

// Batch stores messages in their order, once those of the batches before it are stored. What it has stored stays,
// also when it ends with an error, and is known when it is brought again.
func (i *Importer) Batch(ctx context.Context, items []ImportItem) (r ImportResult, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer func() { i.Run.ended(i.Part, err); i.Part++ }()
	pieces := i.prepare(ctx, items)
	if err := i.Run.turn(ctx, i.Part); err != nil {
		return r, err
	}
	budget := holdMost / 2
	var units []unit
	for ready := range pieces {
		p := <-ready
		if p.err != nil {
			return r, p.err
		}
		units = append(units, p.units...)
		if len(pieces) > 0 && messages(units) < 3*piece {
			continue // one commit for more of them
		}
		if err := i.put(ctx, units, &budget, &r); err != nil {
			return r, err
		}
		units = units[:0]
	}
	return r, errors.Join(i.put(ctx, units, &budget, &r), ctx.Err())
}

// pieceReady is a piece that was read.
type pieceReady struct {
	units []unit
	err   error
}

// prepare reads messages on all cores but that which stores them, a few pieces ahead of who takes them, and yields the pieces in
// their order.
func (i *Importer) prepare(ctx context.Context, items []ImportItem) <-chan chan pieceReady {
	workers := cap(i.Run.reading)
	order := make(chan chan pieceReady, 2*workers+2)
	type job struct {
		from int
		to   chan pieceReady
	}
	jobs := make(chan job)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for j := range jobs {
				i.Run.reading <- struct{}{}
				j.to <- i.read(items[j.from:min(j.from+piece, len(items))], j.from)
				<-i.Run.reading
			}
		})
	}
	go func() {
		defer close(order)
		defer all.Wait()
		defer close(jobs)
		for from := 0; from < len(items); from += piece {
			j := job{from: from, to: make(chan pieceReady, 1)}
			select {
			case order <- j.to:
			case <-ctx.Done():
				return
			}
			jobs <- j
		}
	}()
	return order
}

// read reads the messages of a piece, finds out which are known, and packs the others.
func (i *Importer) read(items []ImportItem, first int) pieceReady {
	all := make([]prepared, len(items))
	raws := make([][]byte, len(items))
	for n, item := range items {
		m := message.Parse(canonical(item.Raw))
		if i.Clean != nil {
			m = i.Clean(m)
		}
		raws[n] = m.Raw()
		all[n] = i.describe(item, m)
		all[n].item = first + n
		runtime.Gosched() // whoever takes mail need not wait until this goroutine has had its time
	}
	err := i.DB.View(func(tx *store.Tx) (err error) {
		for n := range all {
			if p := &all[n]; p.reason == "" {
				if err = p.look(tx); err != nil {
					return err
				}
				if _, p.linked, err = person(tx, p.post.From); err != nil {
					return err
				}
				if err = p.listen(tx, &i.Run.said); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil || i.Dry {
		return pieceReady{units: []unit{{all: all}}, err: err}
	}
	return pieceReady{units: pack(all, raws)}
}

// describe reads one message.
func (i *Importer) describe(item ImportItem, m *message.Message) prepared {
	raw := m.Raw()
	if err := message.Scan(raw, message.Importing()); err != nil {
		var form *message.FormError
		if errors.As(err, &form) {
			return prepared{reason: form.Detail}
		}
		return prepared{reason: err.Error()}
	}
	if len(raw) > store.MaxBlob {
		return prepared{reason: "the message is too large"}
	}
	now := i.Now()
	n := Describe(m, i.List.SubjectTag, now)
	if n.NoArchive {
		return prepared{reason: "its writer wants it in no archive (X-No-Archive)"}
	}
	n.List, n.Written, n.Accepted = i.List.ID, item.Written, now
	if n.AuthorName = list.CleanName(n.AuthorName); strings.EqualFold(n.AuthorName, n.From.Local) {
		n.AuthorName = "" // a part of an address is no name
	}
	return prepared{
		key:     intake.DuplicateKey(uint32(i.List.ID), n.From, n.MessageID, m.Root.Body),
		charset: mislabelled(m),
		record: intake.Record{
			Origin: intake.FromImport, Kind: string(list.KindPost), List: uint32(i.List.ID),
			Envelope: message.Envelope{Received: now}, MessageID: n.MessageID, Size: len(raw), SHA256: intake.Sum(raw),
		},
		post: n, oldURL: item.OldURL,
	}
}

// mislabelled reports a message with text that is not in the charset it says.
func mislabelled(m *message.Message) bool {
	for _, p := range m.Walk() {
		if p.Mislabelled() {
			return true
		}
	}
	return false
}

// holdMost is how long one transaction of an import should keep others from writing.
const holdMost = 20 * time.Millisecond

// Bounds of the time that a transaction may spend on messages; the rest of holdMost is for its commit.
const (
	budgetLeast = 3 * time.Millisecond
	budgetMost  = 8 * time.Millisecond
)

// put stores what is ready, in transactions that end when their time is up.
func (i *Importer) put(ctx context.Context, units []unit, budget *time.Duration, r *ImportResult) error {
	if i.Dry {
		for _, u := range units {
			r.look(u.all)
		}
		return nil
	}
	for len(units) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, step, err := i.putSome(units, *budget)
		if err != nil && !store.Trouble(err) && n > 1 {
			n, step, err = i.putSome(units, 0) // only the first, so that the one at fault is alone in the end
		}
		if err != nil && !store.Trouble(err) && len(units[0].all) > 1 {
			loose, broken := units[0].loosen()
			if broken != nil {
				return broken
			}
			r.Longest = max(r.Longest, step.Longest)
			units = append(loose, units[1:]...)
			continue
		}
		if err != nil && !store.Trouble(err) {
			at := &units[0].all[0]
			at.reason, step, err = fmt.Sprintf("it could not be stored: %v", err), ImportResult{}, nil
			step.count(*at, false)
		}
		if err != nil {
			return err
		}
		*budget = nextBudget(*budget, step.Longest)
		r.Add(step)
		units = units[n:]
	}
	return nil
}

// look counts the messages of a dry run.
func (r *ImportResult) look(all []prepared) {
	for _, p := range all {
		r.count(p, p.linked)
		if p.reason == "" && !p.known {
			r.Keys = append(r.Keys, string(p.key[:16]))
		}
	}
}

// nextBudget is the time for messages of the next transaction, after one that kept others from writing so long.
func nextBudget(now, held time.Duration) time.Duration {
	switch {
	case held > holdMost*3/4:
		return max(budgetLeast, now*3/4)
	case held < holdMost*3/5:
		return min(budgetMost, now*5/4)
	}
	return now
}

// putSome stores as many units as there is time for, one at least, in one transaction, and says how many.
func (i *Importer) putSome(units []unit, budget time.Duration) (n int, r ImportResult, err error) {
	var began time.Time
	err = i.DB.Update(func(tx *store.Tx) error {
		began, n, r = time.Now(), 0, ImportResult{}
		for spent, most := time.Duration(0), time.Duration(0); n < len(units) && (n == 0 || spent+most < budget); n++ {
			if err := i.putUnit(tx, &units[n], &r); err != nil {
				n++
				return err
			}
			now := time.Since(began)
			spent, most = now, max(most, now-spent)
		}
		return nil
	})
	if !began.IsZero() {
		r.Longest = time.Since(began)
	}
	if err == nil {
		i.Run.said.keep(units[:n])
	}
	return n, r, err
}

// look finds out whether a message is known, or was erased here and must not come back.
func (p *prepared) look(tx *store.Tx) error {
	gone, err := intake.IsGone(tx, uint32(p.post.List), p.post.MessageID)
	if err != nil {
		return err
	}
	if gone {
		p.reason = "it was erased here"
		return nil
	}
	if p.at, p.known, err = intake.Known(tx, p.key); err == nil && !p.known {
		p.at, p.known, err = p.twin(tx)
	}
	return err
}

// twins bounds the posts with one Message-ID that are compared with a message.
const twins = 8

// twin finds a post that is the same message as it is stored, where its key is that of the message as it came: our tokens were
// taken out of it since, or its last line had no end. So what was written out is known again.
func (p *prepared) twin(tx *store.Tx) (intake.ID, bool, error) {
	looked := 0
	for n, err := range named(tx, p.post.List, p.post.MessageID) {
		if looked++; err != nil || looked > twins {
			return 0, false, err
		}
		post, err := Get(tx, n)
		if err != nil {
			return 0, false, err
		}
		raw, err := intake.Raw(tx, post.Intake)
		if errors.Is(err, intake.ErrNoMessage) {
			continue
		}
		if err != nil {
			return 0, false, err
		}
		r, err := intake.Get(tx, post.Intake)
		if err != nil {
			return 0, false, err
		}
		if intake.KeyOfStored(r, message.Parse(canonical(raw))) == p.key {
			return post.Intake, true, nil
		}
	}
	return 0, false, nil
}

// putOne stores one message, or finds that it is known. id is 0 for one that is not stored.
func (i *Importer) putOne(tx *store.Tx, p *prepared) (id intake.ID, linked bool, err error) {
	if p.reason != "" {
		return 0, false, nil
	}
	if err := p.look(tx); err != nil || p.reason != "" {
		return 0, false, err
	}
	if p.known {
		return 0, false, i.putPage(tx, *p)
	}
	n := p.post
	author, linked, err := person(tx, n.From)
	if err != nil {
		return 0, false, err
	}
	if n.Author = author.ID; author.Name != "" {
		n.AuthorName = author.Name
	}
	n.said = func(post Post) (phrases, bool) {
		if own, ok := p.heard[sayingOf(post)]; ok {
			return own, true
		}
		return i.Run.said.of(post)
	}
	if n.Intake, err = intake.Put(tx, intake.New{Record: p.record, Raw: p.blob, State: intake.Done, Key: p.key}); err != nil {
		return 0, false, err
	}
	stored, err := publishOld(tx, n)
	if err != nil || p.oldURL == "" {
		return n.Intake, linked, err
	}
	return n.Intake, linked, putOldURL(tx, n.List, p.oldURL, stored.Number)
}

// person finds who has an address.
func person(tx *store.Tx, a message.Address) (list.Person, bool, error) {
	if a.IsZero() {
		return list.Person{}, false, nil
	}
	p, err := list.FindPerson(tx, a)
	if errors.Is(err, list.ErrNoPerson) {
		return list.Person{}, false, nil
	}
	return p, err == nil, err
}

// putPage notes the old page of a message that is a post already.
func (i *Importer) putPage(tx *store.Tx, p prepared) error {
	if p.oldURL == "" {
		return nil
	}
	for n, err := range named(tx, p.post.List, p.post.MessageID) {
		if err != nil {
			return err
		}
		post, err := Get(tx, n)
		if err != nil {
			return err
		}
		if post.Intake == p.at {
			return putOldURL(tx, p.post.List, p.oldURL, post.Number)
		}
	}
	return nil
}

// count counts one message.
func (r *ImportResult) count(p prepared, linked bool) {
	switch {
	case p.reason != "":
		r.Skipped = append(r.Skipped, ImportSkipped{Item: p.item, Reason: p.reason})
		return
	case p.known:
		r.Known++
		return
	}
	r.New++
	if linked {
		r.Linked++
	}
	if p.charset {
		r.Charset++
	}
}
