package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
)

// TestRigImport kills an import at random instants: the server that it goes to, or the command itself. After the last kill
// it is run to its end. The archive must be the one of an import that nobody disturbed, to the byte, and nobody is mailed.
func TestRigImport(t *testing.T) {
	t.Parallel()
	binary, dice := build(t), dice(t)
	kills := max(3, size(t).kills/6)
	file := filepath.Join(t.TempDir(), "old.mbox")
	messages := max(4000, 300*kills)
	writeOldMbox(t, file, messages, dice)

	calm := newImportTrial(t, binary)
	calm.start(t)
	report := calm.finish(t, file)
	if report.New != messages {
		t.Fatalf("undisturbed: %+v", report)
	}
	want := calm.archive(t)

	hurt := newImportTrial(t, binary)
	hit := 0
	for range kills {
		hurt.start(t)
		if hurt.disturb(t, file, dice) {
			hit++
		}
	}
	hurt.start(t)
	report = hurt.finish(t, file)
	got := hurt.archive(t)
	if report.New+report.Known != messages {
		t.Errorf("the last run: %+v", report)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("after %d kills the archive is not that of an undisturbed import: %d bytes, want %d; message %s",
			kills, len(got), len(want), firstOther(want, got))
	}
	if hit == 0 || report.Known == 0 {
		t.Errorf("%d kills hit an import, and the last run knew %d messages: the kills came too early or too late", hit, report.Known)
	}
	t.Logf("%d kills, %d while messages were on their way; the last run knew %d of %d", kills, hit, report.Known, messages)
}

// importTrial is one server with an import.
type importTrial struct {
	srv  *Server
	sink *Sink
	j    *Journal
}

func newImportTrial(t *testing.T, binary string) *importTrial {
	t.Helper()
	j := NewJournal()
	sink, err := NewSink(j)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	srv, _, err := NewServer(t.Context(), Setup{
		Binary: binary, Dir: t.TempDir(), SinkPort: sink.Port(), Unsettled: 8, Recipients: 20, Log: os.Stderr,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.End)
	return &importTrial{srv: srv, sink: sink, j: j}
}

func (i *importTrial) start(t *testing.T) {
	t.Helper()
	if i.srv.cmd != nil && i.srv.cmd.ProcessState == nil {
		return
	}
	if err := i.srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// disturb starts an import and kills it, or its server. It reports whether the import was at work then.
func (i *importTrial) disturb(t *testing.T, file string, dice *rand.Rand) bool {
	t.Helper()
	cmd := exec.Command(i.srv.Binary, "--config", i.srv.Config, "import", "mbox", file)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := begin(cmd); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	time.Sleep(50*time.Millisecond + time.Duration(dice.Int64N(int64(700*time.Millisecond))))
	if dice.IntN(3) == 0 {
		cmd.Process.Kill() // it may have ended
		return <-ended != nil
	}
	if err := i.srv.Kill(); err != nil {
		t.Fatal(err)
	}
	err := <-ended
	if err != nil && !strings.Contains(out.String(), "run the same import again") && !strings.Contains(out.String(), "the server broke off") {
		t.Errorf("the import did not say how to go on: %s", out.String())
	}
	return err != nil
}

// importSum is the part of an import's report that the rig needs.
type importSum struct {
	New   int `json:"new"`
	Known int `json:"known"`
}

func (i *importTrial) finish(t *testing.T, file string) (r importSum) {
	t.Helper()
	out, err := i.srv.Command(t.Context(), "import", "mbox", "--json", file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// archive is the archive as it is written out, after the server was stopped and has been found without a fault.
func (i *importTrial) archive(t *testing.T) []byte {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	a, err := i.srv.Audit(ctx)
	if err != nil || len(a.Faults) > 0 {
		t.Errorf("audit: %v, %q", err, a.Faults)
	}
	if live := a.Live["done"]; live != a.Accepted || int(live) != len(a.Posts) {
		t.Errorf("%d accepted, %d done, %d posts", a.Accepted, live, len(a.Posts))
	}
	if _, copies := i.j.Count(); copies > 0 {
		t.Errorf("%d copies were sent", copies)
	}
	out, err := i.srv.Command(ctx, "export", "mbox")
	if err != nil {
		t.Fatal(err)
	}
	if err := i.srv.Stop(); err != nil {
		t.Error(err)
	}
	return out
}

// firstOther names the first message that differs.
func firstOther(a, b []byte) string {
	as, bs := bytes.Split(a, []byte("\nFrom ")), bytes.Split(b, []byte("\nFrom "))
	n := 0
	for n < min(len(as), len(bs)) && bytes.Equal(as[n], bs[n]) {
		n++
	}
	return fmt.Sprint(n)
}

// writeOldMbox invents an archive whose messages are not quite in the order of their dates.
func writeOldMbox(t *testing.T, file string, n int, dice *rand.Rand) {
	t.Helper()
	var b bytes.Buffer
	w := archive.NewMboxWriter(&b)
	words := strings.Fields("the pupil review meeting parents support plan class teacher assistant report week funding autism reading")
	for i := range n {
		at := time.Date(2003, 5, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(i*60+dice.IntN(600)) * time.Minute)
		var m bytes.Buffer
		fmt.Fprintf(&m, "From: Teacher %d <t%d@school.example>\nDate: %s\nMessage-ID: <%d@school.example>\n", i%97, i%97, at.Format(time.RFC1123Z), i)
		if up := i - dice.IntN(10); up > 0 && up != i {
			fmt.Fprintf(&m, "References: <%d@school.example>\n", up)
		}
		fmt.Fprintf(&m, "Subject: Re: Matter %d\n\n", i/10)
		for range 20 + dice.IntN(200) {
			m.WriteString(words[dice.IntN(len(words))])
			m.WriteByte(" \n"[dice.IntN(8)/7])
		}
		if err := w.Write(m.Bytes(), "", at); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
