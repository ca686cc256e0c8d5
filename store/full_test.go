package store

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk mounts a file system of its own, which takes root.
func smallDisk(t *testing.T, size int64) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("none", dir, "tmpfs", 0, "size="+strconv.FormatInt(size, 10)); err != nil {
		t.Skipf("SKIPPED, NOT PASSED: a full disk needs root and mount: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillDisk leaves the given number of bytes free, and returns the file that takes the rest.
func fillDisk(t *testing.T, dir string, left int64) string {
	t.Helper()
	free, err := freeBytes(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "filler")
	if err := os.WriteFile(path, make([]byte, int64(free)-left), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// takeFiles makes files on a disk of its own until there can be no more. Bytes are free all the same.
func takeFiles(t *testing.T, dir string) {
	t.Helper()
	if err := unix.Mount("none", dir, "tmpfs", unix.MS_REMOUNT, "nr_inodes=20"); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		path := filepath.Join(dir, "file"+strconv.Itoa(i))
		if err := os.WriteFile(path, nil, 0o600); errors.Is(err, unix.ENOSPC) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("20 files, and there is room for more")
}

// A backup, and a first start, once said only "no space left on device" of a disk with room for bytes and none for files.
func TestNoRoomForAFileIsToldAndWhatToDo(t *testing.T) {
	dir := smallDisk(t, 64<<20)
	takeFiles(t, dir)
	db := openTest(t)
	putWords(t, db, "a")
	if err := db.Backup(filepath.Join(dir, "copy")); !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "df -i") {
		t.Errorf("backup: %v, want ErrFull and what to do", err)
	}
	if _, err := Open(filepath.Join(dir, "store.db"), Options{}); !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "df -i") {
		t.Errorf("first start: %v, want ErrFull and what to do", err)
	}
	putWords(t, db, "b")
}

func TestABackupWithoutRoomSaysWhatToDo(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"no bytes, or no files", &fs.PathError{Op: "open", Path: "/b/copy.partial", Err: unix.ENOSPC}, "make room in /b"},
		{"the user's quota", &fs.PathError{Op: "write", Path: "/b/copy.partial", Err: unix.EDQUOT}, "quota of this user is used up in /b"},
		{"a limit on the size of files", &fs.PathError{Op: "write", Path: "/b/copy.partial", Err: unix.EFBIG}, "ulimit -f"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := backupFailed(tt.err, "/b")
			if !errors.Is(err, ErrFull) || !errors.Is(err, tt.err) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want ErrFull with the cause and %q", err, tt.want)
			}
		})
	}
	other := errors.New("input/output error")
	if err := backupFailed(other, "/b"); err != other {
		t.Errorf("got %v, want %v as it is", err, other)
	}
}

func TestAFirstStartOnAFullDiskLeavesNothing(t *testing.T) {
	dir := smallDisk(t, 1<<20)
	for _, left := range []int64{0, 4096, 8192, 12288} {
		filler := fillDisk(t, dir, left)
		_, err := Open(filepath.Join(dir, "store.db"), Options{})
		if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "make room") {
			t.Errorf("with %d bytes free: %v, want ErrFull and what to do", left, err)
		}
		if files, _ := os.ReadDir(dir); len(files) != 1 {
			t.Errorf("with %d bytes free left behind: %v", left, files)
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}
	openAt(t, filepath.Join(dir, "store.db"), Options{})
}

