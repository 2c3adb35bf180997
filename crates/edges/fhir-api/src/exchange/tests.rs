//! Tests of what speaks and of what names.
