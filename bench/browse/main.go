// Command browse reads a members' archive as people do, and prints how long the pages took as one line of JSON.
//
//	browse -url http://127.0.0.1:8025 -address reader@members.example -mail DIR -rate 20 -for 30s
//	browse -url http://127.0.0.1:8025 -address reader@members.example -mail DIR -sign-in
//
// It signs in by the code that comes by mail, which it reads in the folder where the sink saves what arrives. Then it collects
// discussions from pages of months and asks for pages at an even rate, whether or not the ones before have come: of ten six
// are discussions, two the home page, one a month and one a search. Of several addresses each has ten pages in turn, as one person
// may search only so often. With -sign-in it prints the cookie of the first and ends.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// config is what the flags say.
type config struct {
	url, mail string
	addresses []string
	signIn    bool
	rate      float64
	length    time.Duration
}

func main() {
	c, err := parse(os.Args[1:], os.Stderr)
	if err != nil {
		os.Exit(2)
	}
	if err := run(c, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "browse:", err)
		os.Exit(1)
	}
}

func parse(args []string, errOut io.Writer) (c config, err error) {
	f := flag.NewFlagSet("browse", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.StringVar(&c.url, "url", "http://127.0.0.1:8025", "where the pages are")
	addresses := f.String("address", "", "whose mail it is; several with commas between them")
	f.StringVar(&c.mail, "mail", "", "folder in which mail is saved")
	f.BoolVar(&c.signIn, "sign-in", false, "print the cookie and end")
	f.Float64Var(&c.rate, "rate", 20, "pages a second")
	f.DurationVar(&c.length, "for", 30*time.Second, "how long")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	c.addresses = strings.Split(*addresses, ",")
	if slices.Contains(c.addresses, "") || c.mail == "" || c.rate <= 0 {
		fmt.Fprintln(errOut, "browse: -address, -mail and a rate are needed")
		return c, errors.New("flags are missing")
	}
	return c, nil
}

func run(c config, out io.Writer) error {
	var all []*reader
	for _, address := range c.addresses {
		r, err := signIn(c, address)
		if err != nil {
			return err
		}
		if all = append(all, r); c.signIn {
			_, err := fmt.Fprintln(out, r.cookie())
			return err
		}
	}
	pages, err := all[0].plan()
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(walk(all, pages, c.rate, int(c.rate*c.length.Seconds())))
}
