package storetest

import (
	"sync"

	"sencoforum/store"
)

// Faulty is an engine whose commits fail on demand. Several goroutines may use it.
type Faulty struct {
	store.Engine

	mu     sync.Mutex // guards the rest
	before []error
	after  []error
	puts   func(table string, key []byte) error
	taken  int
}

// NewFaulty returns an engine that does what e does until it is told to fail.
func NewFaulty(e store.Engine) *Faulty { return &Faulty{Engine: e} }

// FailBefore makes the next commits fail, one with each error, with nothing written. An error that
// wraps store.ErrFull stands for a full disk; any other leaves the caller in doubt.
func (f *Faulty) FailBefore(errs ...error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.before = append(f.before, errs...)
}

// FailAfter makes the next commits fail, one with each error, with everything written.
func (f *Faulty) FailAfter(errs ...error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.after = append(f.after, errs...)
}

// RefusePuts sets a function that may refuse a row, as a damaged page would; nil refuses none.
func (f *Faulty) RefusePuts(refuse func(table string, key []byte) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.puts = refuse
}

// Taken returns how many errors have been used.
func (f *Faulty) Taken() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.taken
}

// Update commits unless it is told to fail.
func (f *Faulty) Update(fn func(store.EngineTx) error) error {
	ran := false
	err := f.Engine.Update(func(tx store.EngineTx) error {
		if err := fn(&faultyTx{EngineTx: tx, f: f}); err != nil {
			return err
		}
		ran = true
		return f.next(&f.before)
	})
	if ran && err == nil {
		err = f.next(&f.after)
	}
	return err
}

func (f *Faulty) next(errs *[]error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(*errs) == 0 {
		return nil
	}
	err := (*errs)[0]
	*errs = (*errs)[1:]
	f.taken++
	return err
}

type faultyTx struct {
	store.EngineTx
	f *Faulty
}

func (t *faultyTx) Put(table string, key, value []byte) error {
	t.f.mu.Lock()
	refuse := t.f.puts
	t.f.mu.Unlock()
	if refuse != nil {
		if err := refuse(table, key); err != nil {
			return err
		}
	}
	return t.EngineTx.Put(table, key, value)
}
