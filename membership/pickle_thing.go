package membership

import (
	"fmt"
	"strings"
)

// object puts placeholders for what a pickle would make with a class. Nothing is looked up and nothing is run.
func (m *pickleMachine) object(op byte) (known bool, err error) {
	switch op {
	case 'c', 'i': // GLOBAL, INST
		err = m.named(op == 'i')
	case 0x93: // STACK_GLOBAL
		err = m.fromStack(2, func(v []any) any { return &pickledThing{name: dotted(v[0], v[1])} })
	case 'o': // OBJ
		err = m.instance()
	case 'R', 0x81: // REDUCE, NEWOBJ
		err = m.fromStack(2, func(v []any) any { return build(v[0], v[1]) })
	case 0x92: // NEWOBJ_EX
		err = m.fromStack(3, func(v []any) any { return build(v[0], v[1]) })
	case 'b': // BUILD
		err = m.dress()
	case 'P': // PERSID
		var id string
		if id, err = m.line(); err == nil {
			err = m.push(&pickledThing{name: "persistent " + id})
		}
	case 'Q': // BINPERSID
		err = m.fromStack(1, func(v []any) any { return &pickledThing{name: "persistent", args: v} })
	case 0x82, 0x83, 0x84: // EXT1, EXT2, EXT4
		var n uint64
		if n, err = m.number(1 << (op - 0x82)); err == nil {
			err = m.push(&pickledThing{name: fmt.Sprintf("extension %d", n)})
		}
	default:
		return false, nil
	}
	return true, err
}

// fromStack puts one value in place of n others.
func (m *pickleMachine) fromStack(n int, made func([]any) any) error {
	if len(m.stack)-m.floor() < n {
		return errPickleStack
	}
	v := append([]any(nil), m.stack[len(m.stack)-n:]...)
	m.stack = m.stack[:len(m.stack)-n]
	return m.push(made(v))
}

// named puts a placeholder whose module and name stand on two lines; an instance is made of what was put since the mark.
func (m *pickleMachine) named(instance bool) error {
	module, err := m.line()
	if err != nil {
		return err
	}
	name, err := m.line()
	if err != nil {
		return err
	}
	t := &pickledThing{name: dotted(module, name)}
	if instance {
		if t.args, err = m.popMark(); err != nil {
			return err
		}
	}
	return m.push(t)
}

// instance puts an object whose class and arguments were put since the mark.
func (m *pickleMachine) instance() error {
	all, err := m.popMark()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errPickleStack
	}
	return m.push(build(all[0], &pickledTuple{all[1:]}))
}

// dress gives an object its state. What is no placeholder has none and stays as it is.
func (m *pickleMachine) dress() error {
	if len(m.stack)-m.floor() < 2 {
		return errPickleStack
	}
	state := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	if t, ok := m.stack[len(m.stack)-1].(*pickledThing); ok {
		t.state = append(t.state, state)
	}
	return nil
}

// build is what a class or function would make of its arguments: plain values for the few that only wrap them, and a
// placeholder for all others.
func build(class, with any) any {
	t := &pickledThing{name: "something"}
	if c, ok := class.(*pickledThing); ok {
		t.name = c.name
	}
	if args, ok := with.(*pickledTuple); ok {
		t.args = args.items
	}
	switch t.name {
	case "__builtin__.set", "__builtin__.frozenset", "builtins.set", "builtins.frozenset":
		if v, ok := first(t.args).(*pickledList); ok {
			return &pickledSet{v.items}
		}
	case "_codecs.encode": // how Python 3 writes bytes for an older one
		if s, ok := first(t.args).(string); ok {
			return narrow(s)
		}
	case "copy_reg._reconstructor", "copyreg._reconstructor":
		if c, ok := first(t.args).(*pickledThing); ok {
			t.name = c.name
		}
	}
	return t
}

func first(all []any) any {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// narrow makes the bytes of a text whose letters stand for one byte each.
func narrow(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
	}
	return b.String()
}

func dotted(module, name any) string {
	a, _ := module.(string)
	b, _ := name.(string)
	return a + "." + b
}
