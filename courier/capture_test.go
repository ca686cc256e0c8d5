package courier

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/message"
	"sencoforum/queue"
)

func TestCapture(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sent")
	c := NewCapture(discard(), dir)
	src := newRows(mails(t, 20)...)
	o := queue.Outgoing{Row: 21, To: addr(t, "Member1@school.example"), Header: []byte("X: y\r\n"), Body: []byte("\r\n.\r\n")}
	src.todo = append(src.todo, o, queue.Outgoing{Row: 22})
	if err := deliverAll(t, c, "school.example", src, 4); err != nil {
		t.Fatal(err)
	}
	if n := src.count(queue.Delivered); n != 21 || src.results[22].Enhanced != "5.1.3" {
		t.Errorf("%d rows are delivered, want 21; the one without recipient: %v", n, src.results[22])
	}
	delete(src.results, 22)
	got := map[string]int{}
	for row, r := range src.results {
		body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(r.Text)))
		if err != nil {
			t.Fatal(err)
		}
		got[filepath.Dir(r.Text)]++
		if want := "Return-Path: <>\r\nDelivered-To: Member1@school.example\r\nX: y\r\n\r\n.\r\n"; row == 21 && string(body) != want {
			t.Errorf("file %q, want %q", body, want)
		}
	}
	if got["member1@school.example/new"] != 2 || got["member2@school.example/new"] != 1 || len(got) != 20 {
		t.Errorf("files in directories: %v", got)
	}
	if left, _ := filepath.Glob(dir + "/*/tmp/*"); len(left) > 0 {
		t.Errorf("left in tmp: %v", left)
	}
	for _, sub := range []string{"tmp", "new", "cur"} {
		if _, err := os.Stat(filepath.Join(dir, "member1@school.example", sub)); err != nil {
			t.Error(err)
		}
	}
}

func TestCaptureWithoutRoom(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	src := newRows(mails(t, 2)...)
	if err := NewCapture(discard(), file).Deliver(t.Context(), queue.Hop{}, src); err == nil || len(src.results) > 0 {
		t.Errorf("a directory that is a file: error %v, results %v", err, src.results)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "member0@school.example"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := NewCapture(discard(), dir).Deliver(t.Context(), queue.Hop{}, src)
	if r := src.results[1]; err == nil || r.Outcome != queue.Deferred || len(src.results) != 1 {
		t.Errorf("a recipient's directory that is a file: error %v, results %v", err, src.results)
	}
	src.check(t)
}

// A link that somebody laid in the directory leads nowhere outside it.
func TestCaptureStaysInItsDirectory(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "member0@school.example")); err != nil {
		t.Fatal(err)
	}
	src := newRows(mails(t, 1)...)
	if err := NewCapture(discard(), dir).Deliver(t.Context(), queue.Hop{}, src); err == nil {
		t.Error("it followed a link out of its directory")
	}
	if left, _ := filepath.Glob(outside + "/*"); len(left) > 0 {
		t.Errorf("outside: %v", left)
	}
}

func TestBoxName(t *testing.T) {
	long := strings.Repeat("é", 32)
	for _, tc := range []struct {
		name string
		a    message.Address
		want string
	}{
		{"plain, in lower case", message.Address{Local: "Ann.Smith+a=b", Domain: "school.example"}, "ann.smith+a=b@school.example"},
		{"path signs", message.Address{Local: "../x/", Domain: "school.example"}, "%22..%2fx%2f%22@school.example"},
		{"a backslash and blanks", message.Address{Local: `a\ b`, Domain: "x.example"}, "%22a%5c%5c%20b%22@x.example"},
		{"an address literal", message.Address{Local: "a", Domain: "[203.0.113.1]"}, "a@%5b203.0.113.1%5d"},
		{"a percent sign", message.Address{Local: "a%2fb", Domain: "x.example"}, "a%252fb@x.example"},
		{"long", message.Address{Local: long, Domain: "x.example"}, strings.Repeat("%c3%a9", 27) + "%c3%a~3352da7ec0a6d717f227a2e155378686"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := boxName(tc.a)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("name (-want +got):\n%s", diff)
			}
			if !fs.ValidPath(got) || strings.Contains(got, "/") || len(got) > maxBoxName {
				t.Errorf("%q is no plain name", got)
			}
		})
	}
}

func FuzzBoxName(f *testing.F) {
	f.Add("..", "")
	f.Add("/", ".")
	f.Add("a\x00\xff", "b")
	f.Fuzz(func(t *testing.T, local, domain string) {
		a := message.Address{Local: local, Domain: domain}
		if a.IsZero() {
			return // Deliver lets none through
		}
		got := boxName(a)
		if !fs.ValidPath(got) || got == "." || strings.ContainsAny(got, "/\\\x00") || len(got) > maxBoxName {
			t.Errorf("%q is no plain name", got)
		}
	})
}
