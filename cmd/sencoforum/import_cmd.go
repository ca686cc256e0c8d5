package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"sencoforum/archive"
	"sencoforum/membership"
	"sencoforum/message"
)

func importCommand(o *rootOptions) *cobra.Command {
	c := group("import", "Bring an old archive here; nobody is mailed",
		importMboxCommand(o), importMaildirCommand(o), importMailmanCommand(o), importBatchCommand(o))
	c.Annotations = map[string]string{minor: "yes"}
	return c
}

// importSpec is what a command line wants imported.
type importSpec struct {
	list    string
	kind    archive.MboxKind
	dry     bool
	mailman bool
	old     archive.Mailman // what is known of the list that Mailman 2 ran
	tag     string          // before subjects: tagAuto, tagNone, or the tag
	open    func(*importFiles) ([]archive.ImportSource, error)
}

// flags are those of every import.
func (s *importSpec) flags(c *cobra.Command) {
	c.Flags().StringVar(&s.list, "list", "", "the `LIST`, by name or address; not needed when there is only one")
	c.Flags().BoolVar(&s.dry, "dry-run", false, "say what would be done, and do nothing")
	c.Flags().StringVar(&s.tag, "tag", tagAuto, "the `TAG` that the old list put before subjects, such as \"[SENCO]\", which is taken\nout; auto: the one that most messages bear; none: all stay as they are")
}

// What --tag takes besides a tag.
const (
	tagAuto = "auto"
	tagNone = "none"
	tagMost = 100 // bytes
)

// checkTag refuses what is no tag.
func (s *importSpec) checkTag() error {
	switch {
	case strings.TrimSpace(s.tag) == "":
		return usage("--tag is empty; write the old list's tag, such as \"[SENCO]\", or none")
	case len(s.tag) > tagMost || strings.ContainsFunc(s.tag, func(r rune) bool { return !unicode.IsGraphic(r) }):
		return usage("--tag takes one line of at most %d bytes", tagMost)
	}
	return nil
}

// importPromise is what every import promises.
const importPromise = "Posts stand in the archive under their own date, for members only, and nobody is mailed.\n" +
	"What is known already is passed over, so the same can be imported twice, and an import that was\n" +
	"cut off goes on when it is begun again."

func importMboxCommand(o *rootOptions) *cobra.Command {
	s := &importSpec{}
	format := ""
	c := &cobra.Command{
		Use:     "mbox FILE...|-",
		Short:   "Bring the messages of mbox files here",
		Long:    "Bring the messages of mbox files here, plain or packed (gzip, zstd); - is standard input.\n" + importPromise,
		Example: "  sencoforum import mbox --list senco-forum archive.mbox.gz --dry-run",
		Args:    between(1, -1),
	}
	s.flags(c)
	c.Flags().StringVar(&format, "format", "auto", "`KIND` of file: auto, mboxo, mboxrd, mboxcl, mboxcl2 or listserv (a notebook)")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if s.kind = archive.MboxKind(format); format == "auto" {
			s.kind = archive.MboxAuto
		} else if !slices.Contains(archive.MboxKinds, s.kind) {
			return usage("--format %s: write auto, mboxo, mboxrd, mboxcl, mboxcl2 or listserv", format)
		}
		s.open = func(f *importFiles) ([]archive.ImportSource, error) { return f.mboxes(args, s.kind) }
		return o.importPosts(cmd.Context(), s)
	}
	return c
}

func importMaildirCommand(o *rootOptions) *cobra.Command {
	s := &importSpec{}
	c := &cobra.Command{
		Use:     "maildir DIRECTORY",
		Short:   "Bring the messages of a maildir here",
		Long:    "Bring the messages of a maildir here: all files in its folders cur and new.\n" + importPromise,
		Example: "  sencoforum import maildir --list senco-forum /home/list/Maildir",
		Args:    exactly(1),
	}
	s.flags(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		s.open = func(*importFiles) ([]archive.ImportSource, error) {
			m, err := archive.OpenMaildir(args[0])
			if err != nil {
				return nil, usage("%w", err)
			}
			return []archive.ImportSource{m}, nil
		}
		return o.importPosts(cmd.Context(), s)
	}
	return c
}

