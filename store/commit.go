package store

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sencoforum/internal/failpoint"
)

// Bounds of one commit: what more there is waits for the next.
const (
	groupJobs  = 256
	groupBytes = 8 << 20
)

// Update runs fn and returns nil once what it wrote is durable. An error of fn drops its writes and is
// returned. fn runs in the caller's goroutine, alone in the store; it may be run again, so it must
// only touch tx, and must not call Update or View. What it wrote is seen by the functions after it.
//
// ErrFull says that nothing was written; ErrMaybe that nobody knows; ErrClosed that nothing was tried. When
// fn has seen the writes of others in its group, its own error is returned only if theirs are durable.
func (db *DB) Update(fn func(tx *Tx) error) error { return db.update(fn, nil) }

// UpdateWithin is Update for those who would rather be told to come again: the error is ErrBusy, and fn was not run, when
// its turn has not come in that time.
func (db *DB) UpdateWithin(most time.Duration, fn func(tx *Tx) error) error {
	late := time.NewTimer(most)
	defer late.Stop()
	return db.update(fn, late.C)
}

func (db *DB) update(fn func(tx *Tx) error, late <-chan time.Time) error {
	j := &job{turns: make(chan turn, 1), ran: make(chan outcome, 1)}
	alone, err := db.queue.add(j)
	if err != nil {
		return fmt.Errorf("update: %w", err)
	}
	if alone {
		j.alone = fn
		db.commitAlone(j)
	}
	for {
		var t turn
		select {
		case t = <-j.turns:
		case <-late:
			if late = nil; db.queue.withdraw(j) {
				return fmt.Errorf("update: %w", ErrBusy)
			}
			continue // its turn is coming
		}
		if t.tx == nil {
			if errors.Is(t.err, errFault) {
				db.breakDown(t.err)
			}
			return t.err
		}
		j.run(t.tx, fn)
	}
}

// commitAlone commits a job that found nobody before it, in the goroutine of its caller: to wake the committer
// and be woken by it takes longer than most functions. A panic of the function ends the transaction on its way up.
func (db *DB) commitAlone(j *job) {
	defer db.queue.free()
	db.commitJobs([]*job{j})
}

// try has the function run over a transaction, by whoever is to run it.
func (j *job) try(tx *Tx) outcome {
	if j.alone == nil {
		j.turns <- turn{tx: tx}
		return <-j.ran
	}
	defer func() { tx.ended = true }()
	return outcome{err: j.alone(tx)}
}

// run runs the function in the caller's goroutine, so that a panic there ends its caller only.
func (j *job) run(tx *Tx, fn func(tx *Tx) error) {
	o := outcome{gone: true}
	defer func() {
		tx.ended = true
		j.ran <- o
	}()
	err := fn(tx)
	o = outcome{err: err}
}

// commitAll is the committer: it takes all that wait behind a commit and commits them together, until the store is closed.
func (db *DB) commitAll() {
	defer close(db.ended)
	for {
		jobs := db.queue.take(groupJobs)
		if jobs == nil {
			return
		}
		db.commitJobs(jobs)
		db.queue.free()
	}
}

// group is a set of jobs that share a commit.
type group struct {
	writes  overlay
	members []member  // those whose end depends on the commit
	applied bool      // the engine took all writes, and only its commit was left
	began   time.Time // when its writes went to the engine
}

// member is a job that ran, and the end it is told once the commit is durable.
type member struct {
	job   *job
	err   error
	wrote bool
}

// commitJobs runs jobs over one engine transaction, commits, and tells each its end.
func (db *DB) commitJobs(jobs []*job) {
	if err := db.queue.broken(); err != nil {
		tellAll(jobs, err)
		return
	}
	g := &group{}
	left := jobs
	err := db.engine.Update(func(e EngineTx) error {
		left = db.runJobs(g, e, jobs)
		return g.apply(e)
	})
	if len(left) == len(jobs) { // the engine did not begin
		tellAll(jobs, fmt.Errorf("update: %w", err))
		return
	}
	db.queue.putBack(left)
	if errors.Is(err, ErrFull) && wantsDisk(err) && db.reserve.release() {
		g.applied = false
		err = db.engine.Update(g.apply)
	}
	db.finish(g, err)
}

