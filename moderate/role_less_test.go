package moderate

import (
	"testing"

	"sencoforum/list"
)

func TestWhatRoleIsLess(t *testing.T) {
	order := []list.Role{list.RoleMember, list.RoleAuditor, list.RoleModerator, list.RoleOwner}
	for i, r := range order {
		for j, than := range order {
			if got := less(r, than); got != (i < j) {
				t.Errorf("%s is less than %s: %v", r, than, got)
			}
		}
	}
}
