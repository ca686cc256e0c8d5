package watch

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
)

// The texts of reports as different reporters write them: invented, of the shapes that are met. All are about
// lists.example.org on 21 November 2026: 60 mails of 192.0.2.10 passed, 12 failed, and 4 of 203.0.113.9 failed.
const (
	begin = 1795219200 // 21 November 2026, 0:00
	end   = begin + 86399
)

// plainXML has nothing that it need not have.
var plainXML = fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8" ?>
<feedback>
  <report_metadata>
    <org_name>provider.example</org_name>
    <email>noreply-dmarc@provider.example</email>
    <report_id>9391651994964116463</report_id>
    <date_range><begin>%d</begin><end>%d</end></date_range>
  </report_metadata>
  <policy_published><domain>lists.example.org</domain><adkim>r</adkim><aspf>r</aspf><p>none</p><sp>none</sp><pct>100</pct></policy_published>
  <record>
    <row><source_ip>192.0.2.10</source_ip><count>60</count>
      <policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>pass</spf></policy_evaluated></row>
    <identifiers><header_from>lists.example.org</header_from></identifiers>
    <auth_results><dkim><domain>lists.example.org</domain><result>pass</result><selector>s1</selector></dkim>
      <spf><domain>lists.example.org</domain><result>pass</result></spf></auth_results>
  </record>
  <record>
    <row><source_ip>192.0.2.10</source_ip><count>12</count>
      <policy_evaluated><disposition>none</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated></row>
    <identifiers><header_from>lists.example.org</header_from></identifiers>
    <auth_results><spf><domain>other.example</domain><result>pass</result></spf></auth_results>
  </record>
  <record>
    <row><source_ip>203.0.113.9</source_ip><count>4</count>
      <policy_evaluated><disposition>quarantine</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated></row>
    <identifiers><header_from>lists.example.org</header_from></identifiers>
    <auth_results><spf><domain>forger.example</domain><result>pass</result></spf></auth_results>
  </record>
