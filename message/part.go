package message

// Part is a node of the tree that a message is: a multipart with its children,
// or a leaf with content. A message/rfc822 is a leaf; Message opens it.
type Part struct {
	Header Header

	Type        string            // lower case, "text/plain" where nothing was said
	Params      map[string]string // of Content-Type, decoded; names in lower case; may be nil
	Encoding    string            // Content-Transfer-Encoding in lower case; "" is identity
	Disposition string            // "attachment", "inline" or ""
	FileName    string            // safe for people and for files, or ""

	// Raw is the whole part and Body its content still encoded. Both are
	// slices of the message's raw bytes and must not be changed.
	Raw  []byte
	Body []byte

	Parts []*Part // the children of a multipart, in their order

	depth int  // the number of containers around this part
	first bool // no leaf comes before this one
}
