package main

import (
	"slices"
	"testing"

	"sencoforum/courier"
	"sencoforum/watch"
)

// TestHelpPagesAreOfKnownProviders finds a page for the large providers, under the names that the courier gives them.
func TestHelpPagesAreOfKnownProviders(t *testing.T) {
	known := courier.ShippedProviders().Names()
	for name, page := range watch.HelpPages() {
		if !slices.Contains(known, name) {
			t.Errorf("%s has a page (%s), and is no provider that the courier names", name, page)
		}
	}
	for _, name := range []string{"Microsoft 365", "Outlook.com", "Google", "Yahoo and AOL"} {
		if watch.HelpPage(name) == "" {
			t.Errorf("%s has no page", name)
		}
	}
}
