"""Journeys laid out as graphs: hand-made grammars, drawn for a few tickets."""

from __future__ import annotations

import numpy as np
import pytest

from simdesk.clock import NEVER
from simdesk.distributions import Distribution
from simdesk.states import Outcome, State
from simdesk.workload.grammar import Choice, Delay, End, Node, Patient, Sequence, Work, expected_work
from simdesk.workload.graph import Steps, steps_of
from simdesk.workload.program import Program
from simdesk.workload.streams import Streams


def exactly(seconds: int) -> Distribution:
    return Distribution.model_validate({"constant": {"value": f"{seconds} s"}})


def work(seconds: int, team: int = 0, **more: object) -> Work:
    return Work(team, exactly(seconds), f"work/{team}/{seconds}", **more)


def delay(seconds: int) -> Delay:
    return Delay(State.PENDING, exactly(seconds), f"delay/{seconds}")


def laid_out(tree: Node, tickets: int = 1, order: list[int] | None = None) -> Steps:
    """The graph of some tickets of one day, in an order of arrival."""
    program = Program()
    program.write(("journey",), tree, "")
    zeros = np.zeros(tickets, np.int64)
    numbers = np.arange(tickets) if order is None else np.array(order, np.int64)
    return steps_of(program, zeros + program.start(("journey",)), zeros, numbers, Streams(5, 0))


def edges(steps: Steps) -> list[tuple[int, int]]:
    sources = np.repeat(np.arange(steps.first[-1]), np.diff(steps.successor_at))
    return list(zip(sources.tolist(), steps.successors.tolist(), strict=True))


def test_a_sequence_is_a_chain():
    """One after the other; the first has no predecessor."""
    steps = laid_out(Sequence((work(60), delay(30), work(90, 1))))

    assert edges(steps) == [(0, 1), (1, 2)]
    assert steps.columns["predecessors"].tolist() == [0, 1, 1]
    assert steps.columns["team"].tolist() == [0, -1, 1]
    assert steps.columns["work"].tolist() == [60_000, 0, 90_000]
    assert steps.columns["duration"].tolist() == [0, 30, 0]
    assert steps.ends_as.tolist() == [Outcome.RESOLVED]


def test_an_end_ends_the_ticket():
    """Nothing after it is drawn, and its outcome is told."""
    steps = laid_out(Sequence((delay(30), End(Outcome.SELF_SERVICE), work(60))))

    assert edges(steps) == []
    assert steps.first.tolist() == [0, 1]
    assert steps.ends_as.tolist() == [Outcome.SELF_SERVICE]


def test_a_choice_takes_each_branch_as_often_as_it_says():
    """Here 20 and 50 of a hundred; the rest passes by."""
    tree = Sequence((Choice("which", ((0.2, work(1, 1)), (0.5, work(1, 2)))), work(1, 0)))

    steps = laid_out(tree, tickets=4000)

    teams = steps.columns["team"]
    for team, share in ((1, 0.2), (2, 0.5)):
        assert abs((teams == team).sum() / 4000 - share) < 4 * np.sqrt(share * (1 - share) / 4000)
    assert (teams == 0).sum() == 4000  # who went past, and who came back from a branch


def test_tickets_stand_in_the_order_of_arrival():
    """Whatever the order in which they were drawn; steps of one never lead to another."""
    tree = Sequence((Work(0, exactly(60), "work", 1.0, 0), Choice("more", ((0.5, work(5, 1)),)), work(7, 2)))

    plain, turned = laid_out(tree, 50), laid_out(tree, 50, list(range(49, -1, -1)))

    lengths = np.diff(plain.first)
    assert np.array_equal(np.diff(turned.first), lengths[::-1])
    owner = np.repeat(np.arange(50), np.diff(turned.first))
    assert all(owner[a] == owner[b] for a, b in edges(turned))


def test_scale_and_extra_make_the_drawn_work():
    """Half of a minute and a hand-over of ten seconds; the mean of its kind as well."""
    steps = laid_out(work(60, scale=0.5, extra=10_000))

    assert steps.columns["work"].tolist() == [40_000]
    assert steps.columns["expected_work"].tolist() == [40_000]


