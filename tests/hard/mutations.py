"""A mutation fuzzer: shipped scenarios and questions, damaged in seeded ways, are validated; some that pass are run.

    python tests/hard/mutations.py --count 10000 --seed 1 --run 200

Of every input it is asked that no traceback and no signal comes, that the answer takes no more than two seconds of a
processor, and that it needs no more than 200 MB more than nothing. What fails is kept in a folder and named. Each
process does a batch of inputs; if it dies, the input it had begun is to blame.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SECONDS: Final = 2.0
MEGABYTES: Final = 200
_BATCH: Final = 100

WORDS: Final = (
    "", "~", "null", "true", "-1", "0", "1", "1e999", "-0.0", ".nan", "1.2", "120 %", "-5 %", "0 %", "0 s", "1 s",
    "1 business day", "9 years", "999999999999", "1_000", "0x1F", "09:00", '"09:00"', '"17:00-08:00"', "'", '"', "[",
    "{", "[]", "{}", "&a x", "*a", "!!python/object/apply:os.system [ls]", "<<", "? x", "|", ">", "%TAG", "---", "...",
    "\t", "\u0000", "\u202e", "\ufeff", "é", "e\u0301", "漢字", "🚒", "\ud7ff", "a" * 5000, "=cmd|' /C calc'!A0",
    "../../etc/passwd", "<script>alert(1)</script>", "P1", "P9", "tier_1", "first_line", "always", "office", "flat",
    "1 per minute", "1e6 per minute", "35 EUR per hour", "EUR", "2026-02-30", "1969-12-31", "Europe/Nowhere", "DE-XX",
    "{lognormal: {mean: 5 min, cv: 1e9}}", "{constant: {value: 0 s}}", "{exponential: {mean: 10 years}}",
)  # fmt: skip
"""What is written in the place of a value: what people mistype, and what attackers send."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one input did.

    Attributes:
        name: of its file.
        verdict: `accepted`, `refused`, or what went wrong.
        detail: the end of a traceback, or a figure.
        seconds: of a processor that it took.
        megabytes: by which the process has grown since it began, at most.
    """

    name: str
    verdict: str
    detail: str
    seconds: float
    megabytes: float


def seeds() -> list[Path]:
    """The files that are damaged: every shipped scenario and question."""
    return sorted([*ROOT.glob("scenarios/**/*.yaml"), *ROOT.glob("experiments/*.yaml")])


def mutated(text: str, luck: random.Random) -> str:
    """A text after one to four mutations."""
    for _ in range(luck.choice((1, 1, 1, 2, 3, 4))):
        text = luck.choice(_MUTATIONS)(text, luck)
    return text[:300_000]


def _value(text: str, luck: random.Random) -> str:
    """Another value after a colon."""
    places = list(re.finditer(r": +([^\n#{}\[\],]+)", text))
    if not places:
        return text
    place = luck.choice(places)
    return text[: place.start(1)] + luck.choice(WORDS) + text[place.end(1) :]


def _number(text: str, luck: random.Random) -> str:
    """Another number, with its unit kept."""
    places = list(re.finditer(r"\d+(\.\d+)?", text))
    if not places:
        return text
    place = luck.choice(places)
    factor = luck.choice((0, -1, 0.001, 0.5, 2, 10, 1000, 1e6, 1e12))
    number = float(place[0]) * factor
    return text[: place.start()] + f"{number:g}" + text[place.end() :]


def _line(text: str, luck: random.Random) -> str:
    """A line deleted, doubled, moved, indented otherwise, or taken from elsewhere."""
    lines = text.split("\n")
    here, there = luck.randrange(len(lines)), luck.randrange(len(lines))
    action = luck.randrange(5)
    if action == 0:
        del lines[here]
    elif action == 1:
        lines.insert(there, lines[here])
    elif action == 2:
        lines[here], lines[there] = lines[there], lines[here]
    elif action == 3:
        lines[here] = luck.choice(("  ", " ", "\t", "- ", "#")) + lines[here]
    else:
        lines[here] = lines[here].lstrip()
    return "\n".join(lines)


def _key(text: str, luck: random.Random) -> str:
    """A key misspelt, or exchanged for another of the file."""
    keys = list(re.finditer(r"([A-Za-z_][\w-]*):", text))
    if not keys:
        return text
    key, other = luck.choice(keys), luck.choice(keys)[1]
    word = luck.choice((other, key[1][:-1], key[1] + luck.choice("sx9"), key[1].upper(), luck.choice(WORDS)))
    return text[: key.start(1)] + word + text[key.end(1) :]


def _character(text: str, luck: random.Random) -> str:
    """A character deleted, added, or exchanged."""
    at = luck.randrange(len(text) + 1)
    odd = luck.choice((*":-{}[]#&*!|>'\"%@`,?\n\t ", "\0", "\u2028", chr(luck.randrange(0x20, 0xD7FF))))
    return text[:at] + luck.choice(("", odd)) + text[at + luck.choice((0, 1)) :]


def _repeated(text: str, luck: random.Random) -> str:
    """A block of lines repeated many times, with or without other names."""
    lines = text.split("\n")
    at, size = luck.randrange(len(lines)), luck.choice((1, 2, 5))
    block = lines[at : at + size]
    times = luck.choice((10, 100, 1000))
    copies = [re.sub(r"^(\s*[A-Za-z_][\w-]*)", rf"\g<1>{n}", line) for n in range(times) for line in block]
    return "\n".join(lines[:at] + copies + lines[at:])


def _nested(text: str, luck: random.Random) -> str:
    """Brackets without end."""
    at = luck.randrange(len(text) + 1)
    return text[:at] + luck.choice(("[", "{a: ", "- ", "? ")) * luck.choice((10, 100, 10_000)) + text[at:]


def _spliced(text: str, luck: random.Random) -> str:
    """The beginning of one file and the end of another."""
    other = luck.choice(seeds()).read_text("utf-8")
    return text[: luck.randrange(len(text) + 1)] + other[luck.randrange(len(other)) :]


_MUTATIONS: Final = (_value, _value, _value, _number, _number, _line, _line, _key, _key, _character, _character,
                     _repeated, _nested, _spliced)  # fmt: skip


def inputs(count: int, seed: int, folder: Path) -> Iterator[Path]:
    """Damaged files, each written when it is asked for."""
    for number in range(count):
        luck = random.Random(f"{seed} {number}")
        origin = luck.choice(seeds())
        data = mutated(origin.read_text("utf-8"), luck).encode("utf-8", "surrogatepass")
        if luck.random() < 0.05:  # bytes that are no UTF-8, or another encoding of it
            at = luck.randrange(len(data) + 1)
            data = luck.choice((data[:at] + b"\xff\xfe" + data[at:], data[:at], data.decode("utf-8").encode("utf-16")))
        path = folder / f"{number:06}-{origin.stem}.yaml"
        path.write_bytes(data)
        yield path


def tried(paths: list[Path], runs: bool) -> list[Found]:
    """What a batch of files does in a process of its own; the process is started anew after each that kills it."""
    found: list[Found] = []
    while len(found) < len(paths):
        rest = paths[len(found) :]
        words = [sys.executable, str(Path(__file__).with_name("victim.py")), *(["--run"] if runs else [])]
        done = subprocess.run(
            words, input="\n".join(map(str, rest)), capture_output=True, encoding="utf-8", errors="replace", check=False
        )
        told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        found += [_judged(Found(**line), runs) for line in told]
        if len(told) < len(rest):
            blamed = rest[len(told)].name
            found.append(Found(blamed, f"ended with {done.returncode}", done.stderr[-300:], 0.0, 0.0))
    return found


def _judged(one: Found, runs: bool) -> Found:
    """A verdict on time and memory, too; simulating may take what it takes."""
    if runs or one.verdict not in ("accepted", "refused"):
        return one
    if one.seconds > SECONDS:
        return Found(one.name, "slow", f"{one.seconds:.1f} s", one.seconds, one.megabytes)
    if one.megabytes > MEGABYTES:
        return Found(one.name, "large", f"{one.megabytes:.0f} MB", one.seconds, one.megabytes)
    return one


def fuzzed(paths: list[Path], *, runs: bool = False, at_once: int = 2) -> list[Found]:
    """What every file does, in the order of the files."""
    batches = [paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH)]
    with ThreadPoolExecutor(at_once) as pool:
        return [one for batch in pool.map(lambda batch: tried(batch, runs), batches) for one in batch]


def main() -> None:
    """Fuzz from the command line; ends with 1 if anything went wrong."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--run", type=int, default=0, help="How many accepted scenarios are simulated for a day, too.")
    stated = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mutations-"))
    paths = list(inputs(stated.count, stated.seed, folder))
    found = fuzzed(paths)
    accepted = [path for path, one in zip(paths, found, strict=True) if one.verdict == "accepted"]
    ran = fuzzed(accepted[: stated.run], runs=True)
    for one in (*found, *ran):
        if one.verdict not in ("accepted", "refused"):
            print(f"{folder / one.name}: {one.verdict}\n{one.detail}")
    print(f"{len(found)} validated: {dict(Counter(one.verdict for one in found))}")
    print(f"longest {max(one.seconds for one in found):.2f} s, largest {max(one.megabytes for one in found):.0f} MB")
    if ran:
        print(f"{len(ran)} run: {dict(Counter(one.verdict for one in ran))}")
    sys.exit(any(one.verdict not in ("accepted", "refused") for one in (*found, *ran)))


if __name__ == "__main__":
    main()
