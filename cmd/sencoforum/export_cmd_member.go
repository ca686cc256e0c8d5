package main

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
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

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/store"
)

func exportMemberCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "member ADDRESS",
		Short: "Write all that is stored about one person",
		Long: "Write all that is stored about one person (a subject access request): member.json with what the\n" +
			"server knows, posts.mbox with their own posts. Nothing of it is about anybody else, but for what\n" +
			"they quoted or wrote about others themselves: read posts.mbox before you hand it out.",
		Example: "  sencoforum export member priya@school.example -o priya.zip",
		Args:    exactly(1),
	}
	to := outputFlag(c, "a new `FILE`.zip or a new directory")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		work := func() error {
			return o.reach(cmd, func(ctx context.Context, a *admin) error { return a.exportMember(ctx, args[0]) })
		}
		switch {
		case o.inside:
			return work()
		case *to == "":
			return usage("say where to write it, with -o FILE.zip or -o DIRECTORY")
		case *to == "-" || strings.HasSuffix(*to, ".zip"):
			return o.toFile(*to, work)
		}
		return o.toDirectory(*to, work)
	}
	return c
}

// personFiles are the files of an export of one person.
const (
	personJSON  = "member.json"
	personPosts = "posts.mbox"
)

// exportMember writes a zip file with all about one person.
func (a *admin) exportMember(ctx context.Context, address string) error {
	at, err := parseAddress(address)
	if err != nil {
		return err
	}
	var v personView
	err = a.db.View(func(tx *store.Tx) (err error) {
		v, err = a.viewPerson(tx, at)
		return err
	})
	if err != nil {
		return err
	}
	err = a.db.Update(func(tx *store.Tx) error {
		return audit.Append(tx, audit.Entry{At: a.now(), Actor: a.actor, Action: "member export", Person: uint32(v.Person.ID)})
	})
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(a.out, 256<<10)
	z := zip.NewWriter(out)
	w, err := a.zipped(z, personPosts)
	if err != nil {
		return err
	}
	own := v.owns
	sum, err := archive.Export{All: true, By: func(p archive.Post) bool {
		if !own(p) {
			return false
		}
		v.Posts = append(v.Posts, viewOwnPost(p))
		return true
	}}.Write(ctx, a.db, w)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if len(v.Posts) == 0 && v.Person.ID == 0 {
		return usage("nothing is stored about %s", at)
	}
	if w, err = a.zipped(z, personJSON); err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := errors.Join(e.Encode(v), z.Close(), out.Flush()); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	_, err = fmt.Fprintf(a.errOut, "Wrote what is known of %s, with %s.\n", at, plural(sum.Posts, "post"))
	return err
}

func (a *admin) zipped(z *zip.Writer, name string) (io.Writer, error) {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.now().UTC().Truncate(2 * time.Second)})
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return w, nil
}

// toDirectory unpacks the zip file that a command writes into a new directory of mode 0700.
func (o *rootOptions) toDirectory(name string, do func() error) error {
	err := os.Mkdir(name, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return usage("%s is there already; nothing is ever written over", name)
	}
	if err != nil {
		return usage("%w", err)
	}
	files := &importFiles{spool: name}
	defer files.close()
	spool, err := files.nameless()
	if err == nil {
		was := o.out
		o.out = spool
		err = errors.Join(do(), spool.Sync())
		o.out = was
	}
	if err == nil {
		err = unzip(spool, name)
	}
	if spool != nil {
		err = errors.Join(err, spool.Close())
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(name))
	}
	return err
}

// unzip unpacks our own zip file.
func unzip(f *os.File, to string) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return fmt.Errorf("unpack the export: %w", err)
	}
	for _, one := range z.File {
		if !slices.Contains([]string{personJSON, personPosts}, one.Name) {
			return fmt.Errorf("unpack the export: it holds %q", one.Name)
		}
		if err := unzipOne(one, filepath.Join(to, one.Name)); err != nil {
			return fmt.Errorf("unpack the export: %w", err)
		}
	}
	return nil
}

func unzipOne(one *zip.File, to string) error {
	r, err := one.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}
