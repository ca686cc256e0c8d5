package message

// The words that mail programs and offices use, in lower case as far as ASCII goes. Each list says what its words mean;
// the languages are those that members of a forum for schools write in, and those whose programs are common.
// ceiling: flat tables

// attributionVerbs stand in the line that says who wrote what follows.
var attributionVerbs = []string{
	" wrote", "wrote:", " writes:", " said:", " schrieb", "schrieb:", " a écrit", " escribió", " escribio",
	" escreveu", " ha scritto", " schreef", " geschreven", " skrev", "skrev ", " napisał", " napisała",
	"ysgrifennodd", " kirjoitti", " написал", " пишет", " написав", " napsal", " írta", " a scris", " έγραψε",
	" yazdı", "写道", "寫道", "のメール", "작성:", "تمت كتابة", "كتب", "لکھا", "نے تحریر", "ने लिखा", " لिखा", "ਨੇ ਲਿਖਿਆ",
	"লিখেছেন", " viết:", " rašė", " rakstīja", " wrote (", "wrote on ", "added a comment:",
}

// attributionStarts are how such a line begins.
var attributionStarts = []string{
	"on ", "at ", "am ", "le ", "el ", "em ", "op ", "il ", "den ", "w dniu ", "dnia ", "ar ", "på ", "pe ", "dne ",
	"в ", "на ", "在", "في ", "بتاريخ ", "quoting ", "in article ", "pon.", "wt.", "śr.", "czw.", "pt.", "sob.",
	"niedz.", "пн", "вт", "ср", "чт", "пт", "сб", "вс", "পর", "پیر", "منگل", "بدھ", "جمعرات", "جمعہ", "ہفتہ",
	"اتوار", "tis ", "mån ",
}

// originalMessages stand between dashes above a quoted message.
var originalMessages = []string{
	"original message", "original appointment", "ursprüngliche nachricht", "originalnachricht", "original-nachricht",
	"message d'origine", "message d’origine", "message original", "courriel original", "mensaje original",
	"mensagem original", "messaggio originale", "wiadomość oryginalna", "oryginalna wiadomość", "neges wreiddiol",
	"oorspronkelijk bericht", "ursprungligt meddelande", "originalmeddelande", "oprindelig meddelelse",
	"opprinnelig melding", "alkuperäinen viesti", "původní zpráva", "исходное сообщение", "оригинальное сообщение",
	"الرسالة الأصلية", "رسالة أصلية", "اصل پیغام", "اصلی پیغام", "原始邮件", "原始郵件", "original e-mail", "original email",
	"reply message", "reply above this line",
}

// forwardedMessages stand between dashes above a message that is passed on.
var forwardedMessages = []string{
	"forwarded message", "forwarded by", "forwarded email", "begin forwarded message", "weitergeleitete nachricht",
	"message transféré", "message transfere", "mensaje reenviado", "mensagem encaminhada", "messaggio inoltrato",
	"wiadomość przekazana", "przekazana wiadomość", "treść przekazanej", "przesłana wiadomość",
	"neges a anfonwyd ymlaen", "neges wedi'i hanfon ymlaen", "neges wedi’i hanfon ymlaen", "doorgestuurd bericht",
	"vidarebefordrat meddelande", "videresendt meddelelse", "videresendt melding", "пересылаемое сообщение",
	"пересланное сообщение", "forwarded", "رسالة معاد توجيهها", "رسالة محولة", "الرسالة المعاد",
	"آگے بھیجا گیا پیغام", "转发的邮件", "轉寄郵件",
}

// forwardedBegins do the same without dashes.
var forwardedBegins = []string{
	"begin forwarded message", "anfang der weitergeleiteten nachricht", "début du message réexpédié",
	"début du message transféré", "inizio messaggio inoltrato", "inicio del mensaje reenviado",
	"início da mensagem encaminhada", "początek przekazanej wiadomości", "dechrau neges a anfonwyd ymlaen",
	"start doorgestuurd bericht", "vidarebefordrat brev", "начало переадресованного сообщения",
}

