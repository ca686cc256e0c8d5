package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"sencoforum/archive"
	"sencoforum/bounce"
	"sencoforum/calendar"
	"sencoforum/config"
	"sencoforum/courier"
	"sencoforum/digest"
	"sencoforum/fanout"
	"sencoforum/incoming"
	"sencoforum/intake"
	"sencoforum/internal/failpoint"
	"sencoforum/list"
	"sencoforum/mailauth"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/queue"
	"sencoforum/relay"
	"sencoforum/search"
	"sencoforum/signin"
	"sencoforum/store"
	"sencoforum/token"
	"sencoforum/watch"
)

// A house is the whole server but for its doors: the store, the books, the
// followers and the queue, wired together.
type house struct {
	log    *slog.Logger
	cfg    config.Config
	places places
	db     *store.DB
	keys   *token.Keyring
	dkim   *courier.DKIMKeys
	host   membership.Host
	dns    bounce.Resolver // for domains that are said to be unknown

	desk      *incoming.Desk
	panel     *moderate.Panel
	bounces   *bounce.Book
	reports   *watch.ReportBook
	relay     *relay.Book
	watch     *watch.Watch
	publisher *archive.Publisher
	overview  *archive.Overview
	signin    *signin.Book
	expander  *fanout.Expander
	digests   *digest.Editor
	search    *search.Index // nil: this house has none
	searcher  *search.Searcher
	queue     *queue.Queue
	eraser    *moderate.Eraser
	acts      *moderate.Acts
	smtp      *courier.SMTP // how mail leaves; nil where it leaves in another way

	capped error // why waiting posts were not capped at the start
}

// schema is the number of the store's layout, see docs/store.md.
const schema = 1

// reserve is the size of the file that is given up when the disk is full, so
// that mail which was taken can still go out.
const reserve = 64 << 20

// minFree is the room on disk, in bytes, below which no mail is taken: what
// the operator says, or enough for what all connections could bring.
func minFree(c config.SMTP) uint64 {
	if c.MinFree > 0 {
		return uint64(c.MinFree)
	}
	return max(512<<20, 3*uint64(c.MaxMessage)*uint64(c.Connections))
}

// openStore opens the data directory's store, making it when it is new.
func openStore(log *slog.Logger, dir string) (*store.DB, error) {
	o := store.DefaultOptions()
	o.Log, o.Reserve, o.Schema = log, reserve, schema
	return store.Open(filepath.Join(dir, storeName), o)
}

// openKeys opens the keyring of the data directory, making it when it is new.
func openKeys(dir string) (*token.Keyring, error) {
	return token.Open(filepath.Join(dir, "token.keys"))
}

// openHouse opens the store and builds every room; out is how mail leaves.
func openHouse(log *slog.Logger, cfg config.Config, out queue.Courier) (*house, error) {
	db, err := openStore(log, cfg.Data)
	if err != nil {
		return nil, err
	}
	if err := failpoint.Hit(failpoint.StartOpened); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	h := &house{log: log, cfg: cfg, places: fit(log, cfg, descriptors()), db: db}
	if err := h.build(out); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return h, nil
}

// openFiles opens what is beside the store: the keyring, and the ledger of erasures.
func (h *house) openFiles() (err error) {
	if h.keys, err = openKeys(h.cfg.Data); err != nil {
		return err
	}
	h.eraser, err = newEraser(h.db, h.keys, h.cfg.Data)
	return err
}

