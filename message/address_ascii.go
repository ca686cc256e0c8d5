package message

// ASCII reports whether the whole address is ASCII, so that a header field and
// a host without SMTPUTF8 can take it (RFC 6531 §3.2).
func (a Address) ASCII() bool { return isASCII(a.Local) && isASCII(a.Domain) }
