package bounce

// phraseTable is what mail hosts write when they mean one class.
type phraseTable struct {
	class   Class
	phrases []string // in the form of plain; a star stands for up to 60 bytes
}

// phraseTables are tried from the top, so that a text with signs of two classes gets the one that harms a member less.
// A flat table; the phrases are what is common to many hosts, not the sentence of one.
var phraseTables = []phraseTable{
	{Policy, policyPhrases},
	{Full, fullPhrases},
	{Dead, refusedPhrases},
	{NoDomain, noDomainPhrases},
	{Dead, deadPhrases},
	{Delay, delayPhrases},
}

var policyPhrases = []string{
	// spam and reputation
	"spam", "unsolicited", "junk mail", "bulk email", "bulk mail", "blacklist", "black list", "blocklist",
	"block list", "blacklisted",
	"denylist", "barracudacentral", "spamcop", "sorbs.net", "uceprotect", "surbl", "uribl", "dnsbl", "rbl.", "rbl ",
	"reputation",
	"blocked using", "blocked by", "is blocked", "been blocked", "was blocked", "are blocked", "block messages from",
	"blocking your",
	"banned", "suspicious", "phish", "complaint", "poor reputation", "listed at", "is listed", "are listed",
	"currently listed", "client host rejected",
	"too many complaints", "unusual rate", "mail abuse", "abuse detected", "trusted sender", "unwanted mail",
	// authentication
	"dmarc", "dkim", "spf check", "spf fail", "spf record", "spf validation", "spf (", "(spf)",
	"sender policy framework",
	"sender id ", "unauthenticated", "not authenticated", "authentication required", "authentication check",
	"authentication fail",
	"authentication-result", "smtp authentication", "require authentication", "requires that all senders",
	"ptr record", "reverse dns",
	"reverse dns record", "rdns", "no ptr", "reverse lookup", "reverse hostname", "helo command rejected",
	"not authorized",
	"not authorised", "not permitted", "isn't permitted", "not allowed to", "not have permission",
	"do not have permission", "don't have permission",
	// rules of the receiver
	"policy", "policies", "prohibit", "local restrictions", "rejected by the recipient's", "not accepting mail from",
	"not accepting messages from", "doesn't accept mail from", "does not accept mail from", "refuses mail from",
	"not accept email from", "only accepts", "accepts mail only from",
	"accepts messages only", "allowed senders", "restricted", "access list", "sender rejected", "sender address",
	"unroutable sender", "unrouteable sender",
	"bad sender", "bad outbound sender", "sender verify", "sender denied", "invalid sender", "unverified sender",
	"sender is not allowed",
	"senders are allowed", "domain of sender", "sender domain", "sender address does not", "return address",
	"administratively denied", "administrative prohibition", "email rejected due to", "relay access denied",
	"relaying denied", "relaying is not", "relay not permitted", "unable to relay", "relaying mail",
	"relaying prohibited", "not a relay",
	"open relay", "rate limit", "too many recipients", "too many connections", "too many messages", "sending limit",
	"quota for sending",
	// content and size
	"virus", "malware", "infected", "content rejected", "content filter", "content-filter", "message content",
	"rejected for content", "content denied",
	"prohibited attachment", "attachment type", "attachment * not allowed", "attachment * blocked",
	"contains * attachment", "executable",
	"invalid header", "bad header", "header syntax", "improper use of 8-bit", "rfc 5322", "rfc5322", "rfc 2822",
	"rfc2822", "not rfc", "bare lf",
	"too large", "too big", "message size exceeds", "message size limit", "exceeds size", "exceeded size",
	"maximum message size", "maximum size",
	"maximum incoming message size", "maximum inbound message size", "message length exceeds", "larger than the",
	"exceeds the maximum",
	"exceeded the maximum", "exceeds fixed", "message too long", "message file too", "max message size",
	"exceeding * limit",
	// in other languages
	"nachricht ist zu gross", "zu groß", "abgelehnt * richtlinie", "richtlinie", "spamverdacht", "trop volumineux",
	"taille maximale",
	"contenu * refusé", "indésirable", "demasiado grande", "directiva", "política", "politica", "troppo grande",
	"te groot", "beleid",
	"zbyt duża", "迷惑メール", "垃圾邮件", "спам",
	"keine berechtigung", "nicht berechtigt", "autorisation", "permiso", "permissão", "permesso", "toestemming",
	"uprawnie", "oprávnění", "behörighet", "tilladelse", "разрешени", "権限", "权限", "權限", "권한",
}

