// Command members prints invented addresses of a list's members, one a line: a third at a few big mail providers, the
// rest at school networks and at schools of their own, all under .example.
//
//	members -n 2500
//
// The i-th address is always the same, so a short list is the beginning of a longer one.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	n := flag.Int("n", 2500, "how many members")
	flag.Parse()
	if err := print(os.Stdout, *n); err != nil {
		fmt.Fprintln(os.Stderr, "members:", err)
		os.Exit(1)
	}
}

func print(w io.Writer, n int) error {
	out := bufio.NewWriter(w)
	for i := range n {
		fmt.Fprintln(out, address(i))
	}
	return out.Flush()
}

// providers have a third of all members, the first of them the most.
var providers = []string{"bigmail.example", "bigmail.example", "bigmail.example", "webpost.example", "webpost.example", "homenet.example"}

// networks are what several schools of an area share.
const networks = 60

// address returns the i-th member. The numbers are prime, so that no pattern of domains repeats soon.
func address(i int) string {
	name := first[i%len(first)] + "." + last[i/len(first)%len(last)]
	switch i % 3 {
	case 0:
		return fmt.Sprintf("%s%d@%s", name, i, providers[i/3%len(providers)])
	case 1:
		return fmt.Sprintf("%s%d@network%d.sch.example", name, i, i*7919%networks)
	}
	return fmt.Sprintf("senco%d@school%d.sch.example", i, i*7919%997)
}

var (
	first = []string{"amina", "bryony", "carys", "dewi", "esther", "farid", "grace", "hamza", "isla", "jane", "kofi", "leila", "mairi", "nadia", "owen", "priya", "rhys", "sofia", "tom"}
	last  = []string{"adeyemi", "brown", "campbell", "davies", "evans", "fraser", "green", "hughes", "iqbal", "jones", "khan", "lewis", "morgan", "nair", "okafor", "patel", "reid"}
)
