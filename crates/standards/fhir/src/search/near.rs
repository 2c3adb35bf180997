//! `Location?near=latitude|longitude[|distance[|units]]` (<https://hl7.org/fhir/R4/location.html#search>).

use crate::decimal::Decimal;
use crate::definitions::{SearchParameter, search_parameter};
use crate::json::Json;
use crate::resource_type::ResourceType;

/// Radius when the query names none.
const METRES_DEFAULT: f64 = 50_000.0;
/// Mean radius of the earth.
const EARTH_METRES: f64 = 6_371_008.8;

/// A circle on the earth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    latitude: f64,
    longitude: f64,
    metres: f64,
}

impl Eq for Near {}

impl Near {
    pub(super) fn read(
        resource_type: ResourceType,
        param: &SearchParameter,
        text: &str,
    ) -> Result<Self, String> {
        let is_near = search_parameter(resource_type, "near").is_some_and(|near| near.id == param.id);
        if !is_near {
            return Err("is not supported".to_owned());
        }
        let form = || "must be latitude|longitude[|distance[|unit]]".to_owned();
        let mut parts = text.split('|');
        let mut number = |most: f64| {
            let value = parts.next().filter(|part| !part.is_empty())?;
            let value = Decimal::parse(value)?.to_f64();
            (value.abs() <= most).then_some(value)
        };
        let (latitude, longitude) = (number(90.0).ok_or_else(form)?, number(180.0).ok_or_else(form)?);
        let rest: Vec<&str> = text.split('|').skip(2).collect();
        let metres = match rest.as_slice() {
            [] | [""] => METRES_DEFAULT,
            [distance, unit @ ..] if unit.len() <= 1 => {
                let unit = unit.first().copied().filter(|unit| !unit.is_empty()).unwrap_or("km");
                let distance = Decimal::parse(distance).ok_or_else(form)?;
                let metres = crate::ucum::convert(&distance, unit, "m");
                metres.ok_or("has a unit that is no length")?.to_f64()
            }
            _ => return Err(form()),
        };
        if metres < 0.0 {
            return Err("has a negative distance".to_owned());
        }
        Ok(Self { latitude, longitude, metres })
    }

    /// Whether a Location lies within the circle; one without a position does not.
    pub fn holds(&self, location: &Json) -> bool {
        let coordinate = |name| {
            let number = location.at(&["position", name]).and_then(Json::as_number)?;
            Decimal::parse(number).map(|number| number.to_f64())
        };
        let (Some(latitude), Some(longitude)) = (coordinate("latitude"), coordinate("longitude")) else {
            return false;
        };
        self.metres_to(latitude, longitude) <= self.metres
    }

    /// Great-circle distance by the haversine formula.
    fn metres_to(&self, latitude: f64, longitude: f64) -> f64 {
        let half = |a: f64, b: f64| ((a - b).to_radians() / 2.0).sin().powi(2);
        let across = self.latitude.to_radians().cos() * latitude.to_radians().cos();
        let square = half(latitude, self.latitude) + across * half(longitude, self.longitude);
        2.0 * EARTH_METRES * square.clamp(0.0, 1.0).sqrt().asin()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn near(text: &str) -> Result<Near, String> {
        let location = ResourceType::parse("Location").unwrap();
        Near::read(location, search_parameter(location, "near").unwrap(), text)
    }

    fn place(latitude: &str, longitude: &str) -> Json {
        let text = format!(r#"{{"position":{{"latitude":{latitude},"longitude":{longitude}}}}}"#);
        crate::json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn distances_are_those_of_the_globe() {
        // Paris to London is 344 km.
        let london = place("51.5074", "-0.1278");
        for (text, inside) in [
            ("48.8566|2.3522|345|km", true),
            ("48.8566|2.3522|342|km", false),
            ("48.8566|2.3522|345000|m", true),
            ("48.8566|2.3522|214|[mi_i]", true),
            ("48.8566|2.3522", false),
            ("51.5|-0.13", true),
        ] {
            assert_eq!(near(text).unwrap().holds(&london), inside, "{text}");
        }
        assert!(near("0|179.9|30").unwrap().holds(&place("0", "-179.9")));
        assert!(!near("0|0").unwrap().holds(&crate::json::parse(b"{}").unwrap()));
    }

    #[test]
    fn what_is_no_place_is_refused() {
        for text in ["", "1", "91|0", "0|181", "a|b", "1|2|3|kg", "1|2|-3", "1|2|3|km|x"] {
            assert!(near(text).is_err(), "{text}");
        }
    }
}
