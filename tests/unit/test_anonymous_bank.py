"""The estimates for the "Anonymous Bank" twin, on a made-up log and, where it is there, on the real one."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from simdesk.twin import anonymous_bank as bank

REAL = Path(__file__).parents[3] / "shared" / "data" / "anonymous_bank_1999"
HEADER = (
    "vru+line call_id customer_id priority type date vru_entry vru_exit vru_time "
    "q_start q_exit q_time outcome ser_start ser_exit ser_time server"
)
SUNDAY, HOLIDAY, FRIDAY = "990606", "990302", "990604"


def clock(second: int) -> str:
    """As the log writes it: hours without a leading zero."""
    return f"{second // 3600 % 24}:{second // 60 % 60:02d}:{second % 60:02d}"


def call(at: int, wait: int = 0, served: int | None = 60, agent: str = "DANA", **changes: str) -> str:
    """A row: a caller leaves the VRU at `at`, waits, and is served for `served` seconds or hangs up."""
    start = at + wait
    row = {
        "vru+line": "AA0101",
        "call_id": "1",
        "customer_id": "0",
        "priority": "0",
        "type": "PS",
        "date": SUNDAY,
        "vru_entry": clock(at - 8),
        "vru_exit": clock(at),
        "vru_time": "8",
        "q_start": clock(at if wait else 0),
        "q_exit": clock(start if wait else 0),
        "q_time": str(wait),
        "outcome": "HANG" if served is None else "AGENT",
        "ser_start": clock(0 if served is None else start),
        "ser_exit": clock(0 if served is None else start + served),
        "ser_time": str(served or 0),
        "server": "NO_SERVER" if served is None else agent,
    }
    return "\t".join({**row, **changes}.values())


def log_of(folder: Path, *rows: str) -> bank.CallLog:
    with gzip.open(folder / "june.txt.gz", "wt") as file:
        file.write("\n".join(["\t".join(HEADER.split()), *rows]) + "\n")
    return bank.read_calls(folder)


TEN = 10 * 3600


def test_what_is_left_out_is_counted_by_reason(tmp_path: Path) -> None:
    """Every trap of the log costs its row, and only the ordinary call is left."""
    log = log_of(
        tmp_path,
        call(TEN),
        call(TEN, outcome="PHANTOM"),
        call(TEN, outcome="0:00:00", date="0"),
        call(TEN, vru_time="-3"),
        call(TEN, wait=7201),
        call(TEN, date=FRIDAY),
        call(TEN, date=HOLIDAY),
        call(TEN, served=None),
    )

    assert len(log.calls) == 1
    assert {reason for reason, rows in log.excluded.items() if rows == 1} == {
        "phantom",
        "unreadable",
        "negative_vru_time",
        "waited_over_two_hours",
        "weekend",
        "holiday",
        "hung_up_in_vru",
    }


def test_agents_become_numbers_and_garbled_names_are_mended(tmp_path: Path) -> None:
    """NADIA lost her "NA" to a search and replace; a missing name stays nobody."""
    log = log_of(
        tmp_path,
        call(TEN, agent="NADIA"),
        call(TEN + 100, agent="NO_SERVERDIA"),
        call(TEN + 200, agent="NO_SERVER"),
    )

    assert log.calls.agent.tolist() == [0, 0, bank.NOBODY]
    assert "NADIA" not in log.calls.to_csv()


def test_a_service_ends_when_its_agent_starts_the_next_one(tmp_path: Path) -> None:
    """Nobody serves two callers at once."""
    log = log_of(tmp_path, call(TEN, served=500), call(TEN + 300, served=60))

    assert log.calls.service.tolist() == [300, 60]


def test_a_call_answered_after_midnight_is_answered_after_it_came(tmp_path: Path) -> None:
    """The clock starts again at midnight, the day does not."""
    log = log_of(tmp_path, call(24 * 3600 - 10, wait=30))

    assert log.calls.served_at.tolist() == [24 * 3600 + 20]


def test_reality_counts_all_callers_but_not_internet_and_call_backs(tmp_path: Path) -> None:
    """The mean wait includes those who did not wait and those who gave up."""
    log = log_of(
        tmp_path,
        call(TEN),
        call(TEN + 5, wait=30),
        call(TEN + 10, wait=60, served=None),
        call(TEN + 15, wait=900, type="IN"),
        call(TEN + 20, wait=900, type="TT"),
    )

    hour = bank.reality(log).loc[10]

    assert hour.calls_per_day == 3
    assert hour.mean_wait == 30
    assert hour.abandonment == pytest.approx(1 / 3)


def test_kaplan_meier_lets_the_censored_leave_the_risk_set() -> None:
    """Of four, one leaves at 1, one is censored at 2, one of the other two leaves at 3."""
    time, survival = bank.kaplan_meier(np.array([1, 2, 3, 4]), np.array([True, False, True, False]))

    assert time.tolist() == [1, 3]
    assert survival.tolist() == pytest.approx([3 / 4, 3 / 4 * 1 / 2])


def test_poisson_counts_are_not_overdispersed() -> None:
    """A busyness of 0.2 is found again; without it there is next to none."""
    chance = np.random.default_rng(1)
    expected = np.full(20_000, 500.0)

    plain = chance.poisson(expected).astype(float)
    busy = chance.poisson(expected * chance.gamma(25, 1 / 25, 20_000)).astype(float)

    assert bank.overdispersion(plain, expected) < 0.02
    assert bank.overdispersion(busy, expected) == pytest.approx(0.2, abs=0.01)


def test_an_agent_who_lets_callers_wait_is_away(tmp_path: Path) -> None:
    """A caller presses from 10:02:10 to 10:08:20 and is served then: in between the agent was not there."""
    log = log_of(tmp_path, call(TEN, served=60), call(TEN + 120, wait=380, served=60))

    there = next(iter(bank.presence(log).values()))

    assert there[TEN + 30] == 1
    assert there[TEN + 300] == 0
    assert there[TEN + 520] == 1


def test_an_agent_without_callers_is_there(tmp_path: Path) -> None:
    """A pause in which nobody waits is idleness, up to half an hour."""
    log = log_of(tmp_path, call(TEN), call(TEN + 1200), call(TEN + 6000))

    there = next(iter(bank.presence(log).values()))

    assert there[TEN + 600] == 1
    assert there[TEN + 3600] == 0


def test_an_agent_on_a_call_back_is_occupied_elsewhere(tmp_path: Path) -> None:
    """Only the general callers' calls count."""
    log = log_of(tmp_path, call(TEN), call(TEN + 100, served=300, type="TT"), call(TEN + 420))

    there = next(iter(bank.presence(log).values()))

    assert there[TEN + 30] == 1
    assert there[TEN + 250] == 0


