//! AuditEvent as a view of the journal: what `galen-records` needs to read and search it like any other type.

use galen_audit::{JournalBody, event};
use galen_fhir::{Json, ResourceType};
use galen_records::JournalView;
use galen_store::{JournalPosition, JournalRow, ShardId};

/// The audit's AuditEvents.
pub struct AuditEvents(ResourceType);

impl AuditEvents {
    /// The view; `None` if the definitions had no AuditEvent.
    pub fn new() -> Option<Self> {
        ResourceType::parse("AuditEvent").map(Self)
    }
}

impl JournalView for AuditEvents {
    fn resource_type(&self) -> ResourceType {
        self.0
    }

    fn resource(&self, shard: ShardId, row: &JournalRow) -> Option<Json> {
        let body = JournalBody::parse(row.body.as_deref()?)?;
        Some(event::audit_event(shard, row.position, &body))
    }

    fn place(&self, id: &str) -> Option<(ShardId, JournalPosition)> {
        event::parse_id(id)
    }
}