// headerFields are the fields of a quoted header.
var headerFields = map[string]uint{
	"from": fieldFrom, "von": fieldFrom, "de": fieldFrom, "od": fieldFrom, "oddi wrth": fieldFrom, "o": fieldFrom,
	"oddiwrth": fieldFrom, "da": fieldFrom, "van": fieldFrom, "från": fieldFrom, "fra": fieldFrom, "lähettäjä": fieldFrom,
	"от": fieldFrom, "від": fieldFrom, "من": fieldFrom, "المرسل": fieldFrom, "از": fieldFrom, "منجانب": fieldFrom,
	"发件人": fieldFrom, "寄件者": fieldFrom, "差出人": fieldFrom, "kimden": fieldFrom, "feladó": fieldFrom, "de la": fieldFrom,
	"expéditeur": fieldFrom, "remitente": fieldFrom, "mittente": fieldFrom, "absender": fieldFrom, "sender": fieldFrom,
	"от кого": fieldFrom, "kuo": fieldFrom, "nuo": fieldFrom,

	"sent": fieldSent, "date": fieldSent, "gesendet": fieldSent, "datum": fieldSent, "envoyé": fieldSent, "envoye": fieldSent,
	"enviado": fieldSent, "enviado el": fieldSent, "enviado em": fieldSent, "fecha": fieldSent, "wysłano": fieldSent,
	"data": fieldSent, "anfonwyd": fieldSent, "dyddiad": fieldSent, "verzonden": fieldSent, "inviato": fieldSent,
	"skickat": fieldSent, "sendt": fieldSent, "lähetetty": fieldSent, "отправлено": fieldSent, "дата": fieldSent,
	"تاريخ الإرسال": fieldSent, "التاريخ": fieldSent, "بھیجا گیا": fieldSent, "تاریخ": fieldSent, "发送时间": fieldSent, "日期": fieldSent,
	"date d'envoi": fieldSent, "gönderildi": fieldSent, "tarih": fieldSent, "sent on": fieldSent, "date sent": fieldSent,
	"dato": fieldSent, "trimis": fieldSent, "送信日時": fieldSent, "日時": fieldSent, "sendedatum": fieldSent, "送信済み": fieldSent,

	"to": fieldTo, "an": fieldTo, "à": fieldTo, "para": fieldTo, "do": fieldTo, "at": fieldTo, "a": fieldTo, "aan": fieldTo,
	"till": fieldTo, "til": fieldTo, "vastaanottaja": fieldTo, "кому": fieldTo, "إلى": fieldTo, "بنام": fieldTo, "收件人": fieldTo,
	"宛先": fieldTo, "destinatario": fieldTo, "destinataire": fieldTo, "kime": fieldTo, "către": fieldTo, "komu": fieldTo,
	"recipients": fieldTo, "empfänger": fieldTo, "à l'attention de": fieldTo, "i": fieldTo, "recipient": fieldTo,

	"subject": fieldSubject, "betreff": fieldSubject, "objet": fieldSubject, "asunto": fieldSubject, "assunto": fieldSubject,
	"temat": fieldSubject, "pwnc": fieldSubject, "testun": fieldSubject, "onderwerp": fieldSubject, "oggetto": fieldSubject,
	"ämne": fieldSubject, "emne": fieldSubject, "aihe": fieldSubject, "тема": fieldSubject, "الموضوع": fieldSubject,
	"موضوع": fieldSubject, "主题": fieldSubject, "主旨": fieldSubject, "件名": fieldSubject, "konu": fieldSubject, "sujet": fieldSubject,
	"subiect": fieldSubject, "předmět": fieldSubject, "re": fieldSubject,

	"cc": fieldOther, "bcc": fieldOther, "reply-to": fieldOther, "reply to": fieldOther, "importance": fieldOther,
	"attachments": fieldOther, "kopie": fieldOther, "dw": fieldOther, "priority": fieldOther, "message-id": fieldOther,
	"antwort an": fieldOther, "organisation": fieldOther, "mailing list": fieldOther, "sensitivity": fieldOther,
	"répondre à": fieldOther, "responder a": fieldOther, "when": fieldOther, "where": fieldOther, "newsgroups": fieldOther,
}

