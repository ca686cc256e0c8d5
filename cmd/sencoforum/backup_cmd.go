package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/audit"
	"sencoforum/backup"
	"sencoforum/config"
	"sencoforum/list"
	"sencoforum/queue"
	"sencoforum/store"
)

// backupWhere is where a backup goes.
type backupWhere struct {
	file string // a new file, or "-"; empty: a new file in dir
	dir  string
	keep int // newest files in dir that stay; 0: all
}

func backupCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "backup",
		Short: "Copy the whole forum into one file, while it runs",
		Long: "Copy the whole forum into one file, while it runs: mail, members, keys and the settings file.\n" +
			"The copy of the store is read and checked before it counts; that needs as much free room on\n" +
			"the disk of the data as the store has. Whoever has the file has everything: keep it as\n" +
			"carefully as the forum itself, and on another machine. sencoforum restore puts it back.",
		Example: "  sencoforum backup --into /srv/backup --keep 14\n" +
			"  sencoforum backup -o - | ssh backup@other.example 'cat > forum.tar'",
		Args: exactly(0),
	}
	var w backupWhere
	c.Flags().StringVarP(&w.file, "output", "o", "", "write this new `FILE`; - is standard output")
	c.Flags().StringVar(&w.dir, "into", "", "write a new file into this `DIRECTORY`, named after the moment")
	c.Flags().IntVar(&w.keep, "keep", 0, "with --into, leave the newest `N` of them there and remove those before")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if o.inside {
			return o.reach(cmd, func(ctx context.Context, a *admin) error { return a.backUp(ctx) })
		}
		if err := w.check(o); err != nil {
			return err
		}
		o.give = o.settingsFile
		return o.backUpTo(w, func() error {
			return o.reach(cmd, func(ctx context.Context, a *admin) error { return a.backUp(ctx) })
		})
	}
	return c
}

func (w *backupWhere) check(o *rootOptions) error {
	switch {
	case (w.file == "") == (w.dir == ""):
		return usage("say where the backup goes: --into DIRECTORY, or -o FILE")
	case w.keep < 0 || w.keep > 0 && w.dir == "":
		return usage("--keep N needs --into DIRECTORY and is 1 or more")
	case w.file == "-" && o.outTerminal:
		return usage("a backup is nothing to look at: send it on with | or write it into a file with -o FILE")
	}
	return nil
}

// settingsFile is the text of the settings file; nil without one.
func (o *rootOptions) settingsFile() ([]byte, error) {
	text, err := os.ReadFile(o.configPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, usage("%w", err)
	}
	return text, nil
}

// Parts of the names of files that --into makes.
const (
	backupPrefix = "sencoforum-"
	backupSuffix = ".tar"
	backupMoment = "20060102-150405"
)

