package command

import (
	"slices"
	"strings"
	"testing"
)

// Every spelling is in lower case and is read as its word, wherever it is known.
func TestEverySpellingIsRead(t *testing.T) {
	_, all := spellings()
	for _, s := range all {
		p := strings.Join(s.phrase, " ")
		if p != strings.ToLower(p) {
			t.Errorf("%q is not in lower case", p)
		}
		for _, name := range PlaceNames() {
			at, _ := PlaceOf(name)
			if s.word.At&at == 0 || at&toList != 0 {
				continue
			}
			q := Request{At: at, Text: p + args(s.word.Takes), Today: friday, Moderator: s.word.Who == Moderator, Items: 3, Files: 1, About: []string{"Priya N."}}
			if at == Batch && s.word.Name != "undo" && s.word.Name != allOfBatch && s.word.Decides {
				q.Text = p + " 1" + args(s.word.Takes)
			}
			if at&(HeldGuard|HeldSpam) != 0 && shortYes[p] {
				continue
			}
			if at == HeldGuard && s.word.Name == "trust" || s.lone && at&(RequestAddress|Robot) == 0 {
				continue
			}
			if got := Read(q); got.Outcome != Done || got.Word.Name != s.word.Name {
				t.Errorf("%s: %q: got %s, want %s", name, q.Text, got, s.word.Name)
			}
		}
	}
}

// args is something that fits behind a word.
func args(takes Arg) string {
	return map[Arg]string{
		Text: " Which school?", Words: ` "Oliver Marsh"`, Query: " dyslexia", Which: " 1", Address: " a@b.example", AddressName: " a@b.example", AddressDomain: " a@b.example",
		OnePost: " #48213", PerhapsPost: " #48213", PostAndWords: ` #48213 "Oliver"`, PostAndText: " #48213 dyslexia", Person: " Priya",
	}[takes]
}

// Nobody but moderators can learn that there are moderators' words: they read as any unknown word.
func TestModeratorsWordsAreUnknownToMembers(t *testing.T) {
	for _, w := range Table() {
		if w.Who != Moderator || w.At&RequestAddress == 0 {
			continue
		}
		if slices.ContainsFunc(Table(), func(o Word) bool {
			return o.Who == Anyone && o.At&RequestAddress != 0 && (o.Name == w.Name || slices.Contains(o.Lone, w.Name))
		}) {
			continue
		}
		for _, text := range []string{w.Name, w.Name + args(w.Takes)} {
			got := Read(Request{At: RequestAddress, Text: text, Today: friday})
			if got.Outcome != Ask || got.Word.Who == Moderator || slices.Contains(got.Near, w.Name) {
				t.Errorf("%q: got %s, near %q", text, got, got.Near)
			}
		}
	}
}

// Whatever acts on a person or on a published post needs DKIM and one more reply; only stop acts at once. To approve all is a
// decision on what is held, but on many at a time: it is read back first.
func TestWhatNeedsAReply(t *testing.T) {
	for _, w := range Table() {
		if w.Confirm != (w.Proof == AlignedDKIM || w.Name == allOfBatch) {
			t.Errorf("%s: confirm %t with proof %d", w.Name, w.Confirm, w.Proof)
		}
		changes := w.Who == Moderator && w.At == RequestAddress && w.Name != "stop" && w.Name != "waiting" && w.Name != "stats" && w.Name != "who"
		if changes && !w.Confirm {
			t.Errorf("%s is done without a second reply", w.Name)
		}
		if w.Help == "" {
			t.Errorf("%s has no help", w.Name)
		}
	}
}
