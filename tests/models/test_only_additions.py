"""Migrations only add until the next release: the program that runs while they run must go on working.

What takes away has its way too: the release after the one that no longer needs it says so in its migration,
`TAKES_AWAY = "what, and since which release nobody uses it"` (docs/decisions/0021-upgrades.md).
"""

import ast
from collections.abc import Iterator

import pytest

from config.settings import ROOT

VERSIONS = sorted((ROOT / "models" / "migrations" / "versions").glob("0*.py"))
TAKES = {"rename_table", "bulk_insert", "batch_replace", "drop_table_comment"}
UNIQUE = {"create_unique_constraint", "create_check_constraint", "create_exclude_constraint"}
SAFE_ALTER = {"server_default", "existing_type", "existing_nullable", "existing_server_default", "schema"}


def takes_away(source: str) -> list[str]:
    """Each operation in a migration that an older program could stumble over, with its line."""
    tree = ast.parse(source)
    made = set(_made(tree))
    found = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        wrong = (
            name.startswith("drop_")
            or name in TAKES
            or (name in UNIQUE and not made & set(_texts(call)))
            or (name == "alter_column" and not _only_loosens(call))
            or (name == "add_column" and any(_must_be_given(column) for column in _columns(call)))
            or (name == "create_index" and _is(call, "unique", True) and not made & set(_texts(call)))
            or (name == "execute" and not any(_only_adds(t, made) for t in _texts(call)))
        )
        if wrong:
            found.append(f"line {call.lineno}: {name}")
    return found


def test_no_migration_takes_away_what_the_release_before_needs():
    for file in VERSIONS:
        source = file.read_text(encoding="utf-8")
        assert takes_away(source) == [] or said(source), file.name


def built_in_the_way_of_all(source: str) -> list[str]:
    """Each index on a table that was there before which can't have been built beforehand."""
    tree = ast.parse(source)
    made = set(_made(tree))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [
        f"line {call.lineno}"
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "create_index"
        and not made & set(_texts(call))
        and not _is(call, "if_not_exists", True)
    ]


def test_in_a_large_database_indexes_may_have_been_built_before():
    for file in VERSIONS:
        if file.name[:4] > "0026":
            assert built_in_the_way_of_all(file.read_text(encoding="utf-8")) == [], file.name


def test_an_index_that_can_only_be_built_by_the_upgrade_is_found():
    assert built_in_the_way_of_all('op.create_index("ix_x", "cases", ["a"])') == ["line 1"]
    assert built_in_the_way_of_all('op.create_index("ix_x", "cases", ["a"], if_not_exists=True)') == []
    new = 'op.create_table("more", sa.Column("a", sa.Text()))\nop.create_index("ix_x", "more", ["a"])'
    assert built_in_the_way_of_all(new) == []


@pytest.mark.parametrize(
    "line",
    [
        'op.drop_table("cases")',
        'batch_op.drop_column("why")',
        'batch_op.drop_constraint("uq_x", type_="unique")',
        'op.drop_index("ix_x")',
        'op.rename_table("away", "absences")',
        'batch_op.alter_column("why", new_column_name="because")',
        'batch_op.alter_column("why", nullable=False)',
        'batch_op.alter_column("why", type_=sa.String(10))',
        'batch_op.alter_column("why", server_default=None)',
        'batch_op.add_column(sa.Column("why", sa.Text(), nullable=False))',
        'op.add_column("cases", sa.Column("a", sa.Text(), sa.ForeignKey("b.id"), nullable=False))',
        'batch_op.add_column(sa.Column("why", sa.Text(), unique=True))',
        'batch_op.create_unique_constraint("uq_x", ["what"])',
        'batch_op.create_check_constraint("ck_x", "severity < 4")',
        'batch_op.create_index("ix_x", ["what"], unique=True)',
        'op.execute("ALTER TABLE cases RENAME TO matters")',
        'op.execute("DELETE FROM cases")',
        'op.execute("INSERT INTO cases (id) SELECT 1")',
        'op.execute(f"INSERT INTO cases (id) {which}")',
    ],
)
def test_what_an_older_program_would_stumble_over_is_found(line):
    assert len(takes_away(line)) == 1


@pytest.mark.parametrize(
    "line",
    [
        'op.create_table("more", sa.Column("id", sa.Integer(), nullable=False))',
        'batch_op.add_column(sa.Column("why", sa.Text(), nullable=True))',
        'batch_op.add_column(sa.Column("n", sa.Integer(), server_default="0", nullable=False))',
        'batch_op.alter_column("why", nullable=True)',
        'batch_op.alter_column("n", existing_type=sa.Integer(), server_default="0")',
        'batch_op.create_index("ix_x", ["what"], unique=False)',
        'op.create_table("more", sa.Column("a", sa.Text()))\nop.create_index("u", "more", "a", unique=True)',
        'op.execute("UPDATE cases SET severity = 1")',
        'op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(words)")',
        'op.create_table("more", sa.Column("a", sa.Text()))\nop.execute(f"INSERT INTO more (a) {what}")',
    ],
)
def test_what_only_adds_passes(line):
    assert takes_away(line) == []


def test_an_exception_says_in_words_why():
    assert said('TAKES_AWAY = "`away.why`: since 1.2 nobody reads or writes it"')
    assert not said('TAKES_AWAY = "old"')
    assert not said("TAKES_AWAY = True")


# Helpers.


def said(source: str) -> bool:
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "TAKES_AWAY" for target in node.targets
        ):
            return isinstance(node.value, ast.Constant) and len(str(node.value.value).split()) >= 4
    return False


def _only_adds(statement: str, made: set[str]) -> bool:
    """It changes values, makes a table of SQLite's, or fills a table that the migration itself makes."""
    words = statement.split()
    return (
        words[:1] == ["UPDATE"]
        or words[:3] == ["CREATE", "VIRTUAL", "TABLE"]
        or (words[:2] == ["INSERT", "INTO"] and words[2] in made)
    )


def _made(tree: ast.AST) -> Iterator[str]:
    """Tables that the migration itself makes: nobody older writes into them."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "create_table":
            yield from list(_texts(call))[:1]


def _texts(call: ast.Call) -> Iterator[str]:
    """Its texts; of those that are put together, how they begin."""
    for argument in call.args:
        given = argument.values[0] if isinstance(argument, ast.JoinedStr) else argument
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            yield given.value


def _columns(call: ast.Call) -> Iterator[ast.Call]:
    return (argument for argument in call.args if isinstance(argument, ast.Call))


def _keywords(call: ast.Call) -> dict[str | None, ast.expr]:
    return {keyword.arg: keyword.value for keyword in call.keywords}


def _is(call: ast.Call, name: str, value: object) -> bool:
    given = _keywords(call).get(name)
    return isinstance(given, ast.Constant) and given.value is value


def _must_be_given(column: ast.Call) -> bool:
    """An older program's INSERT, which does not name the column, would fail; at its second row if unique."""
    needed = _is(column, "nullable", False) and "server_default" not in _keywords(column)
    return needed or _is(column, "primary_key", True) or _is(column, "unique", True)


def _only_loosens(call: ast.Call) -> bool:
    given = dict(_keywords(call))
    if _is(call, "server_default", None):
        return False
    loosened = _is(call, "nullable", True)
    return all(name in SAFE_ALTER or (name == "nullable" and loosened) for name in given)