</feedback>
`, begin, end)

// schoolXML has the name spaces, envelope addresses and long fractions of a large office service.
var schoolXML = fmt.Sprintf(`<?xml version="1.0"?>
<feedback xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<version>1.0</version><report_metadata><org_name>Office Mail</org_name><email>dmarcreport@office.example</email>
<report_id>0f3b3a3d2f8a4d4a9d41</report_id><date_range><begin>%d</begin><end>%d.0</end></date_range></report_metadata>
<policy_published><domain>lists.example.org</domain><adkim>r</adkim><aspf>r</aspf><p>none</p><sp>none</sp><pct>100</pct><fo>0</fo></policy_published>
<record><row><source_ip>::ffff:192.0.2.10</source_ip><count>60</count><policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf>
<reason><type>local_policy</type><comment>arc=none &amp; more</comment></reason></policy_evaluated></row>
<identifiers><envelope_to>school.example</envelope_to><envelope_from>lists.example.org</envelope_from><header_from>LISTS.example.org.</header_from></identifiers>
<auth_results><dkim><domain>lists.example.org</domain><selector>s1</selector><result>pass</result></dkim><spf><domain>lists.example.org</domain><scope>mfrom</scope><result>softfail</result></spf></auth_results></record>
<record><row><source_ip>192.0.2.10</source_ip><count>12</count><policy_evaluated><disposition>none</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated></row>
<identifiers><envelope_to>school.example</envelope_to><envelope_from>lists.example.org</envelope_from><header_from>lists.example.org</header_from></identifiers><auth_results /></record>
<record><row><source_ip>203.0.113.9</source_ip><count>4</count><policy_evaluated><disposition>quarantine</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated></row>
<identifiers><header_from>lists.example.org</header_from></identifiers><auth_results></auth_results></record>
</feedback>`, begin, end)

// newXML is of RFC 9990: a name space, new fields, and tags that have gone.
var newXML = fmt.Sprintf(`<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">
<version>1.0</version>
<report_metadata><org_name>New Reports</org_name><email>r@new.example</email><extra_contact_info>https://new.example/dmarc</extra_contact_info>
<report_id>2026-11-21.lists.example.org@new.example</report_id><date_range><begin>%d</begin><end>%d</end></date_range><error></error><generator>reporter 9</generator></report_metadata>
<policy_published><domain>lists.example.org</domain><discovery_method>treewalk</discovery_method><p>none</p><np>reject</np><testing>n</testing></policy_published>
<extension><x:more xmlns:x="urn:more"><x:deep>1</x:deep></x:more></extension>
<record><row><source_ip>192.0.2.10</source_ip><count>60</count><policy_evaluated><disposition>pass</disposition><dkim>pass</dkim><spf>pass</spf></policy_evaluated></row>
<identifiers><header_from>lists.example.org</header_from></identifiers><auth_results/></record>
<record><row><source_ip>192.0.2.10</source_ip><count>12</count><policy_evaluated><disposition>none</disposition></policy_evaluated></row>
<identifiers><header_from>lists.example.org</header_from></identifiers><auth_results><spf><domain>other.example</domain><result>pass</result></spf></auth_results></record>
<record><row><source_ip>203.0.113.9</source_ip><count>4</count><policy_evaluated><disposition>quarantine</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated></row>
<identifiers><header_from>lists.example.org</header_from></identifiers><auth_results/></record>
</feedback>`, begin, end)

// oldXML is of a draft from before RFC 7489: other names, hardly any results, a date in words, spaces around the numbers.
const oldXML = `<?xml version="1.0"?><!-- made by hand -->
<feedback><report_metadata><date_range><end>2026-11-21 23:59:59</end><begin>2026-11-21T00:00:00</begin></date_range>
<report_id><![CDATA[lists.example.org:1]]></report_id><org_name>Caf` + "\u00e9" + ` Cable</org_name></report_metadata>
<policy_published><domain>lists.example.org</domain><p>none</p></policy_published>
<record><row><source_ip>192.0.2.10</source_ip><count> 60
</count></row><identities><header_from>lists.example.org</header_from></identities>
<auth_results><dkim><domain>example.org</domain><result>pass</result></dkim><spf><domain>bounces.lists.example.org</domain><result>pass</result></spf></auth_results></record>
<record><row><source_ip>192.0.2.10</source_ip><count>12</count></row><identities><header_from>lists.example.org</header_from></identities></record>
<record><row><source_ip>203.0.113.9</source_ip><count>4</count><policy_evaluated><disposition>Quarantine</disposition><dkim>fail</dkim></policy_evaluated></row></record>
<record><row><source_ip>somewhere</source_ip><count>many</count></row></record>
</feedback>
and a footer`

// bigTLS is a report of two policies with failures, as RFC 8460 §4 has them.
const bigTLS = `{"organization-name": "Provider Inc.", "date-range": {"start-datetime": "2026-11-21T00:00:00Z", "end-datetime": "2026-11-21T23:59:59Z"},
 "contact-info": "smtp-tls-reporting@provider.example", "report-id": "2026-11-21T00:00:00Z_lists.example.org",
 "policies": [
  {"policy": {"policy-type": "sts", "policy-string": ["version: STSv1", "mode: testing", "mx: mail.example.org", "max_age: 604800"],
    "policy-domain": "lists.example.org", "mx-host": ["mail.example.org"]},
   "summary": {"total-successful-session-count": 180, "total-failure-session-count": 20},
   "failure-details": [
    {"result-type": "certificate-expired", "sending-mta-ip": "2001:db8::1", "receiving-mx-hostname": "mail.example.org", "receiving-ip": "192.0.2.10", "failed-session-count": 15},
    {"result-type": "starttls-not-supported", "receiving-mx-hostname": "mail.example.org", "failed-session-count": 3},
    {"result-type": "certificate-expired", "receiving-mx-hostname": "Mail.Example.org.", "failed-session-count": 2, "failure-reason-code": null}]},
  {"policy": {"policy-type": "no-policy-found", "policy-domain": "lists.example.org"}, "summary": {"total-successful-session-count": 5, "total-failure-session-count": 0}}]}`

// oddTLS says the same in another order, with counts as text and no sum of the failures.
const oddTLS = `{"policies": [{"failure-details": [{"failed-session-count": "17", "receiving-mx-hostname": "mail.example.org", "result-type": "Certificate-Expired"},
 {"failed-session-count": 3, "result-type": "starttls-not-supported", "receiving-mx-hostname": "mail.example.org"}],
 "summary": {"total-successful-session-count": "185"}, "policy": {"mx-host": "mail.example.org", "policy-domain": "LISTS.example.org"}}],
 "report-id": "x", "date-range": {"end-datetime": "2026-11-21T23:59:59", "start-datetime": "2026-11-21T00:00Z"}, "organization-name": "Provider Inc."}`

func gzipped(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zipped packs files, given as names and texts in turn.
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// latin1 writes a text in ISO 8859-1, and says so in its declaration.
func latin1(text string) string {
	var b strings.Builder
	for _, r := range strings.Replace(text, `<?xml version="1.0"?>`, `<?xml version='1.0' encoding='ISO-8859-1'?>`, 1) {
		b.WriteByte(byte(r))
	}
	return b.String()
}

// wide writes a text in UTF-16.
func wide(text string, order binary.ByteOrder, mark bool) string {
	units := utf16.Encode([]rune(text))
	if mark {
		units = append([]uint16{0xfeff}, units...)
	}
	b := make([]byte, 2*len(units))
	for i, u := range units {
		order.PutUint16(b[2*i:], u)
	}
	return string(b)
}

// part is a part of a message with a file in base64.
func part(kind, name string, data []byte) string {
	head := "Content-Type: " + kind
	if name != "" {
		head += "; name=\"" + name + "\"\r\nContent-Disposition: attachment; filename=\"" + name + "\""
	}
	text := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return head + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b.String() + text + "\r\n"
}

// mixed is a message of several parts.
func mixed(kind string, parts ...string) string {
	return "From: noreply@provider.example\r\nSubject: Report domain: lists.example.org\r\nMIME-Version: 1.0\r\nContent-Type: " + kind +
		"; boundary=\"=_b\"\r\n\r\n--=_b\r\n" + strings.Join(parts, "\r\n--=_b\r\n") + "\r\n--=_b--\r\n"
}

const note = "Content-Type: text/plain\r\n\r\nThis is an aggregate report.\r\n"
