package config

import (
	"encoding"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// reader puts the values of a file into the fields of a Config and gathers the faults.
type reader struct {
	lines    map[string]int
	fields   map[string]any // by key, as in setting
	sections []string
	known    []string // all names a file may have
	faults   Faults
}

func (r *reader) line(key string) int {
	for key != "" {
		if line := r.lines[key]; line > 0 {
			return line
		}
		key, _ = section(key)
	}
	return 0
}

func (r *reader) fault(key, problem, next string) {
	r.faults = append(r.faults, Fault{Line: r.line(key), Key: key, Problem: problem, Next: next})
}

func (r *reader) table(prefix string, values map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		key := prefix + bare(name)
		inner, isTable := values[name].(map[string]any)
		field, isField := r.fields[key]
		switch {
		case slices.Contains(r.sections, key) && isTable:
			r.table(key+".", inner)
		case slices.Contains(r.sections, key):
			r.fault(key, "is a section", "write ["+key+"] on a line of its own and its keys below")
		case isField && isTable:
			r.fault(key, "is a key and no section", "write "+key+" = with its value")
		case isField:
			r.set(key, field, values[name])
		case key == "smarthost.password":
			r.fault(key, "a password may not stand in this file", "put it into a file that only its owner reads and name "+
				"that in smarthost.password_file, or name an environment variable in smarthost.password_env")
		default:
			r.unknown(key)
		}
	}
}

func (r *reader) unknown(key string) {
	if near := nearest(key, r.known); near != "" {
		r.fault(key, "no such key", "did you mean "+near+"?")
		return
	}
	r.fault(key, "no such key", "remove it; all keys are in: sencoforum config example")
}

func (r *reader) set(key string, field, value any) {
	wants, ok := "", false
	switch field := field.(type) {
	case *string:
		wants = "a text in quotes"
		*field, ok = as(value, *field)
	case *bool:
		wants = "true or false, without quotes"
		*field, ok = as(value, *field)
	case *int:
		var n int64
		wants = "a whole number, without quotes"
		if n, ok = value.(int64); ok {
			*field = int(n)
		}
	case *[]string:
		wants = `a list of texts such as ["a", "b"]`
		ok = setList(field, value)
	case encoding.TextUnmarshaler:
		text, isText := value.(string)
		if isText {
			if err := field.UnmarshalText([]byte(text)); err != nil {
				problem, next, _ := strings.Cut(err.Error(), "; ")
				r.fault(key, problem, next)
			}
			return
		}
		wants = "a text in quotes with its unit"
	}
	if !ok {
		r.fault(key, "is "+called(value), "write "+wants)
	}
}

// as returns the value where it has the type of the old one, else the old one.
func as[T any](value any, old T) (T, bool) {
	if v, ok := value.(T); ok {
		return v, true
	}
	return old, false
}

func setList(field *[]string, value any) bool {
	list, ok := value.([]any)
	if !ok {
		return false
	}
	texts := make([]string, len(list))
	for i, one := range list {
		if texts[i], ok = one.(string); !ok {
			return false
		}
	}
	*field = texts
	return true
}

// called names the type of a TOML value for a person.
func called(value any) string {
	switch value := value.(type) {
	case string:
		return "a text"
	case bool:
		return "true or false"
	case int64:
		return "a number"
	case float64:
		return "a number with a point"
	case []any:
		for _, one := range value {
			if _, ok := one.(string); !ok {
				return "a list with " + called(one)
			}
		}
		return "a list"
	case time.Time, toml.LocalDate, toml.LocalDateTime, toml.LocalTime:
		return "a date or time"
	}
	return "a section"
}
