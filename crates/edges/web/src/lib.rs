//! galen-web.
