// Package long marks the tests that take seconds of a processor by their nature. `make test` passes them over
// (`go test -short`) and says how many; `make check` runs every one of them.
package long

import "testing"

// Mark begins the reason of a test that was passed over.
const Mark = "LONG: left to make check"

// Test ends a test that is long, where only short ones are wanted. why says what takes the time.
func Test(t testing.TB, why string) {
	t.Helper()
	if testing.Short() {
		t.Skipf("%s: %s", Mark, why)
	}
}
