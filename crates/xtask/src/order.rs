//! Functions that look alike stand next to each other in a module.
//!
//! gzip finds again only what it saw in the last 32 KiB, and Brotli says near distances in fewer bits. Compilers
//! order functions by their size or use, so that what two of them share is often further away than that. The order
//! here is greedy: next comes whichever function shares most of its bytes with what stands right before it.

use std::{
    collections::{HashMap, VecDeque},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use wasm_encoder::{CustomSection, Module, NameMap, NameSection, RawSection};
use wasmparser::{Parser, Payload, TypeRef};

use crate::tools;

/// What repeats is looked for in pieces of so many bytes.
const PIECE: usize = 7;

/// How far back a repetition is found, in bytes: gzip's window.
const WINDOW: usize = 32_000;

/// Between 0, whoever shares most bytes comes next, and 1, whoever shares most of its own. Measured on our modules:
/// within 0.5 % of their size from 0.6 to 0.95, the least at 0.7.
const SHARE: f64 = 0.7;

/// Orders the functions of a module in place; `features` are wasm-opt's.
pub fn order(wasm: &Path, features: &[&str]) -> Result<()> {
    let module = fs::read(wasm)?;
    let (imported, bodies) = functions(&module)?;
    let mut names: Vec<(u32, String)> =
        alike(&bodies).into_iter().zip(0_u32..).map(|(function, place)| (function, format!("{place:08}"))).collect();
    names.sort_unstable();
    fs::write(wasm, named(&module, imported, &names)?)?;
    let mut reorder = tools::wasm_opt()?;
    reorder.arg("--reorder-functions-by-name").args(features).arg(wasm).arg("-o").arg(wasm);
    tools::run(&mut reorder)
}

/// How many functions a module imports, and the bodies of its own.
fn functions(module: &[u8]) -> Result<(u32, Vec<&[u8]>)> {
    let mut imported = 0;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    if matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)) {
                        imported += 1;
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                bodies.push(module.get(body.range()).context("a function ends behind its module")?);
            }
            _ => {}
        }
    }
    Ok((imported, bodies))
}

/// The module with these names for its own functions, in place of all it had.
fn named(module: &[u8], imported: u32, names: &[(u32, String)]) -> Result<Vec<u8>> {
    let mut written = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        match payload {
            Payload::CustomSection(custom) if custom.name() == "name" => {}
            Payload::CustomSection(custom) => {
                written.section(&CustomSection { name: custom.name().into(), data: custom.data().into() });
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = module.get(range).context("a section ends behind its module")?;
                    written.section(&RawSection { id, data });
                }
            }
        }
    }
    let mut functions = NameMap::new();
    for (function, name) in names {
        functions.append(imported + function, name);
    }
    let mut section = NameSection::new();
    section.functions(&functions);
    written.section(&section);
    Ok(written.finish())
}

/// The functions by their numbers, each behind those that it shares most with.
fn alike(bodies: &[&[u8]]) -> Vec<u32> {
    // Which pieces a function has, by numbers, and which functions have a piece. What stands in one alone says nothing.
    let mut owners: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (function, body) in bodies.iter().enumerate() {
        for piece in body.windows(PIECE) {
            let owners = owners.entry(piece).or_default();
            if owners.last() != Some(&function) {
                owners.push(function);
            }
        }
    }
    let mut pieces = vec![Vec::new(); bodies.len()];
    let owners: Vec<Vec<usize>> = owners.into_values().filter(|owners| owners.len() > 1).collect();
    for (piece, owners) in owners.iter().enumerate() {
        for function in owners {
            pieces[*function].push(piece);
        }
    }
    let weight: Vec<f64> = bodies.iter().map(|body| (body.len().max(1) as f64).powf(SHARE)).collect();

    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut order = Vec::new();
    let mut behind: VecDeque<usize> = VecDeque::new();
    let mut bytes_behind = 0;
    // How often a piece stands in what is right behind, and how many such pieces a function has.
    let mut seen = vec![0_u32; owners.len()];
    let mut shared = vec![0_u32; bodies.len()];
    // The largest begins, or of several the one with the smallest number.
    let mut next = (0..bodies.len()).rev().max_by_key(|function| bodies[*function].len());
    while let Some(function) = next {
        left.retain(|other| *other != function);
        order.push(u32::try_from(function).unwrap_or(u32::MAX));
        behind.push_back(function);
        bytes_behind += bodies[function].len();
        for piece in &pieces[function] {
            seen[*piece] += 1;
            if seen[*piece] == 1 {
                owners[*piece].iter().for_each(|owner| shared[*owner] += 1);
            }
        }
        while bytes_behind > WINDOW && behind.len() > 1 {
            let Some(gone) = behind.pop_front() else { break };
            bytes_behind -= bodies[gone].len();
            for piece in &pieces[gone] {
                seen[*piece] -= 1;
                if seen[*piece] == 0 {
                    owners[*piece].iter().for_each(|owner| shared[*owner] -= 1);
                }
            }
        }
        let score = |function: &usize| f64::from(shared[*function]) / weight[*function];
        next = left.iter().copied().rev().max_by(|one, other| score(one).total_cmp(&score(other)));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::alike;

    #[test]
    fn what_looks_alike_stands_together() {
        // Two families, taken turns with, of different lengths.
        let bodies: Vec<Vec<u8>> = (0..40_u8)
            .map(|number| {
                let family = if number % 2 == 0 { 0..200 } else { 50..250 };
                let noise = (0..40).map(|at: u8| at.wrapping_mul(number.wrapping_mul(37)).wrapping_add(number));
                if number % 2 == 0 {
                    family.chain(noise).collect()
                } else {
                    family.rev().chain(noise).collect::<Vec<u8>>()
                }
            })
            .collect();
        let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        let order = alike(&bodies);
        let changes = order.windows(2).filter(|pair| pair[0] % 2 != pair[1] % 2).count();
        assert_eq!(changes, 1, "{order:?}");
        let mut all = order.clone();
        all.sort_unstable();
        assert_eq!(all, (0..40).collect::<Vec<u32>>(), "each once");
        assert_eq!(order, alike(&bodies), "and always the same");
        assert!(alike(&[]).is_empty());
    }
}
