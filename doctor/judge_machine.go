package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// unreadCert is about a certificate that could not be read.
func unreadCert(f Facts, check string) Finding {
	if errors.Is(f.Cert.Err, fs.ErrPermission) {
		return flaw(Warning, check, cause(f.Cert.Err)+".", "The server may not read it again after a renewal, only at its start.",
			"Let the user who owns "+f.Setup.Paths.Data+" read both files, or restart the server after each renewal.")
	}
	return flaw(Fault, check, cause(f.Cert.Err)+".", "The server does not start with it.", "Correct smtp.tls_cert and smtp.tls_key in the settings, or the files.")
}

func judgeMachine(f Facts) []Finding {
	all := []Finding{judgeStore(f.Setup.Store, f.Setup.Paths.Data)}
	if f.Setup.Store.Err == nil {
		all = append(all, judgeDisk(f.Setup.Store), judgeBackup(f.Setup.Store, f.Now))
	}
	all = append(all, judgeOpen(f.Machine, f.Setup.Paths))
	if f.Setup.Paths.Password != "" || f.Setup.PasswordEnv {
		all = append(all, judgePassword(f.Machine, f.Setup))
	}
	return append(all, judgeFiles(f.Setup.Store), judgeClock(f))
}

func judgeStore(s Store, data string) Finding {
	const check = "Store"
	if s.Err != nil {
		return flaw(Fault, check, s.Err.Error()+".", "The server cannot start.", "Copy "+data+" as it is to another disk, then restore the last backup.")
	}
	return flaw(OK, check, fmt.Sprintf("It opens (layout %d, as this program knows it).", s.Schema), "", "To read all of it and look for damage: sencoforum verify")
}

func judgeDisk(s Store) Finding {
	const check = "Room on disk"
	const mib = 1 << 20
	if s.FreeErr != nil {
		return flaw(NotChecked, check, "It could not be found out ("+cause(s.FreeErr)+").", "", "See: df -h")
	}
	is := fmt.Sprintf("%d MiB are free. Below %d MiB no mail is taken.", s.Free/mib, s.MinFree/mib)
	switch {
	case s.Free < s.MinFree:
		return flaw(Fault, check, is, "All mail is put off now.", "Make room. Nothing else is needed: others try again for some days.")
	case s.Free < s.MinFree+s.MinFree/2:
		return flaw(Warning, check, is, "That is soon.", "Make room.")
	}
	return good(check, "%s", is)
}

// backupOld is when a backup is too old: one a week may fail once.
const backupOld = 8 * 24 * time.Hour

func judgeBackup(s Store, now time.Time) Finding {
	const check = "Backup"
	const do = "Make one each night, on another machine: sencoforum backup --into DIRECTORY --keep 14"
	const wrong = "When this disk fails, all that came since is lost."
	switch {
	case s.BackupErr != nil:
		return flaw(NotChecked, check, "It could not be found out when one was made ("+cause(s.BackupErr)+").", "", do)
	case s.Backup.IsZero():
		return flaw(Warning, check, "None was ever made with this program.", "When this disk fails, everything is lost: members, mail and keys.", do)
	case now.Sub(s.Backup) > backupOld:
		return flaw(Warning, check, fmt.Sprintf("The last one was made on %s.", s.Backup.Format("2 January 2006")), wrong, do)
	}
	return good(check, "The last one was made on %s. Whether it is where you can get at it I cannot see.", s.Backup.Format("2 January 2006"))
}

func judgeOpen(m MachineFacts, p Paths) Finding {
	const check = "Who may read the data and the keys"
	switch {
	case m.OpenErr != nil:
		return flaw(NotChecked, check, "It could not be found out ("+cause(m.OpenErr)+").", "", "Run this as root, or as the owner of "+p.Data+".")
	case len(m.Open) > 0:
		return flaw(Fault, check, "Other users of this machine can read "+list(m.Open)+".", "What members wrote about children may be in there, and keys.", "Type: chmod -R go-rwx "+p.Data)
	}
	return good(check, "The owner of %s alone.", p.Data)
}

func judgePassword(m MachineFacts, s Setup) Finding {
	const check = "Password of the mail service"
	p := s.Paths.Password
	switch {
	case p == "":
		return good(check, "It comes from the environment of the server.")
	case errors.Is(m.PasswordErr, fs.ErrNotExist):
		return flaw(Fault, check, p+" is not there.", "Mail cannot leave, and the server does not start.", "Write the password into it, and then: chmod 600 "+p)
	case m.PasswordErr != nil:
		return flaw(NotChecked, check, "It could not be found out ("+cause(m.PasswordErr)+").", "", "See that it is there and that nobody else can read it: ls -l "+p)
	case m.PasswordBad:
		return flaw(Fault, check, "Other users of this machine can read "+p+".", "The server does not start with it.", "Type: chmod 600 "+p)
	}
	return good(check, "%s, which its owner alone can read.", p)
}

// judgeFiles compares what the process may open with what the settings need.
func judgeFiles(s Store) Finding {
	const check = "Files that the server may have open"
	if s.Files < s.Wanted {
		return flaw(Warning, check, fmt.Sprintf("%d.", s.Files), fmt.Sprintf("The settings need %d, so there are fewer connections at once than they say.", s.Wanted),
			"Raise LimitNOFILE in the unit of the service, or ulimit -n where you start it.")
	}
	return good(check, "%d, and %d are enough for the settings.", s.Files, s.Wanted)
}

// Differences of the clock that matter: mail looks odd, or signatures and certificates are not believed.
const (
	clockOff  = 2 * time.Minute
	clockFoul = time.Hour
)

func judgeClock(f Facts) Finding {
	const check = "Clock"
	const do = "Switch on the setting of the clock over the network: timedatectl set-ntp true"
	for _, d := range f.Domains {
		if d.Policy.Date.IsZero() {
			continue
		}
		off := f.Now.Sub(d.Policy.Date).Round(time.Second)
		is := fmt.Sprintf("%s away from that of mta-sts.%s.", off.Abs(), d.Name)
		switch {
		case off.Abs() > clockFoul:
			return flaw(Fault, check, is, "Signatures and certificates are not believed with a wrong clock.", do)
		case off.Abs() > clockOff:
			return flaw(Warning, check, is, "Mail carries a wrong time.", do)
		}
		return good(check, "It agrees with that of mta-sts.%s.", d.Name)
	}
	return flaw(NotChecked, check, fmt.Sprintf("It says %s. No web server was asked that could be compared with.", f.Now.UTC().Format("2 January 2006 15:04 UTC")), "",
		"Compare it with your watch, or see: timedatectl")
}
