package message

// Limits bound what a message may be before anything else reads it.
type Limits struct {
	HeaderBytes   int // of one header block
	Fields        int // of one header
	LineBytes     int // of one line, without its line end
	Parts         int // inside the message, containers included
	Depth         int // of containers: multiparts and attached messages
	BoundaryBytes int
	EncodedWords  int // in all headers together

	// AnyLineEnds lets bare CR, bare LF and NUL pass, which files on disk have.
	AnyLineEnds bool
}

// Arriving returns the limits for mail that comes in.
func Arriving() Limits {
	return Limits{
		HeaderBytes: 128 << 10, Fields: 300, LineBytes: 64 << 10,
		Parts: 60, Depth: 8, BoundaryBytes: 70, EncodedWords: 200,
	}
}

// Importing returns the wider limits for the mail of old archives.
func Importing() Limits {
	return Limits{
		HeaderBytes: 1 << 20, Fields: maxFields, LineBytes: 4 << 20,
		Parts: 1000, Depth: 20, BoundaryBytes: 250, EncodedWords: 5000,
		AnyLineEnds: true,
	}
}
