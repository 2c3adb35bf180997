//! Makes the contracts of the tree the released ones, with which later changes are compared.

use std::path::Path;

/// Copies the OpenAPI description, the schemas of events and the graphs.
pub fn run(schemas: &Path) -> Result<String, String> {
    let released = schemas.join("released");
    if released.exists() {
        std::fs::remove_dir_all(&released).map_err(|e| format!("{}: {e}", released.display()))?;
    }
    let mut copied = copy(&schemas.join("openapi.json"), &released)?;
    for folder in ["events", "graphql"] {
        let from = schemas.join(folder);
        let entries = std::fs::read_dir(&from).map_err(|e| format!("{}: {e}", from.display()))?;
        for entry in entries {
            let path = entry.map_err(|e| format!("{}: {e}", from.display()))?.path();
            copied += copy(&path, &released.join(folder))?;
        }
    }
    Ok(format!("{copied} contracts are released; say in the commit who was told of what breaks"))
}

fn copy(file: &Path, into: &Path) -> Result<usize, String> {
    let name = file.file_name().ok_or_else(|| format!("{} is no file", file.display()))?;
    std::fs::create_dir_all(into).map_err(|e| format!("{}: {e}", into.display()))?;
    std::fs::copy(file, into.join(name)).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(1)
}
