"""What everybody may do, and what roles add to it."""

from almoner.rules.roles import ROLE_PERMISSIONS, Actor, Held, Permission, Role, permissions_of

EVERYBODY = {Permission.PORTAL_READ, Permission.PORTAL_WRITE}
SIGNED_IN = EVERYBODY | {Permission.ACCOUNT_READ}


def test_the_portal_is_for_everybody_and_an_account_for_whoever_is_signed_in() -> None:
    assert permissions_of([], signed_in=False) == EVERYBODY
    assert permissions_of([], signed_in=True) == SIGNED_IN
    assert permissions_of([Role.ADMINISTRATOR], signed_in=False) == EVERYBODY


def test_every_role_has_its_permissions_and_every_permission_a_role() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    granted = frozenset().union(*ROLE_PERMISSIONS.values())
    assert granted | SIGNED_IN == set(Permission)


def test_parts_that_watch_each_other_are_different_roles() -> None:
    for one, other in (
        (Permission.TENDER_DRAFT, Permission.TENDER_PUBLISH),
        (Permission.TENDER_DRAFT, Permission.AWARD_DECIDE),
        (Permission.CONTRACT_DRAFT, Permission.CONTRACT_SIGN_PURCHASER),
        (Permission.CONTRACT_SIGN_PURCHASER, Permission.CONTRACT_SIGN_PROVIDER),
        (Permission.PAYMENT_ACCEPT, Permission.PAYMENT_PAY),
        (Permission.EVALUATION_RATE, Permission.EVALUATION_CONCLUDE),
        (Permission.SESSION_LOG, Permission.SESSION_CONFIRM),
        (Permission.TASK_ASK, Permission.TASK_AGREE),
        (Permission.TASK_ASK, Permission.TASK_OVERRIDE),
        (Permission.BID_MAKE, Permission.PANEL_SCORE),
    ):
        both = [role for role, allowed in ROLE_PERMISSIONS.items() if {one, other} <= allowed]
        assert both == [], (one, other)


def test_only_administrators_manage_people_and_do_nothing_else_in_a_purchase() -> None:
    assert ROLE_PERMISSIONS[Role.ADMINISTRATOR] == {
        Permission.AUDIT_READ,
        Permission.CLOCK_SET,
        Permission.PEOPLE_MANAGE,
    }
    for role in set(Role) - {Role.ADMINISTRATOR}:
        assert Permission.PEOPLE_MANAGE not in ROLE_PERMISSIONS[role]


def test_an_auditor_reads_whatever_is_read_and_changes_nothing() -> None:
    reading = {permission for permission in Permission if permission.endswith(".read")}
    assert ROLE_PERMISSIONS[Role.AUDITOR] == reading - SIGNED_IN


def test_roles_add_up() -> None:
    both = permissions_of([Role.AUDITOR, Role.RATER], signed_in=True)
    assert both == SIGNED_IN | ROLE_PERMISSIONS[Role.AUDITOR] | ROLE_PERMISSIONS[Role.RATER]


def test_own_roles_come_before_those_of_somebody_away() -> None:
    own, lent = Held(Role.AUDITOR, None), Held(Role.AUDITOR, None, instead_of="wang")
    assert Actor("li", (own, lent)).acting(Permission.AUDIT_READ) == own
