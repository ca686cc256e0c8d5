package mailauth

import (
	"context"
	"errors"
	"net"
	"strings"

	"blitiri.com.ar/go/spf"
)

// checkSPF asks the domain of the envelope sender, or that of HELO where the sender is null, whether the client may send
// for it. It also reports whether the domain lets every host pass.
func checkSPF(ctx context.Context, l *lookups, in Input) (result SPF, all bool) {
	result.Result = None
	local, domain := in.MailFrom.Local, in.MailFrom.Domain
	if domain == "" {
		local, domain, result.Helo = "", in.Helo, true
	}
	name, ok := normal(domain)
	if !ok {
		return result, false
	}
	result.Domain = name
	if parent(name) == "" || !in.Client.IsValid() { // not a full name (RFC 7208 §4.3); or nobody to check
		return result, false
	}
	ip := net.IP(in.Client.Unmap().AsSlice())
	answer, err := spf.CheckHostWithSender(ip, macroHelo(in.Helo), macroLocal(local)+"@"+name,
		spf.WithContext(ctx), spf.WithResolver(l))
	result.Result = fromLibrary(answer)
	if l.overspent() {
		result.Result = PermError // RFC 7208 §4.6.4
	}
	return result, result.Result == Pass && errors.Is(err, spf.ErrMatchedAll)
}

// macroLocal returns the local part for the macros of a record. The library splits at the first "@", so one inside the
// local part must not reach it.
func macroLocal(local string) string {
	if local == "" || strings.Contains(local, "@") {
		return "postmaster" // RFC 7208 §4.3
	}
	return local
}

func macroHelo(helo string) string {
	if name, ok := normal(helo); ok {
		return name
	}
	return "unknown"
}

func fromLibrary(r spf.Result) Check {
	switch r {
	case spf.Pass:
		return Pass
	case spf.Fail:
		return Fail
	case spf.SoftFail:
		return SoftFail
	case spf.Neutral:
		return Neutral
	case spf.TempError:
		return TempError
	case spf.PermError:
		return PermError
	}
	return None
}