// tellAll ends Updates that were not run.
func tellAll(jobs []*job, err error) {
	for _, j := range jobs {
		j.turns <- turn{err: err}
	}
}

// runJobs runs each job over the writes of those before it, until the group is large, and
// returns those that are left. Who saw no writes of others and made none has their answer at once.
func (db *DB) runJobs(g *group, e EngineTx, jobs []*job) (left []*job) {
	for i, j := range jobs {
		if g.writes.size > groupBytes {
			return jobs[i:]
		}
		own := &overlay{}
		tx := &Tx{engine: e, own: own, group: &g.writes, plain: !db.options.Compress}
		o := j.try(tx)
		if o.gone {
			continue
		}
		wrote := o.err == nil && len(own.tables) > 0
		if !wrote && len(g.writes.tables) == 0 {
			j.turns <- turn{err: o.err}
			continue
		}
		g.members = append(g.members, member{job: j, err: o.err, wrote: wrote})
		if wrote {
			g.writes.merge(own)
		}
	}
	return nil
}

// errNothing ends an engine transaction in which nothing was written.
var errNothing = errors.New("nothing to commit")

func (g *group) apply(e EngineTx) error {
	if len(g.writes.tables) == 0 {
		return errNothing
	}
	g.began = time.Now()
	if err := g.writes.apply(e); err != nil {
		return err
	}
	g.applied = true
	return failpoint.Hit(failpoint.StoreCommit)
}

// finish tells the members of a group what became of their commit.
func (db *DB) finish(g *group, err error) {
	if err == nil {
		err = failpoint.Hit(failpoint.StoreCommitted)
	}
	switch {
	case err == nil:
		db.count(g)
		g.tell(nil)
		db.bells.ring(g.writes.filled())
		db.reserve.restore(db.Free)
	case errors.Is(err, errNothing):
		g.tell(nil)
	case errors.Is(err, ErrFull):
		db.metrics.failedFor(failedFull)
		db.full.Log(db.log, slog.Any("err", err))
		g.tell(fmt.Errorf("update: %w", err))
	case !g.applied && len(g.members) > 1:
		// The engine refused a row before anything was written: a damaged page, perhaps. Alone,
		// only those that need that page fail.
		for _, m := range g.members {
			db.commitJobs([]*job{m.job})
		}
	case !g.applied:
		db.metrics.failedFor(failedRefused)
		g.tell(fmt.Errorf("update: %w", err))
	default:
		db.metrics.failedFor(failedBroken)
		err = fmt.Errorf("%w: %w", ErrMaybe, err)
		db.breakDown(err)
		g.tell(fmt.Errorf("update: %w", err))
	}
}

// breakDown ends the store's work after an I/O error: no more writes are taken, and Failed is closed.
func (db *DB) breakDown(err error) {
	db.down.Do(func() {
		db.log.Error("store: the disk failed, no more writes are taken; restart to find out what is there", "err", err)
		db.queue.fail(err)
		close(db.failed)
	})
}

// tell ends the Updates of a group: each with its own end, or all with the failure of their commit.
func (g *group) tell(failure error) {
	for _, m := range g.members {
		if failure != nil {
			m.err = failure
		}
		m.job.turns <- turn{err: m.err}
	}
}

func (db *DB) count(g *group) {
	db.metrics.committed(time.Since(g.began))
	db.commits.Add(1)
	db.written.Add(uint64(g.writes.size))
	for _, m := range g.members {
		if m.wrote {
			db.transactions.Add(1)
		}
	}
}
