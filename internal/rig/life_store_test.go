package rig

import (
	"encoding/binary"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// store is the file with everything in it.
func (l *life) store() string { return filepath.Join(l.Dir, "forum.db") }

// onlyOne starts a second server on the data of the first.
func onlyOne(t *testing.T, l *life) {
	l.setUp(t)
	first := l.start(t)
	l.fails(t, l.serve(), "listen for mail", l.Addr, "is another mail server running")
	second := &life{Server: &Server{Config: filepath.Join(l.dir, "second.toml")}, binary: l.binary}
	text, err := os.ReadFile(l.Config)
	if err == nil {
		err = os.WriteFile(second.Config, []byte(strings.ReplaceAll(string(text), l.Addr, "127.0.0.1:0")), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	second.fails(t, second.serve(), "store is in use", l.store(), "stop that one first")
	if !first.running() {
		t.Fatal("the first server ended")
	}
	l.post(t, l.dial(t), "<first@x>")
	l.accounted(t, 1)
	first.stop(t)
}

// portInUse starts a server on a port that another program has.
func portInUse(t *testing.T, l *life) {
	l.setUp(t)
	sink, err := NewSink(NewJournal())
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	old := l.Addr
	l.Addr = sink.l.Addr().String()
	l.change(t, old, l.Addr)
	l.fails(t, l.serve(), "listen for mail", l.Addr, "address already in use", "is another mail server running")
}

// keepsPrivate opens the data to others, reads the complaint and does what it says.
func keepsPrivate(t *testing.T, l *life) {
	l.setUp(t)
	for path, mode := range map[string]fs.FileMode{l.Dir: 0o755, l.store(): 0o644, filepath.Join(l.Dir, "token.keys"): 0o604} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		remedy := "chmod go-rwx " + path
		l.fails(t, l.serve(), path+" can be read by others", remedy)
		if out, err := exec.Command("sh", "-c", remedy).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", remedy, err, out)
		}
	}
	l.start(t).stop(t)
}

// refusesBrokenStore puts in the place of the store what is none.
func refusesBrokenStore(t *testing.T, l *life) {
	l.setUp(t)
	whole, err := os.ReadFile(l.store())
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize() // that of the store
	used := pagesInUse(whole, page) * page
	for _, c := range []struct {
		name  string
		bytes []byte
	}{
		{"empty", nil},
		{"one byte", whole[:1]},
		{"one page", whole[:page]},
		{"two pages", whole[:2*page]},
		{"the half", whole[:used/2]},
		{"all but the last byte", whole[:used-1]},
		{"another file", []byte(strings.Repeat("this is no store\n", 4096))},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(l.store(), c.bytes, 0o600); err != nil {
				t.Fatal(err)
			}
			l.fails(t, l.serve(), "store is damaged", l.store(), "restore the newest backup")
			if left, err := os.ReadFile(l.store()); err != nil || string(left) != string(c.bytes) {
				t.Errorf("the file was changed: %v", err)
			}
		})
	}
	if err := os.WriteFile(l.store(), whole, 0o600); err != nil {
		t.Fatal(err)
	}
	l.start(t).stop(t)
}

// pagesInUse reads the number of pages from the meta pages of a store.
func pagesInUse(file []byte, size int) int {
	high := func(page int) int { return int(binary.NativeEndian.Uint64(file[page*size+16+40:])) }
	return max(high(0), high(1))
}

// refusesForeignStore takes from the server what it must be able to write.
func refusesForeignStore(t *testing.T, l *life) {
	l.setUp(t)
	serve := l.asNobody(t)
	for path, mode := range map[string]fs.FileMode{l.store(): 0o400, l.Dir: 0o500} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			info, err := os.Stat(path)
			if err == nil {
				err = os.Chmod(path, mode)
			}
			if err != nil {
				t.Fatal(err)
			}
			l.fails(t, serve(), path, "permission denied")
			if err := os.Chmod(path, info.Mode().Perm()); err != nil {
				t.Fatal(err)
			}
		})
	}
	p := launch(t, serve())
	p.says(t, "taking mail")
	p.stop(t)
}

// asNobody returns the command line of the server as a user for whom permissions
// count. Root is none.
func (l *life) asNobody(t *testing.T) func() *exec.Cmd {
	t.Helper()
	if os.Getuid() != 0 {
		return l.serve
	}
	const nobody = 65534
	program, err := os.ReadFile(l.binary)
	if err == nil {
		l.binary = filepath.Join(l.dir, "sencoforum") // the other one lies where only root gets in
		err = os.WriteFile(l.binary, program, 0o755)
	}
	if err == nil {
		err = filepath.WalkDir(l.dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Lchown(path, nobody, nobody)
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() *exec.Cmd {
		cmd := l.serve()
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		return cmd
	}
}

// survivesCut truncates the store of a running server: the worst that a careless
// copy can do, and how a dying disk looks to a program that maps its file. The
// server must promise nothing any more and end, so that somebody hears of it.
func survivesCut(t *testing.T, l *life) {
	l.setUp(t)
	p := l.start(t)
	l.post(t, l.dial(t), "<before@x>")
	l.accounted(t, 1)
	if err := os.Truncate(l.store(), 2*int64(os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	s := Sender{Journal: l.journal, Addr: l.Addr, From: l.to[0], To: List}
	for end := time.Now().Add(patience); p.running() && time.Now().Before(end); {
		if s.send("<after@x>") {
			t.Error("a message was acknowledged")
		}
		time.Sleep(100 * time.Millisecond) // another process's clock cannot be simulated
	}
	if p.running() {
		t.Error("it goes on without a store")
		p.signal(t, syscall.SIGTERM)
	}
	p.exits(t, 1)
	l.fails(t, l.serve(), "store is damaged", l.store(), "restore the newest backup")
}
