package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// lines returns the line of each key and each section, under its name with dots. What is in an inline table has the
// line of that table.
func lines(text []byte) map[string]int {
	found := make(map[string]int)
	var p unstable.Parser
	p.Reset(text)
	var table []string
	for p.NextExpression() {
		e := p.Expression()
		names, line := position(&p, e)
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = names
		case unstable.KeyValue:
			names = slices.Concat(table, names)
		default:
			continue
		}
		for i := range names {
			key := strings.Join(names[:i+1], ".")
			if found[key] == 0 {
				found[key] = line
			}
		}
	}
	return found
}

func position(p *unstable.Parser, e *unstable.Node) (names []string, line int) {
	if e.Kind != unstable.Table && e.Kind != unstable.ArrayTable && e.Kind != unstable.KeyValue {
		return nil, 0
	}
	for key := e.Key(); key.Next(); {
		if line == 0 {
			line = p.Shape(key.Node().Raw).Start.Line
		}
		names = append(names, bare(string(key.Node().Data)))
	}
	return names, line
}

// bare returns a part of a key as it may stand between dots and in a message.
func bare(name string) string {
	plain := name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
	if plain {
		return name
	}
	return strconv.Quote(name)
}
