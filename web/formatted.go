package web

import (
	"fmt"
	"html/template"
	"net/http"

	"sencoforum/archive"
	"sencoforum/message"
	"sencoforum/store"
)

// formattedData is a message with the shape that its writer gave it.
type formattedData struct {
	Number  archive.Number
	Subject string
	Author  string
	Written stamp
	HTML    template.HTML
	Changes []string
}

// formattedPage shows the HTML of a message, quotes and all. What it may hold is decided by message.PageHTML; nothing of it
// runs, and nothing is loaded but pictures that came with it.
func formattedPage(v *visit) error {
	m, p, err := v.text()
	if err != nil {
		return err
	}
	view := m.View()
	if view.HTML == "" {
		return errNoPage
	}
	var living archive.Number
	err = v.s.db.View(func(tx *store.Tx) error {
		d, _, err := archive.ReadThread(tx, v.reader, p.Number)
		living = d.Number
		return err
	})
	if err != nil {
		return err
	}
	names := fileNames(view.Files)
	picture := func(id string) string {
		for i, f := range view.Files {
			if f.ContentID == id && (f.Type == "image/png" || f.Type == "image/jpeg") {
				return filePath(v.s.cfg.Path, p.Number, names[i])
			}
		}
		return ""
	}
	d := formattedData{Number: p.Number, Subject: subjectOf(p), Author: nameOf(p), Written: full(p.Written), Changes: view.Changes,
		HTML: template.HTML(hideAddresses(message.PageHTML(view.HTML, picture)))}
	return v.show(http.StatusOK, "formatted.html", v.shell(d.Subject, link{Path: fmt.Sprintf("/t/%d", living), Text: d.Subject}), d)
}
