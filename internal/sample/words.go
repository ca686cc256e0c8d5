package sample

// A topic is what a thread is about: a question and what colleagues say to it.
type topic struct {
	subject  string
	question string
	answers  []string
}

var firstNames = []string{
	"Priya", "Tom", "Asha", "Margaret", "Jo", "Ellen", "Sam", "Ruth", "David", "Nadia", "Claire", "Gareth", "Helen",
	"Imran", "Kate", "Lowri", "Mary", "Owen", "Rachel", "Sunita", "Tessa", "Will", "Yasmin", "Beth", "Colin", "Donna",
}

var lastNames = []string{
	"Nair", "Brown", "Hughes", "Patel", "Marsh", "Okafor", "Reid", "Walsh", "Evans", "Khan", "Foster", "Bailey",
	"Singh", "Turner", "Doyle", "Price", "Lane", "Ahmed", "Cole", "Webb", "Morgan",
}

var schools = []string{
	"st-annes-primary", "hillside", "oakfield-academy", "riverbank-infants", "highcross", "the-grove", "ladywell",
	"meadow-lane", "northgate", "kingsmead", "brook-special", "castle-view",
}

var roles = []string{
	"Primary SENCO", "SENCO and Year 4 teacher", "Assistant SENCO", "SENDCo, secondary", "Inclusion lead",
	"SENCO (two days a week)", "Advisory teacher",
}

var phases = []string{"primary", "secondary", "nursery", "junior", "small rural", "special"}

var openings = []string{
	"Hello all,", "Dear colleagues,", "Morning everyone,", "Hi,", "I am new to the role and would be glad of help.",
	"A quick question from a {phase} school.", "Apologies if this has come up before.",
}

var closings = []string{
	"Any advice gratefully received.", "Thank you in advance.", "What do other people do?", "Many thanks.",
	"Would anyone be willing to share what they use?", "I would love to hear how others manage it.",
}

var general = []string{
	"We had exactly this last year. Your area's advisory team will usually talk it through if you ring rather than email.",
	"Thank you for asking this, I was about to. Following with interest.",
	"Agree with what has been said. Keep a note of every conversation with a date, it saves so much time later.",
	"Our local authority says something different, so do check yours before you change anything.",
	"We do the same in our {phase} school and it has settled down well after two terms.",
	"I keep it to one side of A4. Nobody reads the second page.",
	"Speak to your head before you start, you need the time for it in your timetable.",
	"The parents were the most useful people in the room, once we asked the right question.",
}

