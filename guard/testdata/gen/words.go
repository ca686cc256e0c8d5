package gen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

func list(s string) []string { return strings.Split(strings.TrimSpace(s), ",") }

// Grown-ups, who may be named, and children, who may not.
var (
	adultFirst = list("Jane,Sarah,Priya,Helen,Asha,Margaret,Sam,Ellen,Claire,David,Mark,Tracey,Julie,Gwen,Siobhan,Imran,Farida,Kate,Ian,Nicola,Oluwaseun,Agnieszka,Rhian,Fiona,Beth,Rob,Karen,Hannah,Steve,Lucy,Grace,Tom,Oliver,Lily,Jack,Maya")
	surnames   = list("Holt,Marsh,Nair,Okafor,Williams,Bennett,Pritchard,Khan,Begum,O'Connor,Kowalska,Hughes,Ward,Thorne,MacDonald,Ahmed,Patel,Green,Young,Field,Small,Price,Rivers,Day,Brook,Wood,Nwosu,Achebe,Griffiths,Chaudhry,Lewandowski,Adeyemi,Fernandez,Le,Obi,Fitzgerald-Moore,St John,Novak,Zhang,Islam")
	childFirst = list("Oliver,Amelia,Noah,Isla,Harry,Freya,Alfie,Poppy,Muhammad,Aisha,Zainab,Yusuf,Ibrahim,Hamza,Chidi,Ngozi,Ikenna,Chiamaka,Adaeze,Kacper,Zuzanna,Wiktoria,Jakub,Filip,Cerys,Dylan,Ffion,Rhys,Tomos,Eleri,Gethin,Callum,Eilidh,Hamish,Aoife,Cillian,Saoirse,Jayden,Tyler,Kayleigh,Mason,Ellie-Mae,Tilly,Teddy,Finley,Ayaan,Ishaan,Anaya,Arjun,Simran,Gurpreet,Kiran,Xanthe,Zebedee,Ottilie,Rafferty,Mateo,Sofia,Luka,Andrei,Ionut,Mei,Haoyu,Thanh,Kwame,Abena,Tendai,Tariro,Amara,Jaxon,Riley-Jay,Logan,Bobby,Archie,George,Charlotte,Evie,Daisy,Rosie,Jacob,Ethan,Leo,Theo,Max,Ruby,Ava,Mia,Maisie,Lola,Esme,Harper,Willow,Samuel,Joshua,Daniel,Emily,Jessica,Sophie,Chloe,Ryan,Connor,Liam,Kian,Ameer,Laiba,Hafsa,Zoya,Reuben,Caleb,Shmuel,Rivka,Yonatan")
	places     = list("Leeds,Hull,Kent,Bradford,Cardiff,Wrexham,Swansea,Dundee,Stirling,Luton,Derby,Reading,Lincoln,Preston,Chester,Bath,Norwich,Croydon,Ealing,Bexley,Stockport,Wigan,Durham,Carlisle,Barry,Newport,Rugby,Grantham,Washington,Stafford")
	schools    = list("St Mary's C of E Primary,Oakfield Primary School,Hillcrest Academy,Ysgol y Bryn,The Grange School,Queen Elizabeth's High School,Holy Family RC Primary,Marsh Lane Infants,Northgate College,Park View School,King Edward VI School,Rosewood Special School,Daisy Hill Nursery,Lily Lane Primary,Oliver Goldsmith Primary School,George Eliot Academy")
	months     = list("January,February,March,April,May,June,July,September,October,November,December")
	titles     = list("Mrs,Miss,Ms,Mr,Dr,Cllr")
)

type writer struct {
	r      *rand.Rand
	bodies []body
	used   int // how often child was called, so that every name has its turn
}

func (w *writer) pick(from []string) string { return from[w.r.IntN(len(from))] }

func (w *writer) digits(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + w.r.IntN(10)))
	}
	return b.String()
}

func (w *writer) letters(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte("ABCDEFGHJKLMNPRSTWXY"[w.r.IntN(20)])
	}
	return b.String()
}

func (w *writer) adult() string {
	name := w.pick(adultFirst) + " " + w.pick(surnames)
	switch w.r.IntN(4) {
	case 0:
		return w.pick(titles) + " " + name
	case 1:
		return w.pick(titles) + " " + w.pick(surnames)
	}
	return name
}

// child is a first name and a surname; each first name comes round.
func (w *writer) child() (first, last string) {
	first = childFirst[w.used*37%len(childFirst)]
	w.used++
	return first, w.pick(surnames)
}

// date is a day of this year or the next, in some form.
func (w *writer) date() string {
	d, m, y := 1+w.r.IntN(28), 1+w.r.IntN(12), 2026+w.r.IntN(2)
	return w.dateOf(d, m, y)
}

var monthNames = list("January,February,March,April,May,June,July,August,September,October,November,December")

