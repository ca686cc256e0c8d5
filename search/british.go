package search

import "strings"

// british gives a folded word its British spelling, so that behavior and behaviour are one word. It may give a word that
// nobody writes (prise for prize), because the index and the queries do the same.
func british(w string) string {
	if len(w) < 4 {
		return w
	}
	if to, ok := spellings[w]; ok {
		return to
	}
	w = americanBegins(w)
	for _, s := range zEndings {
		if stem, ok := strings.CutSuffix(w, s); ok && len(stem) >= 3 {
			return stem + strings.Replace(s, "z", "s", 1)
		}
	}
	for _, s := range doubled {
		if stem, ok := strings.CutSuffix(w, s); ok && doubles[stem] {
			return stem + "l" + s
		}
	}
	return w
}

// zEndings are written with s in Britain.
var zEndings = []string{
	"ize", "ized", "izes", "izer", "izers", "izing", "ization", "izations", "izational", "izable",
	"yze", "yzed", "yzes", "yzer", "yzers", "yzing",
}

// doubled are endings before which Britain doubles an l, in words of doubles.
var doubled = []string{"ed", "ing", "er", "ers", "or", "ors", "ings"}

var doubles = wordSet("cancel channel counsel dial enrol fuel label level model panel pencil quarrel signal total travel tunnel")

// americanBegins puts a British beginning in the place of an American one, wherever in the word it stands.
func americanBegins(w string) string {
	for _, p := range beginnings {
		if i := strings.Index(w, p[0]); i >= 0 {
			if strings.HasPrefix(w[i:], p[1]) {
				return w
			}
			return w[:i] + p[1] + w[i+len(p[0]):]
		}
	}
	return w
}

// beginnings are parts of words, American and British. A British one must not hold its American one elsewhere.
var beginnings = [][2]string{
	{"behavior", "behaviour"}, {"favor", "favour"}, {"neighbor", "neighbour"}, {"honor", "honour"}, {"humor", "humour"},
	{"endeavor", "endeavour"}, {"demeanor", "demeanour"}, {"harbor", "harbour"}, {"flavor", "flavour"}, {"rumor", "rumour"},
	{"pediatr", "paediatr"}, {"orthoped", "orthopaed"}, {"anesth", "anaesth"}, {"gynec", "gynaec"}, {"encycloped", "encyclopaed"},
	{"hemo", "haemo"}, {"leukem", "leukaem"}, {"maneuver", "manoeuvre"}, {"skeptic", "sceptic"},
}

// spellings are single words, American or older, and what they are here.
var spellings = pairs(`
	color colour  colors colours  colored coloured  coloring colouring  colorful colourful  labor labour  labors labours
	center centre  centers centres  centered centred  meter metre  meters metres  liter litre  liters litres  fiber fibre
	theater theatre  theaters theatres  caliber calibre  program programme  programs programmes  dialog dialogue
	dialogs dialogues  catalog catalogue  catalogs catalogues  analog analogue
	license licence  licenses licences  licensed licenced  practise practice  practises practices  practised practiced  practising practicing
	defense defence  offense offence  pretense pretence  judgment judgement  judgments judgements
	acknowledgment acknowledgement  acknowledgments acknowledgements  aging ageing
	enroll enrol  enrolls enrols  enrollment enrolment  enrollments enrolments  fulfill fulfil  fulfills fulfils
	fulfillment fulfilment  skillful skilful  skillfully skilfully  willful wilful  install instal  installment instalment
	gray grey  pajamas pyjamas  plow plough  mom mum  moms mums  math maths  learnt learned  spelt spelled  burnt burned
	dreamt dreamed  fetus foetus  diarrhea diarrhoea  jewelry jewellery  mold mould  molds moulds  sulfur sulphur
	aluminum aluminium  airplane aeroplane  inquiry enquiry  inquiries enquiries  inquire enquire  cozy cosy  whilst while
	amongst among  focussed focused  focussing focusing  benefitted benefited  targetted targeted`)

func pairs(text string) map[string]string {
	words := strings.Fields(text)
	set := map[string]string{}
	for i := 0; i+1 < len(words); i += 2 {
		set[words[i]] = words[i+1]
	}
	return set
}
