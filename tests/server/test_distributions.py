"""The catalogue of laws and their previews."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.anyio
URL = "/api/v1/distributions"
EXAMPLES: dict[str, list[object]] = {
    "NORMAL": [100, 10],
    "LOGNORMAL": [100, 10],
    "LOGNORMAL2": [0, 1],
    "TRIANG": [1, 2, 4],
    "PERT": [1, 2, 4],
    "UNIFORM": [1, 2],
    "DISCRETE": [[1, 2, 5], [0.5, 0.3, 0.2]],
    "BERNOULLI": [0.3],
    "BINOMIAL": [10, 0.3],
    "POISSON": [4],
    "BETA": [2, 3],
    "GAMMA": [2, 3],
    "EXPON": [3],
    "WEIBULL": [2, 3],
}


async def test_every_law_is_listed_and_can_be_drawn(client) -> None:
    laws = (await client.get(URL)).json()
    assert {law["law"] for law in laws} >= {"NORMAL", "UNIFORM", "DISCRETE"}
    for law in laws:
        assert law["title"]
        assert law["summary"]
        assert all(each["name"] and each["description"] for each in law["parameters"])
        if law["law"] not in EXAMPLES:
            continue
        response = await client.post(f"{URL}/preview", json={"law": law["law"], "parameters": EXAMPLES[law["law"]]})
        assert response.status_code == 200, (law["law"], response.text)
        preview = response.json()
        assert len(preview["curve"]["x"]) == len(preview["curve"]["y"]) > 1
        cumulative = preview["cumulative"]
        assert cumulative["x"] == sorted(cumulative["x"])
        assert cumulative["p"] == sorted(cumulative["p"])
        assert min(preview["curve"]["y"]) >= 0
        assert list(preview["percentiles"].values()) == sorted(preview["percentiles"].values())


async def test_the_normal_law(client) -> None:
    preview = (await client.post(f"{URL}/preview", json={"law": "normal", "parameters": [100, 10]})).json()
    assert (preview["mean"], preview["standard_deviation"], preview["static_value"]) == (100, 10, 100)
    assert preview["percentiles"]["95"] == pytest.approx(116.4485, abs=1e-4)
    assert preview["is_discrete"] is False
    assert max(preview["curve"]["y"]) == pytest.approx(0.0398942, rel=1e-3)


async def test_a_discrete_law_shows_its_values(client) -> None:
    preview = (await client.post(f"{URL}/preview", json={"law": "BINOMIAL", "parameters": [3, 0.5]})).json()
    assert preview["is_discrete"] is True
    assert preview["curve"] == {"x": [0, 1, 2, 3], "y": pytest.approx([0.125, 0.375, 0.375, 0.125])}
