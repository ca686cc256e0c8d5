package main

import (
	"errors"
	"strconv"
	"sync"

	"sencoforum/archive"
)

// importsMost is how many imports that began are known at once; one that was cut off never says that it ends.
const importsMost = 4

// imports are those that go on. The zero value has none.
type imports struct {
	mu   sync.Mutex // guards what follows
	last int        // the newest
	runs map[int]*archive.ImportRun
}

// begin returns the name of a new import.
func (i *imports) begin() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.runs == nil {
		i.runs = map[int]*archive.ImportRun{}
	}
	i.last++
	i.runs[i.last] = archive.NewImportRun()
	delete(i.runs, i.last-importsMost)
	return strconv.Itoa(i.last)
}

var errNoImport = errors.New("the server has been started anew, or too many imports began meanwhile; begin this one again, what is stored is known")

func (i *imports) get(name string) (*archive.ImportRun, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	n, err := strconv.Atoi(name)
	if err != nil || i.runs[n] == nil {
		return nil, errNoImport
	}
	return i.runs[n], nil
}

func (i *imports) end(name string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if n, err := strconv.Atoi(name); err == nil {
		delete(i.runs, n)
	}
}
