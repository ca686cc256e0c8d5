package main

import (
	"bytes"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"sencoforum/membership"
)

func completionCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print what makes the shell complete commands and names of lists",
		Long: "Print a script that makes the shell complete commands, flags and names of lists.\n" +
			"Read it in for now, or put it where the shell finds it:\n\n" +
			"  bash        /etc/bash_completion.d/sencoforum; needs the package bash-completion\n" +
			"  zsh         a file _sencoforum in a directory of $fpath\n" +
			"  fish        ~/.config/fish/completions/sencoforum.fish\n" +
			"  powershell  a line \"sencoforum completion powershell | Out-String | Invoke-Expression\"\n" +
			"              in the file that $PROFILE names",
		Example: "  sencoforum completion bash > /etc/bash_completion.d/sencoforum\n  source <(sencoforum completion bash)",
		Args:    exactly(1),

		Annotations: map[string]string{minor: unnamed},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(o.out, true)
			case "zsh":
				return root.GenZshCompletion(o.out)
			case "fish":
				return root.GenFishCompletion(o.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(o.out)
			}
			return usage("there is no completion for %q; write: %s", args[0], cmd.UseLine())
		},
	}
}

// addCompletion teaches a tree what may stand where. What is not known is left to the person: names of files are offered
// only where a file is wanted. cobra keeps what it is taught for ever, so this is for a process that runs one command.
func (o *rootOptions) addCompletion(root *cobra.Command) error {
	if len(o.args) > 0 && o.args[0] == cobra.ShellCompRequestCmd {
		o.out = unquoted{o.out}
	}
	if err := root.MarkPersistentFlagDirname("data"); err != nil {
		return err
	}
	todo := []*cobra.Command{root}
	for len(todo) > 0 {
		c := todo[0]
		todo = append(todo[1:], c.Commands()...)
		c.ValidArgsFunction = o.completeArgument
		if c.Flags().Lookup("list") == nil {
			continue
		}
		if err := c.RegisterFlagCompletionFunc("list", o.completeList); err != nil {
			return err
		}
	}
	return nil
}

// unquoted takes out the quotes that mark a word in the usage of a flag, such as `LIST`.
type unquoted struct{ to io.Writer }

func (u unquoted) Write(p []byte) (int, error) {
	if _, err := u.to.Write(bytes.ReplaceAll(p, []byte("`"), nil)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// completeArgument goes by the word for the next argument in the usage line of the command.
func (o *rootOptions) completeArgument(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	switch word := placeholder(cmd.Use, len(args)); {
	case word == "LIST":
		return o.completeList(cmd, args, begun)
	case word == "KEY":
		return beginning(begun, settingKeys(cmd.Parent().Name())), cobra.ShellCompDirectiveNoFileComp
	case strings.HasPrefix(word, "FILE"):
		return nil, cobra.ShellCompDirectiveDefault
	case strings.Contains(word, "|"):
		return beginning(begun, strings.Split(word, "|")), cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// placeholder is the word for the n-th argument in a usage line such as "set LIST KEY VALUE", or none.
func placeholder(use string, n int) string {
	words := strings.Fields(use)[1:]
	if n >= len(words) || strings.HasPrefix(words[n], "-") {
		return ""
	}
	return strings.Trim(words[n], "[].")
}

// settingKeys are the keys that set takes in a group of commands.
func settingKeys(group string) (keys []string) {
	switch group {
	case "list":
		for _, s := range listSettings() {
			keys = append(keys, s.key+"\t"+s.values)
		}
	case "member":
		for _, f := range membership.Fields() {
			if f.Settable() {
				keys = append(keys, f.Key+"\t"+f.Values)
			}
		}
	}
	return keys
}

// beginning is those of words that begin so.
func beginning(begun string, words []string) (fitting []string) {
	for _, w := range words {
		if strings.HasPrefix(w, begun) {
			fitting = append(fitting, w)
		}
	}
	return fitting
}
