package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

func manCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "man",
		Short: "Print the manual page, or write all pages into a directory",
		Long: "Print the manual page sencoforum(1). With --dir, write that page and one for each\n" +
			"command, such as sencoforum-member-add(1), into a directory where man finds them.",
		Example: "  sencoforum man | man -l -\n  sudo sencoforum man --dir /usr/local/share/man/man1",
		Args:    exactly(0),

		Annotations: map[string]string{minor: unnamed},
	}
	dir := c.Flags().String("dir", "", "the `DIRECTORY` to write to; it must be there")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if *dir == "" {
			_, err := fmt.Fprint(o.out, wholePage(cmd.Root()))
			return err
		}
		n, err := writePages(cmd.Root(), *dir)
		if err != nil {
			return err
		}
		return o.show(map[string]any{"directory": *dir, "pages": n}, func(t *text) {
			t.say("Wrote %s to %s.", plural(n, "page"), *dir)
		})
	}
	return c
}

// writePages writes the page of the whole and those of all commands, and returns how many there are.
func writePages(root *cobra.Command, dir string) (int, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return 0, usage("there is no directory %s; make it first", dir)
	}
	pages := map[string]string{pageName(root): wholePage(root)}
	for _, c := range leaves(root) {
		pages[pageName(c)] = commandPage(c)
	}
	for name, page := range pages {
		if err := os.WriteFile(filepath.Join(dir, name+".1"), []byte(page), 0o644); err != nil {
			return 0, fmt.Errorf("write manual page: %w", err)
		}
	}
	return len(pages), nil
}

// pageName is how man knows the page of a command: "sencoforum-member-add".
func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// leaves are all commands that do something, in alphabetical order.
func leaves(c *cobra.Command) []*cobra.Command {
	if !c.HasAvailableSubCommands() {
		return []*cobra.Command{c}
	}
	var all []*cobra.Command
	for _, below := range c.Commands() {
		if below.IsAvailableCommand() {
			all = append(all, leaves(below)...)
		}
	}
	return all
}