var fullPhrases = []string{
	"mailbox full", "mailbox is full", "mailbox was full", "mailbox too full", "inbox is full", "mailfolder is full",
	"mail folder is full", "mailbox * is full",
	"over quota", "overquota", "over the quota", "over their quota", "over his quota", "over * disk quota",
	"out of storage", "out of disk quota",
	"exceeded storage", "storage quota", "exceeded * quota", "exceeds * quota", "quota exceed", "quota * exceeded",
	"quota violation", "quota full",
	"mailbox quota", "disk quota", "exceed mailbox quota", "quota limit", "quota reached", "insufficient mailbox",
	"not enough storage",
	"not enough space", "insufficient storage", "insufficient disk", "storage allocation", "mailbox size limit",
	"mailbox limit exceeded",
	"mailbox exceeded", "mailbox has exceeded", "mailbox exceeds", "exceeded * mailbox", "mailbox * exceeded",
	"maildir over", "too much mail",
	"full mailbox", "account is full", "account full", "mail drop is full", "maximum storage", "storage limit",
	"no space left in mailbox", "mail quota",
	"user has too many messages", "mailbox space", "space for the user", "storage space", "user is over",
	// in other languages
	"postfach ist voll", "postfach voll", "postfach * voll", "quota überschritten", "speicherplatz",
	"boîte * pleine", "boite * pleine", "quota dépassé",
	"espace disque", "espace de stockage", "buzón lleno", "buzón está lleno", "buzon * lleno", "buzón * lleno",
	"cuota", "casella piena", "casella * piena",
	"caixa * cheia", "caixa de correio cheia", "postbus is vol", "mailbox is vol", "postbus vol", "postlåda * full",
	"postkassen er fuld", "skrzynka * pełna",
	"skrzynka * przepełniona", "переполнен", "容量", "邮箱已满", "邮箱空间不足", "一杯", "いっぱい",
}

var deadPhrases = []string{
	"user unknown", "unknown user", "unknown or illegal", "no such user", "no such mailbox", "no such recipient",
	"no such person", "no such address", "no such account",
	"no such email", "no such local user", "no such name", "no such id", "user not found", "user was not found",
	"user * not found", "account not found",
	"recipient not found", "recipientnotfound", "recipnotfound", "recipient was not found", "recipient * not found",
	"mailbox not found", "mailbox * not found", "address not found", "address * not found",
	"couldn't be found", "could not be found", "wasn't found at", "not be found in the", "user does not exist",
	"user doesn't exist",
	"user * does not exist", "user * doesn't exist", "does not exist", "doesn't exist", "not exist here",
	"do not exist", "not existing", "non-existent",
	"nonexistent", "non existent", "unknown recipient", "recipient unknown", "recipient is unknown",
	"unknown address", "address unknown", "unknown mailbox",
	"unknown account", "unknown local", "unknown e-mail", "unknown email", "unknown in * table",
	"unknown in virtual", "unknown or invalid",
	"invalid recipient", "recipient * invalid", "invalid mailbox", "invalid address", "invalid user",
	"invalid final delivery userid", "invalid email", "invalid e-mail",
	"address is invalid", "address invalid", "recipient address is not valid", "recipient is not valid",
	"not a valid user", "not a valid mailbox", "not a valid recipient", "not a valid address",
	"not a valid email", "is not valid", "bad destination mailbox", "bad destination address", "bad recipient",
	"bad address", "no mailbox here", "no mailbox by that name", "no * mailbox here",
	"no mailbox for", "not have a * account", "not have an account", "doesn't have a * account",
	"doesn't have an account", "doesn't * have a mailbox", "does not have a mailbox", "no account by that name",
	"no account for", "no account with", "not our customer", "not a known user", "not known at", "not known here",
	"isn't known", "name is not recognized", "not recognized", "not recognised",
	"not listed in", "not listed in domino directory", "not in directory", "not in our directory",
	"not in the address book", "not a registered", "unrecognized recipient", "unregistered",
	"not a local", "not a user here", "no valid recipient", "no valid user", "no valid mailbox", "no valid address",
	"user disabled", "account disabled", "account is disabled", "account has been disabled", "mailbox disabled",
	"mailbox is disabled", "mailbox has been disabled", "disabled or discontinued", "disabled account",
	"account that you tried to reach is disabled", "account inactive", "inactive user", "inactive account",
	"account is inactive", "account is not active", "mailbox is inactive", "user is inactive", "inactive mailbox",
	"no longer active", "no longer available",
	"no longer in use", "no longer in service", "no longer exists", "no longer valid", "no longer a valid",
	"no longer works", "no longer with", "not active", "account closed", "account has been closed",
	"account was closed", "account expired",
	"account has expired", "account deleted", "account has been deleted", "been deactivated", "has been suspended",
	"account suspended", "account is suspended", "mailbox * suspended", "user suspended",
	"has moved", "user has moved", "mailbox has moved", "left the company", "has left the",
	"mailbox unavailable or not local", "unknown to us", "user not known", "user not local", "user name is unknown",
	"this user * not have", "dead address", "dead letter", "can't find user", "cannot find user",
	"cannot find your recipient", "delivery userid", "unknown userid", "userid not",
	// in other languages
	"empfänger unbekannt", "benutzer unbekannt", "unbekannter benutzer", "unbekannter empfänger",
	"unbekannte adresse", "adresse unbekannt", "existiert nicht", "nicht gefunden", "nicht vorhanden",
	"ungültige empfänger", "ungültige adresse",
	"utilisateur inconnu", "destinataire inconnu", "adresse inconnue", "destinataire invalide", "adresse invalide",
	"n'existe pas", "introuvable", "compte inactif", "boîte inactive",
	"usuario desconocido", "destinatario desconocido", "no existe", "no se encontró", "no se ha encontrado",
	"dirección no válida", "utente sconosciuto", "destinatario sconosciuto", "non esiste", "inesistente",
	"indirizzo non trovato",
	"onbekende gebruiker", "gebruiker onbekend", "onbekend adres", "bestaat niet", "usuário desconhecido",
	"utilizador desconhecido", "não existe", "não encontrado", "nao existe", "okänd mottagare", "okänd användare",
	"finns inte",
	"findes ikke", "ukendt bruger", "finnes ikke", "nie istnieje", "nieznany użytkownik", "nieznany odbiorca",
	"neexistuje", "nem létezik", "не существует", "не найден", "неизвестный пользователь", "недействителен",
	"存在しない", "存在しません", "不明なユーザ", "ユーザが見つかりません", "用户不存在", "不存在", "无此用户", "사용자 알 수 없음", "존재하지 않",
}

