//! A JSON object: pairs in order. FHIR objects have a handful of members, so a scan beats a map.

use super::Json;

/// Members in the order they came.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object {
    members: Vec<(Box<str>, Json)>,
}

impl Object {
    /// An empty object.
    pub fn new() -> Self {
        Self::default()
    }

    /// The member of this name.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.members.iter().find(|(known, _)| **known == *name).map(|(_, value)| value)
    }

    /// The member of this name, to change.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Json> {
        self.members.iter_mut().find(|(known, _)| **known == *name).map(|(_, value)| value)
    }

    /// Whether there is a member of this name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets a member: in its place when it exists, else at the end. Answers what was there.
    pub fn insert(&mut self, name: &str, value: impl Into<Json>) -> Option<Json> {
        let value = value.into();
        if let Some(known) = self.get_mut(name) {
            return Some(std::mem::replace(known, value));
        }
        self.members.push((name.into(), value));
        None
    }

    /// Sets a member; a new one goes to this place.
    pub fn insert_at(&mut self, place: usize, name: &str, value: impl Into<Json>) {
        let value = value.into();
        if let Some(known) = self.get_mut(name) {
            *known = value;
        } else {
            self.members.insert(place.min(self.members.len()), (name.into(), value));
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) -> Option<Json> {
        let at = self.members.iter().position(|(known, _)| **known == *name)?;
        Some(self.members.remove(at).1)
    }

    /// The same object with this member set: for building.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.insert(name, value);
        self
    }

    /// The same object with this member set if there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<Json>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Members in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Json)> {
        self.members.iter().map(|(name, value)| (&**name, value))
    }

    /// Members in order, values to change.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&str, &mut Json)> {
        self.members.iter_mut().map(|(name, value)| (&**name, value))
    }

    /// Keeps the members this says yes to.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &Json) -> bool) {
        self.members.retain(|(name, value)| keep(name, value));
    }

    /// How many members.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Adds a member known to be new; only the parser and builders that checked may.
    pub(super) fn push_new(&mut self, name: Box<str>, value: Json) {
        self.members.push((name, value));
    }
}

impl FromIterator<(Box<str>, Json)> for Object {
    fn from_iter<I: IntoIterator<Item = (Box<str>, Json)>>(pairs: I) -> Self {
        let mut object = Self::new();
        for (name, value) in pairs {
            object.insert(&name, value);
        }
        object
    }
}
