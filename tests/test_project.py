"""What the project says of itself holds."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
FLOORS = ("journeys", "projections", "web")


def dependencies(group: str) -> list[str]:
    """The requirements of one group, without those of the groups that it includes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = {"run": project["project"]["dependencies"], **project["dependency-groups"]}
    return [line for line in groups[group] if isinstance(line, str)]


def test_every_folder_of_code_is_a_package_so_that_the_import_contracts_see_it() -> None:
    folders = {path.parent for floor in FLOORS for path in (ROOT / floor).rglob("*.py")}
    assert folders
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("lock", [*LOCKS, ROOT / "package-lock.json"], ids=lambda path: path.name)
def test_a_lock_holds_no_address(lock: Path) -> None:
    assert re.findall(r"https?://\S+|--(?:extra-)?index-url.*", lock.read_text("utf-8")) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_one_version_and_its_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text("utf-8").strip())
    assert [entry for entry in entries if not re.match(r"[\w.-]+==\S+", entry)] == []
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def locked(group: str) -> dict[str, str]:
    """The locked version of each package, by its name."""
    text = (ROOT / "requirements" / f"{group}.txt").read_text("utf-8")
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("group", ["run", "dev", "bench", "node"])
def test_every_dependency_is_locked(group: str) -> None:
    named = {re.split(r"[\[<>=]", line)[0] for line in dependencies(group)}
    assert named - set(locked(group)) == set()


@pytest.mark.parametrize("group", ["dev", "bench"])
def test_what_is_tested_and_measured_is_what_is_run(group: str) -> None:
    assert locked(group).items() >= locked("run").items()


def test_the_gpl_oracle_is_not_part_of_the_product() -> None:
    assert not any("pymerkle" in line for line in dependencies("run"))


def test_publiccode_describes_the_product_within_the_standards_limits() -> None:
    described = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    mandatory = {"publiccodeYmlVersion", "name", "url", "platforms", "categories", "softwareType"}
    mandatory |= {"developmentStatus", "description", "legal", "maintenance", "localisation"}
    assert mandatory <= set(described)
    for text in described["description"].values():
        assert len(text["shortDescription"]) <= 150
        assert 150 <= len(text["longDescription"]) <= 10_000
        assert text["features"]
