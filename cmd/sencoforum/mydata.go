package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/web"
)

// dataKind is the kind of rows for a mail with all that is known of somebody. It is composed when it is sent.
const dataKind = "data"

// maxData is the largest file that goes by mail, in bytes.
const maxData = 10_000_000

// dataRow is what such a row says.
type dataRow struct {
	List   list.ID       `json:"list"`
	Person list.PersonID `json:"person"`
}

// putData puts a mail with all that is known of a person.
func (h *house) putData(tx *store.Tx, l list.ID, p list.Person) error {
	payload, err := json.Marshal(dataRow{List: l, Person: p.ID})
	if err != nil {
		return err
	}
	return queue.Put(tx, queue.Row{
		Kind: dataKind, Member: uint32(p.ID), Domain: p.Address.Domain, Payload: payload, Priority: queue.Normal, Queued: time.Now(),
	})
}

// renderData composes such a mail: the file that the command "export member" writes, to the address that the person has now.
func (h *house) renderData(ctx context.Context, r queue.Row) (queue.Outgoing, error) {
	var row dataRow
	if err := json.Unmarshal(r.Payload, &row); err != nil {
		return queue.Outgoing{}, fmt.Errorf("row of somebody's data: %w", err)
	}
	to := notice.To{ID: fmt.Sprintf("data.%d.%d", r.ID, row.Person), Now: time.Now()}
	err := h.db.View(func(tx *store.Tx) (err error) {
		if to.List, err = list.Get(tx, row.List); err != nil {
			return err
		}
		if _, err = list.Member(tx, row.List, row.Person); err != nil {
			return err
		}
		to.Person, err = list.GetPerson(tx, row.Person)
		return err
	})
	if errors.Is(err, list.ErrNoMember) || errors.Is(err, list.ErrNoPerson) {
		return queue.Outgoing{}, queue.ErrDropped
	}
	if err != nil {
		return queue.Outgoing{}, err
	}
	file := &bounded{most: maxData}
	a := &admin{db: h.db, cfg: h.cfg, now: time.Now, actor: fmt.Sprintf("member %d", row.Person), out: file, errOut: io.Discard, opts: &rootOptions{inside: true}}
	if err := a.exportMember(ctx, to.Person.Address.String()); err != nil && !errors.Is(err, errTooLarge) {
		return queue.Outgoing{}, err
	} else if err != nil {
		file.b.Reset()
	}
	m, err := notice.YourData{Zip: file.b.Bytes()}.Compose(to)
	if err != nil {
		return queue.Outgoing{}, err
	}
	from := to.List.ReturnAddress(h.keys, row.Person, 0, time.Now())
	return queue.Outgoing{Row: r.ID, From: from, To: to.Person.Address, Header: m.Header, Body: m.Body, UTF8: !to.Person.Address.ASCII()}, nil
}

var errTooLarge = errors.New("too large for a mail")

// bounded keeps what is written to it, up to a size.
type bounded struct {
	b    bytes.Buffer
	most int
}

func (w *bounded) Write(p []byte) (int, error) {
	if w.b.Len()+len(p) > w.most {
		return 0, errTooLarge
	}
	return w.b.Write(p)
}

// pageData writes the same file for a page.
func (h *house) pageData(ctx context.Context, to io.Writer, who list.PersonID) error {
	var p list.Person
	err := h.db.View(func(tx *store.Tx) (err error) { p, err = list.GetPerson(tx, who); return err })
	if err != nil {
		return err
	}
	file := &bounded{most: maxData}
	a := &admin{db: h.db, cfg: h.cfg, now: time.Now, actor: fmt.Sprintf("member %d", who), out: file, errOut: io.Discard, opts: &rootOptions{inside: true}}
	if err := a.exportMember(ctx, p.Address.String()); errors.Is(err, errTooLarge) {
		return web.ErrTooLarge
	} else if err != nil {
		return err
	}
	_, err = to.Write(file.b.Bytes())
	return err
}
