// Alsolike makes the "You might also like" links under a site's articles.
//
//	alsolike import articles.jsonl     puts articles into the store
//	alsolike refresh                   makes a snapshot of links and publishes it
//	alsolike serve                     answers GET /v1/related?id=…
//	alsolike demo                      shows all of it on a small magazine
//
// Every verb explains itself: alsolike VERB --help. Results go to standard
// output, everything else to standard error. Exit codes: 0 success, 1 failure,
// 2 wrong usage.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// ownProcess says that the process is this program's alone, rather than a test's.
var ownProcess bool

func main() {
	ownProcess = true
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Environ()))
}
