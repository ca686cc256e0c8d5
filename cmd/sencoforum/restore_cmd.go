package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"sencoforum/audit"
	"sencoforum/backup"
	"sencoforum/config"
	"sencoforum/moderate"
	"sencoforum/store"
)

// restoring is a backup on its way back.
type restoring struct {
	file   string // or "-"
	owner  string // user who will run the server; empty: whoever gives the command
	ledger string // data directory with a newer ledger of erasures; empty: none
	dryRun bool

	path     string // of the settings file
	settings []byte // of the backup; nil: it has none, or the settings file that is there is kept
	kept     bool   // the settings file was there
	data     string // the data directory
	made     bool   // data is ours to remove
}

func restoreCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "restore FILE",
		Short: "Make the forum anew from a backup",
		Long: "Make the forum anew from a backup, here or on another machine: the data directory, and the\n" +
			"settings file where there is none. Nothing is ever written over. FILE - is standard input.\n" +
			"The server that was backed up must not run any more: everybody would get all mails twice.",
		Example: "  sencoforum restore --user sencoforum forum.tar\n" +
			"  sencoforum restore --dry-run forum.tar",
		Args:        exactly(1),
		Annotations: map[string]string{minor: "yes"},
	}
	var r restoring
	f := c.Flags()
	f.StringVar(&r.owner, "user", "", "`USER` who will run the server; for root only")
	f.StringVar(&r.ledger, "erasures", "", "take the ledger of erasures from this older data `DIRECTORY`")
	f.BoolVar(&r.dryRun, "dry-run", false, "write nothing, only look whether the backup is whole")
	c.RunE = func(_ *cobra.Command, args []string) error {
		r.file, r.path = args[0], o.configPath()
		return o.restore(&r)
	}
	return c
}

func (o *rootOptions) restore(r *restoring) error {
	from := o.in
	if r.file != "-" {
		f, err := os.Open(r.file)
		if err != nil {
			return usage("%w", err)
		}
		defer f.Close()
		from = f
	}
	if r.owner != "" && os.Geteuid() != 0 {
		return usage("--user is for root only")
	}
	about, err := backup.Read(from, func(a backup.About, settings []byte) (string, error) { return r.place(o, a, settings) })
	if err == nil && !r.dryRun {
		err = r.finish(o)
	}
	if err != nil {
		return r.undo(err)
	}
	return o.show(about, func(t *text) { r.tell(t, about) })
}

// place finds out where everything goes, and makes the data directory.
func (r *restoring) place(o *rootOptions, a backup.About, settings []byte) (string, error) {
	if r.dryRun {
		return "", nil
	}
	if a.Schema > schema {
		return "", usage("%w: its store has layout %d and this program knows %d", backup.ErrNewer, a.Schema, schema)
	}
	r.settings, r.data = settings, a.Data
	cfg, err := config.Load(r.path)
	switch {
	case err == nil:
		r.settings, r.data, r.kept = nil, cfg.Data, true
	case !errors.Is(err, fs.ErrNotExist):
		return "", usage("%w", err)
	}
	if o.data != "" {
		if r.data, err = filepath.Abs(o.data); err != nil {
			return "", err
		}
	}
	s := setup{cfg: config.Config{Data: r.data}, owner: r.owner}
	inside, err := os.ReadDir(r.data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", usage("look into the data directory: %w", err)
	case len(inside) > 0:
		return "", usage("nothing was done: the data directory %s holds something already (%s). Stop the server, put it aside with: mv %s %s.old\n"+
			"and try again with --erasures %s.old, so that what was erased since the backup stays erased", r.data, inside[0].Name(), r.data, r.data, r.data)
	}
	if err := s.makeDirectory(); err != nil {
		return "", err
	}
	r.made = true
	return r.data, nil
}

// finish readies what was written for a server.
func (r *restoring) finish(o *rootOptions) error {
	if r.ledger != "" {
		if err := moderate.TakeLedger(r.data, r.ledger); err != nil {
			return usage("--erasures %s: %w", r.ledger, err)
		}
	}
	db, err := openStore(slog.New(slog.NewTextHandler(o.errOut, &slog.HandlerOptions{Level: slog.LevelWarn})), r.data)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *store.Tx) error {
		return errors.Join(backup.Skip(tx), audit.Append(tx, audit.Entry{At: o.now(), Actor: operator(o.uid), Action: "restore"}))
	})
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		if err := giveAway(r.data); err != nil {
			return err
		}
	}
	if r.settings == nil {
		return nil
	}
	if r.data != "" && o.data != "" {
		return nil // another place than the settings name; tell says so
	}
	return writeNew(r.path, string(r.settings))
}

// giveAway gives everything in a directory to the directory's owner.
func giveAway(dir string) error {
	uid, gid, err := ownerOf(dir)
	if err != nil || uid == os.Geteuid() {
		return err
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		return os.Lchown(path, uid, gid)
	})
}

// undo removes what was made before an error. The data directory was empty or not there.
func (r *restoring) undo(err error) error {
	if !r.made {
		return err
	}
	if left := os.RemoveAll(r.data); left != nil {
		return fmt.Errorf("%w\nremove %s before you try again (%w)", err, r.data, left)
	}
	return fmt.Errorf("%w\nnothing was left behind", err)
}

func (r *restoring) tell(t *text, a backup.About) {
	t.say("The backup of %s, made by %s, is whole: %s, %s, %s waiting to go out.", moment(a.Made), a.Program,
		plural(a.Lists, "list"), plural(a.Members, "membership"), plural(int(a.Waiting), "email"))
	if r.dryRun {
		t.say("Nothing was written: this was a dry run.")
		return
	}
	t.say("Made the data directory %s.", r.data)
	steps := []string{fmt.Sprintf("See that the server on %s does not run any more and will not start again: everybody would get all mails twice.", a.Hostname)}
	switch {
	case r.kept:
		t.say("The settings file %s was there and stays as it is.", r.path)
	case r.settings == nil:
		t.say("There is no settings file in the backup, and none at %s.", r.path)
		steps = append(steps, "Write the settings: sencoforum config example > "+r.path)
	case r.data != a.Data:
		t.say("The settings file of the backup names %s and was not written.", a.Data)
	default:
		t.say("Made the settings file %s.", r.path)
	}
	t.say("The next posts have numbers that no lost post can have had. The search index is made at the start.")
	for _, name := range a.Files {
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			steps = append(steps, "Put back "+name+", which the settings name and which is in no backup.")
		}
	}
	if uid, _, err := ownerOf(r.data); err == nil && uid == 0 {
		steps = append(steps, "Give the data to the user who runs the server: chown -R sencoforum: "+r.data)
	}
	steps = append(steps, "On another machine, let A, AAAA and PTR lead there; this shows all records: sencoforum dns",
		"Start it: systemctl enable --now sencoforum", "Look whether mail can come and go: sencoforum doctor")
	t.say("")
	t.say("Next:")
	for i, step := range steps {
		t.say("%d. %s", i+1, step)
	}
}
