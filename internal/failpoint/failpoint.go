// Package failpoint names the places between two durable steps of the server, so that a rig can stop, break or delay
// the server at exactly one of them.
//
// A place is a line of shipped code, which reads
//
//	if err := failpoint.Hit(failpoint.QueueSettle); err != nil {
//		return err
//	}
//
// In the server as it ships Hit is an empty function that the compiler leaves out, with the line around it. Built with
// the tag failpoint it does what the environment variable SENCOFORUM_FAILPOINT says: "queue.settle:kill:3" acts at the
// third time that the place is reached, and several of these stand with commas between. The actions are
//
//	kill   the process gets SIGKILL from itself
//	error  Hit returns an error, this once
//	delay  Hit returns after 300 ms, this once
//
// Before it acts, it writes a line such as "failpoint: queue.settle hit 3: delay" to standard error, so that a test can
// demand that it did. A value that cannot be read ends the process at its start.
//
// Every room of the house may import this package. It keeps counts in memory only and may be called by any number of
// goroutines at once.
package failpoint

// Name is the name of one place. The names are in names.go.
type Name string

// Variable is the environment variable that says what happens where.
const Variable = "SENCOFORUM_FAILPOINT"
