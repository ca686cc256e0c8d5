package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// becomeOwner gives up root's rights for those of the owner of the data directory, so that root never leaves a file
// there that the server cannot read. Anybody else must be that owner.
func becomeOwner(dir string) error {
	uid, gid, err := ownerOf(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usage("there is no data directory %s; make one with: sencoforum init", dir)
	case errors.Is(err, fs.ErrPermission):
		return usage("you may not look into %s; run this as root", dir)
	case err != nil:
		return err
	case uid == os.Geteuid():
		return nil
	case os.Geteuid() != 0:
		return usage("the data in %s belongs to %s; run this as root or as that user", dir, userName(uid))
	}
	return becomeUser(uid, gid)
}

// becomeUser changes the whole process to another user, for good.
func becomeUser(uid, gid int) error {
	if err := syscall.Setgroups([]int{gid}); err != nil {
		return fmt.Errorf("become user %d: %w", uid, err)
	}
	if err := syscall.Setgid(gid); err != nil {
		return fmt.Errorf("become user %d: %w", uid, err)
	}
	if err := syscall.Setuid(uid); err != nil {
		return fmt.Errorf("become user %d: %w", uid, err)
	}
	return nil
}

// userName is how people know a user.
func userName(uid int) string {
	u, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return fmt.Sprintf("uid %d", uid)
	}
	return u.Username
}
