package digest

import (
	"strings"
	"testing"
)

// A copy that somebody asked for does not say that they chose it.
func TestACopyThatWasAskedForSaysSo(t *testing.T) {
	c := Content{Title: "SENCO Forum", Kind: Weekly, Asked: true, Web: "https://forum.example.org", Leave: "https://forum.example.org/leave"}
	text := c.Text()
	if strings.Contains(text, "chose") || !strings.Contains(text, "This one copy was sent to you alone.") || !strings.Contains(text, "Or leave on this page:\nhttps://forum.example.org/leave\n") {
		t.Errorf("the text is\n%s", text)
	}
	c.Asked = false
	if !strings.Contains(c.Text(), "chose the weekly") {
		t.Errorf("the text is\n%s", c.Text())
	}
}
