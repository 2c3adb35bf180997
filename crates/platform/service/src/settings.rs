//! What an installation sets for single services: each service has a type of its own, which the shell only carries.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// Settings by their type.
#[derive(Clone, Default)]
pub struct Settings(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Settings {
    /// The same with these; what was set of their type before is replaced.
    #[must_use]
    pub fn with<T: Any + Send + Sync>(mut self, settings: T) -> Self {
        self.0.insert(TypeId::of::<T>(), Arc::new(settings));
        self
    }

    /// Those of this type, where the installation set any.
    pub fn of<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        Arc::clone(self.0.get(&TypeId::of::<T>())?).downcast().ok()
    }
}

impl fmt::Debug for Settings {
    /// How many: settings hold secrets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Settings({})", self.0.len())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_type_has_its_own() {
        let settings = Settings::default().with(1_u8).with("a").with("b");
        assert_eq!((*settings.of::<u8>().unwrap(), *settings.of::<&str>().unwrap()), (1, "b"));
        assert!(settings.of::<u16>().is_none());
    }
}
