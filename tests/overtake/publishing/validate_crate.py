"""Validate a crate without a network: the context of RO-Crate 1.1 is read from a file.

Executed in an environment of its own, which holds rocrate-validator, and that version of
ro-crate-py which came with the context as it stands at its address (newer ones came with
that of a later RO-Crate). Its argument is the crate. Any other address is an error.
"""

import json
import sys
from pathlib import Path
from typing import Any, ClassVar

import rocrate
from rdflib.plugins.shared.jsonld import context
from rocrate_validator import services
from rocrate_validator.models import Severity
from rocrate_validator.utils import http

ADDRESS = "https://w3id.org/ro/crate/1.1/context"
TERMS = json.loads((Path(rocrate.__file__).with_name("data") / "ro-crate.jsonld").read_text())
CONTEXTS = {ADDRESS: TERMS}


def from_file(source: str, *_: object, **__: object) -> tuple[Any, None]:
    return CONTEXTS[str(source)], None


class Response:
    """What the validator reads of an answer over HTTP."""

    status_code = 200
    headers: ClassVar = {"Content-Type": "application/ld+json"}

    def __init__(self, source: str) -> None:
        self.content = self.text = json.dumps(CONTEXTS[source])

    def json(self) -> Any:
        return json.loads(self.text)


class Requester:
    """Answers for what is at hand; anything else is an error of the crate."""

    def get(self, source: str, **_: object) -> Response:
        return Response(source)

    head = get


# The order of values would count if a term were a list; and a context under another's address
# would prove nothing.
if TERMS["@id"] != ADDRESS or "@container" in json.dumps(TERMS):
    sys.exit(f"{TERMS['@id']} is not the context at {ADDRESS}")
context.source_to_json = from_file
http.HttpRequester.__new__ = lambda *_, **__: Requester()
settings = {
    "rocrate_uri": sys.argv[1],
    "profile_identifier": "process-run-crate-0.5",
    "requirement_severity": Severity.RECOMMENDED,
    "offline": True,
}
for issue in services.validate(settings).get_issues():
    print(f"{issue.severity.name}: {issue.message}")
