"""The schema is the one description of the tables, and costs nothing until a frame is checked."""

import subprocess
import sys

import pytest
from pandera.errors import SchemaErrors

from earlywarn import schema
from earlywarn.schema import GRADES, TABLES, UNITS, empty_table, pandera_schema, violations


def test_grades_run_from_worst_to_best():
    assert [schema.GRADE_CODES[grade] for grade in GRADES] == [0, 1, 2, 3]
    assert GRADES[0] == "inadequate"


def test_four_tables_are_required():
    required = [name for name, table in TABLES.items() if table.required]
    assert required == ["areas", "indicators", "observations", "inspections"]


@pytest.mark.parametrize("name", TABLES)
def test_every_row_can_say_when_it_was_known(name):
    if name not in {"areas", "indicators"}:
        assert TABLES[name]["known_on"].filled


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_keeps_its_schema(name):
    pandera_schema(name).validate(empty_table(name))
    assert violations(empty_table(name), name) == []


@pytest.mark.parametrize("name", TABLES)
def test_keys_and_orders_name_columns(name):
    table = TABLES[name]
    assert {column for group in (*table.keys, *table.orders) for column in group} <= set(table.names)


def test_limits_of_units_leave_room():
    assert all(low < high for low, high in UNITS.values())


def test_each_broken_rule_comes_with_its_rows():
    areas = empty_table("areas").reindex(range(4)).fillna("")
    areas = areas.astype({column.name: column.dtype for column in TABLES["areas"].columns})
    areas["area_code"] = ["E1", "E1", "E2", "E1"]
    areas["name"] = ["North", "", "South", ""]
    broken = {rule.columns[0]: rows.tolist() for rule, rows in violations(areas, "areas")}
    assert broken == {"name": [1, 3], "area_code": [1, 3]}


def test_a_frame_that_is_not_the_table_is_a_mistake_of_ours():
    with pytest.raises(SchemaErrors, match="name"):
        violations(empty_table("areas").drop(columns="name"), "areas")


def test_constants_come_without_pandera():
    code = "import sys, earlywarn.schema, earlywarn.sources.tables; sys.exit('pandera' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own code
