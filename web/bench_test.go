package web

import (
	"fmt"
	"testing"
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
