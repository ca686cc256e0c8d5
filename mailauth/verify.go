package mailauth

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// Config sets how long a check may wait. The zero value of a field means its default.
type Config struct {
	Time   time.Duration    // for all look-ups of one message; 20 s
	Lookup time.Duration    // for one look-up; 5 s
	Now    func() time.Time // the clock for the expiry of signatures; time.Now
}

// Verifier checks messages. It has no state, and any number of goroutines may use it.
type Verifier struct {
	resolver Resolver
	config   Config
}

// New returns a Verifier that asks the resolver.
func New(resolver Resolver, config Config) *Verifier {
	if config.Time <= 0 {
		config.Time = 20 * time.Second
	}
	if config.Lookup <= 0 {
		config.Lookup = 5 * time.Second
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	return &Verifier{resolver, config}
}

// Mailbox is an envelope address; both parts are empty for the null sender.
type Mailbox struct{ Local, Domain string }

// Input is what arrived. Strangers' text may stand in it as it came.
type Input struct {
	Client   netip.Addr // the host that sent it, or the zero Addr where that is unknown: SPF is then None
	Helo     string
	MailFrom Mailbox
	From     string // the domain of the only author, with U-labels or A-labels
	Raw      []byte // the whole message, with CRLF; not changed
}

// Verify checks one message. It always returns a verdict, within Config.Time and the limits of resolver.go; when ctx
// ends earlier, that counts as name servers that do not answer.
//
// A name server that does not answer matters only where its answer could change the outcome: not when another mechanism
// passes, and not for an identity that cannot belong to the author's domain.
func (v *Verifier) Verify(ctx context.Context, in Input) Verdict {
	ctx, cancel := context.WithTimeout(ctx, v.config.Time)
	defer cancel()
	author, ok := normal(in.From)
	if !ok {
		return Verdict{Result: Unverified, Reasons: []Reason{ReasonBadAuthor},
			SPF: SPF{Result: None}, DMARC: DMARC{Result: None}}
	}
	verdict := Verdict{Author: author}
	w := &walker{v.lookups(dmarcLookups, false), map[string]found{}}
	s := &signer{lookups: v.lookups(dkimLookups, false), now: v.config.Now(), keys: map[string]key{}}
	var policy discovery
	var all bool
	var mechanisms sync.WaitGroup
	mechanisms.Go(func() { policy = discover(ctx, w, author) })
	mechanisms.Go(func() { verdict.DKIM = s.verify(ctx, in.Raw, author) })
	mechanisms.Go(func() { verdict.SPF, all = checkSPF(ctx, v.lookups(spfLookups, true), in) })
	mechanisms.Wait()
	verdict.decide(ctx, w, policy)
	if all {
		verdict.because(ReasonSPFAll)
	}
	return verdict
}

func (v *Verifier) lookups(n int, shorten bool) *lookups {
	return &lookups{resolver: v.resolver, each: v.config.Lookup, left: n, shorten: shorten}
}
