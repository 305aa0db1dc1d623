"""Validate a crate without a network: the contexts that it names are read from files.

Executed in an environment of its own, which holds rocrate-validator. Arguments:
the crate, and the context of RO-Crate as ro-crate-py ships it.
"""

import json
import sys
from pathlib import Path
from typing import Any, ClassVar

from rdflib.plugins.shared.jsonld import context
from rocrate_validator import services
from rocrate_validator.models import Severity
from rocrate_validator.utils import http

TERMS = "https://w3id.org/ro/terms/workflow-run#"
CONTEXTS = {
    "https://w3id.org/ro/crate/1.1/context": json.loads(Path(sys.argv[2]).read_text()),
    "https://w3id.org/ro/terms/workflow-run/context": {
        "@context": {"sha256": f"{TERMS}sha256", "environment": f"{TERMS}environment"}
    },
}


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


context.source_to_json = from_file
http.HttpRequester.__new__ = lambda *_, **__: Requester()
settings = {
    "rocrate_uri": sys.argv[1],
    "profile_identifier": "process-run-crate-0.5",
    "requirement_severity": Severity.REQUIRED,
    "offline": True,
}
for issue in services.validate(settings).get_issues():
    print(f"{issue.severity.name}: {issue.message}")
