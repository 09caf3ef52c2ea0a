"""What was measured under load as Markdown tables and as JSON."""

from collections.abc import Sequence

from web.load.batches import Batches
from web.load.clients import Load
from web.load.overload import TIMES, Overload
from web.load.watching import PARTS, Growth

LOADS = (
    "| clients | answers a second | p50, s | p95, s | p99, s | answered | told to come again (503) | else |",
    "|---:|---:|---:|---:|---:|---:|---:|---|",
)


def load_to_json(load: Load) -> dict[str, object]:
    """Return figures as plain values, seconds with 3 decimals."""
    return {
        "clients": load.clients,
        "answers_a_second": round(load.throughput, 2),
        "p50": round(load.percentile(0.50), 3),
        "p95": round(load.percentile(0.95), 3),
        "p99": round(load.percentile(0.99), 3),
        "statuses": load.statuses,
    }


def overload_to_json(overload: Overload) -> dict[str, object]:
    """Return figures as plain values."""
    return {
        "held": load_to_json(overload.held),
        "due": overload.due,
        "load": load_to_json(overload.load),
        "broken": overload.broken(),
    }


def growth_to_json(growth: Growth) -> dict[str, object]:
    """Return figures as plain values, memory in bytes."""
    return {"memory": growth.memory, "loads": list(map(load_to_json, growth.parts)), "broken": growth.broken()}


def batches_to_json(batches: Batches) -> dict[str, object]:
    """Return figures as plain values, seconds with 3 decimals."""
    rounds = {name: [round(each, 3) for each in getattr(batches, name)] for name in ("singly", "together")}
    return {"size": batches.size, **rounds, "ratio": round(batches.ratio, 3), "broken": batches.broken()}


def loads_table(loads: Sequence[Load]) -> str:
    """Return figures as a table, a row for each number of clients."""
    return "\n".join((*LOADS, *map(_row, loads)))


def overload_table(overload: Overload) -> str:
    """Return what is held, and what became of far more, as a table."""
    held, load = overload.held, overload.load
    asked = f"{TIMES} times that: {overload.due:,} requests in {load.lasted:.0f} s"
    return "\n".join((*LOADS, _row(held), _row(load, asked)))


def growth_table(growth: Growth) -> str:
    """Return memory as a table: before, and behind each part."""
    done = [0]
    for part in growth.parts:
        done.append(done[-1] + sum(part.statuses.values()))
    return "\n".join(
        (
            "| requests | " + " | ".join(f"{number:,}" for number in done) + " |",
            "|---|" + "---:|" * (PARTS + 1),
            "| memory, MB | " + " | ".join(f"{memory / 1e6:.0f}" for memory in growth.memory) + " |",
        )
    )


def _row(load: Load, clients: str = "") -> str:
    other = {status: count for status, count in load.statuses.items() if status not in {"200", "503"}}
    cells = (
        clients or str(load.clients),
        f"{load.throughput:.1f}",
        *(f"{load.percentile(share):.2f}" for share in (0.50, 0.95, 0.99)),
        f"{len(load.seconds):,}",
        f"{load.statuses.get('503', 0):,}",
        ", ".join(f"{count} × {status}" for status, count in other.items()) or "none",
    )
    return f"| {' | '.join(cells)} |"
