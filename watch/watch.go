package watch

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"sencoforum/internal/seldom"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// Config is what a watch needs to know of the house.
type Config struct {
	Class      func(queue.Result) string                                     // the class of a refusal or deferral, as package bounce names it
	Waiting    func() []queue.ProviderState                                  // what waits now; nil: nothing is known
	Rest       func(provider string, pause time.Duration, last queue.Result) // as queue.Queue's; nil: nobody rests
	ProviderOf func(domain string) string                                    // who receives the mail of a domain that was never routed; "" or nil: not known
	Operator   message.Address                                               // hears every alarm; may be zero
	Lifetime   time.Duration                                                 // how long a copy is tried; 0: queue.DefaultLifetime
	Now        func() time.Time
}

// Watch counts and tells. Make one with New.
type Watch struct {
	log  *slog.Logger
	db   *store.DB
	keys *token.Keyring
	cfg  Config

	damaged *seldom.Line // what could not be looked at

	mu       sync.Mutex // guards what follows
	byDomain map[string]string
	unsigned map[string]uint64 // mails by domain in From that failed DMARC, not yet written
	opened   map[Kind]int      // alarms, for the metrics

	// Of the goroutine of Run alone.
	census census
	calm   bool // at the last look all was well and nothing waited, so no more time changes that
}

// New returns a watch that knows which provider each domain had. It starts nothing.
func New(log *slog.Logger, db *store.DB, keys *token.Keyring, cfg Config) (*Watch, error) {
	if cfg.Lifetime <= 0 {
		cfg.Lifetime = queue.DefaultLifetime
	}
	w := &Watch{log: log, db: db, keys: keys, cfg: cfg, byDomain: map[string]string{}, unsigned: map[string]uint64{}, opened: map[Kind]int{},
		damaged: seldom.NewLine("figures of mail providers cannot be read", slog.LevelError, seldom.Minute)}
	err := db.View(func(tx *store.Tx) error {
		for row, err := range domains.All(tx) {
			if errors.Is(err, store.ErrDamaged) {
				continue // the next copy for it says who its provider is
			}
			if err != nil {
				return err
			}
			w.byDomain[row.Key] = row.Value
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the providers of domains: %w", err)
	}
	return w, nil
}
