package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"sencoforum/archive"
)

// postImport is one import at work. It belongs to one goroutine.
type postImport struct {
	*rootOptions
	spec *importSpec
	to   *importTarget
	plan *archive.ImportPlan
	line *progress

	sum     archive.ImportResult
	skipped []skippedView
	seen    map[string]bool // new ones of a dry run
}

// parcel is a batch on its way, with what the report needs of its messages.
type parcel struct {
	bytes []byte
	where []string
	err   error // of reading; the last parcel has it
}

// work hands all messages over and tells what came of it.
func (i *postImport) work(ctx context.Context) error {
	i.seen = map[string]bool{}
	i.line.begin(i.plan.Messages)
	within, cancel := context.WithCancel(ctx)
	all := i.sent(within)
	defer func() {
		cancel()
		for p := range all {
			<-p.answered // nothing works on when this is over
		}
	}()
	for p := range all {
		<-p.answered
		if p.err != nil {
			return i.broken(ctx, p.err)
		}
		i.add(p.result, p.where)
		done := i.sum.New + i.sum.Known + len(i.skipped)
		i.line.at(done)
		if i.batchDone != nil {
			i.batchDone(done)
		}
	}
	if ctx.Err() != nil {
		return i.broken(ctx, ctx.Err())
	}
	i.line.clear()
	if !i.spec.dry {
		figures := fmt.Sprintf("%d new, %d known, %d left out", i.sum.New, i.sum.Known, len(i.skipped))
		if err := i.to.command(ctx, nil, nil, "--ends", figures, "--run", i.to.Run); err != nil {
			return err
		}
	}
	return i.tell()
}

// sent is a parcel that was handed over, with what came of it once answered is closed.
type sent struct {
	parcel
	result   archive.ImportResult
	answered chan struct{}
}

// sent hands the parcels over, two at once, in their order: while one is stored, the next is read.
func (i *postImport) sent(ctx context.Context) <-chan *sent {
	out := make(chan *sent)
	go func() {
		defer close(out)
		part := 0
		for p := range i.parcels(ctx) {
			s := &sent{parcel: p, answered: make(chan struct{})}
			go func(part int) {
				defer close(s.answered)
				if s.err == nil {
					s.err = i.to.command(ctx, s.bytes, &s.result, "--run", i.to.Run, "--part", strconv.Itoa(part))
				}
				s.bytes = nil
			}(part)
			part++
			select {
			case out <- s:
			case <-ctx.Done():
				<-s.answered
				return
			}
		}
	}()
	return out
}

// parcels reads the messages and packs them, one batch ahead of who takes them.
func (i *postImport) parcels(ctx context.Context) <-chan parcel {
	out := make(chan parcel, 1)
	go func() {
		defer close(out)
		var b archive.ImportBatch
		var where []string
		send := func(err error) bool {
			p := parcel{bytes: b.Bytes(), where: where, err: err}
			b.Reset()
			where = nil
			select {
			case out <- p:
				return err == nil
			case <-ctx.Done():
				return false
			}
		}
		for item, err := range i.plan.Items() {
			if err != nil {
				send(err)
				return
			}
			if item.Bad != "" {
				continue
			}
			ok, err := b.Add(item)
			if err == nil && !ok {
				if !send(nil) {
					return
				}
				_, err = b.Add(item)
			}
			if err != nil {
				send(err)
				return
			}
			where = append(where, item.Where)
		}
		if b.Len() > 0 {
			send(nil)
		}
	}()
	return out
}

// add adds what became of a parcel.
func (i *postImport) add(r archive.ImportResult, where []string) {
	for _, s := range r.Skipped {
		if s.Item >= 0 && s.Item < len(where) {
			i.skipped = append(i.skipped, skippedView{Where: where[s.Item], Reason: s.Reason})
		}
	}
	r.Skipped = nil
	for _, key := range r.Keys {
		if i.seen[key] { // the same message twice in the archive
			r.New, r.Known = r.New-1, r.Known+1
		}
		i.seen[key] = true
	}
	r.Keys = nil
	i.sum.Add(r)
}

// progress is a line on the terminal that says how far a long command is. Without a terminal it says nothing.
type progress struct {
	to    *os.File // nil: nobody looks
	now   func() time.Time
	all   int
	start time.Time
	last  time.Time
}

func newProgress(o *rootOptions) *progress {
	p := &progress{now: time.Now}
	if f, ok := o.errOut.(*os.File); ok && isTerminal(f) && !o.json {
		p.to = f
	}
	return p
}

// say replaces the line.
func (p *progress) say(format string, args ...any) {
	if p.to != nil {
		fmt.Fprintf(p.to, "\r\x1b[K%s", visible(fmt.Sprintf(format, args...)))
	}
}

// clear takes the line away.
func (p *progress) clear() {
	if p.to != nil {
		fmt.Fprint(p.to, "\r\x1b[K")
	}
}

func (p *progress) begin(all int) { p.all, p.start = all, p.now() }

// at says how many are done, at most five times a second.
func (p *progress) at(done int) {
	now := p.now()
	if p.to == nil || now.Sub(p.last) < 200*time.Millisecond {
		return
	}
	p.last = now
	p.say("%s", pace(done, p.all, now.Sub(p.start)))
}

// pace says how far something is, how fast it goes and how long it will take.
func pace(done, all int, took time.Duration) string {
	text := fmt.Sprintf("%d of %s", done, plural(all, "message"))
	if took < time.Second || done == 0 {
		return text
	}
	left := time.Duration(float64(took) / float64(done) * float64(all-done)).Round(time.Second)
	return fmt.Sprintf("%s, %.0f a second, %s left", text, float64(done)/took.Seconds(), left)
}