// pointers send the reader to the message below.
var pointers = []string{
	"see below", "fyi", "for your information", "for info ", "for info.", "for info,", "forwarding", "forwarded",
	"passing this on", "passing on", "passed on", "email below", "e-mail below", "message below", "below from",
	"below is", "the below", "see the email", "see the message", "see attached email", "gweler isod", "isod gan",
	"er gwybodaeth", "siehe unten", "ci-dessous", "ver abajo", "poniżej",
}

// bannerTags are words in brackets or stars which mail systems set before outside mail.
var bannerTags = map[string]bool{
	"external": true, "ext": true, "external email": true, "external sender": true, "external message": true,
	"external mail": true, "external e-mail": true, "caution external": true, "caution: external": true,
	"caution external email": true, "caution: external email": true, "caution: external sender": true,
	"warning: external email": true, "warning external email": true, "e-bost allanol": true, "allanol": true,
	"allanol/external": true, "external/allanol": true, "outside": true, "extern": true, "externe": true, "externo": true,
	"this is an external email": true, "non-school email": true, "unverified sender": true, "external source": true,
}

// bannerPhrases are in the warnings of Microsoft 365, Mimecast, Sophos, Egress and of county offices.
var bannerPhrases = []string{
	"originated from outside", "originated outside", "originates from outside", "originates outside",
	"came from outside", "originates from an external", "sent from outside", "from outside of the organi",
	"from outside the organi", "from outside your organi", "from outside of your organi", "from an external source",
	"from an external sender", "from an external email", "external to the organi",
	"outside the organisation. do not", "don't often get email from", "don’t often get email from",
	"do not often get email from", "this is an external email", "this email is from an external",
	"this message is from an external", "email is from outside", "message is from outside",
	"sender outside of your organi", "sender outside your organi", "sender from outside", "o'r tu allan i'r",
	"o’r tu allan i’r", "o'r tu allan i", "this sender is not verified",
	"the sender of this email could not be validated", "first time you have received", "be cautious when opening", "be careful when opening", "be careful with links",
	"do not click links or open attachments unless", "do not click on links or open attachments",
	"not recognise the sender", "external email:", "powered by mimecast", "sophos email", "egress prevent",
	"some people who received this message don't", "some people who received this message don’t",
	"zewnętrzny nadawca", "wiadomość pochodzi spoza",
}

// listPhrases are in what list programs add below a message.
var listPhrases = []string{
	"mailman/listinfo", "mailman3/", "/postorius/", "mailing list -- ", "to unsubscribe send an email to",
	"to unsubscribe, send", "to unsubscribe from this", "to unsubscribe from the", "to unsubscribe, e-mail",
	"to unsubscribe, email", "to unsubscribe send", "you received this message because you are subscribed",
	"yahoo! groups", "groups.io links", "you receive all messages sent to this group", "cgi-bin/webadmin?subed",
	"cgi-bin/wa?subed", "to post to this group", "to post to this list", "to leave this list", "to leave the list",
	"manage your subscription", "unsubscribe from this group", "reply = everyone", "fewer emails, or leave",
	"sympa/info/", "sympa/sigrequest", "list archives:", "list info:", "to change your subscription",
	"you are subscribed to this", "jiscmail.ac.uk/cgi-bin", "to set a password, or to unsubscribe", "unsubscribe:",
	"to unsubscribe click", "to unsubscribe from these emails", "to respond, reply to this email or visit",
	"i ddad-danysgrifio", "attachment was scrubbed", "do you yahoo!?", "yahoo! messenger", "free email account",
}

// scannerPhrases are what virus scanners add.
var scannerPhrases = []string{
	"email has been scanned", "e-mail has been scanned", "message has been scanned", "mail has been scanned",
	"has been checked for viruses", "was checked for viruses", "virus-free.", "virus-free. www",
	"no virus found in this", "believed to be clean", "checked by avg", "scanned by mailscanner",
	"this message was scanned", "email was scanned", "scanned for viruses and", "scanned for viruses by",
	"outgoing mail is certified virus free", "scanned for all known viruses",
}

