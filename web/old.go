package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/store"
)

// oldPage leads from an address of the old archive, as pipermail made them, to where its message is now. They stand in mail of
// twenty years.
func oldPage(v *visit) error {
	page := strings.TrimSuffix(v.args["page"], ".html")
	month, _, _ := strings.Cut(page, "/")
	for _, l := range v.lists {
		if !strings.EqualFold(l.Name, v.args["list"]) && len(v.lists) > 1 {
			continue
		}
		var n archive.Number
		err := v.s.db.View(func(tx *store.Tx) (err error) {
			for _, end := range []string{page + ".html", page} {
				if n, err = archive.OldURL(tx, l.ID, end); err == nil {
					_, err = archive.ReadPost(tx, v.reader, n)
					return err
				}
			}
			return err
		})
		if err == nil {
			return v.to(http.StatusMovedPermanently, fmt.Sprintf("/m/%d", n))
		}
	}
	if at, err := time.Parse("2006-January", month); err == nil {
		return v.to(http.StatusMovedPermanently, at.Format("/2006/01"))
	}
	if page == "" || page == "index" {
		return v.to(http.StatusMovedPermanently, "/")
	}
	return errNoPage
}
