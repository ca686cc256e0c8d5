package list

import (
	"strings"
	"testing"

	"sencoforum/message"
)

// BenchmarkRedact looks for tokens where there is none: in a text of 5 KB, and in a mail with HTML of 30 KB and a file of 1 MB.
func BenchmarkRedact(b *testing.B) {
	l, keys := forumWithKeys(b)
	page := strings.Repeat("<p class=\"Mso_Normal\"><span style='color:black'>Has anybody set an end date?</span></p>\r\n", 340)
	file := strings.Repeat(strings.Repeat("iVBORw0KGgoAAAANSUhEUg", 3)+"AAAAAAAAAA\r\n", 1<<20*4/3/78)
	for name, raw := range map[string]string{
		"text": "Subject: x\r\n\r\n" + strings.Repeat("Has anybody set an end date for a part-time timetable before the review? ", 66),
		"files": "Subject: x\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\nHas?\r\n" +
			"--c\r\nContent-Type: text/html\r\n\r\n" + page + "\r\n--c--\r\n--a\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + file + "--a--",
	} {
		m := message.Parse([]byte(raw))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if _, err := l.Redact(keys, m, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
