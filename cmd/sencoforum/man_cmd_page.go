package main

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"
)

// flags is a table of flags as wide as man leaves of a screen of 80 columns.
func flags(usages func(columns int) string) string {
	const columns, margin = 72, 4 // the margin is room for letters such as -h, which we do not use
	var out strings.Builder
	for line := range strings.Lines(usages(columns + margin)) {
		out.WriteString(strings.TrimPrefix(line, strings.Repeat(" ", margin)))
	}
	return out.String()
}

// wholePage is sencoforum(1), with every command, as roff. The same program always gives the same page.
func wholePage(root *cobra.Command) string {
	p := newPage("sencoforum")
	p.section("NAME")
	p.text("sencoforum - mailing list server and its tools")
	p.section("SYNOPSIS")
	p.text("*sencoforum* COMMAND [ARGUMENT]... [FLAG]...")
	p.section("DESCRIPTION")
	p.text("A mailing list server in one program: it takes posts by SMTP, keeps them in one data directory, and sends every " +
		"member a copy of their own. The same program holds the operator's tools.")
	p.text("While the server runs, the tools that look at the lists or change them work inside it, through a socket in the " +
		"data directory. While it does not, they open the data themselves. What they print is the same. They are for root and " +
		"for the owner of the data directory; root's rights are given up for the owner's. Every change is kept in a record, " +
		"which *sencoforum audit --log* shows.")
	p.section("COMMANDS")
	for _, c := range leaves(root) {
		p.part(synopsis(c))
		p.describe(c, p.text)
	}
	p.section("FLAGS OF EVERY COMMAND")
	p.literal(flags(root.PersistentFlags().FlagUsagesWrapped))
	p.section("FILES")
	for _, f := range manFiles() {
		p.item(f[0], f[1])
	}
	p.section("EXIT STATUS")
	for _, s := range manExits() {
		p.item(s[0], s[1])
	}
	p.section("SEE ALSO")
	p.text("*systemctl*(1), *journalctl*(1). Every setting, with its reason: *sencoforum config example*. Each command has a " +
		"page of its own where they were installed, such as *sencoforum-member-add*(1).")
	return p.String()
}

// commandPage is the page of one command, as roff.
func commandPage(c *cobra.Command) string {
	p := newPage(pageName(c))
	p.section("NAME")
	p.text(plain(pageName(c) + " - " + lower(c.Short)))
	p.section("SYNOPSIS")
	p.text("*" + plain(synopsis(c)) + "*")
	p.section("DESCRIPTION")
	p.describe(c, func(title string) { p.section(strings.ToUpper(strings.Trim(title, "*:"))) })
	p.section("FLAGS OF EVERY COMMAND")
	p.literal(flags(c.Root().PersistentFlags().FlagUsagesWrapped))
	p.section("SEE ALSO")
	p.text("*sencoforum*(1)")
	return p.String()
}

// describe writes what the help of a command says; title begins its parts.
func (p *page) describe(c *cobra.Command, title func(string)) {
	p.prose(cmp.Or(c.Long, c.Short+"."))
	if own := c.NonInheritedFlags(); own.HasAvailableFlags() {
		title("*Flags:*")
		p.literal(flags(own.FlagUsagesWrapped))
	}
	if c.HasExample() {
		title("*Examples:*")
		p.literal(c.Example)
	}
}

// synopsis is the usage line of a command. It says that there are flags where the command has some of its own.
func synopsis(c *cobra.Command) string {
	line := strings.TrimSuffix(c.UseLine(), " [flags]")
	if c.NonInheritedFlags().HasAvailableFlags() {
		line += " [flags]"
	}
	return line
}

// lower begins a sentence with a small letter, as the line of a name wants it.
func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// manFiles are the files that the program reads and writes.
func manFiles() [][2]string {
	return [][2]string{
		{defaultConfig, "The settings. *sencoforum config check* names every fault in them."},
		{"/var/lib/sencoforum", "The data directory, as *data* in the settings says: readable by its owner alone."},
		{"forum.db", "There: everything that the server keeps."},
		{"forum.db.reserve", "There: room that is given up when the disk is full, so that mail can still go out."},
		{"token.keys", "There: the keys that sign return addresses. Whoever has them can forge bounces."},
		{controlName, "There: the socket for commands while the server runs."},
	}
}

// manExits are the exit codes of every command.
func manExits() [][2]string {
	return [][2]string{
		{"0", "Done."},
		{"1", "Something failed; the last line of the error output says what."},
		{"2", "The command line or the settings are wrong, or a question was not answered with yes. Nothing was done."},
		{"3", "A check found faults."},
	}
}
