"""Requests, grants, clocks and the ledger driven together, at random, on a real database."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from bureau import Bureau, DeliveryOrder
from bureau.correcting import NewCorrection
from core.clock import FixedClock
from core.errors import BureauError, Denied
from sharing.corrections.model import Finding
from sharing.disposal.model import Method
from sharing.model import FinishCause, GrantState, RefusalGround, RequestState
from sharing.records.model import RecordKind
from tests.bureau.test_sharing import asked, read
from tests.conftest import CALENDARS
from tests.town import GOOD, write_registry

PEOPLE = (
    "requester.parks",
    "both.parks",
    "approver.water",
    "both.water",
    "authority.data",
    "auditor.audit",
    "steward.water",
)
COLUMNS = (("meter", "litres"), ("meter", "keeper"))
ACTS = {
    "submit": lambda who, ref: who.submit_request(ref),
    "endorse": lambda who, ref: who.endorse_request(ref),
    "receive": lambda who, ref: who.receive_request(ref),
    "return": lambda who, ref: who.return_request(ref, ["材料"]),
    "supplement": lambda who, ref: who.supplement_request(ref, answer="已补"),
    "extend": lambda who, ref: who.ask_extension(ref, days=3, reason="核对"),
    "consent": lambda who, ref: who.consent_extension(ref),
    "decline": lambda who, ref: who.decline_extension(ref, reason="不必"),
    "approve": lambda who, ref: who.approve_request(ref),
    "refuse": lambda who, ref: who.refuse_request(
        ref, ground=RefusalGround.NOT_HELD, reason="没有"
    ),
    "withdraw": lambda who, ref: who.withdraw_request(ref),
    "lapse": lambda who, ref: who.lapse_request(ref),
}
OF_GRANTS = {
    "accept": lambda who, ref: who.accept_grant(ref),
    "suspend": lambda who, ref: who.suspend_grant(ref, reason="疑似越权"),
    "rectify": lambda who, ref: who.rectify_grant(ref, report="已整改"),
    "resume": lambda who, ref: who.resume_grant(ref, reason="恢复"),
    "revoke": lambda who, ref: who.revoke_grant(ref, reason="终止"),
    "keep": lambda who, ref: who.reviews.keep(ref, reason="仍需要"),
    "record": lambda who, ref: who.records.add(ref, kind=RecordKind.EFFECT, text="节水"),
    "transfer": lambda who, ref: who.onward.ask(ref, to="公司", purpose="外包"),
    "allow": lambda who, ref: who.onward.consent(ref, 1),
    "finish": lambda who, ref: who.disposals.finish(ref, cause=FinishCause.MET, reason="完成"),
    "dispose": lambda who, ref: who.disposals.dispose(ref, how=Method.DELETED, proof="日志"),
    "confirm": lambda who, ref: who.disposals.confirm(ref),
    "complain": lambda who, ref: who.corrections.create(
        NewCorrection(dataset="meters", problem="少十倍", grant=ref)
    ),
}
OF_CORRECTIONS = {
    "receive": lambda who, ref: who.corrections.receive(ref),
    "verify": lambda who, ref: who.corrections.verify(
        ref, finding=Finding.UNFOUNDED, reason="无误"
    ),
    "close": lambda who, ref: who.corrections.close(ref, feedback="已告知"),
    "withdraw": lambda who, ref: who.corrections.withdraw(ref),
}
GOING_ON = {
    RequestState.DRAFT: [("submit", "requester.parks")],
    RequestState.PROPOSED: [("endorse", "both.parks")],
    RequestState.SUBMITTED: [
        ("approve", "approver.water"),
        ("approve", "both.water"),
        ("return", "approver.water"),
        ("extend", "approver.water"),
        ("consent", "authority.data"),
    ],
    RequestState.RETURNED: [("supplement", "requester.parks")],
    RequestState.SECONDING: [("approve", "authority.data"), ("approve", "both.water")],
}
DECIDED = (RequestState.AGREED, RequestState.REFUSED)
people, numbers = st.sampled_from(PEOPLE), st.integers(1, 3)


class City(RuleBasedStateMachine):
    """Nobody's act may break what the law and the ledger hold, whatever came before."""

    @initialize()
    def found(self):
        self.folder = tempfile.TemporaryDirectory()
        self.place = Path(self.folder.name)
        self.clock = FixedClock()
        Bureau.create(self.place / "town", city="深圳市").close()
        self.town = Bureau.open(self.place / "town", clock=self.clock)
        self.town.apply(write_registry(self.place / "registry"))
        self.town.acting_as("operator.data").import_calendar(sorted(CALENDARS.glob("*.csv")))
        self.draft(COLUMNS[0])

    def teardown(self):
        event(f"{len(self.town.list_grants())} grants")
        self.town.close()
        self.folder.cleanup()

    def try_to(self, act, person, ref):
        """Do it, or have it refused; what is refused changes nothing and writes nothing."""
        before = self.town.ledger_head()
        try:
            act(self.town.acting_as(person), ref)
        except BureauError:
            assert self.town.ledger_head() == before
        else:
            assert self.town.ledger_head().size > before.size

    @rule(columns=st.sampled_from(COLUMNS))
    @precondition(lambda self: len(self.town.list_requests()) < 3)
    def draft(self, columns):
        self.town.acting_as("requester.parks").create_request(asked(self.clock, columns=columns))

    @rule(act=st.sampled_from(sorted(ACTS)), person=people, number=numbers)
    def move_request(self, act, person, number):
        self.try_to(ACTS[act], person, f"REQ-{number:04d}")

    @rule(data=st.data(), steps=st.integers(1, 5))
    def go_on(self, data, steps):
        """Acts that are possible, by people whose acts they are, so that requests come far."""
        for _ in range(steps):
            open_ones = [r for r in self.town.list_requests() if r.state in GOING_ON]
            if open_ones:
                act, person = data.draw(st.sampled_from(GOING_ON[open_ones[0].state]))
                self.try_to(ACTS[act], person, open_ones[0].ref)

    @rule(act=st.sampled_from(sorted(OF_GRANTS)), person=people, number=numbers)
    def move_grant(self, act, person, number):
        self.try_to(OF_GRANTS[act], person, f"GRT-{number:04d}")

    @rule(act=st.sampled_from(sorted(OF_CORRECTIONS)), person=people)
    def move_correction(self, act, person):
        self.try_to(OF_CORRECTIONS[act], person, "COR-0001")

    @rule()
    def deliver(self):
        path = self.place / "good.csv"
        path.write_text(GOOD, "utf-8")
        if not self.town.dataset_page("meters").deliveries:
            self.town.acting_as("steward.water").deliver(DeliveryOrder(dataset="meters", path=path))

    @rule(days=st.integers(1, 6))
    def time_passes(self, days):
        self.clock.moment += timedelta(days=days)

    @rule()
    def use(self):
        live = [
            grant
            for grant in self.town.list_grants()
            if grant.state_at(self.clock.now()) is GrantState.ACTIVE
        ]
        try:
            read(self.town, self.place)
        except Denied:
            assert not live
        except BureauError:
            assert not self.town.dataset_page("meters").deliveries
        else:
            assert live

    @invariant()
    def every_grant_was_agreed_to_by_people_entitled_to_it(self):
        requests = {request.ref: request for request in self.town.list_requests()}
        grants = self.town.list_grants()
        agreed = [r.ref for r in requests.values() if r.state is RequestState.AGREED]
        assert sorted(grant.request for grant in grants) == sorted(agreed)
        for grant in grants:
            request = requests[grant.request]
            assert set(grant.terms.columns) <= set(request.terms.columns)
            assert request.endorsed_by not in ("", request.created_by)
            assert grant.granted_by != request.created_by
            if "keeper" in grant.terms.columns:
                assert request.first_approval is not None
                assert request.first_approval.by != grant.granted_by

    @invariant()
    def what_is_decided_waits_for_nothing(self):
        for request in self.town.list_requests():
            running = [c for c in self.town.clocks(f"request:{request.ref}") if c.ended_on is None]
            assert not (request.state in DECIDED and running)

    @invariant()
    def the_ledger_proves_itself_and_the_tables(self):
        assert self.town.verify_ledger().faults == ()


City.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestCity = City.TestCase
