"""The manifests: both schemas, our own rules, and that what they name exists."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from manifests import check, generate, icons
from manifests.json_manifest import SCHEMA_VERSION
from manifests.source import DEVELOPMENT, MONTECELL, Environment, SourceError
from manifests.xml_manifest import xml_manifest

PRODUCTION = Environment("prod", "https://montecell.example.com")
SCHEMAS = "tests/excel_host/node_modules/@microsoft/app-manifest/build/json-schemas/teams"


@pytest.fixture(params=[DEVELOPMENT, PRODUCTION], ids=lambda environment: environment.name)
def environment(request: pytest.FixtureRequest) -> Environment:
    chosen: Environment = request.param
    return chosen


@pytest.fixture
def written(environment: Environment, tmp_path: Path) -> tuple[Path, Path, Path]:
    return generate.write(environment, tmp_path / environment.name)


@pytest.fixture
def actions_source(repo_root: Path) -> Path:
    return repo_root / "addin/src/commands/commands.ts"


@pytest.fixture
def built(repo_root: Path) -> Path:
    folder = repo_root / "addin/dist"
    if not (folder / "functions.json").is_file():
        pytest.skip("the pane is not built: npm run build in addin/")
    return folder


@pytest.fixture
def xml_schema(shared_folder: Path) -> Path:
    schema = shared_folder / "office/xsd/OfficeAppManifestV1_1.xsd"
    if not schema.is_file():
        pytest.skip("the schemas of [MS-OWEMXML] are not on this machine")
    if shutil.which("xmllint") is None:
        pytest.skip("xmllint is missing: install the package libxml2-utils")
    return schema


@pytest.fixture
def json_schema(repo_root: Path) -> dict[str, object]:
    path = repo_root / SCHEMAS / f"v{SCHEMA_VERSION}" / "MicrosoftTeams.schema.json"
    if not path.is_file():
        pytest.skip("the schema of unified manifests is not installed: npm ci in tests/excel_host/")
    schema: dict[str, object] = json.loads(path.read_text("utf-8"))
    return schema


def validate_xml(schema: Path, manifest: Path) -> subprocess.CompletedProcess[str]:
    command = ["xmllint", "--noout", "--nonet", "--schema", str(schema), str(manifest)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_no_rule_is_broken(written: tuple[Path, Path, Path], actions_source: Path) -> None:
    assert check.check(written[0], written[1], actions=actions_source) == []


def test_everything_named_is_built(written: tuple[Path, Path, Path], built: Path) -> None:
    assert check.check(written[0], written[1], built=built) == []


def test_the_xml_follows_its_schema(written: tuple[Path, Path, Path], xml_schema: Path) -> None:
    done = validate_xml(xml_schema, written[0])
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        ("<Permissions>ReadWriteDocument</Permissions>", "<Permissions>All</Permissions>"),
        ('xsi:type="ExecuteFunction"', 'xsi:type="Execute"'),
        ("<Id>", "<Id>x"),
        ("<FunctionName>stop</FunctionName>", ""),
    ],
)
def test_the_schema_sees_faults(tmp_path: Path, xml_schema: Path, found: str, wrong: str) -> None:
    text = xml_manifest(MONTECELL, DEVELOPMENT)
    assert found in text
    (tmp_path / "broken.xml").write_text(text.replace(found, wrong))
    assert validate_xml(xml_schema, tmp_path / "broken.xml").returncode != 0


def test_the_json_follows_its_schema(written: tuple[Path, Path, Path], json_schema: dict[str, object]) -> None:
    manifest = json.loads(written[1].read_text("utf-8"))
    faults = jsonschema.Draft4Validator(json_schema).iter_errors(manifest)
    assert [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}" for fault in faults] == []


@pytest.mark.parametrize("path", ["lifetime", "entryPoint", "accentColor"])
def test_the_json_schema_sees_faults(json_schema: dict[str, object], tmp_path: Path, path: str) -> None:
    _, unified, _ = generate.write(DEVELOPMENT, tmp_path)
    manifest = json.loads(unified.read_text("utf-8"))
    places = {
        "lifetime": manifest["extensions"][0]["runtimes"][0],
        "entryPoint": manifest["extensions"][0]["contextMenus"][0]["menus"][0],
        "accentColor": manifest,
    }
    places[path][path] = "forever"
    assert not jsonschema.Draft4Validator(json_schema).is_valid(manifest)


def without(text: str, tag: str) -> str:
    root = ET.fromstring(text)
    for parent in root.iter():
        for child in [c for c in parent if c.tag.endswith(f"}}{tag}") and c.get("id") == "simulate.Label"]:
            parent.remove(child)
    return ET.tostring(root, encoding="unicode")


FAULTS: list[tuple[str, Callable[[str], str], str]] = [
    ("dangling", lambda text: without(text, "String"), "resource simulate.Label is not defined"),
    ("unused", lambda t: t.replace(' resid="simulate.Label"', ""), "resource simulate.Label is never used"),
    ("not https", lambda t: t.replace('"https://localhost:8000/app/help.html"', '"http://localhost:8000/app/help.html"'),
     "is not https"),
    ("too long", lambda t: t.replace('DefaultValue="Simulate"', f'DefaultValue="{"x" * 126}"'), "126 characters"),
    ("long id", lambda t: t.replace("simulate.Label", "simulate.Label.of.the.ribbon.button"), "longer than 32"),
    ("twice", lambda t: t.replace('id="Montecell.Stop"', 'id="Montecell.Simulate"'), "is used 2 times"),
    ("icon", lambda t: t.replace('<bt:Image size="80" resid="Icon.stop.80" />', ""), "lacks the sizes 80"),
    ("two runtimes", lambda t: t.replace('<FunctionFile resid="Taskpane.Url"', '<FunctionFile resid="GetStarted.Url"'),
     "FunctionFile must name the runtime's resource"),
    ("no runtime", lambda t: t.replace('lifetime="long"', 'lifetime="short"'), "no runtime of lifetime long"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_faults_of_the_xml_are_named(change: Callable[[str], str], message: str) -> None:
    text = xml_manifest(MONTECELL, DEVELOPMENT)
    broken = change(text)
    assert broken != text
    assert any(message in fault for fault in check.check_xml(ET.fromstring(broken)))


def test_faults_of_the_json_are_named(tmp_path: Path) -> None:
    xml, unified, _ = generate.write(DEVELOPMENT, tmp_path)
    root, manifest = ET.parse(xml).getroot(), json.loads(unified.read_text("utf-8"))
    extension = manifest["extensions"][0]
    extension["alternates"] = []
    extension["runtimes"][0]["actions"].pop(0)
    extension["runtimes"][0]["code"]["page"] = "http://localhost:8000/app/taskpane.html"
    extension["ribbons"][0]["tabs"][0]["groups"][1]["controls"][1]["actionId"] = "halt"
    manifest["id"] = root.findtext(f"{{{check.APP}}}Id")
    faults = "\n".join(check.check_json(manifest, root))
    for part in ("does not hide", "same id", "is in no runtime", "the manifests differ in halt, stop", "is not https"):
        assert part in faults


def test_buttons_and_code_must_agree(actions_source: Path) -> None:
    root = ET.fromstring(xml_manifest(MONTECELL, DEVELOPMENT))
    source = actions_source.read_text("utf-8").replace("  stop: (", "  halt: (")
    assert check.check_actions(root, source) == ["action stop has no code", "action halt has no button"]


@pytest.mark.parametrize(
    ("name", "faulty"),
    [("NORMAL", False), ("LOGNORMAL2", False), ("MC.NORMAL", True), ("NORMAL_2", True), ("normal", True)],
)
def test_names_of_functions(name: str, faulty: bool) -> None:
    assert bool(check.check_functions([{"name": name}], "MC")) is faulty


@pytest.mark.parametrize(
    "url", ["http://localhost:8000", "https://example.com/montecell", "example.com", "https://", "https://a@b.example"]
)
def test_addresses_that_excel_would_refuse(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceError):
        Environment("x", url)
    assert generate.main(["--url", url + "/" * url.startswith("http://")]) == 2
    assert repr(url.rstrip("/")) in capsys.readouterr().err


def test_installations_have_ids_of_their_own() -> None:
    other = replace(PRODUCTION, base_url="https://other.example.com")
    ids = [e.identity(kind) for e in (DEVELOPMENT, PRODUCTION, other) for kind in ("xml", "json")]
    assert len(set(ids)) == 6
    assert DEVELOPMENT.identity("xml") == Environment("dev", DEVELOPMENT.base_url).identity("xml")


def test_the_command_writes_an_environment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--url", "https://montecell.example.com/", "--folder", str(tmp_path)]) == 0
    assert [Path(line).name for line in capsys.readouterr().out.splitlines()] == [
        "montecell.xml",
        "manifest.json",
        "montecell.zip",
    ]
    text = (tmp_path / "montecell.xml").read_text("utf-8")
    assert "https://montecell.example.com/app/taskpane.html" in text
    assert "localhost" not in text + (tmp_path / "manifest.json").read_text("utf-8")


def test_the_package_holds_what_its_manifest_names(tmp_path: Path) -> None:
    _, unified, package = generate.write(DEVELOPMENT, tmp_path / "a")
    again = generate.write(DEVELOPMENT, tmp_path / "b")[2]
    assert package.read_bytes() == again.read_bytes()
    with zipfile.ZipFile(package) as archive:
        assert set(archive.namelist()) == {"manifest.json", *json.loads(unified.read_text("utf-8"))["icons"].values()}
        assert archive.read("manifest.json") == unified.read_bytes()


def picture(content: bytes) -> tuple[int, int, bytes]:
    """Width, height and rows (each after its filter byte 0) of a PNG file that icons.py wrote."""
    width, height = struct.unpack(">II", content[16:24])
    length = int.from_bytes(content[33:37])
    return width, height, zlib.decompress(content[41 : 41 + length])


@pytest.mark.parametrize("name", sorted(name for name, (_, size) in icons.catalogue().items() if size == 16))
def test_icons_are_as_drawn(name: str) -> None:
    layers, size = icons.catalogue()[name]
    assert picture((icons.FOLDER / name).read_bytes()) == picture(icons.png(layers, size))


def test_every_icon_is_there_and_as_large_as_it_says() -> None:
    for name, (_, size) in icons.catalogue().items():
        assert picture((icons.FOLDER / name).read_bytes())[:2] == (size, size), name
    assert {path.name for path in icons.FOLDER.iterdir()} == set(icons.catalogue())
