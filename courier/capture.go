package courier

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"sencoforum/message"
	"sencoforum/queue"
)

const (
	captureKey   = "capture"
	captureLimit = 4

	maxBoxName = 200 // bytes of a directory's name; file systems allow 255
)

// Capture puts mail into a directory instead of sending it, for the demo and for tests: DIR/ADDRESS is a Maildir
// with one file for each copy, with Return-Path and Delivered-To on top. Nothing is sent anywhere.
// It implements queue.Courier. Its methods may be called from many goroutines at once.
type Capture struct {
	log    *slog.Logger
	dir    string
	copies atomic.Uint64 // of this process, for unique names
}

var _ queue.Courier = (*Capture)(nil)

// NewCapture returns a courier that delivers into dir, which it makes when the first copy comes.
func NewCapture(log *slog.Logger, dir string) *Capture { return &Capture{log: log, dir: dir} }

// Route returns the same hop for each domain.
func (c *Capture) Route(context.Context, string) (queue.Hop, error) {
	return queue.Hop{Key: captureKey, Operator: captureKey, Limit: captureLimit}, nil
}

// Deliver writes what src gives. A copy is delivered once its file is on disk under its final name. The error is one of
// the file system; the row at which it struck is deferred.
func (c *Capture) Deliver(ctx context.Context, _ queue.Hop, src queue.Source) error {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return fmt.Errorf("make the capture directory: %w", err)
	}
	root, err := os.OpenRoot(c.dir)
	if err != nil {
		return fmt.Errorf("open the capture directory: %w", err)
	}
	defer root.Close()
	for ctx.Err() == nil {
		o, ok := src.Next(ctx, true)
		if !ok {
			return nil
		}
		if r, bad := misfit(o, extensions{utf8: true, eightBit: true}); bad {
			src.Settle(o.Row, r)
			continue
		}
		name, err := c.store(root, o)
		if err != nil {
			src.Settle(o.Row, queue.Result{Outcome: queue.Deferred, Enhanced: "4.3.0", Text: cleanText(err.Error()), Host: captureKey})
			return err
		}
		src.Settle(o.Row, queue.Result{Outcome: queue.Delivered, Code: 250, Enhanced: "2.0.0", Text: name, Host: captureKey})
	}
	return nil
}

// Mails returns the mails that were captured for an address, the latest first, at most so many.
func (c *Capture) Mails(a message.Address, most int) ([][]byte, error) {
	root, err := os.OpenRoot(c.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the capture directory: %w", err)
	}
	defer root.Close()
	box := boxName(a) + "/new"
	entries, err := fs.ReadDir(root.FS(), box)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look into a captured mailbox: %w", err)
	}
	var all [][]byte
	slices.SortFunc(entries, func(a, b fs.DirEntry) int {
		return cmp.Or(cmp.Compare(len(b.Name()), len(a.Name())), cmp.Compare(b.Name(), a.Name()))
	})
	for _, e := range entries[:min(len(entries), most)] {
		b, err := root.ReadFile(box + "/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("read a captured mail: %w", err)
		}
		all = append(all, b)
	}
	return all, nil
}

// store writes one copy and returns its name below the directory.
func (c *Capture) store(root *os.Root, o queue.Outgoing) (string, error) {
	box := boxName(o.To)
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := root.MkdirAll(box+"/"+sub, 0o700); err != nil {
			return "", fmt.Errorf("make maildir: %w", err)
		}
	}
	name := c.fileName(time.Now())
	tmp, final := box+"/tmp/"+name, box+"/new/"+name
	if err := writeCopy(root, tmp, o); err != nil {
		root.Remove(tmp) // what stays after a failure here is only a file in tmp
		return "", fmt.Errorf("write copy: %w", err)
	}
	if err := root.Rename(tmp, final); err != nil {
		return "", fmt.Errorf("write copy: %w", err)
	}
	return final, nil
}

func writeCopy(root *os.Root, name string, o queue.Outgoing) (err error) {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	top := "Return-Path: <" + o.From.String() + ">\r\nDelivered-To: " + o.To.String() + "\r\n"
	for _, part := range [][]byte{[]byte(top), o.Header, o.Body} {
		if _, err := f.Write(part); err != nil {
			return err
		}
	}
	return f.Sync()
}

// fileName is unique among all names that a host gives (the Maildir convention: seconds, what tells apart, host).
func (c *Capture) fileName(now time.Time) string {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	host = strings.NewReplacer("/", `\057`, ":", `\072`).Replace(host)
	return fmt.Sprintf("%d.M%06dP%dQ%d.%s", now.Unix(), now.Nanosecond()/1000, os.Getpid(), c.copies.Add(1), host)
}

// boxName returns the directory's name for an address: its form for comparison, with each odd character as
// a percent sign and two hex digits, so that it is one plain name on any file system. A very long one ends in a hash.
func boxName(a message.Address) string {
	key := a.Key()
	var b strings.Builder
	for i := range len(key) {
		if c := key[i]; plainInName(c) && (c != '.' || i > 0) {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + strconv.FormatUint(uint64(c>>4), 16) + strconv.FormatUint(uint64(c&15), 16))
		}
	}
	name := b.String()
	if len(name) > maxBoxName {
		sum := sha256.Sum256([]byte(key))
		name = fmt.Sprintf("%s~%x", name[:maxBoxName-33], sum[:16])
	}
	return name
}

func plainInName(c byte) bool {
	return c >= 'a' && c <= 'z' || isDigit(c) || strings.IndexByte("@.-_+=", c) >= 0
}