func (h *house) build(out queue.Courier) error {
	var err error
	if err = h.openFiles(); err != nil {
		return err
	}
	if h.cfg.DKIM.Sign {
		if h.dkim, err = openDKIM(h.cfg.Data, time.Now()); err != nil {
			return err
		}
	}
	operator, err := optionalAddress(h.cfg.Operator)
	if err != nil {
		return fmt.Errorf("operator's address: %w", err)
	}
	trusted, err := prefixes(h.cfg.SMTP.TrustedNetworks)
	if err != nil {
		return err
	}
	h.reports = watch.NewReportBook(h.log, h.keys, watch.ReportConfig{Operator: operator, Own: ownAddresses(h.cfg.Hostname), Now: time.Now})
	if h.bounces, err = h.newBounces(operator); err != nil {
		return err
	}
	h.relay = relay.New(h.db, h.keys, time.Now)
	leave := leaveURL(h.cfg)
	h.host = membership.Host{Keys: h.keys, Operator: operator, WebURL: leave, Data: h.putData,
		Provider: func(domain string) string { return h.watch.Provider(domain) }}
	if h.smtp, _ = out.(*courier.SMTP); h.smtp != nil {
		if err := h.smtp.KeepPolicies(h.db); err != nil {
			return err
		}
	}
	h.dns = &net.Resolver{PreferGo: true}
	if err := cmp.Or(h.newWatch(operator), h.newPanel(operator)); err != nil {
		return err
	}
	hours, err := hoursOf(h.cfg)
	if err != nil {
		return err
	}
	h.acts = h.newActs(operator, hours)
	people := moderate.NewForwarder(h.db, h.keys, operator, time.Now)
	composer := fanout.NewComposer(h.db, h.keys, fanout.Config{WebURL: h.cfg.WebURL, LeaveURL: leave, Now: time.Now})
	h.publisher = archive.NewPublisher(h.log, h.db, time.Now)
	h.overview, h.signin = archive.NewOverview(h.log, h.db), signin.NewBook(time.Now)
	h.expander = fanout.NewExpander(h.log, h.db, time.Now)
	h.expander.Finished = h.scoreBatch
	if h.digests, err = newEditor(h.log, h.cfg, h.db, h.keys, h.overview); err != nil {
		return err
	}
	h.queue = queue.New(h.log, h.db, out, h.signed(h.renderers(composer, people, h.recaller())), h.queueConfig())
	h.desk = h.newDesk(people, trusted)
	return nil
}

// newDesk is where mail comes in.
func (h *house) newDesk(people *moderate.Forwarder, trusted []netip.Prefix) *incoming.Desk {
	return incoming.New(h.log, h.db, h.keys, people, incoming.Config{
		Hostname:   h.cfg.Hostname,
		Trusted:    trusted,
		Bounces:    h.bounces,
		Reports:    h.reports,
		Relay:      h.relay,
		Digests:    h.digests,
		Verifier:   mailauth.New(&net.Resolver{PreferGo: true}, mailauth.Config{}),
		Spam:       mailauth.SpamPolicy{Fields: h.cfg.SMTP.SpamHeaders},
		MaxMessage: int64(h.cfg.SMTP.MaxMessage),
		MinFree:    minFree(h.cfg.SMTP),
		MaxQueue:   maxQueue,
		HelpURL:    h.cfg.WebURL,
		Host:       h.host,
		Watch:      h.watch,
		Panel:      h.panel,
		Acts:       h.acts,
		Pupil:      incoming.PupilData(h.log, time.Now),
		Now:        time.Now,
	})
}

// newPanel makes the moderators' side of the house, and the index of names by which look-alikes are found.
func (h *house) newPanel(operator message.Address) error {
	var err error
	if h.panel, err = newPanel(h.log, h.cfg, h.host, operator); err != nil {
		return err
	}
	h.host = incoming.Asking(h.host, h.panel)
	err = h.db.Update(func(tx *store.Tx) error { _, err := list.IndexNames(tx); return err })
	if errors.Is(err, store.ErrFull) {
		h.log.Error("no room on disk: names that look alike are not all found", "cause", err)
		return nil
	}
	return err
}

// newPanel is the moderators' side as the server and the commands have it. No mail names a page for moderators, as there is
// none yet.
func newPanel(log *slog.Logger, cfg config.Config, host membership.Host, operator message.Address) (*moderate.Panel, error) {
	hours, err := hoursOf(cfg)
	if err != nil {
		return nil, err
	}
	return moderate.NewPanel(log, moderate.PanelConfig{
		Keys: host.Keys, Operator: operator, Hours: hours, Mask: incoming.HideNumbers, People: incoming.Deciding(host),
	}), nil
}

// hoursOf are the hours of moderators.
func hoursOf(cfg config.Config) (hours calendar.Hours, err error) {
	if hours.Nation = calendar.Nation(cfg.Calendar.Nation); hours.Nation != "" {
		hours.Dates, err = calendar.Load(cfg.Calendar.File)
	}
	return hours, err
}

// newActs returns what moderators do by mail.
func (h *house) newActs(operator message.Address, hours calendar.Hours) *moderate.Acts {
	return moderate.NewActs(h.log, moderate.ActsConfig{
		Keys: h.keys, Operator: operator, WebURL: h.cfg.WebURL, Eraser: h.eraser, Recaller: h.recaller(), Hours: hours, Panel: h.panel,
		Resend: func(n archive.Number, now time.Time) moderate.Resender { return &fanout.Resending{Post: n, Now: now} },
	})
}

