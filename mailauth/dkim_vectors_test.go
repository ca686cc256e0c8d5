package mailauth

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/corpora"
)

// ed25519Example is the key of RFC 8463 Appendix A.2.
const ed25519Example = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

func TestDKIMVectors(t *testing.T) {
	dir := corpora.Dir(t, "auth")
	football := func(key string) map[string][]string {
		return map[string][]string{"TXT test._domainkey.football.example.com": {key}}
	}
	example := crlf(t, dir, "dkim/rfc8463-example.msg")
	simple := crlf(t, dir, "dkimpy/rfc6376.signed.rsa.msg")
	google := map[string][]string{"TXT 20120113._domainkey.gmail.com": {"v=DKIM1; k=rsa; p=" + pem(t, dir, "dkim/gmail.pub")}}
	rsa := text(t, dir, "dkimpy/test.txt")
	both := football(rsa)
	both["TXT brisbane._domainkey.football.example.com"] = []string{ed25519Example}

	for _, c := range []struct {
		name   string
		raw    []byte
		author string
		dns    map[string][]string
		want   []Check
	}{
		{"RFC 8463, both keys", example, "football.example.com", both, []Check{Pass, Pass}},
		{"RFC 8463, only the RSA key", example, "football.example.com", football(rsa), []Check{PermError, Pass}},
		{"RFC 8463, a body that changed", append(bytes.Clone(example), "more\r\n"...), "football.example.com", both, []Check{Fail, Fail}},
		{"RFC 6376, simple", simple, "football.example.com", football(rsa), []Check{Pass}},
		{"RFC 6376, relaxed space added to simple", bytes.Replace(simple, []byte("Joe SixPack"), []byte("Joe  SixPack"), 1),
			"football.example.com", football(rsa), []Check{Fail}},
		{"key with a letter changed", simple, "football.example.com", football(text(t, dir, "dkimpy/test_bad.txt")), []Check{PermError}},
		{"key with a bad version", simple, "football.example.com", football(text(t, dir, "dkimpy/badversion.txt")), []Check{PermError}},
		{"key of an unknown kind", simple, "football.example.com", football(text(t, dir, "dkimpy/badk.txt")), []Check{PermError}},
		{"key of an Ed25519 signer", simple, "football.example.com", football(text(t, dir, "dkimpy/eximtest.dns")), []Check{PermError}},
		{"another key of 2048 bits", simple, "football.example.com", football(text(t, dir, "dkimpy/2048_testkey_PKCS8.key.pub.txt")), []Check{Fail}},
		{"another key as PKCS 1", simple, "football.example.com", football(text(t, dir, "dkimpy/1024_testkey_wo_markers.pub.rsa.txt")), []Check{Fail}},
		{"Gmail", crlf(t, dir, "dkim/gmail.msg"), "gmail.com", google, []Check{Pass}},
		{"Gmail, another message", crlf(t, dir, "dkimpy/test2.message"), "gmail.com", google, []Check{Pass}},
		{"a key that is gone", crlf(t, dir, "dkimpy/message.mbox"), "kitterman.com", nil, []Check{PermError}},
		{"unsigned", crlf(t, dir, "dkimpy/test.message"), "example.com", nil, nil},
		{"unsigned, to be signed with Ed25519", crlf(t, dir, "dkimpy/ed25519test.msg"), "example.com", nil, nil},
		{"unsigned RFC 6376", crlf(t, dir, "dkimpy/rfc6376.msg"), "football.example.com", nil, nil},
		{"unsigned with an extra field", crlf(t, dir, "dkimpy/test_extra.message"), "example.com", nil, nil},
		{"unsigned without From", crlf(t, dir, "dkimpy/test_nofrom.message"), "example.com", nil, nil},
	} {
		s := &signer{lookups: &lookups{resolver: merged(c.dns), each: time.Minute, left: dkimLookups},
			now: time.Now(), keys: map[string]key{}}
		var got []Check
		for _, sig := range s.verify(t.Context(), c.raw, c.author) {
			got = append(got, sig.Result)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func text(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// crlf reads a message of the collection, which has bare line feeds, as it was on the wire.
func crlf(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
}

// pem returns the inside of a PEM block.
func pem(t *testing.T, dir, name string) string {
	t.Helper()
	lines := strings.Split(text(t, dir, name), "\n")
	return strings.Join(lines[1:len(lines)-1], "")
}
