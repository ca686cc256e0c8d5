package queue

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"sencoforum/internal/seldom"
	"sencoforum/store"
)

// ErrDropped is what a [Render] returns for a copy that must not go any more.
var ErrDropped = errors.New("the copy is not wanted any more")

// Render composes a copy at the moment of sending. It is called outside any transaction, by many goroutines at once.
// The queue fills in Outgoing.Row. ErrDropped ends the row; any other error, or a panic, shunts it: it is put aside
// with the reason until an operator says retry.
type Render func(ctx context.Context, r Row) (Outgoing, error)

// Config sets a queue up. Zero values mean the defaults.
type Config struct {
	UnsettledMax   int           // copies handed to the courier whose outcome is not committed; 256
	MaxConnections int           // to all hops together; 100
	MaxRoutes      int           // asked for at once; 64
	Lifetime       time.Duration // how long a row is tried; DefaultLifetime
	Idle           time.Duration // how long a connection waits for its next copy; 5 s
	Grace          time.Duration // for copies in flight when Run must end; 20 s

	// Finished, if not nil, is called in the transaction that settles the last row of a sealed batch, once for the
	// batch. It must only touch tx.
	Finished func(tx *store.Tx, batch uint64) error

	// Ended, if not nil, is called in the transaction that settles a row of no batch for good, whatever its outcome. It
	// must only touch tx.
	Ended func(tx *store.Tx, r Row, res Result) error

	// Refused, if not nil, is called in the transaction that settles a row as Failed or Expired. It must only
	// touch tx.
	Refused func(tx *store.Tx, r Row, res Result) error

	// Hold, if not nil, is asked in the transaction that settles a copy which the other side refused for good: it may be that
	// the copy is to stay, because the refusal is about us and not about its recipient. It must only touch tx.
	Hold func(tx *store.Tx, a Attempt) (Stay, error)

	// Attempted, if not nil, is called in the transaction that settles a group of rows, with what came of the copies that
	// were tried. It must only touch tx.
	Attempted func(tx *store.Tx, all []Attempt) error

	// WarmUp has an operator that is not used to us get little mail at first, and more from day to day.
	WarmUp bool

	// Operators are the names in a [Hop]'s Operator that figures tell apart. All others are counted together.
	Operators []string

	Now func() time.Time // time.Now
}