func (w *writer) dateOf(d, m, y int) string {
	month := monthNames[m-1]
	switch w.r.IntN(9) {
	case 0:
		return fmt.Sprintf("%02d/%02d/%d", d, m, y)
	case 1:
		return fmt.Sprintf("%d.%d.%02d", d, m, y%100)
	case 2:
		return fmt.Sprintf("%d%s %s %d", d, ordinal(d), month, y)
	case 3:
		return fmt.Sprintf("%d-%s-%02d", d, month[:3], y%100)
	case 4:
		return fmt.Sprintf("%d/%d/%02d", d, m, y%100)
	case 5:
		return fmt.Sprintf("%s %d, %d", month, d, y)
	case 6:
		return fmt.Sprintf("%d %s %d", d, month[:3], y)
	case 7:
		return fmt.Sprintf("%d-%02d-%02d", y, m, d)
	}
	return fmt.Sprintf("%d %s %d", d, month, y)
}

func ordinal(d int) string {
	switch {
	case d%10 == 1 && d != 11:
		return "st"
	case d%10 == 2 && d != 12:
		return "nd"
	case d%10 == 3 && d != 13:
		return "rd"
	}
	return "th"
}

// phone is a number of an office, which nobody has (Ofcom keeps these for films).
func (w *writer) phone() string {
	n := w.digits(3)
	return w.pick([]string{"0113 496 0" + n, "0113 4960" + n, "(0113) 496 0" + n, "020 7946 0" + n, "029 2018 0" + n, "+44 113 496 0" + n, "01632 960" + n, "01632 960 " + n, "0808 157 0" + n})
}

func (w *writer) mobile() string {
	n := w.digits(3)
	return w.pick([]string{"07700 900" + n, "07700900" + n, "07700 900 " + n, "+44 7700 900" + n})
}

// ten is a number of ten digits that means nothing. One in eleven fits the check of the NHS by chance.
func (w *writer) ten() string { return fmt.Sprint(1+w.r.IntN(9)) + w.digits(9) }

func (w *writer) price() string {
	return w.pick([]string{"£" + w.digits(2), "£1," + w.digits(3), "£" + w.digits(3) + ".00", "£" + w.digits(2) + ".99", w.digits(2) + " pounds"})
}

// ceiling: flat table
func (w *writer) slot(name string) string {
	switch name {
	case "first":
		return w.pick(adultFirst)
	case "surname":
		return w.pick(surnames)
	case "adult":
		return w.adult()
	case "phone":
		return w.phone()
	case "mobile":
		return w.mobile()
	case "date":
		return w.date()
	case "month":
		return w.pick(months)
	case "time":
		return w.pick([]string{"9.30", "4pm", "15:45", "3.30 pm", "10 a.m."})
	case "place":
		return w.pick(places)
	case "school":
		return w.pick(schools)
	case "postcode":
		return w.letters(2) + w.digits(1) + " " + w.digits(1) + w.letters(2)
	case "price":
		return w.price()
	case "order":
		return w.pick([]string{"SO" + w.digits(7), w.digits(8), "INV-" + w.digits(6), w.letters(3) + "/" + w.digits(5), w.ten(), "PO " + w.digits(6)})
	case "isbn":
		return w.pick([]string{"978-1-" + w.digits(4) + "-" + w.digits(4) + "-" + w.digits(1), "9781" + w.digits(9), "0-" + w.digits(4) + "-" + w.digits(4) + "-" + w.digits(1), "1" + w.digits(9)})
	case "urn":
		return "1" + w.digits(5)
	case "dfe":
		return w.pick([]string{"382/" + w.digits(4), "801" + w.digits(4)})
	case "centre":
		return w.digits(5)
	case "zoom":
		return w.pick([]string{w.ten()[:3] + " " + w.digits(3) + " " + w.digits(4), w.digits(3) + " " + w.digits(4) + " " + w.digits(4), w.digits(11)})
	case "teams":
		return w.digits(3) + " " + w.digits(3) + " " + w.digits(3) + " " + w.digits(2)
	case "lgo":
		return "2" + w.digits(1) + " 0" + w.digits(2) + " " + w.digits(3)
	case "licence":
		return w.letters(4) + "-" + w.digits(4) + "-" + w.letters(4)
	case "serial":
		return "A" + w.digits(11) + "X"
	case "policy":
		return w.letters(1) + w.digits(12)
	case "staffno":
		return w.letters(2) + w.digits(6)
	case "dferef":
		return "2026-00" + w.digits(5)
	case "callref":
		return "CAS-" + w.digits(6)
	case "tracking":
		return w.pick([]string{w.letters(2) + w.digits(9) + "GB", "H0" + w.digits(14), w.letters(1) + w.digits(12)})
	case "email":
		return strings.ToLower(w.pick(adultFirst)) + "@school.example"
	case "url":
		return "https://www.example.org/" + w.pick([]string{"send", "news", "d"}) + "/" + w.digits(10)
	case "n3":
		return w.digits(3)
	case "n5":
		return w.digits(5)
	case "n7":
		return w.digits(7)
	case "n8":
		return w.digits(8)
	case "n9":
		return w.digits(9)
	case "n10":
		return w.ten()
	}
	panic("no slot " + name)
}

// fill puts something into every {slot}.
func (w *writer) fill(text string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString(w.slot(name))
		text = after
	}
}
