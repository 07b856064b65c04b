"""The example of docs/brands.md is one that works."""

import re

import yaml

from config.playbook import load_playbook
from config.settings import ROOT

DOC = ROOT / "docs" / "brands.md"


def test_the_example_in_the_docs_loads_over_the_demo_s_playbook(tmp_path):
    blocks = re.findall(r"```yaml\n# (?:in )?(\S+)\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    (_, main), (name, own) = blocks
    demo = yaml.safe_load((ROOT / "config" / "playbook.yaml").read_text(encoding="utf-8"))
    (tmp_path / "playbook.yaml").write_text(yaml.safe_dump(demo | yaml.safe_load(main)), encoding="utf-8")
    (tmp_path / name).write_text(own, encoding="utf-8")
    tea = load_playbook(tmp_path / "playbook.yaml").of("Fjordly Tea")
    assert (tea.company.name, tea.company.role_in("en")) == ("Fjordly Tea", "tea friend")
    assert [step.key for step in tea.checklist] == ["helps", "solved"]
    assert (tea.idle, tea.escalation.chains) == (None, {})
