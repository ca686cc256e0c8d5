package message

import "bytes"

// Signed reports a message that must not be changed: signed or encrypted as a
// whole or in a part (RFC 1847, RFC 3156, RFC 8551), or with PGP in its text.
func (m *Message) Signed() bool {
	for _, p := range m.Walk() {
		if p.Type == "multipart/signed" || p.isEncrypted() || p.hasArmour("-----BEGIN PGP SIGNED MESSAGE-----") {
			return true
		}
	}
	return false
}

// Encrypted reports a message of which a part cannot be read without a key.
func (m *Message) Encrypted() bool {
	for _, p := range m.Walk() {
		if p.isEncrypted() {
			return true
		}
	}
	return false
}

func (p *Part) isEncrypted() bool {
	switch p.Type {
	case "multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted":
		return true
	}
	return p.hasArmour("-----BEGIN PGP MESSAGE-----")
}

// hasArmour reports a line of PGP armour at the start of a line of text (RFC 9580 §6.2).
func (p *Part) hasArmour(line string) bool {
	if p.Type != "text/plain" || len(p.Parts) > 0 {
		return false
	}
	content := p.Content()
	i := bytes.Index(content, []byte(line))
	return i == 0 || i > 0 && content[i-1] == '\n'
}
