package message

// What people write who ask, tell, thank and agree, in lower case with straight apostrophes.
// ceiling: flat tables

// askStrongly are enough alone.
var askStrongly = []string{
	"does anyone", "does anybody", "has anyone", "has anybody", "can anyone", "can anybody", "could anyone",
	"could anybody", "could someone", "can someone", "could somebody", "can somebody", "anyone know", "anybody know",
	"anyone have", " any of you", "would anybody", "anyone else", "anybody else", "anyone using", "anyone used",
	"anyone got", "anyone recommend", "anyone who has", "anyone selling", "is anyone", "is anybody",
	"if anyone knows", "hope someone can help", "hope somebody can", "hoping someone", "hoping somebody",
	"someone can help", "any advice", "any idea", "any suggestion", "any help", "any tips", "any thoughts",
	"any experience", "any recommendation", "any pointer", "any hint", "any info", "advice please", "advice would",
	"advice gratefully", "grateful for", "be grateful to", "be very grateful", "be most grateful",
	"would appreciate", "appreciate any", "d appreciate", "would be appreciated", "be really welcome",
	"be very welcome", "would welcome", "looking for ", "i wonder", "wondering if", "wondering whether",
	"wondering how", "was wondering", "wondered if", "wondered whether", "please advise", "please help",
	"please could", "please can", "could you please", "can you please", "could you tell", "need help",
	"need some help", "need your help", "i need to know", "i would like to know", "we would like to know",
	"i want to know", "wants to know", "like to hear", "love to hear", "interested to hear", "interested in how",
	"interested to know", "is it possible", "no idea where", "no idea how", "not sure whether", "not sure how",
	"not sure if", "don't know how", "do not know how", "don't understand", "at a loss", "trying to work out",
	"figure out how", "can't figure", "cannot figure", "could not figure", "couldn't figure", "i'm stuck",
	"i am stuck", "stuck on", "opinions please", "ideas please", "thoughts please", "suggestions please",
	"recommendations", "point me", "where can i", "is there a way", "is there any way", "tell me whether",
	"tell me how", "tell me what", "let me know if there", "sight of any", "would love to visit", "need ideas",
	"ideas for", "help!", "any good books", "a starting point", "convince me", "provide me", "give me a hint",
	"give me a tip", "am i doing wrong", "am i missing", "do i have to", "what should i", "how do i ", "how can i ",
	"how should i", "how would i", "how do we", "how can we", "would it be possible", "oes gan", "allai unrhyw",
	"a oes unrhyw", "oes unrhyw un", "please let me know if you", "can't find", "cannot find", "unable to find",
}

// askWeakly need another sign beside them.
var askWeakly = []string{
	"how to", "what is the", "not sure", "problem", "trouble", "struggling", "i am new", "i'm new", "newbie",
	"urgent", "help with", "help me", "confused", "error", "does not work", "doesn't work", "did not work", "fails",
	"i would like", "i'd like", "i need", "we need", "do we ", "do you ", "are we ", "panic", "worried", "nervous",
	"in anticipation", "thanks in advance", "tia", "thank you in advance", "please reply off list",
	"do other schools", "we are trying to", "trying to",
}

// askSubjects are in the subjects of those who ask.
var askSubjects = []string{
	"help", "advice", "question", "query", "wanted", "newbie", "problem", "ymholiad", "urgent", "how to", "ideas",
	"recommend",
}

// questionStarts begin questions of few words, also without a mark.
var questionStarts = []string{
	"what is ", "what are ", "what grade", "what do ", "what does ", "what happens", "which ", "how do ",
	"how many ", "how much ", "how long ", "how often ", "do we ", "do you ", "do i ", "is there ", "are there ",
	"are we ", "is it ", "is the ", "can we ", "can i ", "who ", "where ", "should ", "does ", "has your ",
	"have you ", "beth ", "sut ", "pwy ", "ble ",
}

