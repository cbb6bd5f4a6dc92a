"""What operators are asked for: rights at the broker, databases and their owners."""

from libs.embedded.definitions import TOPOLOGY, VHOST, users
from libs.embedded.platform import service_names
from tests.deploy.cluster import Cluster


def entitled(cluster: Cluster) -> list[str]:
    """At the broker each user has exactly the rights with which everything is tested."""
    if not cluster.of("RabbitmqCluster"):
        return []
    wanted = {
        user.name: (user.configure, user.write, user.read)
        for user in users(service_names())
        if user.name == TOPOLOGY or user.name.startswith("sanshe_")
    }
    given = {}
    for found in cluster.of("Permission"):
        spec, rights = found["spec"], found["spec"]["permissions"]
        name = spec["userReference"]["name"]
        given[name if name == TOPOLOGY else f"sanshe_{name}"] = (
            *(rights.get(kind, "") for kind in ("configure", "write", "read")),
        )
        if spec["vhost"] != VHOST or cluster.find("User", name) is None:
            return [f"Permission/{name}: is for nobody, or for another virtual host"]
    return [
        f"Permission: {name} may {given.get(name)}, and needs {wanted.get(name)}"
        for name in sorted(given.keys() | wanted.keys())
        if given.get(name) != wanted.get(name)
    ]


def owned(cluster: Cluster) -> list[str]:
    """Each service has a database, which belongs to the role of its migrations and has btree_gist;
    both roles are there with a password of their own, and with no power over others."""
    if not cluster.of("Cluster"):
        return []
    faults = []
    roles = {r["name"]: r for c in cluster.of("Cluster") for r in c["spec"]["managed"]["roles"]}
    databases = {found["spec"]["name"]: found["spec"] for found in cluster.of("Database")}
    for service in service_names():
        name, owner = f"sanshe_{service}", f"sanshe_{service}_owner"
        database = databases.get(name, {})
        if database.get("owner") != owner or {"name": "btree_gist"} not in database["extensions"]:
            faults.append(f"Database {name}: is not there as its migrations need it")
        for role, secret in ((name, f"{service}-database"), (owner, f"{service}-owner")):
            if roles.get(role, {}).get("passwordSecret") != {"name": secret}:
                faults.append(f"role {role}: has no password of its own")
    powers = ("superuser", "createdb", "createrole", "bypassrls", "replication", "inRoles")
    faults += [
        f"role {name}: has {power}"
        for name, role in roles.items()
        for power in powers
        if role.get(power)
    ]
    return faults
