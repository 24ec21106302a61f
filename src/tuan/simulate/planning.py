"""`tuan simulate campaign` and `tuan simulate plan`: the planner on a made small world, with a progress bar."""

from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress

from tuan.voice.planning.model import QUANTILES, Terms, What, World, legality, made_graph, measures, simulate
from tuan.voice.planning.model import why_not_simulate as why_not


def campaign(*, world: str, **asked: Any) -> dict[str, Any]:
    """One JSON object: the quantiles of every figure, and what stands against the plan. Raises BadParameter."""
    return _simulated(Terms(what=What.CAMPAIGN, world=World(world), **asked))


def plan(*, world: str, **asked: Any) -> dict[str, Any]:
    """The same for shops who share."""
    return _simulated(Terms(what=What.PLAN, world=World(world), **asked))


def _simulated(terms: Terms) -> dict[str, Any]:
    if refusal := why_not(terms):
        raise typer.BadParameter(f"{refusal.data['field']} is out of bounds")
    with Progress(console=Console(stderr=True), transient=True) as progress:
        graph = made_graph(terms)
        runs = list(progress.track(simulate(terms, graph), total=terms.runs, description="playing"))
    law = legality(terms, graph, runs)
    return {
        "what": terms.what,
        "seed": terms.seed,
        "runs": len(runs),
        "people": len(graph),
        "figures": {
            one.name: {"kind": one.kind, "mean": one.mean} | {f"p{at}": v for at, v in zip(QUANTILES, one.quantiles, strict=True)}
            for one in measures(terms, runs)
        },
        "breaches": [{"rule": breach.rule, "article": breach.article} for breach in law.breaches],
        "chain": law.chain,
        "shops_under_one": law.under,
        "runs_with_too_little_retail": law.retail_low,
    }  # fmt: skip


def told(result: dict[str, Any]) -> str:
    """The same for a person: a line per figure."""
    names = [f"p{at}" for at in QUANTILES]
    lines = [f"{'':>12}" + "".join(f"{name:>14}" for name in [*names, "mean"])]
    for name, one in result["figures"].items():
        lines.append(f"{name:>12}" + "".join(f"{_said(one['kind'], one[at]):>14}" for at in [*names, "mean"]))
    lines += [f"unlawful: {breach['rule']} ({breach['article']})" for breach in result["breaches"]]
    return "\n".join([*lines, f"{result['runs']} runs, seed {result['seed']}"])


def _said(kind: str, value: int) -> str:
    whole, rest = divmod(abs(value), 100)
    return f"{value}" if kind == "count" else f"{'-' * (value < 0)}{whole}.{rest:02d}{'%' * (kind == 'share')}"
