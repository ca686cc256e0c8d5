package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// fileMax bounds the settings file.
const fileMax = 1 << 20

// Load returns the default configuration as the file at path changes it. When anything is wrong with the file, the
// error is a Faults with everything that is; when it cannot be read, the error says so with the next step.
func Load(path string) (Config, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("read config: %w; print a commented file with: sencoforum config example", err)
	}
	if err != nil {
		return Config{}, fmt.Errorf("read config: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, fileMax+1))
	if err != nil {
		return Config{}, fmt.Errorf("read config: %w", err)
	}
	if len(text) > fileMax {
		return Config{}, fmt.Errorf("read config %s: more than 1 MiB, so not a settings file", path)
	}
	c, faults := parse(text)
	if len(faults) == 0 {
		return c, nil
	}
	for i := range faults {
		faults[i].File = path
	}
	return Config{}, faults
}

// parse returns the configuration that a text describes and all its faults, without the name of a file.
func parse(text []byte) (Config, Faults) {
	var values map[string]any
	if err := toml.Unmarshal(text, &values); err != nil {
		return Config{}, Faults{syntax(err)}
	}
	c := Default()
	r := reader{lines: lines(text), fields: make(map[string]any)}
	all := c.settings()
	r.sections = sections(all)
	for _, s := range all {
		r.fields[s.key] = s.field
		r.known = append(r.known, s.key)
	}
	r.known = append(r.known, r.sections...)
	r.table("", values)
	c.WebURL = strings.TrimRight(c.WebURL, "/")

	wrong := make(map[string]bool)
	for _, f := range r.faults {
		wrong[f.Key] = true
	}
	for _, f := range c.faults() {
		if !wrong[f.Key] {
			f.Line = r.line(f.Key)
			r.faults = append(r.faults, f)
		}
	}
	return c, r.faults.sorted()
}

// syntax turns the parser's error, after which nothing more of the file can be read, into a fault.
func syntax(err error) Fault {
	f := Fault{
		Problem: "cannot be read: " + strings.TrimPrefix(err.Error(), "toml: "),
		Next:    `write key = "text" or key = ["a", "b"], each key once, and check again: what follows was not read`,
	}
	var at *toml.DecodeError
	if errors.As(err, &at) {
		f.Line, _ = at.Position()
	}
	return f
}
