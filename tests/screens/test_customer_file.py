"""The customer file by keys: masked until asked for, every look a fact, thousands of moments, other people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.case.model import Case, Moment
from domain.facts import payloads as p
from screens.customer_file import FileScreen
from screens.ports import Refused
from screens.ports_file import OlderMoments
from screens.queue import QueueScreen
from screens.widgets.linelist import LineList
from tests.screens.conftest import Driven
from tests.screens.test_agent_day import payloads, press
from tests.support.desks import OpenDesk
from tests.support.people import NOW, Story, promise
from tests.support.places import text_of
from tui.desk.customerfile import CustomerFile

CASE = "c-file"


def rich_case() -> Story:
    """Tell a story with something in every section."""
    story = Story(CASE, "孙丽", open=990_000)
    second = p.Phone("+8613700137000", type="mobile", region="CN", zones=("Asia/Shanghai",), label="work")
    contacts = p.ContactsStated(
        "import-2", (second,), email="sun@example.com", address="朝阳路 8 号", person="孙 经理", pay_day=25
    )
    story.add(contacts, NOW - timedelta(days=25), author="server")
    story.call("no_answer", NOW - timedelta(days=12))
    story.call("promise", NOW - timedelta(days=10), talk=95)
    story.add(promise(300_000, date(2026, 11, 17)), NOW - timedelta(days=10))
    story.add(p.PaymentReceived("pay-1", 100_000, "CNY", date(2026, 11, 16)), NOW - timedelta(days=8), author="server")
    story.add(p.ContactReported("wrong_number", number="+8613700137000"), NOW - timedelta(days=7))
    story.add(p.NoteAdded("wages on the 25th"), NOW - timedelta(days=6))
    story.add(p.ConsentWithdrawn(channel="sms"), NOW - timedelta(days=5))
    return story


@pytest.fixture(autouse=True)
def _case(opened: OpenDesk) -> None:
    opened.receive([rich_case().case()])


OPEN = ["slash", "=孙丽", "enter", "v"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_file_is_masked_until_a_look_is_recorded(
    driven: Driven, opened: OpenDesk, size: tuple[int, int]
) -> None:
    async with driven(size) as pilot:
        await press(pilot, OPEN)
        seen = text_of(pilot.app)
        for hidden in ("sun@example.com", "朝阳路", "138 0013 8000", "孙 经理"):
            assert hidden not in seen
        assert "wrong number" in seen
        assert "10:00 in Shanghai" in seen
        assert payloads(opened, CASE) == []
        await press(pilot, ["v"])
        seen = text_of(pilot.app)
        for shown in ("sun@example.com", "朝阳路", "138 0013 8000"):
            assert shown in seen
        assert payloads(opened, CASE) == [p.FileViewed("identity")]
        await press(pilot, ["v"])
        assert "138 0013 8000" not in text_of(pilot.app)
        await press(pilot, ["escape"])
        assert isinstance(pilot.app.screen, QueueScreen)


async def test_a_number_names_its_network_and_how_it_has_done(driven: Driven, opened: OpenDesk) -> None:
    story = Story("c-health", "Klara")
    for number in range(4):
        story.call("no_answer", NOW - timedelta(days=9 - number))
    story.call("call_back", NOW - timedelta(days=4), talk=40)
    opened.receive([story.case()])
    async with driven() as pilot:
        await press(pilot, ["slash", "=Klara", "enter", "v"])
        await pilot.app.workers.wait_for_complete([each for each in pilot.app.workers if each.group == "carriers"])
        await pilot.pause()
        seen = text_of(pilot.app)
        assert "China Mobile" in seen
        assert "seldom answers: 5 tries, 1 answered" in seen
        await press(pilot, ["escape", "f9", "v"])
        assert "中国移动" in text_of(pilot.app)
        assert "上海" in text_of(pilot.app)


async def test_every_section_says_what_is_known(driven: Driven) -> None:
    expected = {
        "1": ["孙丽", "2 tries, 1 answered", "no answer", "a channel is closed", "nobody: + names somebody"],
        "2": ["LN-20260123", "34", "M2", "CN¥9,900.00"],
        "3": ["partly kept", "CN¥3,000.00", "CN¥1,000.00"],
        "4": ["payment", "promised", "contacts imported"],
        "5": ["call 1:35", "no answer"],
        "6": ["wages on the 25th", "asked us to stop", "wrong number"],
    }
    async with driven() as pilot:
        await press(pilot, OPEN)
        for key, words in expected.items():
            await press(pilot, [key])
            seen = text_of(pilot.app)
            for each in words:
                assert each.replace("CN¥", "¥") in seen.replace("CN¥", "¥"), (key, each, seen)
        await press(pilot, ["right"])
        assert "Also known" not in text_of(pilot.app)
        assert pilot.app.screen.query_one(LineList).line_count > 5


async def test_a_locked_screen_masks_the_file_again(driven: Driven) -> None:
    async with driven() as pilot:
        await press(pilot, [*OPEN, "v"])
        assert "sun@example.com" in text_of(pilot.app)
        await press(pilot, ["ctrl+l"])
        assert "sun@example.com" not in text_of(pilot.app)
        await press(pilot, ["=secret", "enter"])
        assert isinstance(pilot.app.screen, FileScreen)
        assert "sun@example.com" not in text_of(pilot.app)


async def test_the_file_opens_from_a_call_and_esc_comes_back_to_it(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, ["slash", "=孙丽", "enter", "enter", "v"])
        assert isinstance(pilot.app.screen, FileScreen)
        await press(pilot, ["escape", "d", "v", "v"])
        call = opened.desk.call
        assert call is not None
        assert [each for each in payloads(opened, CASE) if isinstance(each, p.FileViewed)] == [
            p.FileViewed("identity", call.id)
        ]


async def test_a_case_taken_away_is_blanked_in_its_file(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, OPEN)
        opened.receive([], removed=[CASE], ver=2)
        await pilot.pause()
        assert "孙丽" not in text_of(pilot.app)
        assert "no longer yours" in text_of(pilot.app)


async def test_somebody_else_is_named_and_what_was_typed_survives_esc(driven: Driven, opened: OpenDesk) -> None:
    async with driven() as pilot:
        await press(pilot, [*OPEN, "plus", "=Li Wei", "tab", "=spouse", "escape", "plus"])
        assert "Li Wei" in text_of(pilot.app)
        await press(pilot, ["tab", "tab", "=12", "enter"])
        assert "nothing was saved" in text_of(pilot.app)
        await press(pilot, ["backspace", "backspace", "=13900139000", "tab", "space"])
        await press(pilot, ["tab", "=said so on the call", "enter"])
        assert isinstance(pilot.app.screen, FileScreen)
        seen = text_of(pilot.app)
        assert "Li Wei · spouse · may be told of the debt" in seen
        assert "139 **** 9000" in seen
        named = payloads(opened, CASE)
        assert isinstance(named[0], p.PersonNamed)
        assert (named[0].phones[0].e164, named[0].evidence) == ("+8613900139000", "said so on the call")


class OlderPages:
    """A file desk whose older history has pages, as the server's has."""

    def __init__(self, opened: OpenDesk, moments: list[Moment]) -> None:
        self.behind = CustomerFile(opened.desk._parts, opened.desk.case, lambda: opened.desk.call)
        self.moments = moments
        self.asked: list[str] = []

    async def older(self, _case_id: str, before: str) -> OlderMoments | Refused:
        self.asked.append(before)
        place = next(i for i, moment in enumerate(self.moments) if moment.fact == before)
        page = self.moments[max(0, place - 60) : place]
        return OlderMoments(page[::-1], page[0].fact if place > 60 else None)


