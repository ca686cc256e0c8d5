package courier

import (
	"testing"

	"sencoforum/message"
	"sencoforum/queue"
)

func TestMisfit(t *testing.T) {
	good := message.Address{Local: "a", Domain: "school.example"}
	for _, tc := range []struct {
		name string
		o    queue.Outgoing
		x    extensions
		want string
	}{
		{"an ordinary mail", queue.Outgoing{From: good, To: good}, extensions{}, ""},
		{"the null sender", queue.Outgoing{To: good}, extensions{}, ""},
		{"no recipient", queue.Outgoing{From: good}, extensions{}, "5.1.3"},
		{"a recipient that would be a command", queue.Outgoing{To: message.Address{Local: "a>\r\nDATA", Domain: "b"}}, extensions{}, "5.1.3"},
		{"a sender that would be a command", queue.Outgoing{From: message.Address{Local: "a\n", Domain: "b"}, To: good}, extensions{}, "5.1.3"},
		{"as large as allowed", queue.Outgoing{To: good, Header: make([]byte, 4), Body: make([]byte, 6)}, extensions{sized: true, size: 10}, ""},
		{"larger than allowed", queue.Outgoing{To: good, Header: make([]byte, 5), Body: make([]byte, 6)}, extensions{sized: true, size: 10}, "5.3.4"},
		{"no limit is said", queue.Outgoing{To: good, Body: make([]byte, 6)}, extensions{sized: true}, ""},
		{"an international sender", queue.Outgoing{From: message.Address{Local: "zoë", Domain: "b"}, To: good}, extensions{eightBit: true}, "5.6.7"},
		{"8-bit", queue.Outgoing{To: good, EightBit: true}, extensions{utf8: true}, "5.6.3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r, bad := misfit(tc.o, tc.x)
			if r.Enhanced != tc.want || bad != (tc.want != "") || bad && r.Outcome != queue.Failed {
				t.Errorf("result %+v %v, want %q", r, bad, tc.want)
			}
		})
	}
}