// backUpTo lets do write the backup as the user who gave the command. The file gets its name when it is whole and on disk.
func (o *rootOptions) backUpTo(w backupWhere, do func() error) error {
	if w.file == "-" {
		return do()
	}
	path := w.file
	if path == "" {
		path = filepath.Join(w.dir, backupPrefix+o.now().UTC().Format(backupMoment)+backupSuffix)
	}
	if _, err := os.Lstat(path); err == nil {
		return usage("%s is there already; nothing is ever written over", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.partial") // 0600
	if err != nil {
		return usage("%w; a backup is never put into a directory that is not there, which may be a disk that is missing", err)
	}
	o.back = func() error { return nil } // the directory may be root's alone
	bytes, err := o.fill(f, do)
	err = errors.Join(err, o.back())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		err = syncDirectory(filepath.Dir(path))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	fmt.Fprintf(o.out, "Wrote %s, %s.\n", path, size(bytes))
	return w.prune(o, path)
}

// fill sends what a command prints into a file.
func (o *rootOptions) fill(f *os.File, do func() error) (size int64, err error) {
	was := o.out
	o.out = f
	err = do()
	o.out = was
	if err == nil {
		err = f.Sync()
	}
	info, serr := f.Stat()
	if err = errors.Join(err, serr, f.Close()); err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// syncDirectory makes the names in a directory durable.
func syncDirectory(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// prune removes older backups than the newest that are to stay, and of all files in the directory no others.
func (w backupWhere) prune(o *rootOptions, newest string) error {
	if w.keep == 0 {
		return nil
	}
	inside, err := os.ReadDir(w.dir)
	if err != nil {
		return fmt.Errorf("the backup is whole, but look for older ones: %w", err)
	}
	var all []string
	for _, d := range inside {
		moment, ours := strings.CutPrefix(d.Name(), backupPrefix)
		if moment, ours2 := strings.CutSuffix(moment, backupSuffix); ours && ours2 && d.Type().IsRegular() {
			if _, err := time.Parse(backupMoment, moment); err == nil {
				all = append(all, filepath.Join(w.dir, d.Name()))
			}
		}
	}
	slices.Sort(all)
	for len(all) > w.keep {
		if all[0] != newest { // a clock that was wrong
			if err := os.Remove(all[0]); err != nil {
				return fmt.Errorf("the backup is whole, but an older one stays: %w", err)
			}
			fmt.Fprintf(o.out, "Removed %s.\n", all[0])
		}
		all = all[1:]
	}
	return nil
}

// backUp writes the backup to the command's output, where the store is open.
func (a *admin) backUp(ctx context.Context) error {
	settings, err := io.ReadAll(a.in)
	if err != nil {
		return err
	}
	if len(settings) == 0 {
		settings = nil
	}
	about, err := a.aboutBackup()
	if err != nil {
		return err
	}
	err = backup.Write(ctx, a.out, backup.Source{DB: a.db, Dir: a.cfg.Data, Settings: settings, About: about})
	if errors.Is(err, store.ErrFull) || errors.Is(err, backup.ErrBusy) {
		return usage("%w", err)
	}
	if err == nil {
		err = a.db.Update(func(tx *store.Tx) error {
			return errors.Join(backup.Done(tx, a.now()), a.record(tx, audit.Entry{Action: "backup"}))
		})
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(a.errOut, "In it: %s, %s, %s waiting to go out, keys.\n",
		plural(about.Lists, "list"), plural(about.Members, "membership"), plural(int(about.Waiting), "email"))
	if settings == nil {
		fmt.Fprintln(a.errOut, "There is no settings file, so none is in it.")
	}
	if len(about.Files) > 0 {
		fmt.Fprintf(a.errOut, "Not in it, keep copies: %s.\n", strings.Join(about.Files, ", "))
	}
	return nil
}

func (a *admin) aboutBackup() (backup.About, error) {
	about := backup.About{Made: a.now().UTC().Truncate(time.Second), Program: buildID(), Schema: schema,
		Hostname: a.cfg.Hostname, Domain: a.cfg.Domain, Data: a.cfg.Data, Files: namedFiles(a.cfg)}
	return about, a.db.View(func(tx *store.Tx) (err error) {
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			n, err := list.Count(tx, l.ID)
			if err != nil {
				return err
			}
			about.Lists, about.Members = about.Lists+1, about.Members+n
		}
		about.Waiting, err = queue.Depth(tx)
		return err
	})
}

// namedFiles are the files outside the data directory that the settings name.
func namedFiles(c config.Config) (all []string) {
	for _, name := range []string{
		c.SMTP.TLSCert, c.SMTP.TLSKey, c.Web.TLSCert, c.Web.TLSKey, c.Smarthost.PasswordFile, c.Calendar.File, c.Delivery.Providers,
		c.Texts.Rules, c.Texts.Privacy, c.Texts.Accessibility, c.Texts.Help, c.Texts.Contact,
	} {
		inside, err := filepath.Rel(c.Data, name)
		if name != "" && !slices.Contains(all, name) && (err != nil || !filepath.IsLocal(inside)) {
			all = append(all, name)
		}
	}
	return all
}