// newBounces returns the book that scores addresses, but not in school holidays where there is a calendar of them.
func (h *house) newBounces(operator message.Address) (*bounce.Book, error) {
	b := bounce.NewBook(h.keys, operator, time.Now)
	b.WebURL = leaveURL(h.cfg)
	nation := calendar.Nation(h.cfg.Calendar.Nation)
	if nation == "" {
		return b, nil
	}
	dates, err := calendar.Load(h.cfg.Calendar.File)
	if err != nil {
		return nil, err
	}
	if dates.Ends(time.Now(), nation) {
		h.log.Warn("the calendar has no more school holidays: bounces are scored in all of them", "nation", nation)
	}
	b.Frozen = func(at time.Time) bool { return dates.Holiday(at, nation) }
	return b, nil
}

// scoreBatch looks at the refusals of a post whose copies have come to their end. One that was stopped and went on comes to its
// end twice: it is scored the first time alone, so that no refusal counts twice.
func (h *house) scoreBatch(tx *store.Tx, batch uint64) error {
	counts, err := queue.Tally(tx, batch)
	if err != nil || counts.Again > 0 {
		return err
	}
	broken, err := h.bounces.Batch(tx, batch)
	if broken {
		h.log.Error("a post was refused by so many, or by so many of one provider, that their addresses were not counted as dead", "post", batch)
	}
	return err
}

// maxQueue is how many copies may wait before new mail is put off: forty
// posts to 25,000 members.
const maxQueue = 1_000_000

func (h *house) queueConfig() queue.Config {
	d := h.cfg.Delivery
	return queue.Config{
		UnsettledMax:   d.UnsettledMax,
		Lifetime:       time.Duration(d.RetryFor),
		MaxConnections: h.places.out,
		MaxRoutes:      h.places.lookups,
		Hold:           h.watch.Hold,
		Attempted:      h.watch.Attempted,
		Finished:       h.batchFinished,
		Ended:          h.lettersEnd,
		WarmUp:         d.WarmUp == config.WarmUpOn && d.Through == config.ThroughMX,
		Operators:      courier.ShippedProviders().Names(),
		Now:            time.Now,
	}
}

// lettersEnd looks at a lone row that has come to its end: of a private message nothing is kept, and an address that refused
// one scores as it does for a post. What a moderator cannot be told, the others are.
func (h *house) lettersEnd(tx *store.Tx, r queue.Row, res queue.Result) error {
	if r.Kind == queue.LetterKind && (res.Outcome == queue.Failed || res.Outcome == queue.Expired) {
		_, err := h.panel.Unreached(tx, time.Now(), list.PersonID(r.Member))
		return err
	}
	if r.Kind != relay.Kind {
		return nil
	}
	e, err := h.relay.Ended(tx, r, res)
	if err != nil || e.To == 0 || res.Outcome != queue.Failed && res.Outcome != queue.Expired {
		return err
	}
	_, err = h.bounces.Note(tx, bounce.Refusal{List: e.List, Person: e.To, Class: bounce.ClassOf(res), Words: res.Line()})
	return err
}

// renderers sends each row to the room that knows its kind.
func (h *house) renderers(c *fanout.Composer, f *moderate.Forwarder, rc *moderate.Recaller) queue.Render {
	return func(ctx context.Context, r queue.Row) (queue.Outgoing, error) {
		switch r.Kind {
		case fanout.Kind:
			return c.Render(ctx, r)
		case fanout.ThreadKind:
			return c.RenderThread(ctx, r)
		case moderate.Kind:
			return f.Render(ctx, r)
		case moderate.AckKind:
			return moderate.NewAcknowledger(h.db, h.keys, h.askedBefore).Render(ctx, r)
		case moderate.RecallKind:
			return rc.Render(ctx, r)
		case relay.Kind:
			return h.relay.Render(ctx, r)
		case digest.RowKind:
			return h.digests.Render(ctx, r)
		case dataKind:
			return h.renderData(ctx, r)
		case queue.LetterKind:
			return queue.RenderLetter(ctx, r)
		}
		return queue.Outgoing{}, fmt.Errorf("nobody renders rows of kind %q", r.Kind)
	}
}

func (h *house) recaller() *moderate.Recaller {
	return moderate.NewRecaller(h.db, h.keys, h.cfg.WebURL, time.Now)
}

