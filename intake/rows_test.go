package intake

import (
	"testing"

	"sencoforum/internal/testdb"
)

// The bytes on disk, for ever.
func TestRowsOnDisk(t *testing.T) {
	t.Run("record", func(t *testing.T) {
		testdb.Compact[Record](t,
			"ab0102026430336666036430346666040505a80144c000020102643038666603f504f505f50672616e6e407363686f6f6c2e6578616d70"+
				"6c650772616e6e407363686f6f6c2e6578616d706c65084b006a2fc2de0000000e000e0664306666660782636f6e656374776f08643131"+
				"666609120a4213ff0b4214ff",
			`{"id":2,"origin":"03ff","kind":"04ff","list":5,"envelope":{"Client":"192.0.2.1","Helo":"08ff","TLS":true,"LMTP":tru`+
				`e,"UTF8":true,"From":"ann@school.example","To":"ann@school.example","Received":"2026-06-15T09:30:14.000000014+00:14`+
				`"},"sender":"0fff","reasons":["one","two"],"message_id":"11ff","size":18,"sha256":"13ff","came":"14ff"}`)
	})
	t.Run("status", func(t *testing.T) {
		testdb.Compact[Status](t,
			"a3016430326666024b006a2144e7000000030003036430346666",
			`{"state":"02ff","since":"2026-06-04T09:30:03.000000003+00:03","reason":"04ff"}`)
	})
}
