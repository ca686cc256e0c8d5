package fanout

import (
	"context"
	"strings"
	"testing"

	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/token"
)

func TestHowACopyTellsToLeave(t *testing.T) {
	const mail = "<mailto:senco-forum-leave@lists.example.org>"
	for _, c := range []struct {
		name, url, link, post string
	}{
		{"by mail while there are no pages", "", "", ""},
		{"with one click", "https://forum.example.org/", "https://forum.example.org/u/", "List-Unsubscribe=One-Click"},
		{"with one click below a path", "HTTPS://example.org/forum", "HTTPS://example.org/forum/u/", "List-Unsubscribe=One-Click"},
		{"by a link for people without https", "http://127.0.0.1:8080", "http://127.0.0.1:8080/u/", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := testdb.Open(t)
			members(t, db, 2)
			p := post(t, db, "<1@x>")
			composer, keys := composer(t, db)
			composer.cfg.LeaveURL = c.url
			out, err := composer.Render(context.Background(), rowOf(p, 2))
			if err != nil {
				t.Fatal(err)
			}
			h, _ := message.ReadHeader(append(append([]byte{}, out.Header...), out.Body...))
			if h.Count("List-Unsubscribe") != 1 || h.Get("List-Unsubscribe-Post") != c.post {
				t.Errorf("%d fields; post %q, want %q", h.Count("List-Unsubscribe"), h.Get("List-Unsubscribe-Post"), c.post)
			}
			got := h.Get("List-Unsubscribe")
			if c.link == "" {
				if got != mail {
					t.Errorf("got %q", got)
				}
				return
			}
			link, rest, _ := strings.Cut(got, ", ")
			tok := strings.TrimSuffix(strings.TrimPrefix(link, "<"+c.link), ">")
			claims, err := keys.Verify(tok, "senco-forum")
			if err != nil || claims.Kind != token.OneClick || claims.A != 2 || claims.B != 1 || rest != mail {
				t.Errorf("%q says %+v, error %v", got, claims, err)
			}
			onlyTheAuthors(t, keys, p, out.Body)
		})
	}
}
