//! Compartments other than the patient's (<https://hl7.org/fhir/R4/compartmentdefinition.html>): which parameters put a
//! resource into the compartment of an encounter, a practitioner, a related person or a device.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::resource_type::ResourceType;

/// By owner: types, each with its parameters.
const DEFINITIONS: [(&str, &str); 4] = [
    (
        "Encounter",
        "CarePlan encounter; CareTeam encounter; ChargeItem context; Claim encounter; ClinicalImpression encounter; \
         Communication encounter; CommunicationRequest encounter; Composition encounter; Condition encounter; \
         DeviceRequest encounter; DiagnosticReport encounter; DocumentManifest related-ref; DocumentReference encounter; \
         ExplanationOfBenefit encounter; Media encounter; MedicationAdministration context; MedicationRequest encounter; \
         NutritionOrder encounter; Observation encounter; Procedure encounter; QuestionnaireResponse encounter; \
         RequestGroup encounter; ServiceRequest encounter; VisionPrescription encounter",
    ),
    (
        "Practitioner",
        "Account subject; AdverseEvent recorder; AllergyIntolerance recorder asserter; Appointment actor; \
         AppointmentResponse actor; AuditEvent agent; Basic author; CarePlan performer; CareTeam participant; \
         ChargeItem enterer performer-actor; Claim enterer provider payee care-team; ClaimResponse requestor; \
         ClinicalImpression assessor; Communication sender recipient; CommunicationRequest sender recipient requester; \
         Composition subject author attester; Condition asserter; CoverageEligibilityRequest enterer provider; \
         CoverageEligibilityResponse requestor; DetectedIssue author; DeviceRequest requester performer; \
         DiagnosticReport performer; DocumentManifest subject author recipient; \
         DocumentReference subject author authenticator; Encounter practitioner participant; \
         EpisodeOfCare care-manager; ExplanationOfBenefit enterer provider payee care-team; Flag author; Group member; \
         Immunization performer; Invoice participant; Linkage author; List source; Media subject operator; \
         MedicationAdministration performer; MedicationDispense performer receiver; MedicationRequest requester; \
         MedicationStatement source; MessageHeader receiver author responsible enterer; NutritionOrder provider; \
         Observation performer; Patient general-practitioner; PaymentNotice provider; PaymentReconciliation requestor; \
         Person practitioner; PractitionerRole practitioner; Procedure performer; Provenance agent; \
         QuestionnaireResponse author source; RequestGroup participant author; ResearchStudy principalinvestigator; \
         RiskAssessment performer; Schedule actor; ServiceRequest performer requester; Specimen collector; \
         SupplyDelivery supplier receiver; SupplyRequest requester; VisionPrescription prescriber",
    ),
    (
        "RelatedPerson",
        "AdverseEvent recorder; AllergyIntolerance asserter; Appointment actor; AppointmentResponse actor; Basic author; \
         CarePlan performer; CareTeam participant; ChargeItem enterer performer-actor; Claim payee; \
         Communication sender recipient; CommunicationRequest sender recipient requester; Composition author; \
         Condition asserter; Coverage policy-holder subscriber payor; DocumentManifest author recipient; \
         DocumentReference author; Encounter participant; ExplanationOfBenefit payee; Invoice recipient; \
         MedicationAdministration performer; MedicationStatement source; Observation performer; Patient link; \
         Person link; Procedure performer; Provenance agent; QuestionnaireResponse author source; \
         RequestGroup participant; Schedule actor; ServiceRequest performer; SupplyRequest requester",
    ),
    (
        "Device",
        "Account subject; Appointment actor; AppointmentResponse actor; AuditEvent agent; \
         ChargeItem enterer performer-actor; Claim procedure-udi item-udi detail-udi subdetail-udi; \
         Communication sender recipient; CommunicationRequest sender recipient; Composition author; \
         DetectedIssue author; DeviceRequest device subject requester performer; DeviceUseStatement device; \
         DiagnosticReport subject; DocumentManifest subject author; DocumentReference subject author; \
         ExplanationOfBenefit procedure-udi item-udi detail-udi subdetail-udi; Flag author; Group member; \
         Invoice participant; List subject source; Media subject; MedicationAdministration device; \
         MessageHeader target; Observation subject device; Provenance agent; QuestionnaireResponse author; \
         RequestGroup author; RiskAssessment performer; Schedule actor; ServiceRequest performer requester; \
         Specimen subject; SupplyRequest requester",
    ),
];

static PARAMETERS: LazyLock<HashMap<(&str, &str), Vec<&'static str>>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    for (owner, text) in DEFINITIONS {
        for entry in text.split(';') {
            let mut words = entry.split_whitespace();
            if let Some(about) = words.next() {
                all.insert((owner, about), words.collect());
            }
        }
    }
    all
});

/// The codes of the parameters that put a resource of type `about` into the compartment of an `owner`; none for the patient's
/// compartment, whose parameters say so themselves.
pub fn parameters(owner: ResourceType, about: ResourceType) -> &'static [&'static str] {
    PARAMETERS.get(&(owner.name(), about.name())).map_or(&[], Vec::as_slice)
}

/// Whether there are compartments of this type.
pub fn is_owner(resource_type: ResourceType) -> bool {
    resource_type.name() == "Patient" || DEFINITIONS.iter().any(|(owner, _)| *owner == resource_type.name())
}

/// The types that may be in a compartment of `owner`, alphabetical, the owner's own included.
pub fn members(owner: ResourceType) -> Vec<ResourceType> {
    let is_patients = owner.name() == "Patient";
    let is_member = |about: &ResourceType| {
        *about == owner
            || if is_patients {
                crate::search_parameters(*about).iter().any(|param| param.patient_compartment)
            } else {
                !parameters(owner, *about).is_empty()
            }
    };
    ResourceType::all().filter(is_member).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::definitions::ParamKind;
    use crate::search_parameter;

    #[test]
    fn every_parameter_is_one_that_may_point_to_its_owner() {
        for (owner, text) in DEFINITIONS {
            let owner = ResourceType::parse(owner).unwrap();
            for entry in text.split(';') {
                let mut words = entry.split_whitespace();
                let about = ResourceType::parse(words.next().unwrap()).unwrap();
                for code in words {
                    let param = search_parameter(about, code).unwrap_or_else(|| panic!("{about}.{code}"));
                    assert_eq!(param.kind, ParamKind::Reference, "{about}.{code}");
                    assert!(
                        param.targets.is_empty() || param.targets.contains(&owner),
                        "{owner}: {about}.{code}"
                    );
                }
            }
        }
    }

    #[test]
    fn members_are_those_with_parameters() {
        let of = |name| members(ResourceType::parse(name).unwrap());
        assert_eq!(of("Encounter").len(), 25);
        assert!(of("Patient").len() > 60);
        assert!(of("Medication") == [ResourceType::parse("Medication").unwrap()]);
        assert!(!is_owner(ResourceType::parse("Medication").unwrap()));
    }
}
