package rig

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A cutDisk is an ext4 file system in a file on an XFS that can share blocks: a copy of that file at any moment is the
// disk as a power cut leaves it. It loses what ext4 has not handed down; it neither tears nor reorders blocks.
type cutDisk struct {
	dir string
}

const cutPrefix = "rigcut"

// newCutDisk makes and mounts both file systems. options are those of the ext4.
func newCutDisk(t *testing.T, options string) *cutDisk {
	t.Helper()
	needRoot(t)
	needTools(t, "mkfs.xfs", "mkfs.ext4", "mount", "umount", "cp")
	removeOldDisks(t)
	dir, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", cutPrefix, os.Getpid()))
	if err != nil {
		t.Fatal(err)
	}
	d := &cutDisk{dir: dir}
	t.Cleanup(func() {
		if err := removeDisk(dir); err != nil {
			t.Error(err)
		}
	})
	err = errors.Join(sparse(d.path("outer.img"), 2<<30), system("mkfs.xfs", "-q", "-m", "reflink=1", d.path("outer.img")), d.mount("outer.img", "outer", "loop"))
	if err == nil {
		err = errors.Join(sparse(d.path("outer/inner.img"), 320<<20), system("mkfs.ext4", "-q", d.path("outer/inner.img")), d.mount("outer/inner.img", "inner", "loop,"+options))
	}
	if err != nil {
		t.Skipf("NOT TESTED: no file systems in files here: %v", err)
	}
	return d
}

func (d *cutDisk) path(name string) string { return filepath.Join(d.dir, name) }

// data is where the server keeps its data: on the disk that is cut off.
func (d *cutDisk) data() string { return d.path("inner/data") }

func sparse(path string, size int64) error {
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		return err
	}
	return os.Truncate(path, size)
}

func system(line ...string) error {
	if out, err := command(line).CombinedOutput(); err != nil {
		return fmt.Errorf("%q: %w: %s", line, err, out)
	}
	return nil
}

func (d *cutDisk) mount(image, at, options string) error {
	if err := os.MkdirAll(d.path(at), 0o700); err != nil {
		return err
	}
	return system("mount", "-o", options, d.path(image), d.path(at))
}

// cut freezes the disk as it is now.
func (d *cutDisk) cut() error {
	return system("cp", "--reflink=always", d.path("outer/inner.img"), d.path("outer/cut.img"))
}

// turnOn mounts what was frozen, which replays the journal of the file system, and returns the data directory on it.
func (d *cutDisk) turnOn() (data string, err error) {
	return d.path("cut/data"), d.mount("outer/cut.img", "cut", "loop")
}

// turnOff takes it away again.
func (d *cutDisk) turnOff() error {
	return errors.Join(unmount(d.path("cut")), os.Remove(d.path("outer/cut.img")))
}

// unmount waits for a process that is just ending.
func unmount(path string) (err error) {
	for range 50 {
		if err = system("umount", path); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond) // another process's clock cannot be simulated
	}
	return errors.Join(err, system("umount", "-l", path))
}

// removeDisk unmounts whatever is mounted below a directory, the last first, and removes it. Loop devices go with
// their mounts.
func removeDisk(dir string) error {
	text, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if at := strings.Fields(lines[i])[1]; strings.HasPrefix(at, dir+"/") {
			err = errors.Join(err, unmount(at))
		}
	}
	if err != nil {
		return err
	}
	return os.RemoveAll(dir)
}

// removeOldDisks removes what runs left behind that were killed.
func removeOldDisks(t *testing.T) {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(os.TempDir(), cutPrefix+"*-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), cutPrefix), "-")
		pid, err := strconv.Atoi(number)
		if err != nil || !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			continue // of a run that still goes on
		}
		if err := removeDisk(dir); err != nil {
			t.Logf("of an earlier run: %v", err)
		}
	}
}
