"""Correlated inputs as a person reads them."""

from __future__ import annotations

from compute.protocol import CorrelationDescription, CorrelationReport

MOST_PAIRS = 15


def report_rows(reports: tuple[CorrelationReport, ...]) -> list[tuple[str, ...]]:
    """Requested against realised correlations, a pair a row, the worst first; [] without correlated inputs."""
    pairs: list[tuple[float, tuple[str, ...]]] = []
    for report in reports:
        for i, one in enumerate(report.members):
            for j in range(i):
                score, error = report.score[i][j], report.standard_errors[i][j]
                asked = None if report.requested is None else report.requested[i][j]
                miss = abs(asked - score) if asked is not None and score is not None else 0.0
                shown = (asked, score, error, report.spearman[i][j], report.pearson[i][j])
                cells = ("–" if v is None else f"{v:.3f}" for v in shown)
                pairs.append((miss, (report.group, report.members[j], one, *cells)))
    if not pairs:
        return []
    pairs.sort(key=lambda p: -p[0])
    head = ("correlation", "input", "with", "requested", "realised", "± error", "Spearman", "Pearson")
    return [head, *(row for _, row in pairs[:MOST_PAIRS])]


def described(correlations: tuple[CorrelationDescription, ...]) -> list[str]:
    """One line for each group of correlated inputs."""
    lines = []
    for group in correlations:
        members = ", ".join(group.members[:8]) + (" …" if len(group.members) > 8 else "")
        lines.append(f"correlated: {group.group} ({group.family}): {members}" if group.group else "correlated")
        if group.problem:
            lines[-1] += f"\n  {group.problem}"
    return lines
