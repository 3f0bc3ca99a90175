"""The pages of an evaluation, as everybody who has a part in it clicks through them."""

from datetime import date

import pytest
from django.test import Client
from tests.evaluation.test_evaluation_work import LEAVES, NOW, Walk
from tests.once import once_a_module, own_copy

from almoner.accounts.models import Person
from almoner.evaluation.models import Consequence, Evaluation, Rating
from almoner.parties.models import OrganisationLink
from almoner.rules.roles import Role
from almoner.web import clock

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def _walk() -> Walk:
    walk = Walk()
    clock.start_demonstration(actor="t", at=NOW, day=date(2026, 7, 1))
    return walk


copies = once_a_module(_walk)
on = own_copy()


def client(login: str) -> Client:
    made = Client()
    made.force_login(Person.objects.get(login=login))
    return made


def text(who: Client, address: str) -> str:
    return who.get(address).content.decode()


def assign(on: Walk) -> str:
    supervisor = client("supervisor")
    choice = f"contract=C-1&agency={on.on.agency.uscc}"
    address = f"/en/desk/evaluations/assign/?{choice}"
    raters = list(Person.objects.filter(login__startswith="rater").values_list("pk", flat=True))
    facts = {"stage": "midterm", "period_from": "2026-01-01", "period_to": "2026-06-30"}
    answer = supervisor.post(address, {**facts, "raters": raters}, follow=True)
    assert "The evaluation is assigned." in answer.content.decode()
    return Evaluation.objects.get().id


def score_all(rater: Client, ref: str) -> None:
    for number in range(1, len(LEAVES) + 1):
        address = f"/en/desk/evaluations/{ref}/score/{number}/"
        page = text(rater, address)
        version = page.partition('name="version" value="')[2].partition('"')[0]
        facts = {"score": "8", "reason": "Seen", "evidence": ["term:T1"], "version": version}
        answer = rater.post(address, {**facts, "next": ""})
        assert answer.status_code == 302, answer.content.decode()


def test_an_evaluation_from_assignment_to_consequence(on: Walk) -> None:
    ref = assign(on)
    address = f"/en/desk/evaluations/{ref}/"
    first, second, lead = client("rater"), client("rater2"), client("lead")
    score_all(first, ref)
    assert "Hand in your scores" in text(first, f"{address}score/")
    first.post(f"{address}hand-in/")
    assert "Seen" not in text(second, address) and "Seen" not in text(lead, address)
    score_all(second, ref)
    second.post(f"{address}hand-in/")
    assert "Seen" in text(lead, address)
    assert lead.post(f"{address}conclude/", {"conclusion": "Good"}).status_code == 409
    director = client("director")
    assert "Reply to the scores" in text(director, address)
    director.post(f"{address}reply/", {"text": "We agree"})
    lead.post(f"{address}conclude/", {"conclusion": "Good work"})
    assert Rating.objects.count() == 6
    page = text(client("signatory"), address)
    assert "Good work" in page and "We agree" in page and "Decide what follows" in page
    client("signatory").post(f"{address}follow/", {"kind": "payment_adjusted", "amount": "-100"})
    assert Consequence.objects.get().amount_fen == -10_000
    assert "Payment adjusted" in text(director, address)


def test_raters_do_not_see_each_others_sheets(on: Walk) -> None:
    ref = assign(on)
    score_all(client("rater"), ref)
    assert "Seen" not in text(client("rater2"), f"/en/desk/evaluations/{ref}/score/1/")
    assert client("lead").get(f"/en/desk/evaluations/{ref}/score/").status_code == 403


def test_two_tabs_of_one_rater_do_not_overwrite_each_other(on: Walk) -> None:
    ref = assign(on)
    rater, address = client("rater"), f"/en/desk/evaluations/{ref}/score/1/"
    facts = {"score": "8", "reason": "First tab", "evidence": ["term:T1"], "version": "1"}
    rater.post(address, {**facts, "stay": ""})
    answer = rater.post(address, {**facts, "reason": "Second tab", "stay": ""})
    assert answer.status_code == 409 and "Second tab" in answer.content.decode()
    assert "First tab" in text(rater, address)


def test_a_tied_agency_is_refused_beside_the_form_in_both_languages(on: Walk) -> None:
    OrganisationLink.objects.create(organisation=on.on.provider, other=on.on.agency, kind="founder")
    choice = f"contract=C-1&agency={on.on.agency.uscc}"
    raters = list(Person.objects.filter(login__startswith="rater").values_list("pk", flat=True))
    facts = {"stage": "midterm", "period_from": "2026-01-01", "period_to": "2026-06-30"}
    for language, words in (("en", "tied to the provider"), ("zh-hans", "利害关系")):
        address = f"/{language}/desk/evaluations/assign/?{choice}"
        answer = client("supervisor").post(address, {**facts, "raters": raters})
        assert answer.status_code == 409 and words in answer.content.decode()


def test_others_find_no_evaluation(on: Walk) -> None:
    ref = assign(on)
    stranger = on.person("stranger", Role.PROVIDER_DIRECTOR, on.on.rival.uscc)
    assert client(stranger.login).get(f"/en/desk/evaluations/{ref}/").status_code == 404
    assert ref not in text(client(stranger.login), "/en/desk/evaluations/")
    assert ref in text(client("director"), "/zh-hans/desk/evaluations/")
