package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// trace is as strace writes it, with two threads.
const trace = `4711  1790000000.000100 fdatasync(7</data/forum.db>) = 0 <0.500000>
4711  1790000001.000000 pwrite64(7</data/forum.db>, "\2\0<x>\0"..., 4096, 8192) = 4096 <0.000010>
4711  1790000002.000000 fdatasync(7</data/forum.db> <unfinished ...>
4712  1790000002.000100 fsync(9</data/forum.db.reserve>) = 0 <0.000200>
4712  1790000002.500000 fsync(7</data/forum.db> <unfinished ...>
4711  1790000002.600000 <... fdatasync resumed>) = 0 <0.600000>
4711  1790000002.700000 fdatasync(7</data/forum.db>) = 0 <0.001000>
4711  1790000003.000000 --- SIGURG {si_signo=SIGURG, si_code=SI_TKILL, si_pid=4711, si_uid=0} ---
4712  1790000004.000000 <... fsync resumed>) = -1 EIO (Input/output error) <1.500000>
4711  1790000009.000000 fdatasync(7</data/forum.db>) = 0 <0.001000>
4711  1790000009.500000 +++ exited with 0 +++
`

func TestAdd(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to float64
		text     string
		want     map[string]sum
	}{
		{"a span in the middle", 1790000000.5, 1790000008, trace, map[string]sum{
			"fdatasync forum.db":     {2, 0.601},
			"fsync forum.db":         {1, 1.5},
			"fsync forum.db.reserve": {1, 0.0002},
			"pwrite64 forum.db":      {1, 0.00001},
		}},
		{"a call that began before the span", 1790000002.2, 1790000002.65, trace, map[string]sum{"fsync forum.db": {1, 1.5}}},
		{"nothing in the span", 0, 1, trace, map[string]sum{}},
		{"a call on no file", 0, 9, "1 5.0 sync() = 0 <0.25>\n", map[string]sum{"sync": {1, 0.25}}},
		{"the end of a call that began after the span", 0, 9, "1 5.0 fsync(3</x> <unfinished ...>\n1 6.0 <... fsync resumed>) = 0 <1.0>\n" +
			"1 10.0 fsync(3</x> <unfinished ...>\n1 11.0 <... fsync resumed>) = 0 <1.0>\n", map[string]sum{"fsync x": {1, 1}}},
		{"an end without a begin", 0, 9, "1 5.0 <... fsync resumed>) = 0 <0.25>\n", map[string]sum{}},
		{"a call that never ended", 0, 9, "1 5.0 fsync(3</x> <unfinished ...>\n", map[string]sum{"fsync x": {1, 0}}},
		{"what is no trace", 0, 9, "strace: Process 7 attached\n\n", map[string]sum{}},
	} {
		got, err := add(strings.NewReader(c.text), c.from, c.to)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
