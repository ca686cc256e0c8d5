package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"sencoforum/message"
)

func TestMembers(t *testing.T) {
	var out, longer bytes.Buffer
	if err := print(&out, 2500); err != nil {
		t.Fatal(err)
	}
	if err := print(&longer, 5000); err != nil || !bytes.HasPrefix(longer.Bytes(), out.Bytes()) {
		t.Errorf("a longer list begins otherwise, or: %v", err)
	}
	all := strings.Fields(out.String())
	domains := map[string]int{}
	for _, a := range all {
		parsed, err := message.ParseAddress(a)
		if err != nil || !strings.HasSuffix(parsed.Domain, ".example") {
			t.Fatalf("%s: %v", a, err)
		}
		domains[parsed.Domain]++
	}
	slices.Sort(all)
	if n := len(slices.Compact(all)); n != 2500 {
		t.Errorf("%d different addresses", n)
	}
	if len(domains) < 40 || domains["bigmail.example"] < 2500/8 || domains["bigmail.example"] > 2500/4 {
		t.Errorf("%d domains, the biggest has %d", len(domains), domains["bigmail.example"])
	}
}
