package digest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
)

func TestEachDiscussionHasItsPart(t *testing.T) {
	at := moment(t, "Mon 23 Nov 2026 06:30:00")
	days := func(n int) time.Time { return at.AddDate(0, 0, -n) }
	q := func(begun time.Time, posts int) talk {
		return talk{Summary: archive.Summary{Begun: begun, Question: true}, posts: posts}
	}
	answered, closed := q(days(4), 1), q(days(4), 1)
	answered.Answered, closed.Closed = true, true
	statement := talk{Summary: archive.Summary{Begun: days(3)}, posts: 1}
	lively := talk{Summary: archive.Summary{Begun: days(30)}, posts: 9}
	notice := talk{Summary: archive.Summary{Begun: days(4), Question: true}, posts: 1, notice: true}
	old := talk{Summary: archive.Summary{Begun: days(4)}, notice: true}
	for _, k := range []struct {
		name          string
		t             talk
		weekly, daily Part // 0: not in it
	}{
		{"a question of yesterday may still be answered", q(days(1), 1), Also, Also},
		{"a question of exactly two days wants an answer", q(days(2), 1), Help, Help},
		{"a question is in one daily issue only", q(days(3), 0), Help, 0},
		{"a question of a week without a post in this one", q(days(9), 0), Help, 0},
		{"a question of long ago is let rest", q(days(17), 0), 0, 0},
		{"a question with an answer", answered, Also, Also},
		{"a question in a closed discussion", closed, Also, Also},
		{"a statement", statement, Also, Also},
		{"a discussion with replies", lively, Most, Most},
		{"a notice that asks something", notice, Notices, Notices},
		{"a notice of before", old, 0, 0},
	} {
		k.t.Thread = 7
		for kind, want := range map[Kind]Part{Weekly: k.weekly, Daily: k.daily} {
			got := Part(0)
			if items := pick([]talk{k.t}, kind, at, time.Time{}); len(items) > 0 {
				got = items[0].Part
			}
			if got != want {
				t.Errorf("%s: part %d of kind %d, want %d", k.name, got, kind, want)
			}
		}
	}
}

func TestThreeAreTalkedAboutMost(t *testing.T) {
	at := moment(t, "Mon 23 Nov 2026 06:30:00")
	var all []talk
	for i := range 6 {
		all = append(all, talk{Summary: archive.Summary{Thread: archive.Number(i + 1), Begun: at.AddDate(0, 0, -i)}, posts: 2 + i%5})
	}
	var got []string
	for _, it := range pick(all, Weekly, at, time.Time{}) {
		got = append(got, fmt.Sprintf("%d:%d", it.Part, it.Thread))
	}
	if want := []string{"2:5", "2:4", "2:3", "3:2", "3:1", "3:6"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestBodiesForThoseWhoMutedTheSame(t *testing.T) {
	var sets [][]archive.Number
	for i := range archive.Number(60) {
		sets = append(sets, []archive.Number{i + 100}) // each once
	}
	sets = append(sets, []archive.Number{1, 2}, []archive.Number{1, 2}, []archive.Number{3}, []archive.Number{3}, []archive.Number{3}, nil)
	kept := bodies(sets)
	if len(kept) != mostBodies-1 || !slices.Equal(kept[0], []archive.Number{3}) || !slices.Equal(kept[1], []archive.Number{1, 2}) {
		t.Fatalf("%d bodies: %v", len(kept), kept)
	}
	i := Issue{Muted: kept, Posts: 6, Items: []Item{{Thread: 2, Posts: 1}, {Thread: 1, Posts: 2}, {Thread: 3, Posts: 3}, {Thread: 159}}}
	for _, k := range []struct {
		name   string
		chosen map[uint32]list.Choice
		body   int
	}{
		{"nothing muted", nil, 0},
		{"what many muted", map[uint32]list.Choice{3: list.Mute}, 1},
		{"two, and one that is not in the issue", map[uint32]list.Choice{1: list.Mute, 2: list.Mute, 900: list.Mute}, 2},
		{"followed is not muted", map[uint32]list.Choice{3: list.Follow}, 0},
		{"what nobody else muted, beyond the bodies", map[uint32]list.Choice{159: list.Mute}, 0},
	} {
		if got := i.bodyFor(k.chosen); got != k.body {
			t.Errorf("%s: body %d, want %d", k.name, got, k.body)
		}
	}
	if got := i.without(2); len(got.Items) != 2 || got.Items[0].Thread != 3 || got.Posts != 3 || len(i.Items) != 4 {
		t.Errorf("without two discussions it is %+v", got)
	}
}
