package rig

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A fullDisk is a file system of its own, small enough to be filled. How much room there is on a tmpfs is said by mounting
// it anew, at once and exactly; anywhere else a file takes the room, as a log would that nobody turns over.
type fullDisk struct {
	dir    string // where it is mounted
	memory bool   // a tmpfs
	bytes  int64  // and its size
	files  int64  // and its number of files, 0 for any
}

// fullTmpfs mounts a disk in memory. files is how many it may hold, 0 for any number.
func fullTmpfs(t *testing.T, bytes, files int64) *fullDisk {
	t.Helper()
	needRoot(t)
	d := &fullDisk{dir: shortDir(t), memory: true, bytes: bytes, files: files}
	if err := d.mount(0, bytes, files); err != nil {
		t.Skipf("NOT TESTED: mount a tmpfs: %v", err)
	}
	d.unmountLater(t)
	// An empty disk without room would have size 0, which means any.
	if err := os.WriteFile(filepath.Join(d.dir, "page"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *fullDisk) mount(flags uintptr, bytes, files int64) error {
	options := fmt.Sprintf("mode=0700,size=%d", bytes)
	if files > 0 {
		options += fmt.Sprintf(",nr_inodes=%d", files)
	}
	return unix.Mount("none", d.dir, "tmpfs", flags, options)
}

// fullExt4 mounts a disk in a file. On it a write may find no room as late as when it is flushed.
func fullExt4(t *testing.T, megabytes int) *fullDisk {
	t.Helper()
	needRoot(t)
	needTools(t, "mkfs.ext4", "mount")
	d, image := &fullDisk{dir: shortDir(t)}, filepath.Join(fullTmpfs(t, int64(megabytes+16)<<20, 0).dir, "image")
	for _, line := range [][]string{
		{"truncate", "-s", fmt.Sprintf("%dM", megabytes), image},
		{"mkfs.ext4", "-q", "-b", "4096", "-m", "0", image},
		{"mount", "-o", "loop", image, d.dir}, // which frees the loop device when it is unmounted
	} {
		if out, err := exec.Command(line[0], line[1:]...).CombinedOutput(); err != nil {
			t.Skipf("NOT TESTED: %s: %v: %s", strings.Join(line, " "), err, out)
		}
	}
	d.unmountLater(t)
	return d
}

// unmountLater has the disk unmounted when the test ends, by a process of its own, so that it happens even when the test
// is killed.
func (d *fullDisk) unmountLater(t *testing.T) {
	t.Helper()
	cmd := exec.Command("sh", "-c", `cat; exec umount -l "$0"`, d.dir)
	cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	alive, err := cmd.StdinPipe() // closed when we are gone
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatalf("guard %s: %v", d.dir, errors.Join(err, unix.Unmount(d.dir, unix.MNT_DETACH)))
	}
	t.Cleanup(func() {
		if err := errors.Join(alive.Close(), cmd.Wait()); err != nil {
			t.Errorf("unmount %s: %v", d.dir, err)
		}
	})
}

// free is the number of bytes and of files for which there is room.
func (d *fullDisk) free(t *testing.T) (bytes, files int64) {
	t.Helper()
	var s unix.Statfs_t
	if err := unix.Statfs(d.dir, &s); err != nil {
		t.Fatal(err)
	}
	return int64(s.Bavail) * s.Bsize, int64(s.Ffree)
}

// leave leaves room for want bytes, as nearly as the file system allows while others write.
func (d *fullDisk) leave(t *testing.T, want int64) {
	t.Helper()
	for range 40 {
		free, _ := d.free(t)
		more := free - want
		if more == 0 {
			return
		}
		if err := d.take(more); err != nil && !errors.Is(err, unix.ENOSPC) && !errors.Is(err, unix.EINVAL) {
			t.Fatalf("leave %d bytes: %v", want, err)
		} // else somebody was faster: look again
	}
}

// take takes room for more bytes, or gives some back.
func (d *fullDisk) take(more int64) error {
	if d.memory {
		var s unix.Statfs_t
		if err := unix.Statfs(d.dir, &s); err != nil {
			return err
		}
		return d.mount(unix.MS_REMOUNT, int64(s.Blocks)*s.Bsize-more, d.files)
	}
	f, err := os.OpenFile(d.filler(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if more < 0 {
		return f.Truncate(max(0, info.Size()+more))
	}
	if more > 1<<20 { // a large piece fails as a whole when somebody else writes meanwhile
		more -= 1 << 20
	}
	return unix.Fallocate(int(f.Fd()), 0, info.Size(), more)
}

func (d *fullDisk) filler() string { return filepath.Join(d.dir, "filler") }

// clear gives all room back.
func (d *fullDisk) clear(t *testing.T) {
	t.Helper()
	err := error(nil)
	if d.memory {
		err = d.mount(unix.MS_REMOUNT, d.bytes, d.files)
	} else {
		err = os.Remove(d.filler())
	}
	if err != nil {
		t.Fatalf("make room: %v", err)
	}
}

// onlyBytes gives the room for bytes back and leaves none for files, on a tmpfs.
func (d *fullDisk) onlyBytes(t *testing.T) {
	t.Helper()
	var s unix.Statfs_t
	err := unix.Statfs(d.dir, &s)
	if err == nil {
		err = d.mount(unix.MS_REMOUNT, d.bytes, int64(s.Files-s.Ffree))
	}
	if err != nil {
		t.Fatalf("make room for bytes: %v", err)
	}
}

// leaveFiles leaves room for want more files on a tmpfs.
func (d *fullDisk) leaveFiles(t *testing.T, want int64) {
	t.Helper()
	_, free := d.free(t)
	var s unix.Statfs_t
	err := unix.Statfs(d.dir, &s)
	if err == nil {
		err = d.mount(unix.MS_REMOUNT, d.bytes, int64(s.Files)-free+want)
	}
	if err != nil {
		t.Fatalf("leave room for %d files: %v", want, err)
	}
}
