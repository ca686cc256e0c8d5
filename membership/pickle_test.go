package membership

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sencoforum/internal/corpora"
)

// plainly makes of a pickled value what package json makes of the same; a placeholder becomes its name.
func plainly(v any, deep int) any {
	if deep > maxNested {
		return "…"
	}
	each := func(all []any) any {
		out := []any{}
		for _, item := range all {
			out = append(out, plainly(item, deep+1))
		}
		return out
	}
	switch v := v.(type) {
	case int64:
		return float64(v)
	case *big.Int:
		return v.String()
	case string:
		return legible(v)
	case *pickledList:
		return each(v.items)
	case *pickledTuple:
		return each(v.items)
	case *pickledSet:
		return each(v.items)
	case *pickledThing:
		return "thing " + v.name
	case *pickledDict:
		out := map[string]any{}
		for i, k := range v.keys {
			out[fmt.Sprint(plainly(k, deep+1))] = plainly(v.values[i], deep+1)
		}
		return out
	}
	return v
}

// invented is what testdata/pickle/make.py puts into each of its pickles.
func invented() map[string]any {
	return map[string]any{
		"real_name": "Senco", "host_name": "lists.example.org", "description": "SEN co-ordinators in Wales",
		"subject_prefix": "[SENCO] ", "msg_footer": "_______________________________________________\n%(real_name)s mailing list\n",
		"password": "0123abcd", "passwords": map[string]any{"ada@school.example": "ytterbium"},
		"members": map[string]any{"ada@school.example": "Ada@School.example", "ben@school.example": 0.0, "cat@school.example": 0.0,
			"eve@school.example": 0.0},
		"digest_members": map[string]any{"dai@ysgol.example": 0.0},
		"usernames":      map[string]any{"ada@school.example": "Zoë Lovelace", "ben@school.example": "", "dai@ysgol.example": "Dai ☺"},
		"user_options": map[string]any{"ada@school.example": 18.0, "ben@school.example": 384.0, "dai@ysgol.example": 12.0,
			"eve@school.example": 1.0},
		"delivery_status": map[string]any{"ben@school.example": []any{2.0, 1577880000.5}, "cat@school.example": []any{4.0, 1577880000.0},
			"dai@ysgol.example": []any{0.0, 0.0}},
		"bounce_info": map[string]any{"cat@school.example": "thing Mailman.Bouncer._BounceInfo"},
		"owner":       []any{"olwen@school.example", "ada@school.example"}, "moderator": []any{"ben@school.example"},
		"ban_list": []any{"^spam@", "mallory@example.net"}, "digest_send_periodic": true, "max_message_size": 500.0,
		"reply_goes_to_list": 1.0, "archive_private": 1.0, "emergency": false, "created_at": 946684800.25, "nothing": nil,
		"large": "1180591620717411303424", "negative": -1099511627776.0,
		"languages": []any{"en", "cy"}, "languages_again": []any{"en", "cy"}, "some": []any{"x"}, "frozen": []any{"y"},
		"pair":   []any{1.0, []any{2.0, []any{3.0, []any{4.0, 5.0}}}},
		"wanted": "thing Mailman.UserDesc.UserDesc", "kept": "thing Mailman.UserDesc.Kept", "class": "thing Mailman.UserDesc.UserDesc",
		"[a 1]": "a key that is a tuple", "latin": "Seán", "bytes": "ab",
	}
}

