package archive

import (
	"cmp"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// An Overview is a table in memory of all discussions that members can see, for lists of them: pages of the web, hits of
// a search, digests. It follows the change record and is never stored; the first call that needs it reads it from
// the rows of threads and posts, which Run does in the background at the start. It costs about 80 bytes for a discussion
// and 12 for a post.
//
// What a method returns holds at least all that was committed when it was called. Who may see a list is not decided
// here. Any number of goroutines may use an Overview.
type Overview struct {
	log *slog.Logger
	db  *store.DB

	following sync.Mutex // held by the one that reads the store: guards loaded
	loaded    bool

	mu     sync.RWMutex // guards all below
	seq    Seq          // the change up to which it holds everything
	rows   []row
	free   []uint32                 // places in rows that hold nothing
	at     []uint32                 // 1 and the place in rows, by the number of a thread that lives and has something to see; else 0
	orders map[list.ID]*[3][]uint32 // places in rows, by Order, the first of a page first; nil while it is loaded
	thread []Number                 // of each post, by number; 0: none, or nothing to see
	when   []uint32                 // of each post, as long as thread; 0: it is not to be seen
	topics topicSets

	counting sync.Mutex // guards counted: what Activity has counted, up to seq
	counted  map[counter]activity
}

// NewOverview returns an empty overview.
func NewOverview(log *slog.Logger, db *store.DB) *Overview {
	return &Overview{log: log, db: db}
}

// row is a discussion as it is kept. Times are Unix seconds.
type row struct {
	thread, first, last Number
	list                list.ID
	asker               list.PersonID
	begun, latest       uint32
	answer              uint32 // of a question; 0: it has none
	posts, topics       uint32 // topics: a number of topicSets
	files               uint16
	flags               uint8
}

const (
	rowQuestion uint8 = 1 << iota
	rowAnswered
	rowUnsure
	rowPinned
	rowClosed
	rowSolved
)

// An Order is one in which discussions are listed. Of two alike the one with the higher number comes first.
type Order int

// The orders.
const (
	ByLatest Order = iota // the last post came last
	ByBegun               // begun last
	ByPosts               // most posts
)

// A Cursor is where a page of an Overview ended. The zero Cursor is before the first discussion, and after the last.
type Cursor struct {
	Value  uint32 // by which it is ordered: Unix seconds, or posts
	Thread Number
}

// A Query says which discussions a page is to have.
type Query struct {
	List       list.ID
	Order      Order
	From       Cursor
	Count      int           // at most; a page has 1 at least
	Topic      TopicID       // 0: any
	Asker      list.PersonID // who began it; 0: anybody
	Unanswered bool          // only questions without an answer, in discussions that are not closed
}

// List returns a page of the discussions of a list, and where to go on. A discussion that changes its place between two
// pages may come twice or not at all. It looks at each discussion of the list at most once.
func (o *Overview) List(q Query) (page []Summary, next Cursor, err error) {
	if q.Order < ByLatest || q.Order > ByPosts {
		return nil, next, fmt.Errorf("list discussions: no such order: %d", q.Order)
	}
	if err := o.CatchUp(); err != nil {
		return nil, next, err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	orders := o.orders[q.List]
	if orders == nil {
		return nil, next, nil
	}
	places := orders[q.Order]
	from := 0
	if q.From != (Cursor{}) {
		var found bool
		if from, found = o.find(places, q.Order, q.From); found {
			from++
		}
	}
	for _, i := range places[from:] {
		r := &o.rows[i]
		if !o.wanted(r, q) {
			continue
		}
		if len(page) >= max(q.Count, 1) {
			return page, next, nil
		}
		page, next = append(page, o.summary(r)), r.cursor(q.Order)
	}
	return page, Cursor{}, nil
}

func (o *Overview) wanted(r *row, q Query) bool {
	if q.Unanswered && r.flags&(rowQuestion|rowAnswered|rowClosed) != rowQuestion {
		return false
	}
	if q.Asker != 0 && r.asker != q.Asker {
		return false
	}
	return q.Topic == 0 || slices.Contains(o.topics.sets[r.topics], q.Topic)
}

// Get returns the discussion with this number, one that leads to it, or that of a post in it. It returns ErrNoThread
// where nobody may see a post of it, and ErrNoPost for no such number.
func (o *Overview) Get(n Number) (Summary, error) {
	if err := o.CatchUp(); err != nil {
		return Summary{}, err
	}
	s, ok := o.living(n)
	if ok {
		return s, nil
	}
	root := Number(0)
	err := o.db.View(func(tx *store.Tx) (err error) {
		root, err = livingThread(tx, n)
		return err
	})
	if err != nil {
		return Summary{}, err
	}
	if s, ok = o.living(root); !ok {
		err = fmt.Errorf("thread %d: %w", n, ErrNoThread)
	}
	return s, err
}

func (o *Overview) living(n Number) (Summary, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	i, ok := o.place(n)
	if !ok {
		return Summary{}, false
	}
	return o.summary(&o.rows[i]), true
}

// place is where the row of a thread is, if it has one.
func (o *Overview) place(n Number) (uint32, bool) {
	if int(n) >= len(o.at) || o.at[n] == 0 {
		return 0, false
	}
	return o.at[n] - 1, true
}

// ThreadOf returns the discussions in which posts are now, 0 for those that have none to be seen.
func (o *Overview) ThreadOf(posts []Number) ([]Number, error) {
	if err := o.CatchUp(); err != nil {
		return nil, err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	roots := make([]Number, len(posts))
	for i, n := range posts {
		if int(n) < len(o.thread) {
			if _, lives := o.place(o.thread[n]); lives {
				roots[i] = o.thread[n]
			}
		}
	}
	return roots, nil
}

// Roots gives fn the numbers of the discussions in which posts are now, by number of the post; 0 for none. Some have nothing to
// see: Summaries leaves them out. fn must not change or keep them, nor call the Overview. It is for what looks at very many posts.
func (o *Overview) Roots(fn func(of []Number) error) error {
	if err := o.CatchUp(); err != nil {
		return err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	return fn(o.thread)
}

// Firsts returns the posts that stand first in the discussions that have something to see, ascending.
func (o *Overview) Firsts() ([]Number, error) {
	if err := o.CatchUp(); err != nil {
		return nil, err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	all := make([]Number, 0, len(o.rows))
	for n, at := range o.at {
		if at != 0 && o.rows[at-1].thread == Number(n) {
			all = append(all, o.rows[at-1].first)
		}
	}
	slices.Sort(all)
	return all, nil
}

// Summaries returns the discussions with these numbers, as ThreadOf gives them, in their order; a zero one where there is none.
func (o *Overview) Summaries(roots []Number) ([]Summary, error) {
	if err := o.CatchUp(); err != nil {
		return nil, err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	all := make([]Summary, len(roots))
	for i, n := range roots {
		if at, ok := o.place(n); ok {
			all[i] = o.summary(&o.rows[at])
		}
	}
	return all, nil
}

// An Outline is what filters, counts and orders need of a discussion; the fields are those of its Summary.
type Outline struct {
	Thread, First Number
	List          list.ID

	Question, Answered, Closed bool

	Topics []TopicID // not to be changed: discussions share it
}

// An Outlined says of some posts in which discussions they are. Its lists are used again by the next call of Outlines; it belongs to
// one goroutine.
type Outlined struct {
	Of  []int32   // of each post at which place of All the discussion is in which it is now; -1 for one that has none to be seen
	All []Outline // each has one of the posts; the first found comes first

	seen []int32 // by place of a row: 1 and the place in All
}

// Outlines says of each of n posts in which discussion it is. It is for the hits of a search, of which there may be hundreds of
// thousands.
func (o *Overview) Outlines(n int, post func(i int) Number, to *Outlined) error {
	if err := o.CatchUp(); err != nil {
		return err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	if cap(to.Of) < n {
		to.Of = make([]int32, n+n/8)
	}
	if cap(to.seen) < len(o.rows) {
		to.seen = make([]int32, len(o.rows)+len(o.rows)/8)
	}
	of, all, seen := to.Of[:n], to.All[:0], to.seen[:len(o.rows)]
	clear(seen)
	for at := range of {
		of[at] = -1
		n := post(at)
		if int(n) >= len(o.thread) {
			continue
		}
		if i, lives := o.place(o.thread[n]); lives {
			if seen[i] == 0 {
				all = append(all, o.outline(&o.rows[i]))
				seen[i] = int32(len(all))
			}
			of[at] = seen[i] - 1
		}
	}
	to.Of, to.All = of, all
	return nil
}

func (o *Overview) outline(r *row) Outline {
	return Outline{
		Thread: r.thread, First: r.first, List: r.list,
		Question: r.flags&rowQuestion != 0, Answered: r.flags&rowAnswered != 0, Closed: r.flags&rowClosed != 0, Topics: slices.Clip(o.topics.sets[r.topics]),
	}
}

// Len returns how many discussions of a list have something to see.
func (o *Overview) Len(l list.ID) (int, error) {
	if err := o.CatchUp(); err != nil {
		return 0, err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	if orders := o.orders[l]; orders != nil {
		return len(orders[ByLatest]), nil
	}
	return 0, nil
}

func (r *row) cursor(by Order) Cursor {
	switch by {
	case ByBegun:
		return Cursor{r.begun, r.thread}
	case ByPosts:
		return Cursor{r.posts, r.thread}
	}
	return Cursor{r.latest, r.thread}
}

// compare orders cursors as pages do: the greater one comes first.
func (c Cursor) compare(d Cursor) int {
	return cmp.Or(cmp.Compare(d.Value, c.Value), cmp.Compare(d.Thread, c.Thread))
}

// find returns where a cursor stands, or would stand, and whether it does.
func (o *Overview) find(places []uint32, by Order, c Cursor) (int, bool) {
	return slices.BinarySearchFunc(places, c, func(i uint32, c Cursor) int { return o.rows[i].cursor(by).compare(c) })
}

// rowOf packs a summary.
func (o *Overview) rowOf(s Summary) row {
	r := row{
		thread: s.Thread, first: s.First, last: s.Last, list: s.List, asker: s.Asker,
		begun: seconds(s.Begun), latest: seconds(s.Latest), posts: uint32(s.Posts), topics: o.topics.number(s.Topics),
		files: uint16(s.Files),
	}
	if !s.Answer.IsZero() {
		r.answer = max(1, seconds(s.Answer))
	}
	for i, is := range []bool{s.Question, s.Answered, s.Unsure, s.Pinned, s.Closed, s.Solved} {
		if is {
			r.flags |= 1 << i
		}
	}
	return r
}

func (o *Overview) summary(r *row) Summary {
	s := Summary{
		Thread: r.thread, List: r.list, First: r.first, Last: r.last, Posts: int(r.posts), Files: int(r.files),
		Begun: time.Unix(int64(r.begun), 0).UTC(), Latest: time.Unix(int64(r.latest), 0).UTC(), Asker: r.asker,
		Question: r.flags&rowQuestion != 0, Answered: r.flags&rowAnswered != 0, Unsure: r.flags&rowUnsure != 0,
		Pinned: r.flags&rowPinned != 0, Closed: r.flags&rowClosed != 0, Solved: r.flags&rowSolved != 0, Topics: slices.Clone(o.topics.sets[r.topics]),
	}
	if r.answer != 0 {
		s.Answer = time.Unix(int64(r.answer), 0).UTC()
	}
	return s
}

// seconds is a moment in Unix seconds, of 1970 to 2106.
func seconds(t time.Time) uint32 { return uint32(min(max(t.Unix(), 0), math.MaxUint32)) }

// topicSets numbers the sets of topics that discussions have. They are few, and are never taken away.
type topicSets struct {
	sets    [][]TopicID
	numbers map[string]uint32
}

func (t *topicSets) number(set []TopicID) uint32 {
	key := fmt.Sprint(set)
	n, ok := t.numbers[key]
	if !ok {
		if t.numbers == nil {
			t.numbers = map[string]uint32{}
		}
		n = uint32(len(t.sets))
		t.sets, t.numbers[key] = append(t.sets, slices.Clone(set)), n
	}
	return n
}
