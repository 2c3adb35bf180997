//! What a decision is about: the few facts of a record that policy looks at.

use galen_kernel::{Instant, PatientId};

/// What sort of thing it is; policies speak of these, not of 146 types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// Who the patient is: Patient, RelatedPerson, Person.
    Demographic,
    /// What is clinically known: observations, conditions, documents and all that no other category has.
    Clinical,
    /// Laboratory orders, specimens, results.
    Laboratory,
    /// Prescriptions, dispenses, administrations.
    Medication,
    /// Appointments, slots, schedules, tasks.
    Administrative,
    /// Charges, invoices, claims, coverage.
    Financial,
    /// Organizations, locations, practitioners, roles, services.
    Directory,
    /// Definitions: code systems, value sets, profiles, questionnaires.
    Conformance,
    /// Audit events.
    Audit,
    /// Users, sessions, break-glass.
    Security,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Demographic,
        Self::Clinical,
        Self::Laboratory,
        Self::Medication,
        Self::Administrative,
        Self::Financial,
        Self::Directory,
        Self::Conformance,
        Self::Audit,
        Self::Security,
    ];

    /// As policies see it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Demographic => "demographic",
            Self::Clinical => "clinical",
            Self::Laboratory => "laboratory",
            Self::Medication => "medication",
            Self::Administrative => "administrative",
            Self::Financial => "financial",
            Self::Directory => "directory",
            Self::Conformance => "conformance",
            Self::Audit => "audit",
            Self::Security => "security",
        }
    }

    /// The category of a FHIR resource type.
    pub fn of_type(name: &str) -> Self {
        let listed = CATEGORIES.iter().find(|(_, names)| names.contains(&name));
        listed.map_or(Self::Clinical, |(category, _)| *category)
    }
}

/// Which types belong to which category. Unlisted types are clinical: the strictest that care needs.
const CATEGORIES: &[(Category, &[&str])] = &[
    (Category::Demographic, &["Patient", "RelatedPerson", "Person"]),
    (
        Category::Laboratory,
        &["Specimen", "ServiceRequest", "DiagnosticReport", "MolecularSequence", "BodyStructure"],
    ),
    (
        Category::Medication,
        &[
            "MedicationRequest",
            "MedicationDispense",
            "MedicationAdministration",
            "MedicationStatement",
            "Medication",
            "MedicationKnowledge",
        ],
    ),
    (
        Category::Administrative,
        &[
            "Appointment",
            "AppointmentResponse",
            "Slot",
            "Schedule",
            "Task",
            "Communication",
            "CommunicationRequest",
            "Group",
            "List",
            "SupplyRequest",
            "SupplyDelivery",
        ],
    ),
    (
        Category::Financial,
        &[
            "Account",
            "ChargeItem",
            "Invoice",
            "Claim",
            "ClaimResponse",
            "Coverage",
            "CoverageEligibilityRequest",
            "CoverageEligibilityResponse",
            "EnrollmentRequest",
            "EnrollmentResponse",
            "ExplanationOfBenefit",
            "PaymentNotice",
            "PaymentReconciliation",
            "InsurancePlan",
            "Contract",
        ],
    ),
    (
        Category::Directory,
        &[
            "Organization",
            "OrganizationAffiliation",
            "Location",
            "Practitioner",
            "PractitionerRole",
            "HealthcareService",
            "Endpoint",
            "DeviceDefinition",
            "Substance",
        ],
    ),
    (
        Category::Conformance,
        &[
            "CodeSystem",
            "ValueSet",
            "ConceptMap",
            "NamingSystem",
            "StructureDefinition",
            "StructureMap",
            "SearchParameter",
            "CapabilityStatement",
            "OperationDefinition",
            "CompartmentDefinition",
            "ImplementationGuide",
            "GraphDefinition",
            "MessageDefinition",
            "TerminologyCapabilities",
            "TestScript",
            "TestReport",
            "ExampleScenario",
            "Questionnaire",
            "ActivityDefinition",
            "PlanDefinition",
            "Library",
            "Measure",
            "ChargeItemDefinition",
            "ObservationDefinition",
            "SpecimenDefinition",
            "EventDefinition",
            "ResearchDefinition",
            "ResearchElementDefinition",
            "EffectEvidenceSynthesis",
            "RiskEvidenceSynthesis",
            "Evidence",
            "EvidenceVariable",
        ],
    ),
    (Category::Audit, &["AuditEvent"]),
    (Category::Security, &["Subscription"]),
];

/// How sensitive a record is (HL7 v3 Confidentiality): the highest of its own labels and its patient's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Label {
    /// U, L, M, N or none.
    #[default]
    Normal,
    /// R.
    Restricted,
    /// V.
    VeryRestricted,
}

impl Label {
    /// All of them, mildest first.
    pub const ALL: [Self; 3] = [Self::Normal, Self::Restricted, Self::VeryRestricted];

    /// As policies see it: the v3 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Normal => "N",
            Self::Restricted => "R",
            Self::VeryRestricted => "V",
        }
    }

    /// Reads a v3-Confidentiality code; what is not R or V is normal.
    pub fn of_code(code: &str) -> Self {
        match code {
            "R" => Self::Restricted,
            "V" => Self::VeryRestricted,
            _ => Self::Normal,
        }
    }
}

/// Which of an application's search criteria a resource meets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Met {
    /// There is no resource in hand: the question is about a kind of thing.
    #[default]
    Unasked,
    /// These, and no others.
    These(Vec<String>),
}

/// What a decision is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Resource type or document name.
    pub kind: &'static str,
    /// Its category.
    pub category: Category,
    /// How sensitive it is.
    pub label: Label,
    /// Whose record it belongs to, if anybody's.
    pub patients: Vec<PatientId>,
    /// The facility it belongs to, if any.
    pub facility: Option<String>,
    /// When the patient may see it; `None` = whenever it is there.
    pub release: Option<Instant>,
    /// Which criteria of the asking application's scopes it meets.
    pub met: Met,
}

impl Target {
    /// A thing of no patient and no facility.
    pub const fn plain(kind: &'static str, category: Category) -> Self {
        Self {
            kind,
            category,
            label: Label::Normal,
            patients: Vec::new(),
            facility: None,
            release: None,
            met: Met::Unasked,
        }
    }

    /// The same, in the records of `patients`.
    #[must_use]
    pub fn of(mut self, patients: Vec<PatientId>) -> Self {
        self.patients = patients;
        self
    }

    /// The same, so sensitive.
    #[must_use]
    pub const fn labelled(mut self, label: Label) -> Self {
        self.label = label;
        self
    }
}