func (c Config) withDefaults() Config {
	if c.UnsettledMax < 1 {
		c.UnsettledMax = 256
	}
	if c.MaxConnections < 1 {
		c.MaxConnections = 100
	}
	if c.MaxRoutes < 1 {
		c.MaxRoutes = 64
	}
	if c.Lifetime <= 0 {
		c.Lifetime = DefaultLifetime
	}
	if c.Idle <= 0 {
		c.Idle = 5 * time.Second
	}
	if c.Grace <= 0 {
		c.Grace = 20 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Queue sends what the tables hold. Make one with New and call Run once.
type Queue struct {
	log     *slog.Logger
	db      *store.DB
	courier Courier
	render  Render
	cfg     Config
	began   time.Time // all times in memory count from here, so that a stepped clock changes nothing
	metrics *metrics
	starved *seldom.Line // connections and routes that were not tried

	operators map[string]bool // of Config.Operators

	bell       chan struct{}  // the scheduler should look again
	settleBell chan struct{}  // the settler should look again
	drain      chan struct{}  // closed when no more outcomes will come
	giveUp     chan struct{}  // closed when there is no more time to wait for room in the store
	working    sync.WaitGroup // connections and routes

	mu       sync.Mutex // guards all below, and the domains, hops, pools and sessions
	started  bool
	stopping bool
	halted   bool  // the store is full: nothing is handed out
	broken   error // why Run must end

	seen      RowID  // rows up to here are loaded
	seenOrder uint64 // orders up to here are obeyed
	later     heap   // rows whose time has not come
	ready     int    // rows in the heaps of all hops
	out       map[RowID]*flight
	held      map[RowID]bool // ordered while out; true: drop it

	domains  map[string]*domain
	tired    map[*domain]struct{} // of these, the ones that rest
	hops     map[string]*hop
	busy     map[*hop]struct{} // of these, the ones that have due rows
	rests    map[string]*rest  // by provider
	sessions map[*session]struct{}
	pools    map[string]*pool // by operator
	warm     map[string]*warmth
	total    pool
	asked    []*pool // the pools that should make room
	routes   router
	swept    time.Duration

	places       int // of UnsettledMax, taken
	flying       int // rows in the courier's hands
	pending      []settlement
	pendingSince time.Duration

	// What monitoring asks for.
	kinds                 kinds
	busyTime, stalledTime stopwatch
}

// New returns a queue that does nothing until Run.
func New(log *slog.Logger, db *store.DB, c Courier, render Render, cfg Config) *Queue {
	q := &Queue{
		log: log, db: db, courier: c, render: render, cfg: cfg.withDefaults(),
		bell:       make(chan struct{}, 1),
		settleBell: make(chan struct{}, 1),
		drain:      make(chan struct{}),
		giveUp:     make(chan struct{}),
		later:      heap{before: soonest},
		out:        map[RowID]*flight{},
		held:       map[RowID]bool{},
		domains:    map[string]*domain{},
		tired:      map[*domain]struct{}{},
		hops:       map[string]*hop{},
		busy:       map[*hop]struct{}{},
		rests:      map[string]*rest{},
		sessions:   map[*session]struct{}{},
		pools:      map[string]*pool{},
		warm:       map[string]*warmth{},
		operators:  map[string]bool{},
		metrics:    newMetrics(),
		starved:    seldom.NewLine("too few descriptors for connections to mail hosts", slog.LevelError, seldom.Minute),
		kinds:      kinds{names: []string{"other"}, rows: []int{0}},
	}
	q.began = q.cfg.Now()
	for _, name := range q.cfg.Operators {
		q.operators[name] = true
	}
	return q
}

// now is the time since the queue began.
func (q *Queue) now() time.Duration { return q.cfg.Now().Sub(q.began) }

// ring tells the scheduler to look again.
func (q *Queue) ring() { knock(q.bell) }

func knock(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// fail notes the error that ends Run; the first one stays.
func (q *Queue) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.broken == nil {
		q.broken = err
	}
	q.ring()
}

func (q *Queue) failure() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.broken
}

// flight is a row that has left the heaps and whose settlement is not committed.
type flight struct {
	entry   entry
	by      *session      // nil: no connection has it
	place   bool          // it holds one of the UnsettledMax places
	settled bool          // its settlement waits for the commit
	since   time.Duration // handed to the connection
}

// conclude settles a row that no connection has. Call it with mu held.
func (q *Queue) conclude(e entry, r Result) {
	q.out[e.id] = &flight{entry: e, settled: true}
	q.append(settlement{id: e.id, result: r, provider: e.domain.provider})
}

// append hands a settlement to the settler. Call it with mu held.
func (q *Queue) append(s settlement) {
	s.jitter = rand.Float64()
	if len(q.pending) == 0 {
		q.pendingSince = q.now()
	}
	q.pending = append(q.pending, s)
	if len(q.pending) == 1 || q.groupDue() {
		knock(q.settleBell)
	}
}

// forget removes a row from memory that is not in the store any more, or not ours to send. Call it with mu held.
func (q *Queue) forget(id RowID) {
	f := q.out[id]
	if f == nil {
		return
	}
	delete(q.out, id)
	delete(q.held, id)
	f.entry.domain.rows--
	q.kinds.rows[f.entry.kind]--
	q.land(f)
}

// land gives back what a flight holds. Call it with mu held.
func (q *Queue) land(f *flight) {
	if f.place {
		f.place = false
		q.places--
		if f.by != nil && f.by.pool.warmth != nil {
			f.by.pool.unsettled--
		}
	}
	if f.by != nil && !f.settled {
		q.flying--
	}
}