// disclaimerPhrases stand in nothing but a disclaimer.
var disclaimerPhrases = []string{
	"email and any attachment", "e-mail and any attachment", "email and any file", "e-mail and any file",
	"message and any attachment", "email, and any attachment", "email (including any attachment", "e-mail, and any",
	"email (and any attachment", "email and attachments are", "email is confidential", "e-mail is confidential",
	"message is confidential", "email is intended", "e-mail is intended", "message is intended",
	"communication is intended", "intended recipient", "intended addressee", "intended solely for",
	"solely for the use of", "solely for the addressee", "received this email in error",
	"received this e-mail in error", "received this message in error", "received it in error",
	"received this in error", "confidentiality notice", "confidentiality note", "contain confidential",
	"legally privileged", "necessarily those of", "necessarily represent", "necessarily reflect the",
	"not necessarily the views", "registered in england", "registered in wales", "registered in scotland",
	"limited by guarantee", "registered office", "exempt charity", "consider the environment",
	"before printing this e", "before you print", "accept no liability", "accepts no liability",
	"accept liability for", "accepts no responsibility for any", "free from viruses", "free of viruses",
	"may be monitored", "may be subject to monitoring", "subject to disclosure under",
	"disclosed under the freedom of", "e-bost hwn ac unrhyw", "neges hon ac unrhyw", "yn gyfrinachol",
	"at sylw'r derbynnydd", "croesawu gohebiaeth", "welcome correspondence in welsh",
	"welcomes correspondence in welsh", "correspondence in welsh or english", "diese e-mail enthält vertrauliche",
	"ce message et toutes les pièces jointes", "este mensaje y sus archivos", "wiadomość jest poufna",
	"i do not expect a response outside", "not expect you to read, respond",
}

// disclaimerHints count only at the end of a message, two together or behind something that is a signature.
var disclaimerHints = []string{
	"uk gdpr", "gdpr", "general data protection", "data protection act", "privacy notice", "privacy policy",
	"registered charity", "charity number", "charity no", "company number", "company no", "registered number",
	"company reg", "freedom of information act", "views expressed", "opinions expressed", "confidential",
	"personal data", "ofsted outstanding", "rated outstanding", "rated good", "vat reg",
	"safeguarding and promoting the welfare", "committed to safeguarding", "please print this", "save paper",
	"save a tree", "equal opportunities", "working flexibly", "work flexibly", "elusen gofrestredig", "rhif elusen",
	"hysbysiad preifatrwydd", "not expect an immediate", "outside of your own working",
	"outside your normal working", "outside of school hours", "outside normal working hours",
}

// phonePhrases begin the line that a telephone or a program adds below a message.
var phonePhrases = []string{
	"sent from my ", "sent from outlook", "sent from yahoo", "sent from mail for", "sent from samsung",
	"sent from aol", "sent from the all new aol", "sent from windows mail", "sent from gmail", "sent from proton",
	"sent with proton", "sent via blackberry", "sent via the samsung", "sent from email+", "sent on the go",
	"sent using", "sent by outlook", "sent from android", "sent from talktalk", "sent from bt ", "sent from ipad",
	"sent from iphone", "sent from nine", "get outlook for", "get bluemail", "von meinem iphone gesendet",
	"von meinem ", "gesendet von ", "envoyé de mon ", "envoyé depuis", "enviado desde mi", "enviado do meu",
	"wysłane z ", "inviato da ", "inviato dal ", "verzonden vanaf", "skickat från", "sendt fra min", "anfonwyd o fy",
	"anfonwyd o'm", "anfonwyd o’m", "отправлено с iphone", "отправлено из", "cael outlook ar gyfer",
	"télécharger outlook pour", "holen sie sich outlook", "obtener outlook para", "pobierz program outlook",
	"أرسلت من", "تم الإرسال من", "میرے آئی فون سے",
}

// phoneExcuses stand in a line of people's own making in the place of such an advertisement.
var phoneExcuses = []string{
	"sorry for typos", "sorry for any typos", "excuse typos", "excuse any typos", "excuse the typos", "excuse brevity", "excuse the brevity",
	"excuse my brevity", "sent from a mobile", "sent from a phone", "sent on the move", "sent from the move",
}

