package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPassword(t *testing.T) {
	t.Setenv("FORUM_PASSWORD", "from env")
	t.Setenv("FORUM_EMPTY", "")
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name      string
		smarthost Smarthost
		want      string
		fault     string
	}{
		{"none is named", Smarthost{}, "", ""},
		{"in the environment", Smarthost{PasswordEnv: "FORUM_PASSWORD"}, "from env", ""},
		{"environment variable is empty", Smarthost{PasswordEnv: "FORUM_EMPTY"}, "", "FORUM_EMPTY is empty"},
		{"in a file", Smarthost{PasswordFile: file("a", "s3 cret\n", 0o600)}, "s3 cret", ""},
		{"in a file of Windows", Smarthost{PasswordFile: file("b", "secret\r\n", 0o400)}, "secret", ""},
		{"others may read the file", Smarthost{PasswordFile: file("c", "hunter2", 0o640)}, "", "chmod 600"},
		{"two lines", Smarthost{PasswordFile: file("d", "hunter2\nhunter2\n", 0o600)}, "", "one line"},
		{"empty file", Smarthost{PasswordFile: file("e", "\n", 0o600)}, "", "one line"},
		{"huge file", Smarthost{PasswordFile: file("f", strings.Repeat("hunter2", 1000), 0o600)}, "", "one line"},
		{"no file", Smarthost{PasswordFile: filepath.Join(dir, "absent")}, "", "no such file"},
	} {
		got, err := c.smarthost.Password()
		if got != c.want || (err == nil) != (c.fault == "") {
			t.Errorf("%s: got %q, %v, want %q", c.name, got, err, c.want)
		}
		if err != nil && (!strings.Contains(err.Error(), c.fault) || strings.Contains(err.Error(), "hunter2")) {
			t.Errorf("%s: got %v, want an error with %q and without the password", c.name, err, c.fault)
		}
	}
}
