package main

import (
	"context"
	"fmt"
	"time"

	"sencoforum/bounce"
	"sencoforum/config"
	"sencoforum/courier"
	"sencoforum/digest"
	"sencoforum/fanout"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/queue"
	"sencoforum/relay"
	"sencoforum/store"
)

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
