// Command limits measures what this machine can do at best, so that a server's figures can be given as a share of a
// physical limit: durable appends, commits of the storage engine, sequential writing, and signatures. It prints one
// line of JSON for each measure.
//
//	limits -dir /path/on/the/data/disk -seconds 3
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"time"
)

// bench says where and for how long to measure.
type bench struct {
	dir   string
	time  time.Duration // of each measure
	block int           // bytes of each write
	seqMB int           // of the sequential write
}

// measure is one thing to find out.
type measure struct {
	name    string
	workers int
	run     func(b bench, workers int) (rate, error)
}

// measures returns all of them. Those of writing have the writers of a server: one post at a time, or several.
func measures(cpus int) []measure {
	return []measure{
		{"append_fdatasync_own_file", 1, ownFiles},
		{"append_fdatasync_own_file", 8, ownFiles},
		{"append_group_commit_one_file", 1, groupCommit},
		{"append_group_commit_one_file", 8, groupCommit},
		{"append_group_commit_one_file", 64, groupCommit},
		{"two_phase_commit_like_bbolt", 1, twoPhase},
		{"bbolt_group_commit", 1, boltGroupCommit},
		{"bbolt_group_commit", 8, boltGroupCommit},
		{"bbolt_group_commit", 64, boltGroupCommit},
		{"sequential_write_mb", 1, sequential},
		{"rsa2048_sign", 1, signRSA},
		{"rsa2048_sign", cpus, signRSA},
		{"ed25519_sign", 1, signEd25519},
		{"ed25519_sign", cpus, signEd25519},
		{"sha256_of_5kb_body", 1, hashBody},
	}
}

// line is what is printed of a measure.
type line struct {
	Measure     string  `json:"measure"`
	Workers     int     `json:"workers"`
	PerSecond   float64 `json:"per_second"`
	CPUEach     float64 `json:"cpu_ms_each"`            // processor time of one operation, which other work on the machine changes less than the rate
	CommitsEach float64 `json:"commits_each,omitempty"` // of the storage engine
}

func main() {
	var b bench
	flag.StringVar(&b.dir, "dir", os.TempDir(), "folder on the disk to measure")
	flag.DurationVar(&b.time, "time", 3*time.Second, "time for each measure")
	flag.IntVar(&b.block, "block", 4096, "bytes of each write before a sync")
	flag.IntVar(&b.seqMB, "seq-mb", 512, "megabytes for the sequential write")
	flag.Parse()
	if err := b.printAll(os.Stdout, measures(runtime.NumCPU())); err != nil {
		fmt.Fprintln(os.Stderr, "limits:", err)
		os.Exit(1)
	}
}

// printAll measures one after the other, in scratch files that are gone afterwards.
func (b bench) printAll(out io.Writer, all []measure) error {
	dir, err := os.MkdirTemp(b.dir, "limits")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir = dir
	for _, m := range all {
		r, err := m.run(b, m.workers)
		if err != nil {
			return fmt.Errorf("%s with %d workers: %w", m.name, m.workers, err)
		}
		l := line{Measure: m.name, Workers: m.workers, PerSecond: rounded(r.perSecond()), CPUEach: rounded(r.cpuEach()), CommitsEach: rounded(r.commitsEach())}
		if err := json.NewEncoder(out).Encode(l); err != nil {
			return err
		}
	}
	return nil
}

// rounded keeps four digits after the dot.
func rounded(x float64) float64 { return math.Round(x*1e4) / 1e4 }