// topics are what people write about.
var topics = []topic{
	{"EHCP annual review paperwork: who sends what, and when?",
		"Our local authority now wants everything two weeks before the meeting. How do others manage it with one day a week for SEN? Do you send forms to parents first, or all together?",
		[]string{
			"We send the parents' form six weeks ahead with a date on it, and the rest when theirs is back. It is the only way I have found.",
			"I book all my annual reviews for the year in September and put the paperwork dates in the diary at the same time.",
			"Ours go out all together with a covering letter in plain English. Parents told us that three envelopes were worse than one.",
		}},
	{"Format for pupil views at annual review",
		"We have used the same sheet with smiley faces for years and the older ones hate it. What do you use in a {phase} school to get what they really think?",
		[]string{
			"Ours make four slides with a teaching assistant: what I like, what helps, what does not, what next.",
			"A walk around the school with a camera works for those who do not like to talk at a table.",
			"We ask somebody who does not teach them to do it. The answers changed a lot.",
		}},
	{"Part-time timetables",
		"A pupil is on a reduced timetable that was meant to last two weeks. It is now the second term. How do you make sure there is an end date that means something?",
		[]string{
			"Every one of ours has a review date no more than two weeks off and the head signs each time. It concentrates the mind.",
			"Do check that it is recorded properly and that the parents agreed in writing, the inspectors asked us for both.",
			"We found that adding one lesson a week was easier for everybody than a big jump.",
		}},
	{"Dyslexia screening in a {phase} school",
		"We screen everyone who worries us and end up with a long list and no time. What do you screen with, and what happens after it?",
		[]string{
			"We stopped screening and put the time into a reading check for the whole year group twice a year.",
			"The screener tells you who to look at, not what to do. We plan one change in class first and look again after half a term.",
			"Check eyesight and hearing first. Three of our list last year needed glasses.",
		}},
	{"Sensory room on no budget",
		"We have a cupboard and about fifty pounds. Has anyone made a calm space that is really used?",
		[]string{
			"A pop-up tent, cushions and a rule that nobody talks in it. It cost us thirty pounds.",
			"Ask the occupational therapist before you buy lights. Ours were too much for two of the children.",
			"The rule for who goes there and for how long matters more than what is in it.",
		}},
	{"School refusal after the summer",
		"Two pupils have not been in since September. Both are anxious, both did well last year. What has worked for you in the first weeks?",
		[]string{
			"A named adult at a side door, ten minutes earlier than everyone else. Small, but it worked for both of ours.",
			"Home visits by somebody they like, with no talk about school for the first two.",
			"Please look for a reading or hearing difficulty beneath it. We missed one for a whole year.",
		}},
	{"Access arrangements: normal way of working",
		"How do you gather the evidence across departments without chasing everyone by email in February?",
		[]string{
			"One shared sheet with a column for each subject, and ten minutes in a staff meeting each half term.",
			"We ask in the mocks and only in the mocks. Staff fill in a slip with the paper.",
			"The teaching assistants know before the teachers do. Ask them first.",
		}},
	{"Speech and language waiting list",
		"Ours is now fourteen months. What can we do in a {phase} school while children wait?",
		[]string{
			"We trained two assistants in one programme and did that one well. Better than five half done.",
			"Ask the therapist for one hour of staff training instead of one child's assessment, they often say yes.",
			"Visual timetables and fewer words at a time. It helps everyone in the room.",
		}},
	{"SEN register: who should be on it?",
		"A new head wants the number down. I think it is right as it is. How do you decide, and who takes a child off?",
		[]string{
			"If what we do is what every child could get from good teaching, the child comes off. We review it each term.",
			"I would ask what the number is for. Ours was questioned until I showed what each child receives.",
			"Parents must know before a child goes on or comes off. That slowed ours down in a good way.",
		}},
	{"Teaching assistants in maths",
		"Ours sit beside one pupil all lesson. I would like them to work with groups. How did you change it without upsetting everyone?",
		[]string{
			"We started with one class and let the assistants tell the others how it went.",
			"Give them the lesson plan the day before. Most of ours had never seen one.",
			"We agreed that the teacher works with the ones who find it hardest twice a week, and the assistant with the rest.",
		}},
	{"Transition to secondary for pupils with SEND",
		"Our Year 6 have visits in July, which is too late for some. What do you do from a {phase} school, and when do you begin?",
		[]string{
			"We start in February with a map and photographs. By July the building is boring, which is what we want.",
			"A one page profile written by the child. The tutors read that and not the folder.",
			"Ask for the name of one adult at the new school and let them meet twice before the summer.",
		}},
	{"Provision map on one page?",
		"Ours runs to eleven sheets. Does anybody have one that a governor can understand?",
		[]string{
			"Three columns: everyone, some, a few. Costs at the bottom. Governors love it.",
			"We colour in what worked and leave the rest white. It tells the story without words.",
			"I threw ours away and kept a list for each year group. Nobody has missed it.",
		}},
	{"ADHD and the end of the school day",
		"Several pupils fall apart after lunch. Medication has worn off for two of them. What helps in a {phase} class in the afternoon?",
		[]string{
			"Moving PE to the first lesson after lunch changed our afternoons.",
			"Jobs that involve walking: register, post, plants. Planned, not as a reward.",
			"Tell the clinic what you see and at what time. Ours changed the dose after one letter with times in it.",
		}},
	{"Costed provision for an EHC needs assessment",
		"The local authority wants to see what we have spent up to six thousand pounds. How do you work out the cost of what a teacher does anyway?",
		[]string{
			"We cost only what is additional: adult time by the hour, resources, training. Two terms of it.",
			"Ask finance for an hourly figure for each role once a year and use the same one for everyone.",
			"Put in what did not work as well. The panel told us that it is the most convincing part.",
		}},
	{"Dual placement with a special school",
		"We have been offered two days a week elsewhere for one pupil. Has anyone made this work?",
		[]string{
			"It works when the two classes talk each Friday. When they do not, the child carries the message.",
			"Agree in writing who leads the annual review and who orders the taxi.",
			"Ours loved it and then wanted five days there. Be ready for that.",
		}},
	{"Reading ages of governors' reports",
		"I have been asked for a termly SEND report for governors. How long is yours and what do they ask about it?",
		[]string{
			"One page, four headings, the same each time, so that they can see what changed.",
			"They ask about money and about exclusions. I put both on the first half of the page.",
			"I take one governor round for an hour a term. It is worth more than any report.",
		}},
}
