package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// workbook is a spreadsheet with one row of cells, as a school would send it.
func workbook(t *testing.T, cells ...string) []byte {
	t.Helper()
	var row strings.Builder
	for _, c := range cells {
		row.WriteString(`<c t="inlineStr"><is><t>` + c + `</t></is></c>`)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"[Content_Types].xml":        `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		"_rels/.rels":                `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Class 4" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">` + row.String() + `</row></sheetData></worksheet>`,
	} {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A Unique Pupil Number in a spreadsheet: its writer is asked, nobody else sees it, and without the file it goes out.
func TestStoryAPupilNumberInASpreadsheet(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		file := base64.StdEncoding.EncodeToString(workbook(t, "Timetable", "B801200005001"))
		body := "--x\n\nHas anyone a better sheet than mine?\n--x\nContent-Type: application/octet-stream; name=sheet.xlsx\nContent-Disposition: attachment; filename=sheet.xlsx\nContent-Transfer-Encoding: base64\n\n" +
			file + "\n--x--"
		b.must(b.send("tom@garden.example", theForum, "Sheets", body, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=x"))
		asked, _ := b.got("tom", "Before we send it")
		if !strings.Contains(strings.Join(strings.Fields(asked), " "), "a Unique Pupil Number, file 1") || !strings.Contains(asked, "remove attachments") || strings.Contains(asked, "B801200005001") {
			t.Errorf("Tom reads:\n%s", asked)
		}
		b.wait(10 * time.Minute)
		if n := b.count("asha", "Sheets") + b.count("jane", "Sheets"); n != 0 {
			t.Errorf("others have %d mails about it", n)
		}
		b.reply("tom", "Before we send it", "remove attachments")
		b.wait(10 * time.Minute)
		if again, _ := b.got("tom", "Before we send it"); !strings.Contains(again, "> Has anyone a better sheet") || strings.Contains(again, "sheet 1") {
			t.Errorf("Tom is shown:\n%s", again)
		}
		b.reply("tom", "Before we send it", "cancel")
		b.wait(10 * time.Minute)
		if it := b.last(); !it.Finished() || b.count("asha", "Sheets") != 0 {
			t.Errorf("taken back: %+v", it)
		}
	})
}

// What says where a child's name stands is asked about; when its writer says nothing, moderators see it with its numbers hidden.
func TestStoryNobodyAnswersAboutAPupil(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Timetables", "We had the same with the EHCP for Oliver Marsh, UPN B801200005001."))
		b.wait(5 * time.Hour)
		notice, _ := b.got("asha", "May name a child")
		if !strings.Contains(notice, "UPN [hidden]") || strings.Contains(notice, "B801200005001") || strings.Contains(notice, "trust ") {
			t.Errorf("Asha reads:\n%s", notice)
		}
		b.reply("asha", "May name a child", `redact "Oliver Marsh"`)
		if !list.Found(b.last().Findings, list.CausePupil) || b.count("jane", "Timetables") != 0 {
			t.Error("it went out")
		}
	})
}

// What is left after words were taken out is searched anew: its writer is asked again, where it stands now, until there is
// nothing more to find. A moderator reads it in any case.
func TestStoryWhatIsLeftIsSearchedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.send("tom@garden.example", theForum, "Timetables", "Hello all.\nThe EHCP for Oliver Marsh is late.\nHis UPN is B801200005001."))
		b.reply("tom", "Before we send it", "take out Oliver Marsh")
		left, _ := b.got("tom", "Before we send it")
		if flat := strings.Join(strings.Fields(left), " "); !strings.Contains(flat, "may still name a child (a Unique Pupil Number, line 3)") || strings.Contains(left, "beside a plan") {
			t.Errorf("Tom reads:\n%s", left)
		}
		b.reply("tom", "Before we send it", "take out B801200005001")
		if clean, _ := b.got("tom", "Before we send it"); !strings.Contains(clean, "find nothing more") || strings.Contains(clean, "may still") {
			t.Errorf("Tom reads:\n%s", clean)
		}
		b.reply("tom", "Before we send it", "send anyway")
		if notice, _ := b.got("asha", "May name a child"); !strings.Contains(notice, "> The EHCP for [removed] is late.") || strings.Contains(notice, "Pupil Number") {
			t.Errorf("Asha reads:\n%s", notice)
		}
	})
}

// Who waited for moderators reads of a hint as everybody does, and what has none brings no mail.
func TestStoryAHintAfterAnApproval(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.house.db.Update(func(tx *store.Tx) error {
			l, err := list.Get(tx, 1)
			if err != nil {
				return err
			}
			l.Ack = true
			return list.Save(tx, l)
		}))
		b.must(b.send("tom@garden.example", theForum, "Lunch", "We have Oliver in Year 4 and he loves it.", toMany))
		if b.count("tom", "reply cancel to stop it") != 0 {
			t.Error("it was acknowledged while it waits")
		}
		b.reply("asha", "Many addresses", "approve")
		ack, _ := b.got("tom", "reply cancel to stop it")
		if !strings.Contains(flat(ack), "a first name beside a school year (line 1)") || strings.Contains(ack, "Oliver") {
			t.Errorf("Tom reads:\n%s", ack)
		}
		b.reply("tom", "reply cancel to stop it", "cancel")
		b.must(b.send("tom@garden.example", theForum, "Pens", "Which pens?", toMany))
		b.reply("asha", "Many addresses", "approve")
		b.wait(10 * time.Minute)
		if b.count("jane", "Lunch") != 0 || b.count("jane", "Pens") != 1 || b.count("tom", "reply cancel to stop it") != 1 {
			t.Errorf("%d copies of what was cancelled, %d of what was approved, %d acknowledgements", b.count("jane", "Lunch"), b.count("jane", "Pens"), b.count("tom", "reply cancel to stop it"))
		}
	})
}

// A first name beside a school year, and a full name that may be anybody's, hold nothing; their writer reads of them while the post can
// still be stopped.
func TestStoryAHintStandsInTheAcknowledgement(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		b := newBoard(t, dir, "asha", "sam")
		b.must(b.house.db.Update(func(tx *store.Tx) error {
			l, err := list.Get(tx, 1)
			if err != nil {
				return err
			}
			l.Ack = true
			l.Allow, _ = l.Allow.With("harriet  wells")
			return list.Save(tx, l)
		}))
		b.must(b.send("tom@garden.example", theForum, "Lunch", "We have Oliver in Year 4 and he loves it."))
		ack, _ := b.got("tom", "reply cancel to stop it")
		if flat := strings.Join(strings.Fields(ack), " "); !strings.Contains(flat, "a first name beside a school year (line 1)") || strings.Contains(ack, "Oliver") {
			t.Errorf("Tom reads:\n%s", ack)
		}
		b.reply("tom", "reply cancel to stop it", "cancel")
		b.must(b.send("tom@garden.example", theForum, "Home again", "Oliver Marsh was sent home at eleven. What would you do?"))
		ack, _ = b.got("tom", "reply cancel to stop it")
		if flat := strings.Join(strings.Fields(ack), " "); !strings.Contains(flat, "a full name that may be a pupil's (line 1)") || strings.Contains(ack, "Oliver") {
			t.Errorf("Tom reads:\n%s", ack)
		}
		b.reply("tom", "reply cancel to stop it", "cancel")
		b.must(b.send("tom@garden.example", theForum, "A book", "The support plan for Harriet Wells is a chapter of her own book."))
		b.wait(6 * time.Minute)
		if b.count("asha", "Home again") != 0 || b.count("asha", "Lunch") != 0 || b.count("asha", "A book") != 1 || b.count("tom", "Before we send it") != 0 {
			t.Errorf("%d copies of what was cancelled, %d of what the list allows", b.count("asha", "Lunch"), b.count("asha", "A book"))
		}
	})
}
