//! What a page does not use leaves its module and its glue.
//!
//! wasm-bindgen exports every class of every dependency, and names functions by sixteen digits of a
//! hash that no compression can shorten. Both are taken out here, after it has run.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::json;

use crate::tools;

/// What `wasm-opt --minify-imports-and-exports-and-modules` prints: old names and new ones.
#[derive(Deserialize)]
struct Renamed {
    imports: Vec<(String, String, String)>,
    exports: Vec<(String, String)>,
}

/// Slims `PACKAGE.js` and `PACKAGE_bg.wasm`; `features` are wasm-opt's.
pub fn slim(glue: &Path, wasm: &Path, features: &[&str]) -> Result<()> {
    let mut text = without_classes(&fs::read_to_string(glue)?);
    let renamed = wasm.with_extension("renamed");
    // Imports that fall away may have been the only users of an export: the second round takes those.
    let mut round = || -> Result<Renamed> {
        keep_exports(wasm, &exports_used(&text), features)?;
        let names = rename(wasm, &renamed, features)?;
        let imported: BTreeSet<&str> = names.imports.iter().map(|(_, old, _)| old.as_str()).collect();
        text = without_imports(&text, &imported);
        Ok(names)
    };
    round()?;
    let names = round()?;
    fs::rename(renamed, wasm)?;
    fs::write(glue, with_names(&text, &names))?;
    Ok(())
}

/// The glue without the classes of dependencies: our own crates export functions only.
fn without_classes(glue: &str) -> String {
    let mut kept = String::new();
    let mut until: Option<fn(&str) -> bool> = None;
    for line in glue.lines() {
        if let Some(ends) = until {
            if ends(line) {
                until = None;
            }
            continue;
        }
        if line.starts_with("export class ") {
            until = Some(|line| line == "}");
        } else if line.starts_with("const ") && line.contains("Finalization = (") {
            until = Some(|line| line.ends_with(';'));
        } else if !line.starts_with("if (Symbol.dispose) ") {
            kept.push_str(&line.replace("export { initSync, ", "export { "));
            kept.push('\n');
        }
    }
    kept
}

/// The glue without the functions that the module no longer asks for.
fn without_imports(glue: &str, imported: &BTreeSet<&str>) -> String {
    let mut kept = String::new();
    let mut leaving = false;
    let mut in_table = false;
    for line in glue.lines() {
        if line.starts_with("function __wbg_get_imports") {
            in_table = true;
        } else if line == "}" {
            in_table = false;
        }
        let name = line.strip_prefix("        ").and_then(|line| line.split_once(": function(")).map(|(name, _)| name);
        if in_table && name.is_some_and(|name| !name.starts_with(' ') && !imported.contains(name)) {
            leaving = true;
        }
        if !leaving {
            kept.push_str(line);
            kept.push('\n');
        }
        if leaving && line.starts_with("        }") {
            leaving = false;
        }
    }
    kept
}

/// The names behind `wasm.` in the glue.
fn exports_used(glue: &str) -> BTreeSet<String> {
    glue.split("wasm.")
        .skip(1)
        .map(|rest| rest.chars().take_while(|sign| sign.is_alphanumeric() || *sign == '_').collect())
        .filter(|name: &String| !name.is_empty())
        .collect()
}

/// Takes everything out of the module that these exports do not reach.
fn keep_exports(wasm: &Path, exports: &BTreeSet<String>, features: &[&str]) -> Result<()> {
    let mut graph = vec![json!({ "name": "page", "root": true, "reaches": exports })];
    graph.extend(exports.iter().map(|name| json!({ "name": name, "export": name })));
    let file = wasm.with_extension("graph.json");
    fs::write(&file, serde_json::to_vec(&graph)?)?;
    let mut remove = tools::script("binaryen/bin/wasm-metadce")?;
    let output = remove.arg(wasm).arg("--graph-file").arg(&file).args(features).arg("-o").arg(wasm).output()?;
    let _ = fs::remove_file(file);
    if !output.status.success() {
        anyhow::bail!("wasm-metadce: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Gives imports and exports short names, and says which.
fn rename(wasm: &Path, out: &Path, features: &[&str]) -> Result<Renamed> {
    let mut shorten = tools::wasm_opt()?;
    let output =
        shorten.arg(wasm).args(features).arg("--minify-imports-and-exports-and-modules").arg("-o").arg(out).output()?;
    if !output.status.success() {
        anyhow::bail!("wasm-opt: {}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).context("wasm-opt no longer says how it named things")
}

/// The glue with the new names. Both kinds of old names are long enough to stand for nothing else.
fn with_names(glue: &str, names: &Renamed) -> String {
    let imports: BTreeMap<&str, &str> =
        names.imports.iter().map(|(_, old, new)| (old.as_str(), new.as_str())).collect();
    let exports: BTreeMap<&str, &str> = names.exports.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
    let mut text = String::new();
    for line in glue.lines() {
        let entry = line.strip_prefix("        ").and_then(|rest| rest.split_once(": function("));
        let renamed = entry.and_then(|(name, rest)| Some((imports.get(name)?, rest)));
        let line = match renamed {
            Some((new, rest)) => format!("        \"{new}\": function({rest}"),
            None => line.to_owned(),
        };
        let mut parts = line.split("wasm.");
        text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let end = part.find(|sign: char| !sign.is_alphanumeric() && sign != '_').unwrap_or(part.len());
            let (name, rest) = part.split_at(end);
            match exports.get(name) {
                Some(new) => text.push_str(&format!("wasm[\"{new}\"]{rest}")),
                None => text.push_str(&format!("wasm.{part}")),
            }
        }
        text.push('\n');
    }
    // All imports come from one module, which becomes the first letter.
    let module = names.imports.first().map(|(module, ..)| module.as_str()).unwrap_or_default();
    text.replace(&format!("\"{module}\": import0"), "\"a\": import0")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "\
export class Foreign {
    free() {
        wasm.__wbg_foreign_free(1);
    }
}
if (Symbol.dispose) Foreign.prototype[Symbol.dispose] = Foreign.prototype.free;
export function start() {
    wasm.start(wasm.memory);
}
function __wbg_get_imports() {
    const import0 = {
        __wbg_focus_d5e2: function(arg0) {
            arg0.focus();
        },
        __wbg_view_3b70: function() { return handleError(function (arg0) {
            return arg0.view;
        }, arguments); },
    };
    return {
        \"./widget_bg.js\": import0,
    };
}
const ForeignFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_foreign_free(ptr, 1));
export { initSync, __wbg_init as default };
";

    #[test]
    fn classes_and_unused_imports_leave_and_names_become_short() {
        let text = without_classes(GLUE);
        assert_eq!(exports_used(&text).into_iter().collect::<Vec<_>>(), ["memory", "start"]);
        let text = without_imports(&text, &BTreeSet::from(["__wbg_focus_d5e2"]));
        assert!(!text.contains("view") && text.contains("arg0.focus()"), "{text}");
        let names = Renamed {
            imports: vec![("./widget_bg.js".into(), "__wbg_focus_d5e2".into(), "b".into())],
            exports: vec![("start".into(), "c".into()), ("memory".into(), "d".into())],
        };
        let text = with_names(&text, &names);
        assert!(text.contains("wasm[\"c\"](wasm[\"d\"]);"), "{text}");
        assert!(text.contains("\"b\": function(arg0) {") && text.contains("\"a\": import0"), "{text}");
        assert!(text.ends_with("export { __wbg_init as default };\n"), "{text}");
    }
}
