package main

import (
	"slices"
	"strings"
	"testing"

	"sencoforum/config"
	"sencoforum/web"
)

// Whatever an owner can have set on the command line they can set on the page. The emergency is an act there, as it is by email.
func TestThePageHasEverySettingOfTheCommandLine(t *testing.T) {
	var keys []string
	for _, s := range listSettings() {
		if s.key != keyEmergency {
			keys = append(keys, s.key)
		}
	}
	slices.Sort(keys)
	if got := web.SettingKeys(); !slices.Equal(got, keys) {
		t.Errorf("the page has %q\nthe command line %q", got, keys)
	}
}

// The page names what whoever runs the server has set, and none of their secrets.
func TestWhatTheHostHasSet(t *testing.T) {
	cfg := config.Default()
	cfg.Calendar.Nation, cfg.Texts.Rules = "northern-ireland", "/etc/sencoforum/rules.md"
	cfg.Smarthost.User, cfg.Smarthost.PasswordFile = "secretuser", "/secret"
	var all []string
	for _, s := range hostSettings(cfg) {
		all = append(all, s.Name+": "+s.Value)
	}
	text := strings.Join(all, "\n")
	if !strings.Contains(text, "those of northern ireland") || !strings.Contains(text, "15 MB") || !strings.Contains(text, ": rules") || strings.Contains(text, "secret") {
		t.Error(text)
	}
}