def long_case(facts: int) -> tuple[Case, list[Moment]]:
    """Give a case of many years and all its moments, oldest first."""
    story = Story(CASE, "孙丽", open=990_000)
    for number in range(facts - 1):
        at = NOW - timedelta(hours=20 * (facts - number))
        story.add(p.NoteAdded(f"note {number:04d}"), at)
    whole = story.case()
    everything = tuple(
        Moment(fact.id, fact.at, fact.type, fact.author, {"text": getattr(fact.payload, "text", "")}, fact.author_name)
        for fact in sorted(story.facts, key=lambda each: each.at)
        if fact.type == "note.added"
    )
    return replace(whole, timeline=everything[-60:], older=len(everything) - 60), list(everything)


async def test_the_whole_history_comes_page_by_page_as_it_is_scrolled(
    driven: Driven, opened: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, moments = long_case(600)
    opened.receive([case], ver=2)
    pages = OlderPages(opened, moments)
    monkeypatch.setattr(type(opened.desk), "file", property(lambda _desk: pages))
    async with driven() as pilot:
        await press(pilot, [*OPEN, "4"])
        assert "note 0598" in text_of(pilot.app)
        for _ in range(40):
            await press(pilot, ["end"])
            if pages.asked and "note 0000" in text_of(pilot.app):
                break
        assert "note 0000" in text_of(pilot.app)
        assert pilot.app.screen.query_one(LineList).line_count == len(moments)
        assert len(set(pages.asked)) == len(pages.asked) == 9


async def test_without_a_server_older_history_says_so(driven: Driven, opened: OpenDesk) -> None:
    case, _ = long_case(200)
    opened.receive([case], ver=2)
    async with driven() as pilot:
        await press(pilot, [*OPEN, "4", "end"])
        assert "Older history is on the server" in text_of(pilot.app)
        assert "note 0139" in text_of(pilot.app)


async def test_a_long_note_is_read_in_full(driven: Driven, opened: OpenDesk) -> None:
    story = rich_case()
    words = "the landlord says " + "and then " * 30 + "finally paid"
    story.add(p.NoteAdded(words), NOW - timedelta(hours=5))
    opened.receive([story.case()], ver=2)
    async with driven((80, 24)) as pilot:
        await press(pilot, [*OPEN, "6"])
        assert "finally paid" in " ".join(text_of(pilot.app).split())
