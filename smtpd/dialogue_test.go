package smtpd

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestDialogues plays the scripts below testdata, those of lmtp.txt in LMTP. A script is a list of lines:
//
//	C: text   the client sends text and CRLF
//	R: "..."  the client sends these octets
//	S: text   the server answers so; a star at the end stands for anything
//	TLS       the client goes over to TLS
//	HALF      the client will send nothing more
//	END       the server closes the connection
//	GOT n     n messages have arrived so far
//	RAW "..." the last message arrived with these octets
func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dialogues: %v", err)
	}
	for _, file := range files {
		door := speaker(run)
		if filepath.Base(file) == "lmtp.txt" {
			door = runLMTP
		}
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txt")+"/"+f.Name, func(t *testing.T) {
				r := door.onLoopback(t, config())
				play(t, r, strings.Split(strings.TrimSpace(string(f.Data)), "\n"))
			})
		}
	}
}

func play(t *testing.T, r *rig, script []string) {
	c := r.connect(t)
	for i, line := range script {
		if err := step(c, r, line); err != nil {
			t.Fatalf("line %d: %s\n%v", i+1, line, err)
		}
	}
}

func step(c *client, r *rig, line string) error {
	word, text, _ := strings.Cut(line, " ")
	switch word {
	case "C:":
		c.send(text + "\r\n")
	case "R:":
		raw, err := strconv.Unquote(text)
		if err != nil {
			return err
		}
		c.send(raw)
	case "S:":
		return heard(c, text)
	case "TLS":
		c.secure()
	case "HALF":
		return c.conn.(interface{ CloseWrite() error }).CloseWrite()
	case "END":
		if got, err := c.r.ReadString('\n'); err == nil {
			return fmt.Errorf("got %q", got)
		}
	case "GOT", "RAW":
		return arrived(r, word, text)
	case "", "#":
	default:
		return fmt.Errorf("unknown word")
	}
	return nil
}

func heard(c *client, want string) error {
	got, err := c.r.ReadString('\n')
	if err != nil {
		return err
	}
	got = strings.TrimSuffix(got, "\r\n")
	if start, ok := strings.CutSuffix(want, "*"); ok && strings.HasPrefix(got, start) || got == want {
		return nil
	}
	return fmt.Errorf("got %q", got)
}

func arrived(r *rig, word, want string) error {
	mails := r.mails()
	got := strconv.Itoa(len(mails))
	if word == "RAW" {
		got = strconv.Quote(mails[len(mails)-1].raw)
	}
	if got != want {
		return fmt.Errorf("got %s", got)
	}
	return nil
}
