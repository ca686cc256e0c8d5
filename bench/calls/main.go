// Command calls adds up what strace saw in a span of time: how often each system call was made on each file, and how
// long the calls took by the clock.
//
//	strace -f -ttt -T -y -e trace=fdatasync,fsync,pwrite64 -o trace.txt server &
//	calls -from 1790000000.5 -to 1790000009.25 trace.txt
//
// It prints one line of JSON, with the base names of the files:
//
//	{"fdatasync forum.db":{"calls":2000,"seconds":1.25}}
//
// A call counts when it begins in the span, which is of Unix seconds. The time includes what strace itself adds.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
)

func main() {
	from := flag.Float64("from", 0, "begin of the span")
	to := flag.Float64("to", math.MaxFloat64, "end of the span")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "calls:", err)
		os.Exit(1)
	}
}

func run(path string, from, to float64) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sums, err := add(f, from, to)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return json.NewEncoder(os.Stdout).Encode(sums)
}
