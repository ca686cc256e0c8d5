package watch

import (
	"bytes"
	"encoding/binary"
	"testing"

	"sencoforum/message"
)

// checkReport fails for a report that breaks the bounds.
func checkReport(t *testing.T, r Report, err error) {
	t.Helper()
	if err != nil {
		if r.Kind != "" {
			t.Errorf("a report and an error: %v", err)
		}
		return
	}
	if len(r.Org) > maxReportWord || len(r.ID) > maxReportWord || len(r.Domain) > 253 {
		t.Error("a word is too long")
	}
	if len(r.Mail) > 2*maxReportSource+1 || len(r.Sessions) > maxReportDomain {
		t.Errorf("%d sources, %d domains", len(r.Mail), len(r.Sessions))
	}
	for _, m := range r.Mail {
		if m.Messages > maxCount || max(m.DKIM, m.SPF, m.Failed, m.Quarantined, m.Rejected) > m.Messages || m.Failed+max(m.DKIM, m.SPF) > m.Messages {
			t.Errorf("counts that cannot be: %+v", m)
		}
	}
	r.Own(nil)
	r.Trouble()
	var s ReportSum
	s.Add(r)
	if len(s.Sources) > maxSumSources+1 || len(s.Failures) > maxSumFailures+1 {
		t.Errorf("%d sources, %d failures kept", len(s.Sources), len(s.Failures))
	}
}

func FuzzReadDMARC(f *testing.F) {
	for _, text := range []string{plainXML, schoolXML, newXML, oldXML, latin1(oldXML), wide(plainXML, binary.LittleEndian, true), entityBomb} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ReadDMARC(bytes.NewReader(text))
		checkReport(t, r, err)
	})
}

func FuzzReadTLS(f *testing.F) {
	f.Add([]byte(bigTLS))
	f.Add([]byte(oddTLS))
	f.Add([]byte(wide(oddTLS, binary.BigEndian, false)))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ReadTLS(bytes.NewReader(text))
		checkReport(t, r, err)
	})
}

func FuzzReadReport(f *testing.F) {
	f.Add([]byte("From: a@b.example\r\n" + part("application/zip", "a.zip", zipped(f, "a.xml", plainXML))))
	f.Add([]byte(mixed("multipart/report", note, part("application/tlsrpt+gzip", "", gzipped(f, bigTLS)))))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := ReadReport(message.Parse(raw))
		checkReport(t, r, err)
	})
}
