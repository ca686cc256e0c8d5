package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sencoforum/config"
)

func configCommand(o *rootOptions) *cobra.Command {
	return group("config", "Check and show the settings file",
		configCheckCommand(o), configShowCommand(o), configExampleCommand(o))
}

// fault is a fault of the settings as JSON.
type fault struct {
	Line    int    `json:"line,omitempty"`
	Key     string `json:"key,omitempty"`
	Problem string `json:"problem"`
	Next    string `json:"next,omitempty"`
}

func configCheckCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Name every fault of the settings file, with its line",
		Long:  "Read the settings file and name every fault at once, with its line and what to do.\nThe exit code is 3 when there is a fault.",
		Example: "  sencoforum config check --config forum.toml\n" +
			"  sencoforum config check && systemctl restart sencoforum",
		Args: exactly(0),
		RunE: func(*cobra.Command, []string) error {
			path := o.configPath()
			_, err := config.Load(path)
			var found config.Faults
			if err != nil && !errors.As(err, &found) {
				return usage("%w", err)
			}
			faults := []fault{}
			for _, f := range found {
				faults = append(faults, fault{Line: f.Line, Key: f.Key, Problem: f.Problem, Next: f.Next})
			}
			err = o.show(map[string]any{"file": path, "faults": faults}, func(t *text) { tellFaults(t, path, found) })
			if err == nil && len(found) > 0 {
				return &exit{code: exitChecks, err: errSaid}
			}
			return err
		},
	}
}

func tellFaults(t *text, path string, found config.Faults) {
	if len(found) == 0 {
		t.say("%s: no faults.", path)
		return
	}
	for _, f := range found {
		t.say("%s", f)
	}
	t.say("%s: %s.", path, plural(len(found), "fault"))
}

func configShowCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Print every setting as the server sees it",
		Long: "Print every setting as the server sees it: what the file says, and the defaults.\n" +
			"A password is never shown, only where it comes from.",
		Example: "  sencoforum config show --json",
		Args:    exactly(0),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := o.load()
			if err != nil {
				return err
			}
			return o.show(settingsJSON(cfg.Show()), func(t *text) { t.to.WriteString(strings.TrimLeft(cfg.Show(), "\n")) })
		},
	}
}

// settingsJSON turns the settings as a file into an object by key. Their values are written alike in TOML and JSON.
func settingsJSON(file string) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	section := ""
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSuffix(name, "]") + "."
			continue
		}
		if key, value, ok := strings.Cut(line, " = "); ok {
			all[section+key] = json.RawMessage(value)
		}
	}
	return all
}

func configExampleCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "example",
		Short:   "Print a settings file with every key, its reason and its default",
		Example: "  sencoforum config example > forum.toml",
		Args:    exactly(0),
		RunE: func(*cobra.Command, []string) error {
			text := config.Example()
			if o.json {
				return o.show(map[string]string{"example": text}, nil)
			}
			_, err := fmt.Fprint(o.out, text)
			return err
		},
	}
}
