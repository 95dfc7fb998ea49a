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


async def test_every_law_of_the_engine_is_offered_with_numbers_that_it_takes(client) -> None:
    from compute.distributions import LAWS

    laws = (await client.get(URL)).json()
    assert sorted(law["law"] for law in laws) == sorted(LAWS)
    groups = [law["group"] for law in laws]
    assert groups[0] == "Common"
    assert [g for i, g in enumerate(groups) if i == 0 or groups[i - 1] != g] == list(dict.fromkeys(groups))
    for law in laws:
        body = {"law": law["law"], "parameters": [each["example"] for each in law["parameters"]]}
        response = await client.post(f"{URL}/preview", json=body)
        assert response.status_code == 200, (law["law"], response.text)
        assert response.json()["static_value"] is not None, law["law"]


async def test_limits_shift_and_percentiles(client) -> None:
    async def preview(**body: object) -> dict[str, object]:
        response = await client.post(f"{URL}/preview", json=body)
        assert response.status_code == 200, response.text
        found: dict[str, object] = response.json()
        return found

    half = await preview(law="NORMAL", parameters=[0, 1], truncation={"low": 0}, shift=10)
    assert half["mean"] == pytest.approx(10 + (2 / 3.141592653589793) ** 0.5, abs=1e-9)
    upper = await preview(law="UNIFORM", parameters=[0, 10], truncation={"low": 0.5, "high": 1, "percentiles": True})
    assert upper["mean"] == pytest.approx(7.5)
    alt = await preview(law="NORMAL", pairs=[[0.05, 67], [0.95, 133]])
    assert alt["mean"] == pytest.approx(100)
    sd = await preview(law="NORMAL", pairs=[["sd", 10], [0.5, 3]])
    assert (sd["mean"], sd["standard_deviation"]) == (pytest.approx(3), pytest.approx(10))


@pytest.mark.parametrize(
    "body",
    [
        {"law": "NORMAL", "parameters": [0, 1], "truncation": {"low": 5, "high": 4}},
        {"law": "NORMAL", "parameters": [0, 1], "truncation": {"low": 1.5, "percentiles": True}},
        {"law": "POISSON", "pairs": [[0.5, 3]]},
        {"law": "NORMAL", "pairs": [[0.5, 3]]},
    ],
    ids=["empty", "no share", "discrete", "too few"],
)
async def test_what_no_law_has_is_refused(client, body: dict[str, object]) -> None:
    response = await client.post(f"{URL}/preview", json=body)
    assert response.status_code == 422
    assert response.json()["code"] == "distribution.parameter"


async def test_a_possible_matrix_stays_as_it_is(client) -> None:
    check = (await client.post(f"{URL}/correlations", json={"matrix": [[1, None], [0.5, 1]]})).json()
    assert check["valid"] is True
    assert check["nearest"] == [[1, 0.5], [0.5, 1]]
    assert check["largest_change"] == 0


async def test_an_impossible_matrix_comes_with_the_nearest(client) -> None:
    import numpy as np

    given = [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]
    check = (await client.post(f"{URL}/correlations", json={"matrix": given})).json()
    assert check["valid"] is False
    assert check["smallest_eigenvalue"] == pytest.approx(-0.8)
    assert np.linalg.eigvalsh(np.array(check["nearest"]))[0] >= -1e-10
    # By symmetry the three lie equally far apart: cos 60 degrees.
    assert np.abs(np.array(check["nearest"])[0, 1]) == pytest.approx(0.5, abs=2e-3)
    again = (await client.post(f"{URL}/correlations", json={"matrix": check["nearest"]})).json()
    assert again["valid"] is True


async def test_what_is_no_matrix_is_refused(client) -> None:
    response = await client.post(f"{URL}/correlations", json={"matrix": [[1, 2], [2, 1]]})
    assert response.status_code == 422
