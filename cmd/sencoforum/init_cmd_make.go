package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"sencoforum/audit"
	"sencoforum/config"
	"sencoforum/list"
	"sencoforum/store"
)

// setUp says what will be made, makes it, and says what comes next.
func (o *rootOptions) setUp(s setup) error {
	if err := s.inTheWay(); err != nil {
		return err
	}
	if o.terminal && !o.yes {
		if err := o.agree(s.plan()); err != nil {
			return err
		}
	}
	if err := s.make(o); err != nil {
		return err
	}
	done := map[string]any{"config": s.path, "data": s.cfg.Data, "list": s.list.Post().String(), "next": s.next()}
	return o.show(done, func(t *text) {
		t.say("Made the settings file %s.", s.path)
		t.say("Made the data directory %s, with new keys.", s.cfg.Data)
		t.say("Made the list %s, %s.", s.list.Post(), s.list.Title)
		t.say("")
		t.say("Next:")
		for i, step := range s.next() {
			t.say("%d. %s", i+1, step)
		}
	})
}

func (s setup) plan() string {
	plan := fmt.Sprintf("This will make\n  the settings file %s\n  the data directory %s, readable by %s alone\n  the list %s, %s",
		s.path, s.cfg.Data, s.ownerName(), s.list.Post(), s.list.Title)
	if s.cfg.Web.ACME {
		plan += fmt.Sprintf("\nWhen it starts, the server gets certificates for %s from Let's Encrypt;\nby that you agree to the terms of Let's Encrypt.", strings.Join(fromAuthority(s.cfg).Hosts, " and "))
	}
	return plan
}

func (s setup) ownerName() string {
	if uid, _, err := ownerOf(s.cfg.Data); err == nil {
		return userName(uid)
	}
	if s.owner != "" {
		return s.owner
	}
	return userName(os.Geteuid())
}

// inTheWay names everything that is there already.
func (s setup) inTheWay() error {
	var faults []error
	if _, err := os.Lstat(s.path); !errors.Is(err, fs.ErrNotExist) {
		faults = append(faults, fmt.Errorf("the settings file %s is there already; name another with --config", s.path))
	}
	inside, err := os.ReadDir(s.cfg.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		faults = append(faults, fmt.Errorf("look into the data directory: %w", err))
	case len(inside) > 0:
		faults = append(faults, fmt.Errorf("the data directory %s holds something already (%s); name another with --data", s.cfg.Data, inside[0].Name()))
	}
	if len(faults) > 0 {
		return usage("nothing was done: init never overwrites anything\n%w", errors.Join(faults...))
	}
	return nil
}

// make makes the settings file as whoever runs this, and the rest as the owner of the data directory.
func (s setup) make(o *rootOptions) error {
	if err := s.makeDirectory(); err != nil {
		return err
	}
	if err := writeNew(s.path, s.file()); err != nil {
		return err
	}
	err := becomeOwner(s.cfg.Data)
	if err == nil {
		err = s.makeForum(o)
	}
	if err == nil {
		return nil
	}
	if left := s.undo(); left != nil {
		return fmt.Errorf("%w\nremove %s and what is in %s before you try again", err, s.path, s.cfg.Data)
	}
	return fmt.Errorf("%w\nnothing was left behind; try again when that is put right", err)
}

// undo removes what make has made. The data directory was empty before, or was not there.
func (s setup) undo() error {
	inside, err := os.ReadDir(s.cfg.Data)
	faults := []error{err}
	for _, d := range inside {
		faults = append(faults, os.RemoveAll(filepath.Join(s.cfg.Data, d.Name())))
	}
	return errors.Join(append(faults, os.Remove(s.path))...)
}

// makeDirectory makes the data directory for its owner alone. An empty one that is there is taken as it is.
func (s setup) makeDirectory() error {
	if err := os.MkdirAll(filepath.Dir(s.cfg.Data), 0o755); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	err := os.Mkdir(s.cfg.Data, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return checkDirectory(s.cfg.Data)
	}
	if err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	if s.owner == "" {
		return nil
	}
	u, err := user.Lookup(s.owner)
	if err != nil {
		return usage("--user %s: %w", s.owner, errors.Join(err, os.Remove(s.cfg.Data)))
	}
	uid, uerr := strconv.Atoi(u.Uid)
	gid, gerr := strconv.Atoi(u.Gid)
	if err := errors.Join(uerr, gerr); err != nil {
		return err
	}
	if err := os.Chown(s.cfg.Data, uid, gid); err != nil {
		return usage("--user %s: %w", s.owner, errors.Join(err, os.Remove(s.cfg.Data)))
	}
	return nil
}

// writeNew writes a file that must not be there, with its directory.
func writeNew(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make settings file: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("make settings file: %w", err)
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("make settings file: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// makeForum makes keys, store and list.
func (s setup) makeForum(o *rootOptions) error {
	if _, err := openKeys(s.cfg.Data); err != nil {
		return err
	}
	if o.lend != nil {
		if err := o.lend(s.cfg.Data); err != nil {
			return err
		}
	}
	if _, err := openDKIM(s.cfg.Data, o.now()); err != nil {
		return err
	}
	db, err := openStore(slog.New(slog.NewTextHandler(o.errOut, &slog.HandlerOptions{Level: slog.LevelWarn})), s.cfg.Data)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *store.Tx) error {
		l, err := list.Create(tx, s.list)
		if err != nil {
			return err
		}
		return audit.Append(tx, audit.Entry{At: o.now(), Actor: operator(o.uid), Action: "list create", List: uint32(l.ID)})
	})
	return errors.Join(err, db.Close())
}

// next are the steps that init cannot take.
func (s setup) next() []string {
	c := s.cfg
	flag := ""
	if s.path != defaultConfig {
		flag = " --config " + s.path
	}
	all := []string{"Enter the DNS records that this prints: sencoforum dns" + flag}
	if c.Smarthost.PasswordFile != "" {
		all = append(all, fmt.Sprintf("Write the password for %s into %s, readable by the server's user alone (chmod 600).", c.Smarthost.Host, c.Smarthost.PasswordFile))
	}
	switch s.cert {
	case certLetsEncrypt:
		all = append(all, fmt.Sprintf("Open ports 443 and 80 of this machine to everybody: the certificate for %s comes when the server starts, and the log says so.",
			strings.Join(fromAuthority(c).Hosts, " and ")))
	case certFiles:
		all = append(all, fmt.Sprintf("Name certificate and key in %s: tls_cert and tls_key under [web], with listen = [\":443\"], and under [smtp]; after a renewal: systemctl reload sencoforum", s.path))
	case certProxy:
		all = append(all, fmt.Sprintf("Let the web server in front pass on what comes for %s to 127.0.0.1:8080. The certificate for mail has tls_cert and tls_key under [smtp].", config.Host(c.WebURL)))
	}
	return append(all,
		"Name who moderates: sencoforum moderator add"+flag+" ADDRESS --owner",
		"Bring the members: sencoforum member import"+flag+" members.csv --dry-run",
		"Start it: sencoforum serve"+flag,
		"Look whether mail can come and go: sencoforum doctor"+flag)
}