// refusedPhrases mean a missing mailbox in the reply of a host, and a missing domain in the words of the reporter.
var refusedPhrases = []string{
	"550 unrouteable", "550-unrouteable", "550 unroutable", "550 * unrouteable address", "553 unrouteable",
	"554 unrouteable",
}

var noDomainPhrases = []string{
	"unrouteable address", "unroutable address", "unrouteable mail domain",
	"host unknown", "unknown host", "domain * not exist", "domain * doesn't exist", "host * not exist",
	"host not found", "host or domain name not found", "no such host", "domain not found", "no such domain",
	"unknown domain", "domain unknown", "nxdomain", "name or service not known",
	"name service error", "couldn't find any host", "couldn't find a mail exchanger", "no mx",
	"has no mail exchange", "domain does not accept", "domain name not found", "unable to resolve", "cannot resolve",
	"could not resolve", "unresolvable",
	"all relevant mx records point to non-existent", "lookup of * failed", "bad destination system",
	"non-existing domain", "dns error", "all host address lookups failed", "null mx", "nullmx",
	"isn't a valid domain", "server ip * not found",
	"rechner nicht gefunden", "unbekannte domain", "domaine inconnu", "dominio desconocido", "dominio inesistente",
	"onbekend domein",
}

var delayPhrases = []string{
	"timed out", "timeout", "accept our requests to connect", "socket error", "time out", "retry time", "too old",
	"expired", "in queue too long", "has been in the queue", "connection refused", "connection reset",
	"connection dropped", "connection lost", "lost connection", "no route to host",
	"network is unreachable", "host is down", "unable to connect", "can't connect", "could not connect",
	"couldn't connect", "cannot connect", "unreachable", "did not respond", "not responding", "no answer from",
	"greylist", "graylist", "try again", "tried again later",
	"try later", "temporarily", "temporary failure", "temporary problem", "temporary error", "service unavailable",
	"service not available", "server busy", "system not available", "resources temporarily", "insufficient system",
	"system storage",
	"delayed", "failed * attempts", "could not be delivered for", "attempts * failed", "host not reachable",
	"not reachable", "delivery time", "lookup failed", "lookup failure", "query failed", "dns failure",
	"not been able to deliver", "vorübergehend", "zeitüberschreitung", "temporairement", "temporalmente",
	"temporaneamente", "tijdelijk",
}

