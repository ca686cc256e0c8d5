package main

import (
	"context"

	"sencoforum/incoming"
	"sencoforum/web"
)

// pageDesk is the inbound desk as the pages know it.
func (h *house) pageDesk() web.Desk {
	return web.Desk{
		Foresee: func(ctx context.Context, w web.Written) (web.Outlook, error) {
			return outlook(h.desk.Foresee(ctx, incoming.Written(w)))
		},
		Write: func(ctx context.Context, w web.Written) (web.Outlook, error) {
			return outlook(h.desk.Write(ctx, incoming.Written(w)))
		},
		TakeBack: h.desk.TakeBack,
		Complain: func(ctx context.Context, c web.Complaint) (bool, error) {
			return h.desk.Complain(ctx, incoming.Complaint(c))
		},
	}
}

// outlook is what the desk says, in the words of the pages.
func outlook(o incoming.Outlook, err error) (web.Outlook, error) {
	return web.Outlook{Fate: string(o.Fate), Why: o.Why, Hints: o.Hints, Post: o.Post, At: o.At, Again: o.Again, Raw: o.Raw}, err
}
