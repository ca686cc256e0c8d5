package moderate

import (
	"errors"
	"fmt"
	"strings"

	"sencoforum/archive"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// Page is the address of the page where a moderator does what a reply did not prove enough for: that of a post, or of all that
// waits. It is empty where there are no pages.
func (a *Acts) Page(n archive.Number) string {
	base := strings.TrimRight(a.cfg.PagesURL, "/")
	switch {
	case base == "":
		return ""
	case n == 0:
		return base + "/mod"
	}
	return fmt.Sprintf("%s/mod/post/%d", base, n)
}

// A PostCase is a post as the page for what moderators may do to it shows it.
type PostCase struct {
	Post   archive.Post
	List   list.List
	Have   int    // who have it
	Text   string // empty where nobody may read it
	Closed bool   // its discussion is
	Held   bool   // what answers its discussion waits
}

// PostCase returns what a page shows of a post that is out, or was stopped. For who does not moderate its list it is as if it were
// not there: archive.ErrNoPost. Nobody reads what is kept under a safeguarding hold.
func (a *Acts) PostCase(tx *store.Tx, r list.Reader, h Hand, n archive.Number) (c PostCase, err error) {
	if c.Post, c.Have, err = have(tx, n); err != nil {
		return c, err
	}
	if s := c.Post.State; !r.Moderates(c.Post.List) || s != archive.Published && s != archive.Hidden && s != archive.Waiting {
		return PostCase{}, fmt.Errorf("post %d: %w", n, archive.ErrNoPost)
	}
	if c.List, err = list.Get(tx, c.Post.List); err != nil {
		return c, err
	}
	cur, err := archive.Curated(tx, n)
	if err != nil {
		return c, err
	}
	c.Closed, c.Held = cur.Closed.Set(), cur.Moderated.Set()
	if c.Post.IsSealed(h.Now) {
		return c, nil
	}
	raw, err := intake.Raw(tx, c.Post.Intake)
	if errors.Is(err, intake.ErrNoMessage) {
		return c, nil
	}
	if err == nil {
		c.Text = message.Parse(raw).Text()
	}
	return c, err
}

// Describe says in words what an act is and does, for the page that asks once more, and returns it as it is meant. The errors are
// those of Propose.
func (a *Acts) Describe(tx *store.Tx, h Hand, act Act) (meant Act, what, then string, err error) {
	if _, err := mayDo(tx, h, act); err != nil {
		return act, "", "", err
	}
	l, err := list.Get(tx, act.List)
	if err != nil {
		return act, "", "", err
	}
	if !act.needs(l, h.Proof) {
		return act, "", "", ErrWeakProof
	}
	if act, err = a.meant(tx, act); err != nil {
		return act, "", "", err
	}
	d, err := a.describe(tx, act)
	return act, d.what, d.then, err
}

// OnPage does an act that a moderator saw described on a page and said yes to there: it is what CarryOut does with a yes by mail.
func (a *Acts) OnPage(tx *store.Tx, h Hand, act Act, people People) (Act, error) {
	act, what, then, err := a.Describe(tx, h, act)
	if err != nil {
		return act, err
	}
	return act, a.do(tx, h, act, about{what, then}, people)
}
