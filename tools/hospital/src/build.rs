//! Small parts of resources.

use galen_fhir::{Json, Object, array, object};

/// System of LOINC codes.
pub const LOINC: &str = "http://loinc.org";
/// System of ICD-10-CM codes.
pub const ICD_10: &str = "http://hl7.org/fhir/sid/icd-10-cm";
/// System of RxNorm codes.
pub const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
/// System of vaccine codes.
pub const CVX: &str = "http://hl7.org/fhir/sid/cvx";
/// System of units.
pub const UCUM: &str = "http://unitsofmeasure.org";

/// A coding.
pub fn coding(system: &str, code: &str) -> Json {
    object! { "system" => system, "code" => code }
}

/// A concept of one code, in our own words.
pub fn concept(system: &str, code: &str, text: &str) -> Json {
    object! { "coding" => array![coding(system, code)], "text" => text }
}

/// A concept of one code of HL7's terminology, which needs no words of ours.
pub fn term(system: &str, code: &str) -> Json {
    object! { "coding" => array![coding(&format!("http://terminology.hl7.org/CodeSystem/{system}"), code)] }
}

/// A reference.
pub fn reference(kind: &str, id: &str) -> Json {
    object! { "reference" => format!("{kind}/{id}") }
}

/// A number by its text: decimals keep their places.
pub fn number(text: &str) -> Json {
    Json::Number(text.into())
}

/// `value` in units of ten to the minus `places`, as text.
pub fn decimal(value: i32, places: u32) -> String {
    if places == 0 {
        return value.to_string();
    }
    let scale = 10_u32.pow(places);
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) = (value.unsigned_abs() / scale, value.unsigned_abs() % scale);
    format!("{sign}{whole}.{part:0width$}", width = places as usize)
}

/// A quantity in a UCUM unit; `unit` is what people read, empty for plain numbers.
pub fn quantity(value: &str, unit: &str, code: &str) -> Json {
    let mut quantity = Object::new();
    quantity.insert("value", number(value));
    if !unit.is_empty() {
        quantity.insert("unit", unit);
    }
    quantity.insert("system", UCUM);
    quantity.insert("code", code);
    Json::Object(quantity)
}

/// A reference range.
pub fn range(low: &str, high: &str, unit: &str, code: &str) -> Json {
    object! { "low" => quantity(low, unit, code), "high" => quantity(high, unit, code) }
}

/// A resource to which members are added.
pub struct Builder(Object);

impl Builder {
    /// Of this type.
    pub fn new(kind: &str) -> Self {
        let mut object = Object::new();
        object.insert("resourceType", kind);
        Self(object)
    }

    /// With this member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.0.insert(name, value);
        self
    }

    /// With this member, if there is one.
    #[must_use]
    pub fn maybe(self, name: &str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The resource.
    pub fn done(self) -> Json {
        Json::Object(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn decimals_keep_their_places() {
        assert_eq!(
            (decimal(540, 2), decimal(5, 1), decimal(-7, 2), decimal(42, 0)),
            ("5.40".into(), "0.5".into(), "-0.07".into(), "42".into())
        );
    }
}
