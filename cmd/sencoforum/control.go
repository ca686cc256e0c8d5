package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"sencoforum/archive"
	"sencoforum/membership"
)

// controlName is the name of the control socket in the data directory.
const controlName = "control.sock"

// A command travels to the server as one request and comes back as frames, each as JSON behind its length in four bytes.
// What the command reads follows the request as it is. A frame has output, or is the last one: an exit code, with a
// question when the command needs a yes first.
type (
	request struct {
		Version string   `json:"version"` // of the client; the server refuses any but its own
		Args    []string `json:"args"`
		Size    int      `json:"input,omitempty"` // bytes of Input
		Input   []byte   `json:"-"`               // what the command reads
	}
	frame struct {
		Out      []byte `json:"out,omitempty"`
		Err      []byte `json:"err,omitempty"`
		Exit     *int   `json:"exit,omitempty"`
		Question string `json:"confirm,omitempty"`
	}
)

// Bounds of what travels, in bytes.
const (
	maxFile    = membership.MaxFile     // of a file that somebody names
	maxInput   = archive.MaxImportBatch // of what a command reads
	maxRequest = 1 << 20
	maxFrame   = 1 << 20
	chunk      = 32 << 10 // bytes of output in one frame
)

// send writes one request or frame.
func send(w io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("control socket: %w", err)
	}
	if _, err := w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...)); err != nil {
		return fmt.Errorf("write to control socket: %w", err)
	}
	return nil
}

// sendRequest writes a request with its input.
func sendRequest(w io.Writer, q request) error {
	q.Size = len(q.Input)
	if err := send(w, q); err != nil {
		return err
	}
	if _, err := w.Write(q.Input); err != nil {
		return fmt.Errorf("write to control socket: %w", err)
	}
	return nil
}

// receiveRequest reads a request with its input.
func receiveRequest(r io.Reader, q *request) error {
	if err := receive(r, q, maxRequest); err != nil {
		return err
	}
	if q.Size < 0 || q.Size > maxInput {
		return errors.New("read from control socket: too much at once")
	}
	q.Input = make([]byte, q.Size)
	if _, err := io.ReadFull(r, q.Input); err != nil {
		return fmt.Errorf("read from control socket: %w", err)
	}
	return nil
}

// receive reads one request or frame of at most most bytes.
func receive(r io.Reader, v any, most uint32) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return fmt.Errorf("read from control socket: %w", err)
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > most {
		return errors.New("read from control socket: too much at once")
	}
	text, err := io.ReadAll(io.LimitReader(r, int64(size)))
	if err == nil && len(text) < int(size) {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return fmt.Errorf("read from control socket: %w", err)
	}
	return nil
}