// rhetorical begin a question that wants no answer.
var rhetorical = []string{
	"did you know", "who knew", "any questions", "fed up", "why should our", "is inclusion dead", "guess what",
	"who would have", "can you spare", "could you spare", "what will you ask", "isn't it", "what could be",
	"sound familiar", "need more", "interested?", "re:", "questions?",
}

// offers are questions that give.
var offers = []string{
	"would anyone like", "would anybody like", "would you like", "if you would like", "does anyone want",
	"does anybody want", "who wants", "want to come", "like a copy",
}

// tellTexts are in announcements, advertisements and patches.
var tellTexts = []string{
	"questionnaire", "survey", "sign the petition", "bookings are open", "booking is now open", "to book,",
	"closing date", "out of the office", "new range", "catalogue", "at no charge", "is out at last", "discount for",
	"the recording", "proud to announce", "pleased to announce", "honored to announce", "honoured to announce",
	"we run a ", "the summary of the replies", "i'd collate", "\ndiff --git", "\nindex: ", "signed-off-by:",
	"here is the template", "passing this on", "following on from my question", "our ask the", "on my blog",
	"to the first person", "in this issue", "add you to my professional network", "vote now", "from the moderators",
	"please ignore", "this is an automated", "has been committed", "i have never said that and",
	"here are the questions they", "download it from",
}

// tellSubjects are in their subjects.
var tellSubjects = []string{
	"summary", "release", "announce", "newsletter", "vacancy", "webinar", "out of office", "automatic reply",
	"[patch", "survey", "thank you", "correction", "reminder", "petition", "minutes", "outage", "linkedin", "fyi",
	"for sale", "selling", "congratulations", "for information", "in memoriam", "update", "bug#", "job opening",
	"feedback",
}

// emptyStarts begin sentences that bring nothing new.
var emptyStarts = []string{
	"thanks", "thank you", "many thanks", "me too", "me three", "bump", "just bumping", "snap", "same here", "ditto",
	"+1", "following", "hear hear", "ok", "okay", "yes please", "i agree", "agreed", "good luck", "well done",
	"great question", "please unsubscribe", "brilliant", "lovely", "excellent", "great, thank", "great!", "perfect",
	"diolch", "cheers", "drat", "no worries", "no problem", "sent from", "unsubscribe", "fantastic", "wonderful",
	"that's great", "that's good news", "ah, thank", "off to buy", "wow", "looks great", "looks a great", "bah",
	"haha", "regards", "sorry for the double",
}

// emptyPhrases say in a short sentence that it brings nothing new.
var emptyPhrases = []string{
	"much appreciated", "very helpful", "really helpful", "so helpful", "love a copy", "like a copy", "have a copy",
	"a copy too", "copy as well", "send it to me", "share it with me", "sharing it with me", "my address is",
	"same problem", "the same with ours", "same boat", "be interested in this", "interested to hear",
	"for any replies", "i don't know", "no idea", "can't help", "out of the office", "away from the office",
	"automatic reply", "school office on the usual", "get back to you", "let us know", "sorry to hear",
	"thinking of you", "off list", "sent you an email", "looking for something like", "i will try it", "i'll try it",
	"give it a try", "give it a spin", "somebody else can help", "thanks for", "thank you for", "thank you so",
	"thank you very", "do share what", "sorry about the", "sorry,", "in case anyone missed", "unsubscribe me",
	"be happy to get back", "professional network", "glad i could help", "hoping somebody knows",
}

// nobodyWrites are in what programs send in a person's name, and in advertisements.
var nobodyWrites = []string{
	"automatic reply", "out of the office", "away from the office", "out of office", "professional network",
	"i am on leave until", "i am currently away", "auto-reply", "autoreply", "allan o'r swyddfa", "%3ca",
	"on annual leave until",
}

// adviceQuestions are questions that answer.
var adviceQuestions = []string{
	"have you tried", "did you try", "have you asked", "have you thought", "what about", "how about", "why not",
	"could you not", "have you looked", "have you considered", "have you spoken", "could you try",
}