// signed lets copies be signed after they were composed.
func (h *house) signed(render queue.Render) queue.Render {
	if !h.cfg.DKIM.Sign {
		return render
	}
	signer := courier.NewSigner(h.dkim, time.Now)
	return func(ctx context.Context, r queue.Row) (queue.Outgoing, error) {
		o, err := render(ctx, r)
		if err != nil {
			return o, err
		}
		return signer.Sign(o)
	}
}

// startAudit proves that every accepted message is accounted for, before any
// port opens, and mends what a changed clock left behind.
func (h *house) startAudit() error {
	var report intake.Report
	err := h.db.View(func(tx *store.Tx) (err error) {
		report, err = intake.Audit(tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("start-up audit: %w", err)
	}
	for _, fault := range report.Faults {
		h.log.Error("start-up audit: " + fault)
	}
	h.log.Info("start-up audit", "accepted", report.Accepted, "faults", len(report.Faults))
	if h.capped = h.capWaiting(); errors.Is(h.capped, store.ErrFull) {
		h.log.Error("no room on disk: posts whose delay was shortened wait for their old time", "cause", h.capped)
		return nil
	}
	return h.capped
}

func (h *house) capWaiting() error {
	capped := 0
	err := h.db.Update(func(tx *store.Tx) (err error) {
		capped, err = archive.CapWaiting(tx, time.Now())
		return err
	})
	if err == nil && capped > 0 {
		h.log.Warn("posts wait no longer than their list's delay; was the clock set back?", "posts", capped)
	}
	return err
}

// fullPause is how long what needs room on a full disk waits before it tries
// again.
const fullPause = 5 * time.Second

// capLater does what the start had no room for.
func (h *house) capLater(ctx context.Context) error {
	for errors.Is(h.capped, store.ErrFull) {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(fullPause):
		}
		h.capped = h.capWaiting()
	}
	return h.capped
}

// finishThreads does what a change of threads or topics left when it was interrupted. On a full disk the next command or start does.
func (h *house) finishThreads(ctx context.Context) error {
	err := archive.Finish(ctx, h.db)
	if err == nil {
		err = archive.ClearTopics(ctx, h.db)
	}
	if errors.Is(err, store.ErrFull) {
		h.log.Error("no room on disk: posts are still between two threads, or tagged with a topic that was removed", "cause", err)
		return nil
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// run works until ctx ends or a part fails; the first error ends all.
func (h *house) run(ctx context.Context) error {
	if err := h.watch.Quieten(); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return h.capLater(ctx) })
	g.Go(func() error { return h.finishThreads(ctx) })
	g.Go(func() error { return h.publisher.Run(ctx) })
	g.Go(func() error { return h.expander.Run(ctx) })
	g.Go(func() error { return h.digests.Run(ctx) })
	g.Go(func() error { return h.overview.Run(ctx) })
	if h.search != nil {
		g.Go(func() error { return h.search.Run(ctx) })
	}
	g.Go(func() error { return h.queue.Run(ctx) })
	g.Go(func() error { return h.watch.Run(ctx) })
	g.Go(func() error { return incoming.NewKeeper(h.desk).Run(ctx) })
	g.Go(func() error { return h.panel.Run(ctx, h.db, time.Now) })
	g.Go(func() error { return membership.NewKeeper(h.log, h.db, h.host, time.Now).Run(ctx) })
	g.Go(func() error { return h.reports.Run(ctx, h.db) })
	g.Go(func() error { return newNights(h).run(ctx) })
	g.Go(func() error { return bounce.NewChecker(h.log, h.db, h.bounces, h.dns).Run(ctx) })
	g.Go(func() error { return h.relay.Run(ctx, h.log) })
	g.Go(func() error { return h.acts.Run(ctx, h.db) })
	g.Go(func() error { return h.healthLetters(ctx) })
	g.Go(func() error { return h.readers(ctx) })
	if h.smtp != nil {
		g.Go(func() error { return h.smtp.Run(ctx) })
	}
	g.Go(func() error {
		select {
		case <-ctx.Done():
			return nil
		case <-h.db.Failed():
			return fmt.Errorf("the store can no longer be trusted and the server stops: %w", h.db.Err())
		}
	})
	return g.Wait()
}

func optionalAddress(s string) (message.Address, error) {
	if s == "" {
		return message.Address{}, nil
	}
	return message.ParseAddress(s)
}

func prefixes(texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, t := range texts {
		p, err := netip.ParsePrefix(t)
		if err != nil {
			return nil, fmt.Errorf("network %q: write it like 192.0.2.0/24", t)
		}
		out = append(out, p)
	}
	return out, nil
}
