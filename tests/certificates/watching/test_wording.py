"""Whatever a probe can find, or end with, is said in three languages."""

import pytest

from kanta_tenancy.certificates.watching import wording
from kanta_tenancy.machinery.probing.endpoint import Trouble
from kanta_tenancy.machinery.probing.findings import Rule, finding
from tests.machinery.probing.shown import NOW

# Those are said from what is known of the server, not from the finding.
ELSEWHERE = {Rule.NOT_SERVED, Rule.DIFFERENT, Rule.OLD_STILL_SERVED, Rule.HANDSHAKE_INCOMPLETE}
VALUES = {
    "ends": NOW, "begins": NOW, "number": 2, "name": "kanta.example.org", "listed": "{x}", "order": "1, 3",
    "issuer": "CN=x", "sha256": "ab", "served": 11, "most": 10,
}  # fmt: skip


@pytest.mark.parametrize("rule", sorted(set(Rule) - ELSEWHERE))
def test_every_rule_is_said(rule: Rule):
    said = wording.of_served(finding(rule, "", **VALUES))
    assert len({said.fi, said.sv, said.en}) == 3
    assert "{x}" in said.fi or "{" not in said.fi


@pytest.mark.parametrize("trouble", [None, *Trouble])
def test_every_trouble_is_said(trouble: Trouble | None):
    said = wording.incomplete(trouble)
    assert len({said.fi, said.sv, said.en}) == 3
