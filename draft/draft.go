package draft

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// A Form is a form of a page, and who fills it in.
type Form struct {
	Person list.PersonID
	Name   string // as package token makes it
}

// key is empty for a name that no form can have.
func (f Form) key() (k formKey, ok bool) {
	hash, err := token.Hash(f.Name)
	return formKey{A: f.Person, B: hash}, err == nil && f.Person != 0
}

// read is the row of a form; the zero row where nothing is kept, or too long.
func (f Form) read(tx *store.Tx, now time.Time) (formKey, row, error) {
	k, ok := f.key()
	if !ok {
		return k, row{}, nil
	}
	r, _, err := forms.Get(tx, k)
	if !now.Before(r.Until) {
		r = row{}
	}
	return k, r, err
}

// Files returns what is kept for a form, in the order in which it was chosen.
func Files(tx *store.Tx, now time.Time, f Form) ([]File, error) {
	_, r, err := f.read(tx, now)
	return r.Files, err
}

// Content returns the bytes of a file that Files named.
func Content(tx *store.Tx, f File) ([]byte, error) {
	b, ok, err := files.Get(tx, f.Number)
	if err == nil && !ok {
		err = fmt.Errorf("a file of a form: %w", store.ErrDamaged)
	}
	if err != nil {
		return nil, err
	}
	return b.Bytes()
}

// Add keeps files for a form, beside those that it has. The error is ErrMany or ErrFull, or store.ErrFull.
func Add(tx *store.Tx, now time.Time, f Form, more []New) error {
	k, ok := f.key()
	if !ok {
		return fmt.Errorf("the name of a form: %w", ErrFull)
	}
	_, r, err := f.read(tx, now)
	if err != nil {
		return err
	}
	if len(r.Files)+len(more) > MostFiles {
		return ErrMany
	}
	if len(r.Files) == 0 {
		if err := dropKey(tx, k); err != nil { // what was kept too long
			return err
		}
		if err := roomFor(tx, f.Person); err != nil {
			return err
		}
	}
	for _, one := range more {
		kept := File{Name: one.Name, Type: one.Type, Size: int64(one.Content.Size())}
		if all, err := allBytes.Value(tx); err != nil || int64(all)+kept.Size > mostBytes {
			return cmp.Or(err, ErrFull)
		}
		if kept.Number, err = lastFile.Next(tx); err != nil {
			return err
		}
		if err := files.Put(tx, kept.Number, one.Content); err != nil {
			return err
		}
		if _, err := allBytes.Add(tx, kept.Size); err != nil {
			return err
		}
		r.Files = append(r.Files, kept)
	}
	r.Until = now.Add(Life).Truncate(time.Second)
	return forms.Put(tx, k, r)
}

// roomFor drops the oldest of a person's forms where they have as many as they may have.
func roomFor(tx *store.Tx, p list.PersonID) error {
	var all []store.Row[formKey, row]
	for one, err := range store.Prefix(forms, tx, p) {
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b store.Row[formKey, row]) int { return a.Value.Until.Compare(b.Value.Until) })
	for i := 0; i <= len(all)-mostForms; i++ {
		if err := drop(tx, all[i].Key, all[i].Value); err != nil {
			return err
		}
	}
	return nil
}

// Remove gives up one file of a form; one that it has not is none.
func Remove(tx *store.Tx, f Form, number uint64) error {
	k, ok := f.key()
	if !ok {
		return nil
	}
	r, _, err := forms.Get(tx, k)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(r.Files, func(one File) bool { return one.Number == number })
	if i < 0 {
		return nil
	}
	if len(r.Files) == 1 {
		return drop(tx, k, r)
	}
	if err := take(tx, r.Files[i]); err != nil {
		return err
	}
	r.Files = slices.Delete(r.Files, i, i+1)
	return forms.Put(tx, k, r)
}

// Drop gives up all files of a form.
func Drop(tx *store.Tx, f Form) error {
	k, ok := f.key()
	if !ok {
		return nil
	}
	return dropKey(tx, k)
}

func dropKey(tx *store.Tx, k formKey) error {
	r, ok, err := forms.Get(tx, k)
	if err != nil || !ok {
		return err
	}
	return drop(tx, k, r)
}

func drop(tx *store.Tx, k formKey, r row) error {
	for _, f := range r.Files {
		if err := take(tx, f); err != nil {
			return err
		}
	}
	return forms.Delete(tx, k)
}

func take(tx *store.Tx, f File) error {
	if err := files.Delete(tx, f.Number); err != nil {
		return err
	}
	_, err := allBytes.Add(tx, -f.Size)
	return err
}

// Move lets another form of the same person have the files of one.
func Move(tx *store.Tx, from Form, to string) error {
	k, ok := from.key()
	other, ok2 := Form{from.Person, to}.key()
	if !ok || !ok2 || k == other {
		return nil
	}
	r, ok, err := forms.Get(tx, k)
	if err != nil || !ok {
		return err
	}
	if err := dropKey(tx, other); err != nil {
		return err
	}
	if err := forms.Put(tx, other, r); err != nil {
		return err
	}
	return forms.Delete(tx, k)
}

// Forget gives up all files of a person.
func Forget(tx *store.Tx, p list.PersonID) error {
	for one, err := range store.Prefix(forms, tx, p) {
		if err != nil {
			return err
		}
		if err := drop(tx, one.Key, one.Value); err != nil {
			return err
		}
	}
	return nil
}

// Of returns all that is kept for a person.
func Of(tx *store.Tx, p list.PersonID) (all []File, err error) {
	for one, err := range store.Prefix(forms, tx, p) {
		if err != nil {
			return nil, err
		}
		all = append(all, one.Value.Files...)
	}
	return all, nil
}

// Expire gives up the files of at most so many forms with which nothing was done for long, or whose writer is in no list any more,
// and returns how many forms those were.
func Expire(tx *store.Tx, now time.Time, most int) (gone int, err error) {
	for one, err := range forms.All(tx) {
		if err != nil || gone == most {
			return gone, err
		}
		if now.Before(one.Value.Until) {
			on, err := onAnyList(tx, one.Key.A)
			if err != nil {
				return gone, err
			}
			if on {
				continue
			}
		}
		if err := drop(tx, one.Key, one.Value); err != nil {
			return gone, err
		}
		gone++
	}
	return gone, nil
}

func onAnyList(tx *store.Tx, p list.PersonID) (bool, error) {
	for l, err := range list.All(tx) {
		if err != nil {
			return false, err
		}
		_, err := list.Member(tx, l.ID, p)
		if !errors.Is(err, list.ErrNoMember) {
			return err == nil, err
		}
	}
	return false, nil
}
