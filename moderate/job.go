package moderate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// A Job is an act that a moderator has confirmed and that is done beside the work of the server, some at a time. It is there until
// it is done, so a crash leaves it where it was.
type Job struct {
	Act   Act           `json:"act"`
	What  string        `json:"-"` // in words, for the mail that tells of it; not stored, as it holds a subject
	By    list.PersonID `json:"by,omitempty"`
	Actor string        `json:"actor"`
	Proof Proof         `json:"proof"`
	At    time.Time     `json:"at"`

	After uint32 `json:"after,omitempty"` // of a release: the last person who was dealt with
	Shown bool   `json:"shown,omitempty"` // of a release: the post can be seen again
}

var jobs = store.NewTable("moderate.jobs", store.Uint64Key[uint64](), store.JSON[Job]())

const jobNumbers = store.Counter("moderate.jobs")

func putJob(tx *store.Tx, j Job) error {
	n, err := jobNumbers.Next(tx)
	if err != nil {
		return err
	}
	return jobs.Put(tx, n, j)
}

// hand is who asked for the job.
func (j Job) hand() Hand {
	return Hand{By: By{Actor: j.Actor, Now: j.At}, Person: j.By, Proof: j.Proof}
}

// step does some of the oldest job and reports whether there may be more to do.
func (a *Acts) step(ctx context.Context, db *store.DB) (more bool, err error) {
	var number uint64
	var j Job
	err = db.View(func(tx *store.Tx) error {
		for row, err := range jobs.All(tx) {
			if err != nil {
				return err
			}
			number, j = row.Key, row.Value
			d, err := a.describe(tx, j.Act)
			j.What = d.what
			if j.What == "" && err != nil {
				j.What = fmt.Sprintf("%s post %d", j.Act.Kind, j.Act.Post)
			}
			return nil
		}
		return nil
	})
	if err != nil || number == 0 {
		return false, err
	}
	switch j.Act.Kind {
	case ActRecall:
		err = a.recall(db, number, j)
	case ActRelease:
		err = a.release(ctx, db, number, j)
	case ActErasure:
		err = a.erase(db, number, j)
	case ActRedact:
		err = a.redact(db, number, j)
	case ActHide:
		err = a.hide(db, number, j)
	default:
		err = ErrNoAct
	}
	if err == nil || store.Trouble(err) || errors.Is(err, store.ErrFull) || ctx.Err() != nil {
		return true, err
	}
	a.log.Error("what a moderator asked for could not be done", "act", string(j.Act.Kind), "post", j.Act.Post, "cause", err)
	return true, a.end(db, number, j, notice.Carried{Fault: true, Result: whyNot(err)})
}

// whyNot says in a sentence why an act could not be done, and what can be.
func whyNot(err error) string {
	switch {
	case errors.Is(err, archive.ErrSealed):
		return "A safeguarding hold lies on the post. Whoever runs the server can end it."
	case errors.Is(err, archive.ErrErased), errors.Is(err, archive.ErrNoPost), errors.Is(err, archive.ErrShown):
		return "The post was changed meanwhile, and there is nothing left to do."
	case errors.Is(err, errNoSuchWords):
		return "These words are not in the post. Look at how they are written there, and ask\nagain."
	case errors.Is(err, message.ErrLeft):
		return "The words cannot be taken out without harm to the rest. You can erase the post."
	}
	return "Please ask whoever runs the server: the server's log says more."
}

var errNoSuchWords = errors.New("the words are not in the post")

// end takes a job out of the book and tells the moderators what came of it.
func (a *Acts) end(db *store.DB, number uint64, j Job, n notice.Carried) error {
	return db.Update(func(tx *store.Tx) error { return a.finish(tx, number, j, n) })
}

func (a *Acts) finish(tx *store.Tx, number uint64, j Job, n notice.Carried) error {
	n.What = j.What
	if j.Act.Kind == ActErasure || j.Act.Kind == ActRedact {
		if err := unsay(tx, j.Act.Post); err != nil {
			return err
		}
	}
	if err := jobs.Delete(tx, number); err != nil {
		return err
	}
	return a.tellDone(tx, j.hand(), j.Act, n)
}