func TestAFullDiskIsToldAndWorkGoesOn(t *testing.T) {
	dir := smallDisk(t, 4<<20)
	db := openAt(t, filepath.Join(dir, "store.db"), Options{})
	putWords(t, db, "before")
	filler := fillDisk(t, dir, 256<<10)
	large := func(tx *Tx) error { return words.Put(tx, "large", strings.Repeat("x", 1<<20)) }
	for range 3 {
		if err := db.Update(large); !errors.Is(err, ErrFull) {
			t.Fatalf("update on a full disk: %v, want ErrFull", err)
		}
	}
	wantWords(t, db, "before")
	putWords(t, db, "small")
	if err := db.Backup(filepath.Join(dir, "copy")); !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "MiB free") {
		t.Errorf("backup without room: %v, want ErrFull with figures", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	update(t, db, large)
	wantWords(t, db, "before large small")
	if db.Err() != nil {
		t.Errorf("Err %v, want nil", db.Err())
	}
}

func TestTheReserveIsGivenUpAndMadeAgain(t *testing.T) {
	dir := smallDisk(t, 8<<20)
	path := filepath.Join(dir, "store.db")
	db := openAt(t, path, Options{Reserve: 2 << 20})
	db.reserve.pause = 0
	if info, err := os.Stat(path + ".reserve"); err != nil || info.Size() != 2<<20 || info.Mode() != 0o600 {
		t.Fatalf("reserve %v, error %v, want 2 MiB of mode 0600", info, err)
	}
	filler := fillDisk(t, dir, 64<<10)
	put := func(key string) func(tx *Tx) error {
		return func(tx *Tx) error { return words.Put(tx, key, strings.Repeat("x", 1<<20)) }
	}
	if err := db.Update(put("first")); err != nil {
		t.Fatalf("update with the reserve: %v", err)
	}
	if _, err := os.Stat(path + ".reserve"); err == nil {
		t.Error("the reserve is still there")
	}
	if err := errors.Join(db.Update(put("second")), db.Update(put("third"))); !errors.Is(err, ErrFull) {
		t.Errorf("updates without the reserve: %v, want ErrFull in the end", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	putWords(t, db, "small")
	putWords(t, db, "next") // the committer is done with the one before
	db.reserve.wait()
	if info, err := os.Stat(path + ".reserve"); err != nil || info.Size() != 2<<20 {
		t.Errorf("reserve %v, error %v, want it made again", info, err)
	}
}

func TestAReserveThatIsNoLongerWantedGoes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	openAt(t, path, Options{Reserve: 1 << 20}).Close()
	openAt(t, path, Options{})
	if _, err := os.Stat(path + ".reserve"); err == nil {
		t.Error("the reserve is still there")
	}
}

func TestAReserveThatCannotBeMadeStopsNobody(t *testing.T) {
	dir := smallDisk(t, 1<<20)
	db := openAt(t, filepath.Join(dir, "store.db"), Options{Reserve: 4 << 20})
	putWords(t, db, "a")
	if _, err := os.Stat(filepath.Join(dir, "store.db.reserve")); err == nil {
		t.Error("a part of the reserve was left")
	}
}

// A file that may not grow has no use for room on the disk: the reserve was once given up for nothing.
func TestTheReserveIsKeptWhenOnlyTheFileMayNotGrow(t *testing.T) {
	large := func(tx *Tx) error { return blobs.Put(tx, 1, plainBlob(make([]byte, 20<<20))) }
	for _, c := range []struct {
		name    string
		options Options
		limit   uint64
	}{
		{"by the options", Options{Reserve: 1 << 20, MaxSize: 16 << 20}, unix.RLIM_INFINITY},
		{"by the limit of the process", Options{Reserve: 1 << 20}, 17 << 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			db := openAt(t, path, c.options)
			lift := limitFiles(t, c.limit)
			err := db.Update(large)
			lift()
			if !errors.Is(err, ErrFull) || db.Err() != nil {
				t.Errorf("update: %v, Err %v, want ErrFull alone", err, db.Err())
			}
			if _, err := os.Stat(path + ".reserve"); err != nil {
				t.Errorf("the reserve is gone: %v", err)
			}
		})
	}
}

// limitFiles lets this process write no file beyond a size, until lift.
func limitFiles(t *testing.T, size uint64) (lift func()) {
	t.Helper()
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	set := func(l unix.Rlimit) {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &l); err != nil {
			t.Fatal(err)
		}
	}
	set(unix.Rlimit{Cur: min(size, old.Max), Max: old.Max})
	return func() { set(old) }
}

func TestTheFileHasALargestSize(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "store.db"), Options{MaxSize: 32 << 20})
	var err error
	for i := uint64(0); i < 40 && err == nil; i++ {
		err = db.Update(func(tx *Tx) error { return blobs.Put(tx, i, plainBlob(make([]byte, 1<<20))) })
	}
	if !errors.Is(err, ErrFull) || db.Err() != nil {
		t.Errorf("update beyond the largest size: %v, Err %v, want ErrFull alone", err, db.Err())
	}
	putWords(t, db, "small")
}

func TestCommitsWithoutRoomAreLoggedOnceAMinute(t *testing.T) {
	out := new(bytes.Buffer)
	db := openAt(t, filepath.Join(t.TempDir(), "store.db"),
		Options{MaxSize: 16 << 20, Log: slog.New(slog.NewTextHandler(out, nil))})
	large := func(tx *Tx) error { return blobs.Put(tx, 1, plainBlob(make([]byte, 20<<20))) }
	for range 5 {
		if err := db.Update(large); !errors.Is(err, ErrFull) {
			t.Fatalf("update: %v, want ErrFull", err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Count(out.String(), "no room for a commit"), 1; got != want {
		t.Errorf("got %d lines, want %d:\n%s", got, want, out)
	}
}

// This one needs neither root nor a disk of its own.
func TestALimitOnTheSizeOfFilesIsLikeAFullDisk(t *testing.T) {
	db := openTest(t)
	putWords(t, db, "before")
	large := func(tx *Tx) error { return blobs.Put(tx, 1, plainBlob(make([]byte, 20<<20))) }
	lift := limitFiles(t, 17<<20)
	err := db.Update(large)
	smallErr := db.Update(func(tx *Tx) error { return writeWords(tx, "small") })
	lift()
	if !errors.Is(err, ErrFull) || smallErr != nil || db.Err() != nil {
		t.Errorf("a large update: %v, a small one: %v, Err %v; want ErrFull and no more", err, smallErr, db.Err())
	}
	update(t, db, large)
	wantWords(t, db, "before small")
}
