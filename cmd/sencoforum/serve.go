package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"sencoforum/config"
	"sencoforum/doctor"
	"sencoforum/internal/failpoint"
	"sencoforum/internal/seldom"
	"sencoforum/queue"
	"sencoforum/smtpd"
	"sencoforum/web"
)

func serveCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the server until it is told to stop",
		Long: "Run the server: take mail, keep it, send it to the members.\n\n" +
			"SIGTERM stops it gracefully, SIGHUP reads the certificates, the log level, the words\n" +
			"for search and the pages of your own again.",
		Example: "  sencoforum serve --config /etc/sencoforum/config.toml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := o.load()
			if err != nil {
				return err
			}
			return serve(cmd.Context(), cfg, o, cmd.ErrOrStderr())
		},
	}
}

// drain is how long a message that is being received may take to end when the
// server stops.
const drain = 28 * time.Second

// onward is how long the house goes on sending while the doors wait for such a
// message. What is in flight then may take 25 s to end, so that all of the stop
// takes 30.
const onward = 4 * time.Second

// serve runs the server with its configuration until a signal, or an error;
// o reads the configuration anew. The ports are bound first and the
// certificate is read, because only root may; then root is given up for the
// owner of the data, before anything there is opened.
func serve(ctx context.Context, cfg config.Config, o *rootOptions, logTo io.Writer) error {
	level := new(slog.LevelVar)
	log := newLog(cfg.Log, level, logTo)
	if err := checkDirectory(cfg.Data); err != nil {
		return err
	}
	out, err := newCourier(log, cfg)
	if err != nil {
		return err
	}
	certs := new(certificates)
	if err := certs.load(cfg); err != nil {
		return err
	}
	open, err := openDoors(cfg)
	if err != nil {
		return err
	}
	defer open.close()
	if err := becomeOwner(cfg.Data); err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		log.Warn("running as root; give the data directory to a user of its own, and this server runs as that user", "data", cfg.Data)
	}
	if err := certs.open(log, cfg); err != nil {
		return err
	}
	return runServer(ctx, server{
		log: log, cfg: cfg, courier: out, certs: certs, reload: reloader{log, o.load, certs, level}.reload,
		listeners: open.smtp, lmtp: open.lmtp, web: open.web, redirect: open.redirect, monitor: open.monitor, outside: o.outside,
	})
}

// server is all that runServer needs.
type server struct {
	log       *slog.Logger
	cfg       config.Config
	courier   queue.Courier
	certs     *certificates
	listeners []net.Listener
	lmtp      []net.Listener
	web       []net.Listener
	redirect  []net.Listener                      // where browsers come without TLS
	monitor   net.Listener                        // nil: nobody asks
	reload    func(*house, *web.Server)           // on SIGHUP; nil means that it stops the server
	beside    func(context.Context, *house) error // runs beside the house; may be nil
	ready     func(*house)                        // called once mail is taken; may be nil
	outside   doctor.Outside
	demo      *demoPages // of a demonstration; nil for a real forum
}

// runServer opens the house, audits it, opens the doors, and on a signal
// closes them in the opposite order.
func runServer(ctx context.Context, s server) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	h, err := openHouse(s.log, s.cfg, s.courier)
	if err != nil {
		return err
	}
	if err := h.applyLedger(); err != nil {
		return errors.Join(err, h.db.Close())
	}
	if err := h.startAudit(); err != nil {
		return errors.Join(err, h.db.Close())
	}
	if err := failpoint.Hit(failpoint.StartAudited); err != nil {
		return errors.Join(err, h.db.Close())
	}
	h.startSearch()
	err = s.work(ctx, h, hup)
	if closed := errors.Join(h.search.Close(), h.db.Close()); err == nil {
		err = closed
	}
	if err == nil {
		s.log.Info("stopped")
	}
	return err
}

