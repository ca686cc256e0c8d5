//go:build !race

package document

// raceDetector is false in the program as it ships.
const raceDetector = false
