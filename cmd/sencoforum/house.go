package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"sencoforum/archive"
	"sencoforum/bounce"
	"sencoforum/calendar"
	"sencoforum/config"
	"sencoforum/courier"
	"sencoforum/digest"
	"sencoforum/fanout"
	"sencoforum/incoming"
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
	pupil     func(list.List, *message.Message) incoming.Pupils
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
	words     *wordsInUse
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

// minFree is the room on disk, in bytes, below which no mail is taken: what the operator says, or enough for what all
// connections could bring. Of a small disk that is a tenth, or most small machines would never take mail; a commit without
// room loses nothing.
func minFree(c config.Config) uint64 {
	if c.SMTP.MinFree > 0 {
		return uint64(c.SMTP.MinFree)
	}
	return leastFree(uint64(c.SMTP.MaxMessage)*uint64(c.SMTP.Connections), diskSize(c.Data))
}

// leastFree is minFree for connections that bring at most so many bytes at once to a disk of that size; 0: not known.
func leastFree(brought, disk uint64) uint64 {
	least := 3 * brought
	if disk > 0 {
		least = min(least, disk/10)
	}
	return max(512<<20, least)
}

// diskSize is the size of the file system of a directory; 0 where that cannot be found out.
func diskSize(dir string) uint64 {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0
	}
	return s.Blocks * uint64(s.Bsize)
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
	if err := h.tellLostKeys(); err != nil {
		return err
	}
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
	hours, err := hoursOf(h.cfg)
	if err != nil {
		return err
	}
	h.host = membership.Host{Keys: h.keys, Operator: operator, WebURL: leave, JoinURL: leave, Data: h.putData, Hours: hours,
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
	h.acts, h.pupil = h.newActs(operator, hours), incoming.PupilData(h.log, time.Now)
	people := moderate.NewForwarder(h.db, h.keys, operator, time.Now)
	composer := fanout.NewComposer(h.db, h.keys, fanout.Config{WebURL: h.cfg.WebURL, LeaveURL: leave, Now: time.Now})
	h.publisher = archive.NewPublisher(h.log, h.db, time.Now)
	h.overview, h.signin = archive.NewOverview(h.log, h.db), signin.NewBook(time.Now)
	h.panel.Follow(h.overview, h.cfg.WebURL)
	h.words = newWords(h.log, h.cfg.Data)
	h.expander = fanout.NewExpander(h.log, h.db, time.Now)
	h.expander.Finished = h.scoreBatch
	if h.digests, err = newEditor(h.log, h.cfg, h.db, h.keys, h.overview, h.words); err != nil {
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
		MinFree:    minFree(h.cfg),
		MaxQueue:   maxQueue,
		HelpURL:    h.cfg.WebURL,
		Host:       h.host,
		Watch:      h.watch,
		Panel:      h.panel,
		Acts:       h.acts,
		Pupil:      h.pupil,
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

// newPanel is the moderators' side as the server and the commands have it. Its mails name the page of what waits, where pages are
// served.
func newPanel(log *slog.Logger, cfg config.Config, host membership.Host, operator message.Address) (*moderate.Panel, error) {
	hours, err := hoursOf(cfg)
	if err != nil {
		return nil, err
	}
	return moderate.NewPanel(log, moderate.PanelConfig{
		Keys: host.Keys, Operator: operator, Web: leaveURL(cfg), Hours: hours, Mask: incoming.HideNumbers, People: incoming.Deciding(host),
	}), nil
}

// hoursOf are the hours of moderators. Those of a demonstration never sleep: whoever tries it in the evening waits for no mail.
func hoursOf(cfg config.Config) (hours calendar.Hours, err error) {
	hours.NeverQuiet = isDemo(cfg.Data)
	if hours.Nation = calendar.Nation(cfg.Calendar.Nation); hours.Nation != "" {
		hours.Dates, err = calendar.Load(cfg.Calendar.File)
	}
	return hours, err
}

// newActs returns what moderators do by mail.
func (h *house) newActs(operator message.Address, hours calendar.Hours) *moderate.Acts {
	return moderate.NewActs(h.log, moderate.ActsConfig{
		Keys: h.keys, Operator: operator, WebURL: h.cfg.WebURL, PagesURL: leaveURL(h.cfg), Eraser: h.eraser, Recaller: h.recaller(), Hours: hours, Panel: h.panel,
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
