//! The policies of all services, compiled once and strictly validated against one schema.

use cedar_policy::{Authorizer, PolicySet, Schema, ValidationMode, Validator};
use std::str::FromStr;

/// A service's share: its name, its actions, its policy text.
#[derive(Debug, Clone, Copy)]
pub struct PolicySource {
    /// Service that owns them.
    pub name: &'static str,
    /// Actions it knows.
    pub actions: &'static [&'static str],
    /// Cedar text.
    pub text: &'static str,
}

/// The compiled whole.
pub struct Policies {
    pub(crate) set: PolicySet,
    pub(crate) schema: Schema,
    pub(crate) authorizer: Authorizer,
    actions: Vec<&'static str>,
}

const ENTITIES: &str = r"
namespace Galen {
  entity User {
    kind: String,
    roles: Set<String>,
    activities: Set<String>,
  };
  entity Record {
    kind: String,
    category: String,
    label: String,
    own: Bool,
    ofPatient: Bool,
    relationship: Bool,
    withheld: Bool,
    held: Bool,
  };
";

impl Policies {
    /// Compiles and validates; the error says which service's policy is wrong and how.
    pub fn compile(sources: &[PolicySource]) -> Result<Self, String> {
        let mut actions: Vec<&'static str> = sources.iter().flat_map(|s| s.actions.iter().copied()).collect();
        actions.sort_unstable();
        if let Some(pair) = actions.windows(2).find(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(format!(
                "two services declare the action {}",
                pair.first().copied().unwrap_or_default()
            ));
        }
        let schema = schema_text(&actions);
        let (schema, _warnings) =
            Schema::from_cedarschema_str(&schema).map_err(|e| format!("policy schema: {e}"))?;
        let mut set = PolicySet::new();
        for source in sources {
            let part =
                PolicySet::from_str(source.text).map_err(|e| format!("policy of {}: {e}", source.name))?;
            for policy in part.policies() {
                let id = policy
                    .annotation("id")
                    .ok_or_else(|| format!("policy of {}: a policy has no @id", source.name))?;
                set.add(policy.new_id(cedar_policy::PolicyId::new(id)))
                    .map_err(|e| format!("policy of {}: {e}", source.name))?;
            }
        }
        let result = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
        if !result.validation_passed() {
            let faults: Vec<String> = result.validation_errors().map(ToString::to_string).collect();
            return Err(faults.join("; "));
        }
        Ok(Self { set, schema, authorizer: Authorizer::new(), actions })
    }

    /// Every action that any service declares, sorted.
    pub fn actions(&self) -> &[&'static str] {
        &self.actions
    }

    /// Whether some policy speaks of the action by name.
    pub fn speaks_of(&self, action: &str) -> bool {
        let quoted = format!("Galen::Action::\"{action}\"");
        self.set.policies().any(|p| p.to_string().contains(&quoted))
    }
}

fn schema_text(actions: &[&str]) -> String {
    let quoted: Vec<String> = actions.iter().map(|a| format!("\"{a}\"")).collect();
    format!(
        "{ENTITIES}  action {} appliesTo {{ principal: [User], resource: [Record], \
         context: {{ purpose: String, breakGlass: Bool, multiFactor: Bool }} }};\n}}\n",
        quoted.join(", ")
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn own_policies_pass_strict_validation() {
        let source = PolicySource { name: "access", actions: crate::ACTIONS, text: crate::POLICY };
        let policies = Policies::compile(&[source]).unwrap();
        for action in crate::ACTIONS {
            assert!(policies.speaks_of(action), "no policy names {action}");
        }
    }

    #[test]
    fn a_policy_of_an_unknown_attribute_is_refused() {
        let text =
            r#"@id("x") permit (principal, action == Galen::Action::"A", resource) when { principal.nope };"#;
        let source = PolicySource { name: "x", actions: &["A"], text };
        assert!(Policies::compile(&[source]).is_err());
    }

    #[test]
    fn a_policy_of_an_undeclared_action_is_refused() {
        let text = r#"@id("x") permit (principal, action == Galen::Action::"B", resource);"#;
        let source = PolicySource { name: "x", actions: &["A"], text };
        assert!(Policies::compile(&[source]).is_err());
    }
}
