package moderate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// Errors of changes that only an owner may make. Each changes nothing.
var (
	ErrNotOwner  = errors.New("only an owner of the list may change that")
	ErrSettings  = errors.New("the settings were changed meanwhile")
	ErrLastOwner = errors.New("the list would have no owner any more")
)

// A Setting is one that was changed, by its key as the command line has it, with what it is now.
type Setting struct {
	Key, Value string
	Secret     bool   // the value is the owner's words, which the record must not hold
	Words      string // the change in words, for the moderators
}

// Edition is a mark of the settings of a list: a page has it from when it was shown, so that one owner does not undo in passing what
// another has just changed.
func Edition(l list.List) string {
	text, err := json.Marshal(struct {
		Title    string
		Settings list.Settings
	}{l.Title, l.Settings})
	if err != nil {
		return "" // settings are plain values
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// mustOwn returns the person of a hand, who has to be an owner of the list, with a strong proof.
func mustOwn(tx *store.Tx, l list.ID, h Hand) (list.Person, error) {
	p, err := mustModerate(tx, l, h)
	if err != nil {
		return p, err
	}
	m, err := list.Member(tx, l, h.Person)
	switch {
	case err != nil:
		return p, err
	case m.Role != list.RoleOwner:
		return p, ErrNotOwner
	case !h.Proof.Strong():
		return p, ErrWeakProof
	}
	return p, nil
}

// SetList changes settings of a list as an owner wants them: change makes them, and says which there are. seen is the Edition that the
// owner had before them. Each is in the record as one from the command line is, and all moderators are told. The errors are
// ErrNotModerator, ErrNotOwner, ErrWeakProof, ErrSettings, ErrIsSo where nothing changes, and what is wrong with the settings.
func (a *Acts) SetList(tx *store.Tx, h Hand, l list.ID, seen string, change func(*list.List) []Setting) error {
	if _, err := mustOwn(tx, l, h); err != nil {
		return err
	}
	of, err := list.Get(tx, l)
	if err != nil {
		return err
	}
	if Edition(of) != seen {
		return ErrSettings
	}
	emergency := of.Emergency // is more than a setting; see Panel.Emergency
	changed := change(&of)
	of.Emergency = emergency
	if len(changed) == 0 {
		return ErrIsSo
	}
	if err := list.Save(tx, of); err != nil {
		return err
	}
	var words []string
	for _, s := range changed {
		detail := string(h.Proof) + "; " + s.Key
		if !s.Secret {
			detail += " " + s.Value
		}
		if err := h.record(tx, audit.Entry{Action: "list set", List: uint32(l), Detail: detail}); err != nil {
			return err
		}
		words = append(words, s.Words)
	}
	return a.tellChanged(tx, h, of, words)
}

// tellChanged tells all who look after a list what is set now.
func (a *Acts) tellChanged(tx *store.Tx, h Hand, l list.List, words []string) error {
	by, err := calledBy(tx, h.Person)
	if err != nil {
		return err
	}
	to, err := a.circle(tx, l.ID)
	if err != nil {
		return err
	}
	for _, who := range to {
		if err := a.mail(tx, a.roundFor(l, who, Act{List: l.ID}, h), notice.ListChanged{By: by, Changes: words, At: london(h.Now)}); err != nil {
			return err
		}
	}
	return nil
}