func TestEveryProtocolOfPythonSaysTheSame(t *testing.T) {
	files, err := filepath.Glob("testdata/pickle/*.pck")
	if err != nil || len(files) != 12 {
		t.Fatalf("%d pickles, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			raw := read(t, name)
			if !looksPickled(raw) {
				t.Errorf("it begins with %q and is not taken for a pickle", raw[:4])
			}
			v, err := unpickle(raw)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(any(invented()), plainly(v, 0)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestAConfigOfMailman2 compares a real configuration whole with what another reader makes of it.
func TestAConfigOfMailman2(t *testing.T) {
	dir := corpora.Dir(t, "migration/mailman2")
	v, err := unpickle(read(t, filepath.Join(dir, "config.pck")))
	if err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal(read(t, filepath.Join(dir, "config.json")), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, plainly(v, 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSmallPickles(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want any
	}{
		"a system command is only a name":        {"cos\nsystem\n(S'touch /'\ntR.", "thing os.system"},
		"an instance of protocol 0":              {"(S'x'\niMailman.UserDesc\nUserDesc\n.", "thing Mailman.UserDesc.UserDesc"},
		"an object of protocol 1":                {"(cM\nC\nK\x01o}b.", "thing M.C"},
		"a call of what is no function":          {"K\x01)R.", "thing something"},
		"an object with keywords":                {"\x80\x04\x8c\x01M\x8c\x01C\x93)}\x92.", "thing M.C"},
		"a persistent object":                    {"Pabc\n.", "thing persistent abc"},
		"a persistent object from the stack":     {"K\x01Q.", "thing persistent"},
		"an extension":                           {"\x80\x02\x82\x07.", "thing extension 7"},
		"an extension of four bytes":             {"\x80\x02\x84\x01\x01\x00\x00.", "thing extension 257"},
		"items that are put into an object":      {"cM\nC\n(K\x01K\x02e.", "thing M.C"},
		"the state of a plain value is dropped":  {"K\x05}b.", 5.0},
		"truth of protocol 0":                    {"(I01\nI00\nI5\nl.", []any{true, false, 5.0}},
		"numbers below zero":                     {"(J\xff\xff\xff\xffL-7L\n\x8a\x01\x80\x8a\x00t.", []any{-1.0, -7.0, -128.0, 0.0}},
		"a float as text and as bytes":           {"(F1.5\nG?\xf8\x00\x00\x00\x00\x00\x00t.", []any{1.5, 1.5}},
		"a string with escapes":                  {`(S'a\x41\101\'\n\q'` + "\n" + `S"b"` + "\nl.", []any{"aAA'\n\\q", "b"}},
		"Unicode of protocol 0":                  {"(V\\u263a\\x41\nV\xe9\nl.", []any{`☺\x41`, "é"}},
		"a value that is kept and taken":         {"(S'a'\np0\ng0\nl.", []any{"a", "a"}},
		"a value that is taken away":             {"(K\x01K\x0202l.", []any{1.0, 1.0}},
		"a mark that is taken away":              {"(K\x01(K\x021l.", []any{1.0}},
		"a mark that is taken away like a value": {"K\x01(0.", 1.0},
		"a dict that is set one by one":          {"}K\x01K\x02sK\x01K\x03s.", map[string]any{"1": 3.0}},
		"a dict with a list as key":              {"(]K\x01]K\x02d.", map[string]any{"[]": 2.0}},
		"bytes that Python 3 wraps":              {"c_codecs\nencode\n(V\\u00e9A\nVlatin1\ntR.", "éA"},
		"what comes after the end":               {"K\x01.rubbish", 1.0},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := unpickle([]byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, plainly(v, 0)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAListThatHoldsItself(t *testing.T) {
	v, err := unpickle([]byte("]q\x00h\x00a."))
	l, ok := v.(*pickledList)
	if err != nil || !ok || len(l.items) != 1 || l.items[0] != v {
		t.Errorf("read as %#v, %v", v, err)
	}
}

func TestPicklesThatAreNone(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"nothing":                            {"", "byte 0: it ends too soon"},
		"no end":                             {"K\x01", "byte 2: it ends too soon"},
		"an end without a value":             {".", "takes what it did not put"},
		"a value below the mark":             {"K\x01(.", "takes what it did not put"},
		"no mark":                            {"K\x01t.", "takes what it did not put"},
		"a length beyond the end":            {"T\xff\xff\xff\x7fabc.", "it ends too soon"},
		"a length beyond all memory":         {"\x8d\xff\xff\xff\xff\xff\xff\xff\xffabc.", "it ends too soon"},
		"an opcode that is not known":        {"K\x01\xfe.", "byte 2: opcode 0xfe is not known"},
		"a value that was not kept":          {"g7\n.", "it names value 7, which it did not keep"},
		"a number that is none":              {"Iseven\n.", `"seven" is no number`},
		"a number of too many digits":        {"L" + strings.Repeat("9", maxDigits+1) + "L\n.", "is no number"},
		"a key without a value":              {"}(K\x01u.", "a key without a value"},
		"keys in a list":                     {"](K\x01K\x02u.", "it sets keys in what has none"},
		"items in a number":                  {"K\x01K\x02a.", "it puts values into what holds none"},
		"a string without quotes":            {"Sabc\n.", "a string without its quotation marks"},
		"more values than memory is for":     {strings.Repeat("]", maxPickled+1) + ".", "it holds more than"},
		"more marks than memory is for":      {strings.Repeat("(", maxPickled+1) + ".", "it holds more than"},
		"more kept than memory is for":       {"]" + strings.Repeat("\x94", maxPickled+2) + ".", "it holds more than"},
		"a tuple of more than there is":      {"K\x01\x87.", "takes what it did not put"},
		"an instance without a class":        {"(o.", "takes what it did not put"},
		"the name of a class without an end": {"cos\nsystem", "it ends too soon"},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := unpickle([]byte(c.in))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("read as %v with %v, want %s", plainly(v, 0), err, c.want)
			}
		})
	}
}

// FuzzUnpickle demands that no pickle breaks the machine, that whatever it builds can be walked, and that it never holds
// more than it may.
func FuzzUnpickle(f *testing.F) {
	files, _ := filepath.Glob("testdata/pickle/*.pck")
	sort.Strings(files)
	for _, name := range files {
		f.Add(read(f, name))
	}
	for _, seed := range []string{"cos\nsystem\n(S'x'\ntR.", "]q\x00h\x00a.", "(]K\x01]K\x02d.", "}(K\x01u.", "\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00\x8c\x01a\x94."} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if v, err := unpickle(raw); err == nil {
			walk(v, 20)
		}
		if m, err := ReadMailman2(strings.NewReader(string(raw))); err == nil {
			m.file()
		}
	})
}

// walk goes through a value to a depth; lists that hold themselves many times would make plainly endless.
func walk(v any, budget int) int {
	if budget--; budget <= 0 {
		return 0
	}
	for _, item := range itemsOf(v) {
		budget = walk(item, budget)
	}
	if d, ok := v.(*pickledDict); ok {
		for i := range d.keys {
			budget = walk(d.values[i], walk(d.keys[i], budget))
		}
	}
	return budget
}
