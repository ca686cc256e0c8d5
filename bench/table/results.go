package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// key names a measure: of whom, what, and with how many connections or for which list.
type key struct{ peer, measure, variant string }

// result is one line: a measure that was made once.
type result struct {
	key
	run        string
	incomplete bool // a fan-out that did not reach every recipient exactly once
	values     map[string]float64
}

func (r *result) UnmarshalJSON(text []byte) error {
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	word := func(name string) string { s, _ := all[name].(string); return s }
	*r = result{key: key{word("peer"), word("measure"), word("variant")}, run: word("run"), values: map[string]float64{}}
	if r.peer == "" || r.measure == "" {
		return errors.New("a result without a peer or a measure")
	}
	r.incomplete = all["complete"] == false
	for name, v := range all {
		if n, ok := v.(float64); ok {
			r.values[name] = n
		}
	}
	return nil
}

// results are those of one run. Of a measure they hold the complete ones, in the order in which they were made.
type results struct {
	keys       []key // in order of their first result
	of         map[key][]result
	incomplete map[key]int
}

func read(from io.Reader) (results, error) {
	all := results{of: map[key][]result{}, incomplete: map[key]int{}}
	run := ""
	for d, n := json.NewDecoder(from), 1; ; n++ {
		var r result
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return all, fmt.Errorf("result %d: %w", n, err)
		}
		if run == "" {
			run = r.run
		}
		if r.run != run {
			return all, fmt.Errorf("%w: %q and %q", errMixed, run, r.run)
		}
		if !slices.Contains(all.keys, r.key) {
			all.keys = append(all.keys, r.key)
		}
		if r.incomplete {
			all.incomplete[r.key]++
			continue
		}
		all.of[r.key] = append(all.of[r.key], r)
	}
	if len(all.keys) == 0 {
		return all, errors.New("there is no result")
	}
	return all, nil
}

// numbers returns a value of all results of a measure that have it.
func (r results) numbers(k key, value string) []float64 {
	var out []float64
	for _, one := range r.of[k] {
		if v, ok := one.values[value]; ok {
			out = append(out, v)
		}
	}
	return out
}

// median returns the middle of the repeats; of an even number the mean of the middle two.
func (r results) median(k key, value string) (float64, bool) {
	all := r.numbers(k, value)
	if len(all) == 0 {
		return 0, false
	}
	slices.Sort(all)
	n := len(all)
	return (all[(n-1)/2] + all[n/2]) / 2, true
}

// highest is for memory and for the load of the machine, where the worst counts.
func (r results) highest(k key, value string) (float64, bool) {
	all := r.numbers(k, value)
	if len(all) == 0 {
		return 0, false
	}
	return slices.Max(all), true
}