func importMailmanCommand(o *rootOptions) *cobra.Command {
	s := &importSpec{mailman: true}
	c := &cobra.Command{
		Use:   "mailman2 DIRECTORY|FILE",
		Short: "Bring the archive of a Mailman 2 list here",
		Long: "Bring the archive of a Mailman 2 list here: LIST.mbox, the folder that holds it, or a folder with\n" +
			"pipermail's monthly texts. Mailman's footers are taken off, and posts that it sent \"via\" the list\n" +
			"get their author back where that is known. The addresses of the old pages are kept.\n" + importPromise,
		Example: "  sencoforum import mailman2 --list senco-forum /var/lib/mailman/archives/private/senco-forum.mbox",
		Args:    exactly(1),
	}
	s.flags(c)
	settings := c.Flags().String("list-config", "", "the list's config.pck, which has its old address, footer and tag")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		s.open = func(f *importFiles) ([]archive.ImportSource, error) {
			if err := s.readMailman(*settings); err != nil {
				return nil, err
			}
			return f.mailman(args[0])
		}
		return o.importPosts(cmd.Context(), s)
	}
	return c
}

// readMailman reads the settings of the old list.
func (s *importSpec) readMailman(config string) error {
	if config == "" {
		return nil
	}
	f, err := os.Open(config)
	if err != nil {
		return usage("%w", err)
	}
	defer f.Close()
	old, err := membership.ReadMailman2(f)
	if err != nil {
		return usage("%w", err)
	}
	s.old.Footer = old.Footer()
	if tag := old.SubjectTag(); tag != "" && s.tag == tagAuto {
		s.tag = tag
	}
	if s.old.Post, err = message.ParseAddress(old.Post()); err != nil {
		s.old.Post = message.Address{} // the settings do not say
	}
	return nil
}

// importPosts reads old messages twice: to find and order them, and to hand them over, to the server when one runs.
func (o *rootOptions) importPosts(ctx context.Context, s *importSpec) error {
	if o.inside {
		return usage("an import is begun at the command line")
	}
	if err := s.checkTag(); err != nil {
		return err
	}
	cfg, err := o.load()
	if err != nil {
		return err
	}
	files := &importFiles{in: o.in, spool: cfg.Data}
	defer files.close()
	sources, err := s.open(files)
	if err != nil {
		return err
	}
	to, err := o.importTarget(ctx, cfg, s)
	if err != nil {
		return err
	}
	defer to.close()
	i := &postImport{rootOptions: o, spec: s, to: to, plan: archive.NewImportPlan(), line: newProgress(o)}
	for n, source := range sources {
		i.line.say("reading %s (%d of %d)", source.Name(), n+1, len(sources))
		if err := i.plan.Add(ctx, source); err != nil {
			return i.broken(ctx, err)
		}
	}
	i.plan.Order(o.now())
	i.mend()
	return i.work(ctx)
}

// mend says what is put right in each message.
func (i *postImport) mend() {
	s := i.spec
	if s.tag == tagAuto {
		s.tag = i.plan.Tag()
	}
	if s.tag == tagNone {
		s.tag = ""
	}
	if s.mailman && s.old.Post.IsZero() {
		s.old.Post = i.to.Post
	}
	i.plan.Numbered = s.mailman
	cutter := archive.NewTagCutter(s.tag)
	i.plan.FixOne = func(raw []byte) ([]byte, archive.ImportFix) {
		var done archive.ImportFix
		if s.mailman {
			raw, done = s.old.Fix(raw)
		}
		if s.tag != "" {
			raw, done.Tag = cutter.Fix(raw)
		}
		return raw, done
	}
}

// broken is the error of an import that did not come to its end.
func (i *postImport) broken(ctx context.Context, err error) error {
	i.line.clear()
	if ctx.Err() != nil {
		err = fmt.Errorf("interrupted")
	}
	if i.spec.dry {
		return fmt.Errorf("%w; nothing was imported, this was a dry run", err)
	}
	if errors.Is(err, archive.ErrNoMbox) && i.sum.New+i.sum.Known == 0 {
		return fmt.Errorf("%w; nothing of it was imported", err)
	}
	return fmt.Errorf("%w; at least %s of this run are in: run the same import again for the rest", err, plural(i.sum.New, "message"))
}
