package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/config"
	"sencoforum/courier"
	"sencoforum/internal/sample"
)

// demoOptions are the flags of demo.
type demoOptions struct {
	dir       string
	smtp      string
	web       string
	members   int
	posts     int
	sendDelay time.Duration
	scene     bool
}

// demoModerators is how many people of a demo moderate.
const demoModerators = 3

func demoCommand(*rootOptions) *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run the whole server on this machine with an invented forum",
		Long: "Run the whole server on loopback, with an invented list, members and archive.\n" +
			"Nothing leaves this machine: outgoing mail is captured in folders.\n" +
			"Ctrl-C stops it. Without --dir everything is thrown away then.",
		Example: "  sencoforum demo\n  sencoforum demo --dir /tmp/forum --members 500 --send-delay 30s",
		Args:    cobra.NoArgs,

		Annotations: map[string]string{minor: "yes"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo(cmd.Context(), o, cmd.OutOrStdout())
		},
	}
	f := c.Flags()
	f.StringVar(&o.dir, "dir", "", "keep everything in this directory (default: a temporary one)")
	f.StringVar(&o.smtp, "smtp", "127.0.0.1:2525", "address to take mail on; loopback only")
	f.StringVar(&o.web, "web", "127.0.0.1:8080", "address to serve pages on, or a port near it; loopback only")
	f.IntVar(&o.members, "members", 25, "how many members, besides 3 moderators")
	f.IntVar(&o.posts, "posts", 300, "how many posts in the archive")
	f.BoolVar(&o.scene, "scene", true, "begin with a lively week, and with messages that wait for moderators")
	f.DurationVar(&o.sendDelay, "send-delay", 5*time.Second, "time between accepting a post and sending it")
	return c
}

// demo runs an invented forum until a signal.
func demo(ctx context.Context, o demoOptions, out io.Writer) error {
	if err := o.check(); err != nil {
		return err
	}
	dir, done, err := demoDirectory(o.dir)
	if err != nil {
		return err
	}
	defer done()
	l, err := net.Listen("tcp", o.smtp)
	if err != nil {
		return fmt.Errorf("listen for mail: %w; choose another port with --smtp 127.0.0.1:2526", err)
	}
	pages, err := listenNear(o.web)
	if err != nil {
		return err
	}
	cfg := demoConfig(dir, l.Addr().String())
	cfg.Web.Listen = []string{pages.Addr().String()}
	cfg.WebURL = leaveURL(cfg)
	forum := sample.New(o.members+demoModerators, o.posts, time.Now())
	fmt.Fprintf(out, "Filling %s with %s and %s ...\n", dir, plural(len(forum.Members), "member"), plural(len(forum.Posts), "post"))
	filled, err := fillOnce(cfg, forum, demoFill{o.sendDelay, o.scene})
	if err != nil {
		return err
	}
	log := slog.New(newTeller(out))
	outbox := filepath.Join(dir, "outbox")
	capture := courier.NewCapture(log, outbox)
	scene := demoScene{to: forum.Name + "@" + forum.Domain, smtp: l.Addr().String(), capture: capture, delay: o.sendDelay}
	if filled && o.scene {
		scene.Scene = sample.NewScene(forum, time.Now())
	}
	return runServer(ctx, server{
		beside: scene.play,
		log:    log, cfg: cfg, courier: capture, certs: new(certificates),
		listeners: []net.Listener{l}, web: []net.Listener{pages}, demo: &demoPages{capture: capture, people: demoPeople(forum)},
		ready: func(*house) {
			printWelcome(out, welcome{forum: forum, dir: dir, outbox: outbox, smtp: l.Addr().String(), web: leaveURL(cfg), delay: o.sendDelay})
		},
	})
}

func (o demoOptions) check() error {
	for _, f := range [][2]string{{"--smtp", o.smtp}, {"--web", o.web}} {
		host, _, err := net.SplitHostPort(f[1])
		if err != nil {
			return usage("%s %q: write it like 127.0.0.1:2525", f[0], f[1])
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return usage("%s %s: the demo is for this machine only; use 127.0.0.1 and a port", f[0], f[1])
		}
	}
	if o.members < 0 || o.posts < 0 || o.members > 100_000 || o.posts > 100_000 {
		return usage("--members and --posts: use 0 to 100000")
	}
	if o.sendDelay < 0 || o.sendDelay > 15*time.Minute {
		return usage("--send-delay %s: use 0s to 15m", o.sendDelay)
	}
	return nil
}

// listenNear listens on an address, or on another port beside it when that one is taken.
func listenNear(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err == nil {
		return l, nil
	}
	host, _, _ := net.SplitHostPort(addr)
	if l, err = net.Listen("tcp", net.JoinHostPort(host, "0")); err != nil {
		return nil, fmt.Errorf("listen for the pages: %w", err)
	}
	return l, nil
}

// demoDirectory returns a directory and how to be done with it. One that the
// user named is kept.
func demoDirectory(named string) (dir string, done func(), err error) {
	if named == "" {
		dir, err = os.MkdirTemp("", "sencoforum-demo-")
		if err != nil {
			return "", nil, fmt.Errorf("make a directory for the demo: %w", err)
		}
		return dir, func() { os.RemoveAll(dir) }, nil
	}
	dir, err = filepath.Abs(named)
	if err != nil {
		return "", nil, err
	}
	return dir, func() {}, checkDirectory(dir)
}

// demoMark is the file by which a demo knows a directory that it filled.
const demoMark = "THIS-IS-A-DEMO"

// fillOnce fills a new directory, and leaves one alone that an earlier demo
// filled to the end, which it reports as false. It refuses any other: a demo delivers nothing, so real mail
// would be lost in it.
func fillOnce(cfg config.Config, forum sample.Forum, how demoFill) (filled bool, err error) {
	mark := filepath.Join(cfg.Data, demoMark)
	if _, err := os.Stat(mark); err == nil {
		return false, nil
	}
	entries, err := os.ReadDir(cfg.Data)
	if err != nil {
		return false, fmt.Errorf("look into the demo's directory: %w", err)
	}
	if len(entries) > 0 {
		return false, usage("%s is not empty, and no demo filled it; give --dir a new directory", cfg.Data)
	}
	if err := fillDemo(cfg, forum, how); err != nil {
		return false, err
	}
	if err := os.WriteFile(mark, []byte("Invented data. Nothing from here is ever delivered.\n"), 0o600); err != nil {
		return false, fmt.Errorf("mark the demo's directory: %w", err)
	}
	return true, nil
}

// demoConfig is the configuration of a server that only this machine reaches.
func demoConfig(dir, smtp string) config.Config {
	cfg := config.Default()
	cfg.Data = dir
	cfg.Hostname = "localhost"
	cfg.Domain = "lists.example.org"
	cfg.WebURL = ""
	cfg.SMTP.Listen = []string{smtp}
	cfg.SMTP.TrustedNetworks = []string{"127.0.0.0/8", "::1/128"}
	cfg.SMTP.Connections = 10 // so that little free room is asked for
	return cfg
}
