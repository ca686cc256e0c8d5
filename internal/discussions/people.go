package discussions

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// A person writes in the forum. Those with keys answer mostly in situations that begin with one of them.
type person struct {
	name, role string
	keys       []string
}

func (p person) address() string {
	return strings.ToLower(strings.NewReplacer(" ", ".", "'", "").Replace(p.name)) + "@" + Domain
}

// experts know about something, as everybody in the forum knows.
var experts = []person{
	{"Hilary Braithwaite", "Specialist Teacher and Assessor", []string{"form8", "extra-", "reader-", "human-", "scribe", "rest-", "jcq", "access-online", "normal-", "assessor-"}},
	{"Gareth Llewellyn", "ALNCo, Ysgol Glan-yr-Afon", []string{"wales-", "ysgol-"}},
	{"Priya Raman", "Educational Psychologist", []string{"dyslexia-", "selective-", "anxiety-", "elsa", "precision-"}},
	{"Margaret Openshaw", "SEN Casework Officer, retired", []string{"assessment-", "parental-", "plan-", "review-", "tribunal-", "transfer-", "section-"}},
	{"Tom Featherstone", "Head of Centre, PRU", []string{"semh-", "exclusion-", "pru", "restraint", "reduced-", "nurture-"}},
	{"Siân Pritchard", "Speech and Language Therapist", []string{"slcn", "makaton", "pecs", "selective-", "stammer"}},
}

var (
	firstNames = strings.Fields("Sarah Susan Helen Janet Linda Christine Patricia Alison Julie Karen Elaine Barbara Gillian Nicola Joanne Claire Emma Rachel Lucy Hannah Fatima Nadia Sunita Grace David John Peter Michael Paul Andrew Mark Ian Graham Keith")
	surnames   = strings.Fields("Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Roberts Walker White Hughes Green Hall Lewis Harris Clarke Patel Jackson Wood Turner Cooper Hill Ward Moore Clark King Baker Harrison Morgan Allen Scott Watson Parker Price")
	roles      = strings.Split("SENCo/SENCo and Deputy Head/Inclusion Manager/Assistant Head/Learning Support Teacher/Class Teacher, Year 4/Teaching Assistant/Headteacher/SEN Governor/Advisory Teacher", "/")
)

const members = 180

func member(n int) person {
	return person{name: firstNames[n%len(firstNames)] + " " + surnames[(n*7+n/len(firstNames))%len(surnames)], role: roles[n%len(roles)]}
}

// who picks the writer of an answer: an expert of the matter one time of three.
func (s situation) who(r *rand.Rand) person {
	if r.IntN(3) == 0 {
		for _, e := range experts {
			if slices.ContainsFunc(e.keys, func(k string) bool { return strings.HasPrefix(s.key, k) }) {
				return e
			}
		}
	}
	return member(r.IntN(members))
}
