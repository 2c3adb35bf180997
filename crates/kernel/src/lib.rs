//! galen-kernel.