// notYetPhrases are the words of a report that a mail is still being tried.
var notYetPhrases = []string{
	"delivery delayed", "message delayed", "mail delayed", "message is delayed", "is delayed", "been delayed",
	"delayed mail", "delivery is delayed", "delayed delivery", "not yet been delivered", "not been delivered yet",
	"still being retried", "will be retried", "will retry", "still trying", "keep trying", "continue trying",
	"continue to try",
	"continue to attempt", "attempts will continue", "will be attempted", "try again until", "warning only",
	"just a warning", "only a warning", "delivery incomplete", "delivery status notification (delay)",
	"will keep retrying", "do not need to resend", "don't need to resend", "not need to resend",
	"will try to deliver", "is still in the queue", "could not send message for past", "wird weiter versucht",
	"verzögert", "retardée", "retardé", "retrasado", "demorado", "ritardo", "vertraagd", "opóźnion", "配信が遅れて",
}

// gaveUpPhrases say that it is not, whatever else is said.
var gaveUpPhrases = []string{
	"giving up", "given up", "not continue", "will not retry", "not be retried", "no longer be retried", "gave up",
	"permanent fatal", "permanent error", "failed permanently",
	"returned to sender", "no further", "permanently", "not be able to be delivered",
	"message expired", "has expired",
	"returning message to sender", "permanent delivery failure",
}

// failurePhrases are the words of a report that a mail did not arrive, in its subject or in its text.
var failurePhrases = []string{
	"undeliver", "not delivered", "non-delivery", "nondelivery", "non delivery", "not deliverable", "returned mail",
	"mail returned", "message returned", "returned message", "returned to sender", "return to sender",
	"returning message", "returned email", "delivery status", "delivery notification",
	"delivery report", "delivery fail", "delivery problem", "delivery error", "delivery has failed",
	"failed delivery", "failure delivering", "delivery incomplete", "delivery delayed", "delivery attempt",
	"failure notice", "failure notification", "mail failure", "mail error", "mail system error", "message status",
	"failed mail", "mail delivery",
	"message delivery", "delivery to * failed", "could not be delivered", "couldn't be delivered",
	"cannot be delivered", "can't be delivered", "can not be delivered", "could not deliver", "couldn't deliver",
	"cannot deliver", "unable to deliver", "unable to be delivered", "not able to deliver", "wasn't able to deliver",
	"wasn't delivered", "was not delivered", "error delivering", "error sending",
	"error occurred while trying to deliver",
	"did not reach", "didn't reach", "could not be reached", "could not be sent", "couldn't be sent",
	"could not send", "was rejected", "were rejected", "rejected your", "addresses failed", "address(es) failed",
	"permanent fatal", "delayed", "not yet been delivered", "warning: message", "warning: could not", "fatal error",
	"transcript of session", "mailbox unavailable", "nonrecoverable", "non recoverable", "undelivered", "bounce",
	"message blocked", "rejected:", "mail could not", "invalid final delivery",
	"could not process", "failed recipient", "recipient failed", "recipients failed", "failure sending",
	"problem delivering", "couldn't be completed", "has been rejected", "considered unsolicited", "blocked by",
	"not been delivered", "mail transaction", "returned due to", "user unknown",
	// in other languages
	"unzustellbar", "nicht zugestellt", "nicht zustellbar", "zustellung", "nicht ausgeliefert", "konnte nicht",
	"non remis", "non distribu", "non délivr", "échec de", "echec de", "n'a pas pu", "pas être remis",
	"retour à l'expéditeur", "no entregado", "no se pudo entregar", "no pudo ser entregado", "no se ha podido",
	"error de entrega", "mancato recapito", "mancata consegna", "non consegnato", "impossibile recapitare",
	"impossibile consegnare",
	"onbestelbaar", "niet worden bezorgd", "niet afgeleverd", "niet bezorgd", "não entregue",
	"não foi possível entregar", "não pôde ser entregue", "falha na entrega", "olevererbart", "kunde inte levereras",
	"kunne ikke leveres", "ikke leveret", "nie można dostarczyć", "niedostarczon", "nedoruč", "nem kézbesíthető",
	"недоставлен", "не доставлено", "не может быть доставлен", "не удалось доставить",
	"配信できません", "配信不能", "送信できません", "送信エラー", "届けられません", "退信", "无法投递", "无法发送", "投递失败", "传输失败", "发送失败", "반송", "전송 실패",
}
