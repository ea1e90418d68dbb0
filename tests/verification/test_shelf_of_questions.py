"""The shipped questions: each answers quickly, and what was expected of some of them is put to the test.

``pytest -m slow tests/verification/test_shelf_of_questions.py -s`` takes some two minutes and prints every answer.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from simdesk.durations import DAY
from simdesk.experiment.decide import Answer
from simdesk.experiment.lab import Lab
from simdesk.experiment.sheet import Key
from simdesk.question.ask import Answer as Answered
from simdesk.question.ask import ask
from simdesk.report.answers.tell import tell
from simdesk.shelf import questions

pytestmark = pytest.mark.slow
SHIPPED = sorted(questions().glob("*.yaml"))


def answered(name: str, *, quick: bool = False) -> Answered:
    with Lab() as lab:
        answer = ask(questions() / f"{name}.yaml", quick=quick, lab=lab)
    print(f"\n{answer.asked.question.question}\n{tell(answer).sentence}")
    return answer


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_quick_look_says_that_it_is_one(path: Path):
    """It answers with few runs, in a whole sentence."""
    answer = answered(path.stem, quick=True)

    assert answer.asked.quick
    assert answer.asked.replications <= 10
    assert tell(answer).sentence.endswith(".")


def test_more_self_service_does_not_take_a_fifth_of_the_work_away():
    """Refuted as a law, whichever tickets go; easy ones take least work with them."""
    answer = answered("self-service-claim")

    assert [one.answer for one in answer.decisions] == [Answer.NO, Answer.NO]
    easy, alike = (one.found for one in answer.decisions)
    assert alike.high < easy.low < 0
    assert -0.20 < easy.value / easy.base < -0.02


def test_people_alone_cannot_buy_half_an_hour():
    """With people without end 39 % come within half an hour, as a prototype had found; nothing reaches four of five."""
    answer = answered("thirty-minutes")

    assert {one.answer for one in answer.decisions} == {Answer.NO}
    without_end = answer.decisions[0].found
    assert without_end.low <= 0.39 <= without_end.high + 0.01
    assert max(answer.decisions, key=lambda one: one.found.value).alternative == "all of it"


def test_five_per_cent_of_slack_turn_weeks_into_less_than_a_day():
    """The scanner without its old list."""
    answer = answered("slack-mri")

    assert [one.answer for one in answer.decisions] == [Answer.YES]


def test_one_crew_that_is_idle_all_year_is_right():
    """A second one costs more than it saves."""
    answer = answered("slack-fire-truck")

    assert answer.result.cheapest.agents == 1
    assert answer.result.as_cheap == ()
    assert answer.result.cheapest["occupancy"].high < 0.01


def test_a_pool_ends_most_of_the_waiting_and_less_variable_work_about_half():
    """Expected were a factor near seven, and a half; a few who know everything bring a good part of the pool's gain."""
    answer = answered("pool")

    found = {one.alternative: one.found for one in answer.decisions}
    left = {name: one.other / one.base for name, one in found.items()}
    assert left["one pool"] < 0.25
    assert 0.4 < left["work varies less"] < 0.65
    assert left["one pool"] < left["three of nine know everything"] < left["two of nine know everything"] < 1


def test_the_order_of_the_queue_moves_the_old_rather_than_the_many():
    """Near saturation: newest first leaves older tickets behind than oldest first."""
    answer = answered("dispatch")

    age = Key("backlog_age_p90")
    newest, oldest = (answer.result.alternatives[name].estimate(age).value for name in ("newest first", "oldest first"))
    print(f"nine of ten open tickets are younger than {newest / DAY:.1f} days, oldest first {oldest / DAY:.1f} days")
    assert newest >= oldest
