package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// tellLostKeys says which keys are not there although mail has left the forum: they were lost, and new ones are about to be made.
// The forum goes on with those, for nobody could sign in or leave without; but nothing else would say why old links are dead.
func (h *house) tellLostKeys() error {
	var sent uint64
	err := h.db.View(func(tx *store.Tx) (err error) { sent, err = queue.Ever(tx); return err })
	if err != nil || sent == 0 {
		return err
	}
	_, err = os.Stat(filepath.Join(h.cfg.Data, token.FileName))
	if errors.Is(err, fs.ErrNotExist) {
		h.log.Error("the token keys are lost and new ones are made: no link and no return address in mail already sent works. "+
			"If a backup has the file, stop the server, put it back, and start again", "file", filepath.Join(h.cfg.Data, token.FileName))
	}
	keys, err := filepath.Glob(filepath.Join(h.cfg.Data, "dkim", "*.pem"))
	if err == nil && len(keys) == 0 && h.cfg.DKIM.Sign {
		h.log.Error("the signing keys (DKIM) are lost and a new one is made: big providers refuse our mail until its record is in the DNS. "+
			"If a backup has the files, stop the server, put them back, and start again; else: sencoforum dns", "directory", filepath.Join(h.cfg.Data, "dkim"))
	}
	return err
}
