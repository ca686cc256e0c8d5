package corpora

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestDir(t *testing.T) {
	base := t.TempDir()
	t.Setenv("SENCOFORUM_CORPORA", base)

	t.Run("a collection that is there is found", func(t *testing.T) {
		want := filepath.Join(base, "mime")
		if err := os.Mkdir(want, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(want, "a.eml"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := Dir(t, "mime"); got != want {
			t.Errorf("Dir = %q, want %q", got, want)
		}
		if got := Files(t, want, "*.eml"); len(got) != 1 {
			t.Errorf("Files = %q, want one", got)
		}
	})
	t.Run("a collection that is absent skips the test", func(t *testing.T) {
		spy := &skipSpy{TB: t}
		done := make(chan bool)
		go func() {
			defer close(done)
			Dir(spy, "none")
			t.Error("the test went on without its data")
		}()
		<-done
		if !spy.skipped {
			t.Error("the test was not skipped")
		}
	})
}

// skipSpy notes that a test was skipped, so that no test has to be.
type skipSpy struct {
	testing.TB
	skipped bool
}

func (s *skipSpy) Skipf(string, ...any) {
	s.skipped = true
	runtime.Goexit()
}

func TestModuleRoot(t *testing.T) {
	if _, err := os.Stat(filepath.Join(moduleRoot(t), "go.mod")); err != nil {
		t.Error(err)
	}
}
