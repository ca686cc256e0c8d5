package message

// change is a set of things that were changed in a copy.
type change uint16

const (
	changedPictures change = 1 << iota
	changedActive
	changedPhotos
	changedLongHTML
	changedToText
	changedSignature
)

// sentences says the changes in plain English, a sentence each.
func (c change) sentences() []string {
	var all []string
	for _, s := range []struct {
		bit  change
		text string
	}{
		{changedPictures, "Pictures from other web sites were removed."},
		{changedActive, "Parts that could run or collect data were removed."},
		{changedPhotos, "Hidden details, such as place and camera, were removed from pictures."},
		{changedLongHTML, "The formatting was too large, so this is the plain text."},
		{changedToText, "The message could not be sent on as it was, so this is its plain text."},
		{changedSignature, "A digital signature may no longer match, because the message could not travel as it was."},
	} {
		if c&s.bit != 0 {
			all = append(all, s.text)
		}
	}
	return all
}
