package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// ownFiles has each writer append a block to a file of its own and sync it.
func ownFiles(b bench, workers int) (rate, error) {
	files := make([]*os.File, workers)
	for w := range files {
		f, err := b.scratch(fmt.Sprint("own", w))
		if err != nil {
			return rate{}, err
		}
		defer discard(f)
		files[w] = f
	}
	block := make([]byte, b.block)
	return b.repeat(workers, func(w int) error {
		if _, err := files[w].Write(block); err != nil {
			return err
		}
		return syscall.Fdatasync(int(files[w].Fd()))
	})
}

// groupCommit has writers hand their blocks to a committer, which appends all that wait and syncs once for them.
func groupCommit(b bench, workers int) (rate, error) {
	f, err := b.scratch("group")
	if err != nil {
		return rate{}, err
	}
	defer discard(f)
	block := make([]byte, b.block)
	c := newCommitter(workers, func(together int) error {
		for range together {
			if _, err := f.Write(block); err != nil {
				return err
			}
		}
		return syscall.Fdatasync(int(f.Fd()))
	})
	defer c.close()
	return b.repeat(workers, func(int) error { return c.wait() })
}

// twoPhase writes four pages and syncs, then one page and syncs, as a copy-on-write B+tree does for a small
// transaction.
func twoPhase(b bench, _ int) (rate, error) {
	f, err := b.scratch("twophase")
	if err != nil {
		return rate{}, err
	}
	defer discard(f)
	if err := f.Truncate(64 << 20); err != nil {
		return rate{}, err
	}
	pages, meta := make([]byte, 4*4096), make([]byte, 4096)
	n := int64(0)
	return b.repeat(1, func(int) error {
		n++
		if err := writeAndSync(f, pages, 8192+n*16384%(48<<20)); err != nil {
			return err
		}
		return writeAndSync(f, meta, 4096*(n%2))
	})
}

func writeAndSync(f *os.File, b []byte, at int64) error {
	if _, err := f.WriteAt(b, at); err != nil {
		return err
	}
	return syscall.Fdatasync(int(f.Fd()))
}

// sequential writes megabytes one after the other and syncs at the end; it counts them.
func sequential(b bench, _ int) (rate, error) {
	f, err := b.scratch("sequential")
	if err != nil {
		return rate{}, err
	}
	defer discard(f)
	block := make([]byte, 1<<20)
	start, cpu := time.Now(), cpuTime()
	for range b.seqMB {
		if _, err := f.Write(block); err != nil {
			return rate{}, err
		}
	}
	err = f.Sync()
	return rate{done: b.seqMB, time: time.Since(start), cpu: cpuTime() - cpu}, err
}

func (b bench) scratch(name string) (*os.File, error) { return os.Create(filepath.Join(b.dir, name)) }

func discard(f *os.File) {
	f.Close()
	os.Remove(f.Name())
}
