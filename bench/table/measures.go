package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// column is one figure of the table of measures.
type column struct {
	title, value string
	take         func(results, key, string) (float64, bool)
}

var columns = []column{
	{"recipients", "recipients", results.median},
	{"per second", "per_second", results.median},
	{"seconds", "seconds", results.median},
	{"CPU ms each", "cpu_ms_each", results.median},
	{"peak MB", "peak_mb", results.highest},
	{"p50 ms", "p50_ms", results.median},
	{"p95 ms", "p95_ms", results.median},
	{"load", "load1", results.highest},
}

// further are figures that only few measures have; they stand together in one cell.
var further = []column{
	{"first copy ms", "first_copy_ms", results.median},
	{"fdatasyncs each", "fdatasync_each", results.median},
	{"commits each", "commits_each", results.median},
	{"growth syncs", "growth_syncs", results.median},
	{"other syncs", "other_syncs", results.median},
	{"share", "share", results.median},
	{"share of putting outcomes on record", "settle_share", results.median},
	{"share of all commits", "store_share", results.median},
	{"commits", "commits", results.median},
	{"MB", "mb", results.highest},
	{"anonymous MB", "anon_mb", results.highest},
	{"peak anonymous MB", "peak_anon_mb", results.highest},
	{"recipients in one transaction", "max_rcpts_in_one", results.highest},
	{"failed", "failed", results.highest},
}

// measureTable has a row for each measure: the median of its repeats, and the worst of memory and load.
func measureTable(r results) string {
	titles := []string{"peer", "measure", "runs"}
	for _, c := range columns {
		titles = append(titles, c.title)
	}
	t := newTable(append(titles, "further")...)
	for _, k := range r.keys {
		cells := []string{k.peer, k.name(), strconv.Itoa(len(r.of[k]))}
		for _, c := range columns {
			cells = append(cells, number(c.take(r, k, c.value)))
		}
		t.row(append(cells, r.rest(k))...)
	}
	return "## Measures\n\nMedian of the runs; of memory and load the highest. With x8 there were 8 connections or writers.\n\n" + t.String()
}

func (k key) name() string {
	name := strings.ReplaceAll(k.measure, "_", " ")
	switch {
	case k.variant == "":
		return name
	case strings.Trim(k.variant, "0123456789") == "":
		return name + ", x" + k.variant
	}
	return name + ", " + k.variant
}

func (r results) rest(k key) string {
	var all []string
	if n := r.incomplete[k]; n > 0 {
		all = append(all, fmt.Sprintf("**%d incomplete, left out**", n))
	}
	for _, c := range further {
		if v, ok := c.take(r, k, c.value); ok && (c.value != "failed" || v > 0) {
			all = append(all, c.title+" "+number(v, true))
		}
	}
	return strings.Join(all, "; ")
}

// number writes a figure with three digits that count; nothing where there is none.
func number(v float64, ok bool) string {
	if !ok {
		return ""
	}
	digits := 0
	if v != 0 && math.Abs(v) < 100 {
		digits = max(0, 2-int(math.Floor(math.Log10(math.Abs(v)))))
	}
	text := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// table is one of markdown.
type table struct{ strings.Builder }

func newTable(titles ...string) *table {
	t := new(table)
	t.row(titles...)
	t.WriteString(strings.Repeat("| --- ", len(titles)) + "|\n")
	return t
}

func (t *table) row(cells ...string) { t.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
