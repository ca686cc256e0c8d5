package membership

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// step does what one opcode says. The opcodes stand in families, each in a function of its own, which reports false for
// what is not of its family.
func (m *pickleMachine) step(op byte) error {
	known, err := m.text(op)
	if !known {
		known, err = m.scalar(op)
	}
	if !known {
		known, err = m.keep(op)
	}
	if !known {
		known, err = m.shape(op)
	}
	if !known {
		known, err = m.fill(op)
	}
	if !known {
		known, err = m.object(op)
	}
	if !known {
		return fmt.Errorf("opcode 0x%02x is not known", op)
	}
	return err
}

// scalar puts None, truth and numbers.
func (m *pickleMachine) scalar(op byte) (known bool, err error) {
	var v any
	switch op {
	case 'N':
	case 0x88, 0x89:
		v = op == 0x88
	case 'J':
		var n uint64
		n, err = m.number(4)
		v = int64(int32(n))
	case 'K', 'M':
		var n uint64
		n, err = m.number(1 + int(op-'K')/2)
		v = int64(n)
	case 'I', 'L', 'F':
		v, err = m.written(op)
	case 'G':
		var s string
		if s, err = m.take(8); err == nil {
			v = bigEndianFloat(s)
		}
	case 0x8a, 0x8b:
		var s string
		if s, err = m.counted(1 + 3*int(op-0x8a)); err == nil {
			v, err = twos(s)
		}
	default:
		return false, nil
	}
	if err != nil {
		return true, err
	}
	return true, m.push(v)
}

// written reads a number that stands as text on a line; 00 and 01 are false and true.
func (m *pickleMachine) written(op byte) (any, error) {
	s, err := m.line()
	switch {
	case err != nil:
		return nil, err
	case op == 'I' && (s == "00" || s == "01"):
		return s == "01", nil
	case op == 'F':
		f, err := strconv.ParseFloat(s, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, fmt.Errorf("%.20q is no number", s)
		}
		return f, nil
	}
	return decimal(s)
}

// lengths says how many bytes the length takes that stands before a string.
var lengths = [256]uint8{'T': 4, 'U': 1, 'X': 4, 'B': 4, 'C': 1, 0x8c: 1, 0x8d: 8, 0x8e: 8, 0x96: 8}

// text puts strings and bytes.
func (m *pickleMachine) text(op byte) (known bool, err error) {
	var s string
	switch n := lengths[op]; {
	case n > 0:
		s, err = m.counted(int(n))
	case op == 'S':
		if s, err = m.line(); err == nil {
			s, err = pythonQuoted(s)
		}
	case op == 'V':
		if s, err = m.line(); err == nil {
			s = pythonUnescape(legibleLatin(s), pythonRawUnicode)
		}
	default:
		return false, nil
	}
	if err != nil {
		return true, err
	}
	return true, m.push(s)
}

// shape puts empty and whole collections, and moves the stack.
func (m *pickleMachine) shape(op byte) (known bool, err error) {
	switch op {
	case '(':
		if m.made++; m.made > maxPickled {
			return true, errPickleBig
		}
		m.marks = append(m.marks, len(m.stack))
	case '0':
		if len(m.marks) > 0 && len(m.stack) == m.floor() { // Python takes a mark away as it does a value
			m.marks = m.marks[:len(m.marks)-1]
			return true, nil
		}
		_, err = m.pop()
	case '1':
		_, err = m.popMark()
	case '2':
		var v any
		if v, err = m.top(); err == nil {
			err = m.push(v)
		}
	case ']':
		err = m.push(&pickledList{})
	case '}':
		err = m.push(&pickledDict{})
	case ')':
		err = m.push(&pickledTuple{})
	case 0x8f:
		err = m.push(&pickledSet{})
	case 0x85, 0x86, 0x87:
		err = m.tuple(int(op) - 0x84)
	case 'l', 't', 'd', 0x91:
		err = m.collect(op)
	default:
		return false, nil
	}
	return true, err
}

// collect puts a collection of all since the last mark.
func (m *pickleMachine) collect(op byte) error {
	all, err := m.popMark()
	if err != nil {
		return err
	}
	switch op {
	case 'l':
		return m.push(&pickledList{all})
	case 't':
		return m.push(&pickledTuple{all})
	case 0x91:
		return m.push(&pickledSet{all})
	}
	d := &pickledDict{}
	if err := m.push(d); err != nil {
		return err
	}
	return putPairs(d, all)
}

// fill puts values into the collection below them.
func (m *pickleMachine) fill(op byte) (known bool, err error) {
	var all []any
	switch op {
	case 'e', 'u', 0x90:
		all, err = m.popMark()
	case 'a', 's':
		n := 1
		if op == 's' {
			n = 2
		}
		if len(m.stack)-m.floor() <= n {
			return true, errPickleStack
		}
		all = slices.Clone(m.stack[len(m.stack)-n:])
		m.stack = m.stack[:len(m.stack)-n]
	default:
		return false, nil
	}
	if err != nil {
		return true, err
	}
	into, err := m.top()
	if err != nil {
		return true, err
	}
	if op == 'u' || op == 's' {
		return true, putPairs(into, all)
	}
	return true, putItems(into, all)
}

func putItems(into any, all []any) error {
	switch into := into.(type) {
	case *pickledList:
		into.items = append(into.items, all...)
	case *pickledSet:
		into.items = append(into.items, all...)
	case *pickledThing:
		into.state = append(into.state, all...)
	default:
		return errors.New("it puts values into what holds none")
	}
	return nil
}

func putPairs(into any, all []any) error {
	if len(all)%2 != 0 {
		return errors.New("it sets a key without a value")
	}
	switch into := into.(type) {
	case *pickledDict:
		for i := 0; i < len(all); i += 2 {
			into.set(all[i], all[i+1])
		}
	case *pickledThing:
		into.state = append(into.state, all...)
	default:
		return errors.New("it sets keys in what has none")
	}
	return nil
}

// keep stores values for later, brings them back, and passes over what only frames the program.
func (m *pickleMachine) keep(op byte) (known bool, err error) {
	var n uint64
	switch op {
	case 'p', 'g':
		var s string
		if s, err = m.line(); err == nil {
			n, err = strconv.ParseUint(strings.TrimSpace(s), 10, 31)
		}
	case 'q', 'h', 0x80:
		n, err = m.number(1)
	case 'r', 'j':
		n, err = m.number(4)
	case 0x94:
		n = uint64(len(m.memo))
	case 0x95:
		n, err = m.number(8)
	default:
		return false, nil
	}
	if err != nil {
		return true, err
	}
	switch op {
	case 'p', 'q', 'r', 0x94:
		return true, m.remember(int(n))
	case 'g', 'h', 'j':
		return true, m.recall(int(n))
	}
	return true, nil // the protocol, or the length of a frame
}