def test_wrap_up_is_the_pause_while_callers_wait(tmp_path: Path) -> None:
    """The second waits through the ten seconds after the first call; the third finds nobody waiting."""
    log = log_of(tmp_path, call(TEN, served=60), call(TEN + 20, wait=50, served=60), call(TEN + 300, served=60))

    time, survival = bank.wrap_up(log)

    assert time.tolist() == [10]
    assert survival.tolist() == [0.0]


def test_the_table_of_handle_times_keeps_their_mean(tmp_path: Path) -> None:
    """What loads the agents is the mean: service plus ten seconds of wrap-up."""
    log = log_of(tmp_path, call(TEN, served=60), call(TEN + 20, wait=50, served=180), call(TEN + 900, served=900))

    handle = bank.handle_times(log)["PS"]["day"]

    assert handle["mean"] == pytest.approx((60 + 180 + 900) / 3 + 10)
    assert np.trapezoid(list(handle["quantiles"].values()), list(handle["quantiles"])) == pytest.approx(
        handle["mean"], rel=0.01
    )


def test_whole_agents_keep_the_weekly_sum_of_every_hour() -> None:
    """Three days of 6.4 are 19.2: one day gets 7, and the day nearest to it."""
    whole = bank.whole_agents(np.array([[6.3, 2.0], [6.6, 2.0], [6.3, 2.9]]))

    assert whole.tolist() == [[6, 2], [7, 2], [6, 3]]


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason=f"the real log is not there: {REAL}")
def test_the_real_log_gives_plausible_estimates() -> None:
    """The published facts about this centre: abandonment, volume, short after-call work, stock calls the longest."""
    found = bank.estimate(REAL)

    assert 100 < found["days"] < 150
    assert 0.14 < found["abandonment"] < 0.20
    assert 6_500 < found["arrivals"]["calls_per_week"] < 8_000
    assert 5 < found["handle_times"]["wrap_up"]["mean"] < 25
    day = {kind: found["handle_times"][kind]["day"]["mean"] for kind in ("NW", "PS", "NE")}
    assert day["NW"] < day["PS"] < day["NE"]
    assert all(2 <= agents <= 9 for agents in found["staffing"]["sunday"]["whole"])
    patience = [found["patience"][kind]["exponential_mean"] for kind in ("NW", "PS", "NE")]
    assert patience == sorted(patience)
