package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// process is one that lives. Times are in seconds, as counted by ticks.
type process struct {
	pid, parent int
	own, reaped float64 // of itself, and of the children it has reaped
}

// memory is what processes hold.
type memory struct {
	kb, anonKB int64
}

// maxDepth ends the way up from a process whose ancestors changed while they were read.
const maxDepth = 64

// descendants returns the living processes below one. A process that ends meanwhile may be missing.
func descendants(root int) []process {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	all := map[int]process{}
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			if p, ok := readProcess(pid); ok {
				all[pid] = p
			}
		}
	}
	var below []process
	for _, p := range all {
		for up, depth := p, 0; up.pid > 1 && depth < maxDepth; up, depth = all[up.parent], depth+1 {
			if up.parent == root {
				below = append(below, p)
				break
			}
		}
	}
	return below
}

// ticksPerSecond is the unit of /proc/PID/stat on every Linux system (USER_HZ).
const ticksPerSecond = 100

func readProcess(pid int) (process, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return process{}, false
	}
	return parseStat(pid, string(text))
}

// parseStat reads /proc/PID/stat (proc_pid_stat(5)). The name in brackets may hold anything; the fields follow its end.
func parseStat(pid int, text string) (process, bool) {
	f := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(f) < 15 {
		return process{}, false
	}
	p := process{pid: pid}
	p.parent, _ = strconv.Atoi(f[1])
	p.own = ticks(f[11]) + ticks(f[12])    // utime stime
	p.reaped = ticks(f[13]) + ticks(f[14]) // cutime cstime
	return p, true
}

func ticks(field string) float64 {
	n, _ := strconv.ParseInt(field, 10, 64)
	return float64(n) / ticksPerSecond
}

// cpu is the time of a process and of the children it has reaped, in seconds. Its own is read from its clock, which
// knows more than the ticks; the number of that clock is made as in clock_getcpuclockid(3).
func (p process) cpu() float64 {
	const scheduler = 2
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^p.pid<<3|scheduler), &t); err != nil {
		return p.own + p.reaped
	}
	return float64(t.Nano())/1e9 + p.reaped
}

// sizeOf returns the proportional set size of a process; 0 when it is gone.
func sizeOf(pid int) memory {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return memory{}
	}
	return parseRollup(string(text))
}

// parseRollup reads /proc/PID/smaps_rollup (proc_pid_smaps(5)).
func parseRollup(text string) (m memory) {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		kb, _ := strconv.ParseInt(f[1], 10, 64)
		switch f[0] {
		case "Pss:":
			m.kb = kb
		case "Pss_Anon:":
			m.anonKB = kb
		}
	}
	return m
}
