package main

import (
	"errors"
	"sync"
	"syscall"
	"time"
)

// rate is how often something was done, in what time, and what it cost.
type rate struct {
	done    int
	commits int // of the storage engine, where it has a part in this
	time    time.Duration
	cpu     time.Duration
}

func (r rate) perSecond() float64 { return float64(r.done) / r.time.Seconds() }

// cpuEach is in milliseconds.
func (r rate) cpuEach() float64 { return r.cpu.Seconds() * 1000 / float64(max(1, r.done)) }

func (r rate) commitsEach() float64 { return float64(r.commits) / float64(max(1, r.done)) }

// repeat does something on so many goroutines at once, over and over, until the time is up or one of them meets an
// error. The step gets the number of its goroutine.
func (b bench) repeat(workers int, step func(worker int) error) (rate, error) {
	counts, errs := make([]int, workers), make([]error, workers)
	start, cpu := time.Now(), cpuTime()
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for time.Since(start) < b.time && errs[w] == nil {
				errs[w] = step(w)
				counts[w]++
			}
		})
	}
	wg.Wait()
	r := rate{time: time.Since(start), cpu: cpuTime() - cpu}
	for _, n := range counts {
		r.done += n
	}
	return r, errors.Join(errs...)
}

// cpuTime is the processor time of this process so far, user and system.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // cannot happen with these arguments
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
