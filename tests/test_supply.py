"""The bill of materials is whole, and everything that runs is locked."""

from __future__ import annotations

from benchmarks import supply


def test_the_bill_names_every_part_once_and_its_needs() -> None:
    bill = supply.sbom()
    references = [part["bom-ref"] for part in bill["components"]]
    assert len(set(references)) == len(references) > 50
    own = bill["metadata"]["component"]["bom-ref"]
    needs = {entry["ref"]: entry["dependsOn"] for entry in bill["dependencies"]}
    assert needs.keys() == {own, *references}
    assert {name for each in needs.values() for name in each} <= set(references)
    assert any(name.startswith("pkg:pypi/torch@") for name in needs[own])


def test_the_bill_names_what_the_page_has_from_npm() -> None:
    bill = supply.sbom()
    own = bill["metadata"]["component"]["bom-ref"]
    needs = {entry["ref"]: entry["dependsOn"] for entry in bill["dependencies"]}
    dagre = next(ref for ref in needs if ref.startswith("pkg:npm/%40dagrejs/dagre@"))
    assert dagre in needs[own]
    assert any(ref.startswith("pkg:npm/%40dagrejs/graphlib@") for ref in needs[dagre])
    assert not any("esbuild" in ref or "axe-core" in ref for ref in needs)


def test_no_licence_is_unknown() -> None:
    every = [*supply.parts(), *supply.page_parts()]
    assert [part.name for part in every if not supply.FREE.search(part.licence)] == []


def test_everything_that_runs_is_locked() -> None:
    lines = (supply.ROOT / "constraints.txt").read_text().splitlines()
    names = {line.partition("==")[0] for line in lines}
    known = {supply.canonicalize_name(name) for name in names}
    assert {part.name for part in supply.parts()} - known <= {supply.NAME}
