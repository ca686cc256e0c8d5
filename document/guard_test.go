package document

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"sencoforum/guard"
)

// TestGuardSeesWhatIsExtracted: the forms in which text comes out are those that the guard reads as tables and sentences.
func TestGuardSeesWhatIsExtracted(t *testing.T) {
	pupils := [][]any{{"Name", "DOB", "SEN"}, {"Oliver Marsh", "12/03/2014", "K"}, {"Amelia Nair", "01/02/2015", "E"}, {"Chidi Okafor", "03/04/2015", "K"}}
	for _, c := range []struct {
		name string
		data []byte
		want guard.Kind
	}{
		{"class.xlsx", workbook(t, "", func(f *excelize.File) {
			for i, row := range pupils {
				cell, err := excelize.CoordinatesToCellName(1, i+1)
				if err == nil {
					err = f.SetSheetRow("Sheet1", cell, &row)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}), guard.ClassList},
		{"class.pdf", pdfFile("72 700 Name", "200 700 DOB", "300 700 SEN", "72 680 Oliver Marsh", "200 680 12/03/2014", "300 680 K",
			"72 660 Amelia Nair", "200 660 01/02/2015", "300 660 E", "72 640 Chidi Okafor", "200 640 03/04/2015", "300 640 K"), guard.ClassList},
		{"plan.docx", word(t, `<w:p><w:r><w:t>The EHCP for Oli</w:t></w:r><w:r><w:t>ver Marsh</w:t></w:r></w:p>`), guard.Plan},
		{"plan.pptx", slides(t, "Annual review: Oliver Marsh"), guard.Plan},
		{"plan.odt", openFile(t, "text", `<text:p>UPN B801200005001</text:p>`), guard.UPN},
	} {
		text, err := Extract(context.Background(), c.name, c.data)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		found := guard.Look(guard.Input{
			Files: []guard.File{{Name: c.name, Text: text.String(), Read: true}}, Today: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC),
		}, guard.DefaultAllow())
		if !slices.ContainsFunc(found, func(f guard.Finding) bool { return f.Kind == c.want && f.Hold }) {
			t.Errorf("%s: found %v, want %s in\n%s", c.name, found, c.want, text)
		}
	}
}
