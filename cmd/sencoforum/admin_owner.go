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
	uid, gid, err := ownerToBe(dir)
	if err != nil || uid == os.Geteuid() {
		return err
	}
	return becomeUser(uid, gid)
}

// asOwner is becomeOwner for a while: back gives root its rights again.
func asOwner(dir string) (back func() error, err error) {
	uid, gid, err := ownerToBe(dir)
	if err != nil || uid == os.Geteuid() {
		return func() error { return nil }, err
	}
	was, group := os.Geteuid(), os.Getegid()
	groups, err := os.Getgroups()
	if err == nil {
		err = syscall.Setgroups([]int{gid})
	}
	if err == nil {
		err = syscall.Setresgid(-1, gid, -1)
	}
	if err == nil {
		err = syscall.Setresuid(-1, uid, -1)
	}
	if err != nil {
		return nil, fmt.Errorf("become user %d: %w", uid, err)
	}
	return func() error {
		err := syscall.Setresuid(-1, was, -1)
		if err == nil {
			err = syscall.Setresgid(-1, group, -1)
		}
		if err == nil {
			err = syscall.Setgroups(groups)
		}
		if err != nil {
			return fmt.Errorf("become user %d again: %w", was, err)
		}
		return nil
	}, nil
}

// ownerToBe is the owner of the data directory, whom this process is or may become.
func ownerToBe(dir string) (uid, gid int, err error) {
	uid, gid, err = ownerOf(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = usage("there is no data directory %s; make one with: sencoforum init", dir)
	case errors.Is(err, fs.ErrPermission):
		err = usage("you may not look into %s; run this as root", dir)
	case err == nil && uid != os.Geteuid() && os.Geteuid() != 0:
		err = usage("the data in %s belongs to %s; run this as root or as that user", dir, userName(uid))
	}
	return uid, gid, err
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
