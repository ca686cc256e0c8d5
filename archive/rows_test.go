package archive

import (
	"testing"

	"sencoforum/internal/testdb"
)

// The bytes on disk, for ever.
func TestRowsOnDisk(t *testing.T) {
	t.Run("post", func(t *testing.T) {
		testdb.Compact[Post](t,
			"b81a0102020303040405050606643037666607f508090964306166660a72616e6e407363686f6f6c2e6578616d706c650b64306366660c"+
				"f50d64306566660e0f0f10104b006a33b6ad000000110011114b006a3507f2000000120012124b006a365937000000130013134b006a37"+
				"aa7c0000001400141415151618184b006a3b9e4b00000017001718194b006a3cef90000000180018181a6431396666181b4b006a3f921a"+
				"0000001a001a181c4b006a40e35f0000001b001b",
			`{"number":2,"list":3,"intake":4,"revision":5,"seq":6,"state":"07ff","imported":true,"author":9,"author_name":"0aff"`+
				`,"from":"ann@school.example","subject":"0cff","reply":true,"message_id":"0eff","thread":15,"parent":16,"written":"2`+
				`026-06-18T09:30:17.000000017+00:17","accepted":"2026-06-19T09:30:18.000000018+00:18","until":"2026-06-20T09:30:19.0`+
				`00000019+00:19","published":"2026-06-21T09:30:20.00000002+00:20","first":21,"audience":22,"redacted":"2026-06-24T09`+
				`:30:23.000000023+00:23","removed":"2026-06-25T09:30:24.000000024+00:24","reason":"19ff","sealed":"2026-06-27T09:30:`+
				`26.000000026+00:26","gone":"2026-06-28T09:30:27.000000027+00:27"}`)
	})
	t.Run("change", func(t *testing.T) {
		testdb.Compact[Change](t,
			"a301020203036430346666",
			`{"seq":2,"post":3,"event":"04ff"}`)
	})
}
