package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"sencoforum/config"
	"sencoforum/doctor"
)

// defaultConfig is where the settings file lies when --config does not say.
const defaultConfig = "/etc/sencoforum/config.toml"

// rootOptions are the flags that every command understands, and what the process gives a command.
type rootOptions struct {
	config string // path of the settings file; empty is defaultConfig
	data   string // data directory; empty is what the settings file says
	json   bool   // print JSON
	yes    bool   // do not ask

	args        []string // the command line as it was given
	uid         int      // who gave it
	now         func() time.Time
	in          io.Reader
	out, errOut io.Writer
	terminal    bool                   // somebody can be asked: in is a terminal
	outTerminal bool                   // somebody reads what is printed: out is a terminal
	back        func() error           // ends being the owner of the data directory; nil: the process stays that
	give        func() ([]byte, error) // what the command reads where it is given; nil: a file, see reads
	lines       *bufio.Reader          // of in, for answers
	outside     doctor.Outside

	// batchDone, if set, hears how many messages of an import are done. It is for tests.
	batchDone func(done int)
	// lend, if set, puts signing keys into a new data directory, in place of those that init would make. It is for tests.
	lend   func(data string) error
	inside bool // the command runs where the store is open, for one that was given at the command line

	// reach runs an admin command: in the server, or in this process on the store.
	reach func(cmd *cobra.Command, do work) error
}

// process is the surroundings of the real command line.
func process() *rootOptions {
	return &rootOptions{
		uid:      os.Getuid(),
		now:      time.Now,
		in:       os.Stdin,
		out:      os.Stdout,
		errOut:   os.Stderr,
		terminal: isTerminal(os.Stdin),

		outTerminal: isTerminal(os.Stdout),
	}
}

// isTerminal reports whether a person types into f.
func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// run runs one command line and returns the exit code.
func run(ctx context.Context, args []string, o *rootOptions) int {
	o.args, o.reach = args, o.reachStore
	root := newRoot(o)
	root.AddCommand(
		initCommand(o), restoreCommand(o), serveCommand(o), demoCommand(o),
		configCommand(o), explainCommand(o), guardCommand(o), glossaryCommand(o), versionCommand(o), manCommand(o), completionCommand(o),
	)
	if err := o.addCompletion(root); err != nil {
		fmt.Fprintf(o.errOut, "sencoforum: prepare completion: %v\n", err)
		return exitFailed
	}
	return execute(ctx, root, args, o)
}

// newRoot returns the command tree with the admin commands, which the server has as well.
func newRoot(o *rootOptions) *cobra.Command {
	root := group("sencoforum", "Mailing list server and its tools",
		listCommand(o), memberCommand(o), inviteCommand(o), banCommand(o), moderatorCommand(o), threadCommand(o), topicCommand(o), collectionCommand(o),
		importCommand(o), exportCommand(o), queueCommand(o), dkimCommand(o), dnsCommand(o), doctorCommand(o), reportsCommand(o),
		auditCommand(o), verifyCommand(o), postCommand(o), heldCommand(o), noticeCommand(o), storeCommand(o), digestCommand(o), searchCommand(o),
		reindexCommand(o), retentionCommand(o), backupCommand(o))
	root.Long = "A mailing list server and its tools. They work the same while the server runs and while it does not."
	root.Example = "  sencoforum member add --list senco-forum priya@school.example"
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpTemplate(helpTemplate)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%w; see: %s --help", err, cmd.CommandPath())
	})
	f := root.PersistentFlags()
	f.StringVar(&o.config, "config", "", "settings `FILE` (default "+defaultConfig+")")
	f.StringVar(&o.data, "data", "", "data `DIRECTORY` (default: as the settings say)")
	f.BoolVar(&o.json, "json", false, "print JSON")
	f.BoolVar(&o.yes, "yes", false, "do not ask before something is removed")
	hideHelp(root)
	return root
}

// hideHelp leaves what everybody knows out of every help.
func hideHelp(root *cobra.Command) {
	f := root.PersistentFlags()
	f.BoolP("help", "h", false, "show this")
	f.Lookup("help").Hidden = true
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		c.Hidden = c.Name() == "help"
	}
}

// execute runs a tree and tells the error, if there is one. A question is for the caller to ask.
func execute(ctx context.Context, root *cobra.Command, args []string, o *rootOptions) int {
	root.SetArgs(args)
	root.SetIn(o.in)
	root.SetOut(o.out)
	root.SetErr(o.errOut)
	err := root.ExecuteContext(ctx)
	if err != nil && err != errAsk && !errors.Is(err, errSaid) {
		fmt.Fprintf(o.errOut, "sencoforum: %v\n", err)
	}
	return exitCode(err)
}

func (o *rootOptions) configPath() string { return cmp.Or(o.config, defaultConfig) }

// load reads the settings, with the data directory that --data names. Without a settings file --data alone will do.
func (o *rootOptions) load() (config.Config, error) {
	cfg, err := config.Load(o.configPath())
	if o.config == "" && o.data != "" && errors.Is(err, fs.ErrNotExist) {
		cfg, err = config.Default(), nil
	}
	if err != nil {
		return cfg, usage("%w", err)
	}
	if o.data != "" {
		if cfg.Data, err = filepath.Abs(o.data); err != nil {
			return cfg, fmt.Errorf("find data directory: %w", err)
		}
	}
	return cfg, nil
}

// group returns a command that only has commands below it.
func group(use, short string, below ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.ArbitraryArgs, SuggestionsMinimumDistance: 2}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		cmd.SetOut(cmd.ErrOrStderr())
		if err := cmd.Help(); err != nil {
			return err
		}
		return &exit{code: exitUsage, err: errSaid}
	}
	c.AddCommand(below...)
	c.Example, _, _ = strings.Cut(below[0].Example, "\n")
	return c
}

func unknownCommand(cmd *cobra.Command, word string) error {
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		return usage("unknown command %q; did you mean %s?", word, strings.Join(near, " or "))
	}
	return usage("unknown command %q; all commands: %s --help", word, cmd.CommandPath())
}

// exactly is for commands that take a fixed number of arguments.
func exactly(n int) cobra.PositionalArgs { return between(n, n) }

// between is for commands that take from least to most arguments; most below 0 is any number.
func between(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usage("too few arguments; write: %s", cmd.UseLine())
		case most >= 0 && len(args) > most:
			return usage("%q is one argument too many; write: %s", args[most], cmd.UseLine())
		}
		return nil
	}
}

// minor is the annotation of a command that the help of the whole only names; with the value unnamed not even that, since its
// line has room for no more. The manual has all.
const (
	minor   = "minor"
	unnamed = "unnamed"
)

// helpTemplate keeps the help of a command on one screen.
const helpTemplate = `{{with or .Long .Short}}{{. | trimTrailingWhitespaces}}

{{end}}Usage: {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{if .HasAvailableSubCommands}}{{$also := ""}}
Commands:{{range .Commands}}{{if not .IsAvailableCommand}}{{else if index .Annotations "minor"}}{{if eq (index .Annotations "minor") "unnamed"}}{{else if $also -}}
  {{$also = printf "%s, %s" $also .Name}}{{else}}{{$also = .Name}}{{end}}{{else}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{with $also}}
  {{rpad "and" $.NamePadding}} {{.}}{{end}}
{{end}}{{if .HasExample}}
Example:
{{.Example}}
{{end}}{{if and .HasParent .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if or .HasAvailableInheritedFlags (not .HasParent)}}
Every command has --config FILE, --data DIRECTORY, --json and --yes.
{{end}}`
