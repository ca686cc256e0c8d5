package web

import "net/http"

// Addresses are those of all pages that can be opened, as the table has them and in its order, with those of a demonstration.
func Addresses() (all []string) {
	for _, r := range append((&Server{}).table(), demoRoutes...) {
		if r.method == http.MethodGet {
			all = append(all, r.path)
		}
	}
	return all
}
