"""What an issuer calls people and roles, and what a process says to nonsense about it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import KeySet

from libs.common import config
from libs.common.auth import Tokens
from libs.common.claims import Claims, read_role_names
from libs.common.config import Missing
from libs.common.errors import Unauthenticated
from libs.common.testing import ISSUER, KEY, token

ORG = "0192f0c1-2345-7abc-8def-0123456789ab"
KEYCLOAK = Claims(
    roles="realm_access.roles",
    person="sub",
    org="organisation.id",
    divisions="area",
    role_names=read_role_names(
        "民政局=official; 社工协会 = association\n cn=treasury,ou=city = treasury"
        ";民政局=secretariat"
    ),
)


async def caller(tmp_path: Path, where: Claims, **claims: Any) -> Any:
    """Who calls with such a token."""
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(KeySet([KEY]).as_dict(private=False)))
    bearer = f"Bearer {token(**claims)}"
    return await Tokens(ISSUER, "sanshe", str(path), where).caller(bearer)


async def test_claims_are_found_by_path_and_roles_by_the_issuers_names(tmp_path: Path) -> None:
    """As Keycloak makes them: nested roles in words of its own, attributes as one text or a list
    of one; a group that is called as a role of ours opens nothing."""
    found = await caller(
        tmp_path,
        KEYCLOAK,
        realm_access={"roles": ["民政局", "cn=treasury,ou=city", "operator", "offline_access"]},
        organisation={"id": [ORG]},
        area="510181, 510182",
    )

    assert {"official", "secretariat", "treasury"} == found.roles
    assert (found.person, str(found.org)) == ("account-of-p-1", ORG)
    assert found.divisions == ("510181", "510182")


async def test_a_name_with_dots_may_be_a_whole_claim(tmp_path: Path) -> None:
    """Some issuers must prefix what is not standard with an address."""
    name = "https://login.example/roles"
    found = await caller(tmp_path, Claims(roles=name), **{name: ["official"]})

    assert {"official"} == found.roles


@pytest.mark.parametrize(
    "claims",
    [
        {"realm_access": {}},
        {"realm_access": ["official"]},
        {"realm_access": {"roles": {"民政局": True}}},
        {"realm_access": {"roles": [1]}},
        {"realm_access": {"roles": []}, "area": ["5101x"]},
        {"realm_access": {"roles": []}, "area": "５１０１８１"},
        {"realm_access": {"roles": []}, "organisation": {"id": True}},
        {"realm_access": {"roles": []}, "organisation": {"id": "no-uuid"}},
    ],
)
async def test_what_cannot_be_read_lets_nobody_in(
    claims: Mapping[str, Any], tmp_path: Path
) -> None:
    """A token without the named claims, or with other things in them, is no token."""
    with pytest.raises(Unauthenticated):
        await caller(tmp_path, KEYCLOAK, **claims)


def test_nonsense_is_refused_at_the_start_and_all_of_it() -> None:
    """Every fault of the mapping is named before anything is served."""
    environment = {
        "AUTH_ROLES_CLAIM": "realm_access..roles",
        "AUTH_ORG_CLAIM": "person",
        "AUTH_DIVISIONS_CLAIM": "the area",
        "AUTH_ROLE_NAMES": "社工=worker; 民政局=ofical; treasury",
    }
    with pytest.raises(Missing) as refused:
        config.read((), environment)

    told = str(refused.value)
    assert "AUTH_ROLES_CLAIM is not a claim" in told
    assert "AUTH_ORG_CLAIM and AUTH_PERSON_CLAIM name the same claim: 'person'" in told
    assert "AUTH_DIVISIONS_CLAIM is not a claim" in told
    assert "AUTH_ROLE_NAMES: 'ofical' is none of agency-manager, association" in told
    assert "AUTH_ROLE_NAMES has an entry that is not NAME=ROLE" in told
    assert told.count("AUTH_") - told.count("and AUTH_") == 5


def test_without_a_mapping_claims_are_called_as_ours() -> None:
    """The defaults are what the embedded issuer signs."""
    assert Claims() == config.read((), {}).auth_claims
