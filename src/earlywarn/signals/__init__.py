"""The field's statistics: arrays in, numbers out.

A *signal* is a figure that chance and usual variation do not explain. Every function here works on plain
arrays of any shape, knows no area, file or date, and follows a published definition that it names. Which
way is worse is always an argument: nothing is guessed from a name.

>>> import earlywarn as ew
>>> chart = ew.signals.xmr([20, 23, 19, 22, 21, 20, 22, 24, 20, 21, 22, 20, 35], improvement="lower")
>>> print(chart.mean[-1].round(1), chart.variation)
22.2 concerning
"""

from earlywarn.homes import fetcher

HOMES = {  # the module that defines each public name
    "earlywarn.signals.averages": ("england_average", "neighbours_average", "own_past", "region_average"),
    "earlywarn.signals.benchmarks": ("Comparison", "Ranks", "compare", "quartile_bands", "ranks"),
    "earlywarn.signals.changes": ("ChangePoints", "change_points"),
    "earlywarn.signals.consistency": ("Contradiction", "cannot_both_be_right", "printed_step"),
    "earlywarn.signals.control_chart": ("Xmr", "xmr"),
    "earlywarn.signals.cumulative": ("Cusum", "cusum"),
    "earlywarn.signals.discovery": ("Discoveries", "false_discovery"),
    "earlywarn.signals.funnels": ("Funnel", "funnel"),
    "earlywarn.signals.intervals": ("Interval", "byar", "exact_binomial", "exact_poisson", "wilson"),
    "earlywarn.signals.limits": ("FunnelLimits", "funnel_limits"),
    "earlywarn.signals.moving_apart": ("MovesApart", "moves_apart"),
    "earlywarn.signals.moving_average": ("Ewma", "ewma"),
    "earlywarn.signals.oddities": ("Jumps", "Revisions", "jumps", "revisions"),
    "earlywarn.signals.quality": ("DataQuality", "Gaps", "data_quality", "gaps", "lateness"),
    "earlywarn.signals.relations": ("UnusualPair", "conversion", "unusual_pair"),
    "earlywarn.signals.repeats": ("Copies", "Heaps", "copies", "heaps"),
    "earlywarn.signals.risk_adjusted": ("RiskAdjustedCusum", "risk_adjusted_cusum"),
    "earlywarn.signals.run_lengths": (
        "cusum_decision",
        "cusum_run_length",
        "ewma_run_length",
        "ewma_width",
    ),
    "earlywarn.signals.standardised": (
        "directly_standardised",
        "expected_events",
        "indirectly_standardised",
    ),
}

__all__ = sorted(name for names in HOMES.values() for name in names)  # noqa: PLE0605 - one list, in one place

__getattr__ = fetcher(__name__, HOMES)


def __dir__() -> list[str]:
    return __all__
