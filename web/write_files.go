package web

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"sencoforum/draft"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// keptFile is a file that is kept for a form until its message is sent.
type keptFile struct {
	Number      uint64
	Name, About string
}

// filesData is what the pages on which somebody writes show of files.
type filesData struct {
	Files  []keptFile
	Room   string   // how large they may be together
	Linked string   // their emails have links in place of them, because they are larger than this
	Noted  []string // what was done to them
}

// draft is the form that somebody fills in, as its files know it.
func (v *visit) draft(form string) draft.Form {
	return draft.Form{Person: v.reader.Person(), Name: form}
}

// files fills in what is kept for a form.
func (v *visit) files(l list.List, d *writeData) error {
	d.Files, d.Room, d.Linked = nil, list.Megabytes(v.s.roomForFiles(l)), ""
	var all []draft.File
	err := v.s.db.View(func(tx *store.Tx) (err error) {
		all, err = draft.Files(tx, v.now, v.draft(d.Form))
		return err
	})
	var sum int64
	for _, f := range all {
		sum += f.Size
		d.Files = append(d.Files, keptFile{f.Number, f.Name, kindOf(message.File{Type: f.Type}) + ", " + sizeOf(f.Size)})
	}
	if sum > l.AttachTotal && l.AttachTotal >= 0 && !d.Single {
		d.Linked = list.Megabytes(l.AttachTotal)
	}
	return err
}

// takeFiles keeps the files that came with a form and gives up those that are not wanted any more. It says what is wrong with those
// that are not taken; the others are kept all the same.
func (v *visit) takeFiles(l list.List, d *writeData, form url.Values, came brought) (wrong string, err error) {
	drop := form["remove"]
	if len(drop) == 0 && len(came.files) == 0 {
		return "", nil
	}
	taken, wrongs := v.sound(l, d, came)
	err = v.s.db.Update(func(tx *store.Tx) error {
		for _, s := range drop {
			if n, err := strconv.ParseUint(s, 10, 64); err == nil {
				if err := draft.Remove(tx, v.draft(d.Form), n); err != nil {
					return err
				}
			}
		}
		if len(taken) == 0 {
			return nil
		}
		kept, err := draft.Files(tx, v.now, v.draft(d.Form))
		if err != nil {
			return err
		}
		var sum int64
		for _, f := range kept {
			sum += f.Size
		}
		for _, f := range taken {
			sum += int64(f.Content.Size())
		}
		if sum > v.s.roomForFiles(l) {
			return errTooLarge
		}
		return draft.Add(tx, v.now, v.draft(d.Form), taken)
	})
	switch {
	case errors.Is(err, errTooLarge):
		wrongs, err = append(wrongs, "Your files are too large together. They may have "+d.Room+" in all. Choose fewer or smaller ones."), nil
	case errors.Is(err, draft.ErrMany):
		wrongs, err = append(wrongs, fmt.Sprintf("A message may have %d files. Choose fewer.", draft.MostFiles)), nil
	case errors.Is(err, draft.ErrFull):
		wrongs, err = append(wrongs, "There is no room for files just now. Please try again in an hour, or send your message by email."), nil
	}
	return strings.Join(wrongs, " "), err
}

// errTooLarge says that files are too large together.
var errTooLarge = errors.New("the files of a form are too large together")

// sound are the files that may be kept, and what is wrong with the others. Photos lose what a camera wrote about the place.
func (v *visit) sound(l list.List, d *writeData, came brought) (taken []draft.New, wrongs []string) {
	if came.busy && len(came.files) > 0 {
		return nil, []string{"Very many files are coming in just now. Choose yours again in a minute. Your text is still here."}
	}
	for _, f := range came.files {
		kind := message.TrueType(f.data, f.said, f.name)
		name := message.SafeName(f.name, kind)
		switch {
		case f.left, int64(len(f.data)) > v.s.roomForFiles(l):
			wrongs = append(wrongs, quoted(name)+" is too large. All files together may have "+d.Room+". Choose a smaller one, or put it online and send a link.")
			continue
		case len(f.data) == 0:
			wrongs = append(wrongs, quoted(name)+" is empty. Choose it again.")
			continue
		case message.IsRisky(f.name, f.said, f.data):
			wrongs = append(wrongs, quoted(name)+" is a program or has macros in it, and such files may do harm. Save it without macros, or as a PDF.")
			continue
		}
		if message.HasPlace(f.data) {
			if clean, ok := message.CleanPhoto(f.data); ok {
				f.data = clean
				d.Noted = append(d.Noted, quoted(name)+" said where it was taken. We have taken that out.")
			}
		}
		taken = append(taken, draft.New{Name: name, Type: kind, Content: store.NewBlob(f.data)})
	}
	return taken, wrongs
}

func quoted(name string) string { return "“" + name + "”" }

// missing reports that a form had more files than are kept for it.
func missing(form url.Values, d writeData) bool {
	n, err := strconv.Atoi(form.Get("files"))
	return err == nil && n-len(form["remove"]) > len(d.Files)
}

// lostFiles is said where files were kept too long.
const lostFiles = "Your files are not here any more: we keep them for a day. Choose them again, or send your text without them."

// keepRaw keeps the files of a message that was taken back for the form in which its text stands again.
func (v *visit) keepRaw(form string, raw []byte) error {
	if raw == nil {
		return nil
	}
	m := message.Parse(raw)
	var all []draft.New
	for _, f := range m.View().Files {
		if b, ok := m.FileContent(f.Part, f.Inner); ok && len(all) < draft.MostFiles {
			all = append(all, draft.New{Name: f.Name, Type: f.Type, Content: store.NewBlob(b)})
		}
	}
	if len(all) == 0 {
		return nil
	}
	err := v.s.db.Update(func(tx *store.Tx) error { return draft.Add(tx, v.now, v.draft(form), all) })
	if errors.Is(err, draft.ErrFull) {
		return nil // the form says how many there are
	}
	return err
}

// endFiles gives up the files of a form, or lets another form have them.
func (v *visit) endFiles(form, next string) error {
	if next == form {
		return nil
	}
	kept := false
	err := v.s.db.View(func(tx *store.Tx) error {
		all, err := draft.Files(tx, v.now, v.draft(form))
		kept = len(all) > 0
		return err
	})
	if err != nil || !kept {
		return err
	}
	return v.s.db.Update(func(tx *store.Tx) error {
		if next != "" {
			return draft.Move(tx, v.draft(form), next)
		}
		return draft.Drop(tx, v.draft(form))
	})
}
