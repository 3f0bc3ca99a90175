from almoner.rules.roles import ROLE_PERMISSIONS, Permission, Role, permissions_of

EVERYBODY = {Permission.PORTAL_READ}
SIGNED_IN = {Permission.PORTAL_READ, Permission.ACCOUNT_READ}


def test_the_portal_is_for_everybody_and_an_account_for_whoever_is_signed_in():
    assert permissions_of([], signed_in=False) == EVERYBODY
    assert permissions_of([], signed_in=True) == SIGNED_IN
    assert permissions_of([Role.ADMINISTRATOR], signed_in=False) == EVERYBODY


def test_what_each_role_adds():
    added = {role: permissions_of([role], signed_in=True) - SIGNED_IN for role in Role}
    assert {role: permissions for role, permissions in added.items() if permissions} == {
        Role.AUDITOR: {Permission.AUDIT_READ},
        Role.ADMINISTRATOR: {Permission.AUDIT_READ, Permission.CLOCK_SET},
    }
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_roles_add_up():
    both = permissions_of([Role.AUDITOR, Role.RATER], signed_in=True)
    assert both == SIGNED_IN | {Permission.AUDIT_READ}
