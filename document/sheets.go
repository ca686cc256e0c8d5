package document

import (
	"bytes"
	"errors"
	"strings"

	"github.com/xuri/excelize/v2"
)

// maxColumns bounds the cells of a row that are taken.
const maxColumns = 256

// readSheets reads an Excel file, hidden sheets as well. Dates are written as in Britain, whatever the file says.
func readSheets(p *paper, data []byte) error {
	if _, err := unpack(data); err != nil {
		return err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: maxPacked, UnzipXMLSizeLimit: maxPacked, ShortDatePattern: "dd/mm/yyyy",
	})
	if err != nil {
		return errors.New("it is damaged or has a password")
	}
	defer f.Close()
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		return errors.New("it is damaged")
	}
	for _, sheet := range sheets {
		p.section(sheet)
		if err := readSheet(p, f, sheet); err != nil {
			return err
		}
	}
	return nil
}

func readSheet(p *paper, f *excelize.File, sheet string) error {
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil // a sheet with a chart and no cells
	}
	defer rows.Close()
	for rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return errors.New("it is damaged")
		}
		if len(cells) == 0 {
			continue
		}
		if len(cells) > maxColumns {
			cells, p.full = cells[:maxColumns], true
		}
		for i := range cells {
			cells[i] = strings.NewReplacer("\n", " ", "\t", " ").Replace(cells[i])
		}
		if err := p.write(strings.TrimRight(strings.Join(cells, "\t"), "\t") + "\n"); err != nil {
			return err
		}
	}
	return nil
}
