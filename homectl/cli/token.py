"""homectl token: who may use the page and the API of a home, and as what."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from homectl.cli.configuration import WHERE

NAME, HELP = "token", "who may use a home's page and API, and as what"
EXAMPLE = "homectl token add kitchen-tablet --role resident -c config/homectl.yaml"

WORDS = {
    "list": "every token by name and role (the default)",
    "add": "make a token for NAME, which is printed once",
    "revoke": "NAME is signed out and let in no more, from this moment",
}
ROLES = {
    "viewer": "sees",
    "guest": "also sets lamps and warmth, and holds them",
    "resident": "also locks and unlocks (with a PIN), sets modes, answers suggestions, plays with the simulator",
    "owner": "also says what homectl may do by itself and learns",
}


def arguments(parser: ArgumentParser) -> None:
    told = "; ".join(f"{word}: {meaning}" for word, meaning in WORDS.items())
    roles = "; ".join(f"{role}: {meaning}" for role, meaning in ROLES.items())
    parser.add_argument("what", nargs="?", default="list", choices=WORDS, help=told)
    parser.add_argument("name", nargs="?", default=None, metavar="NAME")
    parser.add_argument("--role", choices=ROLES, default=None, help=f"with add: {roles}")
    parser.add_argument("-c", "--config", type=Path, default=None, help=WHERE)
    parser.add_argument("--json", action="store_true", help="with list: print names and roles as JSON")


def run(args: Namespace) -> int:
    import json

    from homectl.app import journal_path
    from homectl.cli.configuration import find
    from homectl.home import Role
    from homectl.people import Tokens
    from homectl.settings import load

    _expect(args)
    settings, home, _ = load(find(args.config))
    tokens = Tokens.beside(journal_path(settings, home))
    if args.what == "add":
        print(tokens.add(args.name, Role(args.role)).get_secret_value())
    elif args.what == "revoke":
        tokens.revoke(args.name)
        print(f"{args.name} is let in no more")
    else:
        roles = {name: str(one.role) for name, one in sorted(tokens.kept().items())}
        lines = [f"{name} ({role})" for name, role in roles.items()]
        print(json.dumps(roles) if args.json else "\n".join(lines) or "nobody can sign in")
    return 0


def _expect(args: Namespace) -> None:
    from homectl.home import UsageError

    if (args.what == "list") != (args.name is None):
        raise UsageError(f"token {args.what}: expected {'no name' if args.what == 'list' else 'a NAME'}")
    if (args.what == "add") != (args.role is not None):
        raise UsageError(f"token {args.what}: expected {'a --role' if args.what == 'add' else 'no --role'}")
