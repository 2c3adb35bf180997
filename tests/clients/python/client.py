"""PyPI fhirpy against a running server: what it reads, finds, pages, writes, and what it is refused."""

import json
import os

from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import (
    AuthorizationError,
    ForbiddenError,
    MultipleResourcesFound,
    OperationOutcome,
    ResourceNotFound,
)

from checked import equal, holds, tell

BASE = os.environ["GALEN_BASE"]


def client(token=None, **headers):
    authorization = f"Bearer {token}" if token else None
    extra = {name.replace("_", "-"): value for name, value in headers.items()}
    return SyncFHIRClient(BASE, authorization=authorization, extra_headers=extra)


FEED = os.environ["GALEN_TOKEN"]
feed = client(FEED)
# Counting, fhirpy sends a parameter of one vendor's; a lenient search leaves it out.
lenient = client(FEED, Prefer="handling=lenient")
ann = client(os.environ["GALEN_PATIENT_TOKEN"])
nobody = client()


def refused(error, attempt, code=None):
    """The attempt must fail by this error, and say why in an OperationOutcome (with this issue code)."""
    try:
        done = attempt()
    except error as found:
        outcome = getattr(found, "resource", None) or json.loads(str(found))
        equal(outcome["resourceType"], "OperationOutcome")
        holds(outcome["issue"][0]["diagnostics"])
        if code is not None:
            equal(outcome["issue"][0]["code"], code, outcome)
        return
    raise AssertionError(f"not refused: {done!r}")


def person(id, family, given, birth_date):
    return feed.resource(
        "Patient",
        id=id,
        identifier=[{"system": "urn:galen:fhirpy", "value": id}],
        name=[{"family": family, "given": [given]}],
        gender="male",
        birthDate=birth_date,
    )


