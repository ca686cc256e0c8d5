package notice

import (
	"bytes"
	"testing"

	"sencoforum/message"
)

func TestAMailWithSomebodysData(t *testing.T) {
	to := toTom()
	for name, n := range map[string]YourData{"data": {Zip: bytes.Repeat([]byte("PK\x03\x04 data "), 9)}, "data-too-large": {}} {
		t.Run(name, func(t *testing.T) {
			m, _ := golden(t, name, func() (Mail, error) { return n.Compose(to) })
			read := message.Parse(append(m.Header, m.Body...))
			files := read.Attachments()
			if len(n.Zip) == 0 {
				fits(t, m)
				if len(files) != 0 {
					t.Errorf("%+v", files)
				}
				return
			}
			if len(files) != 1 || files[0].Name != dataName || files[0].Size != int64(len(n.Zip)) {
				t.Errorf("%+v", files)
			}
		})
	}
}
