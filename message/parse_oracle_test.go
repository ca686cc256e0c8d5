package message

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // as the library wants it
	"github.com/rogpeppe/go-internal/txtar"

	"sencoforum/internal/corpora"
)

// oracleTexts reads the text parts of a message with go-message. ok is false
// where that library finds a fault anywhere in it, charsets included.
func oracleTexts(raw []byte) (texts []string, ok bool) {
	entity, err := gomessage.Read(bytes.NewReader(raw))
	if err != nil {
		return nil, false
	}
	err = entity.Walk(func(_ []int, part *gomessage.Entity, err error) error {
		if err != nil {
			return err
		}
		if kind, _, _ := part.Header.ContentType(); !strings.HasPrefix(kind, "text/") {
			return nil
		}
		body, err := io.ReadAll(part.Body)
		if bytes.ContainsRune(body, '\ufffd') {
			return errors.New("text of another charset")
		}
		texts = append(texts, string(body))
		return err
	})
	return texts, err == nil
}

// agree checks that every text that go-message finds is one of our parts.
func agree(t *testing.T, name string, raw []byte) (texts int) {
	t.Helper()
	want, ok := oracleTexts(raw)
	if !ok {
		return 0
	}
	found := make(map[string]bool)
	for _, p := range Parse(raw).Walk() {
		found[oneSpace(p.Text())] = true
	}
	for _, text := range want {
		if !found[oneSpace(fixUTF8(text))] && oneSpace(text) != "" {
			t.Errorf("%s: go-message finds another text: %.200q", name, text)
		}
	}
	return len(want)
}

// TestOrdinaryMailAgrees: a message in which go-message finds no fault has the
// same texts for us.
func TestOrdinaryMailAgrees(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "ordinary.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	texts := 0
	for _, f := range txtar.Parse(b).Files {
		texts += agree(t, f.Name, bytes.ReplaceAll(f.Data, []byte("\n"), []byte("\r\n")))
	}
	if texts < 10 {
		t.Errorf("%d texts were compared, want at least 10", texts)
	}
}

func TestCorpusAgrees(t *testing.T) {
	files, texts := 0, 0
	for _, file := range corpora.Files(t, corpora.Dir(t, "mime"), "*") {
		switch filepath.Ext(file) {
		case ".eml", ".raw", ".msg":
			files++
			texts += agree(t, file, readFile(t, file))
		}
	}
	t.Logf("%d files, %d texts compared", files, texts)
	if texts < files/3 {
		t.Errorf("%d texts of %d files were compared", texts, files)
	}
}
