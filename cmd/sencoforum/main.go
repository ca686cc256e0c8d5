// Command sencoforum runs a mailing list and is its operator's command line.
//
// Each command stands in a file of its own. Commands that look at the lists or change them run inside the server when
// there is one, through its control socket, and on the store itself when there is none.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // British time on machines that have no time zones

	"sencoforum/document"
)

// version is the release, stamped by the build.
var version = "dev"

func main() {
	document.Begin() // as the child that reads a document the program does nothing else
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], process())
	stop()
	os.Exit(code)
}
