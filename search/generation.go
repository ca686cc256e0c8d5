package search

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sencoforum/archive"
	"sencoforum/store"
)

// indexFormat numbers what is in an index and how its words are made. It is raised with each change of analysis, fields or
// library; an index of another format is made anew.
const indexFormat = 1

// stateName is the file that says which of the directories beside it are indexes.
const stateName = "state.json"

// The state of the directory. Whatever it does not name is removed.
type state struct {
	Serving  generation `json:"serving,omitzero"`
	Building generation `json:"building,omitzero"`
	Last     int        `json:"last"` // number that was given to a directory last
}

// A generation is one index.
type generation struct {
	Dir    string `json:"dir"`
	Format int    `json:"format"`
}

// openAll opens what the state names. What cannot be opened is given up.
func (x *Index) openAll() error {
	if err := os.MkdirAll(x.config.Dir, 0o700); err != nil {
		return err
	}
	skips, err := readSkips(x.db)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(filepath.Join(x.config.Dir, stateName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if json.Unmarshal(b, &x.state) != nil {
		x.state = state{} // damaged: all is made anew
	}
	if x.state.Building.Format != indexFormat {
		x.state.Building = generation{}
	}
	if err := x.removeOthers(); err != nil {
		return err
	}
	serving, building := x.tryOpen(&x.state.Serving), x.tryOpen(&x.state.Building)
	if err := x.removeOthers(); err != nil { // what could not be opened
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.serving, x.building, x.skips, x.opened = serving, building, skips, true
	if x.serving == nil || x.state.Serving.Format != indexFormat {
		x.wanted.Store(true)
	}
	return nil
}

// tryOpen opens an index that holds nothing but what this archive says.
func (x *Index) tryOpen(g *generation) *engine {
	if g.Dir == "" {
		return nil
	}
	dir := filepath.Join(x.config.Dir, g.Dir)
	if _, err := os.Stat(filepath.Join(dir, "root.bolt")); err != nil {
		x.log.Warn("the search index is missing and is made anew", "dir", g.Dir)
		*g = generation{}
		return nil
	}
	e, err := openEngine(dir)
	if err == nil {
		if err = x.fits(e.mark()); err == nil {
			return e
		}
		err = errors.Join(err, e.close())
	}
	x.log.Error("the search index cannot be used and is made anew", "dir", g.Dir, "cause", err)
	*g = generation{}
	return nil
}

var errOther = errors.New("it is of another store, or of this one at a later time")

// fits reports whether an index can be one of this archive. After an older store was put back it knows of changes that there
// are not.
func (x *Index) fits(m mark) error {
	return x.db.View(func(tx *store.Tx) error {
		last, err := archive.LastSeq(tx)
		if err != nil {
			return err
		}
		if m.Seq > last {
			return errOther
		}
		for c, err := range archive.Changes(tx, m.Seq) {
			if err == nil && c.Seq == m.Seq && c.Post != m.Post {
				return errOther
			}
			break
		}
		return nil
	})
}

// save writes the state durably, in one step.
func (x *Index) save(s state) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	path := filepath.Join(x.config.Dir, stateName)
	if err := writeSynced(path+".new", text); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	x.state = s
	return syncDir(x.config.Dir)
}

func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// removeOthers removes indexes that the state does not name.
func (x *Index) removeOthers() error {
	entries, err := os.ReadDir(x.config.Dir)
	if err != nil {
		return err
	}
	for _, d := range entries {
		name := d.Name()
		if !strings.HasPrefix(name, "index-") || name == x.state.Serving.Dir || name == x.state.Building.Dir {
			continue
		}
		if err := os.RemoveAll(filepath.Join(x.config.Dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// begin begins a new index beside the one that serves.
func (x *Index) begin() error {
	s := x.state
	s.Last++
	s.Building = generation{Dir: fmt.Sprintf("index-%d", s.Last), Format: indexFormat}
	if err := x.save(s); err != nil {
		return err
	}
	e, err := openEngine(filepath.Join(x.config.Dir, s.Building.Dir))
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.building = e
	x.wanted.Store(false)
	return nil
}

// swap lets the new index serve, and removes the old one with all it held.
func (x *Index) swap() error {
	s := x.state
	s.Serving, s.Building = s.Building, generation{}
	if err := x.save(s); err != nil {
		return err
	}
	x.mu.Lock()
	old := x.serving
	x.serving, x.building = x.building, nil
	x.mu.Unlock()
	return x.discard(old)
}

// abandon gives up an index that is broken.
func (x *Index) abandon(e *engine) error {
	s := x.state
	x.mu.Lock()
	if e == x.serving {
		x.serving, s.Serving = nil, generation{}
	} else {
		x.building, s.Building = nil, generation{}
	}
	x.mu.Unlock()
	x.wanted.Store(x.building == nil)
	return errors.Join(x.save(s), x.discard(e))
}

// discard closes an index that nobody reads any more, and removes it.
func (x *Index) discard(e *engine) error {
	if e == nil {
		return nil
	}
	if err := e.close(); err != nil {
		x.log.Warn("an old search index was not closed well", "cause", err)
	}
	return os.RemoveAll(e.dir)
}