// work runs the doors and the house. The house goes on until the doors are
// shut, so that what was just accepted is on its way as far as it can be.
func (s server) work(ctx context.Context, h *house, hup <-chan os.Signal) error {
	door, err := s.newDoor(h)
	if err != nil {
		return err
	}
	pages, err := s.newPages(h)
	if err != nil {
		return err
	}
	if err := failpoint.Hit(failpoint.StartReady); err != nil {
		return err
	}
	inside, closeHouse := context.WithCancel(context.WithoutCancel(ctx))
	defer closeHouse()
	g, gctx := errgroup.WithContext(inside)
	g.Go(func() error { return h.run(gctx) })
	g.Go(func() error { return s.certs.run(gctx) })
	g.Go(func() error { return h.watchCertificates(gctx, s.certs) })
	for _, l := range s.listeners {
		g.Go(func() error { return door.Serve(l) })
	}
	for _, l := range s.lmtp {
		g.Go(func() error { return door.ServeLMTP(l) })
	}
	for _, l := range s.web {
		g.Go(func() error { return pages.Serve(l, s.secure()) })
	}
	for _, l := range s.redirect {
		g.Go(func() error { return pages.Redirect(l) })
	}
	g.Go(func() error { return s.control(gctx, h) })
	if s.beside != nil {
		g.Go(func() error { return s.beside(gctx, h) })
	}
	g.Go(func() error {
		defer closeHouse()
		s.wait(ctx, gctx, h, pages, hup)
		daemon.SdNotify(false, daemon.SdNotifyStopping)
		s.log.Info("stopping: messages in progress may finish", "seconds", int(drain.Seconds()))
		defer time.AfterFunc(onward, closeHouse).Stop()
		if gctx.Err() != nil || h.db.Err() != nil {
			door.Refuse()
		}
		return s.shut(context.WithoutCancel(ctx), door, pages)
	})
	s.log.Info("taking mail", "listening", addresses(s.listeners), "lmtp", addresses(s.lmtp), "host", s.cfg.Hostname)
	if len(s.web) > 0 {
		s.log.Info("serving pages", "listening", addresses(s.web), "at", leaveURL(s.cfg))
	}
	defer instruments{
		log: s.log, listener: s.monitor, house: h, others: []any{s.courier, door},
		stopping: []<-chan struct{}{ctx.Done(), gctx.Done()},
	}.start(ctx)()
	daemon.SdNotify(false, daemon.SdNotifyReady)
	if s.ready != nil {
		s.ready(h)
	}
	return g.Wait()
}

// shut closes the doors side by side, and lets what is in progress end.
func (s server) shut(ctx context.Context, door *smtpd.Server, pages *web.Server) error {
	var g errgroup.Group
	g.Go(func() error {
		end, cancel := context.WithTimeout(ctx, pagesEnd)
		defer cancel()
		return pages.Shutdown(end)
	})
	end, cancel := context.WithTimeout(ctx, drain)
	defer cancel()
	err := door.Shutdown(end)
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("messages in progress were cut off; their senders try again")
		err = nil
	}
	return errors.Join(err, g.Wait())
}

// wait returns when the server has to stop; until then it obeys SIGHUP and
// tells the supervisor that it is alive.
func (s server) wait(ctx, inside context.Context, h *house, pages *web.Server, hup <-chan os.Signal) {
	beat, _ := daemon.SdWatchdogEnabled(false)
	if beat == 0 {
		beat = time.Hour
	}
	tick := time.NewTicker(beat / 2)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-inside.Done():
			return
		case <-h.db.Failed():
			return
		case <-hup:
			if s.reload == nil {
				return
			}
			daemon.SdNotify(false, daemon.SdNotifyReloading)
			s.reload(h, pages)
			daemon.SdNotify(false, daemon.SdNotifyReady)
		case <-tick.C:
			daemon.SdNotify(false, daemon.SdNotifyWatchdog)
		}
	}
}

func (s server) newDoor(h *house) (*smtpd.Server, error) {
	trusted, err := prefixes(s.cfg.SMTP.TrustedNetworks)
	if err != nil {
		return nil, err
	}
	proxies, err := prefixes(s.cfg.SMTP.ProxyFrom)
	if err != nil {
		return nil, err
	}
	limits := smtpd.DefaultLimits()
	limits.Connections, limits.Headers = h.places.in, h.places.headers
	limits.PerAddress = s.cfg.SMTP.ConnectionsPerIP
	limits.PerNetwork = s.cfg.SMTP.ConnectionsPerNetwork
	c := smtpd.Config{
		Hostname:         s.cfg.Hostname,
		PostmasterDomain: s.cfg.Domain,
		MaxBytes:         int64(s.cfg.SMTP.MaxMessage),
		Help:             s.cfg.WebURL,
		Trusted:          trusted,
		ProxyFrom:        proxies,
		Limits:           limits,
		Now:              time.Now,
	}
	if s.certs.forMail() {
		c.Certificate = s.certs.ofMail
	}
	return smtpd.New(s.log, h.desk, c), nil
}

// control answers the command line while the server runs. Without room for its
// socket the server does without, until there is some.
func (s server) control(ctx context.Context, h *house) error {
	l, err := listenControl(filepath.Join(s.cfg.Data, controlName))
	noRoom := seldom.NewLine("no room on disk for the control socket: commands do not reach this server", slog.LevelError, seldom.Minute)
	for errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		noRoom.Log(s.log, slog.Any("cause", err))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(fullPause):
		}
		l, err = listenControl(filepath.Join(s.cfg.Data, controlName))
	}
	if err != nil {
		return err
	}
	imports := &imports{}
	return serveControl(ctx, l, func(uid int, in io.Reader, out, errOut io.Writer) *admin {
		return &admin{
			db: h.db, cfg: s.cfg, queue: h.queue, dkim: h.dkim, eraser: h.eraser, host: &h.host, search: h.search, searcher: h.searcher, digests: h.digests, imports: imports, now: time.Now,
			actor: fmt.Sprintf("operator uid %d", uid), in: in, out: out, errOut: errOut, outside: s.outside,
		}
	})
}
