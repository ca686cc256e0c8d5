// Command sink runs the mail server of package smtpsink: it takes mail for anybody and counts it.
//
//	sink -listen 127.0.0.1:2525 -http 127.0.0.1:2526
//	sink -tempfail 0.05 -permfail 0.01 -latency 50ms    # an unfriendly world
//
// Over HTTP it answers GET /stats, POST /reset and GET /wait?deliveries=2500&timeout=60s, which answers with the
// statistics once so many deliveries came, or with status 504 when they did not. It runs until it gets a signal, and
// then prints the statistics as one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sencoforum/bench/smtpsink"
)

// config is what the flags say.
type config struct {
	listen, http string
	sink         smtpsink.Options
}

func main() {
	c, err := parse(os.Args[1:], os.Stderr)
	if err != nil {
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sink:", err)
		os.Exit(1)
	}
}

func parse(args []string, errOut io.Writer) (config, error) {
	c := config{sink: smtpsink.Default()}
	f := flag.NewFlagSet("sink", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&c.listen, "listen", "127.0.0.1:2525", "address to listen on, host:port or unix:PATH")
	f.StringVar(&c.http, "http", "", "also serve GET /stats, POST /reset and GET /wait here")
	o := &c.sink
	f.BoolVar(&o.LMTP, "lmtp", o.LMTP, "speak LMTP: one reply to DATA per recipient")
	f.BoolVar(&o.Pipelining, "pipelining", o.Pipelining, "offer PIPELINING")
	f.IntVar(&o.MaxRcpt, "max-rcpt", o.MaxRcpt, "recipients taken in one transaction; more are answered 452")
	f.IntVar(&o.MaxConns, "max-conns", o.MaxConns, "connections served at once, 421 beyond that; 0 is no limit")
	f.Uint64Var(&o.Seed, "seed", 1, "which addresses the shares fall on")
	f.Float64Var(&o.TempFail, "tempfail", 0, "share of recipients (0 to 1) answered 451 at first")
	f.IntVar(&o.TempFailTimes, "tempfail-times", o.TempFailTimes, "how often such a recipient is refused before it is taken; 0 is always")
	f.Float64Var(&o.PermFail, "permfail", 0, "share of recipients answered 550")
	f.Float64Var(&o.Drop, "drop", 0, "share of transactions in which the connection is cut after DATA, before the reply")
	f.DurationVar(&o.Latency, "latency", 0, "wait before every reply but the one to DATA's end")
	f.DurationVar(&o.DataLatency, "data-latency", 0, "wait before the reply to the end of DATA")
	f.BoolVar(&o.Anonymous, "no-unique", false, "do not count unique recipients and senders (saves memory)")
	f.StringVar(&o.Save, "save", "", "folder to write every message to, for looking at what arrived")
	return c, f.Parse(args)
}

// run serves until ctx ends, then prints what came.
func run(ctx context.Context, c config, out io.Writer) error {
	network, addr := "tcp", c.listen
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		network, addr = "unix", path
	}
	l, err := net.Listen(network, addr)
	if err != nil {
		return err
	}
	s := smtpsink.New(c.sink)
	failed := make(chan error, 2)
	go func() { failed <- s.Serve(l) }()
	if c.http != "" {
		go func() { failed <- http.ListenAndServe(c.http, handler(s)) }()
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	return errors.Join(err, l.Close(), json.NewEncoder(out).Encode(s.Stats()))
}

// handler answers the scripts that measure.
func handler(s *smtpsink.Server) http.Handler {
	mux := http.NewServeMux()
	tell := func(w http.ResponseWriter) { json.NewEncoder(w).Encode(s.Stats()) }
	mux.HandleFunc("GET /stats", func(w http.ResponseWriter, _ *http.Request) { tell(w) })
	mux.HandleFunc("POST /reset", func(http.ResponseWriter, *http.Request) { s.Reset() })
	mux.HandleFunc("GET /wait", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.ParseInt(r.FormValue("deliveries"), 10, 64)
		timeout, err2 := time.ParseDuration(r.FormValue("timeout"))
		if err := errors.Join(err, err2); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		if !s.Wait(ctx, n) {
			w.WriteHeader(http.StatusGatewayTimeout)
		}
		tell(w)
	})
	return mux
}
