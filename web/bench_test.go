package web

import (
	"fmt"
	"testing"
	"time"
)

// benchSite has a list with many discussions of three messages, and one of 50.
func benchSite(b *testing.B) *browser {
	s := newSite(b, nil)
	long := s.post(1, 1, "Long", "Which one do you use, and why?")
	for range perPage - 1 {
		s.answer(1, 2, long, "We use three.\n\nOn Sunday somebody wrote:\n> Which one do you use,\n> and why?\n\n-- \nAsha\nSENCO")
	}
	for i := range 300 {
		q := s.post(1, 1, fmt.Sprint("Question ", i), "Dear all,\nWhich one do you use, and why?")
		s.answer(1, 2, q, "We use three.")
	}
	tom := s.as(1)
	tom.get("/")
	return tom
}

func BenchmarkPages(b *testing.B) {
	tom := benchSite(b)
	for _, path := range []string{"/", "/t/1", "/2026/11"} {
		b.Run(path, func(b *testing.B) {
			size := 0
			for b.Loop() {
				size = len(tom.get(path))
			}
			b.ReportMetric(float64(size), "octets")
		})
	}
}

// BenchmarkSearch is the search page over 3,000 messages in 1,200 discussions, and the glossary.
func BenchmarkSearch(b *testing.B) {
	s := newSite(b, nil)
	things := []string{"overlays", "reviews", "parents", "laptops", "funding", "transport", "phonics", "attendance"}
	for i := range 1200 {
		q := s.post(1, 1, fmt.Sprintf("About %s and %s %d", things[i%8], things[i/8%8], i), fmt.Sprintf("Which EHCP do you use for %s, and why in year %d?", things[i/3%8], i%14))
		for range i % 4 {
			s.answer(1, 2, q, "We ask the parents first, and then those who know about "+things[i%8]+".")
		}
	}
	tom := s.searching().as(1)
	for _, path := range []string{"/search?q=parents+overlays", "/search?q=ehcp", "/search?q=statement&when=2025-2029", "/search?q=paronts", "/search", "/glossary?letter=S", "/t/17"} {
		tom.get(path)
		b.Run(path, func(b *testing.B) {
			size := 0
			for b.Loop() {
				s.now = s.now.Add(2 * time.Second) // a person rests
				size = len(tom.get(path))
			}
			b.ReportMetric(float64(size), "octets")
		})
	}
}
