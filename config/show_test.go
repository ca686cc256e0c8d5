package config

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const topExample = "../config.example.toml"

func TestDefaultIsValid(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Error(err)
	}
}

func TestExampleAsItStandsIsTheDefault(t *testing.T) {
	got, err := load(t, Example())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

var commented = regexp.MustCompile(`(?m)^#([a-z_]+) = `)

func TestExampleShowsEachKeyOnceWithItsDefault(t *testing.T) {
	text := commented.ReplaceAllString(Example(), "$1 = ")
	got, err := load(t, text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	found := lines([]byte(text))
	place := 0
	c := Default()
	for _, s := range c.settings() {
		line := found[s.key]
		if line <= place {
			t.Errorf("%s is on line %d, after a key on line %d", s.key, line, place)
		}
		place = line
		_, name := section(s.key)
		above := strings.Split(text, "\n")[line-2]
		if !strings.HasPrefix(above, "# ") && !strings.Contains(above, " = ") {
			t.Errorf("%s has no reason above it, only %q", name, above)
		}
	}
}

func TestTopLevelExampleIsTheEmbeddedOne(t *testing.T) {
	got, err := os.ReadFile(topExample)
	if *update && string(got) != Example() {
		got, err = []byte(Example()), os.WriteFile(topExample, []byte(Example()), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Example(), string(got)); diff != "" {
		t.Errorf("run make golden (-want +got):\n%s", diff)
	}
}

func TestEveryFieldHasAKey(t *testing.T) {
	var c Config
	var set []any
	for _, s := range c.settings() {
		set = append(set, s.field)
	}
	var walk func(v reflect.Value, name string)
	walk = func(v reflect.Value, name string) {
		if v.Kind() == reflect.Struct {
			for i := range v.NumField() {
				walk(v.Field(i), name+"."+v.Type().Field(i).Name)
			}
			return
		}
		if !slices.Contains(set, v.Addr().Interface()) {
			t.Errorf("%s has no key", name)
		}
	}
	walk(reflect.ValueOf(&c).Elem(), "Config")
}

func TestShowIsReadBackTheSame(t *testing.T) {
	want := Default()
	want.Hostname, want.Domain = "mail.example.org", "lists.example.org"
	want.WebURL, want.Operator = "https://forum.example.org", "jane@school.example"
	want.Data = "/srv/a \"quoted\" \\ directory\twith\x7f odd létters"
	want.SMTP.TrustedNetworks = []string{"10.0.0.0/8", "2001:db8::/32"}
	want.Delivery.RetryFor = Duration(90 * 60 * 1e9)
	want.Smarthost.PasswordFile, want.Smarthost.User = "/etc/forum.password", "forum"
	want.Lists.Footer = false
	got, err := load(t, want.Show())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, want.Show())
	}
}

func TestShowHoldsNoPassword(t *testing.T) {
	t.Setenv("FORUM_PASSWORD", "hunter2")
	c := Default()
	c.Smarthost.User, c.Smarthost.PasswordEnv = "forum", "FORUM_PASSWORD"
	if s := c.Show(); strings.Contains(s, "hunter2") || !strings.Contains(s, `password_env = "FORUM_PASSWORD"`) {
		t.Errorf("got:\n%s", s)
	}
}
