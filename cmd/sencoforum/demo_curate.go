package main

import (
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// demoTopics are the topics of the invented list, with words of the subjects that have them.
var demoTopics = []struct{ name, words string }{
	{"EHCP", "ehcp,ehc needs"}, {"Annual review", "annual review"}, {"Literacy", "dyslexia,reading"}, {"Exam access", "access arrangements"},
	{"Attendance", "timetables,refusal"}, {"Teaching assistants", "teaching assistants"}, {"Transition", "transition,dual placement"},
	{"Sensory", "sensory,adhd"}, {"Provision map", "provision map,register"},
}

// demoStart are words of the subjects that the moderators chose for people who are new, with what they say about each.
var demoStart = [][2]string{
	{"who should be on it", "Start with the register: whom to put on it, and how to take a child off again."},
	{"annual review paperwork", "Who sends what, and when. Fix the dates in September."},
	{"one page", "A provision map that a governor can read."},
}

// curate does in the invented archive what moderators do in a real one.
func curate(db *store.DB, l list.List) error {
	return db.Update(func(tx *store.Tx) error {
		ids := map[string]archive.TopicID{}
		for _, t := range demoTopics {
			topic, _, err := archive.AddTopic(tx, archive.Topic{List: l.ID, Name: t.name, Made: l.Created})
			if err != nil {
				return err
			}
			ids[t.name] = topic.ID
		}
		start, _, err := archive.CreateCollection(tx, archive.Collection{
			List: l.ID, Slug: archive.StartSlug, Title: "Your first term", Intro: "What others asked in their first weeks, and what helped.", Made: l.Created})
		if err != nil {
			return err
		}
		chosen := map[string]bool{}
		for p, err := range archive.All(tx, 1) {
			if err != nil {
				return err
			}
			if p.Reply {
				continue
			}
			subject := strings.ToLower(p.Subject)
			if err := tagBySubject(tx, p.Number, subject, ids); err != nil {
				return err
			}
			for _, s := range demoStart {
				if !strings.Contains(subject, s[0]) || chosen[s[0]] {
					continue
				}
				chosen[s[0]] = true
				e := archive.Entry{Thread: p.Number, Summary: s[1], Added: l.Created, By: "demo"}
				if _, _, err := archive.PutEntry(tx, start, e); err != nil {
					return err
				}
			}
		}
		_, _, err = archive.SetEra(tx, archive.LegalEra{List: l.ID, Before: time.Date(2014, 9, 1, 0, 0, 0, 0, time.UTC),
			Sentence: "Written before September 2014: rules have changed since."})
		return err
	})
}

// tagBySubject gives a discussion the topics of which its subject has the words.
func tagBySubject(tx *store.Tx, n archive.Number, subject string, ids map[string]archive.TopicID) error {
	for _, t := range demoTopics {
		for word := range strings.SplitSeq(t.words, ",") {
			if !strings.Contains(subject, word) {
				continue
			}
			if _, err := archive.Tag(tx, n, ids[t.name]); err != nil {
				return err
			}
		}
	}
	return nil
}
