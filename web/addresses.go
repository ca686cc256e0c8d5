package web

import (
	"net/http"
	"slices"
)

// Addresses are those of all pages that can be opened, as the table has them, with those that a server has only with something
// behind them: a search, digests, a panel of moderators, a demonstration.
func Addresses() (all []string) {
	for _, r := range slices.Concat((&Server{}).table(), searchRoutes, digestRoutes, actRoutes, reportRoutes, announceRoutes, nameRoutes, logRoutes, memberRoutes, listSettingRoutes, moderationRoutes, demoRoutes) {
		if r.method == http.MethodGet {
			all = append(all, r.path)
		}
	}
	return all
}
