package backup

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// forum is a data directory with a store, keys, a ledger, and things that are no part of a backup.
func forum(t *testing.T) Source {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(filepath.Join(dir, storeName), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for name, text := range map[string]string{
		"token.keys": "keys", "dkim/s1.pem": "a key", "erasures.log": "{}\n", "certificates/a/b.pem": "",
		"search/index-1/store": "made anew", "forum.db.reserve": "room", "backup/forum.db": "left by a crash", "x.partial": "half",
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return Source{DB: db, Dir: dir, Settings: []byte("data = \"x\"\n"), About: About{Made: noon, Domain: "lists.example.org", Members: 3}}
}

// written is a backup of it.
func written(t *testing.T, s Source) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(t.Context(), &b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// into reads a backup into a new directory, or only reads it where dir is empty.
func into(dir string, b []byte) (About, []byte, error) {
	var settings []byte
	a, err := Read(bytes.NewReader(b), func(_ About, s []byte) (string, error) { settings = s; return dir, nil })
	return a, settings, err
}

func TestWhatWasWrittenComesBackTheSame(t *testing.T) {
	s := forum(t)
	testdb.Update(t, s.DB, func(tx *store.Tx) error { return Done(tx, noon) })
	b := written(t, s)
	if _, err := os.Stat(filepath.Join(s.Dir, spoolName)); err == nil {
		t.Error("the copy of the store is left behind")
	}
	dir := t.TempDir()
	a, settings, err := into(dir, b)
	if err != nil || string(settings) != string(s.Settings) || a.Domain != "lists.example.org" || a.Members != 3 || !a.Made.Equal(noon) {
		t.Fatalf("%+v, %q, %v", a, settings, err)
	}
	got := map[string]string{}
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if info, ierr := d.Info(); err != nil || ierr != nil || info.Mode().Perm()&0o077 != 0 && path != dir {
			t.Errorf("%s: %v, %v, %v", path, info.Mode(), err, ierr)
		}
		if name, _ := filepath.Rel(dir, path); !d.IsDir() {
			text, _ := os.ReadFile(path)
			got[name] = string(text[:min(len(text), 8)])
		}
		return nil
	})
	if names := slices.Sorted(maps.Keys(got)); strings.Join(names, " ") != "certificates/a/b.pem dkim/s1.pem erasures.log forum.db token.keys" || got["token.keys"] != "keys" {
		t.Errorf("it holds %q", got)
	}
	db, err := store.Open(filepath.Join(dir, storeName), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	testdb.View(t, db, func(tx *store.Tx) error {
		if at, err := Last(tx); err != nil || !at.Equal(noon) {
			t.Errorf("the store that came back says %v, %v", at, err)
		}
		return nil
	})
}

func TestADamagedBackupIsRefused(t *testing.T) {
	b := written(t, forum(t))
	for n := 0; n < len(b)-1024-512; n += 512 { // the last kilobyte is tar's end, and before it the digests
		if _, _, err := into("", b[:n]); !errors.Is(err, ErrCutOff) && (n > 0 || !errors.Is(err, ErrNone)) {
			t.Fatalf("cut after %d of %d bytes: %v", n, len(b), err)
		}
	}
	r := tar.NewReader(bytes.NewReader(b))
	for {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if h.Size == 0 || h.Name == aboutName {
			continue
		}
		text, err := io.ReadAll(r)
		at := bytes.Index(b, text)
		if err != nil || at < 0 {
			t.Fatal(h.Name, err)
		}
		for _, k := range []int{0, len(text) / 2, len(text) - 1} {
			bad := bytes.Clone(b)
			bad[at+k] ^= 4
			if _, _, err := into("", bad); !errors.Is(err, ErrBroken) {
				t.Errorf("%s, byte %d is another one: %v", h.Name, k, err)
			}
		}
	}
}

func TestWhatIsNoBackupIsRefused(t *testing.T) {
	pack := func(files ...string) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		for i := 0; i < len(files); i += 2 {
			w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: files[i], Size: int64(len(files[i+1]))})
			w.Write([]byte(files[i+1]))
		}
		w.Close()
		return b.Bytes()
	}
	about := `{"format":1}`
	for name, test := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":                       {nil, ErrNone},
		"a text":                        {bytes.Repeat([]byte("word "), 1000), ErrNone},
		"another archive":               {pack("readme", "x"), ErrNone},
		"an archive with such a file":   {pack(aboutName, "x"), ErrNone},
		"one by a newer program":        {pack(aboutName, `{"format":2}`), ErrNewer},
		"one whose end is missing":      {pack(aboutName, about, "data/a", "b"), ErrCutOff},
		"one that leaves the directory": {pack(aboutName, about, "data/../a", "b", sumsName, ""), ErrBroken},
		"one with a name from the root": {pack(aboutName, about, "data//etc/a", "b", sumsName, ""), ErrBroken},
		"one with a file twice":         {pack(aboutName, about, "data/a", "b", "data/a", "b", sumsName, ""), ErrBroken},
		"one with a file of no place":   {pack(aboutName, about, "a", "b", sumsName, ""), ErrBroken},
		"one without a digest":          {pack(aboutName, about, "data/a", "b", sumsName, ""), ErrBroken},
	} {
		dir := t.TempDir()
		if _, _, err := into(dir, test.file); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(dir), "a")); err == nil {
			t.Errorf("%s: it wrote beside its directory", name)
		}
	}
}

func TestTwoBackupsAtOnce(t *testing.T) {
	s := forum(t)
	lock, err := lockSpool(filepath.Join(s.Dir, spoolName))
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), io.Discard, s); !errors.Is(err, ErrBusy) {
		t.Errorf("while another is made: %v", err)
	}
	lock.Close()
	written(t, s)
}

func TestNumbersOfLostTimeAreNotGivenOutAgain(t *testing.T) {
	db := testdb.Open(t)
	person := func(address string) (id list.PersonID) {
		testdb.Update(t, db, func(tx *store.Tx) error {
			p, err := list.AddPerson(tx, list.Person{Address: testdb.Address(t, address)})
			id = p.ID
			return err
		})
		return id
	}
	before := person("ann@school.example")
	testdb.Update(t, db, Skip)
	if after := person("bob@school.example"); after != before+gap+1 {
		t.Errorf("person %d before, %d after", before, after)
	}
}
