package main

import (
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// build says which program this is.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
	Schema  int    `json:"schema"` // of the store
}

func thisBuild() build {
	b := build{Version: version, Go: runtime.Version(), Schema: schema}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			b.Commit = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			b.Commit += " with changes"
		}
	}
	return b
}

// buildID tells two programs apart.
func buildID() string {
	b := thisBuild()
	return strings.TrimSpace("version " + b.Version + " " + b.Commit)
}

func versionCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Say which program this is",
		Example: "  sencoforum version --json",
		Args:    exactly(0),

		Annotations: map[string]string{minor: unnamed},
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			return o.show(b, func(t *text) {
				t.rows(nil, [][]string{
					{"sencoforum", b.Version}, {"commit", orDash(b.Commit)}, {"go", b.Go}, {"store schema", strconv.Itoa(b.Schema)},
				})
			})
		},
	}
}
