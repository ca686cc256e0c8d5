package config

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the wanted output anew")

// load writes a text to a file and loads it.
func load(t *testing.T, text string) (Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "forum.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

// Each archive holds a settings file and all the faults that Load must find in it, at once.
func TestFaults(t *testing.T) {
	paths, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = load(t, string(archive.Files[0].Data))
			var faults Faults
			if !errors.As(err, &faults) {
				t.Fatalf("got %v, want faults", err)
			}
			for i := range faults {
				faults[i].File = filepath.Base(faults[i].File)
			}
			got := faults.Error() + "\n"
			if *update && got != string(archive.Files[1].Data) {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadChangesTheDefault(t *testing.T) {
	got, err := load(t, `
hostname = "mail.example.org"
domain = "lists.example.org"
web_url = "https://forum.example.org/"
operator = "jane@school.example"
smarthost = { host = "smtp.example.net", port = 465, tls = "implicit" }
delivery.through = "smarthost"

[smtp]
listen = [":25", "[::1]:2525"]
max_message = "10 MB"

[lists]
subject_tag = false
send_delay = "0"
`)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Hostname, want.Domain = "mail.example.org", "lists.example.org"
	want.WebURL, want.Operator = "https://forum.example.org", "jane@school.example"
	want.Smarthost.Host, want.Smarthost.Port, want.Smarthost.TLS = "smtp.example.net", 465, ImplicitTLS
	want.Delivery.Through = ThroughSmarthost
	want.SMTP.Listen = []string{":25", "[::1]:2525"}
	want.SMTP.MaxMessage = 10e6
	want.Lists.SubjectTag, want.Lists.SendDelay = false, 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoadWithoutAFileNamesTheNextStep(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "absent.toml"))
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "sencoforum config example") {
		t.Errorf("got %v", err)
	}
}

func TestLoadRefusesAHugeFile(t *testing.T) {
	if _, err := load(t, strings.Repeat("#", fileMax)); err != nil {
		t.Errorf("1 MiB: %v", err)
	}
	if _, err := load(t, strings.Repeat("#", fileMax+1)); err == nil {
		t.Error("over 1 MiB: no error")
	}
}

func TestPasswordInTheFileIsNotRepeated(t *testing.T) {
	_, err := load(t, `
[smarthost]
password = "hunter2"
password_env = "hunter2"
password_file = "hunter2"
`)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("data = \"/srv\"\n[smtp]\nlisten = [\":25\"]\nmax_message = \"1 MB\"\nconnections = 7\n"))
	f.Add([]byte("smtp.listen = [\":25\"]\n[lists]\nsend_delay = \"5m\"\n"))
	f.Add([]byte("[[smtp]]\n[smtp.listen]\n\"a.b\" = 1979-05-27\n'' = {a = 1}\n"))
	f.Add([]byte("\xef\xbb\xbfdata = '''\n/x'''\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, faults := parse(text)
		last := strings.Count(string(text), "\n") + 1
		for _, fault := range faults {
			if fault.Line < 0 || fault.Line > last || fault.Problem == "" {
				t.Errorf("fault %+v in a file of %d lines", fault, last)
			}
		}
		if len(faults) > 0 {
			return
		}
		again, faults := parse([]byte(c.Show()))
		if diff := cmp.Diff(c, again); diff != "" || len(faults) > 0 {
			t.Errorf("read again from Show: %v (-want +got):\n%s", faults, diff)
		}
	})
}