// recall asks those who have a post to delete it.
func (a *Acts) recall(db *store.DB, number uint64, j Job) error {
	if a.cfg.Recaller == nil {
		return ErrNoAct
	}
	asked, err := a.cfg.Recaller.Recall(j.hand().By, j.Act.Post)
	if err != nil {
		return err
	}
	return a.end(db, number, j, notice.Carried{Result: counted(asked, "person is", "people are") + " asked to delete it now."})
}

// release shows a post again and puts the copies that nobody has got, a page in each transaction.
func (a *Acts) release(ctx context.Context, db *store.DB, number uint64, j Job) error {
	if !j.Shown {
		var p archive.Post
		err := db.Update(func(tx *store.Tx) (err error) {
			if p, err = archive.Show(tx, j.Act.Post, j.At); err != nil {
				return err
			}
			j.Shown = true
			return errors.Join(jobs.Put(tx, number, j), j.hand().note(tx, "post release", p.List, 0, uint64(p.Number)))
		})
		if err != nil {
			return err
		}
		if err := a.cfg.Eraser.noteVisible(p, entry{Act: actShow, At: j.At}); err != nil {
			return err
		}
	}
	if a.cfg.Resend != nil {
		r := a.cfg.Resend(j.Act.Post, j.At)
		if err := db.View(r.Look); err != nil {
			return err
		}
		for next := list.PersonID(j.After) + 1; next != 0 && ctx.Err() == nil; {
			err := db.Update(func(tx *store.Tx) (err error) {
				if next, err = r.Page(tx, next); err != nil || next == 0 {
					return err
				}
				j.After = uint32(next) - 1
				return jobs.Put(tx, number, j)
			})
			if err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return a.end(db, number, j, notice.Carried{Result: "It can be seen again. Those who have no copy get one now."})
}

// erase takes a post out for good. What it leaves in free pages of the store goes with the compaction of the next night.
func (a *Acts) erase(db *store.DB, number uint64, j Job) error {
	p, trace, err := a.cfg.Eraser.Trace(j.Act.Post)
	if err != nil {
		return err
	}
	if err := a.cfg.Eraser.Erase(j.hand().By, p.Number, trace); err != nil {
		return err
	}
	j.What = fmt.Sprintf("erase post %d", p.Number)
	result := "It is gone from our server."
	if n := len(trace.Quotes); n > 0 {
		result += fmt.Sprintf("\nIts words are quoted in %s. Whoever runs the server can show which:\nsencoforum post erase %d", counted(n, "other post", "other posts"), p.Number)
	}
	return a.end(db, number, j, notice.Carried{Result: result})
}

// hide takes a post out of everybody's sight, as the command post remove does.
func (a *Acts) hide(db *store.DB, number uint64, j Job) error {
	if _, err := a.cfg.Eraser.Remove(j.hand().By, j.Act.Post, archive.Seal{}); err != nil {
		return err
	}
	return a.end(db, number, j, notice.Carried{Result: "Nobody can see it any more. Those who have a copy still have it: to ask them to\ndelete it, write recall " + fmt.Sprintf("#%d.", j.Act.Post)})
}

// counted is a number with the word for one or for several.
func counted(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

// redact takes words out of a post.
func (a *Acts) redact(db *store.DB, number uint64, j Job) error {
	w := Words{Phrases: j.Act.Phrases}
	plan, err := a.cfg.Eraser.PlanRedact(j.hand().By, j.Act.Post, w)
	if err != nil {
		return err
	}
	if plan.Places == 0 {
		return errNoSuchWords
	}
	if err := a.cfg.Eraser.Redact(j.hand().By, plan, w); err != nil {
		return err
	}
	j.What = fmt.Sprintf("take words out of post %d", j.Act.Post)
	return a.end(db, number, j, notice.Carried{
		Result: "They stood in " + counted(plan.Places, "place", "places") + ". Those who have the post already still have the words.",
	})
}
