package courier

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a file of providers.
const (
	MaxProvidersFile = 256 << 10 // bytes
	maxProviders     = 1000
	maxProviderName  = 40 // bytes
	maxProviderLimit = 100_000
)

// ProviderFault is one thing that is wrong with a file of providers.
type ProviderFault struct {
	Line    int // from 1; 0 for the whole file
	Problem string
	Next    string // what to do about it
}

// ProviderFaults is everything that is wrong with a file of providers, in its order.
type ProviderFaults []ProviderFault

// Error returns one line for each fault.
func (f ProviderFaults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = fmt.Sprintf("line %d: %s; %s", one.Line, one.Problem, one.Next)
	}
	return strings.Join(lines, "\n")
}

// ParseProviders reads a file of providers; providers.txt says what it looks like. The error is a ProviderFaults with
// all that is wrong.
func ParseProviders(text []byte) (*Providers, error) {
	t, faults := parseProviders(text)
	if len(faults) > 0 {
		return nil, faults
	}
	return &Providers{tables: []*providerTable{t}}, nil
}

// providerReader reads a file of providers line by line.
type providerReader struct {
	table  *providerTable
	name   string // the block it is in; empty before the first, and in one whose head is at fault
	lost   bool   // the head of the block was at fault, which has been said
	line   int
	faults ProviderFaults
}

func parseProviders(text []byte) (*providerTable, ProviderFaults) {
	r := providerReader{table: &providerTable{
		limits: map[string]ProviderLimits{},
		hosts:  map[string]string{}, exact: map[string]string{}, below: map[string]string{}, brands: map[string]string{},
	}}
	if len(text) > MaxProvidersFile {
		r.fault(fmt.Sprintf("the file is longer than %d KiB", MaxProvidersFile>>10), "keep to the providers that need a line of their own")
		return r.table, r.faults
	}
	if !utf8.Valid(text) {
		r.fault("the file is not UTF-8", "save it as UTF-8")
		return r.table, r.faults
	}
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		r.line++
		line, _, _ = strings.Cut(line, "#")
		r.read(strings.TrimSpace(line))
	}
	return r.table, r.faults
}

func (r *providerReader) fault(problem, next string) {
	r.faults = append(r.faults, ProviderFault{Line: r.line, Problem: problem, Next: next})
}

// read takes one line without comment and blanks around it.
func (r *providerReader) read(line string) {
	if line == "" {
		return
	}
	if head, ok := strings.CutPrefix(line, "["); ok {
		r.head(head)
		return
	}
	key, value, ok := strings.Cut(line, "=")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	switch {
	case !ok:
		r.fault(fmt.Sprintf("%q is neither a name in brackets nor key = value", line), `write [Name] or mx = mail.example`)
	case r.name == "" && !r.lost:
		r.fault(fmt.Sprintf("%q stands before the first provider", key), "write the provider's name in brackets on a line above it")
	case value == "":
		r.fault(fmt.Sprintf("%q has no value", key), "write one behind the =, or remove the line")
	case key == "mx":
		r.each(value, r.host)
	case key == "domain":
		r.each(value, r.domain)
	case key == "connections" || key == "per_minute" || key == "per_connection":
		r.limit(key, value)
	default:
		r.fault(fmt.Sprintf("%q is no key", key), "write mx, domain, connections, per_minute or per_connection")
	}
}

// head begins a block.
func (r *providerReader) head(head string) {
	name, rest, ok := strings.Cut(head, "]")
	name = strings.Join(strings.Fields(name), " ")
	r.name, r.lost = "", true
	switch {
	case !ok || rest != "":
		r.fault("the name does not stand alone in brackets", "write [Name]")
	case name == "" || len(name) > maxProviderName || strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) }):
		r.fault("the name is no name", fmt.Sprintf("write from 1 to %d printable characters", maxProviderName))
	case slices.Contains(r.table.names, name):
		r.fault(fmt.Sprintf("%q is there twice", name), "put its lines together")
	case len(r.table.names) == maxProviders:
		r.fault(fmt.Sprintf("there are more than %d providers", maxProviders), "keep to those that need a line of their own")
	default:
		r.table.names = append(r.table.names, name)
		r.name, r.lost = name, false
	}
}

// each hands on the words of a value, in lower case and without the dot that ends an absolute name.
func (r *providerReader) each(value string, take func(string)) {
	for word := range strings.FieldsSeq(strings.ToLower(value)) {
		take(strings.TrimSuffix(strings.TrimSuffix(word, ","), "."))
	}
}

func (r *providerReader) host(name string) {
	if !isHostName(name) || !strings.Contains(name, ".") {
		r.fault(fmt.Sprintf("%q is no end of a mail host's name", name), "write it as mail.example.org, without * and in A-labels")
		return
	}
	r.add(r.table.hosts, name, name)
}

func (r *providerReader) domain(word string) {
	if name, ok := strings.CutPrefix(word, "*."); ok && isHostName(name) && strings.Contains(name, ".") {
		r.add(r.table.below, name, word)
		return
	}
	if name, ok := strings.CutSuffix(word, ".*"); ok && isHostName(name) && !strings.Contains(name, ".") {
		r.add(r.table.brands, name, word)
		return
	}
	if !isHostName(word) || !strings.Contains(word, ".") {
		r.fault(fmt.Sprintf("%q is no domain", word), `write it as example.org, "*.example.org" or "example.*", in A-labels`)
		return
	}
	r.add(r.table.exact, word, word)
}

// add puts a name into a map of the table. In a block whose head was at fault nothing is added.
func (r *providerReader) add(to map[string]string, name, word string) {
	switch has := to[name]; {
	case r.lost:
	case has != "" && has != r.name:
		r.fault(fmt.Sprintf("%q belongs to %s already", word, has), "keep one of them")
	default:
		to[name] = r.name
	}
}

func (r *providerReader) limit(key, value string) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > maxProviderLimit {
		r.fault(fmt.Sprintf("%s is %q", key, value), fmt.Sprintf("choose from 1 to %d", maxProviderLimit))
		return
	}
	if r.lost {
		return
	}
	l := r.table.limits[r.name]
	switch key {
	case "connections":
		l.Connections = n
	case "per_minute":
		l.PerMinute = n
	default:
		l.PerConnection = n
	}
	r.table.limits[r.name] = l
}
