"""PyPI fhirclient (SMART's own) against a running server: authorizing, reading, searching, paging, writing, refusals."""

import json
import logging
import os
from urllib.parse import parse_qs, urlsplit

import requests
from fhirclient.client import FHIRClient
from fhirclient.models.codeableconcept import CodeableConcept
from fhirclient.models.fhirdatetime import FHIRDateTime
from fhirclient.models.fhirreference import FHIRReference
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from fhirclient.models.quantity import Quantity
from fhirclient.server import FHIRNotFoundException, FHIRPermissionDeniedException, FHIRUnauthorizedException

from checked import equal, holds, tell
from person import Person

# It says each time that it does not read id tokens.
logging.getLogger("fhirclient.client").setLevel(logging.ERROR)
BASE = os.environ["GALEN_BASE"]
ORIGIN = BASE.removesuffix("/fhir")
SCOPES = "openid fhirUser offline_access patient/Patient.read patient/Observation.read"
PATIENT = "py-sam"


def client(**settings):
    return FHIRClient(settings={"app_id": os.environ["GALEN_CLIENT"], "api_base": BASE, **settings})


def with_token(token):
    made = client()
    equal(made.prepare(), False, "the statement says that there is something to authorize")
    made.server.auth.access_token = token
    equal(made.ready, True)
    return made.server


def refused(error, attempt, status=None):
    """The attempt must fail by this error, and say why in an OperationOutcome."""
    try:
        done = attempt()
    except error as found:
        response = found.response
        equal(response.json()["resourceType"], "OperationOutcome")
        holds(response.json()["issue"][0]["diagnostics"])
        if status is not None:
            equal(response.status_code, status)
        return
    raise AssertionError(f"not refused: {done!r}")


def pulse(patient, value, day):
    made = Observation()
    made.status = "final"
    made.code = CodeableConcept({"coding": [{"system": "http://loinc.org", "code": "8867-4"}]})
    made.subject = FHIRReference({"reference": f"Patient/{patient}"})
    made.effectiveDateTime = FHIRDateTime(f"2021-06-{day:02}")
    unit = {"unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"}
    made.valueQuantity = Quantity({"value": value, **unit})
    return made


def person(family):
    return Patient({"name": [{"family": family, "given": ["Sam"]}], "gender": "male", "birthDate": "1975-06-07"})


def reads_and_writes(feed):
    body = {**person("Smartpy").as_json(), "id": PATIENT}
    Patient(body).update(feed)
    read = Patient.read(PATIENT, feed)
    equal((read.name[0].family, read.birthDate.isostring), ("Smartpy", "1975-06-07"))
    made = person("Smartcreate").create(feed)
    equal((made["resourceType"], made["meta"]["versionId"]), ("Patient", "1"))
    changed = Patient.read(made["id"], feed)
    changed.active = True
    equal(changed.update()["meta"]["versionId"], "2")
    equal(changed.delete(), None)
    refused(requests.HTTPError, lambda: Patient.read(made["id"], feed), 410)


def finds_and_pages(feed):
    for day in range(1, 13):
        holds(pulse(PATIENT, 60 + day, day).create(feed)["id"])
    struct = {"patient": PATIENT, "date": {"$and": ["ge2021-06-03", "le2021-06-06"]}, "value-quantity": "gt63"}
    found = Observation.where(struct).perform_resources_iter(feed)
    equal(sorted(one.valueQuantity.value for one in found), [64, 65, 66])
    search = Observation.where({"patient": PATIENT, "_count": "5", "_sort": "date"})
    equal([len(page.entry) for page in search.perform_iter(feed)], [5, 5, 2])
    equal([one.valueQuantity.value for one in search.perform_resources_iter(feed)], list(range(61, 73)))
    both = Observation.where({"patient": PATIENT, "date": "2021-06-01"}).include("subject")
    equal([one.resource_type for one in both.perform_resources_iter(feed)], ["Observation", "Patient"])
    back = Patient.where({"_id": PATIENT}).include("subject", Observation, reverse=True)
    equal(len(list(back.perform_resources_iter(feed))), 13)
    equal(list(Patient.where({"family": "Nobodysmart"}).perform_resources_iter(feed)), [])


def is_refused_rightly(feed):
    refused(FHIRUnauthorizedException, lambda: Patient.read(PATIENT, client().server))
    refused(FHIRUnauthorizedException, lambda: Patient.read(PATIENT, with_token("nonsense")))
    refused(FHIRNotFoundException, lambda: Patient.read("py-none", feed))
    refused(requests.HTTPError, lambda: list(Patient.where({"shoesize": "9"}).perform_iter(feed)), 400)
    wrong = pulse(PATIENT, 1, 1)
    wrong.status = "no-such-status"
    refused(requests.HTTPError, lambda: wrong.create(feed), 422)


def asks_a_person():
    """Its whole way from `authorize_url` to a refreshed token."""
    sam = Person(ORIGIN, json.loads(os.environ["GALEN_SAM"]))
    settings = {"scope": SCOPES, "redirect_uri": os.environ["GALEN_APP"] + "/"}
    refusing = client(**settings)
    request, _ = sam.asked(refusing.authorize_url)
    try:
        refusing.handle_callback(sam.decides(request, allow=False))
        raise AssertionError("a refusal was taken for a code")
    except Exception as error:
        holds("not allow" in str(error), error)

    smart = client(**settings)
    request, shown = sam.asked(smart.authorize_url)
    equal((shown["client"], shown["patient"]["name"]), ("Growth chart", "SMARTPY, Sam"))
    scopes = [one["scope"] for one in shown["scopes"]]
    equal(sorted(scopes), sorted(f"launch/patient {SCOPES}".split()))
    redirect = sam.decides(request, allow=True, scopes=scopes)
    equal(parse_qs(urlsplit(redirect).query)["iss"], [ORIGIN])
    smart.handle_callback(redirect)
    equal(smart.ready, True)
    equal((smart.patient_id, smart.human_name(smart.patient.name[0])), (PATIENT, "Sam Smartpy"))
    search = Observation.where({"patient": PATIENT, "_count": "5"})
    equal(len(list(search.perform_resources_iter(smart.server))), 12)
    refused(FHIRPermissionDeniedException, lambda: pulse(PATIENT, 60, 1).create(smart.server), 403)
    refused(FHIRNotFoundException, lambda: Patient.read("client-ann", smart.server))
    before = smart.server.auth.access_token
    equal(smart.reauthorize(), True)
    holds(smart.server.auth.access_token != before, "refreshed")
    equal(Patient.read(PATIENT, smart.server).id, PATIENT)
    again = FHIRClient(state=smart.state)
    equal(Patient.read(PATIENT, again.server).id, PATIENT, "kept with its state")


feed = with_token(os.environ["GALEN_TOKEN"])
reads_and_writes(feed)
finds_and_pages(feed)
is_refused_rightly(feed)
asks_a_person()
tell("fhirclient of PyPI")
