package store

// Check walks the file by plain reads, on a snapshot, and if nothing is wrong lets bbolt check
// itself, too, during which nobody writes. bbolt alone would run in circles, or die, on some damage.
func (e *bolt) Check(problem func(string)) error {
	e.whole.Lock()
	defer e.whole.Unlock()
	faults := 0
	count := func(p string) {
		faults++
		problem(p)
	}
	if err := e.walk(count); err != nil || faults > 0 {
		return err
	}
	return e.checkItself(problem)
}

// walk checks the trees of a snapshot. The snapshot's meta page is read while no commit can run; its
// pages stay as they are for as long as the snapshot is held.
func (e *bolt) walk(problem func(string)) error {
	w, err := e.begin(true)
	if err != nil {
		return err
	}
	file := &failing{r: e.file}
	m, lost, err := readMeta(file)
	info, statErr := e.file.Stat()
	r, beginErr := e.begin(false)
	rollback(w)
	if beginErr != nil {
		return beginErr
	}
	defer r.Rollback()
	switch {
	case statErr != nil:
		return statErr
	case file.err != nil:
		return diskFailed(e.path, file.err)
	case err != nil:
		problem(err.Error())
		return nil
	case lost:
		problem("one of the two meta pages is damaged")
	}
	if p := m.fault(info.Size()); p != "" {
		problem(p)
		return nil
	}
	walk := newWalker(file, m, true, problem)
	walk.freelist()
	walk.tree(m.root, true)
	if file.err != nil {
		return diskFailed(e.path, file.err)
	}
	return nil
}

// checkItself runs bbolt's check in a write transaction, as it needs.
func (e *bolt) checkItself(problem func(string)) error {
	tx, err := e.begin(true)
	if err != nil {
		return err
	}
	defer rollback(tx)
	for err := range tx.Check() {
		problem(err.Error())
	}
	return nil
}