def test_an_attempt_after_giving_up_stands_beside_the_way():
    """The queue leads on to what follows; only who gives up comes to the second attempt, and then on as well."""
    again = Sequence((delay(300), Work(0, exactly(60), "work", 1.0, 0, Patient(exactly(5), "patience/2"))))
    first = Work(0, exactly(60), "work", 1.0, 0, Patient(exactly(9), "patience/1", 1.0, again))

    steps = laid_out(Sequence((first, work(90, 1))))

    assert edges(steps) == [(0, 3), (1, 2), (2, 3)]
    assert steps.columns["if_given_up"].tolist() == [1, -1, -1, -1]
    assert steps.columns["patience"].tolist() == [9, NEVER, 5, NEVER]
    assert steps.columns["predecessors"].tolist() == [0, 1, 1, 1]


def test_who_does_not_try_again_has_no_second_attempt():
    """With a share of a half, half of the tickets have the steps, and the others leave."""
    again = Sequence((delay(300), work(60)))
    first = Work(0, exactly(60), "work", 1.0, 0, Patient(exactly(9), "patience/1", 0.5, again))

    steps = laid_out(first, tickets=2000)

    lengths = np.diff(steps.first)
    has = lengths == 3
    assert set(lengths.tolist()) == {1, 3}
    assert abs(has.mean() - 0.5) < 4 * 0.5 / np.sqrt(2000)
    assert np.array_equal(steps.columns["if_given_up"][steps.first[:-1]] >= 0, has)


@pytest.mark.parametrize(
    ("tree", "expected", "past"),
    [
        (Sequence((work(60), work(30, 1))), {0: 60_000, 1: 30_000}, 1),
        (Sequence((Choice("x", ((0.25, work(60)),)), work(8))), {0: 23_000}, 1),
        (Sequence((Choice("x", ((0.4, End(Outcome.AUTOMATION)),)), work(10, 2))), {2: 6_000}, 0.6),
        (Sequence((work(10), work(10, scale=0.5, extra=1_000))), {0: 16_000}, 1),
        (Sequence((delay(99), End(Outcome.SELF_SERVICE), work(60))), {0: 0}, 0),
        (
            Choice("x", ((0.5, Sequence((work(4), Choice("y", ((0.5, work(8, 1)),))))), (0.5, work(2)))),
            {0: 3_000, 1: 2_000},
            1,
        ),
    ],
)
def test_the_expectation_can_be_worked_out_by_hand(tree: Node, expected: dict[int, float], past: float):
    """Work of each team for a ticket, and the probability of getting past."""
    work_by_team, through = expected_work(tree)

    assert work_by_team == pytest.approx(expected)
    assert through == pytest.approx(past)


def test_nothing_drawn_is_an_empty_table():
    """A type without tickets."""
    steps = laid_out(Sequence((work(60), work(30))), tickets=0)

    assert steps.first.tolist() == [0]
    assert steps.successors.size == 0


def test_room_is_made_for_as_many_steps_as_there_are(monkeypatch: pytest.MonkeyPatch):
    """Nothing is lost when the first guess is far too small."""
    tree = Sequence((work(60), Choice("more", ((0.5, Sequence((work(5, 1),) * 20)),)), work(7, 2)))
    plain = laid_out(tree, 500)

    monkeypatch.setattr("simdesk.workload.graph._FIRST_GUESS", 0.0)
    cramped = laid_out(tree, 500)

    assert all(np.array_equal(cramped.columns[name], column) for name, column in plain.columns.items())
    assert np.array_equal(cramped.first, plain.first)


def test_a_program_is_written_on_while_it_is_used():
    """A journey that is needed later stands behind the others, and changes nothing in them."""
    program = Program()
    program.write(("one",), work(60), "")
    before = steps_of(program, np.zeros(3, np.int64), np.zeros(3, np.int64), np.arange(3), Streams(5, 0))
    program.write(("two",), Sequence((delay(30), work(90, 1))), "again/")

    starts = np.array([program.start(("one",)), program.start(("two",))])
    after = steps_of(program, starts, np.zeros(2, np.int64), np.arange(2), Streams(5, 0))

    assert before.columns["work"].tolist() == [60_000] * 3
    assert after.columns["work"].tolist() == [60_000, 0, 90_000]
    assert [program.knows((name,)) for name in ("one", "two", "three")] == [True, True, False]


def test_two_names_with_one_hash_are_refused(monkeypatch: pytest.MonkeyPatch):
    """As unlikely as it is: nobody may share somebody else's luck unseen."""
    monkeypatch.setattr("simdesk.workload.program.name_hash", lambda name: 7)

    with pytest.raises(ValueError, match="two streams would share their words: 'delay/30' and 'work/0/60'"):
        Program().write(("journey",), Sequence((work(60), delay(30))), "")
