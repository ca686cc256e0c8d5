// Command load sends mail to an SMTP or LMTP server as fast as it is taken, or at a given rate, and reports throughput
// and latencies of replies as one line of JSON.
//
//	load -addr 127.0.0.1:2525 -to list@lists.example -n 2000 -conns 8
//	load -addr 127.0.0.1:2525 -to list@lists.example -rate 20 -n 600
//	load -addr 127.0.0.1:2525 -to-file members.txt -rcpts 50 -n 500
//
// Messages are -size bytes of plain text, each with its own Message-ID. With -rate the load is open-loop: latencies
// count from the moment at which a message was due, so a server that stalls cannot hide it.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

// config is what the flags say.
type config struct {
	options
	source sourceOptions
	conns  int
	count  int
	rate   float64 // messages a second over all connections; 0 is as fast as possible
}

// options are those of each connection.
type options struct {
	addr     string
	lmtp     bool
	helo     string
	pipeline bool
	ahead    bool
	perConn  int
	timeout  time.Duration
}

func main() {
	c, err := parse(os.Args[1:], os.Stderr)
	if err != nil {
		os.Exit(2)
	}
	r, err := run(c)
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(2)
	}
	json.NewEncoder(os.Stdout).Encode(r)
	if r.Sent == 0 {
		os.Exit(1)
	}
}

func parse(args []string, errOut io.Writer) (config, error) {
	var c config
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&c.addr, "addr", "127.0.0.1:2525", "server, host:port or unix:PATH")
	f.BoolVar(&c.lmtp, "lmtp", false, "speak LMTP")
	f.StringVar(&c.helo, "helo", "load.example", "name to greet with")
	f.BoolVar(&c.pipeline, "pipeline", true, "send MAIL, RCPT and DATA in one go when the server offers it")
	f.BoolVar(&c.ahead, "ahead", false, "also send the next message's commands with the end of the last one (needs -pipeline; SMTP only)")
	f.IntVar(&c.perConn, "per-conn", 0, "messages on a connection before a new one is made; 0 is no limit")
	f.DurationVar(&c.timeout, "timeout", time.Minute, "longest wait for a reply")
	f.IntVar(&c.conns, "conns", 1, "connections at once")
	f.IntVar(&c.count, "n", 100, "messages in all")
	f.Float64Var(&c.rate, "rate", 0, "messages a second over all connections; 0 is as fast as possible")
	s := &c.source
	f.IntVar(&s.size, "size", 5120, "bytes in a message, headers included")
	f.StringVar(&s.from, "from", "sender@members.example", "envelope and header sender")
	f.StringVar(&s.to, "to", "list@lists.example", "recipient")
	f.StringVar(&s.toFile, "to-file", "", "file of recipients, one a line, used in turn instead of -to")
	f.IntVar(&s.rcpts, "rcpts", 1, "recipients of each message when -to-file is given")
	f.StringVar(&s.subject, "subject", "Load test", "subject of messages; a number is added")
	return c, f.Parse(args)
}
