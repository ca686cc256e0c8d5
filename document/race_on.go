//go:build race

package document

// raceDetector says that this program is a test with the race detector, which needs more memory than a child may have.
const raceDetector = true
