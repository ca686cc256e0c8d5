//go:build !failpoint

package failpoint

// Hit does nothing and returns nil.
func Hit(Name) error { return nil }
