package membership

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// A pickle is what Python's module of that name writes: a program for a small stack machine, which builds values and may
// name classes to build them with. unpickle runs that program of protocols 0 to 5 and no class: whatever is no plain
// value becomes a pickledThing, which keeps its name and does nothing. The opcodes are those that the source of Python's
// module pickletools describes.
//
// A value is nil, bool, int64, *big.Int, float64, string (text and bytes alike), or one of these types.
type (
	pickledList  struct{ items []any }
	pickledTuple struct{ items []any }
	pickledSet   struct{ items []any }

	// pickledDict keeps the order in which keys were set.
	pickledDict struct {
		keys, values []any
		at           map[any]int
	}

	// pickledThing stands for an object, a class or a function.
	pickledThing struct {
		name  string // such as "Mailman.Bouncer._BounceInfo"
		args  []any  // what it was made of
		state []any  // what was set in it afterwards
	}
)

// Bounds of a pickle, against one that was written to fill memory.
const (
	maxPickled = 1 << 20 // values
	maxDigits  = 100     // of one number, or bytes
)

// pickleMachine is a pickle while it is read. All strings are parts of in.
type pickleMachine struct {
	in    string
	at    int // of the next byte
	stack []any
	marks []int // how high the stack was at each mark
	memo  map[int]any
	made  int
}

// unpickle returns the value that a pickle builds. What comes after its end is not read.
func unpickle(raw []byte) (any, error) {
	m := &pickleMachine{in: string(raw), memo: map[int]any{}}
	for {
		at := m.at
		op, err := m.take(1)
		if err == nil && op == "." {
			var v any
			if v, err = m.pop(); err == nil {
				return v, nil
			}
		}
		if err == nil {
			err = m.step(op[0])
		}
		if err != nil {
			return nil, fmt.Errorf("read pickle at byte %d: %w", at, err)
		}
	}
}

// errPickleEnd and errPickleStack say that a pickle is no such program.
var (
	errPickleEnd   = errors.New("it ends too soon")
	errPickleStack = errors.New("it takes what it did not put")
	errPickleBig   = fmt.Errorf("it holds more than %d values", maxPickled)
)

func (m *pickleMachine) take(n int) (string, error) {
	if n < 0 || n > len(m.in)-m.at {
		return "", errPickleEnd
	}
	s := m.in[m.at : m.at+n]
	m.at += n
	return s, nil
}

// line takes the text up to the next line end, which it takes too.
func (m *pickleMachine) line() (string, error) {
	n := strings.IndexByte(m.in[m.at:], '\n')
	if n < 0 {
		return "", errPickleEnd
	}
	s := m.in[m.at : m.at+n]
	m.at += n + 1
	return strings.TrimSuffix(s, "\r"), nil
}

// number takes n bytes, the least significant first.
func (m *pickleMachine) number(n int) (uint64, error) {
	s, err := m.take(n)
	if err != nil {
		return 0, err
	}
	var b [8]byte
	copy(b[:], s)
	return binary.LittleEndian.Uint64(b[:]), nil
}

// counted takes a string that stands behind its length of n bytes.
func (m *pickleMachine) counted(n int) (string, error) {
	size, err := m.number(n)
	if err != nil {
		return "", err
	}
	if size > uint64(len(m.in)) {
		return "", errPickleEnd
	}
	return m.take(int(size))
}

func (m *pickleMachine) push(v any) error {
	if m.made++; m.made > maxPickled {
		return errPickleBig
	}
	m.stack = append(m.stack, v)
	return nil
}

// floor is how high the stack was at the last mark: nothing below belongs to who takes now.
func (m *pickleMachine) floor() int {
	if len(m.marks) == 0 {
		return 0
	}
	return m.marks[len(m.marks)-1]
}

func (m *pickleMachine) pop() (any, error) {
	if len(m.stack) <= m.floor() {
		return nil, errPickleStack
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return v, nil
}

// top is the value that others are put into.
func (m *pickleMachine) top() (any, error) {
	if len(m.stack) <= m.floor() {
		return nil, errPickleStack
	}
	return m.stack[len(m.stack)-1], nil
}

// popMark takes all that was put since the last mark. The result is a copy.
func (m *pickleMachine) popMark() ([]any, error) {
	if len(m.marks) == 0 {
		return nil, errPickleStack
	}
	at := m.floor()
	m.marks = m.marks[:len(m.marks)-1]
	all := append([]any(nil), m.stack[at:]...)
	m.stack = m.stack[:at]
	return all, nil
}

// tuple puts the last n values together.
func (m *pickleMachine) tuple(n int) error {
	if len(m.stack)-m.floor() < n {
		return errPickleStack
	}
	all := append([]any(nil), m.stack[len(m.stack)-n:]...)
	m.stack = m.stack[:len(m.stack)-n]
	return m.push(&pickledTuple{all})
}

func (m *pickleMachine) remember(at int) error {
	v, err := m.top()
	if err == nil && len(m.memo) > maxPickled {
		err = errPickleBig
	}
	if err == nil {
		m.memo[at] = v
	}
	return err
}

func (m *pickleMachine) recall(at int) error {
	v, ok := m.memo[at]
	if !ok {
		return fmt.Errorf("it names value %d, which it did not keep", at)
	}
	return m.push(v)
}

// set stores a value under a key. A key that cannot be compared is one of its own.
func (d *pickledDict) set(key, value any) {
	if d.at == nil {
		d.at = map[any]int{}
	}
	if b, ok := key.(*big.Int); ok {
		key = b.String()
	}
	if i, ok := d.at[key]; ok {
		d.values[i] = value
		return
	}
	d.at[key] = len(d.keys)
	d.keys, d.values = append(d.keys, key), append(d.values, value)
}

// get returns the value of a text key, or nil.
func (d *pickledDict) get(key string) any {
	if d == nil {
		return nil
	}
	if i, ok := d.at[key]; ok {
		return d.values[i]
	}
	return nil
}

// decimal reads a number as people write it; Python ends a long one with an L.
func decimal(s string) (any, error) {
	s = strings.TrimSuffix(strings.TrimSpace(s), "L")
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	n, ok := new(big.Int), false
	if len(s) <= maxDigits {
		n, ok = n.SetString(s, 10)
	}
	if !ok {
		return nil, fmt.Errorf("%.20q is no number", s)
	}
	return n, nil
}

// twos reads a number in two's complement, the least significant byte first.
func twos(s string) (any, error) {
	if len(s) > maxDigits {
		return nil, errors.New("a number is too long")
	}
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	if n.IsInt64() {
		return n.Int64(), nil
	}
	return n, nil
}

// looksPickled reports whether a file begins as the pickle of a dict does, in any protocol. No text of members does.
func looksPickled(raw []byte) bool {
	for _, head := range []string{"}q", "(dp", "(d.", "}.", "}p", "}("} {
		if bytes.HasPrefix(raw, []byte(head)) {
			return true
		}
	}
	return len(raw) > 2 && raw[0] == 0x80 && raw[1] >= 1 && raw[1] <= 5
}

func bigEndianFloat(s string) float64 {
	return math.Float64frombits(binary.BigEndian.Uint64([]byte(s)))
}
