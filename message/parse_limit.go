package message

import (
	"fmt"
	"strings"
)

// Rules of Scan; each is a stable identifier.
const (
	RuleNUL          = "nul"
	RuleBareCR       = "bare-cr"
	RuleBareLF       = "bare-lf"
	RuleLineBytes    = "line-too-long"
	RuleHeaderBytes  = "header-too-large"
	RuleFields       = "too-many-fields"
	RuleParts        = "too-many-parts"
	RuleDepth        = "too-deep"
	RuleBoundary     = "boundary-too-long"
	RuleEncodedWords = "too-many-encoded-words"
)

// stop records the first fault of a strict tree.
func (t *tree) stop(rule, what string, limit int) {
	if t.strict && t.fault == nil {
		t.fault = &FormError{rule, fmt.Sprintf("%s %d", what, limit)}
	}
}

// mayAdd reports whether another part is within the limits. The message itself,
// which was counted too, is no part.
func (t *tree) mayAdd() bool {
	if t.parts <= t.limits.Parts {
		return true
	}
	t.stop(RuleParts, "the message has more parts than", t.limits.Parts)
	return false
}

// mayOpen reports whether a container may be opened, with depth around it.
func (t *tree) mayOpen(depth int) bool {
	if depth < t.limits.Depth {
		return true
	}
	t.stop(RuleDepth, "the message has more levels of parts than", t.limits.Depth)
	return false
}

func (t *tree) checkBoundary(b string) {
	if len(b) > t.limits.BoundaryBytes {
		t.stop(RuleBoundary, "a boundary has more characters than", t.limits.BoundaryBytes)
	}
}

// checkHeader measures a header block of size bytes that was read.
func (t *tree) checkHeader(r *headerReader, size int) {
	if !t.strict {
		return
	}
	for _, f := range r.fields {
		t.words += min(strings.Count(f.Value, "=?"), strings.Count(f.Value, "?="))
	}
	switch {
	case size > t.limits.HeaderBytes:
		t.stop(RuleHeaderBytes, "a header has more bytes than", t.limits.HeaderBytes)
	case r.count > t.limits.Fields:
		t.stop(RuleFields, "a header has more fields than", t.limits.Fields)
	case t.words > t.limits.EncodedWords:
		t.stop(RuleEncodedWords, "the headers have more encoded words than", t.limits.EncodedWords)
	}
}