// phoneNames tell the advertisement "Sent from my iPhone" from a sentence that begins so.
var phoneNames = []string{
	"iphone", "ipad", "ipod", "samsung", "galaxy", "huawei", "honor", "android", "blackberry", "phone", "mobile",
	"nokia", "htc", "xperia", "windows", "pixel", "motorola", "moto ", "tablet", "kindle", "smartphone", "device",
	"oneplus", "handy", "mac", "sony", "verizon", "handheld", "lumia", "fire", "outlook", "xiaomi", "redmi", "oppo",
}

// greetings begin one.
var greetings = []string{
	"hi", "hiya", "hello", "dear", "hey", "good morning", "good afternoon", "good evening", "morning", "afternoon",
	"evening", "annwyl", "helo", "bore da", "prynhawn da", "noswaith dda", "shwmae", "hallo", "liebe", "lieber",
	"bonjour", "hola", "dzień dobry",
}

// closings end a letter.
var closings = []string{
	"kind regards", "kindest regards", "best regards", "warm regards", "warmest regards", "with kind regards",
	"regards", "many thanks", "thanks", "thank you", "with thanks", "best wishes", "all the best", "all best",
	"best", "yours", "yours sincerely", "yours faithfully", "sincerely", "cheers", "ta", "tia", "kr", "bw", "bws",
	"with best wishes", "very best wishes", "kind wishes", "warmest wishes", "in anticipation",
	"many thanks in advance", "thanks in advance", "thanks again", "thank you in advance", "take care", "love",
	"hope this helps", "cofion", "cofion gorau", "cofion cynnes", "diolch", "diolch yn fawr", "llawer o ddiolch",
	"yn gywir", "hwyl", "mit freundlichen grüßen", "viele grüße", "cordialement", "saludos", "pozdrawiam",
	"kind regards and thanks", "speak soon", "god bless",
}

// positionWords name what people are in schools and around them.
var positionWords = []string{
	"senco", "sendco", "alnco", "senco.", "headteacher", "head teacher", "deputy head", "assistant head", "head of",
	"headmaster", "headmistress", "principal", "teacher", "inclusion", "manager", "assistant", "officer",
	"psychologist", "coordinator", "co-ordinator", "cydlynydd", "governor", "therapist", "director", "leader",
	"lead ", " lead", "adviser", "advisor", "consultant", "secretary", "administrator", "tutor", "lecturer",
	"librarian", "nurse", "pennaeth", "athro", "athrawes", "specialist", "researcher", "professor", "mentor", "elsa",
	"hlta", "dsl", "safeguarding", "chair of", "community manager", "practitioner", "bursar", "qtvi", "counsellor",
}

// placeWords name schools, councils and companies.
var placeWords = []string{
	"school", "academy", "academies", "college", "primary", "infant", "junior", "nursery", "trust", "council",
	"ysgol", "university", "prifysgol", "cyngor", "coleg", "education", "federation", "service", "borough", "county",
	"diocese", "hospital", "nhs", "clinic", "ltd", "limited", "foundation", "pupil referral", "cluster",
	"partnership", "centre", "department",
}

// addressWords are in postal addresses.
var addressWords = []string{
	" road", " street", " lane", " avenue", " close,", " drive", " hill,", " crescent", " way,", " terrace",
	" gardens", " square", " rd,", " st,", " heol ", "heol ", " ffordd", "ffordd ", "po box", " grove", " place,",
	" court,",
}

// callWords stand before a telephone number.
var callWords = []string{
	"tel:", "tel.", "tel ", "telephone", "phone:", "phone ", "mobile", "mob:", "mob.", "ffôn", "fax", "t:", "m:",
	"p:", "direct dial", "direct:", "ext.", "ext:", "office:", "switchboard", "t.", "whatsapp",
}

// dayPhrases say when a person works.
var dayPhrases = []string{
	"working days", "working hours", "i work ", "my days are", "days of work", "office hours", "non-working",
	"diwrnodau gwaith", "rwy'n gweithio", "pronouns", "she/her", "he/him", "they/them", "follow us", "find us on",
	"like us on", "twitter", "facebook", "instagram", "linkedin", "please note that i", "in school on",
}
