package guard

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"
)

// class is what a word may be; a word may be several things.
type class uint32

const (
	first       class = 1 << iota // a first name
	unsure                        // a first name that is also a word, a place or a surname
	common                        // no name of a child, even with a capital letter
	title                         // the word after it is a grown-up
	month                         // of the calendar
	link                          // leads from a plan to whose it is: for, of, about
	filler                        // may stand between a link and a name: our, pupil, called
	paper                         // after "NAME's plan": the plan is a model and no child's
	institution                   // after a name: the name of a school, street or house
	role                          // after a name: a grown-up
	planStart                     // may begin the name of a plan
	yearWord                      // year, yr, y
	stage                         // reception, nursery
	having                        // NAME has a plan
	birthWord                     // born, dob, birth
	surname                       // a word that is also a surname
	rangeWord                     // makes of a date one end of a time, or a form
)

//go:embed names.txt
var namesFile string

// ceiling: flat table
var words = []struct {
	class class
	list  string
}{
	{title, "mr mrs ms miss mx dr prof professor sir dame lord lady baroness baron cllr councillor rev reverend fr father sister canon judge justice capt captain major colonel sgt commander pc nurse auntie uncle"},
	{month, "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec ionawr chwefror mawrth ebrill mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr"},
	{link, "for of belongs re about regarding concerning reg ref belonging named i ar gyfer"},
	{filler, "to our my her his their the a an this that one young little dear poor pupil student child boy girl lad kid son daughter learner candidate patient called named name is is: pupil: child: yr year y reception nursery primary secondary school client ref re aged autistic disgybl"},
	{paper, "template templates checklist checklists blog blogs book books booklet training course courses webinar webinars workshop workshops guide guides guidance toolkit toolkits handbook podcast website site page talk talks session sessions conference presentation slides article articles advice model models format formats proforma proformas idea ideas tips stuff resources resource materials pack packs version versions video videos spreadsheet consultancy service services team bit approach paperwork example examples database tracker clinic app software workload caseload backlog expert lawyer solicitor specialist experience"},
	{institution, "school schools academy academies college university primary infants infant juniors junior nursery centre center hospital clinic surgery house trust foundation street road lane avenue close drive way court hall square park building federation council borough ward profile programme project scheme approach method award prize memorial test act law campaign charity report review inquiry ltd limited plc llp associates zoo camp museum farm theatre gallery week festival towers castle cathedral stadium library centre assessment assessments"},
	{role, "senco sendco senco's alnco inclusion headteacher head deputy principal teacher teachers tutor ta tas hlta lsa elsa sendiass consultant trainer author chair governor governors manager officer therapist psychologist ep salt ot paediatrician doctor nurse coach coordinator director editor mp professor solicitor lecturer researcher caseworker practitioner lead assistant secretary treasurer clerk"},
	{planStart, "ehcp ehcps ehc ehcna ehcnas ehcar ehcpna iep ieps ilp ilps idp idps isp isps psp psps pep peps peep peeps pcp ihp ihcp ibp bsp asp education one pupil student passport passports annual interim emergency referral referrals support behaviour care healthcare health provision needs statutory statement plan plans my profile profiles risk early individual transition review cyd cynllun personal learning safeguarding camhs salt senap senar assessment section statements apdr apdrs chronology cin eha caf lac tac cpp laa ealth casework social reduced form access ot dyslexia autism adhd sensory boxall targets ep salt mdt echp ehpc ehp"},
	{yearWord, "year yr y yrs years blwyddyn"},
	{stage, "reception nursery preschool derbyn foundation"},
	{having, "has had have got needs need gets getting having requires lost refused given awarded granted denied offered"},
	{birthWord, "born dob birth birthday birthdate bday geni ganwyd ganed bd birthdays"},
	{surname, "day field young small green price king hall park black white brown wise best good rose long short fox bishop castle church board forest house lake light little power march bond banks english french german welsh holland england ireland wells kent london lincoln chester sutton newport preston sheffield wakefield oldham bradford bolton barnes sharp speed bell book major noble north south west east lane street way court square judge nurse chance fields rivers brook wood knight page cook carter marshall summer winter snow frost hope love joy may august law lawless case cross bush hands head hand foot service key berry moon star stone child childs kidd bird darling friend freeman goodman newman lord prince pope abbot parson deacon priest constable chambers gates temple parker ward warden porter butler"},
	{rangeWord, "between before after until till since onwards format earlier later prior cutoff deadline by from"},
	{common, `a about academic academy access action activity adhd admin admissions adult advice advisory after afternoon again agenda all alternative always an and annual another any appeal application april area arrangements art asd asdan assessment assistant at attached attendance attention august authority autism autistic autumn away
		back band barking base baseline bath be because before behaviour best between big biology bishop blue board book books border borough boys brilliant british bromley business but buckinghamshire by call camden can candidate candidates card care case cases castle catch cathedral central centre chair chance chapter charity check chemistry child children christmas church city class classroom clinic clinical club code cohort college colour communication community company complex computing concern conference consent consultation contact core cornwall council counsellor county course court craft creative criteria crown current curriculum
		daily data date day days deaf deadline dear december delivery department deputy design desk development devon digital direct director disability discussion district doctor document does down draft drama dyslexia each ealing early east easter education educational either emergency emotional end england english entry essex every everyone exam exams example examples exceptional exclusion external eyfs
		faculty family february feedback final fine first florence follow football for forest form forum foundation free french friday friends from full funding further future games general geography german gift girls good government governor governors grammar grant great green group groups guidance hall happy have head heads health hearing hello help her here hi high higher him his history home honest hope hospital hour house how however human humanities hull ict if important in inclusion individual induction info information inner intensive intervention interventions into is isle issue issues it its january job joint july june junior just keep kent key kind kingdom
		land language last late law lead leaders learners learning least leave lecture leeds legal less lesson let letter level library life light like lincoln link list listen literacy little liverpool local london long looked lower lunch mainstream make making management manchester many march mark maternity maths may me meeting meetings mental mentor middle mid midlands milton mind minutes mobile moderate module monday money month more morning most mother much mum music my name names national need needs neurodevelopmental new next nhs night no north northern not notes nothing november now number nursery nurse nurture occupational october of ofsted old older on once one ongoing online only open option or order other our out outcomes outdoor outreach outside over own oxford
		paediatric page panel paper paperwork parent parents part partnership passport pathway pe people per permanent person personal phase phone phonics photo physical physics physiotherapy piece place plan planning plans play please points policy poor portal portfolio portsmouth post practice practitioner preston previous primary principal print prior private professional professionals profile programme progress project provision psychology public pupil pupils question questions quick quiet rapid rather reading ready really reason rebecca's reception record red reduced referral regional regular regulation report reports request required requirements resource resources response return review reviews right risk road room rugby rural
		safe safeguarding same sample saturday say school schools science scotland scottish screening second secondary section see selected self semh sen senco sencos send senior september series service services session sessions severe sex short should show six sixth skills slt small social society some somebody someone south southern speaking special specialist specific speech spelling spring staff stage start statement statutory still student students study suffolk summer sunday supply support supported surrey sure sussex sutton swim swimming
		teacher teachers teaching team teams technology tell term terms test testing tests text thank thanks that the their them then therapy there these they thing things third this those three through thursday time times to today together tomorrow too top tower town training transfer transition transport travel tribunal trust tuesday tutor two type under union unit university until up upper urgent us use very via view views virtual visit visual vocational wales walsall was washington watch way we wednesday week weekly weeks welcome well welsh west western what when where which while white who whole why wider will winter wirral wish with within woking work world would writing year years yellow yes yet york yorkshire you young your youth zoom
		ks ey eyfs lac cla eal pp fsm asc ld mld sld pmld slcn spld hi vi pd dla pip la las mat lea dfe jcq gcse gcses sats btec ehcp ehcps ehc iep ieps idp idps camhs salt ot ots ep eps sendiass send sen senco sendco ta tas tac cin cp gp nhs mash sims arbor bromcom cpoms edukey word excel pdf re fwd fw tia regards cheers sincerely faithfully best wishes kind warm diolch cofion bore prynhawn annwyl
		havering barnet bexley brent bristol bradford calderdale cambridgeshire cardiff cheshire coventry cumbria derbyshire dorset dudley durham enfield gateshead gloucestershire greenwich hackney halton hammersmith hampshire haringey harrow hartlepool herefordshire hertfordshire hillingdon hounslow islington kensington kingston kirklees knowsley lambeth lancashire leicester leicestershire lewisham lincolnshire luton medway merton keynes newcastle newham norfolk northamptonshire northumberland nottingham nottinghamshire oldham oxfordshire peterborough plymouth reading redbridge redcar richmond rochdale rotherham rutland salford sandwell sefton sheffield shropshire slough solihull somerset southampton southend southwark staffordshire stockport stockton suffolk sunderland swindon tameside telford thurrock torbay tower trafford wakefield waltham wandsworth warrington warwickshire westminster wigan wight wiltshire windsor wokingham wolverhampton worcestershire powys gwynedd conwy wrexham flintshire swansea newport gwent glamorgan anglesey fife angus moray argyll glasgow edinburgh aberdeen dundee stirling falkirk belfast derry antrim armagh
		ofqual ofcom warnock boxall monday's secret seven sensory sports attendance eye complaints monitoring record records intimate toileting feeding moving handling epilepsy asthma diabetes anaphylaxis allergy multiple multi ordinary universal targeted core tier wave ambitious confident available possible probable english welsh irish polish urdu romanian arabic british french spanish christian muslim jewish catholic roma traveller gypsy black white asian african caribbean chinese indian pakistani mixed ukrainian afghan syrian male female non looked-after care-experienced previously adopted fostered sevens eights nines tens`},
}

// lexicon is built once.
var lexicon = sync.OnceValue(func() map[string]class {
	all := make(map[string]class, 6000)
	for _, w := range words {
		for s := range strings.FieldsSeq(w.list) {
			all[s] |= w.class
		}
	}
	for line := range strings.Lines(fold(namesFile).text) {
		c := first
		if rest, ok := strings.CutPrefix(line, "?"); ok {
			c, line = first|unsure, rest
		} else if strings.HasPrefix(line, "#") {
			continue
		}
		for s := range strings.FieldsSeq(line) {
			all[strings.ToLower(s)] |= c
		}
	}
	return all
})

// classOf returns the classes of a word in folded text, whatever its capitals are.
func classOf(s string) class {
	if len(s) > 32 {
		return 0
	}
	var low [32]byte
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf {
			return lexicon()[strings.ToLower(s)]
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
	}
	return lexicon()[string(low[:len(s)])]
}
