package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sencoforum/calendar"
	"sencoforum/config"
	"sencoforum/courier"
)

func configCommand(o *rootOptions) *cobra.Command {
	return group("config", "Check and show the settings file",
		configCheckCommand(o), configShowCommand(o), configExampleCommand(o), configProvidersCommand(o), configHolidaysCommand(o))
}

// fault is a fault of the settings as JSON.
type fault struct {
	File    string `json:"file,omitempty"` // where it is not the settings file
	Line    int    `json:"line,omitempty"`
	Key     string `json:"key,omitempty"`
	Problem string `json:"problem"`
	Next    string `json:"next,omitempty"`
}

func configCheckCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Name every fault of the settings file, with its line",
		Long: "Read the settings file, the files of mail providers and of pages that it may name, and the words for search in the\n" +
			"data directory, and name every fault at once, with its line and what to do. The exit code is 3 when there is a fault.",
		Example: "  sencoforum config check --config forum.toml\n" +
			"  sencoforum config check && systemctl restart sencoforum",
		Args: exactly(0),
		RunE: func(*cobra.Command, []string) error {
			path := o.configPath()
			found, err := settingsFaults(path)
			if err != nil {
				return usage("%w", err)
			}
			faults := []fault{}
			for _, f := range found {
				one := fault{File: f.File, Line: f.Line, Key: f.Key, Problem: f.Problem, Next: f.Next}
				if f.File == path {
					one.File = ""
				}
				faults = append(faults, one)
			}
			err = o.show(map[string]any{"file": path, "faults": faults}, func(t *text) { tellFaults(t, path, found) })
			if err == nil && len(found) > 0 {
				return &exit{code: exitChecks, err: errSaid}
			}
			return err
		},
	}
}

// settingsFaults are the faults of a settings file and of the files that it names.
func settingsFaults(path string) (found config.Faults, err error) {
	cfg, err := config.Load(path)
	if err == nil {
		_, err = mailProviders(cfg.Delivery.Providers)
	}
	if err != nil && !errors.As(err, &found) {
		return nil, err
	}
	_, words, err := ownWords(cfg.Data)
	if err != nil && !errors.Is(err, fs.ErrPermission) { // whoever writes the settings need not read what members wrote
		return nil, err
	}
	var texts config.Faults
	if _, err := ownTexts(cfg.Texts, ""); err != nil && !errors.As(err, &texts) {
		return nil, err
	}
	return slices.Concat(found, texts, words), nil
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

func configProvidersCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "providers",
		Short: "Print the table of mail providers that comes with the program",
		Long: "Print the table of mail providers that comes with the program: who receives the mail of which mail hosts and domains,\n" +
			"and how much they take at once. A file of your own (delivery.providers) has the same form and is asked first, so\n" +
			"write only what is to be different.",
		Example: "  sencoforum config providers | less",
		Args:    exactly(0),
		RunE: func(*cobra.Command, []string) error {
			text := courier.ShippedProvidersText()
			if o.json {
				return o.show(map[string]string{"providers": text}, nil)
			}
			_, err := fmt.Fprint(o.out, text)
			return err
		},
	}
}

func configHolidaysCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "holidays",
		Short: "Print the typical school holidays, to begin a file of your own with",
		Long: "Print the typical school holidays of England, Wales, Scotland and Northern Ireland.\n" +
			"Local authorities differ: change what is printed, and name the file in [calendar] file.",
		Example: "  sencoforum config holidays > /etc/sencoforum/holidays.txt",
		Args:    exactly(0),
		RunE: func(*cobra.Command, []string) error {
			text := calendar.Typical()
			if o.json {
				return o.show(map[string]string{"holidays": text}, nil)
			}
			_, err := fmt.Fprint(o.out, text)
			return err
		},
	}
}
