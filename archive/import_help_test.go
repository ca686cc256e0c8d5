package archive

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// planOf makes a plan of one mbox file.
func planOf(t testing.TB, text string) *ImportPlan {
	t.Helper()
	p := NewImportPlan()
	if err := p.Add(t.Context(), &MboxSource{File: "test", From: strings.NewReader(text), Size: int64(len(text))}); err != nil {
		t.Fatal(err)
	}
	p.Order(day(2026, 11, 27))
	return p
}

// inventedMbox is an archive of n short messages in discussions of ten.
func inventedMbox(n int) []byte {
	var b bytes.Buffer
	w := NewMboxWriter(&b)
	for i := range n {
		at := day(2003, 5, 1).Add(time.Duration(i) * time.Hour)
		raw := fmt.Appendf(nil, "From: Teacher %d <t%d@school.example>\nDate: %s\nMessage-ID: <%d@school.example>\nReferences: <%d@school.example>\n"+
			"Subject: Re: Matter %d\n\n%s\n", i%97, i%97, at.Format(time.RFC1123Z), i, i-i%10, i/10, strings.Repeat(fmt.Sprintf("Words of %d.\n", i*i), 60))
		if err := w.Write(raw, "", at); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}
