"""Where an issuer's tokens say who calls: claims by name or path, and its names of our roles."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

SEPARATORS: Final = str.maketrans(",", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The claim for each thing that is known of a caller.

    A name that holds dots is that of the whole claim where there is one
    (`https://login.example/roles`), and otherwise a path into claims (`realm_access.roles`).
    """

    roles: str = "roles"
    person: str = "person"
    org: str = "org"
    divisions: str = "divisions"
    role_names: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What the issuer calls a role, and ours for it; without any, it calls them as we do."""

    def roles_of(self, claims: Mapping[str, Any]) -> frozenset[str]:
        """Our roles. With names of its own, whatever the issuer does not name counts for nothing:
        a group that happens to be called as one of our roles opens nothing."""
        named = self._many(claims, self.roles)
        if not self.role_names:
            return frozenset(named)
        return frozenset(role for name in named for role in self.role_names.get(name, ()))

    def person_of(self, claims: Mapping[str, Any]) -> str:
        """The person's opaque id; `ValueError` without one."""
        found = self._one(claims, self.person)
        if found is None:
            raise ValueError("a token names a person")
        return found

    def org_of(self, claims: Mapping[str, Any]) -> str | None:
        """The id of the organisation that the caller acts for."""
        return self._one(claims, self.org)

    def divisions_of(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """Division codes or their beginnings."""
        found = tuple(self._many(claims, self.divisions, needed=False))
        if not all(part.isascii() and part.isdigit() for part in found):
            raise ValueError("divisions are prefixes of division codes")
        return found

    def _one(self, claims: Mapping[str, Any], path: str) -> str | None:
        """A text; a list of one is what an issuer makes of an attribute that may have several."""
        found = _find(claims, path)
        if isinstance(found, list) and len(found) == 1:
            found = found[0]
        if found in (None, "", []):
            return None
        if not isinstance(found, str | int) or isinstance(found, bool):
            raise ValueError(f"{path} is one text")
        return str(found)

    def _many(self, claims: Mapping[str, Any], path: str, *, needed: bool = True) -> list[str]:
        """A list of texts, or one text with several, parted by spaces or commas."""
        found = _find(claims, path)
        if found is None and not needed:
            return []
        if isinstance(found, str):
            return found.translate(SEPARATORS).split()
        if not isinstance(found, list) or not all(isinstance(part, str) for part in found):
            raise ValueError(f"{path} is a list of texts")
        return found


def _find(claims: Mapping[str, Any], path: str) -> Any:
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def read_role_names(text: str) -> dict[str, frozenset[str]]:
    """`/city/offices=official; /city/finance=treasury`, or one a line, since directories put commas
    into names; a name that stands twice has both roles."""
    found: dict[str, frozenset[str]] = {}
    for entry in filter(None, (part.strip() for part in text.replace(";", "\n").split("\n"))):
        name, _, role = entry.rpartition("=")
        name = name.strip()
        found[name] = found.get(name, frozenset()) | {role.strip()}
    return found


def faults_of(claims: Claims, roles: Collection[str]) -> list[str]:
    """What is wrong with a mapping, before any token is judged by it."""
    wrong, used = [], dict[str, str]()
    paths = {name: path for name, path in asdict(claims).items() if name != "role_names"}
    for name, path in paths.items():
        variable = f"AUTH_{name.upper()}_CLAIM"
        if "" in path.split(".") or any(letter.isspace() for letter in path):
            wrong.append(f"{variable} is not a claim, or a path such as a.b: {path!r}")
        elif path in used:
            wrong.append(f"{variable} and {used[path]} name the same claim: {path!r}")
        used.setdefault(path, variable)
    for name, given in claims.role_names.items():
        if not name:
            wrong.append("AUTH_ROLE_NAMES has an entry that is not NAME=ROLE")
        wrong += [
            f"AUTH_ROLE_NAMES: {role!r} is none of {', '.join(sorted(roles))}"
            for role in sorted(given - set(roles))
        ]
    return wrong