def pulse(patient, value, day):
    return feed.resource(
        "Observation",
        status="final",
        code={"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        subject={"reference": f"Patient/{patient}"},
        effectiveDateTime=f"2023-06-{day:02}",
        valueQuantity={"value": value, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
    )


def as_of(version, patient):
    """A change of the patient for somebody who saw this version."""
    changed = {**patient, "active": True}
    return client(FEED, If_Match=f'W/"{version}"').resource(changed.pop("resourceType"), **changed)


def reads_and_writes():
    person("py-ben", "Pytho", "Ben", "1981-02-03").save()
    person("py-cal", "Pytho", "Cal", "1991-05-06").save()
    read = feed.reference("Patient", "py-ben").to_resource()
    equal(read["name"][0]["family"], "Pytho")
    equal(read["meta"]["versionId"], "1")
    read["telecom"] = [{"system": "phone", "value": "0113 496 0001"}]
    read.save()
    equal(read["meta"]["versionId"], "2")
    stale = as_of("1", read)
    refused(MultipleResourcesFound, stale.save, "conflict")  # fhirpy's name for 412
    fresh = as_of("2", read)
    fresh.save()
    equal(fresh["meta"]["versionId"], "3")
    history = feed.execute("Patient/py-ben/_history", method="get")
    equal([entry["resource"]["meta"]["versionId"] for entry in history["entry"]], ["3", "2", "1"])


def creates_only_once():
    once = client(FEED, If_None_Exist="identifier=urn:galen:fhirpy|once")
    body = {
        "identifier": [{"system": "urn:galen:fhirpy", "value": "once"}],
        "name": [{"family": "Onlyone", "given": ["Dan"]}],
        "birthDate": "1971-01-01",
    }
    first, second = once.resource("Patient", **body).create(), once.resource("Patient", **body).create()
    equal(first.id, second.id)
    equal(lenient.resources("Patient").search(identifier="urn:galen:fhirpy|once").count(), 1)


def updates_by_condition():
    body = feed.resource("Organization", name="Pytho Trust", identifier=[{"system": "urn:galen:fhirpy", "value": "o"}])
    wanted = feed.resources("Organization").search(identifier="urn:galen:fhirpy|o")
    made, is_new = wanted.update(body)
    equal((is_new, made["name"]), (True, "Pytho Trust"))
    body["name"] = "Pytho Foundation Trust"
    changed, is_new = wanted.update(body)
    equal((is_new, changed.id, changed["name"]), (False, made.id, "Pytho Foundation Trust"))


def finds_and_pages():
    for day in range(1, 26):
        holds(pulse("py-ben", 60 + day, day).save().id)
    observations = feed.resources("Observation")
    some = observations.search(
        patient="py-ben",
        code="http://loinc.org|8867-4",
        date__ge="2023-06-05",
        date__le="2023-06-10",
        value_quantity="gt66",
    ).sort("-date")
    equal([one["valueQuantity"]["value"] for one in some.fetch()], [70, 69, 68, 67])
    by_name = feed.resources("Patient").search(name__contains="yth", birthdate__lt="1985-01-01", gender="male")
    equal([one.id for one in by_name.fetch()], ["py-ben"])
    equal(lenient.resources("Patient").search(family="Pytho").count(), 2)
    equal(feed.resources("Patient").search(_id="py-cal").get()["name"][0]["given"], ["Cal"])
    everything = observations.search(patient="py-ben").limit(7).fetch_all()
    equal(len(everything), 25)
    equal(len({one.id for one in everything}), 25)
    chained = observations.search(patient__Patient__family="Pytho").limit(100)
    equal(len(chained.fetch_all()), 25)
    included = observations.search(date="2023-06-01", patient="py-ben").include("Observation", "patient").fetch_raw()
    equal([entry["search"]["mode"] for entry in included["entry"]], ["match", "include"])


def transacts():
    url = "urn:uuid:5f0e7a52-52f5-4c2e-8a55-0a8fd1f2b001"

    def bundle(family, status):
        patient = {"resourceType": "Patient", "name": [{"family": family, "given": ["Eli"]}], "birthDate": "1961-01-01"}
        observation = {**pulse("x", 72, 1), "status": status, "subject": {"reference": url}}
        entries = [
            {"fullUrl": url, "resource": patient, "request": {"method": "POST", "url": "Patient"}},
            {"resource": observation, "request": {"method": "POST", "url": "Observation"}},
        ]
        return feed.resource("Bundle", type="transaction", entry=entries)

    done = feed.execute("", data=bundle("Wholly", "final").serialize())
    equal(done["type"], "transaction-response")
    equal([entry["response"]["status"][:3] for entry in done["entry"]], ["201", "201"])
    made = feed.resources("Patient").search(family="Wholly").get()
    equal(lenient.resources("Observation").search(patient=made.id).count(), 1)
    refused(OperationOutcome, lambda: feed.execute("", data=bundle("Partly", "no-such-status").serialize()))
    equal(lenient.resources("Patient").search(family="Partly").count(), 0, "all or nothing")


def deletes():
    made = pulse("py-cal", 80, 1).save()
    feed.delete(f"Observation/{made.id}")
    refused(ResourceNotFound, lambda: feed.get("Observation", made.id), "deleted")  # 410
    equal(lenient.resources("Observation").search(patient="py-cal").count(), 0)


def is_refused_rightly():
    refused(AuthorizationError, lambda: nobody.get("Patient", "py-ben"), "login")
    refused(AuthorizationError, lambda: client("nonsense").get("Patient", "py-ben"), "login")
    refused(ResourceNotFound, lambda: feed.get("Patient", "py-none"), "not-found")
    refused(OperationOutcome, feed.resource("Patient", gender="no-such-gender").save)
    refused(OperationOutcome, feed.resource("Patient", birthDate=["1980-01-01"]).save)
    refused(OperationOutcome, lambda: feed.resources("Patient").search(shoesize="9").fetch())
    equal(ann.get("Patient", "client-ann")["resourceType"], "Patient")
    refused(ResourceNotFound, lambda: ann.get("Patient", "py-ben"), "not-found")
    equal(ann.resources("Observation").search(patient="py-ben").fetch(), [])
    refused(ForbiddenError, lambda: ann.delete("Patient/client-ann"), "forbidden")


def reads_the_corpus():
    patients = feed.resources("Patient").search(identifier="https://github.com/synthetichealth/synthea|").fetch_all()
    equal(len(patients), 5)
    for patient in patients:
        encounters = feed.resources("Encounter").search(patient=patient.id).limit(20).fetch_all()
        holds(encounters, "a patient has encounters")
        holds(all(one["subject"]["reference"] == f"Patient/{patient.id}" for one in encounters))
        practitioner = encounters[0]["participant"][0]["individual"].to_resource()
        equal(practitioner["resourceType"], "Practitioner")


reads_and_writes()
creates_only_once()
updates_by_condition()
finds_and_pages()
transacts()
deletes()
is_refused_rightly()
if os.environ.get("GALEN_CORPUS"):
    reads_the_corpus()
tell("fhirpy")
